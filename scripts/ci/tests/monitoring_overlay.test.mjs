// docker-compose.monitoring.yml on top of every layout, as Compose merges it. Asks no daemon.
// @ts-check
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { scratchCheckout, writeEnvFile } from './support/checkout.mjs';
import { run, succeed } from './support/process.mjs';

const environment = { PATH: process.env.PATH, HOME: process.env.HOME, DOCKER_HOST: 'unix:///nonexistent' };
const own = ['alertmanager', 'blackbox-exporter', 'grafana', 'node-exporter', 'prometheus'];
const viaStackLibrary = `set -Eeuo pipefail
source scripts/lib/say.sh
source scripts/lib/stack.sh
select_stack "$1"
shift
compose "$@" config --format json`;

/** @type {string} */
let folder;
before(async (t) => {
  folder = await scratchCheckout(/** @type {any} */ (t));
  for (const mode of ['local', 'staging', 'production']) {
    writeEnvFile(join(folder, `apps/backend/.env.${mode}.local`), { POSTGRES_PASSWORD: 'x', CADDY_HOST: 'app.example.com' });
  }
});

/** @param {string} target @param {string[]} words before `config` */
async function merged(target, ...words) {
  const { status, stdout, stderr } = await run('bash', ['-c', viaStackLibrary, 'stack', target, ...words], { cwd: folder, env: environment });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

const targets = (await succeed('bash', ['-c', 'source scripts/lib/stack.sh; printf "%s\\n" "${STACK_TARGETS[@]}"'])).trim().split('\n');

for (const target of targets) {
  test(`monitoring on top of ${target}`, async () => {
    const plain = await merged(target);
    const overlay = ['-f', 'docker-compose.monitoring.yml'];
    assert.deepEqual((await merged(target, ...overlay)).services, plain.services, 'without the profile nothing changes');

    const config = await merged(target, ...overlay, '--profile', 'monitoring');
    const added = Object.keys(config.services).filter((name) => !plain.services[name]).sort();
    assert.deepEqual(added, own);
    for (const name of added) {
      const { ports = [], networks, read_only: isReadOnly, environment: settings = {} } = config.services[name];
      assert.equal(isReadOnly, true, name);
      for (const port of ports) assert.equal(port.host_ip, '127.0.0.1', `${name} publishes ${port.published}`);
      assert.deepEqual(Object.keys(networks), ['backend'], name);
      assert.ok(!Object.keys(settings).some((key) => /PASSWORD|DATABASE|TOKEN/.test(key)), `${name} is given a secret`);
    }
    // Where Prometheus asks: the api listens there, in the network that both are in.
    const { api } = config.services;
    assert.equal(api.environment.METRICS_PORT, '9464');
    assert.ok('backend' in api.networks);
    assert.ok(!(api.ports ?? []).some((/** @type {any} */ port) => port.target === 9464), 'the metrics are published');
  });
}
