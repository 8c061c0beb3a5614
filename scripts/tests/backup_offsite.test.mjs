// Copies of a backup elsewhere: by the real rsync and the real curl, whose signatures a strict endpoint checks.
// @ts-check
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { archive, bench } from './backup_bench.mjs';
import { startS3 } from '../../apps/backend/tests/support/node/s3_server.mjs';

const credentials = { key: 'AKIDEXAMPLE', secret: 'wJalr/XUtn"FEMI\\K7' };

/** @param {string} url */
const s3Settings = (url) => ({
  BACKUP_S3_URL: `${url}/bucket/nightly`,
  BACKUP_S3_REGION: 'eu-central-1',
  BACKUP_S3_ACCESS_KEY_ID: credentials.key,
  BACKUP_S3_SECRET_ACCESS_KEY: credentials.secret,
});

/** Puts a curl before the real one that writes down its arguments. @param {ReturnType<typeof bench>} b */
function recordCurl(b) {
  const recorder = '#!/bin/sh\nprintf "curl %s\\n" "$*" >>"$STUB_DIR/calls"\nexec /usr/bin/curl "$@"\n';
  writeFileSync(join(b.folder, 'bin/curl'), recorder, { mode: 0o755 });
}

test('to S3: the file, its description and its checksum, each with a signature that holds', async (t) => {
  const b = bench(t);
  const s3 = await startS3(t, credentials);
  recordCurl(b);
  const { status, stdout, stderr } = await b.run('backup-postgres.sh', ['production-bundled'], s3Settings(s3.url));
  assert.equal(status, 0, stderr + s3.faults.join());
  const name = stdout.trim().split('/').at(-1);
  assert.deepEqual([...s3.objects.keys()], ['', '.json', '.sha256'].map((end) => `/bucket/nightly/${name}${end}`));
  assert.equal(s3.objects.get(`/bucket/nightly/${name}`)?.toString(), archive());
  assert.match(b.calls(), /^curl --config - /m);
  assert.doesNotMatch(b.calls() + stdout + stderr, /wJalr|AKIDEXAMPLE/);
});

test('to S3 with a secret in a file', async (t) => {
  const b = bench(t);
  const s3 = await startS3(t, credentials);
  const secret = join(b.folder, 'secret');
  writeFileSync(secret, `${credentials.secret}\n`);
  const { BACKUP_S3_SECRET_ACCESS_KEY, ...others } = s3Settings(s3.url);
  assert.ok(BACKUP_S3_SECRET_ACCESS_KEY);
  const { status, stderr } = await b.run('backup-postgres.sh', ['production-bundled'], { ...others, BACKUP_S3_SECRET_ACCESS_KEY_FILE: secret });
  assert.equal(status, 0, stderr);
  assert.equal(s3.objects.size, 3);
});

test('to S3 with a wrong secret: status 1, the local file stays', async (t) => {
  const b = bench(t);
  const s3 = await startS3(t, credentials);
  const settings = { ...s3Settings(s3.url), BACKUP_S3_SECRET_ACCESS_KEY: 'wrong' };
  const { status, stdout, stderr } = await b.run('backup-postgres.sh', ['production-bundled'], settings);
  assert.equal(status, 1);
  assert.match(stderr, /error: copy: the upload of production-bundled-.*\.dump to .*\/bucket\/nightly failed; the local file is whole/);
  assert.deepEqual(s3.faults, ['the signature is wrong']);
  assert.match(stdout, /\.dump\n$/);
  assert.equal(b.files().length, 3);
});

test('by rsync: the same three files', async (t) => {
  const b = bench(t);
  const elsewhere = join(b.folder, 'elsewhere');
  mkdirSync(elsewhere);
  const { status, stdout, stderr } = await b.run('backup-postgres.sh', ['production-bundled'], { BACKUP_RSYNC_DEST: elsewhere });
  assert.equal(status, 0, stderr);
  const name = stdout.trim().split('/').at(-1) ?? '';
  assert.deepEqual(readdirSync(elsewhere), [name, `${name}.json`, `${name}.sha256`]);
  assert.equal(readFileSync(join(elsewhere, name), 'utf8'), archive());
});

test('by rsync to a place that is not there: status 1, the local file stays and older ones went as usual', async (t) => {
  const b = bench(t);
  b.addBackup('production-bundled-20200101-000000.dump');
  b.addBackup('production-bundled-20200102-000000.dump');
  const env = { BACKUP_RSYNC_DEST: join(b.folder, 'no/such/folder'), BACKUP_KEEP: '2', BACKUP_KEEP_MONTHS: '0' };
  const { status, stdout, stderr } = await b.run('backup-postgres.sh', ['production-bundled'], env);
  assert.equal(status, 1);
  assert.match(stderr, /error: copy: rsync to .*no\/such\/folder failed; the local file is whole/);
  assert.match(stdout, /\.dump\n$/);
  assert.equal(b.files().filter((name) => name.endsWith('.dump')).length, 2);
});
