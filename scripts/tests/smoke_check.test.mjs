// smoke-check.sh against a real server that answers well, and that lies in each way.
// @ts-check
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { repository, sampleFolder } from './sample.mjs';

const sha = 'a'.repeat(40);
const safe = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
};
/** @param {string} worker @param {string} build */
const report = (worker = 'ok', build = sha) =>
  `{"status":"ready","degraded":false,"checks":{"database":{"status":"ok","latencyMs":2},"worker":{"status":"${worker}","ageSeconds":1}},"build":{"version":"1.0.0","sha":"${build}"}}`;

/** @typedef {{ status?: number, headers?: Record<string, string>, body?: string }} Answer */
/** @typedef {Record<string, Answer | ((request: import('node:http').IncomingMessage) => Answer)>} Answers */

const siteAssociation = {
  headers: { 'Content-Type': 'application/json' },
  body: '{"applinks":{"details":[{"appIDs":["ABCDE12345.com.a","ABCDE12345.com.a.dev"]}]}}',
};
/** @type {Answers} */
const good = {
  '/health': { headers: safe, body: '{"status":"ok"}' },
  '/livez': { body: '{"status":"ok"}' },
  '/readyz': { body: report() },
  '/.well-known/apple-app-site-association': siteAssociation,
  '/api/openapi.json': (request) =>
    request.headers.origin === 'https://app.test.org'
      ? { headers: { 'Access-Control-Allow-Origin': request.headers.origin } }
      : {},
  '/api/client-config': {
    headers: { 'Content-Type': 'application/json' },
    body: '{"ios":{"minimumSupportedVersion":"1.0","recommendedVersion":"1.1"}}',
  },
};
const configured = {
  APPLE_APP_SITE_ASSOCIATION_APP_IDS: 'ABCDE12345.com.a,ABCDE12345.com.a.dev',
  APP_ALLOWED_ORIGINS: 'https://app.test.org',
};

/** @param {Answers} answers @returns {import('node:http').RequestListener} */
function listener(answers) {
  return (request, response) => {
    const known = answers[request.url ?? ''] ?? { status: 404 };
    const { status = 200, headers = {}, body = '' } = typeof known === 'function' ? known(request) : known;
    response.writeHead(status, headers).end(body);
  };
}

/** @param {import('node:test').TestContext} t @param {import('node:net').Server} server */
async function listen(t, server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return /** @type {import('node:net').AddressInfo} */ (server.address()).port;
}

/** @param {string[]} args @param {Record<string, string>} env */
async function smokeCheck(args, env = {}) {
  const child = spawn(join(repository, 'scripts/smoke-check.sh'), ['--wait', '0', ...args], {
    env: { PATH: process.env.PATH, ...env },
  });
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  child.stderr.on('data', (data) => (output += data));
  const [status] = await once(child, 'exit');
  return { status, output };
}

/** @param {import('node:test').TestContext} t @param {Answers} answers @param {string[]} args @param {Record<string, string>} env */
async function checked(t, answers, args = ['--expect-sha', sha], env = configured) {
  const port = await listen(t, createServer(listener({ ...good, ...answers })));
  return smokeCheck([`http://127.0.0.1:${port}`, ...args], env);
}

test('smoke-check: a good deployment passes every question', async (t) => {
  const { status, output } = await checked(t, {});
  assert.equal(status, 0, output);
  for (const name of [
    'readyz',
    'worker',
    'sha',
    'health',
    'no-store',
    'headers',
    'livez',
    'metrics',
    'app-links',
    'origin',
    'foreign',
    'version-gate',
  ]) {
    assert.match(output, new RegExp(`^ok +${name} `, 'm'));
  }
  assert.equal(output.match(/^ok +app-id /gm)?.length, 2);
  assert.match(output, /smoke-check: 14 ok, 0 failed\n$/);
});

