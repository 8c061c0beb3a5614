// scripts/restore-postgres.sh: each refusal has its own code and sentence and comes before anything is touched; a
// failure at any moment leaves the old database with its name.
// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { archive, archiveSql, bench } from './backup_bench.mjs';

const script = 'restore-postgres.sh';
const bundled = 'production-bundled';
const good = `${bundled}-20200101-000000.dump`;
const url = 'postgres://app:s3cr3t@db.example.org/aspectavy';

/** Statements and commands that change something. */
const changes = /CREATE DATABASE|DROP|RENAME|ALTER|INSERT|compose .* (stop|up) /;

const truncated = archive().slice(0, 200);
const newer = archiveSql.replace('3\troute\ty\t2', '9\troute\ty\t7');
const newerButCompatible = archiveSql.replace('3\troute\ty\t2', '9\troute\ty\t3');

/** @type {{ name: string, file?: string, content?: string, checksum?: boolean, target?: string, env?: Record<string, string>, status: number, says: RegExp }[]} */
const refusals = [
  { name: 'without FORCE', status: 5, says: /^Refusing to replace database "aspectavy" on production-bundled\. Set FORCE=1 to continue\.$/m, env: { FORCE: '' } },
  { name: 'FORCE that is not 1', status: 5, says: /Set FORCE=1 to continue/, env: { FORCE: 'yes' } },
  { name: 'an unknown target', target: 'prod', status: 2, says: /error: target: 'prod' is none/ },
  { name: 'a file of another target', file: 'staging-bundled-20200101-000000.dump', status: 5, says: /error: staging-bundled-20200101-000000\.dump: its name does not say that it is a backup of production-bundled; .*ALLOW_TARGET_MISMATCH=1/ },
  { name: 'a file of any name', file: 'yesterday.dump', status: 5, says: /its name does not say/ },
  { name: 'a file without its checksum', checksum: false, status: 7, says: /its checksum .*\.dump\.sha256 is missing; copy that file too, or, where it is lost and you trust this one: sha256sum/ },
  { name: 'a truncated file whose checksum fits', content: truncated, status: 7, says: /error: .*: it is damaged: pg_restore: error: could not read from input file: end of file; use another backup; nothing was changed/ },
  { name: 'a file that is no archive', content: 'hello\n', status: 7, says: /it is damaged: pg_restore: error: did not find magic string/ },
  { name: 'an empty file', content: '', status: 7, says: /it is damaged/ },
  { name: 'a newer archive format', content: archive({ format: '9.9' }), status: 3, says: /its format is newer than these tools: .*unsupported version \(9\.9\)/ },
  { name: 'a newer server', content: archive({ major: 16 }), status: 3, says: /it was dumped from PostgreSQL 16\.4 and this server is PostgreSQL 15\.4; restore it into PostgreSQL 16/ },
  { name: 'a newer schema', content: archive({ sql: newer }), status: 5, says: /error: schema: schema 9 of the backup is newer than the installed build \(max 3\); install the build that made the backup/ },
  { name: 'a database of something else', content: archive({ sql: '-- nothing' }), status: 5, says: /it has no rows of schema_migration: it is no backup of AspectAvy/ },
  { name: 'a build that cannot be asked', env: { STUB_SCHEMA_MAX: '' }, status: 3, says: /error: schema: the newest schema of the installed build cannot be told/ },
  { name: 'a missing role', env: { STUB_MISSING_ROLE: 'grafana' }, status: 4, says: /error: roles: the backup grants rights to roles that this server lacks: grafana; create them first/ },
  { name: 'too little space', env: { STUB_DB_FREE_KB: '1024' }, status: 1, says: /error: disk: the restore needs about 16 MB and 1 MB are free for the database/ },
  { name: 'a database that is down', env: { STUB_DB: 'down' }, status: 1, says: /db service of project aspectavy-production is not running/ },
  { name: 'an unknown mode', env: { RESTORE_MODE: 'fast' }, status: 4, says: /error: RESTORE_MODE: must be "swap" or "in-place" \(got "fast"\)/ },
  { name: 'swap without the right to create databases', env: { RESTORE_MODE: 'swap', STUB_MAY_CREATE: 'f' }, status: 4, says: /this role may not create databases, which swap needs; use RESTORE_MODE=in-place/ },
  {
    name: 'sessions on an external database',
    target: 'production-external',
    file: 'production-external-20200101-000000.dump',
    env: { DATABASE_URL: url, STUB_SESSIONS: '2', STUB_SERVICES: 'down' },
    status: 5,
    says: /error: sessions: 2 other sessions are connected to "aspectavy"; stop the api and worker that use it, or set TERMINATE_SESSIONS=1/,
  },
];
for (const { name, file = good, content, checksum, target = bundled, env = {}, status, says } of refusals) {
  test(`refused untouched: ${name} (status ${status})`, async (t) => {
    const b = bench(t);
    const path = b.addBackup(file, content, checksum);
    const result = await b.run(script, [target, path], { FORCE: '1', ...env });
    assert.equal(result.status, status, result.stderr);
    assert.match(result.stderr, says);
    assert.doesNotMatch(b.sql() + b.calls(), changes);
    assert.deepEqual(b.databases(), ['aspectavy', 'postgres']);
    assert.doesNotMatch(b.calls() + result.stdout + result.stderr, /s3cr3t|hunter2/);
  });
}

