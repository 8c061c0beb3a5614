// Deploying and rolling back on a real stack: staging with its bundled Postgres, one release after the other.
// @ts-check
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { request } from './support/http.mjs';
import { docker, run, waitFor } from './support/process.mjs';
import { buildRelease, releaseImage } from './support/releases.mjs';
import { images, prepareStack } from './support/stack.mjs';

/** @typedef {'first' | 'second' | 'brokenMigration' | 'neverHealthy' | 'incompatible'} Name */

const image = releaseImage();
const shaOf = (/** @type {string} */ digits) => digits.repeat(10);
/** @type {import('./support/stack.mjs').Stack} */
let stack;
/** @type {import('node:test').TestContext} */
let file;
let schema = 0;

/** @param {string} script @param {string[]} args @param {Record<string, string>} [env] */
const script = (script, args, env = {}) =>
  run(join(stack.folder, 'scripts', script), args, { cwd: '/', env: { ...stack.env, BACKEND_TAG: undefined, ...env } });

/** What is wrong with a release. @type {() => Record<Name, import('./support/releases.mjs').Faults>} */
const faults = () => {
  const beyond = { "'schema --max'": `echo ${schema + 1}; exit 0` };
  return {
    first: {},
    second: {},
    brokenMigration: { ...beyond, migrate: 'echo "migration 0099 failed: division by zero" >&2; exit 1' },
    neverHealthy: { api: 'exec sleep 600' },
    incompatible: { ...beyond, api: 'exec sleep 600' },
  };
};

/** @type {Record<Name, string>} */
const shas = {
  first: shaOf('a1a1'),
  second: shaOf('b2b2'),
  brokenMigration: shaOf('c3c3'),
  neverHealthy: shaOf('d4d4'),
  incompatible: shaOf('e5e5'),
};
const built = new Set();

/** Puts a release into the folder as a copied bundle does, and deploys it. Its image is made when it first comes up: a
 * deployment removes images that look older than three others. @param {Name} name @param {Record<string, string>} [env] */
async function deploy(name, env) {
  if (!built.has(name)) await buildRelease(file, image, shas[name], faults()[name]);
  built.add(name);
  writeFileSync(join(stack.folder, '.deploy-sha'), `${shas[name]}\n`);
  return script('deploy-stack.sh', ['staging'], env);
}

/** @param {string} name */
const recorded = (name) => JSON.parse(readFileSync(join(stack.folder, '.deploy/staging', `${name}.json`), 'utf8'));
const containers = async () => Promise.all(['db', 'api', 'worker'].map((service) => stack.container(service)));
const sql = (/** @type {string} */ text) =>
  stack.mustCompose('exec', '-T', 'db', 'psql', '-U', 'aspectavy', '-d', 'aspectavy', '-tAc', text);

/** The release that answers. */
async function serving() {
  const { status, body } = await request(`${stack.url}/readyz`);
  assert.equal(status, 200, body);
  const { sha } = JSON.parse(body).build;
  return Object.keys(shas).find((name) => shas[/** @type {Name} */ (name)].startsWith(sha)) ?? sha;
}

/** A migration that this build does not know and no older build tolerates, as a newer release leaves it. */
const migrateBeyond = () =>
  sql(`INSERT INTO schema_migration (number, name, min_compatible_app_schema, sha256)
       VALUES (${schema + 1}, 'later', ${schema + 1}, 'of a newer build')`);

before(async (t) => {
  file = /** @type {import('node:test').TestContext} */ (t);
  // Removed by the hooks of the stack, which are this file's: the tests share it.
  stack = await prepareStack(file, 'staging-bundled', { env: { POSTGRES_IMAGE: images.postgres15, BACKEND_IMAGE: image } });
  schema = Number(await docker('run', '--rm', '--network', 'none', images.backend, 'schema', '--max'));
});

after(async () => {
  await stack.compose('down', '--timeout', '5');
  await docker('volume', 'rm', '--force', stack.volume);
});

test('the first deployment serves, and its preflight has no failure', async () => {
  const { status, stdout, stderr } = await deploy('first');
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /\npreflight: \d+ ok, \d+ warnings?, 0 failed\n/);
  assert.match(stdout, /\nsmoke-check: \d+ ok, 0 failed\n/);
  assert.equal(await serving(), 'first');
  assert.equal(recorded('current').schema_max, String(schema));
});

