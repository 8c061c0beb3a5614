// What follows from signing in, over HTTP: sessions that are listed, ended and renewed, tokens of scripts, signing out.
// @ts-check
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { password, signIn, signUp } from '../support/node/accounts.mjs';
import { migratedDatabase, startApi } from '../support/node/backend.mjs';
import { addSession, dumpOf, hashOf, newToken } from '../support/node/credentials.mjs';
import { cookieOf, fromAnywhere, send } from '../support/node/http_client.mjs';
import { sharedCleanup } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';

const shared = sharedCleanup(after);
/** @type {import('../support/node/postgres.mjs').PostgresCluster} */ let cluster;
/** @type {string} */ let database;
/** @type {string} */ let api;
/** @type {import('pg').Client} */ let db;

before(async () => {
  cluster = await startPostgres(shared);
  database = await migratedDatabase(cluster);
  api = (await startApi(shared, { DATABASE_URL: cluster.url(database) })).url;
  db = await cluster.connect(database);
  shared.after(() => db.end());
});

const bearer = (/** @type {string} */ token) => ({ authorization: `Bearer ${token}` });
/** @param {string} method @param {string} path @param {string} token @param {unknown} [body] */
const call = (method, path, token, body) => send(api, method, path, { body, headers: { ...bearer(token), ...fromAnywhere() } });
const whoIs = (/** @type {string} */ token) => call('GET', '/api/auth/session', token);

/** @param {import('../support/node/http_client.mjs').Answer} answer @param {number} status @param {string} code */
function mustRefuse(answer, status, code) {
  assert.deepEqual([answer.status, answer.json?.code], [status, code], answer.text);
}

describe('sessions', () => {
  test('are listed with what is known of their clients, and without a token', async () => {
    const person = await signUp(api);
    const wanted = { email: person.email, password, client: 'web', deviceLabel: 'Kitchen' };
    const headers = { ...fromAnywhere(), 'user-agent': 'Test/1.0 (\u00e9)', 'x-app-version': '2.3.1' };
    const web = cookieOf(await send(api, 'POST', '/api/auth/sign-in', { body: wanted, headers }));
    const { json, text } = await call('GET', '/api/auth/sessions', person.token);
    assert.equal(json.sessions.length, 2);
    const kitchen = json.sessions.find((/** @type {any} */ one) => one.deviceLabel === 'Kitchen');
    assert.deepEqual([kitchen.client, kitchen.isCurrent, kitchen.appVersion], ['web', false, '2.3.1']);
    assert.match(kitchen.userAgent, /^Test\/1\.0 \(\?+\)$/, 'what is not ASCII is not kept');
    assert.ok(kitchen.expiresInS > 13 * 86_400 && kitchen.expiresInS <= 14 * 86_400);
    for (const token of [web.value, person.token]) {
      assert.ok(!text.includes(token.slice(4)));
      assert.ok(!text.includes(hashOf(token).toString('hex')));
    }
  });

  test('are ended one by one, and only by their person', async () => {
    const [jane, joe] = [await signUp(api), await signUp(api)];
    const second = await signIn(api, jane.email);
    const { json } = await call('GET', '/api/auth/sessions', jane.token);
    const { id } = json.sessions.find((/** @type {any} */ one) => !one.isCurrent);
    mustRefuse(await call('DELETE', `/api/auth/sessions/${id}`, joe.token), 404, 'session.not_found');
    assert.equal((await whoIs(second.token)).status, 200);
    assert.equal((await call('DELETE', `/api/auth/sessions/${id}`, jane.token)).status, 204);
    mustRefuse(await whoIs(second.token), 401, 'session_revoked');
    mustRefuse(await call('DELETE', `/api/auth/sessions/${id}`, jane.token), 404, 'session.not_found');
    mustRefuse(await call('DELETE', `/api/auth/sessions/${randomUUID()}`, jane.token), 404, 'session.not_found');
    assert.equal((await whoIs(jane.token)).status, 200);
  });

  test('all others are ended at once', async () => {
    const [jane, joe] = [await signUp(api), await signUp(api)];
    const others = [await signIn(api, jane.email), await signIn(api, jane.email)];
    const answer = await call('POST', '/api/auth/sessions/revoke-others', jane.token);
    assert.deepEqual([answer.status, answer.json], [200, { revoked: 2 }]);
    for (const { token } of others) mustRefuse(await whoIs(token), 401, 'session_revoked');
    assert.deepEqual([(await whoIs(jane.token)).status, (await whoIs(joe.token)).status], [200, 200]);
  });

  test('there are at most 20: the one that was silent longest gives way', async () => {
    const person = await signUp(api);
    /** @type {string[]} */
    const tokens = [person.token];
    while (tokens.length < 20) tokens.push(await addSession(db, person.userId));
    const oldest = /** @type {string} */ (tokens[7]);
    await db.query(`UPDATE user_session SET last_seen_at = now() - interval '2 minutes' WHERE token_hash = $1`, [hashOf(oldest)]);
    const { token } = await signIn(api, person.email);
    mustRefuse(await whoIs(oldest), 401, 'session_revoked');
    for (const one of [token, ...tokens.filter((each) => each !== oldest)]) assert.equal((await whoIs(one)).status, 200);
  });
});

