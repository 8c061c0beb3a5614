// What belongs to people, through HTTP: profile, picture, settings, zones, contacts and devices. Each answer is held
// against openapi.json, and nobody reaches what is another's.
// @ts-check
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { signIn, signUp } from '../support/node/accounts.mjs';
import { fakeClock, migratedDatabase, startApi, startWorker } from '../support/node/backend.mjs';
import { ContractClient } from '../support/node/contract.mjs';
import { startFeedServer } from '../support/node/feed_server.mjs';
import * as fixtures from '../support/node/fixtures.mjs';
import { sharedCleanup, tempDir } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { waitForForecasts } from '../support/node/routes.mjs';
import { caller, expectStatus, png, putAvatar } from '../support/node/user_area.mjs';

const shared = sharedCleanup(after);
/** @typedef {import('../support/node/accounts.mjs').Person} Person */
/** @type {import('../support/node/postgres.mjs').PostgresCluster} */ let cluster;
/** @type {string} */ let database;
/** @type {Record<string, string>} */ let env;
/** @type {string} */ let api;
/** @type {ReturnType<typeof caller>} */ let call;
/** @type {ContractClient} */ let client;
/** @type {Person} */ let jane;
/** @type {Person} */ let other;

const now = '2026-01-12T09:00:00Z';

/** @param {string} sql @param {unknown[]} [values] */
const rows = async (sql, values) => (await cluster.query(database, sql, values)).rows;

/** The same with a body that breaks its schema. @param {Person} who @param {string} method @param {string} path @param {unknown} body */
const callWrongly = (who, method, path, body) =>
  client.request(method, `/api/user/${path}`, { body, headers: who.headers, isInvalid: true });

/** What is answered to a picture of so many bytes before any of them is sent. @param {Person} who @param {number} bytes
 * @returns {Promise<number | undefined>} */
function statusOfUpload(who, bytes) {
  return new Promise((resolve, reject) => {
    const upload = request(`${api}/api/user/avatar`, {
      method: 'PUT',
      headers: { ...who.headers, 'content-type': 'image/png', 'content-length': bytes },
    });
    upload.once('response', (answer) => {
      resolve(answer.statusCode);
      upload.destroy();
    });
    upload.once('error', reject);
    upload.flushHeaders();
  });
}

/** @param {Person} who @param {Record<string, string>} [headers] */
const getAvatar = (who, headers = {}) => fetch(`${api}/api/user/avatar`, { headers: { ...who.headers, ...headers } });

before(async () => {
  cluster = await startPostgres(shared);
  database = await migratedDatabase(cluster);
  env = { ...fakeClock(now), DATABASE_URL: cluster.url(database) };
  if (!fixtures.withoutFixtures) {
    const feed = await startFeedServer(shared);
    fixtures.serveTyrol(feed, '2026-01-12');
    env.FORECAST_FEEDS = fixtures.writeFeeds(join(tempDir(shared), 'feeds.json'), [fixtures.tyrolFeed(feed.url)]);
  }
  await startWorker(shared, env);
  api = (await startApi(shared, env)).url;
  if (!fixtures.withoutFixtures) await waitForForecasts(api);
  client = await ContractClient.of(api);
  call = caller(client);
  jane = await signUp(api);
  other = await signUp(api);
});

test('a profile counts its changes and holds to the revision that a change names', async () => {
  const fresh = expectStatus(await call(jane, 'GET', 'profile'), 200);
  assert.equal(fresh.json.revision, 0);
  assert.equal(fresh.headers.get('cache-control'), 'no-store');
  const change = { displayName: 'Jané', locale: 'de-AT', timeZone: 'Europe/Vienna', homeRegion: 'AT-07' };
  const changed = expectStatus(await call(jane, 'PATCH', 'profile', change, { 'if-match': '"0"' }), 200);
  assert.deepEqual([changed.json.revision, changed.headers.get('etag')], [1, '"1"']);
  expectStatus(await call(jane, 'PATCH', 'profile', { units: 'imperial' }, { 'if-match': '"0"' }), 412, 'precondition_failed');
  expectStatus(await call(jane, 'PATCH', 'profile', { units: 'imperial' }, { 'if-match': 'W/"1"' }), 412);
  const last = expectStatus(await call(jane, 'PATCH', 'profile', { units: 'imperial', locale: null }), 200);
  assert.deepEqual([last.json.displayName, last.json.units, last.json.locale, last.json.revision], ['Jané', 'imperial', 'de-AT', 2]);
  const bad = await callWrongly(jane, 'PATCH', 'profile', { units: 'furlongs', email: 'x@example.org', userId: other.userId });
  expectStatus(bad, 422, 'validation_failed');
  assert.deepEqual(bad.json.errors.map((/** @type {any} */ one) => one.path).sort(), ['email', 'userId']);
  assert.equal((await call(other, 'GET', 'profile')).json.displayName, '');
});

