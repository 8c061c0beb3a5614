// Requests to loopback under any host name, over TLS with a given certificate authority.
// @ts-check
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** @typedef {{ status: number, headers: import('node:http').IncomingHttpHeaders, body: string }} Answer */

/**
 * @param {string} url its host goes into Host and into TLS's server name; the connection goes to 127.0.0.1
 * @param {{ port?: number, ca?: string, headers?: Record<string, string>, method?: string, body?: string,
 *   timeoutMs?: number }} [options] port: where to connect, when it is not the URL's
 * @returns {Promise<Answer>}
 */
export function request(url, { port, ca, headers = {}, method = 'GET', body, timeoutMs = 20_000 } = {}) {
  const { protocol, hostname, port: own, pathname, search } = new URL(url);
  const isTls = protocol === 'https:';
  const connectTo = port ?? Number(own || (isTls ? 443 : 80));
  return new Promise((resolve, reject) => {
    const sent = (isTls ? requestHttps : requestHttp)(
      {
        host: '127.0.0.1',
        port: connectTo,
        path: pathname + search,
        method,
        agent: false,
        headers: { host: own ? `${hostname}:${own}` : hostname, ...headers },
        ...(isTls ? { ca, servername: hostname } : {}),
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part) => (text += part));
        answer.on('error', reject);
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
      },
    );
    sent.setTimeout(timeoutMs, () => sent.destroy(new Error(`${method} ${url}: no answer for ${timeoutMs} ms`)));
    sent.on('error', reject);
    sent.end(body);
  });
}
