// A running stack with backups: what the tests of backup and restore ask of it.
// @ts-check
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run, waitFor } from './support/process.mjs';
import { images, startStack, waitForReadyz } from './support/stack.mjs';

/** @typedef {import('./support/stack.mjs').Stack} Stack */

/**
 * Runs one of the scripts in the stack's checkout.
 * @param {Stack} stack @param {string} script @param {string[]} args @param {NodeJS.ProcessEnv} [env]
 */
export function script(stack, script, args, env = {}) {
  return run(join(stack.folder, 'scripts', script), args, { cwd: stack.folder, env: { ...stack.env, ...env } });
}

/**
 * Runs one of the scripts and sends it SIGINT once `moment` is true; gives its status.
 * @param {Stack} stack @param {string} script @param {string[]} args @param {NodeJS.ProcessEnv} env
 * @param {() => Promise<boolean>} moment
 */
export async function interrupted(stack, script, args, env, moment) {
  const child = spawn(join(stack.folder, 'scripts', script), args, { env: { ...stack.env, ...env }, stdio: 'ignore' });
  const ended = once(child, 'close');
  await waitFor(`the moment to interrupt ${script}`, async () => child.exitCode !== null || (await moment()), 120);
  child.kill('SIGINT');
  return (await ended)[0];
}

/** A statement in the stack's database. @param {Stack} stack @param {string} statement */
export function sql(stack, statement) {
  return stack.mustCompose('exec', '-T', 'db', 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-U', 'aspectavy', '-d', 'aspectavy', '-c', statement);
}

/** What people have put into their routes, as one hash; the worker changes the rest at any time. @param {Stack} stack */
export function routesDigest(stack) {
  return sql(stack, `SELECT md5(string_agg(concat_ws('|', id, name, encode(line, 'hex'), created_at, deleted_at), ',' ORDER BY id)) FROM route`);
}

/**
 * Changes one route, adds one, and removes one. Without `remove` nothing that the demo would seed again is missing.
 * @param {Stack} stack @param {{ remove?: boolean }} [options]
 */
export async function changeRoutes(stack, { remove = true } = {}) {
  await sql(stack, "UPDATE route SET name = 'changed' WHERE id = (SELECT min(id::text)::uuid FROM route)");
  if (remove) await sql(stack, 'DELETE FROM route WHERE id = (SELECT max(id::text)::uuid FROM route)');
  await sql(stack, `INSERT INTO route SELECT (r).* FROM (SELECT jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(),
    'name', 'added', 'idempotency_key', NULL)) AS r FROM route t LIMIT 1) added`);
}

/** The databases of the server, without the templates. @param {Stack} stack */
export async function databases(stack) {
  return (await sql(stack, 'SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1')).split('\n');
}

/** A running local stack with the demo's routes. @param {import('node:test').TestContext} t */
export async function startWithRoutes(t) {
  const stack = await startStack(t, 'local', { env: { POSTGRES_IMAGE: images.postgres15 } });
  await waitForReadyz(stack, 200);
  assert.ok(Number(await sql(stack, 'SELECT count(*) FROM route')) > 1);
  return stack;
}

/**
 * Restores with FORCE=1.
 * @param {Stack} stack @param {string} file @param {NodeJS.ProcessEnv} [env]
 */
export function restore(stack, file, env) {
  return script(stack, 'restore-postgres.sh', [stack.target, file], { FORCE: '1', ...env });
}

/** Makes a backup that must succeed; gives the path of its file. @param {Stack} stack @param {NodeJS.ProcessEnv} [env] */
export async function backup(stack, env) {
  const { status, stdout, stderr } = await script(stack, 'backup-postgres.sh', [stack.target], env);
  assert.equal(status, 0, stdout + stderr);
  return join(stack.folder, stdout.trim().split('\n').at(-1) ?? '');
}

/**
 * A changed copy of a backup; its checksum is that of the change, or still that of the original.
 * @param {string} file @param {string} name @param {(content: Buffer) => void | Buffer} change
 * @param {{ checksum?: 'fits' | 'original' }} [options]
 */
export function forge(file, name, change, { checksum = 'fits' } = {}) {
  const copy = join(file, '..', name);
  const original = readFileSync(file);
  const changed = Buffer.from(original);
  const content = change(changed) ?? changed;
  writeFileSync(copy, content);
  const sum = createHash('sha256').update(checksum === 'fits' ? content : original).digest('hex');
  writeFileSync(`${copy}.sha256`, `${sum}  ${basename(copy)}\n`);
  return copy;
}

/** @param {Buffer} content @param {number} at */
export function flipBit(content, at) {
  content.writeUInt8(content.readUInt8(at) ^ 4, at);
}
