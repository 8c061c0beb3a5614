// All of what belongs to a person, through HTTP: exported as one archive, and forgotten for good.
// @ts-check
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { signIn, signUp } from '../support/node/accounts.mjs';
import { fakeClock, migratedDatabase, startApi, startWorker } from '../support/node/backend.mjs';
import { ContractClient } from '../support/node/contract.mjs';
import { feature } from '../support/node/lines.mjs';
import { sharedCleanup, tempDir } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { runCommand } from '../support/node/process.mjs';
import { caller, expectStatus, png, putAvatar } from '../support/node/user_area.mjs';
import { waitFor } from '../support/node/wait.mjs';

const shared = sharedCleanup(after);
/** @typedef {import('../support/node/accounts.mjs').Person} Person */
/** @type {import('../support/node/postgres.mjs').PostgresCluster} */ let cluster;
/** @type {string} */ let database;
/** @type {Record<string, string>} */ let env;
/** @type {string} */ let api;
/** @type {Awaited<ReturnType<typeof startWorker>>} */ let worker;
/** @type {ContractClient} */ let client;
/** @type {ReturnType<typeof caller>} */ let call;
/** @type {Person} */ let jane;
/** @type {Person} */ let other;

/** @param {string} sql @param {unknown[]} [values] */
const rows = async (sql, values) => (await cluster.query(database, sql, values)).rows;

before(async () => {
  cluster = await startPostgres(shared);
  database = await migratedDatabase(cluster);
  env = { ...fakeClock('2026-01-12T09:00:00Z'), MAIL_MODE: 'preview', DATABASE_URL: cluster.url(database) };
  worker = await startWorker(shared, env);
  api = (await startApi(shared, env)).url;
  client = await ContractClient.of(api);
  call = caller(client);
  jane = await signUp(api);
  other = await signUp(api);
  await call(jane, 'PATCH', 'profile', { displayName: 'Jané' });
  await call(jane, 'PUT', 'settings/map.slope_opacity', { value: 35 });
  const contact = { name: 'Frozen', email: 'oetzi@example.org', note: 'flatmate\nring twice' };
  for (let i = 0; i < 3; i += 1) expectStatus(await call(jane, 'POST', 'safety-contacts', { ...contact, phone: `11${i}` }), 201);
  const device = { platform: 'ios', environment: 'sandbox', topic: 'com.example.app', token: 'ab'.repeat(32) };
  expectStatus(await call(jane, 'POST', 'push-devices', device), 200);
  assert.equal((await putAvatar(api, jane, png(20, 20, [200, 10, 10, 100]))).status, 200);
});

test('what is elevated asks who one is', async () => {
  const person = await signUp(api);
  await cluster.query(database, 'UPDATE user_session SET elevated_until = NULL WHERE user_id = $1', [person.userId]);
  expectStatus(await call(person, 'POST', 'export'), 403, 'elevation_required');
  expectStatus(await call(person, 'POST', 'deletion'), 403, 'elevation_required');
  expectStatus(await call(person, 'GET', `exports/${randomUUID()}/archive`), 403, 'elevation_required');
  assert.equal((await rows('SELECT FROM data_export WHERE user_id = $1', [person.userId])).length, 0);
});

/** Every file of a ZIP archive, as Python reads it. @param {Uint8Array} bytes @returns {Promise<Record<string, Buffer>>} */
async function unzip(bytes) {
  const file = join(tempDir(shared), 'archive.zip');
  writeFileSync(file, bytes);
  const script =
    'import zipfile,sys,json,base64\n' +
    'z=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n' +
    'print(json.dumps({n:base64.b64encode(z.read(n)).decode() for n in z.namelist()}))';
  const { code, stdout, stderr } = await runCommand(['python3', '-c', script, file]);
  assert.equal(code, 0, stderr);
  return Object.fromEntries(
    Object.entries(JSON.parse(stdout)).map(([name, content]) => [name, Buffer.from(/** @type {string} */ (content), 'base64')]),
  );
}