test('a picture is made anew and belongs to its person', async () => {
  assert.equal((await getAvatar(jane)).status, 404);
  const put = await putAvatar(api, jane, png(1024, 512, [10, 120, 230, 255]));
  assert.deepEqual([put.status, put.json.contentType, put.json.width, put.json.height], [200, 'image/jpeg', 512, 256], put.text);
  const got = await getAvatar(jane);
  const bytes = Buffer.from(await got.arrayBuffer());
  assert.deepEqual([got.status, got.headers.get('content-type'), bytes.length], [200, 'image/jpeg', put.json.bytes]);
  assert.equal(bytes.subarray(0, 3).toString('hex'), 'ffd8ff');
  assert.match(got.headers.get('content-security-policy') ?? '', /sandbox/);
  const etag = got.headers.get('etag') ?? '';
  assert.equal((await getAvatar(jane, { 'if-none-match': etag })).status, 304);
  assert.equal((await getAvatar(jane, { 'if-none-match': `"${randomUUID()}"` })).status, 200);
  assert.equal((await getAvatar(jane, { 'if-none-match': `"a", ${etag}` })).status, 304);
  assert.equal((await getAvatar(other)).status, 404);
  assert.equal((await call(jane, 'GET', 'profile')).json.avatar.width, 512);

  const bomb = png(4, 4, [1, 2, 3, 255]);
  bomb.writeUInt32BE(30_000, 16);
  bomb.writeUInt32BE(30_000, 20);
  /** @type {[string, Uint8Array, string, number, string][]} */
  const refused = [
    ['a GIF', Buffer.from('GIF89a______________'), 'image/png', 422, 'avatar.unsupported'],
    ['a page', Buffer.from('<script>alert(1)</script>'), 'image/jpeg', 422, 'avatar.unsupported'],
    ['a header that lies', bomb, 'image/png', 422, 'avatar.unreadable'],
    ['a cut off file', png(64, 64, [1, 2, 3, 255]).subarray(0, 60), 'image/png', 422, 'avatar.unreadable'],
    ['another media type', png(4, 4, [1, 2, 3, 255]), 'image/gif', 415, 'unsupported_media_type'],
  ];
  for (const [what, upload, type, status, code] of refused) {
    const answer = await putAvatar(api, jane, upload, type);
    assert.deepEqual([answer.status, answer.json.code], [status, code], what);
  }
  assert.equal(await statusOfUpload(jane, (5 << 20) + 1), 413);
  assert.equal((await getAvatar(jane)).headers.get('etag'), etag, 'what was refused changed nothing');
  assert.equal((await rows("SELECT FROM storage_object WHERE key LIKE 'avatars/%'")).length, 1);
  assert.equal((await call(jane, 'DELETE', 'avatar')).status, 204);
  assert.equal((await rows("SELECT FROM storage_object WHERE key LIKE 'avatars/%'")).length, 0);
  assert.equal((await getAvatar(jane)).status, 404);
  await putAvatar(api, jane, png(20, 20, [200, 10, 10, 100]));
});

test('uploads end at thirty an hour', async () => {
  const busy = await signUp(api);
  const picture = png(2, 2, [1, 2, 3, 255]);
  for (let i = 0; i < 30; i += 1) assert.equal((await putAvatar(api, busy, picture)).status, 200);
  const refused = await putAvatar(api, busy, picture);
  assert.deepEqual([refused.status, refused.json.code], [429, 'rate_limited']);
  assert.match(refused.headers.get('retry-after') ?? '', /^\d+$/);
  assert.equal((await call(busy, 'DELETE', 'avatar')).status, 204);
});

