// Backup and restore of a Postgres outside of any Compose project, reached by its address only.
// @ts-check
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { docker, freePorts, run, waitFor } from './support/process.mjs';
import { scratchCheckout } from './support/checkout.mjs';
import { images } from './support/stack.mjs';

const target = 'production-external';
const password = 'p@ss/w#rd%:';

/**
 * A server with one database of the newest schema, owned by a role that may create databases or may not.
 * @param {import('node:test').TestContext} t
 */
async function startServer(t) {
  const [port] = await freePorts(1);
  const id = `aspectavy-test-external-${process.pid}`;
  await docker('network', 'create', id);
  t.after(async () => {
    await docker('rm', '--force', '--volumes', id);
    await docker('network', 'rm', id);
  });
  await docker('run', '--detach', '--name', id, '--network', id, '--publish', `127.0.0.1:${port}:5432`, '-e', 'POSTGRES_PASSWORD=super', images.postgres15);
  const sql = (/** @type {string} */ statement, database = 'aspectavy') =>
    docker('exec', id, 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-U', 'postgres', '-d', database, '-c', statement);
  await waitFor('the server answers', () => docker('exec', id, 'pg_isready', '-q', '-h', '127.0.0.1').then(() => true), 60);
  // The first migration asks for what only PostgreSQL 16 knows, unless a superuser runs it.
  await sql(`CREATE ROLE app LOGIN SUPERUSER PASSWORD '${password}'`, 'postgres');
  await sql('CREATE DATABASE aspectavy OWNER app', 'postgres');
  const url = `postgres://app:${encodeURIComponent(password)}@127.0.0.1:${port}/aspectavy?sslmode=disable`;
  const migrated = await run('docker', ['run', '--rm', '--network', 'host', '-e', 'DATABASE_URL', '-e', 'APP_ENV=test', images.backend, 'migrate'], {
    env: { ...process.env, DATABASE_URL: url },
  });
  assert.equal(migrated.status, 0, migrated.stdout + migrated.stderr);
  await sql('ALTER ROLE app NOSUPERUSER CREATEROLE CREATEDB; GRANT aspectavy_app TO app', 'postgres');
  await sql('CREATE TABLE note (id int PRIMARY KEY, text text); ALTER TABLE note OWNER TO app');
  await sql("INSERT INTO note VALUES (1, 'one'), (2, 'two')");
  return { id, url, sql };
}

test('an external database', async (t) => {
  const folder = await scratchCheckout(t);
  const server = await startServer(t);
  const [image, tag] = images.backend.split(':');
  const base = { PATH: process.env.PATH, HOME: process.env.HOME, DOCKER_HOST: process.env.DOCKER_HOST, BACKEND_IMAGE: image, BACKEND_TAG: tag, POSTGRES_IMAGE: images.postgres15, DATABASE_URL: server.url };
  const script = (/** @type {string} */ name, /** @type {string[]} */ args, env = {}) =>
    run(join(folder, 'scripts', name), args, { cwd: folder, env: { ...base, ...env } });
  const notes = () => server.sql("SELECT string_agg(id || text, ',' ORDER BY id) FROM note");
  const change = () => server.sql("DELETE FROM note WHERE id = 1; INSERT INTO note VALUES (3, 'three') ON CONFLICT DO NOTHING");

  const made = await script('backup-postgres.sh', [target]);
  assert.equal(made.status, 0, made.stdout + made.stderr);
  const file = join(folder, made.stdout.trim().split('\n').at(-1) ?? '');
  assert.equal(JSON.parse(readFileSync(`${file}.json`, 'utf8')).rows['public.note'], 2);
  assert.equal(await server.sql("SELECT count(*) FROM ops_backup_receipt WHERE target = 'production-external'"), '1');

  await t.test('open sessions refuse the restore (5) until they may be ended; then the old rows come back and only they', async () => {
    await change();
    const changed = await notes();
    const idle = run('docker', ['exec', server.id, 'psql', '-U', 'app', '-d', 'aspectavy', '-c', 'SELECT pg_sleep(600)']);
    await waitFor('the session is there', async () => (await server.sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'")) === '1');
    const refused = await script('restore-postgres.sh', [target, file], { FORCE: '1' });
    assert.equal(refused.status, 5, refused.stdout + refused.stderr);
    assert.match(refused.stderr, /error: sessions: 1 other sessions are connected to "aspectavy"/);
    assert.equal(await notes(), changed);
    const allowed = { FORCE: '1', TERMINATE_SESSIONS: '1', RESTORE_DROP_OLD: '1' };
    const { status, stdout, stderr } = await script('restore-postgres.sh', [target, file], allowed);
    assert.equal(status, 0, stdout + stderr);
    assert.match((await idle).stderr, /terminating connection due to administrator command/);
    assert.equal(await notes(), '1one,2two');
    assert.equal(await server.sql("SELECT count(*) FROM pg_database WHERE datname LIKE 'aspectavy%'"), '1');
    assert.equal(await server.sql("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'aspectavy'"), 'app');
    assert.equal(await server.sql("SELECT has_table_privilege('aspectavy_app', 'route', 'UPDATE')"), 't');
  });

  await t.test('a role that may not create databases restores in place', async () => {
    await server.sql('ALTER ROLE app NOCREATEDB', 'postgres');
    await change();
    const { status, stdout, stderr } = await script('restore-postgres.sh', [target, file], { FORCE: '1' });
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /The present data is in backups\/production-external-/);
    assert.equal(await notes(), '1one,2two');
  });

  await t.test('with the tools of the host', async () => {
    const binary = hostBinary(t);
    const { status, stdout, stderr } = await script('backup-postgres.sh', [target], { PG_TOOLS: 'host', ASPECTAVY_BINARY: binary });
    assert.equal(status, 0, stdout + stderr);
    assert.ok(existsSync(join(folder, stdout.trim().split('\n').at(-1) ?? '')));
  });

  await t.test('a server that is away: status 1, and no password in the message', async () => {
    await docker('stop', server.id);
    const { status, stderr } = await script('backup-postgres.sh', [target]);
    assert.equal(status, 1, stderr);
    assert.match(stderr, /error: production-external: the database cannot be reached; see the line above/);
    assert.ok(!stderr.includes('p@ss') && !stderr.includes(encodeURIComponent(password)));
  });
});

/** A command that runs the image's binary, as if it were installed here. @param {import('node:test').TestContext} t */
function hostBinary(t) {
  const folder = mkdtempSync(join(tmpdir(), 'aspectavy-host-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'aspectavy');
  writeFileSync(path, `#!/bin/sh\nexec docker run --rm --network none -e DATABASE_URL ${images.backend} "$@"\n`, { mode: 0o755 });
  return path;
}
