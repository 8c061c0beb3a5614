// Backup and restore of a running stack: the old rows come back and only they, and nothing bad is let in. What happens
// when a restore fails half-way: restore_failures.test.mjs.
// @ts-check
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { backup, changeRoutes, databases, flipBit, forge, restore, routesDigest, script, sql, startWithRoutes } from './backup_stack.mjs';
import { docker, succeed, waitFor } from './support/process.mjs';
import { waitForReadyz } from './support/stack.mjs';

test('backup, restore and drill of a running stack', async (t) => {
  const stack = await startWithRoutes(t);
  const containers = () => Promise.all(['api', 'worker', 'db'].map((name) => stack.container(name)));

  const before = await routesDigest(stack);
  const file = await backup(stack);

  await t.test('the backup describes what is in it, and the database has its receipt', async () => {
    const described = JSON.parse(readFileSync(`${file}.json`, 'utf8'));
    assert.equal(described.rows['public.route'], Number(await sql(stack, 'SELECT count(*) FROM route')));
    assert.equal(described.schemaVersion, Number(await sql(stack, 'SELECT max(number) FROM schema_migration')));
    const receipt = await sql(stack, "SELECT file_name, bytes, sha256 FROM ops_backup_receipt WHERE target = 'local'");
    assert.equal(receipt, [basename(file), described.bytes, described.sha256].join('|'));
  });

  /** @type {{ name: string, file: () => string, env?: NodeJS.ProcessEnv, status: number, says: RegExp }[]} */
  const refusals = [
    { name: 'FORCE is missing', file: () => file, env: { FORCE: undefined }, status: 5, says: /^Refusing to replace database "aspectavy" on local\. Set FORCE=1 to continue\.$/m },
    { name: 'truncated', file: () => forge(file, 'local-20200101-000001.dump', (b) => b.subarray(0, b.length / 2)), status: 7, says: /it is damaged: / },
    { name: 'a flipped bit', file: () => forge(file, 'local-20200101-000002.dump', (b) => flipBit(b, b.length >> 1), { checksum: 'original' }), status: 7, says: /its SHA-256 is not the one in/ },
    { name: 'a flipped bit in the rows, whose checksum fits', file: () => forge(file, 'local-20200101-000006.dump', (b) => flipBit(b, b.length - 300)), status: 7, says: /it is damaged/ },
    { name: 'a foreign target', file: () => forge(file, 'staging-bundled-20200101-000003.dump', () => {}), status: 5, says: /its name does not say that it is a backup of local/ },
    { name: 'a newer server', file: () => forge(file, 'local-20200101-000004.dump', (b) => void b.write('16', b.indexOf('15.'), 'latin1')), status: 3, says: /it was dumped from PostgreSQL 16\.\d+ and this server is PostgreSQL 15/ },
    { name: 'a newer archive format', file: () => forge(file, 'local-20200101-000005.dump', (b) => void b.writeUInt8(99, 6)), status: 3, says: /its format is newer than these tools: .*unsupported version \(1\.99\)/ },
  ];
  for (const { name, file: make, env, status, says } of refusals) {
    await t.test(`refused before anything is touched: ${name} (status ${status})`, async () => {
      const running = await containers();
      const result = await restore(stack, make(), env);
      assert.equal(result.status, status, result.stdout + result.stderr);
      assert.match(result.stderr, says);
      assert.deepEqual(await containers(), running);
      assert.equal(await routesDigest(stack), before);
      assert.deepEqual(await databases(stack), ['aspectavy', 'postgres']);
    });
  }

  await t.test('refused before anything is touched: a newer schema (status 5)', async () => {
    await sql(stack, "INSERT INTO schema_migration (number, name, sha256, min_compatible_app_schema) VALUES (999, 'later', 'x', 999)");
    const newer = await backup(stack);
    await sql(stack, 'DELETE FROM schema_migration WHERE number = 999');
    const { status, stderr } = await restore(stack, newer);
    assert.equal(status, 5, stderr);
    assert.match(stderr, /schema 999 of the backup is newer than the installed build \(max \d+\)/);
    assert.equal(await routesDigest(stack), before);
  });

  await t.test('the old rows come back and only they; how long the service was away is said', async (t) => {
    await changeRoutes(stack);
    await sql(stack, 'CREATE TABLE came_later (id int)');
    assert.notEqual(await routesDigest(stack), before);
    const { status, stdout, stderr } = await restore(stack, file);
    assert.equal(status, 0, stdout + stderr);
    assert.equal(await routesDigest(stack), before);
    assert.equal(await sql(stack, "SELECT to_regclass('came_later') IS NULL"), 't');
    assert.equal(await sql(stack, "SELECT has_table_privilege('aspectavy_app', 'route', 'UPDATE')"), 't');
    await waitForReadyz(stack, 200);
    const downtime = Number(/^Downtime: ([0-9.]+) s/m.exec(stdout)?.[1]);
    assert.ok(downtime > 0 && downtime < 60, stdout);
    t.diagnostic(`downtime of the restore: ${downtime} s`);
    const old = (await databases(stack)).find((name) => name.startsWith('aspectavy_before_')) ?? '';
    assert.match(stdout, new RegExp(`The old data is in database "${old}"`));
    await sql(stack, `DROP DATABASE ${old}`);
  });

  await t.test('in place: the old rows come back and only they, also what came later is gone', async () => {
    await changeRoutes(stack);
    await sql(stack, "CREATE TABLE came_later (id int); CREATE TYPE later AS ENUM ('a'); CREATE SCHEMA extra; CREATE VIEW extra.v AS SELECT 1 AS x");
    const { status, stdout, stderr } = await restore(stack, file, { RESTORE_MODE: 'in-place' });
    assert.equal(status, 0, stdout + stderr);
    assert.equal(await routesDigest(stack), before);
    assert.equal(await sql(stack, "SELECT to_regclass('came_later') IS NULL AND to_regtype('later') IS NULL AND to_regnamespace('extra') IS NULL"), 't');
    await waitForReadyz(stack, 200);
  });

  await t.test('the disk becomes full while backing up: nothing is left over, and the next backup succeeds', async (t) => {
    // More than the estimate from the size of the database, because nothing of it can be compressed.
    await sql(stack, `CREATE TABLE noise AS SELECT (SELECT string_agg(sha512((i * 1000 + g)::text::bytea), '')
      FROM generate_series(1, 1000) g) AS bytes FROM generate_series(1, 60) i`);
    const small = join(stack.folder, 'small');
    mkdirSync(small);
    await succeed('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', small]);
    t.after(() => succeed('umount', [small]));
    const full = await script(stack, 'backup-postgres.sh', ['local', '--output', small]);
    assert.equal(full.status, 1, full.stdout + full.stderr);
    assert.match(full.stderr, /error: disk: .*small became full while dumping; free some space; the older backups are untouched/);
    assert.deepEqual(readdirSync(small), ['.lock']);
    await waitForReadyz(stack, 200);
    await sql(stack, 'DROP TABLE noise');
    const again = await script(stack, 'backup-postgres.sh', ['local', '--output', small]);
    assert.equal(again.status, 0, again.stderr);
  });

  await t.test('the drill restores a good backup in memory, migrates it and says so; a damaged one is refused', async () => {
    const good = await script(stack, 'verify-backup.sh', [file]);
    assert.equal(good.status, 0, good.stdout + good.stderr);
    const receipt = JSON.parse(good.stdout);
    assert.equal(receipt.verdict, 'restores');
    assert.equal(receipt.migratedTo, receipt.schemaVersion);
    const bad = await script(stack, 'verify-backup.sh', [join(file, '..', 'local-20200101-000001.dump')]);
    assert.equal(bad.status, 7, bad.stderr);
    // Another test file may have one at work, which ends too.
    await waitFor('no drill is left', async () => (await docker('ps', '--all', '--quiet', '--filter', 'label=aspectavy.drill')) === '');
  });
});
