// scripts/backup-postgres.sh: its exit codes and sentences, what it leaves, and that no argument holds a secret.
// @ts-check
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { archive, bench } from './backup_bench.mjs';

const script = 'backup-postgres.sh';
const bundled = 'production-bundled';
const url = 'postgres://app:s3cr3t@db.example.org/aspectavy';

test('a backup is published with its checksum and description, and its path is the last line', async (t) => {
  const b = bench(t);
  const { status, stdout, stderr } = await b.run(script, [bundled]);
  assert.equal(status, 0, stderr);
  const path = stdout.trim().split('\n').at(-1) ?? '';
  assert.match(path, /^backups\/production-bundled-\d{8}-\d{6}\.dump$/);
  const name = path.slice('backups/'.length);
  assert.deepEqual(b.files(), [name, `${name}.json`, `${name}.sha256`]);
  assert.equal(readFileSync(join(b.folder, path), 'utf8'), archive());
  const described = JSON.parse(readFileSync(join(b.folder, `${path}.json`), 'utf8'));
  const sum = readFileSync(join(b.folder, `${path}.sha256`), 'utf8').split(' ')[0];
  assert.equal(described.sha256, sum);
  assert.equal(described.schemaVersion, 3);
  assert.equal(described.verified, true);
  assert.deepEqual(described.rows, { 'public.route': 2, 'public.schema_migration': 2 });
  assert.equal(statSync(join(b.folder, path)).mode & 0o777, 0o600);
  assert.match(b.sql(), new RegExp(`INSERT INTO ops_backup_receipt[^]*'${name}', ${described.bytes}, '${sum}', 3,`));
  assert.match(b.calls(), /docker compose --env-file apps\/backend\/\.env\.production\.local -f docker-compose\.production\.yml -f docker-compose\.production\.bundled-db\.yml exec -T/);
});

test('two backups within a second have two names', async (t) => {
  const b = bench(t);
  for (let i = 0; i < 2; i++) b.addBackup(`${bundled}-20200101-000000${i ? '-2' : ''}.dump`);
  // A clock that stands still.
  writeFileSync(join(b.folder, 'bin/date'), '#!/bin/sh\necho 20200101-000000\n', { mode: 0o755 });
  const { status, stdout, stderr } = await b.run(script, [bundled]);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /backups\/production-bundled-20200101-000000-3\.dump\n$/);
});