/** @type {{ lie: string, answers: Answers, fails: string | string[] }[]} */
const lies = [
  {
    lie: 'health with a member more',
    answers: { '/health': { headers: safe, body: '{"status":"ok","version":"1"}' } },
    fails: 'health',
  },
  {
    lie: 'health that may be stored',
    answers: { '/health': { headers: { ...safe, 'Cache-Control': 'max-age=60' }, body: '{"status":"ok"}' } },
    fails: 'no-store',
  },
  {
    lie: 'health without nosniff',
    answers: { '/health': { headers: { ...safe, 'X-Content-Type-Options': '' }, body: '{"status":"ok"}' } },
    fails: 'headers',
  },
  {
    lie: 'a page that may be framed',
    answers: { '/health': { headers: { ...safe, 'X-Frame-Options': 'ALLOWALL' }, body: '{"status":"ok"}' } },
    fails: 'headers',
  },
  { lie: 'a stuck loop', answers: { '/livez': { status: 503 } }, fails: 'livez' },
  {
    lie: 'not ready',
    answers: { '/readyz': { status: 503, body: '{"status":"not_ready"}' } },
    fails: ['readyz', 'worker', 'sha'],
  },
  { lie: 'a stale worker behind a 200', answers: { '/readyz': { body: report('stale') } }, fails: 'worker' },
  { lie: 'another build', answers: { '/readyz': { body: report('ok', 'b'.repeat(40)) } }, fails: 'sha' },
  { lie: 'a build that it hides', answers: { '/readyz': { body: '{"status":"ready"}' } }, fails: 'sha' },
  { lie: 'metrics in public', answers: { '/metrics': { body: 'up 1' } }, fails: 'metrics' },
  {
    lie: 'a redirected app association',
    answers: { '/.well-known/apple-app-site-association': { status: 301, headers: { Location: '/x' } } },
    fails: ['app-links', 'app-id'],
  },
  {
    lie: 'an app association as text',
    answers: {
      '/.well-known/apple-app-site-association': { ...siteAssociation, headers: { 'Content-Type': 'text/plain' } },
    },
    fails: 'app-links',
  },
  {
    lie: 'an app association without one app',
    answers: { '/.well-known/apple-app-site-association': { ...siteAssociation, body: '["ABCDE12345.com.a"]' } },
    fails: 'app-id',
  },
  { lie: 'an allowed origin left out', answers: { '/api/openapi.json': {} }, fails: 'origin' },
  {
    lie: 'every origin let in',
    answers: { '/api/openapi.json': (r) => ({ headers: { 'Access-Control-Allow-Origin': r.headers.origin ?? '' } }) },
    fails: 'foreign',
  },
  {
    lie: 'a version gate without versions',
    answers: { '/api/client-config': { headers: { 'Content-Type': 'application/json' }, body: '{}' } },
    fails: 'version-gate',
  },
];
for (const { lie, answers, fails } of lies) {
  test(`smoke-check: ${lie} fails ${fails} and nothing else`, async (t) => {
    const { status, output } = await checked(t, answers);
    assert.equal(status, 1, output);
    assert.deepEqual([...new Set(output.match(/(?<=^FAIL +)\S+/gm))], [fails].flat(), output);
  });
}

test('smoke-check: where no app id and no version gate is, none is asked for', async (t) => {
  const { status, output } = await checked(
    t,
    { '/.well-known/apple-app-site-association': { status: 404 }, '/api/client-config': { status: 404 } },
    [],
    {},
  );
  assert.equal(status, 0, output);
  assert.match(output, /version-gate this release has none/);
});

test('smoke-check: nothing listens', async () => {
  const { status, output } = await smokeCheck(['http://127.0.0.1:9']);
  assert.equal(status, 1);
  assert.match(output, /^FAIL {2}readyz +no answer: curl: .*$/m);
});

test('smoke-check: waits for the worker', async (t) => {
  let asked = 0;
  const { status, output } = await checked(t, { '/readyz': () => ({ body: report(++asked < 3 ? 'missing' : 'ok') }) }, [
    '--wait',
    '10',
  ]);
  assert.equal(status, 0, output);
  assert.equal(asked, 3);
});

