// An S3 endpoint for tests, with buckets in memory, that is as strict as the real one about Signature Version 4, in
// headers and in presigned addresses.
// @ts-check
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

/** @param {string | Buffer} key @param {string} text */
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
/** @param {string | Buffer} content */
const sha256 = (content) => createHash('sha256').update(content).digest('hex');
/** @param {string} text */
const xml = (text) => text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);

const clockSkewMs = 15 * 60_000;

/**
 * @typedef {object} Credentials
 * @property {string} key
 * @property {string} secret
 * @property {string} [region] any when left out
 *
 * @typedef {object} Refusal
 * @property {number} status
 * @property {string} code as S3 names it
 * @property {string} why for the test's reader
 *
 * @typedef {import('node:http').IncomingMessage} Request
 */

/** @param {string} code @param {string} why @param {number} [status] @returns {Refusal} */
const refusal = (code, why, status = 403) => ({ status, code, why });

/** RFC 3986, as S3 wants it: also !'()* are encoded. @param {string} text */
const encoded = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The query as it is signed, without the signature itself. @param {URLSearchParams} query */
const canonicalQuery = (query) =>
  [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encoded(name), encoded(value)])
    .sort(([a = '', x = ''], [b = '', y = '']) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1))
    .map((pair) => pair.join('='))
    .join('&');

/** @param {string | null | undefined} text like 20130524T000000Z */
function timeOf(text) {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '');
  return match ? Date.UTC(+match[1], +match[2] - 1, +match[3], +match[4], +match[5], +match[6]) : NaN;
}

/** What the request says about its signature, in whichever of the two forms. @param {Request} request @param {URLSearchParams} query */
function claim(request, query) {
  if (query.has('X-Amz-Signature')) {
    return {
      presigned: true,
      credential: query.get('X-Amz-Credential') ?? '',
      names: (query.get('X-Amz-SignedHeaders') ?? '').split(';'),
      signature: query.get('X-Amz-Signature') ?? '',
      date: query.get('X-Amz-Date') ?? '',
      payload: 'UNSIGNED-PAYLOAD',
      lifeMs: Number(query.get('X-Amz-Expires')) * 1000,
    };
  }
  const match = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(request.headers.authorization ?? '');
  if (!match) return null;
  return {
    presigned: false,
    credential: match[1],
    names: match[2].split(';'),
    signature: match[3],
    date: String(request.headers['x-amz-date']),
    payload: String(request.headers['x-amz-content-sha256']),
    lifeMs: clockSkewMs,
  };
}

/**
 * Why a request is not acceptable; null when it is.
 * @param {Request} request @param {Buffer} body @param {Credentials} credentials @returns {Refusal | null}
 */
function refusalOf(request, body, { key, secret, region: ownRegion }) {
  const [path = '/', search = ''] = (request.url ?? '/').split('?');
  const query = new URLSearchParams(search);
  const said = claim(request, query);
  if (!said) return refusal('AccessDenied', `no signature: ${request.headers.authorization}`);
  const [givenKey, day = '', region = '', ...rest] = said.credential.split('/');
  if (givenKey !== key) return refusal('InvalidAccessKeyId', `unknown key ${givenKey}`);
  if (rest.join('/') !== 's3/aws4_request' || !said.date.startsWith(`${day}T`)) return refusal('AuthorizationHeaderMalformed', 'the scope is wrong', 400);
  if (ownRegion && region !== ownRegion) return refusal('AuthorizationHeaderMalformed', `the region is not ${region}`, 400);
  const age = Date.now() - timeOf(said.date);
  if (!(age > -clockSkewMs && age < said.lifeMs)) return refusal(said.presigned ? 'AccessDenied' : 'RequestTimeTooSkewed', `the time ${said.date} is over`);
  const needed = ['host', ...Object.keys(request.headers).filter((name) => name.startsWith('x-amz-'))];
  if (!said.presigned) needed.push('x-amz-date', 'x-amz-content-sha256');
  for (const name of needed) if (!said.names.includes(name)) return refusal('AccessDenied', `${name} is not signed`);
  if (!said.presigned && said.payload !== sha256(body)) return refusal('XAmzContentSHA256Mismatch', 'the content is not what x-amz-content-sha256 says', 400);
  const headers = said.names.map((name) => `${name}:${String(request.headers[name]).trim()}`);
  const canonical = [request.method, path, canonicalQuery(query), ...headers, '', said.names.join(';'), said.payload].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', said.date, `${day}/${region}/s3/aws4_request`, sha256(canonical)].join('\n');
  const signingKey = [day, region, 's3', 'aws4_request'].reduce((k, part) => hmac(k, part), /** @type {Buffer} */ (Buffer.from(`AWS4${secret}`)));
  const right = timingSafeEqual(hmac(signingKey, toSign), Buffer.from(said.signature.padEnd(64, '0').slice(0, 64), 'hex'));
  return right ? null : refusal('SignatureDoesNotMatch', 'the signature is wrong');
}