test('a flipped bit is found by the checksum (status 7)', async (t) => {
  const b = bench(t);
  const path = b.addBackup(good);
  b.addBackup(good, archive().replace('2\tb', '2\tc'), false);
  const { status, stderr } = await b.run(script, [bundled, path], { FORCE: '1' });
  assert.equal(status, 7);
  assert.match(stderr, /its SHA-256 is not the one in .*\.dump\.sha256/);
  assert.equal(b.calls(), '');
});

test('a file that is not there (status 4), and wrong arguments (status 2)', async (t) => {
  const b = bench(t);
  const missing = await b.run(script, [bundled, '/nowhere.dump'], { FORCE: '1' });
  assert.equal(missing.status, 4);
  assert.match(missing.stderr, /error: \/nowhere\.dump: there is no such readable file/);
  assert.equal((await b.run(script, [bundled])).status, 2);
  assert.equal((await b.run(script, [bundled, 'a', '--quick'])).status, 2);
});

test('without FORCE it says what it would do', async (t) => {
  const b = bench(t);
  const { status, stdout } = await b.run(script, [bundled, b.addBackup(good)]);
  assert.equal(status, 5);
  assert.match(stdout, /is whole: PostgreSQL 15\.4, schema 3, 4 rows\./);
  assert.match(stdout, /into a new database beside "aspectavy", compared, and swapped in by renaming/);
  assert.match(stdout, /Stopped meanwhile: api worker\./);
});

test('a newer schema that the build may run on is taken', async (t) => {
  const b = bench(t);
  const path = b.addBackup(good, archive({ sql: newerButCompatible }));
  const { status, stderr } = await b.run(script, [bundled, path, '--dry-run']);
  assert.equal(status, 0, stderr);
});

