// An S3 endpoint for tests that accepts a PUT only when its Signature Version 4 is right.
// @ts-check
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';

/** @param {string | Buffer} key @param {string} text */
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
/** @param {string | Buffer} content */
const sha256 = (content) => createHash('sha256').update(content).digest('hex');

/**
 * Why a request is not acceptable; empty when it is.
 * @param {import('node:http').IncomingMessage} request @param {Buffer} body @param {string} secret @param {string} key
 */
function fault(request, body, key, secret) {
  const match = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
    request.headers.authorization ?? '',
  );
  if (!match) return `no signature: ${request.headers.authorization}`;
  const [, givenKey, day, region, signedHeaders, signature] = match;
  if (givenKey !== key) return `unknown key ${givenKey}`;
  if (request.headers['x-amz-content-sha256'] !== sha256(body)) return 'the content is not what x-amz-content-sha256 says';
  const names = signedHeaders.split(';');
  for (const name of ['host', 'x-amz-date', 'x-amz-content-sha256']) if (!names.includes(name)) return `${name} is not signed`;
  const canonical = [
    request.method,
    request.url,
    '',
    ...names.map((name) => `${name}:${String(request.headers[name]).trim()}`),
    '',
    signedHeaders,
    sha256(body),
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const signingKey = [day, region, 's3', 'aws4_request'].reduce((k, part) => hmac(k, part), /** @type {Buffer} */ (Buffer.from(`AWS4${secret}`)));
  const expected = hmac(signingKey, toSign);
  return timingSafeEqual(expected, Buffer.from(signature, 'hex')) ? '' : 'the signature is wrong';
}

/**
 * A running endpoint; `objects` are the accepted uploads by path, `faults` what was wrong with the others.
 * @param {import('node:test').TestContext} t @param {{ key: string, secret: string }} credentials
 */
export async function startS3(t, { key, secret }) {
  /** @type {Map<string, Buffer>} */
  const objects = new Map();
  /** @type {string[]} */
  const faults = [];
  const server = createServer((request, answer) => {
    /** @type {Buffer[]} */
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      const wrong = fault(request, body, key, secret);
      if (wrong) faults.push(wrong);
      else objects.set(request.url ?? '', body);
      answer.writeHead(wrong ? 403 : 200).end();
    });
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, objects, faults };
}