/** "/bucket/key" of a request in either style. @param {Request} request */
function pathOf(request) {
  const [path = '/'] = (request.url ?? '/').split('?');
  const match = /^([a-z0-9-]+)\.localhost(:\d+)?$/.exec(request.headers.host ?? '');
  return decodeURIComponent(match ? `/${match[1]}${path}` : path);
}

/** ListObjectsV2. @param {string} bucket @param {URLSearchParams} query @param {Iterable<string>} paths */
function listing(bucket, query, paths) {
  const after = query.get('start-after') ?? '';
  const names = [...paths]
    .filter((path) => path.startsWith(`/${bucket}/`))
    .map((path) => path.slice(bucket.length + 2))
    .filter((name) => name.startsWith(query.get('prefix') ?? '') && name > after)
    .sort();
  const page = names.slice(0, Number(query.get('max-keys') ?? 1000));
  const contents = page.map((name) => `<Contents><Key>${xml(name)}</Key></Contents>`).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${bucket}</Name><IsTruncated>${page.length < names.length}</IsTruncated>${contents}</ListBucketResult>`;
}

/**
 * A running endpoint. `objects` are the stored bodies by "/bucket/key", `faults` what was wrong with refused requests,
 * `log` "METHOD /bucket/key" of each request. `intercept` may answer in its place: a status, or 'hang'.
 * @param {import('./places.mjs').Cleanup} t
 * @param {Credentials & { buckets?: string[] }} options buckets: those that exist; all when left out
 */
export async function startS3(t, { buckets, ...credentials }) {
  /** @type {Map<string, Buffer>} */
  const objects = new Map();
  /** @type {Map<string, Record<string, string>>} */
  const headers = new Map();
  const state = {
    url: '',
    port: 0,
    objects,
    headers,
    buckets,
    faults: /** @type {string[]} */ ([]),
    log: /** @type {string[]} */ ([]),
    intercept: /** @type {(line: string) => number | 'hang' | undefined} */ (() => undefined),
  };

  /** @param {Request} request @param {Buffer} body @returns {{ status: number, headers?: Record<string, string>, body?: string | Buffer }} */
  function answerTo(request, body) {
    const no = refusalOf(request, body, credentials);
    if (no) {
      state.faults.push(no.why);
      return { status: no.status, body: `<?xml version="1.0"?><Error><Code>${no.code}</Code><Message>${xml(no.why)}</Message></Error>` };
    }
    const path = pathOf(request);
    const [, bucket = '', ...rest] = path.split('/');
    if (state.buckets && !state.buckets.includes(bucket)) return { status: 404, body: '<Error><Code>NoSuchBucket</Code></Error>' };
    if (rest.join('/') === '') {
      const query = new URLSearchParams((request.url ?? '').split('?')[1] ?? '');
      return query.get('list-type') === '2' ? { status: 200, body: listing(bucket, query, objects.keys()) } : { status: 501 };
    }
    if (request.method === 'PUT') {
      objects.set(path, body);
      const kept = Object.entries(request.headers).filter(([name]) => name === 'content-type' || name.startsWith('x-amz-meta-'));
      headers.set(path, Object.fromEntries(kept.map(([name, value]) => [name, String(value)])));
      return { status: 200 };
    }
    if (request.method === 'DELETE') {
      objects.delete(path);
      return { status: 204 };
    }
    const found = objects.get(path);
    return found ? { status: 200, headers: headers.get(path), body: found } : { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' };
  }

  const server = createServer((request, response) => {
    /** @type {Buffer[]} */
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const line = `${request.method} ${pathOf(request)}`;
      state.log.push(line);
      const instead = state.intercept(line);
      if (instead === 'hang') return;
      const answer = instead ? { status: instead } : answerTo(request, Buffer.concat(parts));
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  }).listen(0, '127.0.0.1');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  state.port = /** @type {import('node:net').AddressInfo} */ (server.address()).port;
  state.url = `http://127.0.0.1:${state.port}`;
  return state;
}