test('the swap: fill beside, stop, rename, start; the old data stays under another name', async (t) => {
  const b = bench(t);
  const { status, stdout, stderr } = await b.run(script, [bundled, b.addBackup(good)], { FORCE: '1' });
  assert.equal(status, 0, stderr);
  const databases = b.databases();
  assert.equal(databases.length, 3);
  assert.match(databases[0], /^aspectavy_before_\d{14}$/);
  assert.equal(databases[2], 'aspectavy');
  assert.match(stdout, /Downtime: \d+\.\d s/);
  assert.match(stdout, /The old data is in database "aspectavy_before_\d{14}"\. When it is needed no more: DROP DATABASE "aspectavy_before_/);
  const order = ['--single-transaction -d', ' stop api worker', ' up -d --no-build --no-recreate --wait'].map((word) => b.calls().indexOf(word));
  assert.deepEqual([...order].sort((x, y) => x - y), order);
  assert.doesNotMatch(b.sql(), /CREATE SCHEMA noise/);
});

test('RESTORE_DROP_OLD=1 drops the old database at the end', async (t) => {
  const b = bench(t);
  const { status } = await b.run(script, [bundled, b.addBackup(good)], { FORCE: '1', RESTORE_DROP_OLD: '1' });
  assert.equal(status, 0);
  assert.deepEqual(b.databases(), ['postgres', 'aspectavy']);
});

/** @type {{ name: string, env: Record<string, string>, status: number, says: RegExp }[]} */
const failures = [
  { name: 'pg_restore fails', env: { STUB_RESTORE: 'fails' }, status: 1, says: /error: restore: pg_restore failed: .*no space; nothing was changed/ },
  { name: 'rows are missing', env: { STUB_ROWS: '1' }, status: 7, says: /these tables have other rows than the archive: public\.route\|1, public\.route\|2/ },
  { name: 'the services cannot be stopped', env: { STUB_STOP: 'fails' }, status: 1, says: /the services cannot be stopped; the old database goes on serving/ },
  { name: 'the renaming fails', env: { STUB_RENAME: 'fails' }, status: 1, says: /the databases cannot be renamed; the old database goes on serving/ },
  { name: 'the services are unhealthy on the new data', env: { STUB_FAILING_UPS: '1' }, status: 8, says: /container api is unhealthy[^]*the services do not become healthy on the restored database; the old database is put back/ },
  { name: 'they are unhealthy on the old data too', env: { STUB_FAILING_UPS: '9' }, status: 9, says: /the old database is back but the services do not start on it/ },
];
for (const { name, env, status, says } of failures) {
  test(`${name}: status ${status}, the old database has its name and the new one is gone`, async (t) => {
    const b = bench(t);
    const result = await b.run(script, [bundled, b.addBackup(good)], { FORCE: '1', ...env });
    assert.equal(result.status, status, result.stderr);
    assert.match(result.stderr, says);
    assert.deepEqual(b.databases(), ['aspectavy', 'postgres']);
    assert.deepEqual(b.files(), [good, `${good}.sha256`]);
  });
}

test('in place: a safety dump, then one transaction that is committed last', async (t) => {
  const b = bench(t);
  const { status, stdout, stderr } = await b.run(script, [bundled, b.addBackup(good)], { FORCE: '1', STUB_MAY_CREATE: 'f' });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /The present data is in backups\/production-bundled-\d{8}-\d{6}\.dump/);
  assert.match(b.sql(), /^BEGIN;[^]*DROP SCHEMA[^]*COPY public\.route[^]*^COMMIT;$/m);
  assert.deepEqual(b.databases(), ['aspectavy', 'postgres']);
});

test('in place: unhealthy services get the safety dump back (status 8)', async (t) => {
  const b = bench(t);
  const env = { FORCE: '1', RESTORE_MODE: 'in-place', STUB_FAILING_UPS: '1' };
  const { status, stderr } = await b.run(script, [bundled, b.addBackup(good)], env);
  assert.equal(status, 8, stderr);
  assert.equal(b.sql().match(/^COMMIT;$/gm)?.length, 2);
});

test('in place without a safety dump: a failure afterwards is status 9 and says so', async (t) => {
  const b = bench(t);
  const env = { FORCE: '1', RESTORE_MODE: 'in-place', STUB_FAILING_UPS: '1', SKIP_SAFETY_DUMP: '1' };
  const { status, stderr } = await b.run(script, [bundled, b.addBackup(good)], env);
  assert.equal(status, 9);
  assert.match(stderr, /the old data is gone, because SKIP_SAFETY_DUMP=1 was set/);
});

test('ALLOW_TARGET_MISMATCH=1 takes another target\'s file', async (t) => {
  const b = bench(t);
  const path = b.addBackup('staging-bundled-20200101-000000.dump');
  const { status, stderr } = await b.run(script, [bundled, path, '--dry-run'], { ALLOW_TARGET_MISMATCH: '1' });
  assert.equal(status, 0, stderr);
});
