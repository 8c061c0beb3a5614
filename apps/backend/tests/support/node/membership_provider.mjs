// A provider of memberships on loopback, and the signing of its events.
// @ts-check
import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

/** The form of Standard Webhooks. @param {string} secret @param {string} id @param {string} timestamp @param {string} body */
export function signatureOf(secret, id, timestamp, body) {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : secret;
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

export const nowSeconds = () => `${Math.floor(Date.now() / 1000)}`;

/** Headers of a signed event. @param {string} secret @param {string} id @param {string} body
 * @param {string} [timestamp] */
export function signedHeaders(secret, id, body, timestamp = nowSeconds()) {
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatureOf(secret, id, timestamp, body),
  };
}

export class MembershipProvider {
  #server;
  #secret;
  /** What it says of a person, by id. @type {Map<string, object>} */
  words = new Map();
  /** Questions that were not signed as they should be. */
  badQuestions = 0;
  questions = 0;
  /** Changes an answer before it is sent. @type {((answer: { headers: Record<string, string>, body: string }) => void) | null} */
  spoil = null;

  /** @param {string} secret */
  constructor(secret) {
    this.#secret = secret;
    this.#server = createServer((request, response) => {
      this.questions += 1;
      const header = (/** @type {string} */ name) => String(request.headers[name] ?? '');
      const person = (request.url ?? '').split('/').at(-1) ?? '';
      const id = header('webhook-id');
      const expected = signatureOf(this.#secret, id, header('webhook-timestamp'), person);
      const given = header('webhook-signature');
      if (given.length !== expected.length || !timingSafeEqual(Buffer.from(given), Buffer.from(expected))) {
        this.badQuestions += 1;
        return response.writeHead(401).end();
      }
      const word = this.words.get(person);
      if (!word) return response.writeHead(404).end();
      const body = JSON.stringify({ userId: person, ...word });
      const answer = { headers: signedHeaders(this.#secret, id, body), body };
      this.spoil?.(answer);
      return response.writeHead(200, answer.headers).end(answer.body);
    });
  }

  async listen() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#server.unref();
  }

  close() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  get url() {
    const { port } = /** @type {import('node:net').AddressInfo} */ (this.#server.address());
    return `http://127.0.0.1:${port}/memberships`;
  }
}

/** @param {import('./places.mjs').Cleanup} test @param {string} secret */
export async function startMembershipProvider(test, secret) {
  const provider = new MembershipProvider(secret);
  await provider.listen();
  test.after(() => provider.close());
  return provider;
}
