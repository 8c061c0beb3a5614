// A stand-in for Aptabase on loopback: judges each request by the rules that the service is known to have, and keeps
// what it took.
// @ts-check
import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * @typedef {object} Taken
 * @property {string} userAgent
 * @property {string} appKey
 * @property {any[]} events
 * @property {number} at milliseconds since 1970
 */

const lengths = { osName: 30, osVersion: 100, appVersion: 50, appBuildNumber: 20, engineName: 30, engineVersion: 30, deviceModel: 100 };

/** Why an event is dropped; empty: it is kept. @param {any} event @param {number} now */
function faultOf({ timestamp, sessionId, eventName, systemProps, props }, now) {
  if (typeof eventName !== 'string' || !eventName || eventName.length > 60) return 'eventName';
  if (typeof sessionId !== 'string' || !sessionId) return 'sessionId';
  if (/^\d+$/.test(sessionId)) {
    const age_s = now / 1000 - Number(sessionId.slice(0, -8));
    if (age_s > 7 * 86_400 || age_s < -600) return 'sessionId';
  } else if (sessionId.length > 36) return 'sessionId';
  const at = Date.parse(timestamp);
  if (!(at >= now - 86_400_000)) return 'timestamp';
  const { sdkVersion, locale, isDebug } = systemProps ?? {};
  if (typeof sdkVersion !== 'string' || !sdkVersion || sdkVersion.length > 40) return 'sdkVersion';
  if (locale && ![2, 5, 6, 7, 10].includes(locale.length)) return 'locale';
  if (typeof isDebug !== 'boolean') return 'isDebug';
  for (const [name, most] of Object.entries(lengths)) if ((systemProps[name] ?? '').length > most) return name;
  for (const [key, value] of Object.entries(props ?? {})) {
    if (key.length < 1 || key.length > 40 || (typeof value === 'object' && value !== null)) return `props.${key}`;
    if (typeof value === 'string' && value.length > 180) return `props.${key}`;
  }
  return '';
}

export class AptabaseServer {
  #server;
  #key;
  /** Statuses of the next answers; then 200. @type {{ status: number, headers?: Record<string, string> }[]} */
  answers = [];
  /** Every request that was answered with 200. @type {Taken[]} */
  taken = [];
  /** Events that the service would have dropped. @type {string[]} */
  dropped = [];
  requests = 0;

  /** @param {string} key the only one that it knows */
  constructor(key) {
    this.#key = key;
    this.#server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text) => (body += text));
      request.on('end', () => this.#answer(request, response, body));
    });
  }

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response
   * @param {string} body */
  #answer(request, response, body) {
    this.requests += 1;
    const end = (/** @type {number} */ status, /** @type {Record<string, string>} */ headers = {}, text = '{}') =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
    if (request.method !== 'POST' || request.url !== '/api/v0/events') return end(405);
    const forced = this.answers.shift();
    if (forced) return end(forced.status, forced.headers);
    const appKey = String(request.headers['app-key'] ?? '').toUpperCase();
    if (appKey !== this.#key) return end(404, {}, '{"error":"unknown key"}');
    if (!request.headers['content-type']?.startsWith('application/json')) return end(415);
    const events = JSON.parse(body);
    if (!Array.isArray(events) || events.length > 25) return end(400, {}, '{"error":"Too many events"}');
    const now = Date.now();
    for (const event of events) {
      const fault = faultOf(event, now);
      if (fault) this.dropped.push(`${event.eventName}: ${fault}`);
    }
    this.taken.push({ userAgent: String(request.headers['user-agent']), appKey, events, at: now });
    return end(200);
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
    return `http://127.0.0.1:${port}`;
  }
}

/** @param {import('./places.mjs').Cleanup} test @param {string} key */
export async function startAptabase(test, key) {
  const server = new AptabaseServer(key);
  await server.listen();
  test.after(() => server.close());
  return server;
}
