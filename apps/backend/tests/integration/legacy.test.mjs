// People who had an account at Firebase: exported by the utility from a stand-in for Google, imported at the command
// line, and let in by password or by a mailed link.
// @ts-check
import assert from 'node:assert/strict';
import { createHash, createPublicKey, createVerify, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { postJson } from '../support/node/accounts.mjs';
import { migratedDatabase, runBackend, startApi, startWorker } from '../support/node/backend.mjs';
import { fromAnywhere } from '../support/node/http_client.mjs';
import { repository, sharedCleanup, tempDir } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { runCommand } from '../support/node/process.mjs';
import { waitFor } from '../support/node/wait.mjs';

// A project of our own, with one of its users; see the vectors of the unit test.
const project = {
  algorithm: 'SCRYPT',
  signerKey: 'TQGAYIX9XL3lv9WG/jB4i/TjC6WmY+A31luSjYCXIXsk7hf8bLqxZrC3j11bynDlX3p6wIZlLcH8jQZANPpkbw==',
  saltSeparator: 'Bw==',
  rounds: 8,
  memoryCost: 14,
};
const password = 'correct horse';
const salt = 'AAECAwQFBgcICQ==';
const hash = 'T6hoRcoPaXEavKMjYq_p72w01qSDE-oGMi39O9dDmVHg5WzsLGHNq1txdDOKGImXctmsY-GdfhZKY-izpjkJgg==';

/** @param {string} localId @param {string} email @param {object} [more] */
const user = (localId, email, more = {}) => ({
  localId, email, emailVerified: true, passwordHash: hash, salt, version: 0, displayName: 'Jane', createdAt: '1700000000000', ...more,
});

const shared = sharedCleanup(after);
/** @type {import('../support/node/postgres.mjs').PostgresCluster} */ let cluster;
/** @type {string} */ let template;

before(async () => {
  cluster = await startPostgres(shared);
  template = await migratedDatabase(cluster);
});

/** @param {object} [more] */
async function settings(more = {}) {
  const database = await migratedDatabase(cluster, { template });
  const env = {
    APP_ENV: 'test',
    DATABASE_URL: cluster.url(database),
    LEGACY_FIREBASE_ENABLED: 'on',
    LEGACY_FIREBASE_SIGNER_KEY: project.signerKey,
    ...more,
  };
  return { database, env };
}

/** @param {import('../support/node/places.mjs').Cleanup} t @param {object[]} users */
function writeExport(t, users) {
  const path = join(tempDir(t), 'users.json');
  writeFileSync(path, JSON.stringify({ users }));
  return path;
}

/** @param {Record<string, string | undefined>} env @param {string} file @param {...string} more */
async function importFile(env, file, ...more) {
  const { code, stdout, stderr } = await runBackend(['admin', 'legacy', 'import', file, '--json', ...more], env);
  assert.equal(code, 0, stdout + stderr);
  for (const text of [stdout, stderr]) assert.ok(!text.includes(hash.slice(0, 20)) && !text.includes(salt), 'no hash is shown');
  return JSON.parse(stdout);
}

/** @param {string} api @param {string} email @param {string} typed */
const signIn = (api, email, typed) => postJson(api, '/api/auth/sign-in', { email, password: typed, client: 'ios' }, fromAnywhere());

describe('aspectavy admin legacy import', () => {
  test('rehearses, imports, and a second time changes nothing; the act is in the audit', async (t) => {
    const { database, env } = await settings();
    const file = writeExport(t, [user('u1', 'Jane@example.org'), user('u2', 'jane@EXAMPLE.org'), user('u3', 'nobody'), user('u4', 'link@example.org', { passwordHash: undefined, salt: undefined })]);
    const expected = { read: 4, changed: 0, unchanged: 0, migrated: 0, withoutPassword: 1 };
    const leftOut = [
      { number: 2, localId: 'u2', email: 'j***@EXAMPLE.org', reason: 'duplicate' },
      { number: 3, localId: 'u3', email: '', reason: 'bad_email' },
    ];
    assert.deepEqual(await importFile(env, file, '--dry-run'), { dryRun: true, ...expected, imported: 2, leftOut });
    const count = async (/** @type {string} */ what) => Number((await cluster.query(database, `SELECT count(*) AS n FROM ${what}`)).rows[0].n);
    assert.equal((await count('legacy_firebase_credential')) + (await count('audit_event')), 0);
    assert.deepEqual(await importFile(env, file), { dryRun: false, ...expected, imported: 2, leftOut });
    const again = await importFile(env, file);
    assert.deepEqual([again.imported, again.unchanged], [0, 2]);
    assert.equal(await count("audit_event WHERE action = 'legacy.import'"), 2);
    const plain = await runBackend(['admin', 'legacy', 'import', file], env);
    assert.equal(plain.code, 0, plain.stderr);
    assert.match(plain.stdout, /left out: +2\n[^]*j\*\*\*@EXAMPLE\.org +duplicate/);
  });

  test('a file that is cut off keeps nothing of it', async (t) => {
    const { database, env } = await settings();
    const path = join(tempDir(t), 'users.json');
    writeFileSync(path, `{"users":[${JSON.stringify(user('u1', 'jane@example.org'))},{"localId":`);
    const { code, stderr } = await runBackend(['admin', 'legacy', 'import', path], env);
    assert.notEqual(code, 0);
    assert.match(stderr, /user 2 is cut off/);
    assert.equal((await cluster.query(database, 'SELECT 1 FROM legacy_firebase_credential')).rowCount, 0);
    const missing = await runBackend(['admin', 'legacy', 'import', '/nowhere.json'], env);
    assert.match(missing.stderr, /nowhere\.json cannot be opened/);
  });
});

describe('a legacy account', () => {
  test('is let in by its password, once brought over for good', async (t) => {
    const { database, env } = await settings({ REGISTRATION_MODE: 'verify_first' });
    await importFile(env, writeExport(t, [user('u1', 'jane@example.org'), user('u2', 'off@example.org', { disabled: true })]));
    const { url: api, process } = await startApi(t, env);
    assert.equal((await signIn(api, 'jane@example.org', 'wrong')).status, 401);
    assert.equal((await signIn(api, 'off@example.org', password)).status, 401);
    const answers = await Promise.all(Array.from({ length: 8 }, () => signIn(api, 'JANE@example.org', password)));
    assert.deepEqual(answers.map(({ status }) => status), Array.from({ length: 8 }, () => 200));
    const ids = new Set((await Promise.all(answers.map((answer) => answer.json()))).map(({ user: { id } }) => id));
    assert.equal(ids.size, 1, 'one account');
    const { rows } = await cluster.query(database, "SELECT password_hash, salt, email FROM legacy_firebase_credential WHERE local_id = 'u1'");
    assert.deepEqual(rows, [{ password_hash: null, salt: null, email: null }]);
    assert.equal((await signIn(api, 'jane@example.org', password)).status, 200, 'by the password of ours');
    for (const secret of [hash.slice(0, 20), password, 'jane@example.org']) assert.ok(!process.output.includes(secret));
  });

  test('keeps others from registering its address, and stays closed where the setting is off', async (t) => {
    const { env } = await settings();
    await importFile(env, writeExport(t, [user('u1', 'jane@example.org')]));
    const { url: api } = await startApi(t, env);
    const body = { email: 'jane@example.org', password: 'a cold clear morning 4', client: 'ios' };
    const answer = await postJson(api, '/api/auth/register', body, fromAnywhere());
    assert.deepEqual([answer.status, (await answer.json()).code], [409, 'email_taken']);
    const { url: closed } = await startApi(t, { ...env, LEGACY_FIREBASE_ENABLED: 'off' });
    assert.equal((await signIn(closed, 'jane@example.org', password)).status, 401);
    assert.equal((await signIn(api, 'jane@example.org', password)).status, 200);
  });

  test('is found by whoever asks for a link to it', async (t) => {
    const { database, env } = await settings();
    await importFile(env, writeExport(t, [user('u1', 'jane@example.org')]));
    const { url: api } = await startApi(t, env);
    await startWorker(t, env);
    const asked = await postJson(api, '/api/auth/magic-link', { email: 'jane@example.org' }, fromAnywhere());
    assert.equal(asked.status, 202, await asked.clone().text());
    await waitFor('a link for an account of ours', async () => {
      const { rowCount } = await cluster.query(database, 'SELECT 1 FROM auth_token JOIN app_user ON app_user.id = user_id');
      return rowCount === 1;
    });
    assert.equal((await signIn(api, 'jane@example.org', password)).status, 200, "asking took nobody's password away");
  });

  test('loses its password after the last day', async (t) => {
    const { database, env } = await settings({ LEGACY_FIREBASE_DROP_AFTER: '2020-01-01' });
    await importFile(env, writeExport(t, [user('u1', 'jane@example.org')]));
    const { url: api } = await startApi(t, env);
    assert.equal((await signIn(api, 'jane@example.org', password)).status, 401);
    await startWorker(t, env);
    await waitFor('the hash to be deleted', async () => {
      const { rows } = await cluster.query(database, 'SELECT count(password_hash) AS n FROM legacy_firebase_credential');
      return Number(rows[0].n) === 0;
    });
  });
});

describe('tools/legacy-firebase-export', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

  /** Google as far as the utility asks it. @param {import('../support/node/places.mjs').Cleanup} t
   * @param {{ pages: object[][], hashConfig?: object, failures?: number }} what */
  async function startGoogle(t, { pages, hashConfig = project, failures = 0 }) {
    /** @type {string[]} */ const asked = [];
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text) => (body += text));
      request.on('end', () => {
        const url = new URL(request.url ?? '', 'http://google');
        asked.push(url.pathname);
        const json = (/** @type {unknown} */ value, status = 200) =>
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
        if (failures > 0) {
          failures -= 1;
          return json({}, 503);
        }
        if (url.pathname === '/token') {
          const [head, claims, signature = ''] = new URLSearchParams(body).get('assertion')?.split('.') ?? [];
          const isGood = createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })), signature, 'base64url');
          return isGood ? json({ access_token: 'the token', expires_in: 3600 }) : json({}, 401);
        }
        if (request.headers.authorization !== 'Bearer the token') return json({}, 401);
        if (url.pathname === '/admin/v2/projects/demo/config') return json({ signIn: { hashConfig } });
        const page = Number(url.searchParams.get('nextPageToken') ?? 0);
        if (url.pathname === '/v1/projects/demo/accounts:batchGet') return json({ users: pages[page] ?? [], nextPageToken: `${page + 1}` });
        return json({}, 404);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => new Promise((resolve) => server.close(resolve)));
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const folder = tempDir(t);
    const url = `http://127.0.0.1:${port}`;
    const account = {
      project_id: 'demo',
      client_email: 'export@demo.example',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      token_uri: `${url}/token`,
    };
    writeFileSync(join(folder, 'key.json'), JSON.stringify(account));
    const run = () =>
      runCommand([process.execPath, join(repository, 'tools/legacy-firebase-export/export.mjs'), '--service-account', 'key.json', '--out', 'users.json', '--parameters', 'legacy.env', '--api-url', url], { cwd: folder });
    return { folder, run, asked };
  }

  test('writes what the import reads, page by page, for its owner only', async (t) => {
    const foreign = user('u3', 'other@example.org', { version: 3 });
    const google = await startGoogle(t, { pages: [[user('u1', 'jane@example.org', { phoneNumber: '+43 1', customAttributes: '{}' })], [foreign, { localId: 'u4', email: 'apple@example.org' }]], failures: 2 });
    const { code, stdout, stderr } = await google.run();
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^3 users, 1 of them with a password/);
    for (const name of ['users.json', 'legacy.env']) assert.equal(statSync(join(google.folder, name)).mode & 0o777, 0o600, name);
    const { users } = JSON.parse(readFileSync(join(google.folder, 'users.json'), 'utf8'));
    assert.deepEqual(Object.keys(users[0]).sort(), ['createdAt', 'disabled', 'displayName', 'email', 'emailVerified', 'localId', 'passwordHash', 'salt']);
    assert.equal(users[1].passwordHash, undefined, 'a hash of another kind');
    const lines = readFileSync(join(google.folder, 'legacy.env'), 'utf8').trim().split('\n');
    const { database, env } = await settings(Object.fromEntries(lines.map((line) => /^([^=]+)=(.*)$/.exec(line)?.slice(1) ?? [])));
    assert.equal((await importFile(env, join(google.folder, 'users.json'))).imported, 3);
    const { url: api } = await startApi(t, env);
    assert.equal((await signIn(api, 'jane@example.org', password)).status, 200);
    assert.equal((await cluster.query(database, 'SELECT 1 FROM app_user')).rowCount, 1);
    const before = createHash('sha256').update(readFileSync(join(google.folder, 'users.json'))).digest('hex');
    const second = await google.run();
    assert.equal(second.code, 1, 'nothing is overwritten');
    assert.equal(createHash('sha256').update(readFileSync(join(google.folder, 'users.json'))).digest('hex'), before);
  });

  test('says what is missing when Google hides the passwords', async (t) => {
    const hidden = await startGoogle(t, { pages: [[user('u1', 'jane@example.org', { passwordHash: Buffer.from('REDACTED').toString('base64') })]] });
    const { code, stderr } = await hidden.run();
    assert.equal(code, 1);
    assert.match(stderr, /^error: passwords are hidden: [^\n]*getHashConfig/);
    const without = await startGoogle(t, { pages: [], hashConfig: {} });
    assert.match((await without.run()).stderr, /^error: the project does not show its hash parameters/);
    const other = await startGoogle(t, { pages: [], hashConfig: { ...project, algorithm: 'BCRYPT' } });
    assert.match((await other.run()).stderr, /BCRYPT, not by SCRYPT/);
    assert.ok(!stderr.includes('PRIVATE KEY'));
  });
});
