// How long things live: the same database seen by api processes whose clocks stand at different times.
// @ts-check
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { password, signUp } from '../support/node/accounts.mjs';
import { fakeClock, migratedDatabase, startApi } from '../support/node/backend.mjs';
import { cookieOf, fromAnywhere, send } from '../support/node/http_client.mjs';
import { sharedCleanup } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';

const shared = sharedCleanup(after);
const start = Date.parse('2026-01-12T09:00:00Z');
const minute = 60_000;
const day = 24 * 60 * minute;
/** @type {import('../support/node/postgres.mjs').PostgresCluster} */ let cluster;
/** @type {string} */ let database;
/** By what its clock says. @type {Map<number, Promise<string>>} */
const apis = new Map();

/** The api whose clock says so long after the start. @param {number} ms */
function apiAfter(ms) {
  const known = apis.get(ms);
  if (known) return known;
  const now = new Date(start + ms).toISOString().replace(/\.\d+Z$/, 'Z');
  const made = startApi(shared, { ...fakeClock(now), DATABASE_URL: cluster.url(database) }).then(({ url }) => url);
  apis.set(ms, made);
  return made;
}

before(async () => {
  cluster = await startPostgres(shared, { max_connections: '200' });
  database = await migratedDatabase(cluster);
});

/** @param {number} ms after the start @param {string} method @param {string} path @param {Record<string, string>} headers
 * @param {unknown} [body] */
async function at(ms, method, path, headers, body) {
  return send(await apiAfter(ms), method, path, { body, headers: { ...fromAnywhere(), ...headers } });
}

/** "200", or the code of the refusal. @param {number} ms @param {Record<string, string>} headers @param {string} [path] */
async function sessionAt(ms, headers, path = '/api/auth/session') {
  const { status, json } = await at(ms, 'GET', path, headers);
  return status === 200 ? '200' : json.code;
}

/** Signs in at the start. @param {import('../support/node/accounts.mjs').Person} person @param {'web' | 'ios'} client */
async function openSession(person, client) {
  const answer = await at(0, 'POST', '/api/auth/sign-in', {}, { email: person.email, password, client });
  assert.equal(answer.status, 200, answer.text);
  /** @type {Record<string, string>} */
  const headers = client === 'web' ? { cookie: cookieOf(answer).pair } : { authorization: `Bearer ${answer.json.token}` };
  return headers;
}

const lives = /** @type {const} */ ([
  { client: 'web', idle_d: 14, absolute_d: 30 },
  { client: 'ios', idle_d: 90, absolute_d: 365 },
]);
for (const { client, idle_d, absolute_d } of lives) {
  describe(`a session of ${client}`, () => {
    test(`ends after ${idle_d} days of silence`, async () => {
      const headers = await openSession(await signUp(await apiAfter(0)), client);
      assert.equal(await sessionAt(idle_d * day - minute, headers), '200');
      const silent = await openSession(await signUp(await apiAfter(0)), client);
      assert.equal(await sessionAt(idle_d * day, silent), 'session_expired');
    });

    test(`goes on while it is used, and ends after ${absolute_d} days all the same`, async () => {
      const headers = await openSession(await signUp(await apiAfter(0)), client);
      const step_d = idle_d - 1;
      for (let d = step_d; d < absolute_d; d += step_d) assert.equal(await sessionAt(d * day, headers), '200', `after ${d} days`);
      assert.equal(await sessionAt(absolute_d * day - minute, headers), '200');
      assert.equal(await sessionAt(absolute_d * day, headers), 'session_expired');
    });
  });
}

test('being seen is written down every five minutes at most', async () => {
  const person = await signUp(await apiAfter(0));
  const seen = async () => {
    const { rows } = await cluster.query(database, 'SELECT last_seen_at, idle_expires_at FROM user_session WHERE user_id = $1', [person.userId]);
    return rows.map((row) => [row.last_seen_at.getTime() - start, row.idle_expires_at.getTime() - start]);
  };
  assert.equal(await sessionAt(4 * minute, person.headers), '200');
  assert.deepEqual(await seen(), [[0, 90 * day]]);
  assert.equal(await sessionAt(5 * minute, person.headers), '200');
  assert.deepEqual(await seen(), [[5 * minute, 90 * day + 5 * minute]]);
});

test('elevation lasts ten minutes', async () => {
  const { headers } = await signUp(await apiAfter(0));
  assert.equal(await sessionAt(10 * minute - 1000, headers, '/api/auth/sessions'), '200');
  assert.equal(await sessionAt(10 * minute, headers, '/api/auth/sessions'), 'elevation_required');
  assert.equal(await sessionAt(10 * minute, headers), '200', 'the session itself goes on');
});

test("a script's token ends when it was said to", async () => {
  const { headers } = await signUp(await apiAfter(0));
  const wanted = { name: 'backup', scopes: ['routes:read'], expiresAt: '2026-01-22T09:00:00Z' };
  const { json } = await at(0, 'POST', '/api/auth/tokens', headers, wanted);
  const bearer = { authorization: `Bearer ${json.token}` };
  assert.equal(await sessionAt(10 * day - 1000, bearer, '/api/routes'), '200');
  assert.equal(await sessionAt(10 * day, bearer, '/api/routes'), 'session_expired');
});

test('an answer tells how long the session lives, so that clients compare no clocks', async () => {
  const { headers } = await signUp(await apiAfter(0));
  const { json } = await at(5 * minute, 'GET', '/api/auth/session', headers);
  assert.equal(json.serverTime, '2026-01-12T09:05:00Z');
  assert.equal(json.session.expiresInS, 90 * 86_400);
});
