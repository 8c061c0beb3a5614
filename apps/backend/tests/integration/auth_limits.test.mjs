// How often things may be tried, counted by two api processes together; and what a refusal tells.
// @ts-check
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { password, signUp } from '../support/node/accounts.mjs';
import { fakeClock, migratedDatabase, startApi } from '../support/node/backend.mjs';
import { addSession, forgetTries } from '../support/node/credentials.mjs';
import { fromAnywhere, looksOf, send } from '../support/node/http_client.mjs';
import { sharedCleanup } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';

const shared = sharedCleanup(after);
// In the middle of a quarter of an hour and of an hour: the sliding windows stand still.
const clock = fakeClock('2026-01-12T09:03:00Z');
const app = 'http://localhost:5173';
/** @type {import('../support/node/postgres.mjs').PostgresCluster} */ let cluster;
/** @type {string} */ let databaseUrl;
/** Two processes on one database. @type {string[]} */ let apis;
/** @type {import('pg').Client} */ let db;

before(async () => {
  cluster = await startPostgres(shared);
  const database = await migratedDatabase(cluster);
  databaseUrl = cluster.url(database);
  const env = { ...clock, DATABASE_URL: databaseUrl, APP_ALLOWED_ORIGINS: app };
  apis = (await Promise.all([startApi(shared, env), startApi(shared, env)])).map(({ url }) => url);
  db = await cluster.connect(database);
  shared.after(() => db.end());
});

beforeEach(() => forgetTries(db));

const newEmail = () => `walker-${randomUUID()}@example.org`;
/** The processes in turn. @param {number} i */
const apiOf = (i) => String(apis[i % apis.length]);
/** @param {number} i @param {string} path @param {unknown} body @param {Record<string, string>} [headers] */
const post = (i, path, body, headers = fromAnywhere()) => send(apiOf(i), 'POST', path, { body, headers });
/** @param {number} i @param {string} email @param {string} [word] @param {Record<string, string>} [headers] */
const signIn = (i, email, word = 'not the password', headers) => post(i, '/api/auth/sign-in', { email, password: word, client: 'ios' }, headers);

/** Tries at once, in turn at both processes; how many were not refused by the limit.
 * @param {number} count @param {(i: number) => Promise<import('../support/node/http_client.mjs').Answer>} one */
async function admittedOf(count, one) {
  const answers = await Promise.all(Array.from({ length: count }, (_, i) => one(i)));
  return answers.filter(({ status }) => status !== 429).length;
}

describe('signing in', () => {
  test('10 times for an address, at both processes together and all at once', async () => {
    const { email } = await signUp(apiOf(0));
    assert.equal(await admittedOf(24, (i) => signIn(i, email)), 10);
    assert.equal((await signIn(0, email, password)).status, 429, 'not even with the right password');
    assert.equal((await signIn(1, email.toUpperCase())).status, 429, 'however it is written');
  });

  test('an address that nobody has is limited alike, and refused alike', async () => {
    const known = (await signUp(apiOf(0))).email;
    const unknown = newEmail();
    for (const email of [known, unknown]) assert.equal(await admittedOf(12, (i) => signIn(i, email)), 10);
    assert.deepEqual(looksOf(await signIn(0, known)), looksOf(await signIn(1, unknown)));
  });

  test('success starts the count anew', async () => {
    const { email } = await signUp(apiOf(0));
    assert.equal(await admittedOf(9, (i) => signIn(i, email)), 9);
    assert.equal((await signIn(0, email, password)).status, 200);
    assert.equal(await admittedOf(12, (i) => signIn(i, email)), 10);
  });

  test('a refusal says when to come back, also to a page of another origin', async () => {
    const email = newEmail();
    await admittedOf(10, (i) => signIn(i, email));
    const { status, headers, json } = await signIn(0, email, password, { ...fromAnywhere(), origin: app });
    assert.deepEqual([status, json.code], [429, 'rate_limited']);
    // 09:03 lies 3 minutes into the window of 15.
    assert.equal(headers['retry-after'], '720');
    assert.deepEqual([headers['ratelimit-limit'], headers['ratelimit-remaining'], headers['ratelimit-reset']], ['10', '0', '720']);
    assert.equal(headers['access-control-allow-origin'], app);
  });

  test('no more than 100 wrong passwords in an hour, whoever tries', async () => {
    const { email } = await signUp(apiOf(0));
    let admitted = 0;
    // Three moments of one hour, each in a window of its own, each tried until refused.
    for (const minute of ['03', '29', '59']) {
      const { url, process } = await startApi(shared, { ...fakeClock(`2026-01-12T10:${minute}:00Z`), DATABASE_URL: databaseUrl });
      const answers = await Promise.all(Array.from({ length: 15 }, () =>
        send(url, 'POST', '/api/auth/sign-in', { body: { email, password: 'not the password', client: 'ios' }, headers: fromAnywhere() })));
      admitted += answers.filter(({ status }) => status !== 429).length;
      await process.stop();
    }
    assert.ok(admitted > 20, `${admitted} were admitted: time gives tries back`);
    assert.ok(admitted <= 100, `${admitted} were admitted`);
  });
});

