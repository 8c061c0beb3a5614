// What is asked of Google: an access token for a service account, pages of users, the parameters of the password hash.
// @ts-check
import { createSign } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

const scope = 'https://www.googleapis.com/auth/cloud-platform';
const pageSize = 1000;
const attempts = 5;

/**
 * @typedef {object} ServiceAccount
 * @property {string} project_id
 * @property {string} client_email
 * @property {string} private_key PEM
 * @property {string} token_uri
 */

/** A failure to tell without a trace of the stack. */
export class ExportError extends Error {}

/** @param {unknown} json @returns {ServiceAccount} */
export function serviceAccountOf(json) {
  const account = /** @type {Record<string, unknown>} */ (json ?? {});
  const missing = ['project_id', 'client_email', 'private_key', 'token_uri'].filter((name) => typeof account[name] !== 'string');
  if (missing.length > 0) throw new ExportError(`the key of the service account lacks ${missing.join(', ')}`);
  return /** @type {ServiceAccount} */ (/** @type {unknown} */ (account));
}

/** @param {string | Buffer} text */
const base64url = (text) => Buffer.from(text).toString('base64url');

/** RFC 7523. @param {ServiceAccount} account @param {number} now_s */
function assertion({ client_email, private_key, token_uri }, now_s) {
  const claims = { iss: client_email, scope, aud: token_uri, iat: now_s, exp: now_s + 3600 };
  const signed = `${base64url(JSON.stringify({ alg: 'RS256', typ: 'JWT' }))}.${base64url(JSON.stringify(claims))}`;
  return `${signed}.${base64url(createSign('RSA-SHA256').update(signed).sign(private_key))}`;
}

/** Asks again after 429, 5xx and lost connections. Answers are never put into messages: they hold people's data.
 * @param {string} what for messages @param {string} url @param {RequestInit} options @param {number} firstPauseMs
 * @returns {Promise<any>} */
async function ask(what, url, options, firstPauseMs) {
  for (let attempt = 1; ; attempt += 1) {
    /** @type {Response | null} */
    let answer = null;
    try {
      answer = await fetch(url, { ...options, signal: AbortSignal.timeout(60_000) });
      if (answer.ok) return await answer.json();
    } catch (error) {
      if (attempt === attempts) throw new ExportError(`${what}: ${error instanceof Error ? error.message : error}`);
    }
    const mayHelp = !answer || answer.status === 429 || answer.status >= 500;
    if (answer && (!mayHelp || attempt === attempts)) throw new ExportError(`${what}: the answer was ${answer.status}`);
    await pause(firstPauseMs * 2 ** (attempt - 1));
  }
}

export class GoogleProject {
  #account;
  #api;
  #pauseMs;
  #token = '';
  #tokenEnds_s = 0;

  /** @param {ServiceAccount} account
   * @param {{ apiUrl?: string, pauseMs?: number }} [options] apiUrl: an emulator or a stand-in */
  constructor(account, { apiUrl = 'https://identitytoolkit.googleapis.com', pauseMs = 1000 } = {}) {
    this.#account = account;
    this.#api = apiUrl;
    this.#pauseMs = pauseMs;
  }

  async #headers() {
    const now_s = Math.floor(Date.now() / 1000);
    if (now_s > this.#tokenEnds_s - 120) {
      const body = new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: assertion(this.#account, now_s),
      });
      const answer = await ask('signing in as the service account', this.#account.token_uri, { method: 'POST', body }, this.#pauseMs);
      this.#token = String(answer.access_token);
      this.#tokenEnds_s = now_s + Number(answer.expires_in ?? 3600);
    }
    return { authorization: `Bearer ${this.#token}` };
  }

  /** Every user, page by page. @returns {AsyncGenerator<any[]>} */
  async *pages() {
    let next = '';
    do {
      const query = new URLSearchParams({ maxResults: String(pageSize), ...(next && { nextPageToken: next }) });
      const url = `${this.#api}/v1/projects/${this.#account.project_id}/accounts:batchGet?${query}`;
      const page = await ask('reading users', url, { headers: await this.#headers() }, this.#pauseMs);
      const users = page.users ?? [];
      if (users.length > 0) yield users;
      // The last page may name a next one.
      next = users.length > 0 ? (page.nextPageToken ?? '') : '';
    } while (next);
  }

  /** signerKey, saltSeparator, rounds, memoryCost. */
  async hashParameters() {
    const url = `${this.#api}/admin/v2/projects/${this.#account.project_id}/config`;
    const config = await ask('reading the hash parameters', url, { headers: await this.#headers() }, this.#pauseMs);
    const hash = config.signIn?.hashConfig;
    if (!hash?.signerKey) {
      throw new ExportError('the project does not show its hash parameters: the service account needs firebaseauth.configs.getHashConfig');
    }
    if (hash.algorithm !== 'SCRYPT') throw new ExportError(`the project hashes passwords by ${hash.algorithm}, not by SCRYPT`);
    return hash;
  }
}
