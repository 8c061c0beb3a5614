// Point-in-time recovery: the commands of docs/operate/point-in-time-recovery.md, as they stand there. A moment between two
// changes comes back.
// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { exampleFences, operatePages } from '../../tests/pages.mjs';
import { sql } from './backup_stack.mjs';
import { run, waitFor } from './support/process.mjs';
import { images, prepareStack, waitForReadyz } from './support/stack.mjs';

/** The moment that the page names for the reader. */
const exampleMoment = '2026-01-12 09:00:00+00';

test('a dropped table comes back as it was a moment before, by the commands of the page', async (t) => {
  const page = operatePages().find(({ path }) => path.endsWith('point-in-time-recovery.md'));
  const [turnOn, goBack] = page ? exampleFences(page).map(({ text }) => text) : [];
  assert.ok(goBack.includes(exampleMoment));
  const env = {
    POSTGRES_IMAGE: images.postgres15,
    BUILD_NETWORK: 'host',
    POSTGRES_VOLUME_NAME: 'aspectavy-test-pitr-db',
    PITR_VOLUME_NAME: 'aspectavy-test-pitr',
  };
  const stack = await prepareStack(t, 'production-bundled', { env });
  t.after(() => run('docker', ['volume', 'rm', '--force', env.PITR_VOLUME_NAME]));
  // The settings that the first block exports hold for the whole page.
  const [settings] = turnOn.split('docker compose build');
  const follow = async (/** @type {string} */ block) => {
    const { status, stdout, stderr } = await run('bash', ['-Eeuo', 'pipefail', '-c', `${settings}\n${block}`], { cwd: stack.folder, env: stack.env });
    assert.equal(status, 0, stdout + stderr);
    return stdout;
  };

  await follow(turnOn);
  await sql(stack, 'CREATE TABLE kept (id int); INSERT INTO kept VALUES (1), (2)');
  await sleep(1500);
  const moment = await sql(stack, 'SELECT now()');
  await sleep(1500);
  await sql(stack, 'INSERT INTO kept VALUES (3)');
  await sql(stack, 'DROP TABLE kept');
  const segment = await sql(stack, 'SELECT pg_walfile_name(pg_switch_wal())');
  const isArchived = async () => (await sql(stack, `SELECT last_archived_wal >= '${segment}' FROM pg_stat_archiver`)) === 't';
  await waitFor('the last segment is archived', isArchived);

  await follow(goBack.replace(exampleMoment, moment));
  assert.equal(await sql(stack, "SELECT string_agg(id::text, ',' ORDER BY id) FROM kept"), '1,2');
  await waitForReadyz(stack, 200);
  await follow('docker compose exec -T -u postgres db pgbackrest --stanza=main verify');
});
