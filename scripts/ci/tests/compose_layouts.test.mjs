// Every layout as Compose merges it, held against rules and against committed files. Asks no daemon.
// ASPECTAVY_UPDATE_GOLDEN=1 writes the files anew; read the diff before.
// @ts-check
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { scratchCheckout, writeEnvFile } from './support/checkout.mjs';
import { repository, run } from './support/process.mjs';

/** @typedef {{ name: string, files: string[], project: string, services: string[], ports: string[], volume: string | null,
 *   mode: 'local' | 'staging' | 'production', edgePort?: string }} Layout */

const production = 'docker-compose.production.yml';
const bundled = 'docker-compose.production.bundled-db.yml';
const edge = 'docker-compose.production.edge.yml';
const stagingEdge = 'docker-compose.staging.edge.yml';
const stagingBundled = 'docker-compose.staging.bundled-db.yml';
const caddyPorts = ['*:443/tcp', '*:443/udp', '*:80/tcp'];

/** @type {Layout[]} */
const layouts = [
  {
    name: 'local',
    files: ['docker-compose.yml'],
    project: 'aspectavy-local',
    services: ['api', 'db', 'demo', 'demo-feed', 'migrate', 'worker'],
    ports: ['127.0.0.1:3001/tcp'],
    volume: 'aspectavy-local-db',
    mode: 'local',
  },
  {
    name: 'production-external',
    files: [production],
    project: 'aspectavy-production',
    services: ['api', 'caddy', 'migrate', 'worker'],
    ports: [...caddyPorts, '127.0.0.1:3001/tcp'],
    volume: null,
    mode: 'production',
  },
  {
    name: 'production-bundled',
    files: [production, bundled],
    project: 'aspectavy-production',
    services: ['api', 'caddy', 'db', 'migrate', 'worker'],
    ports: [...caddyPorts, '127.0.0.1:3001/tcp'],
    volume: 'aspectavy-production-db',
    mode: 'production',
  },
  {
    name: 'production-edge-external',
    files: [production, edge],
    project: 'aspectavy-production',
    services: ['api', 'migrate', 'worker'],
    ports: ['127.0.0.1:3501/tcp'],
    volume: null,
    mode: 'production',
  },
  {
    name: 'production-edge-bundled',
    files: [production, edge, bundled],
    project: 'aspectavy-production',
    services: ['api', 'db', 'migrate', 'worker'],
    ports: ['127.0.0.1:3501/tcp'],
    volume: 'aspectavy-production-db',
    mode: 'production',
  },
  {
    name: 'staging-external',
    files: [production, stagingEdge],
    project: 'aspectavy-staging',
    services: ['api', 'migrate', 'worker'],
    ports: ['127.0.0.1:3401/tcp'],
    volume: null,
    mode: 'staging',
  },
  {
    name: 'staging-bundled',
    files: [production, stagingEdge, stagingBundled],
    project: 'aspectavy-staging',
    services: ['api', 'db', 'migrate', 'worker'],
    ports: ['127.0.0.1:3401/tcp'],
    volume: 'aspectavy-staging-db',
    mode: 'staging',
  },
];

const environment = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  DOCKER_HOST: 'unix:///nonexistent',
  POSTGRES_PASSWORD: 'database-password',
  CADDY_HOST: 'app.example.com',
};

/** @type {string} */
let folder;
before(async (t) => {
  folder = await scratchCheckout(/** @type {any} */ (t));
  for (const [file, canary] of [
    ['.env.local', 'local'],
    ['.env.staging.local', 'staging'],
    ['.env.production.local', 'production'],
  ]) {
    writeEnvFile(join(folder, 'apps/backend', file), { [`SECRET_OF_${canary.toUpperCase()}`]: canary });
  }
});

/** @param {string[]} files @param {Record<string, string>} [more] @param {string[]} [words] */
async function configOf(files, more = {}, words = []) {
  const args = ['compose', ...words, ...files.flatMap((file) => ['-f', file]), 'config', '--format', 'json'];
  return run('docker', args, { cwd: folder, env: { ...environment, ...more } });
}

