// Which versions of the app are served: what apps are told, who is refused, and what is never refused for it.
// @ts-check
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { signUp } from '../support/node/accounts.mjs';
import { migratedDatabase, runBackend, startApi } from '../support/node/backend.mjs';
import { operationsOf } from '../support/node/contract.mjs';
import { pathOf } from '../support/node/examples.mjs';
import { send } from '../support/node/http_client.mjs';
import { sharedCleanup } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';

const shared = sharedCleanup(after);
const store = 'https://apps.apple.com/app/id1234567890';
const gateEnv = { IOS_MINIMUM_VERSION: '2.3', IOS_RECOMMENDED_VERSION: '2.10', IOS_APP_STORE_URL: store };
/** @type {string} */ let databaseUrl;
/** @type {string} */ let api;

before(async () => {
  const cluster = await startPostgres(shared);
  databaseUrl = cluster.url(await migratedDatabase(cluster));
  api = (await startApi(shared, { DATABASE_URL: databaseUrl, MAIL_MODE: 'log', ...gateEnv })).url;
});

/** @param {string} version @param {string} [platform] @returns {Record<string, string>} */
const app = (version, platform = 'ios') => ({ 'x-app-platform': platform, 'x-app-version': version });
const config = (/** @type {string} */ url, headers = {}) => send(url, 'GET', '/api/client-config', { headers });

describe('GET /api/client-config', () => {
  test('says which versions are served and what time it is, and may be kept for minutes', async () => {
    const { status, json, headers } = await config(api);
    assert.equal(status, 200);
    assert.deepEqual(json.ios, { appStoreUrl: store, minimumSupportedVersion: '2.3', recommendedVersion: '2.10' });
    assert.ok(Math.abs(Date.parse(json.serverTime) - Date.now()) < 60_000);
    assert.equal(headers['cache-control'], 'public, max-age=300');
    assert.equal((await config(api, { 'if-none-match': headers.etag })).status, 304);
    assert.equal((await config(api, app('1'))).status, 200, 'to the oldest app as well');
  });

  test('says nothing where nothing is configured, and then every version is served', async (t) => {
    const { url } = await startApi(t, { DATABASE_URL: databaseUrl });
    assert.deepEqual((await config(url)).json.ios, { appStoreUrl: null, minimumSupportedVersion: null, recommendedVersion: null });
    assert.equal((await send(url, 'GET', '/api/forecasts/zones', { headers: app('0.1') })).status, 200);
  });

  test('settings that do not fit each other are refused', async () => {
    const refusal = async (/** @type {Record<string, string>} */ env) => {
      const { code, stdout, stderr } = await runBackend(['config', 'check', '--role', 'api'], { DATABASE_URL: databaseUrl, ...gateEnv, ...env });
      return code === 0 ? '' : stdout + stderr;
    };
    assert.equal(await refusal({}), '');
    assert.match(await refusal({ IOS_RECOMMENDED_VERSION: '2.2' }), /IOS_RECOMMENDED_VERSION.*below IOS_MINIMUM_VERSION/);
    assert.match(await refusal({ IOS_APP_STORE_URL: '' }), /IOS_APP_STORE_URL.*IOS_MINIMUM_VERSION/);
    assert.match(await refusal({ IOS_MINIMUM_VERSION: 'new' }), /IOS_MINIMUM_VERSION.*version/);
  });
});

describe('an app', () => {
  const cases = /** @type {const} */ ([
    ['2.2.9', 'ios', 403], ['1', 'ios', 403], ['2.2.9', 'iOS', 403], ['2.3', 'ios', 200], ['2.3.0', 'ios', 200], ['2.10', 'ios', 200],
    ['10', 'ios', 200], ['1', 'web', 200], ['', 'ios', 200], ['dev', 'ios', 200], ['2.2-beta', 'ios', 200],
  ]);
  for (const [version, platform, status] of cases) {
    test(`${platform} ${version || 'of no version'} gets ${status}`, async () => {
      const answer = await send(api, 'GET', '/api/forecasts/zones', { headers: app(version, platform) });
      assert.equal(answer.status, status, answer.text);
      if (status !== 403) return;
      assert.equal(answer.json.code, 'client_upgrade_required');
      assert.ok(answer.json.detail.includes(store), 'it is told where to go');
    });
  }

  test('that is too old is refused by every operation that says so, before it is asked who it is, and by no other', async () => {
    const { json: document } = await send(api, 'GET', '/api/openapi.json');
    /** @type {string[]} */
    const exempt = [];
    for (const { id, method, path, declaration } of operationsOf(document)) {
      const names = [...path.matchAll(/\{(\w+)/g)].map(([, name]) => String(name));
      const target = pathOf(path, Object.fromEntries(names.map((name) => [name, '0190f0a0-0000-7000-8000-000000000000'])));
      const answer = await send(api, method, target, { headers: app('1') });
      const isRefused = answer.json?.code === 'client_upgrade_required';
      const says = `${declaration.responses['403']?.description}`.includes('`client_upgrade_required`');
      if (id === 'getOpenApi') continue; // the document itself is printed once, for everybody
      assert.equal(isRefused, says, `${id} answered ${answer.status}: ${answer.text.slice(0, 200)}`);
      if (!isRefused) exempt.push(id);
    }
    for (const id of ['getClientConfig', 'signOut', 'health', 'livez', 'readyz']) assert.ok(exempt.includes(id), `${id} must serve every app`);
  });

  test('that is too old may still sign out, and gets what opens links', async () => {
    const { headers } = await signUp(api);
    assert.equal((await send(api, 'POST', '/api/auth/sign-out', { headers: { ...headers, ...app('1') } })).status, 204);
    const association = await send(api, 'GET', '/.well-known/apple-app-site-association', { headers: app('1') });
    assert.notEqual(association.json?.code, 'client_upgrade_required');
  });
});
