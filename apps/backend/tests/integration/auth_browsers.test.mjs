// What keeps a browser's session to its person, over HTTP: the cookie and its name, calls that other pages make, and
// what pages of other origins may read.
// @ts-check
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { password, signUp } from '../support/node/accounts.mjs';
import { deployedEnv, migratedDatabase, runBackend, startApi } from '../support/node/backend.mjs';
import { addSession, newToken } from '../support/node/credentials.mjs';
import { cookieOf, fromAnywhere, send } from '../support/node/http_client.mjs';
import { sharedCleanup } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';

const shared = sharedCleanup(after);
const app = 'https://app.av.test';
const host = 'api.av.test';
/** Of a request that came by TLS through the edge. */
const byTls = { host, 'x-forwarded-proto': 'https' };
/** @type {string} */ let databaseUrl;
/** The cookie is shared by app. and api. @type {string} */ let split;
/** One host for all. @type {string} */ let single;
/** Plain http on loopback. @type {string} */ let local;
/** @type {import('pg').Client} */ let db;
/** @type {import('../support/node/accounts.mjs').Person} */ let person;

before(async () => {
  const cluster = await startPostgres(shared);
  const database = await migratedDatabase(cluster);
  databaseUrl = cluster.url(database);
  const secure = { DATABASE_URL: databaseUrl, PUBLIC_HOSTS: host, PUBLIC_APP_URL: app };
  [split, single, local] = await Promise.all([
    startApi(shared, { ...secure, SESSION_COOKIE_DOMAIN: 'av.test', APP_ALLOWED_ORIGINS: app }),
    startApi(shared, { ...deployedEnv, ...secure, REGISTRATION_MODE: 'instant' }),
    startApi(shared, { DATABASE_URL: databaseUrl, APP_ALLOWED_ORIGINS: 'http://localhost:5173' }),
  ]).then((apis) => apis.map(({ url }) => url));
  db = await cluster.connect(database);
  shared.after(() => db.end());
  person = await signUp(local);
});

/** @param {import('../support/node/http_client.mjs').Answer} answer @param {number} status @param {string} code */
function mustRefuse(answer, status, code) {
  assert.deepEqual([answer.status, answer.json?.code], [status, code], answer.text);
}

/** @param {string} api @param {Record<string, string | string[]>} headers */
const signInAt = (api, headers) =>
  send(api, 'POST', '/api/auth/sign-in', {
    body: { email: person.email, password, client: 'web' }, headers: { ...fromAnywhere(), ...headers } });

describe('the cookie', () => {
  const cases = [
    { name: 'shared by hosts', api: () => split, headers: { ...byTls, origin: app },
      line: /^__Secure-avs=avs_[\w-]{43}; Path=\/; Max-Age=25(?:92000|91999); HttpOnly; SameSite=Lax; Domain=av\.test; Secure$/ },
    { name: 'of one host', api: () => single, headers: { ...byTls, origin: `https://${host}` },
      line: /^__Host-avs=avs_[\w-]{43}; Path=\/; Max-Age=25(?:92000|91999); HttpOnly; SameSite=Lax; Secure$/ },
    { name: 'on loopback', api: () => local, headers: {},
      line: /^avs_dev=avs_[\w-]{43}; Path=\/; Max-Age=25(?:92000|91999); HttpOnly; SameSite=Lax$/ },
  ];
  for (const { name, api, headers, line } of cases) {
    test(`${name} says its scope by its name`, async () => {
      const answer = await signInAt(api(), headers);
      assert.equal(answer.status, 200, answer.text);
      const lines = answer.headers['set-cookie'] ?? [];
      assert.equal(lines.length, 1);
      assert.match(lines[0] ?? '', line);
      assert.ok((lines[0]?.length ?? 0) < 4096);
    });
  }

  test('of another configuration counts nothing', async () => {
    const token = await addSession(db, person.userId);
    const ask = (/** @type {string} */ api, /** @type {string} */ name) =>
      send(api, 'GET', '/api/auth/session', { headers: { ...byTls, cookie: `${name}=${token}` } });
    assert.equal((await ask(split, '__Secure-avs')).status, 200);
    for (const name of ['__Host-avs', 'avs_dev', 'avs', '__secure-avs', '__Secure-avs2'])
      mustRefuse(await ask(split, name), 401, 'unauthenticated');
    mustRefuse(await ask(single, '__Secure-avs'), 401, 'unauthenticated');
    mustRefuse(await ask(single, 'avs_dev'), 401, 'unauthenticated');
  });

  test('twice in one request is nobody, in whatever order', async () => {
    const [own, tossed] = [await addSession(db, person.userId), await addSession(db, (await signUp(local)).userId)];
    const pair = (/** @type {string} */ token) => `__Secure-avs=${token}`;
    const cookies = [`${pair(own)}; ${pair(tossed)}`, `${pair(tossed)}; ${pair(own)}`, `${pair(own)}; ${pair(own)}`,
      `${pair(own)}; a=b; ${pair('')}`, pair(own) + '; ' + pair('x')];
    for (const cookie of cookies) {
      const headers = { ...byTls, cookie };
      mustRefuse(await send(split, 'GET', '/api/auth/session', { headers }), 401, 'unauthenticated');
      mustRefuse(await send(split, 'POST', '/api/auth/elevate', { body: { password }, headers: { ...headers, origin: app } }), 401, 'unauthenticated');
    }
    const out = await send(split, 'POST', '/api/auth/sign-out', { headers: { ...byTls, origin: app, cookie: String(cookies[0]) } });
    assert.equal(out.status, 204);
    const cleared = out.headers['set-cookie'] ?? [];
    assert.equal(cleared.length, 2, 'both scopes that a cookie of this name may have');
    assert.deepEqual(cleared.map((line) => / Domain=/.test(line)), [false, true]);
    for (const token of [own, tossed])
      assert.equal((await send(split, 'GET', '/api/auth/session', { headers: { ...byTls, cookie: pair(token) } })).status, 200);
  });

  test('is not looked at where Authorization stands, however wrong that is', async () => {
    const cookie = `avs_dev=${await addSession(db, person.userId)}`;
    for (const authorization of [`Bearer ${newToken('avs_')}`, 'Bearer', 'Bearer ', 'Bearer nonsense', 'Basic YTpi', `bearer  ${newToken('avk_')}`, 'x']) {
      const answer = await send(local, 'GET', '/api/auth/session', { headers: { cookie, authorization } });
      mustRefuse(answer, 401, 'unauthenticated');
    }
    const both = await send(local, 'GET', '/api/auth/session', { headers: { cookie: 'avs_dev=nonsense', ...person.headers } });
    assert.equal(both.status, 200);
  });

  test('may not be plain where the service is deployed', async () => {
    const env = { ...deployedEnv, DATABASE_URL: databaseUrl, PUBLIC_APP_URL: 'http://app.av.test' };
    const { code, stdout, stderr } = await runBackend(['config', 'check', '--role', 'api'], env);
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /PUBLIC_APP_URL.*https/);
  });
});

