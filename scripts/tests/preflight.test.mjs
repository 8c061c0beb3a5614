// preflight.sh on a host made of files: each finding, its exit code and its advice.
// @ts-check
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { deploymentFolder, tagOf } from './support/deployment.mjs';

const quiet = { EDGE_PROXY_API_PORT: '9' };

/** @param {string} output */
const failures = (output) => (output.match(/^FAIL +\S+/gm) ?? []).map((line) => line.split(/ +/)[1]);

/** @typedef {import('./support/deployment.mjs').Deployment} Deployment */
/**
 * @type {{ what: string, arrange?: (d: Deployment) => void, env?: Record<string, string>, environment?: string,
 *   status: number, fails?: string[], says?: RegExp }[]}
 */
const cases = [
  { what: 'a good host', status: 0, says: /^ok +env-file .*mode 600\n/m },
  {
    what: 'no daemon',
    arrange: (d) => d.fault('^version => 1 Cannot connect'),
    status: 3,
    fails: ['docker'],
    says: /no Docker daemon answers; install/,
  },
  {
    what: 'an old engine',
    env: { FAKE_ENGINE_VERSION: '20.10.24' },
    status: 3,
    fails: ['docker'],
    says: /Docker Engine 20\.10\.24 is too old; install 25\.0\.0 or newer/,
  },
  {
    what: 'an old compose',
    env: { FAKE_COMPOSE_VERSION: 'v2.9.0' },
    status: 3,
    fails: ['compose'],
    says: /Docker Compose 2\.9\.0 is too old; install 2\.24\.4/,
  },
  {
    what: 'no env file',
    arrange: (d) => writeFileSync(join(d.folder, '.deploy-sha'), ''),
    environment: 'production',
    env: { ASPECTAVY_PRODUCTION_DEPLOY_MODE: 'edge' },
    status: 4,
    fails: ['env-file'],
    says: /\.env\.production\.local is not there; copy apps\/backend\/\.env\.production\.example/,
  },
  {
    what: 'placeholders',
    arrange: (d) =>
      d.envFile({ SESSION_SECRET: '__CHANGE_ME__', SMTP_PASSWORD: "'__CHANGE_ME__'", '# X': '__CHANGE_ME__' }),
    status: 4,
    fails: ['placeholders'],
    says: /still to be set in .*: SESSION_SECRET SMTP_PASSWORD\n/,
  },
  {
    what: 'an open env file, in staging',
    arrange: (d) => chmodSync(join(d.folder, 'apps/backend/.env.staging.local'), 0o644),
    status: 0,
    says: /^warn +env-file .*mode 644/m,
  },
  {
    what: 'an open env file, in production',
    arrange: (d) => {
      d.envFile({ A: 'b' }, 'production');
      chmodSync(join(d.folder, 'apps/backend/.env.production.local'), 0o640);
    },
    environment: 'production',
    env: { ASPECTAVY_PRODUCTION_DEPLOY_MODE: 'edge' },
    status: 4,
    fails: ['env-file'],
  },
  {
    what: 'files that do not merge',
    arrange: (d) => d.fault(' config --quiet => 15 required variable POSTGRES_PASSWORD is missing a value'),
    status: 4,
    fails: ['configuration'],
    says: /do not merge: required variable POSTGRES_PASSWORD/,
  },
  {
    what: 'a public address',
    env: { EDGE_BIND_ADDRESS: '0.0.0.0' },
    status: 5,
    fails: ['bind'],
    says: /set ALLOW_PUBLIC_BIND=1/,
  },
  { what: 'a public address that is wanted', env: { EDGE_BIND_ADDRESS: '0.0.0.0', ALLOW_PUBLIC_BIND: '1' }, status: 0 },
  { what: 'the address of a Docker bridge', env: { EDGE_BIND_ADDRESS: '172.17.0.1' }, status: 0 },
  {
    what: 'no host name for our Caddy',
    arrange: (d) => d.envFile({ A: 'b' }, 'production'),
    environment: 'production',
    env: { ASPECTAVY_PRODUCTION_DEPLOY_MODE: 'standalone', API_PORT: '9' },
    status: 4,
    fails: ['caddy-host'],
    says: /CADDY_HOST is required when production owns :80 and :443/,
  },
  {
    what: 'files of another PostgreSQL',
    arrange: (d) => writeFileSync(join(d.fake, 'volumes/aspectavy-staging-db'), '15\n'),
    status: 5,
    fails: ['volume'],
    says: /holds PostgreSQL 15 data, the image is 16; see docs\/operate\/postgres-upgrade\.md/,
  },
  {
    what: 'files of the same PostgreSQL',
    arrange: (d) => writeFileSync(join(d.fake, 'volumes/aspectavy-staging-db'), '16\n'),
    status: 0,
    says: /^ok +volume .*holds PostgreSQL 16 data, the image is 16/m,
  },
  { what: 'an image that is not built yet', status: 0, says: /^warn +settings .*is not built yet/m },
  {
    what: 'settings that the image refuses',
    arrange: (d) => {
      d.image(1);
      d.fault('config check => 78 config error: SESSION_SECRET: must be at least 32 bytes (got 7)');
    },
    status: 4,
    fails: ['settings'],
    says: /refused by aspectavy-backend:1{12}: config error: SESSION_SECRET/,
  },
  {
    what: 'another password than the volume has',
    arrange: (d) => {
      d.image(1);
      writeFileSync(join(d.fake, 'db'), '1');
      d.fault('schema --current => 75 FATAL:  password authentication failed for user "aspectavy"');
    },
    status: 4,
    fails: ['login'],
    says: /POSTGRES_PASSWORD does not match the existing volume; run ALTER ROLE or restore the old value/,
  },
  {
    what: 'the bundled database that runs',
    arrange: (d) => (d.image(1), writeFileSync(join(d.fake, 'db'), '1')),
    status: 0,
    says: /^ok +login +the database answers, schema 3$/m,
  },
  {
    what: 'a secret that both environments have',
    arrange: (d) => d.envFile({ SESSION_SECRET: '"staging-session-secret"' }, 'production'),
    status: 5,
    fails: ['secrets'],
    says: /the same in the files of staging and production: SESSION_SECRET; give/,
  },
  {
    what: 'little memory',
    arrange: (d) => writeFileSync(join(d.fake, 'meminfo'), 'MemAvailable:  512000 kB\n'),
    status: 0,
    says: /^warn +memory +500 MB/m,
  },
  {
    what: 'a full disk',
    arrange: (d) => writeFileSync(join(d.fake, 'bin/df'), '#!/bin/sh\necho h; echo "x 1 1 900 1 /"\n', { mode: 0o755 }),
    status: 1,
    fails: ['disk'],
    says: /900 MB are free; a release needs 1024/,
  },
  {
    what: 'a clock that is not synchronised',
    arrange: (d) => writeFileSync(join(d.fake, 'bin/timedatectl'), '#!/bin/sh\necho no\n', { mode: 0o755 }),
    status: 0,
    says: /^warn +clock +not synchronised/m,
  },
  { what: 'no backup', status: 0, says: /^warn +backup +no backup of staging-bundled is younger than 26 h/m },
  {
    what: 'a backup of today',
    arrange: (d) => (
      mkdirSync(join(d.folder, 'backups')),
      writeFileSync(join(d.folder, 'backups/staging-bundled-20260102-030405.dump'), '')
    ),
    status: 0,
    says: /^ok +backup /m,
  },
];