/** @type {{ name: string, args: string[], env?: Record<string, string>, status: number, says: RegExp }[]} */
const refusals = [
  { name: 'no target', args: [], status: 2, says: /error: target: it is missing/ },
  { name: 'an unknown target', args: ['prod'], status: 2, says: /error: target: 'prod' is none; the targets are: local staging-bundled production-bundled production-external/ },
  { name: 'a layout without backups', args: ['production-edge-bundled'], status: 2, says: /'production-edge-bundled' is none/ },
  { name: 'an unknown option', args: [bundled, '--fast'], status: 2, says: /error: --fast: there is no such option/ },
  { name: 'a bad --keep', args: [bundled, '--keep', '0'], status: 2, says: /error: --keep: '0' is no number from 1/ },
  { name: 'a bad BACKUP_KEEP', args: [bundled], env: { BACKUP_KEEP: 'all' }, status: 4, says: /error: BACKUP_KEEP: must be a whole number \(got "all"\)/ },
  { name: 'a database that is down', args: [bundled], env: { STUB_DB: 'down' }, status: 1, says: /error: production-bundled: db service of project aspectavy-production is not running; start it: docker compose/ },
  { name: 'an env file that is missing', args: ['staging-bundled'], status: 4, says: /error: apps\/backend\/\.env\.staging\.local: there is no such file; copy apps\/backend\/\.env\.staging\.example/ },
  { name: 'an external target without an address', args: ['production-external'], status: 4, says: /DATABASE_URL is required for production-external/ },
  { name: 'an address that is none', args: ['production-external'], env: { DATABASE_URL: 'nonsense' }, status: 4, says: /error: production-external: DATABASE_URL cannot be used/ },
  { name: 'older tools', args: ['production-external'], env: { DATABASE_URL: url, STUB_SERVER_MAJOR: '16' }, status: 3, says: /pg_dump is of PostgreSQL 15 and the server of PostgreSQL 16; use tools of the same major: POSTGRES_IMAGE=postgres:16-bookworm/ },
  { name: 'newer tools', args: ['production-external'], env: { DATABASE_URL: url, STUB_TOOL_MAJOR: '17' }, status: 3, says: /pg_dump is of PostgreSQL 17 and the server of PostgreSQL 15/ },
  { name: 'a bad PG_TOOLS', args: ['production-external'], env: { PG_TOOLS: 'none' }, status: 4, says: /error: PG_TOOLS: must be "image" or "host" \(got "none"\)/ },
  { name: 'a nearly full disk', args: [bundled], env: { STUB_FREE_KB: '100', STUB_DATABASE_BYTES: '50000000' }, status: 1, says: /error: disk: a backup of production-bundled needs about 5 MB and 0 MB are free in backups/ },
  { name: 'a failing pg_dump', args: [bundled], env: { STUB_DUMP: 'fails' }, status: 1, says: /error: pg_dump: pg_dump: error: connection to server was lost; the older backups are untouched/ },
  { name: 'a disk that becomes full', args: [bundled], env: { STUB_DUMP: 'disk-full' }, status: 1, says: /error: disk: backups became full while dumping/ },
  { name: 'a cut dump', args: [bundled], env: { STUB_DUMP: 'half' }, status: 7, says: /error: production-bundled: the new dump cannot be read back: pg_restore: error: could not read from input file: end of file; it was removed/ },
  { name: 'S3 without a key', args: [bundled], env: { BACKUP_S3_URL: 'https://s3.example.org/bucket' }, status: 4, says: /error: BACKUP_S3_ACCESS_KEY_ID: BACKUP_S3_URL needs it/ },
  { name: 'an S3 address without a bucket', args: [bundled], env: { BACKUP_S3_URL: 'https://s3.example.org' }, status: 4, says: /error: BACKUP_S3_URL: it is not https:\/\/host\/bucket/ },
];
for (const { name, args, env = {}, status, says } of refusals) {
  test(`${name}: status ${status}, the older backup stays and nothing is left over`, async (t) => {
    const b = bench(t);
    for (let day = 1; day <= 3; day++) b.addBackup(`${bundled}-2020010${day}-000000.dump`);
    const before = b.files();
    const result = await b.run(script, [...args], { BACKUP_KEEP: '1', BACKUP_KEEP_MONTHS: '0', ...env });
    assert.equal(result.status, status, result.stderr);
    assert.match(result.stderr, says);
    assert.deepEqual(b.files(), before);
    assert.doesNotMatch(b.calls() + result.stdout + result.stderr, /hunter2|s3cr3t/);
  });
}

test('without docker: status 3', async (t) => {
  const b = bench(t);
  rmSync(join(b.folder, 'bin/docker'));
  // A PATH that has the base tools and no docker, wherever that is installed.
  for (const tool of ['bash', 'env', 'mkdir', 'flock', 'tail', 'date', 'rm', 'mktemp', 'sort', 'dirname']) {
    symlinkSync(`/usr/bin/${tool}`, join(b.folder, 'bin', tool));
  }
  const { status, stderr } = await b.run(script, [bundled], { PATH: join(b.folder, 'bin') });
  assert.equal(status, 3, stderr);
  assert.match(stderr, /error: docker: it is not installed/);
});