describe('calls that another page makes', () => {
  /** Headers beside a good cookie, and whether an unsafe call is served. @type {[string, Record<string, string>, boolean][]} */
  const cases = [
    ['no header of a browser', {}, false],
    ['the allowed origin', { origin: app }, true],
    ['its own origin', { origin: `https://${host}` }, true],
    ['a sibling host', { origin: 'https://evil.av.test' }, false],
    ['the parent domain', { origin: 'https://av.test' }, false],
    ['a look-alike', { origin: `${app}.evil.test` }, false],
    ['a longer name', { origin: 'https://xapp.av.test' }, false],
    ['the other scheme', { origin: 'http://app.av.test' }, false],
    ['another port', { origin: `${app}:8443` }, false],
    ['the default port spelt out', { origin: `${app}:443` }, false],
    ['a dot behind', { origin: `${app}.` }, false],
    ['a path', { origin: `${app}/` }, false],
    ['capital letters', { origin: 'https://APP.av.test' }, false],
    ['null', { origin: 'null' }, false],
    ['two origins in one', { origin: `${app}, https://evil.test` }, false],
    ['a sibling by Sec-Fetch-Site', { 'sec-fetch-site': 'same-site' }, false],
    ['another site', { 'sec-fetch-site': 'cross-site' }, false],
    ['the address bar', { 'sec-fetch-site': 'none' }, false],
    ['the same origin', { 'sec-fetch-site': 'same-origin' }, true],
    ['a foreign origin that claims to be the same', { origin: 'https://evil.av.test', 'sec-fetch-site': 'same-origin' }, false],
    ['a good referer alone', { referer: `${app}/account` }, false],
  ];
  for (const [name, headers, isServed] of cases) {
    test(`${name}: ${isServed ? 'served' : 'refused'}`, async () => {
      const token = await addSession(db, person.userId);
      const cookie = `__Secure-avs=${token}`;
      const answer = await send(split, 'POST', '/api/auth/sessions/revoke-others', { headers: { ...byTls, ...headers, cookie } });
      if (!isServed) mustRefuse(answer, 403, 'csrf_rejected');
      else assert.equal(answer.status, 200, answer.text);
      const read = await send(split, 'GET', '/api/auth/session', { headers: { ...byTls, ...headers, cookie } });
      assert.equal(read.status, 200, 'a read changes nothing; CORS keeps its answer from other pages');
    });
  }

  test('signing in and out are refused to foreign pages too, and open to apps', async () => {
    /** @type {Record<string, string>[]} */
    const foreign = [{ origin: 'https://evil.test' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }];
    for (const headers of foreign) {
      mustRefuse(await signInAt(split, { ...byTls, ...headers }), 403, 'csrf_rejected');
      mustRefuse(await send(split, 'POST', '/api/auth/sign-out', { headers: { ...byTls, ...headers } }), 403, 'csrf_rejected');
    }
    assert.equal((await signInAt(split, byTls)).status, 200);
    const cookie = `__Secure-avs=${await addSession(db, person.userId)}`;
    mustRefuse(await signInAt(split, { ...byTls, cookie }), 403, 'csrf_rejected');
  });

  test('a form can not speak JSON', async () => {
    for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain', 'text/plain; application/json', '']) {
      const answer = await send(split, 'POST', '/api/auth/sign-in', {
        body: JSON.stringify({ email: person.email, password, client: 'web' }), headers: { ...byTls, ...fromAnywhere(), 'content-type': type } });
      mustRefuse(answer, 415, 'unsupported_media_type');
    }
  });

  test('a bearer token passes from anywhere: no browser sends it of itself', async () => {
    const token = await addSession(db, person.userId);
    const headers = { ...byTls, origin: 'https://evil.test', authorization: `Bearer ${token}` };
    assert.equal((await send(split, 'POST', '/api/auth/sessions/revoke-others', { headers })).status, 200);
  });
});