describe('an export', () => {
  /** @type {string} */ let exportId;
  /** @type {Record<string, Buffer>} */ let files;
  const routeId = randomUUID();
  /** @param {Person} who @param {string} id */
  const download = (who, id) => fetch(`${api}/api/user/exports/${id}/archive`, { headers: who.headers });

  before(async () => {
    const route = await fetch(`${api}/api/routes`, {
      method: 'POST',
      headers: { ...jane.headers, 'content-type': 'application/geo+json' },
      body: JSON.stringify(feature([[11.6728, 47.115], [11.674, 47.116]], 'Lange & <steile> Tour', routeId)),
    });
    assert.equal(route.status, 201, await route.text());
    await waitFor('the compile', async () => {
      const one = await fetch(`${api}/api/routes/${routeId}`, { headers: jane.headers });
      return /** @type {any} */ (await one.json()).compile.status === 'done';
    });
  });

  test('is asked for once a day and made by the worker', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const asked = expectStatus(await call(jane, 'POST', 'export', undefined, key), 202);
    exportId = asked.json.id;
    assert.equal(expectStatus(await call(jane, 'POST', 'export', undefined, key), 202).json.id, exportId);
    const soon = expectStatus(await call(jane, 'POST', 'export'), 429, 'rate_limited');
    assert.equal(soon.headers.get('retry-after'), '86400');
    const ready = await waitFor('the archive', async () => {
      const [newest] = (await call(jane, 'GET', 'exports')).json.exports;
      assert.notEqual(newest.state, 'failed', JSON.stringify(newest));
      return newest.state === 'ready' && newest;
    });
    assert.equal(ready.expiresAt, '2026-01-13T09:00:00Z');
    assert.equal((await rows("SELECT FROM mail_outbox WHERE user_id = $1 AND kind = 'export_ready'", [jane.userId])).length, 1);
  });

  test('is a ZIP archive of every row', async () => {
    const answer = await download(jane, exportId);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'application/zip');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.match(answer.headers.get('content-disposition') ?? '', /^attachment; filename="aspectavy-2026-01-12\.zip"$/);
    files = await unzip(new Uint8Array(await answer.arrayBuffer()));
    const manifest = JSON.parse(String(files['manifest.json']));
    assert.equal(manifest.userId, jane.userId);
    for (const [name, count] of Object.entries(manifest.rows))
      assert.equal(JSON.parse(String(files[`data/${name}.json`])).length, count, name);
    const summary = (await call(jane, 'GET', 'support-summary')).json.rows;
    // Since the archive was made: the mail that tells of it, and its own state.
    for (const [name, count] of Object.entries(summary)) {
      if (!['mails', 'requests', 'sessions'].includes(name)) assert.equal(manifest.rows[name], count, name);
    }
    const contacts = JSON.parse(String(files['data/safety-contacts.json']));
    assert.ok(contacts.some((/** @type {any} */ one) => one.name === 'Frozen' && one.note === 'flatmate\nring twice'));
    assert.equal(JSON.parse(String(files['data/account.json']))[0].email, jane.email);
    assert.match(String(files['data/route-assessments.json']), /"grade"/);
    assert.equal(files['avatar.png']?.subarray(1, 4).toString(), 'PNG');
  });

  test('holds the routes as GPX', async () => {
    const gpx = String(files[`routes/${routeId}.gpx`]);
    assert.match(gpx, /<trkpt lat="47\.1150*" lon="11\.67280*"/);
    assert.match(gpx, /Lange &amp; &lt;steile&gt; Tour/);
    const again = await fetch(`${api}/api/routes`, {
      method: 'POST',
      headers: { ...other.headers, 'content-type': 'application/gpx+xml' },
      body: gpx,
    });
    assert.equal(again.status, 201, await again.text());
  });

  test('holds no secrets and nothing of other people', async () => {
    const secrets = await rows(
      `SELECT encode(token_hash, 'hex') AS secret FROM user_session UNION ALL
       SELECT encode(token_sealed, 'hex') FROM push_device UNION ALL SELECT phc FROM password_credential`,
    );
    assert.ok(secrets.length >= 3);
    const everything = Object.values(files).map(String).join('\n');
    for (const { secret } of secrets) assert.ok(!everything.includes(secret), 'a secret is in the archive');
    assert.ok(!everything.includes(other.userId));
    assert.ok(!everything.includes(other.email));
  });

  test("is its person's alone, for a day", async () => {
    const foreign = await download(other, exportId);
    assert.deepEqual([foreign.status, /** @type {any} */ (await foreign.json()).code], [404, 'export.not_found']);
    expectStatus(await call(other, 'GET', 'exports'), 200).json.exports.forEach(() => assert.fail('an export of another'));
    const tomorrow = (await startApi(shared, { ...env, ...fakeClock('2026-01-13T09:00:00Z') })).url;
    await cluster.query(database, "UPDATE user_session SET elevated_until = '2026-02-01' WHERE user_id = $1", [jane.userId]);
    const late = await fetch(`${tomorrow}/api/user/exports/${exportId}/archive`, { headers: jane.headers });
    assert.deepEqual([late.status, /** @type {any} */ (await late.json()).code], [410, 'export.gone']);
  });
});