test('settings are held to their definitions', async () => {
  const { definitions } = (await call(jane, 'GET', 'settings/definitions')).json;
  const opacity = definitions.find((/** @type {any} */ one) => one.key === 'map.slope_opacity');
  assert.deepEqual([opacity.type, opacity.default, opacity.min, opacity.max], ['integer', 60, 10, 100]);
  const { settings, metadata } = (await call(jane, 'GET', 'settings')).json;
  assert.deepEqual(Object.keys(settings).sort(), definitions.map((/** @type {any} */ one) => one.key).sort());
  for (const one of definitions) assert.deepEqual(settings[one.key], one.default, one.key);
  assert.ok(Object.values(metadata).every((/** @type {any} */ one) => one.isDefault));

  expectStatus(await call(jane, 'PUT', 'settings/map.slope_opacity', { value: 35 }), 200);
  expectStatus(await call(jane, 'PUT', 'settings/map.slope_opacity', { value: 350 }), 422, 'validation_failed');
  expectStatus(await call(jane, 'PUT', 'settings/map.slope_opacity', { value: '35' }), 422, 'validation_failed');
  expectStatus(await callWrongly(jane, 'PUT', 'settings/map.slope_opacity', {}), 422, 'validation_failed');
  expectStatus(await call(jane, 'PUT', 'settings/map.nothing', { value: 1 }), 404, 'setting.not_found');
  const chosen = (await call(jane, 'GET', 'settings')).json;
  assert.deepEqual([chosen.settings['map.slope_opacity'], chosen.metadata['map.slope_opacity'].isDefault], [35, false]);
  assert.equal((await call(other, 'GET', 'settings')).json.settings['map.slope_opacity'], 60);
  expectStatus(await call(jane, 'PUT', 'settings/privacy.analytics', { value: true }), 200);
  assert.equal((await call(jane, 'DELETE', 'settings/privacy.analytics')).status, 204);
  assert.equal((await call(jane, 'GET', 'settings')).json.settings['privacy.analytics'], false);
  expectStatus(await call(jane, 'DELETE', 'settings/nothing'), 404, 'setting.not_found');
});

test('favourite zones keep an order of their own', { skip: fixtures.withoutFixtures }, async () => {
  const features = await waitForForecasts(api);
  const keys = features.map((/** @type {any} */ one) => one.properties.key ?? one.properties.id ?? one.id).slice(0, 3);
  const [a, b, c] = keys;
  const order = (/** @type {any} */ answer) => answer.json.zones.map((/** @type {any} */ one) => one.zoneId);
  for (const key of keys) expectStatus(await call(jane, 'PUT', `favourite-zones/${key}`, {}), 200);
  assert.deepEqual(order(await call(jane, 'PUT', `favourite-zones/${c}`, { position: 0 })), [c, a, b]);
  assert.deepEqual(order(await call(jane, 'PUT', 'favourite-zones', { zoneIds: [b, c] })), [b, c]);
  expectStatus(await call(jane, 'PUT', 'favourite-zones/XX-99', {}), 404, 'zone.not_found');
  expectStatus(await callWrongly(jane, 'PUT', 'favourite-zones', { zoneIds: [b, b] }), 422, 'validation_failed');
  expectStatus(await call(jane, 'PUT', 'favourite-zones', { zoneIds: ['XX-99'] }), 422, 'validation_failed');
  expectStatus(await callWrongly(jane, 'PUT', 'favourite-zones', {}), 422, 'validation_failed');
  assert.equal((await call(jane, 'DELETE', `favourite-zones/${c}`)).status, 204);
  assert.equal((await call(jane, 'DELETE', `favourite-zones/${c}`)).status, 204);
  assert.deepEqual(order(await call(jane, 'GET', 'favourite-zones')), [b]);
  assert.deepEqual(order(await call(other, 'GET', 'favourite-zones')), []);
});