describe('a new token for the same session', () => {
  test('comes with elevation, and the old one is dead', async () => {
    const person = await signUp(api);
    const stale = await addSession(db, person.userId, { isElevated: false });
    mustRefuse(await call('GET', '/api/auth/sessions', stale), 403, 'elevation_required');
    mustRefuse(await call('POST', '/api/auth/elevate', stale, { password: 'not the password' }), 401, 'invalid_credentials');
    assert.equal((await whoIs(stale)).status, 200, 'a wrong password leaves the session as it was');
    const before_ = (await whoIs(stale)).json.session.id;
    const cookie = { cookie: `avs_dev=${stale}`, origin: api, ...fromAnywhere() };
    const answer = await send(api, 'POST', '/api/auth/elevate', { body: { password }, headers: cookie });
    assert.equal(answer.status, 200, answer.text);
    const { value } = cookieOf(answer);
    assert.equal(answer.json.token, null, 'a browser gets it as a cookie');
    mustRefuse(await whoIs(stale), 401, 'unauthenticated');
    assert.equal((await call('GET', '/api/auth/sessions', value)).status, 200);
    assert.equal((await whoIs(value)).json.session.id, before_);
    assert.equal((await whoIs(person.token)).status, 200, 'other sessions go on');
  });

  test('comes with a new password, which ends all else that the old one opened', async () => {
    const jane = await signUp(api);
    const other = await signIn(api, jane.email);
    const script = await call('POST', '/api/auth/tokens', jane.token, { name: 'backup', scopes: ['routes:read'] });
    assert.equal((await call('GET', '/api/routes', script.json.token)).status, 200);
    const next = 'glacier-lantern-31';
    const change = (/** @type {object} */ body, token = jane.token) => call('POST', '/api/auth/password', token, body);
    mustRefuse(await change({ currentPassword: 'not the password', newPassword: next }), 401, 'invalid_credentials');
    mustRefuse(await change({ currentPassword: password, newPassword: 'short' }), 422, 'validation_failed');
    for (const { token } of [jane, other]) assert.equal((await whoIs(token)).status, 200, 'a failed change changes nothing');
    const answer = await change({ currentPassword: password, newPassword: next });
    assert.equal(answer.status, 200, answer.text);
    mustRefuse(await whoIs(jane.token), 401, 'unauthenticated');
    mustRefuse(await whoIs(other.token), 401, 'session_revoked');
    mustRefuse(await call('GET', '/api/routes', script.json.token), 401, 'session_revoked');
    assert.equal((await whoIs(answer.json.token)).status, 200);
    const signInBy = (/** @type {string} */ word) =>
      send(api, 'POST', '/api/auth/sign-in', { body: { email: jane.email, password: word, client: 'ios' }, headers: fromAnywhere() });
    mustRefuse(await signInBy(password), 401, 'invalid_credentials');
    assert.equal((await signInBy(next)).status, 200);
  });

  test('of 16 calls that elevate with one token, one wins', async () => {
    const person = await signUp(api);
    const stale = await addSession(db, person.userId, { kind: 'ios', isElevated: false });
    await db.query('DELETE FROM rate_counter');
    // Four more than the limit of wrong passwords would let through: they all are right.
    const answers = await Promise.all(Array.from({ length: 16 }, () => call('POST', '/api/auth/elevate', stale, { password })));
    const tokens = answers.filter(({ status }) => status === 200).map(({ json }) => json.token);
    assert.ok(tokens.length >= 1, answers.map(({ status }) => status).join(' '));
    const alive = (await Promise.all(tokens.map(whoIs))).filter(({ status }) => status === 200);
    assert.equal(alive.length, 1, 'of all the tokens that were handed out one counts');
    mustRefuse(await whoIs(stale), 401, 'unauthenticated');
  });
});

