// Requests with every header as given: fetch would not send a Host or an Origin of ours.
// @ts-check
import { Agent, request } from 'node:http';
import { randomInt } from 'node:crypto';

const agent = new Agent({ keepAlive: true, maxSockets: 32 });

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {string} text
 * @property {any} json undefined when the answer is no JSON
 * @property {number} tookMs from the request to the end of the answer
 *
 * @typedef {object} Sending
 * @property {Record<string, string | string[]>} [headers]
 * @property {unknown} [body] sent as JSON; a string or Buffer as it is
 * @property {number} [timeoutMs]
 */

/** @param {unknown} body */
function bytesOf(body) {
  if (body === undefined) return undefined;
  return Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** @param {string} text @param {string | undefined} type */
function jsonOf(text, type) {
  if (!/[/+]json\b/.test(type ?? '') || text === '') return undefined;
  return JSON.parse(text);
}

/** @param {string} api URL @param {string} method @param {string} path and query @param {Sending} [sending]
 * @returns {Promise<Answer>} */
export function send(api, method, path, { headers = {}, body, timeoutMs = 30_000 } = {}) {
  const { hostname, port } = new URL(api);
  const bytes = bytesOf(body);
  const typed = bytes && !('content-type' in headers) ? { 'content-type': 'application/json' } : {};
  const sized = bytes ? { 'content-length': `${bytes.length}` } : {};
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { hostname, port, path, method, agent, headers: { ...typed, ...sized, ...headers }, timeout: timeoutMs },
      (answer) => {
        /** @type {Buffer[]} */
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          try {
            const json = jsonOf(text, answer.headers['content-type']);
            const status = answer.statusCode ?? 0;
            resolve({ status, headers: answer.headers, text, json, tookMs: performance.now() - begin });
          } catch (error) {
            reject(error);
          }
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path}: no answer within ${timeoutMs} ms`)));
    outgoing.on('error', reject);
    outgoing.end(bytes);
  });
}

/** A header by which a request comes from an address of its own: what limits count by address counts apart. */
export function fromAnywhere() {
  const part = () => randomInt(0, 256);
  return { 'x-forwarded-for': `203.${part()}.${part()}.${randomInt(1, 255)}` };
}

/** Name and value of the cookie that an answer sets. @param {Answer} answer */
export function cookieOf(answer) {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(answer.headers['set-cookie']?.[0] ?? '') ?? [];
  return { name, value, pair: `${name}=${value}` };
}

/** What of an answer may not differ between two that must look alike: all but the time and the request's id.
 * @param {Answer} answer */
export function looksOf({ status, headers, text, json }) {
  const { date: _date, 'x-request-id': id = '', ...others } = headers;
  return { status, headers: others, text: text.replaceAll(json?.requestId ?? String(id), '<request>') };
}
