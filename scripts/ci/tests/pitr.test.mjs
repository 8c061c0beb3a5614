// Point-in-time recovery as docs/operate/point-in-time-recovery.md says it: a moment between two changes comes back.
// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from './backup_stack.mjs';
import { waitFor } from './support/process.mjs';
import { images, prepareStack } from './support/stack.mjs';

test('a dropped table comes back as it was a moment before', async (t) => {
  const env = { POSTGRES_IMAGE: images.postgres15, BUILD_NETWORK: 'host', POSTGRES_VOLUME_NAME: 'aspectavy-test-pitr-db', PITR_VOLUME_NAME: 'aspectavy-test-pitr' };
  const stack = await prepareStack(t, 'production-bundled', { env });
  const compose = (/** @type {string[]} */ ...args) => stack.mustCompose('-f', 'docker-compose.pitr.yml', ...args);
  const pgbackrest = (/** @type {string[]} */ ...args) => compose('exec', '-T', '-u', 'postgres', 'db', 'pgbackrest', '--stanza=main', ...args);
  await compose('build', 'db');
  await compose('up', '--detach', '--wait', 'db');

  await pgbackrest('stanza-create');
  await pgbackrest('check');
  await sql(stack, 'CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)');
  await pgbackrest('backup', '--type=full');
  await sql(stack, 'INSERT INTO kept VALUES (2)');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const moment = await sql(stack, 'SELECT now()');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await sql(stack, 'INSERT INTO kept VALUES (3)');
  await sql(stack, 'DROP TABLE kept');
  const segment = await sql(stack, 'SELECT pg_walfile_name(pg_switch_wal())');
  const isArchived = async () => (await sql(stack, `SELECT last_archived_wal >= '${segment}' FROM pg_stat_archiver`)) === 't';
  await waitFor('the last segment is archived', isArchived);
  await pgbackrest('verify');

  await compose('stop', 'db');
  await compose('run', '--rm', '--no-deps', '-T', '-u', 'postgres', '--entrypoint', 'pgbackrest', 'db',
    '--stanza=main', '--delta', '--type=time', `--target=${moment}`, '--target-action=promote', 'restore');
  await compose('up', '--detach', '--wait', 'db');
  await waitFor('the recovery has ended', async () => (await sql(stack, 'SELECT pg_is_in_recovery()')) === 'f');
  assert.equal(await sql(stack, "SELECT string_agg(id::text, ',' ORDER BY id) FROM kept"), '1,2');
});
