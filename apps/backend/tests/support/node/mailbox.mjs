// Mails of an api in preview mode (GET /api/dev/mail).
// @ts-check
import { waitFor } from './wait.mjs';

/**
 * @typedef {object} PreviewedMail
 * @property {string} kind
 * @property {string} link
 * @property {string} code
 * @property {string} text
 */

/** Mails to an address, the newest first. @param {string} api URL @param {string} to
 * @returns {Promise<PreviewedMail[]>} */
export async function mailsTo(api, to) {
  return (await (await fetch(`${api}/api/dev/mail?to=${encodeURIComponent(to)}`)).json()).mails;
}

/** The newest mail of a kind, once it is there. @param {string} api URL @param {string} to @param {string} kind */
export function mailOfKind(api, to, kind) {
  return waitFor(`a mail ${kind} to ${to}`, async () => (await mailsTo(api, to)).find((mail) => mail.kind === kind));
}

/** Where the link of a mail leads on its host. @param {PreviewedMail} mail */
export function pathOf(mail) {
  return new URL(mail.link).pathname;
}
