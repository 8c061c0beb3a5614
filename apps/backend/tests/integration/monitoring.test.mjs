// Debian's Prometheus, with the committed rules, on the finished program: what rules and dashboard name exists, nothing
// fires while all is well, and a killed worker fires WorkerStale within the rule's own time.
// @ts-check
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { binary, migratedDatabase, runBackend, startApi, startWorker } from '../support/node/backend.mjs';
import { dashboardExpressions, watchedMetrics } from '../support/node/dashboard.mjs';
import { freePort, sharedCleanup, tempDir } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { runCommand, startProcess } from '../support/node/process.mjs';
import { startBlackboxExporter, startNodeExporter, startPrometheus } from '../support/node/prometheus.mjs';
import { waitFor } from '../support/node/wait.mjs';

const shared = sharedCleanup(after);
/** @type {Awaited<ReturnType<typeof startPrometheus>>} */ let prometheus;
/** @type {import('../support/node/process.mjs').TestProcess} */ let worker;
/** @type {Record<string, string>} */ let env;

/** The demo's terrain and forecast, served as a provider's; the settings that name them. */
async function startDemoFeed() {
  const folder = tempDir(shared);
  const port = await freePort();
  const terrain = join(folder, 'demo.store');
  const demo = { TERRAIN_STORE: terrain, FORECAST_FEEDS: join(folder, 'feeds.json') };
  const seeded = await runBackend(
    ['demo', 'seed', '--terrain', terrain, '--feed-dir', folder, '--feed-url', `http://127.0.0.1:${port}`],
    { ...env, ...demo },
  );
  assert.equal(seeded.code, 0, seeded.stderr);
  startProcess(shared, 'demo feed', [binary, 'demo', 'feed', '--port', `${port}`, '--dir', folder], { env: { APP_ENV: 'local' } });
  return demo;
}

/** A server with a certificate of ten years that answers 200, as an edge does. */
async function startTlsServer() {
  const folder = tempDir(shared);
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const { code, stderr } = await runCommand([
    'openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '3650',
    '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', cert,
  ]);
  assert.equal(code, 0, stderr);
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, response) => response.end('ok'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  shared.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `https://127.0.0.1:${port}/health`, certificate: cert };
}

/** As backup-postgres.sh reports a backup. @param {import('../support/node/postgres.mjs').PostgresCluster} cluster
 * @param {string} database */
async function reportBackup(cluster, database) {
  await cluster.query(
    database,
    `INSERT INTO ops_backup_receipt (target, finished_at, file_name, bytes, sha256, schema_version, duration_ms)
     VALUES ('test', now(), 'test-20260112-060000.dump', 1000, repeat('0', 64), 4, 12)`,
  );
}

before(async () => {
  const cluster = await startPostgres(shared);
  const database = await migratedDatabase(cluster);
  env = { DATABASE_URL: cluster.url(database), LOG_LEVEL: 'warn' };
  env = { ...env, ...(await startDemoFeed()) };
  await reportBackup(cluster, database);
  const api = await startApi(shared, env);
  worker = await startWorker(shared, env);
  const edge = await startTlsServer();
  prometheus = await startPrometheus(shared, {
    api: new URL(api.metricsUrl).host,
    node: await startNodeExporter(shared),
    blackbox: await startBlackboxExporter(shared, edge.certificate),
    probed: edge.url,
  });
  await waitFor('every target to be up', async () => {
    const up = await prometheus.query('up');
    assert.deepEqual(up.map(({ metric, value }) => [metric.job, value[1]]).sort(), [['aspectavy-api', '1'], ['edge', '1'], ['node', '1']]);
    return true;
  });
});

describe('Prometheus', () => {
  test('finds every metric that a rule or the dashboard names', async () => {
    const names = watchedMetrics();
    assert.ok(names.length > 20);
    await waitFor('every watched metric', async () => {
      // The exporters have process_* metrics of their own.
      const selector = (/** @type {string} */ name) => (/^(aspectavy|process)_/.test(name) ? '{job="aspectavy-api"}' : '');
      const found = await Promise.all(names.map((name) => prometheus.query(name + selector(name))));
      assert.deepEqual(names.filter((_, i) => found[i]?.length === 0), []);
      return true;
    });
  });

  test('has an answer for every panel of the dashboard', async () => {
    const expressions = dashboardExpressions();
    await waitFor('a value in every panel', async () => {
      const found = await Promise.all(expressions.map((expression) => prometheus.query(expression)));
      // There is no failed request, and so no rate of them.
      const empty = expressions.filter((expression, i) => found[i]?.length === 0 && !expression.includes('5xx'));
      assert.deepEqual(empty, []);
      return true;
    });
  });

  test('evaluates every rule, and the condition of none holds while all is well', async () => {
    await waitFor('every rule to be evaluated', async () => {
      assert.deepEqual(await prometheus.brokenRules(), []);
      return true;
    });
    await waitFor('quiet', async () => {
      // The disks of the machine that runs the tests are not under test.
      const alerts = (await prometheus.pendingOrFiring()).filter(({ name }) => !name.startsWith('Disk'));
      assert.deepEqual(alerts, []);
      return true;
    });
  });

  test('fires WorkerStale when the worker is killed, and ends it when another has come', async (t) => {
    const killed = Date.now();
    await worker.kill();
    // 30 s until the heartbeat is stale and 30 s of the rule, and what a busy machine adds.
    await waitFor('WorkerStale to fire', async () => (await prometheus.firing()).includes('WorkerStale'), {
      timeoutMs: 120_000,
      everyMs: 250,
    });
    t.diagnostic(`WorkerStale fired ${((Date.now() - killed) / 1000).toFixed(1)} s after the kill`);
    assert.ok(Date.now() - killed > 30_000, 'it fired before the heartbeat was stale');
    assert.ok(!(await prometheus.firing()).includes('ApiDown'));
    await startWorker(shared, env);
    await waitFor('WorkerStale to end', async () => !(await prometheus.firing()).includes('WorkerStale'), { timeoutMs: 30_000 });
  });
});
