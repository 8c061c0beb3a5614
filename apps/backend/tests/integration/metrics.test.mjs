// What monitoring sees of the service: of this process, and of worker, queue, feeds and backups through outages.
// @ts-check
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { migratedDatabase, runBackend, startApi, startWorker } from '../support/node/backend.mjs';
import { fails, startFeedServer } from '../support/node/feed_server.mjs';
import * as fixtures from '../support/node/fixtures.mjs';
import { sharedCleanup, tempDir } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { waitFor } from '../support/node/wait.mjs';

const shared = sharedCleanup(after);
/** @type {import('../support/node/postgres.mjs').PostgresCluster} */ let cluster;

before(async () => {
  cluster = await startPostgres(shared);
});

/** Samples by name with labels. @param {string} url @returns {Promise<Map<string, number>>} */
async function scrape(url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5000) });
  assert.equal(answer.status, 200);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

/** Waits until `check` holds of a scrape. @param {string} what @param {string} url
 * @param {(samples: Map<string, number>) => unknown} check */
async function waitForMetrics(what, url, check) {
  /** @type {Map<string, number>} */ let samples = new Map();
  await waitFor(
    what,
    async () => {
      samples = await scrape(url);
      return Boolean(check(samples));
    },
    { timeoutMs: 30_000, everyMs: 200 },
  );
  return samples;
}

const age = 'aspectavy_worker_heartbeat_age_seconds';

test('the process says what it is and what it uses', async (t) => {
  const { metricsUrl } = await startApi(t, { DATABASE_URL: cluster.url(await migratedDatabase(cluster)), LOG_LEVEL: 'warn' });
  const samples = await scrape(metricsUrl);
  const version = (await runBackend(['--version'])).stdout;
  const [, number, sha] = /^aspectavy (\S+) \((\S+)\)\n$/.exec(version) ?? [];
  assert.equal(samples.get(`aspectavy_build_info{version="${number}",sha="${sha}"}`), 1, version);
  for (const name of ['process_resident_memory_bytes', 'process_open_fds', 'process_start_time_seconds']) assert.ok((samples.get(name) ?? 0) > 0, name);
  for (const name of ['process_cpu_seconds_total', 'aspectavy_db_pool_in_use', 'aspectavy_db_pool_waiting', 'aspectavy_http_in_flight{server="api"}']) assert.ok(samples.has(name), name);
  assert.ok(samples.has('aspectavy_http_in_flight{server="metrics"}'), 'each listener has gauges of its own');
  assert.equal(samples.get('aspectavy_ready'), 1);
  assert.equal(samples.get('aspectavy_database_up'), 1);
});

