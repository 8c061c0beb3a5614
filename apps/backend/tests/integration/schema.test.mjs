// Two builds and one database: a newer build's migration that only adds lets the older build go on serving, come back
// and migrate; one that does not add ends the older build everywhere. And the numbers that deployments ask for.
// @ts-check
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fetchAsWalker } from '../support/node/accounts.mjs';
import { migratedDatabase, runBackend, startApi, startWorker } from '../support/node/backend.mjs';
import { feature } from '../support/node/lines.mjs';
import { freePort, sharedCleanup } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { waitFor } from '../support/node/wait.mjs';

const shared = sharedCleanup(after);
/** @type {import('../support/node/postgres.mjs').PostgresCluster} */ let cluster;
/** @type {number} */ let max;

before(async () => {
  cluster = await startPostgres(shared);
  max = Number((await runBackend(['schema', '--max'])).stdout);
  assert.ok(max >= 4);
});

/** What a newer build does to the database: its row and its statements. @param {string} database @param {number} number
 * @param {number} compatibleFrom @param {string} sql */
async function migrateByNewerBuild(database, number, compatibleFrom, sql) {
  await cluster.query(database, sql);
  await cluster.query(
    database,
    `INSERT INTO schema_migration (number, name, min_compatible_app_schema, sha256)
     VALUES (${number}, 'later', ${compatibleFrom}, 'of another build')`,
  );
}

/** Expand-only changes that touch every table which the running statements read. */
const expand = `
  ALTER TABLE route ADD COLUMN note text;
  ALTER TABLE route_assessment ADD COLUMN note text;
  ALTER TABLE job ADD COLUMN note text;
  ALTER TABLE worker_heartbeats ADD COLUMN note text NOT NULL DEFAULT '';
  CREATE TABLE later (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)`;

/** Saves a route and waits for its assessment by the worker. @param {string} api @param {string} name */
async function saveAndAssess(api, name) {
  const answer = await fetchAsWalker(`${api}/api/routes`, {
    method: 'POST',
    headers: { 'content-type': 'application/geo+json' },
    body: JSON.stringify(feature([[11.0, 47.0], [11.002, 47.001]], name)),
  });
  const text = await answer.text();
  assert.equal(answer.status, 201, text);
  const { id } = JSON.parse(text);
  await waitFor(`${name} to be assessed`, async () => (await fetchAsWalker(`${api}/api/routes/${id}/assessment`)).status === 200);
}

describe('a newer schema', () => {
  test('that admits this build: it goes on serving, starts again, and its migrate changes nothing', async (t) => {
    const database = await migratedDatabase(cluster);
    const env = { DATABASE_URL: cluster.url(database), LOG_LEVEL: 'warn' };
    const { url: api, process: running } = await startApi(t, env, { waitForPath: '/readyz' });
    const worker = await startWorker(t, env);
    await saveAndAssess(api, 'before');
    await migrateByNewerBuild(database, max + 1, max, expand);
    // Longer than a look of /readyz: the answer after the change.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const ready = await fetch(`${api}/readyz`);
    assert.equal(ready.status, 200);
    assert.equal((await ready.json()).checks.schema.status, 'ok');
    await saveAndAssess(api, 'after');
    await Promise.all([running.stop(), worker.stop()]);
    const migrate = await runBackend(['migrate'], env);
    assert.deepEqual([migrate.code, migrate.stdout], [0, `schema ${max + 1} is newer than this build (max ${max}) and compatible\n`]);
    const again = await startApi(t, env, { waitForPath: '/readyz' });
    await startWorker(t, env);
    await saveAndAssess(again.url, 'after a restart');
  });

  test('that does not admit it: not ready, no start, no migration, always with both numbers', async (t) => {
    const database = await migratedDatabase(cluster);
    const env = { DATABASE_URL: cluster.url(database), LOG_LEVEL: 'warn' };
    const { url: api } = await startApi(t, env, { waitForPath: '/readyz' });
    await migrateByNewerBuild(database, max + 1, max + 1, 'ALTER TABLE route DROP COLUMN name');
    const checks = await waitFor('/readyz to notice', async () => {
      const answer = await fetch(`${api}/readyz`);
      return answer.status === 503 && (await answer.json()).checks;
    });
    assert.equal(checks.schema.status, 'failed');
    assert.match(checks.schema.reason, new RegExp(`${max + 1}.*needs ${max}.*from ${max + 1}`));
    const numbers = new RegExp(`database schema ${max + 1} is newer than this build \\(max ${max}\\)`);
    for (const role of ['api', 'worker']) {
      const { code, stderr } = await runBackend([role], { ...env, PORT: `${await freePort()}` });
      assert.deepEqual([role, code], [role, 78], stderr);
      assert.match(stderr, numbers);
    }
    const migrate = await runBackend(['migrate'], env);
    assert.equal(migrate.code, 5, migrate.stderr);
    assert.match(migrate.stderr, numbers);
  });
});

describe('aspectavy schema', () => {
  /** @param {string} what @param {Record<string, string>} [env] */
  async function number(what, env) {
    const { code, stdout, stderr } = await runBackend(['schema', what], env);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^\d+\n$/);
    return Number(stdout);
  }

  test('prints what the build knows, what the database has, and whom it admits', async () => {
    const database = await migratedDatabase(cluster);
    const env = { DATABASE_URL: cluster.url(database) };
    assert.equal(await number('--current', env), max);
    const from = await number('--compatible-from', env);
    assert.ok(from >= 1 && from <= max);
    await migrateByNewerBuild(database, max + 1, max, 'SELECT 1');
    await migrateByNewerBuild(database, max + 2, max + 2, 'SELECT 1');
    await migrateByNewerBuild(database, max + 3, max, 'SELECT 1');
    assert.equal(await number('--current', env), max + 3);
    assert.equal(await number('--compatible-from', env), max + 2);
  });

  test('a database that was never migrated has schema 0', async () => {
    const env = { DATABASE_URL: cluster.url(await cluster.createDatabase()) };
    assert.equal(await number('--current', env), 0);
    assert.equal(await number('--compatible-from', env), 0);
  });

  test('an unreachable database: exit 75; no or two questions: exit 2', async () => {
    const env = { DATABASE_URL: `postgres://nobody:secret-word@127.0.0.1:${await freePort()}/none` };
    const away = await runBackend(['schema', '--current'], env);
    assert.equal(away.code, 75, away.stderr);
    assert.ok(!away.stderr.includes('secret-word'));
    assert.equal((await runBackend(['schema'])).code, 2);
    assert.equal((await runBackend(['schema', '--max', '--current'])).code, 2);
  });
});