test('safety contacts are never merged', async () => {
  const input = { name: 'Ötzi', email: 'oetzi@example.org', phone: '+43 (512) 58-88', note: 'flatmate\nring twice' };
  const key = { 'idempotency-key': randomUUID() };
  const made = expectStatus(await call(jane, 'POST', 'safety-contacts', input, key), 201);
  const { id } = made.json;
  assert.equal(made.json.phone, '+435125888');
  assert.equal(made.headers.get('location'), `/api/user/safety-contacts/${id}`);
  const repeated = expectStatus(await call(jane, 'POST', 'safety-contacts', input, key), 201);
  assert.deepEqual([repeated.json.id, repeated.headers.get('idempotency-replayed')], [id, 'true']);
  expectStatus(await call(jane, 'POST', 'safety-contacts', { ...input, name: 'Other' }, key), 422, 'idempotency_mismatch');

  const one = `safety-contacts/${id}`;
  expectStatus(await call(jane, 'PUT', one, input), 428, 'precondition_required');
  expectStatus(await call(jane, 'PUT', one, input, { 'if-match': '*' }), 428, 'precondition_required');
  const changed = await call(jane, 'PUT', one, { ...input, name: 'Frozen' }, { 'if-match': made.headers.get('etag') ?? '' });
  assert.deepEqual([changed.status, changed.json.revision], [200, 2]);
  const late = expectStatus(await call(jane, 'PUT', one, { ...input, name: 'Late' }, { 'if-match': '"1"' }), 412, 'precondition_failed');
  assert.deepEqual([late.json.current.name, late.headers.get('etag')], ['Frozen', '"2"']);
  expectStatus(await call(jane, 'DELETE', one), 428);
  assert.equal(expectStatus(await call(jane, 'DELETE', one, undefined, { 'if-match': '"1"' }), 412).json.current.revision, 2);

  for (const method of ['GET', 'PUT', 'DELETE']) {
    const body = method === 'PUT' ? input : undefined;
    expectStatus(await call(other, method, one, body, { 'if-match': '"2"' }), 404, 'contact.not_found');
    expectStatus(await call(jane, method, `safety-contacts/${randomUUID()}`, body, { 'if-match': '"2"' }), 404);
    expectStatus(await call(jane, method, 'safety-contacts/nonsense', body, { 'if-match': '"2"' }), 404);
  }
  assert.equal((await call(jane, 'GET', one)).json.name, 'Frozen');
  const bad = await callWrongly(jane, 'POST', 'safety-contacts', { name: '', email: 'a@b', phone: 'x', admin: true });
  assert.deepEqual(bad.json.errors.map((/** @type {any} */ fault) => fault.path), ['admin'], bad.text);
  const worse = await callWrongly(jane, 'POST', 'safety-contacts', { name: '', email: 'a@b', phone: 'x' });
  assert.deepEqual(worse.json.errors.map((/** @type {any} */ fault) => fault.path), ['name', 'email', 'phone'], worse.text);

  for (let i = 0; i < 9; i += 1) expectStatus(await call(jane, 'POST', 'safety-contacts', { name: `C${i}`, phone: '112' }), 201);
  expectStatus(await call(jane, 'POST', 'safety-contacts', { name: 'C', phone: '112' }), 409, 'limit_reached');
  const list = (await call(jane, 'GET', 'safety-contacts')).json.contacts;
  assert.equal(list.length, 10);
  // All made at one moment of the frozen clock: they come in no order.
  const unchanged = list.find((/** @type {any} */ contact) => contact.id !== id);
  assert.equal((await call(jane, 'DELETE', `safety-contacts/${unchanged.id}`, undefined, { 'if-match': '"1"' })).status, 204);
  assert.deepEqual((await call(other, 'GET', 'safety-contacts')).json.contacts, []);
});

test('a phone gets messages as long as its session lives', async () => {
  const token = 'ab'.repeat(32);
  const device = { platform: 'ios', environment: 'sandbox', topic: 'com.example.app', token, appVersion: '2.3.1' };
  const first = expectStatus(await call(jane, 'POST', 'push-devices', device), 200);
  const again = expectStatus(await call(jane, 'POST', 'push-devices', { ...device, token: token.toUpperCase() }), 200);
  assert.deepEqual([again.json.id, again.json.isThisSession], [first.json.id, true]);
  assert.doesNotMatch(first.text, /abab/);
  assert.doesNotMatch(JSON.stringify(await rows('SELECT push_device::text AS all FROM push_device')), /abab/);
  expectStatus(await call(other, 'DELETE', `push-devices/${first.json.id}`), 404, 'device.not_found');
  const taken = expectStatus(await call(other, 'POST', 'push-devices', device), 200);
  assert.notEqual(taken.json.id, first.json.id);
  assert.deepEqual((await call(jane, 'GET', 'push-devices')).json.devices, []);
  const bad = await callWrongly(jane, 'POST', 'push-devices', { ...device, platform: 'toaster', token: 'x' });
  expectStatus(bad, 422, 'validation_failed');

  const phone = await signIn(api, jane.email);
  await call(phone, 'POST', 'push-devices', { ...device, token: 'cd'.repeat(32) });
  assert.equal((await call(jane, 'GET', 'push-devices')).json.devices.length, 1);
  const out = await fetch(`${api}/api/auth/sign-out`, { method: 'POST', headers: phone.headers });
  assert.ok(out.ok, `${out.status}`);
  assert.deepEqual((await call(jane, 'GET', 'push-devices')).json.devices, []);
  expectStatus(await call(jane, 'POST', 'push-devices', device), 200);
  const { devices } = (await call(jane, 'GET', 'push-devices')).json;
  assert.equal((await call(jane, 'DELETE', `push-devices/${devices[0].id}`)).status, 204);
  await call(jane, 'POST', 'push-devices', device);
});

test('the summary for support holds numbers and no secrets', async () => {
  const summary = expectStatus(await call(jane, 'GET', 'support-summary'), 200);
  assert.equal(summary.json.account.status, 'active');
  assert.equal(summary.json.rows['safety-contacts'], 9);
  assert.equal(summary.json.rows.account, 1);
  assert.ok(summary.json.sessions >= 1);
  assert.doesNotMatch(summary.text, /@example|Frozen|abab|argon|avs_/);
});
