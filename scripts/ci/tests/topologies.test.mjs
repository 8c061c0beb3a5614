// The other deployed layouts boot healthy: a managed Postgres outside of the project, staging, and production behind
// another reverse proxy. The edge of production is in edge.test.mjs.
// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { request } from './support/http.mjs';
import { docker, waitFor } from './support/process.mjs';
import { edgeAuthority, hosts, images, prepareStack, startStack, waitForReadyz } from './support/stack.mjs';

/** @typedef {import('./support/stack.mjs').Stack} Stack */

const password = 'managed-password';
const databaseUrl = `postgres://aspectavy:${password}@managed-db:5432/aspectavy`;

/**
 * A Postgres that is none of the project's, in the network through which its containers leave.
 * @param {import('node:test').TestContext} t
 * @param {Stack} stack
 */
async function startManagedPostgres(t, stack) {
  await stack.mustCompose('create', '--no-build', 'api');
  const id = await docker(
    ...['run', '--detach', '--network', `${stack.project}_backend`, '--network-alias', 'managed-db', '--env'],
    ...[`POSTGRES_PASSWORD=${password}`, '--env', 'POSTGRES_USER=aspectavy', images.postgres16],
  );
  t.after(() => docker('rm', '--force', '--volumes', id));
  await waitFor('the managed Postgres takes connections', async () => {
    await docker('exec', id, 'pg_isready', '-q', '-h', '127.0.0.1');
    return true;
  });
}

/** Everything that runs is healthy, and the api says ready. @param {Stack} stack @param {string[]} services */
async function assertHealthy(stack, services) {
  const running = (await stack.mustCompose('ps', '--services', '--status', 'running')).split('\n').sort();
  assert.deepEqual(running, services);
  for (const service of services) assert.equal((await stack.state(service)).health, 'healthy', service);
  const ready = await waitForReadyz(stack, 200);
  assert.equal(ready.checks.worker.status, 'ok');
  assert.equal((await request(`${stack.url}/health`)).body, '{"status":"ok"}');
}

test('production with an external Postgres: Caddy owns the edge', async (t) => {
  const stack = await prepareStack(t, 'production-external', {
    settings: { DATABASE_URL: databaseUrl, PGSSLMODE: 'disable' },
  });
  await t.test('boots healthy', async (t2) => {
    await startManagedPostgres(t2, stack);
    await stack.up();
    await assertHealthy(stack, ['api', 'caddy', 'worker']);
    const ca = await edgeAuthority(stack);
    const { status } = await request(`https://${hosts.app}/readyz`, { port: stack.httpsPort, ca });
    assert.equal(status, 200);
  });
});

test('staging with bundled Postgres', async (t) => {
  const stack = await startStack(t, 'staging-bundled');
  await assertHealthy(stack, ['api', 'db', 'worker']);

  await t.test('the worker gone: /readyz is 503, because staging is no local stack', async () => {
    await stack.mustCompose('stop', 'worker');
    const document = await waitForReadyz(stack, 503);
    assert.match(document.checks.worker.status, /stale|missing/);
    assert.equal((await request(`${stack.url}/livez`)).status, 200);
    await stack.mustCompose('start', 'worker');
    await waitForReadyz(stack, 200);
  });

  await t.test('data survives down and up', async () => {
    const psql = ['exec', '-T', 'db', 'psql', '-U', 'aspectavy', '-d', 'aspectavy', '-qAtc'];
    await stack.mustCompose(...psql, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await stack.mustCompose('down');
    await stack.up();
    assert.equal(await stack.mustCompose(...psql, 'SELECT answer FROM kept'), '42');
  });

  await t.test('the database has no way out, and its port is not published', async () => {
    const db = await stack.container('db');
    assert.equal(await docker('port', db), '');
    assert.equal(await docker('network', 'inspect', '--format', '{{.Internal}}', `${stack.project}_database`), 'true');
  });
});

test('production behind another proxy, with bundled Postgres', async (t) => {
  const stack = await startStack(t, 'production-edge-bundled');
  await assertHealthy(stack, ['api', 'db', 'worker']);

  await t.test('a database volume of another major version is refused by the server, not overwritten', async () => {
    await stack.mustCompose('stop', 'api', 'worker');
    const { status } = await runWithImage(stack, images.postgres15);
    assert.notEqual(status, 0);
    await stack.up();
    await assertHealthy(stack, ['api', 'db', 'worker']);
  });
});

/** Starts the database of the stack from another image. @param {Stack} stack @param {string} image */
async function runWithImage(stack, image) {
  stack.env.POSTGRES_IMAGE = image;
  const outcome = await stack.compose('up', '--detach', '--no-build', '--wait', '--wait-timeout', '20', 'db');
  const log = await docker('logs', await stack.container('db')).catch(String);
  stack.env.POSTGRES_IMAGE = images.postgres16;
  assert.match(`${outcome.stderr}${log}`, /exited|unhealthy|incompatible|timeout|deadline/i);
  return outcome;
}