test('a run while another holds the lock: status 6, with who holds it', async (t) => {
  const b = bench(t);
  const first = b.start(script, [bundled], { STUB_DUMP: 'hangs' });
  while (!b.stubSays('hangs')) await new Promise((resolve) => setTimeout(resolve, 20));
  const second = await b.run(script, [bundled]);
  assert.equal(second.status, 6);
  assert.match(second.stderr, new RegExp(`error: lock: another backup or restore runs \\(backup-postgres\\.sh, pid ${first.child.pid}, since `));
  first.child.kill('SIGINT');
  await first.ended;
});

for (const [signal, expected] of /** @type {[NodeJS.Signals, number][]} */ ([['SIGINT', 130], ['SIGTERM', 143]])) {
  test(`${signal} while dumping: status ${expected} at once, no partial file, the session is ended`, async (t) => {
    const b = bench(t);
    const { child, ended } = b.start(script, [bundled], { STUB_DUMP: 'hangs' });
    while (!b.stubSays('hangs')) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(readdirSync(b.backups).some((name) => name.endsWith('.partial')));
    const started = Date.now();
    child.kill(signal);
    assert.equal((await ended).status, expected);
    assert.ok(Date.now() - started < 5000);
    assert.deepEqual(b.files(), []);
    assert.match(b.sql(), new RegExp(`pg_terminate_backend[^]*application_name = 'aspectavy_backup-postgres\\.sh_${child.pid}'`));
  });
}

test('what a killed run has left is removed by the next', async (t) => {
  const b = bench(t);
  writeFileSync(join(b.backups, `.${bundled}.partial`), 'half');
  await b.run(script, [bundled], { STUB_DUMP: 'fails' });
  assert.deepEqual(b.files(), []);
});

test('the newest N stay, and the first of each month; other targets and files are not looked at', async (t) => {
  const b = bench(t);
  for (const stamp of ['20200103', '20200120', '20200205', '20200220', '20200301', '20200302', '20200303']) {
    b.addBackup(`${bundled}-${stamp}-030000.dump`);
  }
  b.addBackup('production-bundled-notes.txt');
  b.addBackup('staging-bundled-20190101-000000.dump');
  const { status, stderr } = await b.run(script, [bundled, '--keep', '2'], { BACKUP_KEEP_MONTHS: '3' });
  assert.equal(status, 0, stderr);
  const left = b.files().filter((name) => name.endsWith('.dump'));
  // The newest two: the new one and 3 March. The first of the last three months that have any: this one's, March, February.
  assert.deepEqual(left.slice(0, 3), [`${bundled}-20200205-030000.dump`, `${bundled}-20200301-030000.dump`, `${bundled}-20200303-030000.dump`]);
  assert.equal(left.length, 5);
  assert.equal(left[4], 'staging-bundled-20190101-000000.dump');
  assert.ok(existsSync(join(b.backups, 'production-bundled-notes.txt')));
  assert.ok(!existsSync(join(b.backups, `${bundled}-20200103-030000.dump.sha256`)));
});

test('--no-verify removes no older backup and says so in the description', async (t) => {
  const b = bench(t);
  b.addBackup(`${bundled}-20200101-000000.dump`);
  b.addBackup(`${bundled}-20200102-000000.dump`);
  const { status } = await b.run(script, [bundled, '--no-verify', '--keep', '1'], { BACKUP_KEEP_MONTHS: '0' });
  assert.equal(status, 0);
  const files = b.files().filter((name) => name.endsWith('.dump'));
  assert.equal(files.length, 3);
  assert.equal(JSON.parse(readFileSync(join(b.backups, `${files[2]}.json`), 'utf8')).verified, false);
  assert.doesNotMatch(b.sql(), /INSERT INTO ops_backup_receipt/);
});

test('--dry-run checks and changes nothing', async (t) => {
  const b = bench(t);
  const { status, stdout } = await b.run(script, [bundled, '--dry-run']);
  assert.equal(status, 0);
  assert.match(stdout, /Would dump database "aspectavy" of production-bundled \(PostgreSQL 15\.4\) into backups/);
  assert.deepEqual(b.files(), []);
});