test('smoke-check: the token of the env file is sent, and is in no argument', async (t) => {
  const token = 't'.repeat(32);
  const folder = sampleFolder(t, {
    env: `OPS_TOKEN='${token}'\n`,
    'bin/curl': `#!/bin/bash\nprintf '%s\\n' "$@" >>"$ARGUMENTS"\nexec /usr/bin/curl "$@"\n`,
  });
  execFileSync('chmod', ['+x', join(folder, 'bin/curl')]);
  const { status, output } = await checked(
    t,
    {
      '/readyz': (request) => ({
        body: request.headers.authorization === `Bearer ${token}` ? report() : '{"status":"ready"}',
      }),
    },
    ['--expect-sha', sha, '--env-file', join(folder, 'env')],
    { ...configured, PATH: `${folder}/bin:${process.env.PATH}`, ARGUMENTS: join(folder, 'arguments') },
  );
  assert.equal(status, 0, output);
  assert.doesNotMatch(readFileSync(join(folder, 'arguments'), 'utf8') + output, new RegExp(token));
});

test('smoke-check: the Host header', async (t) => {
  const answer = (/** @type {import('node:http').IncomingMessage} */ request) => ({
    status: request.headers.host === 'api.test.org' ? 200 : 421,
    body: report(),
  });
  const { output } = await checked(t, { '/readyz': answer }, ['--host', 'api.test.org']);
  assert.match(output, /^ok +readyz/m);
});

/** @param {import('node:test').TestContext} t @param {number} days */
function certificate(t, days) {
  const folder = sampleFolder(t, {});
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      String(days),
      '-subj',
      '/CN=api.test.org',
      '-addext',
      'subjectAltName=DNS:api.test.org',
      '-keyout',
      'key.pem',
      '-out',
      'cert.pem',
    ],
    { cwd: folder, stdio: 'pipe' },
  );
  return { folder, key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) };
}

/** @type {{ edge: string, days?: number, hsts?: string, location?: string, fails: string | null }[]} */
const edges = [
  { edge: 'a good one', fails: null },
  { edge: 'a certificate that ends soon', days: 3, fails: 'certificate' },
  { edge: 'no strict transport', hsts: '', fails: 'hsts' },
  { edge: 'plain http that stays', location: '', fails: 'redirect' },
  { edge: 'a redirect to another host', location: 'https://evil.example/', fails: 'redirect' },
];
for (const { edge, days = 90, hsts = 'max-age=31536000', location = 'https://api.test.org/health', fails } of edges) {
  test(`smoke-check: TLS edge: ${edge}`, async (t) => {
    const { folder, key, cert } = certificate(t, days);
    const headers = { ...safe, 'Strict-Transport-Security': hsts };
    const answers = { ...good, '/health': { headers, body: '{"status":"ok"}' } };
    const port = await listen(t, createTlsServer({ key, cert }, listener(answers)));
    const plain = await listen(
      t,
      createServer(listener({ '/health': location ? { status: 308, headers: { Location: location } } : {} })),
    );
    const { status, output } = await smokeCheck(
      [
        `https://api.test.org:${port}`,
        '--resolve',
        '127.0.0.1',
        '--http-port',
        String(plain),
        '--cacert',
        join(folder, 'cert.pem'),
      ],
      configured,
    );
    assert.equal(status, fails ? 1 : 0, output);
    assert.deepEqual(output.match(/(?<=^FAIL +)\S+/gm) ?? [], fails ? [fails] : []);
  });
}

/** @type {{ args: string[], says: RegExp }[]} */
const refusals = [
  { args: [], says: /base url: '' is not http/ },
  { args: ['ftp://x'], says: /'ftp:\/\/x' is not http/ },
  { args: ['http://x', 'http://y'], says: /one address is enough/ },
  { args: ['http://x', '--sha'], says: /--sha: there is no such option/ },
  { args: ['http://x', '--host'], says: /--host: it needs a value/ },
  { args: ['http://x', '--wait', 'long'], says: /it is no number/ },
];
for (const { args, says } of refusals) {
  test(`smoke-check: refuses "${args.join(' ')}"`, async () => {
    const { status, output } = await smokeCheck(args);
    assert.equal(status, 2);
    assert.match(output, says);
  });
}