describe('what pages of other origins may read', () => {
  const asks = [
    { name: '200', path: '/api/client-config' },
    { name: '401', path: '/api/auth/session' },
    { name: '404', path: '/api/nothing' },
    { name: '404 of a page', path: '/nothing' },
    { name: '405', path: '/api/auth/sign-in' },
    { name: '422', path: '/api/forecasts/at?lat=91' },
  ];
  for (const { name, path } of asks) {
    test(`${name}: only the allowed origin, by name, and caches are told`, async () => {
      const status = Number(name.slice(0, 3));
      for (const origin of ['https://evil.test', 'null', `${app}.evil.test`, 'https://evil.av.test', '']) {
        const { headers, ...answer } = await send(split, 'GET', path, { headers: { ...byTls, ...(origin && { origin }) } });
        assert.equal(answer.status, status, answer.text);
        assert.match(`${headers.vary}`, /\bOrigin\b/, `Vary for ${origin}`);
        for (const header of Object.keys(headers)) assert.ok(!header.startsWith('access-control-'), `${header} for ${origin}`);
      }
      const { headers } = await send(split, 'GET', path, { headers: { ...byTls, origin: app } });
      assert.equal(headers['access-control-allow-origin'], app);
      assert.equal(headers['access-control-allow-credentials'], 'true');
      assert.match(`${headers.vary}`, /\bOrigin\b/);
      for (const one of ['ETag', 'Retry-After', 'X-Request-Id', 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'])
        assert.ok(String(headers['access-control-expose-headers']).split(', ').includes(one), one);
    });
  }

  test('what is no acceptable request is read by nobody, and caches are told', async () => {
    for (const path of ['/api/routes?x=%zz', '/api/routes?a=1&a=2', '/api/%00', '/api/../x']) {
      const { status, headers } = await send(split, 'GET', path, { headers: { ...byTls, origin: app } });
      assert.deepEqual([status, headers.vary, headers['cache-control']], [400, 'Origin', 'no-store'], path);
    }
  });

  test('a preflight is answered to the allowed origin alone, without a credential', async () => {
    const preflight = (/** @type {string} */ origin, path = '/api/routes/0190f0a0-0000-7000-8000-000000000000') =>
      send(split, 'OPTIONS', path, { headers: { ...byTls, origin, 'access-control-request-method': 'DELETE', 'access-control-request-headers': 'authorization' } });
    const good = await preflight(app);
    assert.equal(good.status, 204);
    assert.equal(good.headers['access-control-allow-origin'], app);
    assert.equal(good.headers['access-control-max-age'], '600');
    assert.match(String(good.headers['access-control-allow-methods']), /\bDELETE\b/);
    for (const one of ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'If-None-Match', 'X-App-Version'])
      assert.ok(String(good.headers['access-control-allow-headers']).split(', ').includes(one), one);
    for (const origin of ['https://evil.test', 'null', 'https://evil.av.test', '*']) {
      const { status, headers } = await preflight(origin);
      assert.equal(status, 204);
      assert.match(`${headers.vary}`, /\bOrigin\b/);
      for (const header of Object.keys(headers)) assert.ok(!header.startsWith('access-control-'), `${header} for ${origin}`);
    }
  });
});

test('every kind of answer carries the headers that browsers heed', async () => {
  for (const { path, status } of [{ path: '/api/client-config', status: 200 }, { path: '/api/auth/session', status: 401 }, { path: '/api/nothing', status: 404 }]) {
    const { headers, ...answer } = await send(single, 'GET', path, { headers: byTls });
    assert.equal(answer.status, status);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['x-frame-options'], 'DENY');
    assert.equal(headers['cross-origin-resource-policy'], 'same-site');
    assert.match(String(headers['content-security-policy']), /default-src 'none'.*frame-ancestors 'none'/);
    assert.match(String(headers['strict-transport-security']), /^max-age=\d{8,}; includeSubDomains/);
    assert.ok(headers['x-request-id']);
    assert.equal(headers['x-powered-by'], undefined);
    assert.ok(!/\d/.test(String(headers.server ?? '')), 'no version of the server');
  }
  assert.equal((await send(single, 'TRACE', '/', { headers: byTls })).status, 405);
});
