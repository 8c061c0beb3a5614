// The local stack of a fresh clone: it shows the demo, and its health tells the truth while parts of it are away.
// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { request } from './support/http.mjs';
import { docker, waitFor } from './support/process.mjs';
import { startStack, waitForReadyz } from './support/stack.mjs';

/** @typedef {import('./support/stack.mjs').Stack} Stack */

/** The process inside the container, below its init: pid as this machine counts. @param {Stack} stack @param {string} service */
async function processOf(stack, service) {
  const top = await docker('top', await stack.container(service), '-o', 'pid,args');
  // Not the init, and not a health check that happens to run.
  const found = new RegExp(`^ *(\\d+) +/usr/local/bin/aspectavy ${service}$`, 'm').exec(top);
  assert.ok(found, top);
  return Number(found[1]);
}

/** @param {Stack} stack @param {string} service @param {number} restarts at least so many */
function waitForRecovery(stack, service, restarts) {
  return waitFor(
    `${service} is healthy after ${restarts} restarts`,
    async () => {
      const state = await stack.state(service);
      return state.health === 'healthy' && state.restarts >= restarts;
    },
    90,
  );
}

/** Waits until /readyz says 200 and this. @param {Stack} stack @param {boolean} degraded */
async function waitForDegraded(stack, degraded) {
  const ask = async () => {
    const document = await waitForReadyz(stack, 200);
    if (document.degraded !== degraded) throw new Error(JSON.stringify(document));
    return true;
  };
  await waitFor(`/readyz says degraded: ${degraded}`, ask, 60);
}

/** The demo's session, as an app has it: the local stack opens it to anybody. @param {Stack} stack */
async function openDemo(stack) {
  const { status, body } = await request(`${stack.url}/api/auth/demo`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"client":"ios"}',
  });
  assert.equal(status, 200, body);
  return { headers: { authorization: `Bearer ${JSON.parse(body).token}` } };
}

test('the local stack', async (t) => {
  const stack = await startStack(t, 'local', {
    settings: { WORKER_HEARTBEAT_STALE_SECONDS: '15', WATCHDOG_SECONDS: '20' },
  });

  await t.test('shows the demo: companion, three routes and their grades', async () => {
    const page = await request(`${stack.url}/`);
    assert.equal(page.status, 200);
    assert.match(page.body, /<script type="module"/);
    assert.equal((await request(`${stack.url}/api/routes`)).status, 401);
    const demo = await openDemo(stack);
    const { routes } = JSON.parse((await request(`${stack.url}/api/routes`, demo)).body);
    const names = routes.map((/** @type {any} */ route) => route.name).sort();
    assert.deepEqual(names, ['Shoulder traverse', 'Steep face', 'Valley tour']);
    for (const { id, name } of routes) {
      await waitFor(`${name} is graded`, async () => {
        const { status, body } = await request(`${stack.url}/api/routes/${id}/assessment`, demo);
        const grade = status === 200 && JSON.parse(body).assessment?.inForce?.grade;
        return ['green', 'orange', 'red'].includes(grade);
      });
    }
  });

  await t.test('health: /health is exact, /livez and /readyz are 200, /metrics is not published', async () => {
    const health = await request(`${stack.url}/health`);
    assert.equal(health.status, 200);
    assert.equal(health.body, '{"status":"ok"}');
    assert.equal((await request(`${stack.url}/livez`)).status, 200);
    await waitForDegraded(stack, false);
    assert.equal((await request(`${stack.url}/metrics`)).status, 404);
    for (const service of ['api', 'worker', 'db']) assert.equal((await stack.state(service)).health, 'healthy');
  });

  await t.test('worker stopped: the api answers, /readyz is 200 and says degraded; started: it is well again', async () => {
    await stack.mustCompose('stop', 'worker');
    await waitForDegraded(stack, true);
    assert.equal((await request(`${stack.url}/api/routes`, await openDemo(stack))).status, 200);
    await stack.mustCompose('start', 'worker');
    await waitForDegraded(stack, false);
  });

  await t.test('Postgres stopped: /livez 200, /readyz 503; started: both recover without a restart', async () => {
    const before = await stack.state('api');
    await stack.mustCompose('stop', 'db');
    await waitForReadyz(stack, 503);
    assert.equal((await request(`${stack.url}/livez`)).status, 200);
    assert.equal((await request(`${stack.url}/health`)).status, 200);
    await stack.mustCompose('start', 'db');
    await waitForReadyz(stack, 200);
    assert.deepEqual(await stack.state('api'), before);
    await waitForRecovery(stack, 'worker', 0);
  });

  await t.test('kill -9 of the worker: the restart policy starts it again', async () => {
    const { restarts } = await stack.state('worker');
    process.kill(await processOf(stack, 'worker'), 'SIGKILL');
    await waitForRecovery(stack, 'worker', restarts + 1);
    await waitForDegraded(stack, false);
  });

  await t.test('SIGSTOP of the worker: unhealthy and degraded; SIGCONT: its watchdog ends it and it comes back', async () => {
    const { restarts } = await stack.state('worker');
    const pid = await processOf(stack, 'worker');
    process.kill(pid, 'SIGSTOP');
    await waitForDegraded(stack, true);
    await waitFor('unhealthy', async () => (await stack.state('worker')).health === 'unhealthy', 60);
    process.kill(pid, 'SIGCONT');
    await waitForRecovery(stack, 'worker', restarts + 1);
    await waitForDegraded(stack, false);
  });

  await t.test('docker stop: ends by itself, exit code 0, long before it would be killed', async () => {
    const started = Date.now();
    await stack.mustCompose('stop', 'api');
    const took = Date.now() - started;
    const exitCode = await docker('inspect', '--format', '{{.State.ExitCode}}', await stack.container('api'));
    assert.equal(exitCode, '0');
    assert.ok(took < 10_000, `it took ${took} ms`);
  });
});