describe('a deletion', () => {
  /** The token of the link that was mailed. @param {Person} person @returns {Promise<string>} */
  async function mailedToken({ email }) {
    const mail = await waitFor('the mail', async () => {
      const { mails } = /** @type {any} */ (await (await fetch(`${api}/api/dev/mail?to=${email}`)).json());
      return mails.find((/** @type {any} */ one) => one.kind === 'deletion_requested');
    });
    return /\/auth\/deletion\/(avl_[\w-]+)$/.exec(mail.link)?.[1] ?? '';
  }
  /** @param {string} path @param {string} token */
  const byToken = (path, token) => client.request('POST', `/api/user/deletion/${path}`, { body: { token } });

  test('closes the account at once and the mailed link opens it again', async () => {
    const person = await signUp(api);
    assert.equal((await call(person, 'GET', 'deletion')).json.status, 'none');
    const asked = expectStatus(await call(person, 'POST', 'deletion'), 202);
    assert.deepEqual([asked.json.status, asked.json.purgeAt], ['pending', '2026-01-19T09:00:00Z']);
    expectStatus(await call(person, 'GET', 'profile'), 401, 'session_revoked');
    await assert.rejects(signIn(api, person.email), /invalid_credentials/);
    const mails = await rows("SELECT state FROM mail_outbox WHERE user_id = $1 AND kind = 'deletion_requested'", [person.userId]);
    assert.equal(mails.length, 1);

    const token = await mailedToken(person);
    const pending = expectStatus(await byToken('lookup', token), 200);
    assert.match(pending.json.maskedEmail, /^w\*\*\*@example\.org$/);
    expectStatus(await byToken('lookup', `avl_${'y'.repeat(43)}`), 410, 'deletion.not_pending');
    expectStatus(await byToken('cancel', 'nonsense'), 410, 'deletion.not_pending');
    expectStatus(await byToken('cancel', token), 200);
    expectStatus(await byToken('cancel', token), 410, 'deletion.not_pending');
    expectStatus(await call(person, 'GET', 'profile'), 401, 'session_revoked');
    const back = await signIn(api, person.email);
    assert.equal((await call(back, 'GET', 'deletion')).json.status, 'cancelled');
  });

  test('of sixteen who cancel at once one succeeds', async () => {
    const person = await signUp(api);
    expectStatus(await call(person, 'POST', 'deletion'), 202);
    const token = await mailedToken(person);
    const statuses = await Promise.all(Array.from({ length: 16 }, async () => (await byToken('cancel', token)).status));
    assert.equal(statuses.filter((status) => status === 200).length, 1, statuses.join());
    assert.ok(statuses.every((status) => status === 200 || status === 410), statuses.join());
  });

  test('leaves nothing after the days of grace', async () => {
    const before = await rows(`SELECT count(*)::int AS n FROM safety_contact WHERE user_id = $1`, [jane.userId]);
    assert.equal(before[0].n, 3);
    expectStatus(await call(jane, 'POST', 'deletion'), 202);
    const token = await mailedToken(jane);
    const later = { ...env, ...fakeClock('2026-01-19T09:00:01Z') };
    // One worker leads, and its clock stands still.
    await worker.stop();
    await startWorker(shared, later);
    await waitFor('the purge', async () => (await rows('SELECT FROM deleted_user WHERE purged_at IS NOT NULL')).length === 1);
    const [{ tables }] = await rows(
      `SELECT string_agg(format('SELECT %L AS place, count(*)::int AS n FROM %I WHERE %I = %L', table_name, table_name,
         column_name, $1::text), ' UNION ALL ') AS tables FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name IN ('user_id', 'owner_id')`,
      [jane.userId],
    );
    const left = (await rows(tables)).filter((one) => one.n > 0);
    assert.deepEqual(left, []);
    assert.equal((await rows('SELECT FROM app_user WHERE id = $1', [jane.userId])).length, 0);
    const [tombstone] = await rows('SELECT removed FROM deleted_user WHERE id = $1', [jane.userId]);
    assert.deepEqual([tombstone.removed.safety_contact, tombstone.removed.route, tombstone.removed.app_user], [3, 1, 1]);
    assert.equal((await rows('SELECT FROM storage_object')).length, 0, 'picture and archive are gone');
    expectStatus(await byToken('cancel', token), 410, 'deletion.not_pending');
    assert.equal((await rows("SELECT FROM mail_outbox WHERE kind = 'deletion_done'")).length, 1);
    const anew = await signUp(api, { email: jane.email });
    assert.notEqual(anew.userId, jane.userId);
    assert.equal((await call(other, 'GET', 'profile')).status, 200);
  });
});