test('an external database: its password is in a private file, never in an argument', async (t) => {
  const b = bench(t);
  const { status, stdout, stderr } = await b.run(script, ['production-external'], { DATABASE_URL: url, POSTGRES_IMAGE: 'postgres:15-bookworm' });
  assert.equal(status, 0, stderr);
  assert.match(b.calls(), /docker run .*-v \S+pg_service\.conf:\/run\/pg_service\.conf:ro -v \/etc\/ca\.pem:\/etc\/ca\.pem:ro .*--entrypoint pg_dump postgres:15-bookworm --format=custom/);
  assert.doesNotMatch(b.calls() + stdout + stderr, /s3cr3t/);
  assert.equal(b.files().length, 3);
});

test('PG_TOOLS=host uses the tools of this host', async (t) => {
  const b = bench(t);
  const { status, stderr } = await b.run(script, ['production-external'], { DATABASE_URL: url, PG_TOOLS: 'host' });
  assert.equal(status, 0, stderr);
  assert.match(b.calls(), /^pg_dump --format=custom --no-owner$/m);
  assert.doesNotMatch(b.calls(), /s3cr3t/);
});

test('a receipt that cannot be written: status 1, the backup stays', async (t) => {
  const b = bench(t);
  const { status, stdout, stderr } = await b.run(script, [bundled], { STUB_RECEIPT: 'fails' });
  assert.equal(status, 1);
  assert.match(stderr, /error: receipt: the row for the metrics could not be written; the backup is whole/);
  assert.match(stdout, /\.dump\n$/);
  assert.equal(b.files().length, 3);
});

test('a schema without receipts is said, and is no failure', async (t) => {
  const { status, stderr } = await bench(t).run(script, [bundled], { STUB_RECEIPT_TABLE: '' });
  assert.equal(status, 0);
  assert.match(stderr, /warning: this schema has no ops_backup_receipt/);
});

test('an encrypted backup can be opened with the identity only', async (t) => {
  const b = bench(t);
  const keygen = spawn('age-keygen', [], { stdio: ['ignore', 'pipe', 'ignore'] });
  let identity = '';
  keygen.stdout.on('data', (chunk) => (identity += chunk));
  await once(keygen, 'close');
  const recipient = /public key: (\S+)/.exec(identity)?.[1] ?? '';
  const { status, stdout, stderr } = await b.run(script, [bundled], { BACKUP_AGE_RECIPIENT: recipient });
  assert.equal(status, 0, stderr);
  const path = stdout.trim().split('\n').at(-1) ?? '';
  assert.match(path, /\.dump\.age$/);
  assert.doesNotMatch(readFileSync(join(b.folder, path), 'latin1'), /PGDMP/);
  assert.equal(b.files().length, 3);

  const refused = await b.run('restore-postgres.sh', [bundled, path]);
  assert.equal(refused.status, 4);
  assert.match(refused.stderr, /it is encrypted and BACKUP_AGE_IDENTITY names no readable file/);
  writeFileSync(join(b.folder, 'identity'), identity);
  const read = await b.run('restore-postgres.sh', [bundled, path, '--dry-run'], { BACKUP_AGE_IDENTITY: join(b.folder, 'identity') });
  assert.equal(read.status, 0, read.stderr);
  assert.match(read.stdout, /is whole: PostgreSQL 15\.4, schema 3, 4 rows/);
});

test('a recipient that is none: status 1, nothing left over', async (t) => {
  const b = bench(t);
  const { status, stderr } = await b.run(script, [bundled], { BACKUP_AGE_RECIPIENT: 'age1nonsense' });
  assert.equal(status, 1);
  assert.match(stderr, /error: age: the dump cannot be encrypted; check BACKUP_AGE_RECIPIENT/);
  assert.deepEqual(b.files(), []);
});
