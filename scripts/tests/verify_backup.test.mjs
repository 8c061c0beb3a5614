// scripts/verify-backup.sh: its verdicts, and that the drill leaves nothing behind and touches no stack.
// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { archive, archiveSql, bench } from './backup_bench.mjs';

const script = 'verify-backup.sh';
const good = 'production-bundled-20200102-000000.dump';

test('the newest backup of a target is restored, migrated and described', async (t) => {
  const b = bench(t);
  b.addBackup('production-bundled-20200101-000000.dump', 'damaged and older');
  b.addBackup(good);
  const { status, stdout, stderr } = await b.run(script, ['--latest', 'production-bundled']);
  assert.equal(status, 0, stderr);
  const receipt = JSON.parse(stdout);
  assert.equal(receipt.file, good);
  assert.equal(receipt.verdict, 'restores');
  assert.deepEqual([receipt.tables, receipt.rows, receipt.schemaVersion, receipt.migratedTo], [2, 4, 3, 3]);
  assert.match(b.calls(), /docker run --detach .*--network none --tmpfs \/drill:/);
  assert.match(b.calls(), /docker run --rm --network container:aspectavy-drill-\d+ .* migrate/);
  assert.match(b.calls(), /docker rm --force --volumes aspectavy-drill-\d+\n$/);
  // Neither a volume of a stack nor its database is in any command.
  assert.doesNotMatch(b.calls(), /docker run .* (-v|--volume|--mount) |compose .* exec/);
  assert.doesNotMatch(b.calls(), /POSTGRES_PASSWORD=|postgres:\/\//);
});

/** @type {{ name: string, args?: string[], content?: string, checksum?: boolean, env?: Record<string, string>, status: number, says: RegExp }[]} */
const verdicts = [
  { name: 'an unknown option', args: ['--all'], status: 2, says: /error: --all: there is no such option/ },
  { name: 'no file', args: [], status: 2, says: /error: arguments: one file is needed/ },
  { name: 'a file that is not there', args: ['/nowhere.dump'], status: 4, says: /error: \/nowhere\.dump: there is no such readable file/ },
  { name: 'a target without backups', args: ['--latest', 'local'], status: 4, says: /error: local: it has no backup in backups; make one/ },
  { name: 'a missing checksum', checksum: false, status: 7, says: /its checksum .* is missing/ },
  { name: 'a truncated file', content: archive().slice(0, 200), status: 7, says: /it is damaged: pg_restore: error: could not read from input file/ },
  { name: 'a dump of a newer server', content: archive({ major: 16 }), status: 3, says: /it was dumped from PostgreSQL 16\.4/ },
  { name: 'a newer schema', content: archive({ sql: archiveSql.replace('3\troute\ty\t2', '9\troute\ty\t7') }), status: 5, says: /schema 9 of the backup is newer than the installed build/ },
  { name: 'a restore that fails', env: { STUB_RESTORE: 'fails' }, status: 7, says: /it does not restore: pg_restore: error: .*; make another backup now/ },
  { name: 'rows that are missing', env: { STUB_ROWS: '1' }, status: 7, says: /these tables have other rows than the archive/ },
  { name: 'migrations that fail on it', env: { STUB_MIGRATE: '1', STUB_MIGRATE_SAYS: 'column is missing' }, status: 7, says: /the migrations fail on it: column is missing/ },
  { name: 'migrations that cannot be run', env: { STUB_MIGRATE: '78', STUB_MIGRATE_SAYS: 'config error' }, status: 1, says: /error: drill: the migrations cannot be run: config error/ },
  { name: 'an image that is not there', env: { STUB_DRILL: 'fails' }, status: 1, says: /error: drill: a container of postgres:16-bookworm cannot be started/ },
];
for (const { name, args, content, checksum, env = {}, status, says } of verdicts) {
  test(`${name}: status ${status}`, async (t) => {
    const b = bench(t);
    const file = b.addBackup(good, content, checksum);
    const result = await b.run(script, args ?? [file], env);
    assert.equal(result.status, status, result.stderr);
    assert.match(result.stderr, says);
    assert.equal(result.stdout, '');
    if (b.calls().includes('run --detach') && env.STUB_DRILL !== 'fails') assert.match(b.calls(), /docker rm --force --volumes aspectavy-drill-\d+\n$/);
  });
}
