// Health of the finished program while the worker, Postgres and the feed come and go; and how it starts and ends.
// @ts-check
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { deployedEnv, fakeClock, migratedDatabase, runBackend, startApi, startWorker } from '../support/node/backend.mjs';
import { startFeedServer } from '../support/node/feed_server.mjs';
import * as fixtures from '../support/node/fixtures.mjs';
import { freePort, sharedCleanup, tempDir } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { connectRaw } from '../support/node/raw_http.mjs';
import { fetchAsWalker, walkerAt } from '../support/node/accounts.mjs';
import { getJson } from '../support/node/routes.mjs';
import { waitFor } from '../support/node/wait.mjs';

const shared = sharedCleanup(after);
/** @type {import('../support/node/postgres.mjs').PostgresCluster} */ let cluster;

/** Status and body. @param {string} url */
async function ask(url) {
  const answer = await (url.includes('/api/routes') ? fetchAsWalker : fetch)(url, { signal: AbortSignal.timeout(8000) });
  const text = await answer.text();
  return { status: answer.status, text, json: JSON.parse(text) };
}

/** Waits for /readyz to say this. @param {string} api @param {number} status @param {string} word @param {number} [timeoutMs] */
function waitForReadyz(api, status, word, timeoutMs = 20_000) {
  return waitFor(
    `/readyz to say ${status} ${word}`,
    async () => {
      const answer = await ask(`${api}/readyz`);
      assert.deepEqual([answer.status, answer.json.status], [status, word], answer.text);
      return answer.json;
    },
    { timeoutMs, everyMs: 100 },
  );
}

async function newEnv() {
  return { DATABASE_URL: cluster.url(await migratedDatabase(cluster)), LOG_LEVEL: 'warn' };
}

before(async () => {
  cluster = await startPostgres(shared);
});

