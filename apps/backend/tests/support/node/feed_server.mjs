// A forecast provider on loopback that can answer well and badly, and remembers what it was asked.
// @ts-check
import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * @typedef {object} FeedRequest
 * @property {string} method
 * @property {string} url path and query
 * @property {import('node:http').IncomingHttpHeaders} headers
 *
 * @typedef {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void} Handler
 */

export class FeedServer {
  #server;
  /** @type {Map<string, Handler>} */
  #handlers = new Map();
  /** Every request so far, oldest first. @type {FeedRequest[]} */
  requests = [];

  constructor() {
    this.#server = createServer((request, response) => {
      const { method = '', url = '', headers } = request;
      this.requests.push({ method, url, headers });
      const path = new URL(url, 'http://feed').pathname;
      const handler = this.#handlers.get(url) ?? this.#handlers.get(path) ?? notFound;
      handler(request, response);
    });
  }

  async listen() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#server.unref(); // a test file whose start-up failed must end all the same
  }

  close() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  get url() {
    const { port } = /** @type {import('node:net').AddressInfo} */ (this.#server.address());
    return `http://127.0.0.1:${port}`;
  }

  /** Requests for one path. @param {string} path */
  requestsFor(path) {
    return this.requests.filter(({ url }) => new URL(url, 'http://feed').pathname === path);
  }

  /** Sets the answer of a path, or of a path with its query. @param {string} path @param {Handler} handler */
  on(path, handler) {
    this.#handlers.set(path, handler);
  }
}

/** @type {Handler} */
function notFound(_request, response) {
  response.writeHead(404, { 'content-type': 'text/plain' }).end('no such file');
}

/** A body with status 200; with an etag, 304 to who has it. @param {string | Buffer} body
 * @param {{ type?: string, etag?: string, lastModified?: string, headers?: Record<string, string> }} [options]
 * @returns {Handler} */
export function answers(body, { type = 'application/json', etag, lastModified, headers = {} } = {}) {
  return (request, response) => {
    const validators = { ...(etag && { etag }), ...(lastModified && { 'last-modified': lastModified }) };
    const isKnown =
      (etag && request.headers['if-none-match'] === etag) ||
      (!request.headers['if-none-match'] && lastModified && request.headers['if-modified-since'] === lastModified);
    if (isKnown) {
      response.writeHead(304, validators).end();
    } else {
      response.writeHead(200, { 'content-type': type, ...validators, ...headers }).end(body);
    }
  };
}

/** An error. @param {number} status @param {Record<string, string>} [headers] @returns {Handler} */
export function fails(status, headers = {}) {
  return (_request, response) => response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end('failed');
}

/** Takes the request and never answers. @returns {Handler} */
export function hangs() {
  return () => {};
}

/** Announces the whole body and cuts the connection after some bytes. @param {string | Buffer} body @param {number} bytes
 * @returns {Handler} */
export function truncates(body, bytes) {
  return (_request, response) => {
    const whole = Buffer.from(body);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length });
    response.write(whole.subarray(0, bytes), () => response.destroy());
  };
}

/** Answers one request by each handler in turn; the last one stays. @param {...Handler} handlers @returns {Handler} */
export function inTurn(...handlers) {
  let next = 0;
  return (request, response) => {
    const handler = handlers[Math.min(next, handlers.length - 1)];
    next += 1;
    handler?.(request, response);
  };
}

/** A listening feed server, closed after the test. @param {import('./places.mjs').Cleanup} test */
export async function startFeedServer(test) {
  const server = new FeedServer();
  await server.listen();
  test.after(() => server.close());
  return server;
}
