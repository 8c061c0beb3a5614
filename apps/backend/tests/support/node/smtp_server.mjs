// A real SMTP server on loopback (support/smtp_server.py), and mails taken apart.
// @ts-check
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { repository, tempDir } from './places.mjs';
import { runCommand, startProcess } from './process.mjs';

/**
 * @typedef {object} Received
 * @property {string} sender
 * @property {string[]} to
 * @property {string} hello the name that the client greeted with
 * @property {boolean} tls
 * @property {boolean} authenticated
 * @property {string} content bytes as latin1, lines end in CRLF
 *
 * @typedef {object} Mail
 * @property {Record<string, string>} headers by their names in lower case
 * @property {string} text
 * @property {string} html
 */

/** A certificate for localhost that signs itself. @param {import('./places.mjs').Cleanup} test */
export async function selfSigned(test) {
  const folder = tempDir(test);
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const { code, stderr } = await runCommand([
    'openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert,
  ]);
  assert.equal(code, 0, stderr);
  return { key, cert };
}

/**
 * Starts a server. What it has seen is read from its output.
 * @param {import('./places.mjs').Cleanup} test
 * @param {{ tls?: 'starttls' | 'implicit' | 'none', cert?: string, key?: string, user?: string, password?: string,
 *   grey?: number, drop?: number, slow?: number }} [options]
 */
export async function startSmtp(test, options = {}) {
  const script = join(repository, 'apps/backend/tests/support/smtp_server.py');
  const flags = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  // The system's Python, for which Debian's python3-aiosmtpd is installed.
  const server = startProcess(test, 'smtp', ['/usr/bin/python3', script, ...flags]);
  const [, port] = /** @type {RegExpExecArray} */ (await server.waitForOutput(/"event": "listening", "port": (\d+)/));
  const events = () =>
    server.output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  return {
    port: Number(port),
    process: server,
    /** @returns {Received[]} */
    messages: () =>
      events()
        .filter(({ event }) => event === 'message')
        .map((message) => ({ ...message, content: Buffer.from(message.content, 'base64').toString('latin1') })),
    /** How often this address was named as recipient. @param {string} to */
    attempts: (to) => events().filter(({ event, to: other }) => event === 'attempt' && other === to).length,
    /** @returns {{ mechanism: string, good: boolean }[]} */
    logins: () => events().filter(({ event }) => event === 'auth'),
  };
}

/** Headers and the two bodies. @param {string} content @returns {Mail} */
export function takeApart(content) {
  const [head = '', ...rest] = content.split('\r\n\r\n');
  const headers = Object.fromEntries(
    head
      .replaceAll('\r\n ', ' ')
      .split('\r\n')
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
  const boundary = /boundary="([^"]+)"/.exec(headers['content-type'] ?? '')?.[1];
  assert.ok(boundary, head);
  const parts = rest
    .join('\r\n\r\n')
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => Buffer.from(part.slice(part.indexOf('\r\n\r\n')), 'base64').toString('utf8'));
  const [text = '', html = ''] = parts;
  return { headers, text, html };
}