describe('health', () => {
  for (const [policy, status, word] of /** @type {const} */ ([['degrade', 200, 'degraded'], ['fail', 503, 'not_ready']])) {
    test(`a stopped worker: /readyz ${status} by policy ${policy}, ready again when it goes on`, async (t) => {
      const env = { ...(await newEnv()), READYZ_WORKER_POLICY: policy, WORKER_HEARTBEAT_STALE_SECONDS: '10' };
      const { url: api } = await startApi(t, env);
      const none = await waitForReadyz(api, status, word);
      assert.equal(none.checks.worker.status, 'missing');
      assert.ok(none.checks.worker.reason);
      const worker = await startWorker(t, env);
      const ready = await waitForReadyz(api, 200, 'ready');
      assert.equal(ready.degraded, false);
      worker.signal('SIGSTOP');
      const stale = await waitForReadyz(api, status, word, 30_000);
      assert.equal(stale.checks.worker.status, 'stale');
      assert.match(stale.checks.worker.reason, /10 s/);
      assert.equal((await ask(`${api}/livez`)).status, 200);
      worker.signal('SIGCONT');
      await waitForReadyz(api, 200, 'ready');
    });
  }

  test('Postgres goes: alive but not ready; it comes back: ready without a restart', async (t) => {
    const env = await newEnv();
    const { url: api } = await startApi(t, env);
    await startWorker(t, env);
    await waitForReadyz(api, 200, 'ready');
    await walkerAt(api);
    await cluster.stop();
    const down = await waitForReadyz(api, 503, 'not_ready');
    assert.equal(down.checks.database.status, 'failed');
    assert.ok(down.checks.database.reason);
    assert.equal((await ask(`${api}/livez`)).status, 200);
    assert.equal((await ask(`${api}/health`)).text, '{"status":"ok"}');
    const routes = await ask(`${api}/api/routes`);
    assert.deepEqual([routes.status, ['unavailable', 'deadline'].includes(routes.json.code)], [503, true], routes.text);
    await cluster.start();
    await waitForReadyz(api, 200, 'ready', 30_000);
    assert.equal((await ask(`${api}/api/routes`)).status, 200);
  });

  test('metrics are on their own port only', async (t) => {
    const api = await startApi(t, await newEnv());
    assert.equal((await fetch(`${api.url}/metrics`)).status, 404);
    const metrics = await fetch(api.metricsUrl);
    assert.equal(metrics.status, 200);
    assert.match(await metrics.text(), /^# TYPE \S+ (counter|gauge|histogram)$/m);
    assert.equal((await fetch(api.metricsUrl.replace('/metrics', '/health'))).status, 404);
  });

  test('SIGTERM: a request in flight is answered, then exit code 0', async (t) => {
    const api = await startApi(t, { ...(await newEnv()), LOG_LEVEL: 'info' });
    const { token } = await walkerAt(api.url);
    const connection = await connectRaw(t, api.port);
    const body = JSON.stringify({ type: 'LineString', coordinates: [[11, 47], [11.001, 47]] });
    connection.send(
      `POST /api/routes HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/geo+json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
    );
    // The api has read the head when it has answered another request that came later.
    await ask(`${api.url}/health`);
    api.process.signal('SIGTERM');
    await api.process.waitForOutput(/api\.draining/);
    connection.send(body.slice(10));
    await connection.waitFor(/^HTTP\/1\.1 201 /m);
    assert.deepEqual(await api.process.exited, { code: 0, signal: null });
  });
});

describe('an api without its worker', { skip: fixtures.withoutFixtures }, () => {
  /** @param {import('node:test').TestContext} t */
  async function startAlone(t) {
    const feed = await startFeedServer(t);
    const feeds = fixtures.writeFeeds(join(tempDir(t), 'feeds.json'), [fixtures.tyrolFeed(feed.url)]);
    const env = { ...(await newEnv()), ...fakeClock('2026-01-12T09:00:00Z'), FORECAST_FEEDS: feeds };
    return { feed, env };
  }
  const place = '/api/forecasts/at?lat=47.115&lon=11.6728';

  test('fetches the feed itself, once for twenty requests', async (t) => {
    const { feed, env } = await startAlone(t);
    fixtures.serveTyrol(feed, '2026-01-12');
    const { url: api } = await startApi(t, env);
    const found = await Promise.all(Array.from({ length: 20 }, () => getJson(api + place)));
    for (const { zones } of found) assert.deepEqual(zones.map((/** @type {any} */ one) => one.levelName), ['considerable']);
    const urls = feed.requests.map(({ url }) => url);
    assert.deepEqual(urls, [...new Set(urls)], 'the feed was asked more than once');
  });

  test('a feed that hangs: answered within seconds, honestly unknown', async (t) => {
    const { feed, env } = await startAlone(t);
    fixtures.serveTyrol(feed, '2026-01-12');
    feed.on(fixtures.tyrolBulletinPath, () => {});
    const { url: api } = await startApi(t, env);
    const answer = await ask(api + place); // ask() waits eight seconds
    assert.equal(answer.status, 200, answer.text);
    const told = answer.json.zones.map((/** @type {any} */ zone) => [zone.key, zone.freshness, zone.level, zone.forecast]);
    assert.deepEqual(told, [['AT-07-15', 'unavailable', null, null]]);
  });
});

describe('starting', () => {
  test('a database that was never migrated is refused', async () => {
    const empty = cluster.url(await cluster.createDatabase());
    for (const role of ['api', 'worker']) {
      const { code, stderr } = await runBackend([role], { DATABASE_URL: empty, PORT: `${await freePort()}` });
      assert.equal(code, 78, stderr);
      assert.match(stderr, /migrate/);
    }
  });

  test('every fault of the settings is listed at once', async () => {
    const { code, stderr } = await runBackend(['api'], { PORT: 'x', DATABASE_POOL_SIZE: '0', LOG_LEVEL: 'loud' });
    assert.equal(code, 78);
    for (const name of ['PORT', 'DATABASE_POOL_SIZE', 'LOG_LEVEL', 'DATABASE_URL']) assert.match(stderr, new RegExp(name));
  });

  test('DATABASE_URL_FILE works; with DATABASE_URL beside it nothing starts', async (t) => {
    const { DATABASE_URL } = await newEnv();
    const file = join(tempDir(t), 'url');
    writeFileSync(file, `${DATABASE_URL}\n`, { mode: 0o600 });
    const { url: api } = await startApi(t, { DATABASE_URL_FILE: file });
    assert.equal((await ask(`${api}/api/routes`)).status, 200);
    const both = await runBackend(['api'], { DATABASE_URL, DATABASE_URL_FILE: file });
    assert.equal(both.code, 78);
    assert.match(both.stderr, /DATABASE_URL_FILE/);
    assert.ok(!both.stderr.includes(DATABASE_URL), 'the secret is printed');
  });

  test('ASPECTAVY_NOW is refused in production', async () => {
    const { code, stderr } = await runBackend(['api'], {
      ...(await newEnv()), ...fakeClock('2026-01-12T09:00:00Z'), ...deployedEnv, PUBLIC_HOSTS: 'api.avalanche.test',
    });
    assert.equal(code, 78, stderr);
    assert.match(stderr, /ASPECTAVY_NOW/);
  });
});
