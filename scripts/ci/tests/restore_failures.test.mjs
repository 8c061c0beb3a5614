// A restore that fails at any moment, for whatever reason, leaves the old data serving.
// @ts-check
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { backup, changeRoutes, databases, interrupted, restore, routesDigest, sql, startWithRoutes } from './backup_stack.mjs';
import { waitForReadyz } from './support/stack.mjs';

test('a restore that fails half-way', async (t) => {
  const stack = await startWithRoutes(t);
  const file = await backup(stack);

  /** What must hold after every restore that failed. @param {string} changed */
  const oldDataServes = async (changed) => {
    assert.equal(await routesDigest(stack), changed);
    assert.deepEqual(await databases(stack), ['aspectavy', 'postgres']);
    await waitForReadyz(stack, 200);
  };

  await changeRoutes(stack, { remove: false });
  const changed = await routesDigest(stack);

  await t.test('pg_restore loses its connection half-way: the old database serves', async () => {
    const running = await stack.container('api');
    const attempt = restore(stack, file);
    await sql(stack, `DO $$ BEGIN FOR i IN 1..6000 LOOP
      PERFORM pg_stat_clear_snapshot();
      IF (SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
          WHERE datname LIKE 'aspectavy\\_restore%' AND application_name LIKE 'aspectavy_restore%') > 0 THEN RETURN; END IF;
      PERFORM pg_sleep(0.005);
    END LOOP; RAISE 'no restore came'; END $$`);
    const { status, stderr } = await attempt;
    assert.equal(status, 1, stderr);
    assert.match(stderr, /nothing was changed/);
    assert.equal(await stack.container('api'), running);
    await oldDataServes(changed);
  });

  await t.test('interrupted half-way (SIGINT): status 130, the old database serves', async () => {
    const isRestoring = async () => (await databases(stack)).some((name) => name.startsWith('aspectavy_restore_'));
    assert.equal(await interrupted(stack, 'restore-postgres.sh', [stack.target, file], { FORCE: '1' }, isRestoring), 130);
    await oldDataServes(changed);
  });

  await t.test('Postgres is killed at the moment of the renaming: the old database serves again', async () => {
    const wrapper = join(stack.folder, 'compose-that-kills-the-database');
    writeFileSync(wrapper, `#!/usr/bin/env bash
      if [[ " $* " != *" psql "* ]]; then exec docker compose "$@"; fi
      input=$(cat)
      if [[ "$input" == *'RENAME TO'* && ! -e "$0.done" ]]; then touch "$0.done"; docker kill ${await stack.container('db')} >/dev/null; fi
      docker compose "$@" <<<"$input"`, { mode: 0o755 });
    const { status, stdout, stderr } = await restore(stack, file, { DOCKER_COMPOSE: wrapper });
    assert.ok(existsSync(`${wrapper}.done`));
    assert.equal(status, 1, stdout + stderr);
    await oldDataServes(changed);
  });

  await t.test('the app cannot run on the restored data: the old database is put back (status 8)', async () => {
    const sum = await sql(stack, 'SELECT sha256 FROM schema_migration WHERE number = 1');
    await sql(stack, "UPDATE schema_migration SET sha256 = repeat('0', 64) WHERE number = 1");
    const foreign = await backup(stack);
    await sql(stack, `UPDATE schema_migration SET sha256 = '${sum}' WHERE number = 1`);
    const { status, stdout, stderr } = await restore(stack, foreign);
    assert.equal(status, 8, stdout + stderr);
    assert.match(stderr, /the services do not become healthy on the restored database; the old database is put back/);
    assert.match(stdout, /The old database serves again\./);
    await oldDataServes(changed);
  });
});