test('a dead worker grows older, jobs wait and die, a backup is seen', async (t) => {
  const database = await migratedDatabase(cluster);
  const env = { DATABASE_URL: cluster.url(database), LOG_LEVEL: 'warn' };
  const { metricsUrl } = await startApi(t, env);
  const none = await waitForMetrics('the first look', metricsUrl, (samples) => samples.has('aspectavy_queue_depth'));
  assert.ok(!none.has(age), 'no worker was ever there');
  assert.equal(none.get('aspectavy_queue_oldest_job_age_seconds'), 0);
  const worker = await startWorker(t, env);
  await waitForMetrics('a young heartbeat', metricsUrl, (samples) => (samples.get(age) ?? 99) < 8);
  await worker.kill();
  await waitForMetrics('the heartbeat to grow old', metricsUrl, (samples) => (samples.get(age) ?? 0) > 8);
  await cluster.query(database, 'DELETE FROM worker_heartbeats');
  await cluster.query(
    database,
    `INSERT INTO job (kind, lane, state, finished_at, run_at, created_at) VALUES
       ('lost', 'default', 'discarded', now(), '-infinity', now()),
       ('late', 'default', 'available', NULL, now() - interval '100 s', now() - interval '100 s')`,
  );
  await cluster.query(
    database,
    `INSERT INTO ops_backup_receipt (target, finished_at, file_name, bytes, sha256, schema_version, duration_ms) VALUES
       ('local', '2026-01-02T03:04:05Z', 'b.dump', 1, repeat('0', 64), 4, 1),
       ('local', '2026-01-01T03:04:05Z', 'a.dump', 1, repeat('0', 64), 4, 1)`,
  );
  await cluster.query(
    database,
    `INSERT INTO mail_outbox (id, kind, to_masked, sealed_payload, state, next_attempt_at, expires_at, created_at, finished_at) VALUES
       (gen_random_uuid(), 'k', 'a', 'x', 'waiting', now(), now(), now() - interval '50 s', NULL),
       (gen_random_uuid(), 'k', 'a', NULL, 'expired', now(), now(), now(), now()),
       (gen_random_uuid(), 'k', 'a', NULL, 'expired', now(), now(), now(), now() - interval '2 h')`,
  );
  const later = await waitForMetrics('jobs and backups', metricsUrl, (samples) => samples.get('aspectavy_queue_dead_jobs') === 1);
  assert.equal(later.get('aspectavy_queue_depth'), 1);
  assert.ok((later.get('aspectavy_queue_oldest_job_age_seconds') ?? 0) >= 100);
  assert.equal(later.get('aspectavy_backup_last_success_timestamp_seconds{target="local"}'), Date.UTC(2026, 0, 2, 3, 4, 5) / 1000);
  assert.equal(later.get('aspectavy_mail_waiting'), 1);
  assert.ok((later.get('aspectavy_mail_oldest_waiting_age_seconds') ?? 0) >= 50);
  assert.equal(later.get('aspectavy_mail_last_hour{state="expired"}'), 1);
  assert.equal(later.get('aspectavy_mail_last_hour{state="sent"}'), 0);
  assert.ok((later.get(age) ?? 0) > 8, 'it goes on growing when its row is gone');
});

test('without its database: up 0, not ready, and no value that is no longer true; back by itself', async (t) => {
  const { metricsUrl } = await startApi(t, { DATABASE_URL: cluster.url(await migratedDatabase(cluster)), LOG_LEVEL: 'error' });
  await waitForMetrics('the first look', metricsUrl, (samples) => samples.has('aspectavy_queue_depth'));
  await cluster.stop();
  const down = await waitForMetrics('the outage', metricsUrl, (samples) => samples.get('aspectavy_database_up') === 0 && !samples.has('aspectavy_queue_depth'));
  assert.equal(down.get('aspectavy_ready'), 0);
  assert.ok(![...down.keys()].some((name) => /^aspectavy_(worker|queue|mail|forecast|backup)_/.test(name)), [...down.keys()].join('\n'));
  await cluster.start();
  await waitForMetrics('the database to be back', metricsUrl, (samples) => samples.get('aspectavy_database_up') === 1 && samples.has('aspectavy_queue_depth'));
});

test('a feed that fails is counted, and ages from its last good sync', async (t) => {
  const feed = await startFeedServer(t);
  feed.on(fixtures.tyrolBulletinPath, fails(403));
  const feeds = fixtures.writeFeeds(join(tempDir(t), 'feeds.json'), [fixtures.tyrolFeed(feed.url)]);
  const database = await migratedDatabase(cluster);
  const env = { DATABASE_URL: cluster.url(database), FORECAST_FEEDS: feeds, LOG_LEVEL: 'error' };
  const { metricsUrl } = await startApi(t, env);
  await startWorker(t, env);
  const failed = 'aspectavy_forecast_failures_total{provider="albina"}';
  await waitForMetrics('the failure', metricsUrl, (samples) => (samples.get(failed) ?? 0) >= 1);
  const good = 'aspectavy_forecast_last_success_age_seconds{provider="albina"}';
  assert.ok(!(await scrape(metricsUrl)).has(good), 'it never succeeded');
  await cluster.query(database, "UPDATE provider_state SET last_good_at = now() - interval '1 hour'");
  await waitForMetrics('the age', metricsUrl, (samples) => (samples.get(good) ?? 0) >= 3600);
});