describe('preflight', { concurrency: 4 }, () => {
  for (const { what, arrange, env = {}, environment = 'staging', status, fails = [], says } of cases) {
    test(what, async (t) => {
      const d = await deploymentFolder(t);
      arrange?.(d);
      const result = await d.run('preflight.sh', [environment], {
        ...quiet,
        MEMINFO: what === 'little memory' ? join(d.fake, 'meminfo') : '/proc/meminfo',
        ...env,
      });
      assert.equal(result.status, status, result.stdout + result.stderr);
      assert.deepEqual(failures(result.stdout), fails);
      if (says) assert.match(result.stdout, says);
      assert.match(result.stdout, new RegExp(`\npreflight: \\d+ ok, \\d+ warnings?, ${fails.length} failed\n$`));
      assert.doesNotMatch(result.stdout + result.stderr, /staging-password|staging-session-secret/);
    });
  }

  test('a port that another process has: 1, one that is ours: fine', async (t) => {
    const server = createServer().listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const port = String(/** @type {import('node:net').AddressInfo} */ (server.address()).port);
    const d = await deploymentFolder(t);
    const foreign = await d.run('preflight.sh', ['staging'], { EDGE_PROXY_API_PORT: port });
    assert.equal(foreign.status, 1);
    assert.deepEqual(failures(foreign.stdout), ['api-port']);
    const ours = await d.run('preflight.sh', ['staging'], { EDGE_PROXY_API_PORT: port, FAKE_OWN_PORT: port });
    assert.equal(ours.status, 0);
    assert.ok(d.calls().some((call) => call.includes('label=com.docker.compose.project=aspectavy-staging')));
  });

  test('ports 80 and 443 of another process: 4 where no mode was chosen, 1 where standalone was', async (t) => {
    const d = await deploymentFolder(t);
    d.envFile({ CADDY_HOST: 'api.test.org' }, 'production');
    // Stands for "somebody listens on 80": the test may not be able to.
    writeFileSync(join(d.fake, 'bin/ss'), '#!/bin/sh\ncase "$*" in *":80") echo LISTEN;; esac\n', { mode: 0o755 });
    const unset = await d.run('preflight.sh', ['production']);
    assert.equal(unset.status, 4, unset.stdout);
    assert.match(unset.stdout, /ports 80\/443 belong to another process; set ASPECTAVY_PRODUCTION_DEPLOY_MODE=edge/);
    const standalone = await d.run('preflight.sh', ['production'], { ASPECTAVY_PRODUCTION_DEPLOY_MODE: 'standalone' });
    assert.equal(standalone.status, 1);
    assert.match(standalone.stdout, /taken by another process: 80;/);
    const ours = await d.run('preflight.sh', ['production'], { FAKE_OWN_PORT: '80' });
    assert.equal(ours.status, 0, ours.stdout);
  });

  test('--json says the same', async (t) => {
    const d = await deploymentFolder(t);
    d.image(1);
    d.fault('config check => 78 config error: A: must not be "x\\y"');
    const { status, stdout } = await d.run('preflight.sh', ['staging', '--json'], quiet);
    assert.equal(status, 4);
    const report = JSON.parse(stdout);
    assert.equal(report.failed, 1);
    const { detail, ...rest } = report.checks.find(
      (/** @type {{ name: string }} */ check) => check.name === 'settings',
    );
    assert.deepEqual(rest, { status: 'fail', name: 'settings', exitCode: '4' });
    assert.equal(detail, `refused by aspectavy-backend:${tagOf(1)}: config error: A: must not be "x\\y"`);
  });

  for (const args of [[], ['local'], ['staging', '--xml']]) {
    test(`the arguments "${args.join(' ')}" are refused with 2`, async (t) => {
      const d = await deploymentFolder(t);
      assert.equal((await d.run('preflight.sh', args)).status, 2);
    });
  }
});
