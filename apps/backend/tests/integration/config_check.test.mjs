// Settings judged before anything runs: the examples as they are, filled-in files, and the database for the tools.
// @ts-check
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runBackend } from '../support/node/backend.mjs';
import { repository, tempDir } from '../support/node/places.mjs';

/** @param {string} target */
const examplePath = (target) => join(repository, `apps/backend/.env.${target}.example`);

/** @param {string} file @param {string} [role] */
const checkFile = (file, role = 'all') => runBackend(['config', 'check', '--env-file', file, '--role', role], { APP_ENV: undefined });

/** Names with the value of an example's placeholder. @param {string} text */
const placeholdersOf = (text) => [...text.matchAll(/^([A-Z0-9_]+)=__CHANGE_ME__$/gm)].map(([, name]) => name);

/** The example with these values in place of its own. @param {string} target @param {Record<string, string>} values */
function filledIn(target, values) {
  let text = readFileSync(examplePath(target), 'utf8');
  for (const [name, value] of Object.entries(values)) {
    const line = new RegExp(`^#?${name}=.*$`, 'm');
    assert.match(text, line, `${name} is not in the example`);
    text = text.replace(line, () => `${name}='${value}'`);
  }
  return text;
}

test('the local example passes as it is', async () => {
  const { code, stdout, stderr } = await checkFile(examplePath('local'));
  assert.deepEqual([code, stdout, stderr], [0, 'config ok\n', '']);
});

for (const target of ['staging', 'production']) {
  test(`the ${target} example is refused as it is, with every placeholder by name`, async () => {
    const placeholders = placeholdersOf(readFileSync(examplePath(target), 'utf8'));
    for (const name of ['DATABASE_URL', 'POSTGRES_PASSWORD', 'PUBLIC_HOSTS']) assert.ok(placeholders.includes(name), name);
    const { code, stdout, stderr } = await checkFile(examplePath(target));
    assert.equal(code, 78);
    assert.equal(stdout, '');
    const named = [...stderr.matchAll(/^config error: ([A-Z0-9_]+): must be your own value/gm)].map(([, name]) => name);
    assert.deepEqual(named.sort(), placeholders.sort());
  });

  test(`the ${target} example passes when filled in, with a database of one's own or the bundled one`, async (t) => {
    const file = join(tempDir(t), '.env');
    const common = {
      PUBLIC_HOSTS: 'api.avalanche.test', CADDY_HOST: '', OPS_TOKEN: 'k'.repeat(32), SESSION_SECRET: 's'.repeat(32),
      PUBLIC_APP_URL: 'https://app.avalanche.test', MAIL_FROM: 'no-reply@avalanche.test', SMTP_HOST: 'smtp.avalanche.test',
    };
    const own = { ...common, DATABASE_URL: 'postgres://a:b%23@db.avalanche.test/a', POSTGRES_PASSWORD: '' };
    const bundled = { ...common, DATABASE_URL: '', POSTGRES_PASSWORD: "pa$w#rd \"and more" };
    for (const values of [own, bundled]) {
      writeFileSync(file, filledIn(target, values));
      const { code, stderr } = await checkFile(file);
      assert.deepEqual([code, stderr], [0, '']);
    }
    writeFileSync(file, filledIn(target, { ...bundled, POSTGRES_PASSWORD: '' }));
    const neither = await checkFile(file);
    assert.equal(neither.code, 78);
    assert.match(neither.stderr, /^config error: DATABASE_URL: must be set, or PGHOST/m);
  });
}

test('a role is told its own faults only', async (t) => {
  const file = join(tempDir(t), '.env');
  writeFileSync(file, 'APP_ENV=local\nDATABASE_URL=postgres://a@db/a\nPORT=x\nCOMPILE_THREADS=none\n');
  for (const [role, names] of /** @type {const} */ ([['api', ['PORT']], ['worker', ['COMPILE_THREADS']], ['migrate', []], ['all', ['PORT', 'COMPILE_THREADS']]])) {
    const { stderr } = await checkFile(file, role);
    assert.deepEqual([...stderr.matchAll(/^config error: ([A-Z_]+)/gm)].map(([, name]) => name), names, role);
  }
});

test('a file: every fault with its line, unknown names with the nearest, no secret', async (t) => {
  const file = join(tempDir(t), '.env');
  writeFileSync(file, "APP_ENV=production\nPGPASSWORD=hush$hush\nnonsense\nPUBLIC_HOST=api.avalanche.test\nPUBLIC_HOSTS='a.test'\n");
  const { code, stderr } = await checkFile(file);
  assert.equal(code, 78);
  assert.match(stderr, /^config error: line 2: PGPASSWORD: Compose takes \$/m);
  assert.match(stderr, /^config error: line 3: /m);
  assert.match(stderr, /^config error: DATABASE_URL: /m);
  assert.match(stderr, /^warning: PUBLIC_HOST is no known setting.*PUBLIC_HOSTS\?/m);
  assert.doesNotMatch(stderr, /hush/);
  assert.equal((await checkFile(join(tempDir(t), 'absent'))).code, 66);
});

test('config list names every row of the documentation', async () => {
  const { stdout } = await runBackend(['config', 'list', '--json']);
  /** @type {{ name: string, kind: string, secret: boolean, default: string }[]} */
  const rows = JSON.parse(stdout);
  const byName = new Map(rows.map((row) => [row.name, row]));
  const documented = [...readFileSync(join(repository, 'docs/operate/configuration.md'), 'utf8').matchAll(/^\| `([A-Z0-9_]+)`/gm)];
  assert.deepEqual(documented.map(([, name]) => name).sort(), [...byName.keys()].sort());
  assert.equal(byName.get('POSTGRES_PASSWORD')?.kind, 'compose');
  assert.equal(byName.get('POSTGRES_PASSWORD')?.secret, true);
  assert.equal(byName.get('PORT')?.kind, 'application');
  assert.equal(byName.get('PORT')?.default, '3001');
  const lines = (await runBackend(['config', 'list'])).stdout.trimEnd().split('\n');
  assert.equal(lines.length, rows.length);
  assert.ok(lines.includes('DATABASE_URL\tapplication\tsecret\t'));
});

test('db-service: the database for PostgreSQL tools, with TLS where it is far', async () => {
  const service = (/** @type {Record<string, string>} */ env) => runBackend(['db-service', '--name', 'main'], env);
  const parts = { PGHOST: 'db', PGUSER: 'u', PGPASSWORD: 'p@ /#%\'"\\', PGDATABASE: 'd' };
  assert.equal((await service(parts)).stdout, '[main]\nuser=u\npassword=p@ /#%\'"\\\ndbname=d\nhost=db\n');
  const far = await service({ APP_ENV: 'production', DATABASE_URL: 'postgres://u:p%23@db.avalanche.test/d' });
  assert.equal(far.stdout, '[main]\nuser=u\npassword=p#\ndbname=d\nhost=db.avalanche.test\nsslmode=require\n');
  const unfit = await service({ ...parts, PGPASSWORD: 'hush ' });
  assert.deepEqual([unfit.code, unfit.stdout], [65, '']);
  assert.match(unfit.stderr, /password ends with white space/);
  assert.doesNotMatch(unfit.stderr, /hush/);
});
