// Two workers of the finished program, one of them killed, Postgres restarted, routes arriving all the while: every route
// is graded exactly once and no job is lost.
// @ts-check
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { fetchAsWalker } from '../support/node/accounts.mjs';
import { migratedDatabase, startApi, startWorker } from '../support/node/backend.mjs';
import { feature } from '../support/node/lines.mjs';
import { sharedCleanup } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { waitFor } from '../support/node/wait.mjs';

const routeCount = 200;
const clients = 8;
const shared = sharedCleanup(after);
/** @type {import('../support/node/postgres.mjs').PostgresCluster} */ let cluster;
/** @type {string} */ let database;
/** @type {Record<string, string>} */ let env;

/** Saves one route, again and again with the same id until the api has it. @param {string} api @param {string} id */
async function save(api, id) {
  const body = JSON.stringify(feature([[11.0, 47.0], [11.002, 47.001]], 'Burst', id));
  return waitFor(
    `the api to take ${id}`,
    async () => {
      const answer = await fetchAsWalker(`${api}/api/routes`, {
        method: 'POST',
        headers: { 'content-type': 'application/geo+json', 'idempotency-key': id },
        body,
        signal: AbortSignal.timeout(10_000),
      });
      const text = await answer.text();
      if (answer.status === 201) return true;
      // While Postgres is away the api says so; anything else is a fault.
      assert.equal(answer.status, 503, text);
      return false;
    },
    { timeoutMs: 40_000 },
  );
}

/** All routes at once by a few clients; `onSaved` hears the count. @param {string} api @param {string[]} ids
 * @param {(count: number) => void} onSaved */
async function saveAll(api, ids, onSaved) {
  let next = 0;
  let saved = 0;
  const client = async () => {
    while (next < ids.length) {
      const id = /** @type {string} */ (ids[next]);
      next += 1;
      await save(api, id);
      saved += 1;
      onSaved(saved);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
}

const count = async (/** @type {string} */ sql) => Number((await cluster.query(database, sql)).rows[0].count);

describe('workers under fire', () => {
  before(async () => {
    cluster = await startPostgres(shared);
    database = await migratedDatabase(cluster);
    env = { DATABASE_URL: cluster.url(database), LOG_LEVEL: 'warn' };
  });

  test('every route has exactly one assessment, with seq 1', async (t) => {
    const { url: api } = await startApi(t, env);
    const doomed = await startWorker(t, env);
    await startWorker(t, env);
    const ids = Array.from({ length: routeCount }, () => randomUUID());
    /** @type {Promise<unknown>[]} */
    const blows = [];
    await saveAll(api, ids, (saved) => {
      if (saved === 60) blows.push(doomed.kill());
      if (saved === 120) blows.push(cluster.restart());
    });
    await Promise.all(blows);
    assert.equal(blows.length, 2);
    // What the killed worker held comes back a lease (60 s) after Postgres did: until then nobody could beat.
    await waitFor(
      'all routes to be assessed',
      async () => (await count('SELECT count(DISTINCT route_id) FROM route_assessment')) === routeCount,
      { timeoutMs: 120_000, everyMs: 100 },
    );
    const states = async () =>
      (await cluster.query(database, "SELECT state, count(*)::int FROM job WHERE kind = 'route.compile' GROUP BY state")).rows;
    const finished = [{ state: 'done', count: routeCount }];
    await waitFor('every compile to be done, once for each route', async () => {
      assert.deepEqual(await states(), finished);
      return true;
    });
    const { rows } = await cluster.query(
      database,
      'SELECT route_id, array_agg(seq) AS seqs FROM route_assessment GROUP BY route_id',
    );
    assert.deepEqual(rows.filter(({ seqs }) => seqs.length !== 1 || seqs[0] !== 1), []);
    assert.deepEqual(rows.map((row) => row.route_id).sort(), [...ids].sort());
    assert.equal(await count('SELECT count(*) FROM route'), routeCount);
  });
});