describe("a script's token", () => {
  /** @param {string} token @param {string[]} scopes */
  const make = (token, scopes, more = {}) => call('POST', '/api/auth/tokens', token, { name: 'backup', scopes, ...more });
  const line = { type: 'LineString', coordinates: [[11.6728, 47.115], [11.674, 47.116]] };
  const save = (/** @type {Record<string, string>} */ headers) =>
    send(api, 'POST', '/api/routes', { body: line, headers: { 'content-type': 'application/geo+json', ...headers } });

  test('does what its scopes allow and nothing else', async () => {
    const person = await signUp(api);
    const made = await make(person.token, ['routes:read']);
    assert.equal(made.status, 201, made.text);
    assert.match(made.json.token, /^avk_[\w-]{43}$/);
    const { token } = made.json;
    assert.equal((await call('GET', '/api/routes', token)).status, 200);
    mustRefuse(await save(bearer(token)), 403, 'forbidden');
    const writes = (await make(person.token, ['routes:write'])).json.token;
    assert.equal((await save(bearer(writes))).status, 201);
    mustRefuse(await call('GET', '/api/routes', writes), 403, 'forbidden');
  });

  test('can neither elevate, nor sign in, nor make another', async () => {
    const person = await signUp(api);
    const { token } = (await make(person.token, ['routes:read', 'routes:write', 'user:read', 'user:write'])).json;
    for (const [method = '', path = '', body] of /** @type {[string, string, unknown?][]} */ ([
      ['GET', '/api/auth/session'], ['GET', '/api/auth/sessions'], ['POST', '/api/auth/elevate', { password }],
      ['POST', '/api/auth/password', { currentPassword: password, newPassword: 'glacier-lantern-31' }],
      ['POST', '/api/auth/tokens', { name: 'more', scopes: ['routes:read'] }], ['GET', '/api/auth/tokens'],
      ['POST', '/api/auth/sessions/revoke-others']])) {
      mustRefuse(await call(method, path, token, body), 403, 'forbidden');
    }
    mustRefuse(await send(api, 'GET', '/api/routes', { headers: { cookie: `avs_dev=${token}` } }), 401, 'unauthenticated');
    assert.equal((await call('POST', '/api/auth/sign-out', token)).status, 204);
    assert.equal((await call('GET', '/api/routes', token)).status, 200, 'signing out is not for tokens');
  });

  test('is refused with scopes that do not exist, and listed without its secret', async () => {
    const person = await signUp(api);
    mustRefuse(await make(person.token, ['routes:read', 'everything']), 422, 'validation_failed');
    mustRefuse(await make(person.token, []), 422, 'validation_failed');
    mustRefuse(await make(person.token, ['routes:read'], { expiresAt: '2020-01-01T00:00:00Z' }), 422, 'validation_failed');
    mustRefuse(await make(await addSession(db, person.userId, { isElevated: false }), ['routes:read']), 403, 'elevation_required');
    const { token, id } = (await make(person.token, ['routes:read'])).json;
    const list = await call('GET', '/api/auth/tokens', person.token);
    assert.deepEqual(list.json.tokens.map((/** @type {any} */ one) => one.id), [id]);
    assert.ok(!list.text.includes(token.slice(4)));
  });

  test('ends when its person says so, not when somebody else does', async () => {
    const [jane, joe] = [await signUp(api), await signUp(api)];
    const { token, id } = (await make(jane.token, ['routes:read'])).json;
    mustRefuse(await call('DELETE', `/api/auth/tokens/${id}`, joe.token), 404, 'api_token.not_found');
    assert.equal((await call('GET', '/api/routes', token)).status, 200);
    assert.equal((await call('DELETE', `/api/auth/tokens/${id}`, jane.token)).status, 204);
    mustRefuse(await call('GET', '/api/routes', token), 401, 'session_revoked');
  });
});

describe('signing out', () => {
  test('ends the session of the caller and no other, by token and by cookie', async () => {
    const person = await signUp(api);
    const other = await signIn(api, person.email);
    assert.equal((await call('POST', '/api/auth/sign-out', person.token)).status, 204);
    mustRefuse(await whoIs(person.token), 401, 'session_revoked');
    const cookie = await addSession(db, person.userId);
    const answer = await send(api, 'POST', '/api/auth/sign-out', { headers: { cookie: `avs_dev=${cookie}`, origin: api } });
    assert.equal(answer.status, 204);
    assert.deepEqual(answer.headers['set-cookie'], ['avs_dev=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax']);
    assert.equal(answer.headers['clear-site-data'], '"cache", "cookies", "storage"');
    mustRefuse(await whoIs(cookie), 401, 'session_revoked');
    assert.equal((await whoIs(other.token)).status, 200);
  });

  test('is done already for who is not signed in', async () => {
    for (const headers of [{}, bearer(newToken('avs_')), bearer('nonsense'), { authorization: 'Basic YTpi' }]) {
      assert.equal((await send(api, 'POST', '/api/auth/sign-out', { headers })).status, 204, JSON.stringify(headers));
    }
  });
});

test('no token, code or password of all this is in the database', async () => {
  const person = await signUp(api);
  const script = await call('POST', '/api/auth/tokens', person.token, { name: 'backup', scopes: ['user:read'] });
  const invite = await call('POST', '/api/auth/invites', person.token, {});
  const dump = await dumpOf(db);
  assert.ok(dump.includes(person.email), 'the dump holds what the database does');
  assert.ok(dump.includes(hashOf(person.token).toString('hex')), 'the hash is there');
  for (const secret of ['avs_', 'avk_', person.token.slice(4), script.json.token.slice(4), invite.json.code, password])
    assert.ok(!dump.includes(secret), `the database holds ${secret.slice(0, 4)}…`);
});
