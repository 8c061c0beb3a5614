// deploy-stack.sh on a host made of files: the order of what they do, every exit code and message.
// @ts-check
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { changes, deploymentFolder, shaOf, tagOf, useDeployed } from './support/deployment.mjs';

const deployed = useDeployed();

describe('deploy-stack', { concurrency: 4 }, () => {
  test('the first deployment: everything in order, recorded', async (t) => {
    const d = await deploymentFolder(t);
    writeFileSync(join(d.fake, 'schema'), '0\n');
    const { status, stdout, stderr } = await d.run('deploy-stack.sh', ['staging']);
    assert.equal(status, 0, stdout + stderr);
    assert.deepEqual(changes(d.calls()), [
      'build --quiet api',
      'volume create aspectavy-staging-db',
      'up --detach --no-build --wait --wait-timeout 1 db',
      'run --rm --no-deps -T migrate',
      'up --detach --no-build --no-deps --wait --wait-timeout 1 api worker',
    ]);
    const current = d.record('staging/current.json');
    assert.equal(current.sha, shaOf(1));
    assert.equal(current.tag, tagOf(1));
    assert.equal(current.layout, 'staging-bundled');
    assert.equal(current.schema_max, '3');
    assert.ok(!existsSync(join(d.folder, '.deploy/staging/previous.json')));
    assert.equal(d.state('running'), tagOf(1));
  });

  test('the same release again builds nothing, backs nothing up, migrates nothing, and keeps what was previous', async (t) => {
    const d = await deployed(t, 2);
    const { status } = await d.run('deploy-stack.sh', ['staging']);
    assert.equal(status, 0);
    assert.deepEqual(changes(d.calls()), [
      'up --detach --no-build --wait --wait-timeout 1 db',
      'up --detach --no-build --no-deps --wait --wait-timeout 1 api worker',
    ]);
    assert.equal(d.record('staging/current.json').tag, tagOf(2));
    assert.equal(d.record('staging/previous.json').tag, tagOf(1));
  });

  test('pending migrations: a backup comes first, and only then the migration', async (t) => {
    const d = await deployed(t, 1);
    d.release(2);
    const { status, stdout } = await d.run('deploy-stack.sh', ['staging'], { FAKE_RELEASE: '4' });
    assert.equal(status, 0, stdout);
    assert.deepEqual(changes(d.calls()).slice(2, 4), ['backup staging-bundled', 'run --rm --no-deps -T migrate']);
    assert.match(
      stdout,
      /Backed up to backups\/staging-bundled-20260102-030405\.dump\nMigrating the schema from 3 to 4/,
    );
  });

  test('a backup that fails stops the deployment before the migration', async (t) => {
    const d = await deployed(t, 1);
    d.release(2);
    writeFileSync(join(d.fake, 'no-backup'), '');
    const { status, stderr } = await d.run('deploy-stack.sh', ['staging'], { FAKE_RELEASE: '4' });
    assert.equal(status, 1);
    assert.match(
      stderr,
      /error: disk full\n.*error: backup: the backup before the migration failed, so nothing was migrated; /s,
    );
    assert.equal(d.state('schema'), '3');
    assert.equal(d.state('running'), tagOf(1));
  });

  test('SKIP_DEPLOY_BACKUP goes on without one, and says so', async (t) => {
    const d = await deployed(t, 1);
    d.release(2);
    const { status, stderr } = await d.run('deploy-stack.sh', ['staging'], {
      FAKE_RELEASE: '4',
      SKIP_DEPLOY_BACKUP: '1',
    });
    assert.equal(status, 0);
    assert.match(stderr, /warning: no backup before the migration/);
  });

  test('a migration that fails leaves the old release serving', async (t) => {
    const d = await deployed(t, 1);
    d.release(2);
    d.fault('-T migrate \\[ => 1 migration 4 failed: division by zero');
    const { status, stderr } = await d.run('deploy-stack.sh', ['staging'], { FAKE_RELEASE: '4' });
    assert.equal(status, 1);
    assert.match(stderr, /division by zero\nerror: migration: it failed/);
    assert.equal(d.state('running'), tagOf(1));
    assert.equal(d.record('staging/current.json').tag, tagOf(1));
  });

  for (const health of ['unhealthy', 'unnoticed'])
    test(`a release that never becomes healthy (${health} by Compose): logs, the old one back, 8`, async (t) => {
      const d = await deployed(t, 1);
      d.release(2);
      d.image(2, 3, health);
      const { status, stderr } = await d.run('deploy-stack.sh', ['staging']);
      assert.equal(status, 8, stderr);
      assert.match(stderr, /error: deploy: 2{12} did not become healthy within 1 s/);
      assert.match(stderr, /— api \(running\/unhealthy\)\nthe log of api\n/);
      assert.doesNotMatch(stderr, /the log of worker/);
      assert.match(
        stderr,
        /error: deploy: 2{12} failed, and 1{12} serves again; correct the cause and deploy again\n$/,
      );
      assert.equal(d.state('running'), tagOf(1));
      assert.equal(d.record('staging/current.json').tag, tagOf(1));
      const history = readFileSync(join(d.folder, '.deploy/history.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      assert.deepEqual(
        history.map(({ tag, result }) => [tag, result]),
        [
          [tagOf(1), 'ok'],
          [tagOf(2), 'rolled-back'],
        ],
      );
    });

  test('a release that is healthy but serves something else is rolled back too', async (t) => {
    const d = await deployed(t, 1);
    d.release(2);
    d.image(2, 3, 'lying');
    const { status, stdout, stderr } = await d.run('deploy-stack.sh', ['staging']);
    assert.equal(status, 8, stderr);
    assert.match(stdout, /FAIL {2}health/);
    assert.match(stderr, /2{12} runs but does not serve what it should/);
    assert.equal(d.state('running'), tagOf(1));
  });

  test('a rollback that is not allowed by the schema: 9 and the exact commands', async (t) => {
    const d = await deployed(t, 1);
    d.release(2);
    d.image(2, 4, 'unhealthy');
    writeFileSync(join(d.fake, 'compatible'), '4\n');
    const { status, stderr } = await d.run('deploy-stack.sh', ['staging']);
    assert.equal(status, 9, stderr);
    assert.match(
      stderr,
      /could not be rolled back: database schema 4 is not compatible with 1{12} \(max 3\); restore the backup and the release: docker compose --env-file \S+( -f \S+)+ stop api worker && FORCE=1 \.\/scripts\/restore-postgres\.sh staging-bundled backups\/staging-bundled-20260102-030405\.dump && \.\/scripts\/rollback\.sh staging 1{40}\n$/,
    );
    assert.equal(d.record('staging/current.json').tag, tagOf(1));
  });

  test('a schema that the old release tolerates is no obstacle', async (t) => {
    const d = await deployed(t, 1);
    d.release(2);
    d.image(2, 4, 'unhealthy');
    const { status, stderr } = await d.run('deploy-stack.sh', ['staging']);
    assert.equal(status, 8, stderr);
    assert.equal(d.state('schema'), '4');
  });

  test('an old release that does not come back either: 9', async (t) => {
    const d = await deployed(t, 1);
    d.release(2);
    d.image(2, 3, 'unhealthy');
    d.image(1, 3, 'unhealthy');
    const { status, stderr } = await d.run('deploy-stack.sh', ['staging']);
    assert.equal(status, 9);
    assert.match(stderr, /could not be rolled back: 1{12} did not become healthy/);
  });

  test('a first release that fails has nothing to go back to: 9', async (t) => {
    const d = await deploymentFolder(t);
    d.image(1, 3, 'unhealthy');
    const { status, stderr } = await d.run('deploy-stack.sh', ['staging']);
    assert.equal(status, 9);
    assert.match(stderr, /failed and no release was recorded before it/);
  });

  test('a database newer than the release, and not compatible: 5, nothing touched', async (t) => {
    const d = await deployed(t, 1);
    d.release(2);
    for (const name of ['schema', 'compatible']) writeFileSync(join(d.fake, name), '5\n');
    const { status, stderr } = await d.run('deploy-stack.sh', ['staging']);
    assert.equal(status, 5);
    assert.match(stderr, /database schema 5 is newer than 2{12} \(max 3\)/);
    assert.equal(d.state('running'), tagOf(1));
  });

  test('settings that the new program refuses: 4, nothing touched', async (t) => {
    const d = await deployed(t, 1);
    d.release(2);
    d.fault(`config check .*\\[${tagOf(2)}\\] => 78 config error: SESSION_SECRET: must be at least 32 bytes (got 7)`);
    const { status, stderr } = await d.run('deploy-stack.sh', ['staging']);
    assert.equal(status, 4);
    assert.match(stderr, /config error: SESSION_SECRET: .*\nerror: settings: 2{12} does not accept/);
    assert.equal(d.state('running'), tagOf(1));
  });

  test('an image that cannot be built: 1, nothing touched', async (t) => {
    const d = await deployed(t, 1);
    d.release(2);
    d.fault(' build --quiet => 17 g++: fatal error');
    const { status, stderr } = await d.run('deploy-stack.sh', ['staging']);
    assert.equal(status, 1);
    assert.match(stderr, /error: image: aspectavy-backend:2{12} could not be built/);
    assert.equal(d.state('running'), tagOf(1));
  });

  test('an image from a registry is pulled, and a failed pull is an error even when an old image is there', async (t) => {
    const d = await deploymentFolder(t);
    d.image(1);
    const env = { BACKEND_IMAGE: 'registry.test:5000/team/backend' };
    assert.equal((await d.run('deploy-stack.sh', ['staging'], env)).status, 0);
    assert.ok(changes(d.calls()).includes(`pull --quiet registry.test:5000/team/backend:${tagOf(1)}`));
    d.fault('^pull => 1 manifest unknown');
    const { status, stderr } = await d.run('deploy-stack.sh', ['staging'], env);
    assert.equal(status, 1);
    assert.match(stderr, /manifest unknown\nerror: image: .* could not be pulled/);
  });

  test('an image that is not of the sha its tag says: 4', async (t) => {
    const d = await deploymentFolder(t);
    writeFileSync(join(d.fake, 'images', tagOf(1)), `${shaOf(9)} 3\n`);
    const { status, stderr } = await d.run('deploy-stack.sh', ['staging']);
    assert.equal(status, 4);
    assert.match(stderr, /says it was built from 9{40}, not from 1{40}/);
  });

  test('a login that is refused: 4 with the way out', async (t) => {
    const d = await deploymentFolder(t);
    d.fault('schema --current => 75 FATAL:  password authentication failed for user "aspectavy"');
    const { status, stderr } = await d.run('deploy-stack.sh', ['staging']);
    assert.equal(status, 4);
    assert.match(
      stderr,
      /POSTGRES_PASSWORD does not match the existing volume; run ALTER ROLE or restore the old value/,
    );
  });

  test('a second deployment at the same time: 6, with who holds the lock', async (t) => {
    const d = await deployed(t, 1);
    d.release(2);
    const holder = spawn(
      'bash',
      [
        '-c',
        `source scripts/lib/say.sh; source scripts/lib/deploy_state.sh; take_deploy_lock "deploy of staging x"; echo held; read -r _`,
      ],
      { cwd: d.folder, stdio: ['pipe', 'pipe', 'inherit'] },
    );
    await once(/** @type {import('node:stream').Readable} */ (holder.stdout), 'data');
    const { status, stderr } = await d.run('deploy-stack.sh', ['staging']);
    holder.stdin?.end();
    assert.equal(status, 6);
    assert.match(
      stderr,
      new RegExp(
        `^error: lock: another deployment is at work \\(deploy of staging x by \\S+, pid ${holder.pid}, since 20\\S+Z\\); wait for it to end\n$`,
      ),
    );
    assert.deepEqual(changes(d.calls()), []);
  });

  test('three tags are kept, and those that an environment holds', async (t) => {
    const d = await deployed(t, 5);
    assert.deepEqual(
      ['1', '2', '3', '4', '5'].map((n) => existsSync(join(d.fake, 'images', tagOf(Number(n))))),
      [false, false, true, true, true],
    );
    assert.ok(
      existsSync(join(d.fake, 'images/staging-current')) && existsSync(join(d.fake, 'images/staging-previous')),
    );
    assert.equal((await d.run('rollback.sh', ['staging', shaOf(3)])).status, 0);
    d.release(6);
    assert.equal((await d.run('deploy-stack.sh', ['staging'])).status, 0);
    assert.ok(existsSync(join(d.fake, 'images', tagOf(3))), 'previous is kept although three are newer');
  });

  test('--dry-run prints the commands and runs none of them', async (t) => {
    const d = await deploymentFolder(t);
    const { status, stdout, stderr } = await d.run('deploy-stack.sh', ['staging', '--dry-run']);
    assert.equal(status, 0, stderr);
    assert.deepEqual(changes(d.calls()), []);
    assert.ok(!existsSync(join(d.folder, '.deploy')));
    const commands = stdout.match(/^\+ .*$/gm) ?? [];
    assert.equal(commands.length, 7, stdout);
    assert.match(
      commands[0],
      /^\+ docker compose --env-file apps\/backend\/\.env\.staging\.local -f docker-compose\.production\.yml -f docker-compose\.staging\.edge\.yml -f docker-compose\.staging\.bundled-db\.yml build --quiet api$/,
    );
    assert.match(commands[6], /^\+ scripts\/smoke-check\.sh http:\/\/127\.0\.0\.1/);
  });

  test('interrupted while services are replaced: 130 and what to do, and the lock is free again', async (t) => {
    const d = await deployed(t, 1);
    d.release(2);
    writeFileSync(
      join(d.fake, 'bin/curl'),
      '#!/bin/bash\nkill -INT "$(cut -d, -f2 "$D/.deploy/lock" | tr -dc 0-9)"; sleep 30\n',
      { mode: 0o755 },
    );
    const { status, stderr } = await d.run('deploy-stack.sh', ['staging'], { D: d.folder });
    assert.equal(status, 130, stderr);
    assert.match(
      stderr,
      /error: deploy: interrupted while services were being replaced; .*scripts\/rollback\.sh staging/,
    );
    writeFileSync(join(d.fake, 'bin/curl'), '#!/bin/bash\nexec /usr/bin/curl "$@"\n');
    assert.equal((await d.run('deploy-stack.sh', ['staging'])).status, 0);
  });
});

describe('the release in the folder', { concurrency: 4 }, () => {
  test('production without a sha: 4; staging builds it under a name of its own', async (t) => {
    const d = await deploymentFolder(t);
    writeFileSync(join(d.folder, '.deploy-sha'), 'nonsense\n');
    d.envFile({}, 'production');
    const { status, stderr } = await d.run('deploy-stack.sh', ['production'], {
      ASPECTAVY_PRODUCTION_DEPLOY_MODE: 'edge',
    });
    assert.equal(status, 4);
    assert.match(stderr, /the sha of this folder is unknown/);
    const { status: staged, stdout } = await d.run('deploy-stack.sh', ['staging']);
    assert.equal(staged, 0, stdout);
    assert.match(d.record('staging/current.json').tag, /^unknown-\d{14}$/);
  });

  test('a GIT_SHA that the folder does not hold: 4', async (t) => {
    const d = await deploymentFolder(t);
    const { status, stderr } = await d.run('deploy-stack.sh', ['staging'], { GIT_SHA: shaOf(7) });
    assert.equal(status, 4);
    assert.match(stderr, /GIT_SHA is 7{40} but this folder holds 1{40}/);
  });

  /** @type {[string, Record<string, string>, RegExp][]} */
  const switches = [
    ['production', { ASPECTAVY_PRODUCTION_DEPLOY_MODE: 'Edge' }, /must be "edge" or "standalone" \(got "Edge"\)/],
    [
      'production',
      { ASPECTAVY_PRODUCTION_USE_BUNDLED_DB: 'maybe' },
      /ASPECTAVY_PRODUCTION_USE_BUNDLED_DB: must be one of .*\(got "maybe"\)/,
    ],
    ['staging', { ASPECTAVY_STAGING_USE_BUNDLED_DB: 'True' }, /ASPECTAVY_STAGING_USE_BUNDLED_DB: must be one of/],
    ['staging', { DEPLOY_WAIT_SECONDS: '2m' }, /DEPLOY_WAIT_SECONDS: '2m' is no number/],
  ];
  for (const [environment, env, says] of switches) {
    test(`${JSON.stringify(env)} is refused with 4`, async (t) => {
      const d = await deploymentFolder(t);
      const { status, stderr } = await d.run('deploy-stack.sh', [environment], env);
      assert.equal(status, 4);
      assert.match(stderr, says);
    });
  }

  /** @type {[Record<string, string>, RegExp][]} */
  const layouts = [
    [{}, /production-external\)/],
    [{ ASPECTAVY_PRODUCTION_USE_BUNDLED_DB: '' }, /production-external\)/],
    [
      { ASPECTAVY_PRODUCTION_USE_BUNDLED_DB: 'on', ASPECTAVY_PRODUCTION_DEPLOY_MODE: 'standalone' },
      /production-bundled\)/,
    ],
    [
      { ASPECTAVY_PRODUCTION_USE_BUNDLED_DB: 'yes', ASPECTAVY_PRODUCTION_DEPLOY_MODE: 'edge' },
      /production-edge-bundled\)/,
    ],
    [
      { ASPECTAVY_PRODUCTION_USE_BUNDLED_DB: '0', ASPECTAVY_PRODUCTION_DEPLOY_MODE: 'edge' },
      /production-edge-external\)/,
    ],
  ];
  for (const [env, says] of layouts) {
    test(`${JSON.stringify(env)} selects ${says.source}`, async (t) => {
      const d = await deploymentFolder(t);
      d.envFile({ CADDY_HOST: 'api.test.org, www.test.org' }, 'production');
      const { status, stdout, stderr } = await d.run('deploy-stack.sh', ['production', '--dry-run'], env);
      assert.equal(status, 0, stderr);
      assert.match(stdout, says);
      const own = env.ASPECTAVY_PRODUCTION_DEPLOY_MODE !== 'edge';
      assert.match(stdout, own ? / api worker caddy$/m : / api worker$/m);
      assert.match(
        stdout,
        own ? /smoke-check\.sh https:\/\/api\.test\.org:443 --env-file/ : /smoke-check\.sh http:\/\/127\.0\.0\.1/,
      );
    });
  }

  for (const args of [[], ['local'], ['staging', '--force']]) {
    test(`the arguments "${args.join(' ')}" are refused with 2`, async (t) => {
      const d = await deploymentFolder(t);
      assert.equal((await d.run('deploy-stack.sh', args)).status, 2);
    });
  }
});