test('the same release again changes nothing: every container is the same', async () => {
  const earlier = await containers();
  const { status, stdout, stderr } = await deploy('first');
  assert.equal(status, 0, stdout + stderr);
  assert.deepEqual(await containers(), earlier);
});

test('another release replaces api and worker and leaves the database’s container alone', async () => {
  const [db, api, worker] = await containers();
  const { status, stdout, stderr } = await deploy('second');
  assert.equal(status, 0, stdout + stderr);
  assert.equal(await serving(), 'second');
  const now = await containers();
  assert.equal(now[0], db);
  assert.ok(now[1] !== api && now[2] !== worker);
  assert.equal(recorded('previous').sha, shas.first);
});

test('a rollback and back again, with the same database container', async () => {
  const [db] = await containers();
  const back = await script('rollback.sh', ['staging']);
  assert.equal(back.status, 0, back.stdout + back.stderr);
  assert.equal(await serving(), 'first');
  const forth = await script('rollback.sh', ['staging', shas.second]);
  assert.equal(forth.status, 0, forth.stdout + forth.stderr);
  assert.equal(await serving(), 'second');
  assert.equal((await containers())[0], db);
});

test('a release whose migration fails: backed up, nothing replaced, the old one serves', async () => {
  const earlier = await containers();
  const { status, stdout, stderr } = await deploy('brokenMigration');
  assert.equal(status, 1, stdout + stderr);
  assert.match(stdout, /Backed up to \S*backups\/staging-bundled-\d{8}-\d{6}\.dump\n/);
  assert.match(stderr, /division by zero[^]*error: migration: it failed/);
  assert.deepEqual(await containers(), earlier);
  assert.equal(await serving(), 'second');
  assert.equal(readdirSync(join(stack.folder, 'backups')).filter((name) => name.endsWith('.dump')).length, 1);
});

test('a release that never becomes healthy is rolled back by itself; meanwhile a second deployment is refused', async () => {
  const [db] = await containers();
  const failing = deploy('neverHealthy', { DEPLOY_WAIT_SECONDS: '20' });
  await waitFor(
    'the lock has a holder',
    () =>
      existsSync(join(stack.folder, '.deploy/lock')) &&
      readFileSync(join(stack.folder, '.deploy/lock'), 'utf8').includes(shas.neverHealthy.slice(0, 12)),
  );
  const second = await script('deploy-stack.sh', ['staging']);
  assert.equal(second.status, 6, second.stderr);
  assert.match(
    second.stderr,
    /another deployment is at work \(deploy of staging d4d4d4d4d4d4 by \S+, pid \d+, since \S+\)/,
  );
  const { status, stdout, stderr } = await failing;
  assert.equal(status, 8, stdout + stderr);
  assert.match(stderr, /d4d4d4d4d4d4 did not become healthy within 20 s/);
  assert.match(stderr, /d4d4d4d4d4d4 failed, and b2b2b2b2b2b2 serves again/);
  assert.equal(await serving(), 'second');
  assert.equal(recorded('current').sha, shas.second);
  assert.equal((await containers())[0], db);
});

test('a rollback across an incompatible schema is refused and changes nothing', async () => {
  const earlier = await containers();
  await migrateBeyond();
  const { status, stderr } = await script('rollback.sh', ['staging', shas.first]);
  await sql(`DELETE FROM schema_migration WHERE number = ${schema + 1}`);
  assert.equal(status, 5, stderr);
  assert.match(stderr, new RegExp(`schema ${schema + 1} is newer than image a1a1a1a1a1a1 \\(max ${schema}\\)`));
  assert.deepEqual(await containers(), earlier);
});

test('where no rollback is possible: 9, and the commands it names bring data and release back', async () => {
  await migrateBeyond();
  const { status, stdout, stderr } = await deploy('incompatible', { DEPLOY_WAIT_SECONDS: '10' });
  assert.equal(status, 9, stdout + stderr);
  const commands = /restore the backup and the release: (.*)\n$/.exec(stderr)?.[1] ?? '';
  const undone = await run('bash', ['-c', commands], {
    cwd: stack.folder,
    env: { ...stack.env, BACKEND_TAG: undefined },
  });
  assert.equal(undone.status, 0, `${commands}\n${undone.stdout}${undone.stderr}`);
  assert.equal(await serving(), 'second');
  assert.equal(await sql('SELECT max(number) FROM schema_migration'), String(schema));
});
