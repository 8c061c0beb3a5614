// What operators meet: settings that are refused, signals, health checks, numbers while everything hangs, dead letters.
// @ts-check
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fetchAsWalker, walkerAt } from '../support/node/accounts.mjs';
import { binary, deployedEnv, migratedDatabase, runBackend, startApi } from '../support/node/backend.mjs';
import { feature } from '../support/node/lines.mjs';
import { freePort, sharedCleanup, tempDir } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { startProcess } from '../support/node/process.mjs';
import { connectRaw } from '../support/node/raw_http.mjs';
import { waitFor } from '../support/node/wait.mjs';

const shared = sharedCleanup(after);
/** @type {import('../support/node/postgres.mjs').PostgresCluster} */ let cluster;

async function newDatabase() {
  const database = await migratedDatabase(cluster);
  return { database, env: { DATABASE_URL: cluster.url(database), LOG_LEVEL: 'info' } };
}

before(async () => {
  cluster = await startPostgres(shared);
});

describe('settings', () => {
  test('config check finds what api and worker would refuse, all at once, and they refuse it with the same words', async (t) => {
    const feeds = join(tempDir(t), 'feeds.json');
    writeFileSync(feeds, '{"feeds": [{"provider": "a",');
    const env = {
      DATABASE_URL: 'mysql://a@localhost/b', API_ADDRESS: 'localhost', METRICS_ADDRESS: 'nonsense',
      TRUSTED_PROXIES: 'banana', PUBLIC_HOSTS: 'http://api.av.test:80', FORECAST_FEEDS: feeds,
      RULESET_FILE: '/nowhere/ruleset.json', TERRAIN_STORE: '/nowhere/a.store', BAND_HEIGHTS_FILE: '/nowhere/h.json',
    };
    const check = await runBackend(['config', 'check'], env);
    assert.equal(check.code, 78, check.stderr);
    for (const name of Object.keys(env)) assert.match(check.stderr, new RegExp(`^config error: ${name}: must `, 'm'));
    assert.match(check.stderr, new RegExp(`FORECAST_FEEDS: .*${feeds}`));
    const api = await runBackend(['api'], { ...env, PORT: `${await freePort()}` });
    assert.equal(api.code, 78);
    assert.equal(api.stderr, check.stderr);
  });

  test('config check refuses a frozen clock in production', async () => {
    const { code, stderr } = await runBackend(['config', 'check'], {
      ...deployedEnv, DATABASE_URL: 'postgres://a:b@127.0.0.1/c',
      ASPECTAVY_NOW: '2026-01-12T09:00:00Z',
    });
    assert.equal(code, 78, stderr);
    assert.match(stderr, /ASPECTAVY_NOW/);
  });

  test('a public host is compared in lower case', async (t) => {
    const { env } = await newDatabase();
    const api = await startApi(t, { ...env, PUBLIC_HOSTS: 'API.Av.test' });
    const ask = async (/** @type {string} */ host, /** @type {RegExp} */ answer) => {
      const connection = await connectRaw(t, api.port);
      connection.send(`GET /livez HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      await connection.waitFor(answer);
    };
    await ask('api.av.test', /^HTTP\/1\.1 200 /);
    await ask('Api.AV.test:443', /^HTTP\/1\.1 200 /);
    await ask('other.av.test', /^HTTP\/1\.1 421 [^]*"code":"misdirected_request"/);
  });

  test('in production, as elsewhere, routes need somebody who is signed in', async (t) => {
    const { env } = await newDatabase();
    const api = await startApi(t, { ...env, ...deployedEnv });
    for (const [method, path] of /** @type {const} */ ([['GET', '/api/routes'], ['POST', '/api/routes'], ['GET', '/api/routes/0']])) {
      const answer = await fetch(api.url + path, { method });
      assert.deepEqual([answer.status, (await answer.json()).code], [401, 'unauthenticated'], `${method} ${path}`);
    }
    assert.equal((await fetch(`${api.url}/api/forecasts/zones`)).status, 200);
    assert.equal((await fetch(`${api.url}/api/auth/demo`, { method: 'POST' })).status, 404);
  });
});

describe('signals', () => {
  /** A request that keeps the api from draining. @param {import('node:test').TestContext} t @param {number} port */
  async function unfinishedRequest(t, port) {
    const connection = await connectRaw(t, port);
    connection.send('POST /api/routes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{');
    return connection;
  }

  test('a second SIGTERM ends the process at once, with 1', async (t) => {
    const { env } = await newDatabase();
    const api = await startApi(t, env);
    await unfinishedRequest(t, api.port);
    await fetch(`${api.url}/health`);
    api.process.signal('SIGTERM');
    await api.process.waitForOutput(/api\.draining/);
    api.process.signal('SIGTERM');
    assert.deepEqual(await api.process.exited, { code: 1, signal: null });
  });

  test('SIGTERM while the database is away: the process does not wait for its end', async (t) => {
    for (const role of ['api', 'worker']) {
      const url = `postgres://a@127.0.0.1:${await freePort()}/b`;
      const waiting = startProcess(t, role, [binary, role], {
        env: { APP_ENV: 'local', PORT: `${await freePort()}`, DATABASE_URL: url },
      });
      await waiting.waitForOutput(/db\.waiting/);
      const asked = Date.now();
      waiting.signal('SIGTERM');
      assert.deepEqual(await waiting.exited, { code: 0, signal: null });
      assert.ok(Date.now() - asked < 15_000);
    }
  });

  test('SIGHUP reads the log level again from its file, and ends nothing', async (t) => {
    const { env } = await newDatabase();
    const file = join(tempDir(t), 'level');
    writeFileSync(file, 'error\n');
    const api = await startApi(t, { ...env, LOG_LEVEL: '', LOG_LEVEL_FILE: file });
    await fetch(`${api.url}/health`);
    assert.doesNotMatch(api.process.output, /"level":"info"/);
    writeFileSync(file, 'debug\n');
    api.process.signal('SIGHUP');
    await api.process.waitForOutput(/config\.log_level/);
    await fetch(`${api.url}/health`);
    await api.process.waitForOutput(/http\.request/);
    writeFileSync(file, 'loud\n');
    api.process.signal('SIGHUP');
    await api.process.waitForOutput(/"level":"error","event":"config\.log_level/);
    assert.equal((await fetch(`${api.url}/livez`)).status, 200);
  });

  test('a handler that hangs: metrics still answer, and SIGTERM ends the process before its supervisor would', async (t) => {
    const { database, env } = await newDatabase();
    const api = await startApi(t, { ...env, REQUEST_THREADS: '1' });
    await walkerAt(api.url);
    const locker = await cluster.connect(database);
    t.after(() => locker.end());
    await locker.query('BEGIN');
    await locker.query('LOCK TABLE route IN ACCESS EXCLUSIVE MODE');
    const hanging = fetchAsWalker(`${api.url}/api/routes`).catch((error) => error);
    await waitFor('the request to hang', async () => {
      const metrics = await fetch(api.metricsUrl, { signal: AbortSignal.timeout(2000) });
      return /^aspectavy_http_in_flight\{server="api"\} 1$/m.test(await metrics.text());
    });
    const asked = Date.now();
    api.process.signal('SIGTERM');
    assert.deepEqual(await api.process.exited, { code: 0, signal: null });
    assert.ok(Date.now() - asked < 28_000, `took ${Date.now() - asked} ms`);
    assert.match(api.process.output, /"api\.stopped","clean":false/);
    await hanging;
  });
});

describe('healthcheck api', () => {
  for (const address of ['127.0.0.1', '0.0.0.0', '127.0.0.2', '::1']) {
    test(`asks where the api listens: ${address}`, async (t) => {
      const { env } = await newDatabase();
      const host = address.includes(':') ? `[${address}]` : address === '0.0.0.0' ? '127.0.0.1' : address;
      const port = `${await freePort()}`;
      const settings = { ...env, API_ADDRESS: address, PORT: port };
      const down = await runBackend(['healthcheck', 'api'], settings);
      assert.equal(down.code, 1, down.stdout);
      const api = startProcess(t, 'api', [binary, 'api'], { env: { APP_ENV: 'local', ...settings } });
      await waitFor(`${host} to answer`, async () => {
        if (!api.isRunning) throw new Error(api.output);
        return (await fetch(`http://${host}:${port}/livez`, { headers: { host: 'localhost' } })).status === 200;
      });
      const up = await runBackend(['healthcheck', 'api'], settings);
      assert.deepEqual([up.code, up.stdout], [0, 'api: ok\n']);
    });
  }
});

describe('forecasts in memory', () => {
  test('a notification empties the cache of rendered forecasts', async (t) => {
    const { database, env } = await newDatabase();
    await cluster.query(database, `
      INSERT INTO forecast_fetch (provider, url, requested_at, reader_version, took_ms) VALUES ('a', 'http://a', now(), 1, 1);
      INSERT INTO forecast (id, provider, product_id, type, family, revision, issued_at, valid_from, content_sha256, normalised,
                            rendered, fetch_id, stored_at)
      SELECT '018f0000-0000-7000-8000-000000000001', 'a', 'p', 'forecast', repeat('a', 64), 1, now(), now(), repeat('b', 64), '{}',
             '{"one":1}', id, now() FROM forecast_fetch`);
    const api = await startApi(t, env);
    const body = async () =>
      (await fetch(`${api.url}/api/forecasts/018f0000-0000-7000-8000-000000000001`)).text();
    assert.equal(await body(), '{"one":1}');
    await cluster.query(database, `UPDATE forecast SET rendered = '{"two":2}'`);
    assert.equal(await body(), '{"one":1}', 'served from memory');
    await cluster.query(database, 'NOTIFY forecast_changed');
    await waitFor('the cache to be empty', async () => (await body()) === '{"two":2}');
  });
});

describe('dead letters', () => {
  test('a route whose compile failed for good says so; jobs list, retry and discard repair it', async (t) => {
    const { database, env } = await newDatabase();
    const api = await startApi(t, env);
    const made = await fetchAsWalker(`${api.url}/api/routes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(feature([[11.0, 47.0], [11.002, 47.001]], 'Doomed')),
    });
    const { id } = await made.json();
    const status = async () => (await (await fetchAsWalker(`${api.url}/api/routes/${id}`)).json()).compile.status;
    const listed = async () => (await (await fetchAsWalker(`${api.url}/api/routes`)).json()).routes[0].compile.status;
    assert.equal(await status(), 'queued');
    await cluster.query(database, `
      UPDATE job SET state = 'discarded', finished_at = now(), attempt = 5,
        errors = '[{"at": "2026-01-01T00:00:00Z", "code": "route.broken"}]' WHERE kind = 'route.compile'`);
    assert.deepEqual([await status(), await listed()], ['failed', 'failed']);

    const list = await runBackend(['jobs', 'list', '--json'], env);
    assert.equal(list.code, 0, list.stderr);
    const [dead, ...others] = JSON.parse(list.stdout).jobs;
    assert.deepEqual(others, []);
    assert.deepEqual([dead.kind, dead.args.routeId, dead.errors[0].code], ['route.compile', id, 'route.broken']);
    const plain = await runBackend(['jobs', 'list'], env);
    assert.match(plain.stdout, new RegExp(`^${dead.id}  .*route\\.compile`));

    assert.equal((await runBackend(['jobs', 'retry', `${dead.id}`], env)).code, 0);
    assert.deepEqual([await status(), await listed()], ['queued', 'queued']);
    assert.equal((await runBackend(['jobs', 'retry', `${dead.id}`], env)).code, 1, 'it is no dead letter any more');
    await cluster.query(database, "UPDATE job SET state = 'discarded', finished_at = now() WHERE kind = 'route.compile'");
    const gone = await runBackend(['jobs', 'discard', `${dead.id}`, '--json'], env);
    assert.deepEqual(JSON.parse(gone.stdout), { jobs: [{ id: dead.id, changed: true }] });
    assert.equal((await runBackend(['jobs', 'list'], env)).stdout, 'no dead letters\n');
    assert.equal((await runBackend(['jobs', 'retry'], env)).code, 2, 'which?');
    await cluster.query(database, "SELECT enqueue_job('route.compile', 'compile', 1, NULL, 1, 1, '{}', NULL) FROM generate_series(1, 3)");
    await cluster.query(database, "UPDATE job SET state = 'discarded', finished_at = now() WHERE kind = 'route.compile'");
    assert.equal((await runBackend(['jobs', 'retry', '--all'], env)).stdout.match(/due again/g)?.length, 3);
  });
});