/** @param {string[]} files @param {Record<string, string>} [more] @param {string[]} [words] */
async function merged(files, more, words) {
  const { status, stdout, stderr } = await configOf(files, more, words);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

/** Every published port as address:port/protocol, sorted; * is every address. @param {any} config */
function portsOf(config) {
  return Object.values(config.services)
    .flatMap((/** @type {any} */ service) => service.ports ?? [])
    .map((port) => `${port.host_ip ?? '*'}:${port.published}/${port.protocol}`)
    .sort();
}

/** @param {any} service @param {string} name */
function assertHardened(service, name) {
  assert.equal(service.read_only, true, `${name}: read_only`);
  assert.deepEqual(service.cap_drop, ['ALL'], `${name}: cap_drop`);
  assert.ok(service.security_opt.includes('no-new-privileges:true'), `${name}: no-new-privileges`);
  const { memory, cpus, pids } = service.deploy.resources.limits;
  assert.ok(Number(memory) > 0 && Number(cpus) > 0 && pids > 0, `${name}: limits`);
  assert.equal(service.logging.driver, 'json-file', `${name}: logging`);
  assert.ok(service.logging.options['max-size'], `${name}: log rotation`);
  assert.ok(!service.privileged && !service.network_mode && !service.pid, `${name}: namespaces of its own`);
}

/** The configuration without this machine's folder. @param {any} config @param {string} name */
function assertGolden(config, name) {
  const path = join(repository, 'scripts/ci/tests/golden/compose', `${name}.json`);
  const text = `${JSON.stringify(config, null, 2).replaceAll(folder, '.')}\n`;
  if (process.env.ASPECTAVY_UPDATE_GOLDEN) writeFileSync(path, text);
  assert.ok(existsSync(path), `${path} is missing: ASPECTAVY_UPDATE_GOLDEN=1 writes it`);
  assert.equal(text, readFileSync(path, 'utf8'), `${name} merges to something else than ${path}`);
}

for (const layout of layouts) {
  test(`layout ${layout.name}`, async (t) => {
    const config = await merged(layout.files);

    await t.test('has its own name, services, ports and database volume', () => {
      assert.equal(config.name, layout.project);
      assert.deepEqual(Object.keys(config.services).sort(), layout.services);
      assert.deepEqual(portsOf(config), [...layout.ports].sort());
      assert.equal(config.volumes?.['db-data']?.name ?? null, layout.volume);
    });

    await t.test('opens no port beyond loopback but those of Caddy', () => {
      for (const [name, service] of Object.entries(config.services)) {
        for (const port of service.ports ?? []) {
          if (name !== 'caddy') assert.equal(port.host_ip, '127.0.0.1', `${name} publishes ${port.published}`);
        }
      }
    });

    await t.test('carries no settings of another installation', () => {
      for (const name of ['migrate', 'api', 'worker']) {
        const secrets = Object.keys(config.services[name].environment).filter((key) => key.startsWith('SECRET_OF_'));
        assert.deepEqual(secrets, [`SECRET_OF_${layout.mode.toUpperCase()}`], name);
        assert.equal(config.services[name].environment.APP_ENV, layout.mode, name);
      }
      if (layout.mode === 'local') return;
      assert.equal(config.services.caddy?.environment?.SECRET_OF_PRODUCTION, undefined);
    });

    await t.test('every container is confined, limited and rotates its log', () => {
      for (const [name, service] of Object.entries(config.services)) assertHardened(service, name);
    });

    await t.test('api, worker and migrate are one image, and what serves has a health check', () => {
      const { api, worker, migrate, db } = config.services;
      assert.equal(new Set([api.image, worker.image, migrate.image]).size, 1);
      for (const service of [api, worker]) assert.equal(service.healthcheck.test[0], 'CMD');
      assert.equal(migrate.restart, 'no');
      assert.equal(api.restart, 'unless-stopped');
      if (db) assert.match(db.healthcheck.test[1], /pg_isready -q -h 127\.0\.0\.1/);
      assert.equal(api.depends_on.migrate.condition, 'service_completed_successfully');
    });

    await t.test('the database is in an internal network and publishes nothing', () => {
      if (!config.services.db) return;
      assert.deepEqual(Object.keys(config.services.db.networks), ['database']);
      assert.equal(config.networks.database.internal, true);
      assert.equal(config.services.db.ports, undefined);
    });

    await t.test('is as committed', () => assertGolden(config, layout.name));

    await t.test('with monitoring: three more ports at most, all on loopback', async () => {
      const watched = await merged([...layout.files, 'docker-compose.monitoring.yml'], {}, ['--profile', 'monitoring']);
      const added = portsOf(watched).filter((port) => !layout.ports.includes(port));
      for (const port of added) assert.match(port, /^127\.0\.0\.1:/);
      assert.deepEqual(portsOf(watched).filter((port) => !added.includes(port)), [...layout.ports].sort());
      for (const [name, service] of Object.entries(watched.services)) {
        if (config.services[name]) assert.deepEqual(service, config.services[name], name);
        const foreign = Object.keys(service.environment ?? {}).filter(
          (key) => key.startsWith('SECRET_OF_') && key !== `SECRET_OF_${layout.mode.toUpperCase()}`,
        );
        assert.deepEqual(foreign, [], name);
      }
    });
  });
}

test('staging needs no env file of production', async () => {
  const { status, stderr } = await configOf([production, stagingEdge]);
  assert.equal(status, 0, stderr);
});

test('bundled Postgres without a password is refused with what to do', async () => {
  const { status, stderr } = await configOf([production, bundled], { POSTGRES_PASSWORD: '' });
  assert.notEqual(status, 0);
  assert.match(stderr, /set POSTGRES_PASSWORD \(openssl rand -hex 24\)/);
});

test('a password of any characters arrives as it is', async () => {
  const password = "p@ss/w#rd%&?=+ '\"";
  const config = await merged([production, bundled], { POSTGRES_PASSWORD: password });
  assert.equal(config.services.api.environment.PGPASSWORD, password);
  assert.equal(config.services.db.environment.POSTGRES_PASSWORD, password);
  assert.equal(config.services.api.environment.DATABASE_URL, '');
});

test('an external volume can be asked for', async () => {
  const config = await merged([production, bundled], { POSTGRES_VOLUME_EXTERNAL: 'true' });
  assert.equal(config.volumes['db-data'].external, true);
});
