// Operators of tests: made by the command line, signed in as their browser does.
// @ts-check
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { runBackend } from './backend.mjs';

/**
 * @typedef {object} OperatorCredentials what an operator was told once
 * @property {string} id
 * @property {string} email
 * @property {string} password
 * @property {Buffer} seed
 * @property {string[]} recoveryCodes
 */

/** @param {string} text RFC 4648 §6, no padding */
function fromBase32(text) {
  const bits = [...text].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}

/** RFC 6238, apart from the program's own. @param {Buffer} seed @param {number} step */
export function totpCode(seed, step) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', seed).update(counter).digest();
  const at = (mac[19] ?? 0) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** @param {any} json what `admin operators create --json` printed @returns {OperatorCredentials} */
export function credentialsOf(json) {
  const secret = new URL(json.otpauthUri).searchParams.get('secret') ?? '';
  const { id, email } = json.operator;
  return { id, email, password: json.password, seed: fromBase32(secret), recoveryCodes: json.recoveryCodes };
}

/** @param {Record<string, string | undefined>} env of the database @param {string} email @param {string} [scopes] */
export async function createOperator(env, email, scopes = 'all') {
  const { code, stdout, stderr } = await runBackend(['admin', 'operators', 'create', email, '--scopes', scopes, '--json'], env);
  assert.equal(code, 0, stderr);
  return credentialsOf(JSON.parse(stdout));
}

/** A browser in which an operator works. Where the api's clock stands there are three codes: of the step before, of
 * this one and of the next. */
export class OperatorBrowser {
  #client;
  #credentials;
  #step;
  /** name=value @type {string} */
  cookie = '';
  /** The whole line by which the cookie was set last. @type {string} */
  setCookie = '';

  /** @param {import('./contract.mjs').ContractClient} client @param {OperatorCredentials} credentials
   * @param {{ origin: string, now: string, ip: string }} place ip: as a trusted proxy reports it */
  constructor(client, credentials, { origin, now, ip }) {
    this.#client = client;
    this.#credentials = credentials;
    this.#step = Math.floor(Date.parse(now) / 30_000) - 1;
    this.headers = { origin, 'x-forwarded-for': ip };
  }

  /** A code that was not given yet. */
  nextCode() {
    const code = totpCode(this.#credentials.seed, this.#step);
    this.#step += 1;
    return code;
  }

  /** @param {string} method @param {string} target
   * @param {{ body?: unknown, headers?: Record<string, string>, isInvalid?: boolean }} [options] */
  async request(method, target, { headers = {}, ...options } = {}) {
    const sent = { ...this.headers, ...(this.cookie && { cookie: this.cookie }), ...headers };
    const answer = await this.#client.request(method, target, { ...options, headers: sent });
    const [line] = answer.headers.getSetCookie();
    if (line !== undefined) {
      this.setCookie = line;
      this.cookie = line.split(';')[0] ?? '';
    }
    return answer;
  }

  /** @param {Record<string, unknown>} [changes] to the body */
  signIn(changes = {}) {
    const { email, password } = this.#credentials;
    return this.request('POST', '/api/admin/auth/sign-in', { body: { email, password, totp: this.nextCode(), ...changes } });
  }

  elevate() {
    return this.request('POST', '/api/admin/auth/elevate', { body: { totp: this.nextCode() } });
  }

  /** Signed in and elevated. */
  async ready() {
    for (const step of [() => this.signIn(), () => this.elevate()]) {
      const answer = await step();
      assert.equal(answer.status, 200, answer.text);
    }
    return this;
  }
}