describe('an address of the network', () => {
  /** Tries that count by address: each for another account. @param {number} count @param {(i: number) => string} addressOf */
  const tries = (count, addressOf) => admittedOf(count, (i) => signIn(i, newEmail(), 'x', { 'x-forwarded-for': addressOf(i) }));

  test('may sign in 50 times, whatever name it gives itself', async () => {
    assert.equal(await tries(60, () => '203.0.113.7'), 50);
    assert.equal(await tries(5, () => '203.0.113.8'), 5, 'its neighbour is not held for it');
    // What stands left of the last hop anybody may have written.
    assert.equal(await tries(5, (i) => `198.51.100.${i}, 203.0.113.7`), 0);
    assert.equal(await tries(5, () => '::ffff:203.0.113.7'), 0, 'the same address, written as IPv6');
  });

  test('of IPv6 is its /64', async () => {
    assert.equal(await tries(60, (i) => `2001:db8:1:2:${i}::${i}`), 50);
    assert.equal(await tries(3, () => '2001:db8:1:3::1'), 3);
  });

  test('may register 10 times an hour', async () => {
    const register = (/** @type {number} */ i) =>
      post(i, '/api/auth/register', { email: newEmail(), password, client: 'ios' }, { 'x-forwarded-for': '203.0.113.9' });
    assert.equal(await admittedOf(14, register), 10);
  });
});

test('proving who one is: 5 wrong tries for a person, then not even the right one', async () => {
  const person = await signUp(apiOf(0));
  const tokens = await Promise.all(Array.from({ length: 12 }, () => addSession(db, person.userId)));
  const elevate = (/** @type {number} */ i, word = 'not the password') =>
    post(i, '/api/auth/elevate', { password: word }, { authorization: `Bearer ${tokens[i]}` });
  assert.equal(await admittedOf(10, (i) => elevate(i)), 5);
  assert.equal((await elevate(10, password)).status, 429);
  const change = { currentPassword: password, newPassword: 'glacier-lantern-31' };
  assert.equal((await post(1, '/api/auth/password', change, { authorization: `Bearer ${tokens[11]}` })).status, 429, 'one count for all that ask for the password');
});

describe('the limit of all requests', () => {
  test('lets a burst pass, says what is left, and is asked before the body comes', async (t) => {
    const { url } = await startApi(t, { ...clock, DATABASE_URL: databaseUrl, REQUESTS_PER_10_SECONDS: '20', APP_ALLOWED_ORIGINS: app });
    const from = { 'x-forwarded-for': '203.0.113.77' };
    const person = await signUp(url);
    const ask = (/** @type {Record<string, string>} */ headers = from) => send(url, 'GET', '/api/auth/session', { headers: { ...headers, ...person.headers } });
    const first = await ask();
    assert.deepEqual([first.status, first.headers['ratelimit-limit'], first.headers['ratelimit-remaining']], [200, '20', '19']);
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask()));
    const admitted = answers.filter(({ status }) => status === 200).length;
    assert.ok(admitted >= 19 && admitted <= 25, `${admitted} of 60 were admitted`);
    const refused = await ask({ ...from, origin: app });
    assert.deepEqual([refused.status, refused.json.code], [429, 'rate_limited']);
    assert.equal(refused.headers['ratelimit-remaining'], '0');
    assert.match(String(refused.headers['retry-after']), /^[1-9]\d*$/);
    assert.equal(refused.headers['access-control-allow-origin'], app);
    assert.equal((await ask({ 'x-forwarded-for': '203.0.113.78' })).status, 200, 'others are served');
    assert.equal((await send(url, 'GET', '/livez', { headers: from })).status, 200, 'an orchestrator is not counted');
    const preflight = { ...from, origin: app, 'access-control-request-method': 'POST' };
    assert.equal((await send(url, 'OPTIONS', '/api/auth/sign-in', { headers: preflight })).status, 204, 'nor is a preflight');
  });
});

test('limits whose counters are away let nobody sign in', async (t) => {
  const own = await startPostgres(t);
  const { url } = await startApi(t, { DATABASE_URL: own.url(await migratedDatabase(own)) });
  const { email } = await signUp(url);
  await own.kill();
  const answer = await send(url, 'POST', '/api/auth/sign-in', { body: { email, password, client: 'ios' }, headers: fromAnywhere(), timeoutMs: 40_000 });
  assert.deepEqual([answer.status, answer.json.code], [503, 'unavailable'], answer.text);
  assert.ok(answer.headers['retry-after']);
});
