// People who use the api in tests.
// @ts-check
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { fromAnywhere } from './http_client.mjs';

/**
 * @typedef {object} Person
 * @property {string} email
 * @property {string} password
 * @property {string} userId
 * @property {string} token
 * @property {Record<string, string>} headers by which the api knows them
 */

export const password = 'a cold clear morning 4';

/** @param {string} api URL @param {string} path @param {unknown} body @param {Record<string, string>} [headers] */
export function postJson(api, path, body, headers = {}) {
  return fetch(api + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

/** @param {Response} answer @param {string} email @returns {Promise<Person>} */
async function personOf(answer, email) {
  const text = await answer.text();
  assert.ok(answer.ok, `signing in as ${email} answered ${answer.status}: ${text}`);
  const { user, token } = JSON.parse(text);
  return { email, password, userId: user.id, token, headers: { authorization: `Bearer ${token}` } };
}

/** Registers somebody and signs them in. The api must run with REGISTRATION_MODE=instant, the default of tests.
 * @param {string} api URL @param {{ email?: string }} [options] */
export async function signUp(api, { email = `walker-${randomUUID()}@example.org` } = {}) {
  const wanted = { email, password, client: 'ios' };
  return personOf(await postJson(api, '/api/auth/register', wanted, fromAnywhere()), email);
}

/** @param {string} api URL @param {string} email */
export async function signIn(api, email) {
  const wanted = { email, password, client: 'ios' };
  return personOf(await postJson(api, '/api/auth/sign-in', wanted, fromAnywhere()), email);
}

const walker = 'walker@example.org';
/** @type {Map<string, Promise<Person>>} by origin */
const walkers = new Map();

/** The one person of tests that are not about people. A database that has them already is signed in to.
 * @param {string} url any of the api's */
export function walkerAt(url) {
  const { origin } = new URL(url);
  const known = walkers.get(origin);
  if (known) return known;
  const made = postJson(origin, '/api/auth/register', { email: walker, password, client: 'ios' }).then((answer) =>
    answer.status === 409 ? signIn(origin, walker) : personOf(answer, walker),
  );
  walkers.set(origin, made);
  made.catch(() => walkers.delete(origin));
  return made;
}

/** fetch in the name of the walker. @param {string} url @param {RequestInit} [options] */
export async function fetchAsWalker(url, options = {}) {
  const { headers } = await walkerAt(url);
  return fetch(url, { ...options, headers: { ...headers, .../** @type {Record<string, string>} */ (options.headers) } });
}

/** The walker's session as a browser holds it: name and value of the cookie. @param {string} api URL */
export async function walkerCookie(api) {
  await walkerAt(api);
  const answer = await postJson(api, '/api/auth/sign-in', { email: walker, password, client: 'web' });
  assert.equal(answer.status, 200, await answer.clone().text());
  const [, name = '', value = ''] = /^([^=]+)=([^;]+)/.exec(answer.headers.getSetCookie()[0] ?? '') ?? [];
  return { name, value };
}
