// What the api serves beside its operations: the reference for people, the file for iOS, details of /readyz for operators.
// @ts-check
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { migratedDatabase, startApi } from '../support/node/backend.mjs';
import { launchBrowser } from '../support/node/browser.mjs';
import { sharedCleanup } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { connectRaw } from '../support/node/raw_http.mjs';

const shared = sharedCleanup(after);
const token = 'operators-only-'.padEnd(32, 'k');
const ids = ['ABCDE12345.com.aspectavy.ios', 'ABCDE12345.com.aspectavy.ios.dev'];
/** @type {string} */ let database;
/** @type {{ url: string, port: number }} */ let api;

before(async () => {
  const cluster = await startPostgres(shared);
  database = cluster.url(await migratedDatabase(cluster));
  const links = { APPLE_APP_SITE_ASSOCIATION_APP_IDS: ids.join(', '), OPS_TOKEN: token };
  api = await startApi(shared, { DATABASE_URL: database, LOG_LEVEL: 'warn', ...links }, { waitForPath: '/readyz' });
});

test('iOS finds its apps: JSON, no redirect, GET and HEAD alike, revalidated', async () => {
  for (const path of ['/.well-known/apple-app-site-association', '/apple-app-site-association']) {
    const answer = await fetch(api.url + path, { redirect: 'manual' });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'application/json');
    assert.equal(answer.headers.get('cache-control'), 'public, max-age=3600');
    const document = await answer.json();
    assert.deepEqual(document.applinks.details[0].appIDs, ids);
    assert.deepEqual(document.webcredentials.apps, ids);
    const head = await fetch(api.url + path, { method: 'HEAD' });
    assert.deepEqual([head.status, await head.text()], [200, '']);
    const etag = answer.headers.get('etag') ?? '';
    assert.equal((await fetch(api.url + path, { headers: { 'if-none-match': etag } })).status, 304);
  }
});

test('without ids there is no such file', async (t) => {
  const { url } = await startApi(t, { DATABASE_URL: database, LOG_LEVEL: 'warn' });
  const answer = await fetch(`${url}/.well-known/apple-app-site-association`, { redirect: 'manual' });
  assert.equal(answer.status, 404);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  assert.equal((await answer.json()).code, 'not_found');
});

/** /readyz as a client behind the proxy sees it. @param {Record<string, string>} headers */
async function readyz(headers) {
  const answer = await fetch(`${api.url}/readyz`, { headers: { 'x-forwarded-for': '203.0.113.9', ...headers } });
  return { status: answer.status, body: await answer.json() };
}

test('a client from afar sees the status of /readyz, an operator with the token every check', async () => {
  const plain = await readyz({});
  assert.deepEqual([plain.status, plain.body], [200, { status: 'degraded' }]);
  for (const wrong of [`Bearer ${token}x`, `Bearer ${token.slice(0, -1)}`, 'Bearer ', `Basic ${token}`, token]) {
    assert.deepEqual((await readyz({ authorization: wrong })).body, { status: 'degraded' }, wrong);
  }
  const operator = await readyz({ authorization: `Bearer ${token}` });
  assert.equal(operator.body.checks.worker.status, 'missing');
  assert.ok(operator.body.build.sha);
});

test('without OPS_TOKEN no token opens anything', async (t) => {
  const alone = await startApi(t, { DATABASE_URL: database, LOG_LEVEL: 'warn' }, { waitForPath: '/readyz' });
  const connection = await connectRaw(t, alone.port);
  connection.send('GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: 203.0.113.9\r\nAuthorization: Bearer \r\n\r\n');
  const answer = await connection.waitFor(/\{"status":"degraded"\}/);
  assert.ok(answer);
});

test('the reference lists every operation, and its policy allows the page', async () => {
  const answer = await fetch(`${api.url}/docs`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8');
  assert.match(answer.headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='/);
  const html = await answer.text();
  const { paths } = await (await fetch(`${api.url}/api/openapi.json`)).json();
  const operations = Object.values(paths).flatMap((item) => Object.values(/** @type {object} */ (item)));
  assert.ok(operations.length > 10);
  for (const { operationId } of operations) assert.ok(html.includes(`id="${operationId}"`), operationId);
  // As a host of its own shows it: / is /docs/, and the document is passed through.
  assert.equal(await (await fetch(`${api.url}/docs/`)).text(), html);
  assert.equal((await fetch(new URL('api/openapi.json', `${api.url}/docs/`))).status, 200);
});

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`the reference is readable on a phone, ${colorScheme}, its style is in force and its links lead somewhere`, async (t) => {
    const { page, foreignRequests } = await launchBrowser(t, api.url, { viewport: { width: 360, height: 740 }, colorScheme });
    /** @type {string[]} */ const complaints = [];
    page.on('console', (message) => complaints.push(message.text()));
    await page.goto(`${api.url}/docs`);
    const look = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      maxWidth: getComputedStyle(document.body).maxWidth,
      background: getComputedStyle(document.documentElement).backgroundColor,
      dangling: Array.from(document.querySelectorAll('a[href^="#"]'), (link) => (link.getAttribute('href') ?? '').slice(1)).filter((id) => !document.getElementById(id)),
    }));
    assert.equal(look.wide, 0, 'the page scrolls sideways');
    assert.notEqual(look.maxWidth, 'none', 'the style was refused');
    assert.deepEqual(look.dangling, []);
    assert.deepEqual(complaints.filter((text) => !text.includes('favicon')), []);
    await page.click('text=openapi.json');
    assert.match(page.url(), /\/api\/openapi\.json$/);
    assert.deepEqual(foreignRequests, []);
  });
}
