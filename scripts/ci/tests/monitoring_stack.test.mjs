// docker-compose.monitoring.yml at work on a stack, with stand-ins of Debian: the hardened containers run, Prometheus finds
// the api by name, and alerts reach the Alertmanager. Not here: Grafana, which Debian has not, and the node exporter, whose
// mount of / Docker refuses where / is no shared mount, as on a machine without systemd.
// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePorts, waitFor } from './support/process.mjs';
import { images, startStack } from './support/stack.mjs';

const services = ['prometheus', 'alertmanager', 'blackbox-exporter'];
const overlay = ['-f', 'docker-compose.monitoring.yml', '--profile', 'monitoring'];

/** @param {string} url @returns {Promise<any>} */
async function getJson(url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5000) });
  assert.equal(answer.status, 200, url);
  return answer.json();
}

test('monitoring on top of production-edge-bundled', { timeout: 300_000 }, async (t) => {
  const [prometheusPort, alertmanagerPort] = await freePorts(2);
  const standIns = services.map((name) => [`${name.replace('-', '_').toUpperCase()}_IMAGE`, `aspectavy-test/${name}:2`]);
  const stack = await startStack(t, 'production-edge-bundled', {
    env: {
      POSTGRES_IMAGE: images.postgres15,
      PROMETHEUS_PORT: String(prometheusPort),
      ALERTMANAGER_PORT: String(alertmanagerPort),
      ...Object.fromEntries(standIns),
    },
  });
  try {
    await watch(t, stack, prometheusPort ?? 0, alertmanagerPort ?? 0);
  } finally {
    // Before the checkout is removed; the stack itself knows nothing of the overlay's volumes.
    await stack.compose(...overlay, 'down', '--volumes', '--timeout', '5');
  }
});

/** @param {import('node:test').TestContext} t @param {import('./support/stack.mjs').Stack} stack
 * @param {number} prometheusPort @param {number} alertmanagerPort */
async function watch(t, stack, prometheusPort, alertmanagerPort) {
  await stack.mustCompose(...overlay, 'up', '--detach', '--no-build', '--no-recreate', '--wait', '--wait-timeout', '120', ...services);
  const prometheus = `http://127.0.0.1:${prometheusPort}`;

  await t.test('the api is scraped, and a missing exporter is noticed', async () => {
    await waitFor('the state of the targets', async () => {
      const { data } = await getJson(`${prometheus}/api/v1/targets`);
      const states = data.activeTargets.map((/** @type {any} */ one) => [one.labels.job, one.health]);
      assert.deepEqual(states.sort(), [['aspectavy-api', 'up'], ['node', 'down']]);
      return true;
    }, 90);
  });


  await t.test('Prometheus knows the Alertmanager, which has our receiver', async () => {
    await waitFor('the Alertmanager', async () => (await getJson(`${prometheus}/api/v1/alertmanagers`)).data.activeAlertmanagers.length === 1);
    const receivers = await getJson(`http://127.0.0.1:${alertmanagerPort}/api/v2/receivers`);
    assert.deepEqual(receivers, [{ name: 'operator' }]);
  });

  await t.test('an api that is gone, and its name with it, is told to the Alertmanager', async () => {
    await stack.mustCompose('stop', 'api');
    await waitFor('ApiDown at the Alertmanager', async () => {
      const alerts = await getJson(`http://127.0.0.1:${alertmanagerPort}/api/v2/alerts`);
      return alerts.some((/** @type {any} */ one) => one.labels.alertname === 'ApiDown');
    }, 180);
  });
}
