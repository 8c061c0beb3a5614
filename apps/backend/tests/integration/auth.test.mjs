// Registering and signing in, over HTTP: the ways in, and what is said to who may not come in.
// @ts-check
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { password, signUp } from '../support/node/accounts.mjs';
import { migratedDatabase, startApi } from '../support/node/backend.mjs';
import { cookieOf, fromAnywhere, looksOf, send } from '../support/node/http_client.mjs';
import { sharedCleanup } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';

const shared = sharedCleanup(after);
/** @type {import('../support/node/postgres.mjs').PostgresCluster} */ let cluster;
/** @type {string} */ let database;
/** @type {string} */ let api;
/** Of its database every other one is made. @type {string} */ let template;

before(async () => {
  cluster = await startPostgres(shared);
  template = await migratedDatabase(cluster);
  database = await migratedDatabase(cluster, { template });
  api = (await startApi(shared, { DATABASE_URL: cluster.url(database) })).url;
});

const newEmail = () => `walker-${randomUUID()}@example.org`;

/** @param {string} path @param {unknown} body @param {string} [at] URL of an api */
const post = (path, body, at = api) => send(at, 'POST', path, { body, headers: fromAnywhere() });
/** @param {object} [changes] @param {string} [at] */
const register = (changes = {}, at = api) =>
  post('/api/auth/register', { email: newEmail(), password, client: 'ios', ...changes }, at);
/** @param {object} changes @param {string} [at] */
const signIn = (changes, at = api) => post('/api/auth/sign-in', { password, client: 'ios', ...changes }, at);

/** @param {import('../support/node/http_client.mjs').Answer} answer @param {number} status @param {string} code */
function mustRefuse(answer, status, code) {
  assert.deepEqual([answer.status, answer.json?.code], [status, code], answer.text);
  return answer.json;
}

describe('registering', { concurrency: 8 }, () => {
  test('an app gets its token in the body and no cookie', async () => {
    const answer = await register({ displayName: 'Jane' });
    assert.equal(answer.status, 201, answer.text);
    assert.match(answer.json.token, /^avs_[\w-]{43}$/);
    assert.equal(answer.headers['set-cookie'], undefined);
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.deepEqual([answer.json.user.displayName, answer.json.user.emailVerified], ['Jane', false]);
    const session = await send(api, 'GET', '/api/auth/session', { headers: { authorization: `Bearer ${answer.json.token}` } });
    assert.equal(session.json.user.id, answer.json.user.id);
  });

  test('a browser gets its token as a cookie and nowhere else', async () => {
    const answer = await register({ client: 'web' });
    const cookie = cookieOf(answer);
    assert.match(cookie.value, /^avs_[\w-]{43}$/);
    assert.equal(answer.json.token, null);
    assert.ok(!answer.text.includes(cookie.value));
    const session = await send(api, 'GET', '/api/auth/session', { headers: { cookie: cookie.pair } });
    assert.equal(session.json.user.id, answer.json.user.id);
  });

  test('an address has one account, however its letters are written', async () => {
    const email = newEmail();
    assert.equal((await register({ email })).status, 201);
    mustRefuse(await register({ email }), 409, 'email_taken');
    mustRefuse(await register({ email: email.toUpperCase() }), 409, 'email_taken');
    assert.equal((await signIn({ email: email.toUpperCase() })).status, 200);
  });

  const acceptable = [
    ['10 characters', 'velvet-9oa'],
    ['128 characters of 4 bytes', [...Array(128).keys()].map((i) => String.fromCodePoint(0x1f300 + ((i * 37) % 200))).join('')],
    ['white space at both ends', '  velvet tundra 9  '],
  ];
  for (const [name, good] of acceptable) {
    test(`a password of ${name} is taken as it is`, async () => {
      const email = newEmail();
      const answer = await register({ email, password: good });
      assert.equal(answer.status, 201, answer.text);
      assert.equal((await signIn({ email, password: good })).status, 200);
      mustRefuse(await signIn({ email, password: good?.trim() === good ? `${good} ` : good?.trim() }), 401, 'invalid_credentials');
    });
  }

  const unacceptable = [
    ['9 characters', 'velvet-9o'],
    ['129 characters', 'tundra-velvet'.repeat(10).slice(0, 129)],
    ['1,025 bytes', 'é'.repeat(513).slice(0, 512) + 'a'],
    ['a common one', 'password123'],
    ['the product', 'aspectavy2026'],
    ['the address', 'walker-of-alps'],
    ['one letter', 'aaaaaaaaaaaaaaaa'],
  ];
  for (const [name, bad] of unacceptable) {
    test(`a password that is ${name} is refused at its place`, async () => {
      const answer = await register({ email: `walker-of-alps@example.org`, password: bad });
      const problem = mustRefuse(answer, 422, 'validation_failed');
      assert.deepEqual(problem.errors.map((/** @type {any} */ one) => one.path), ['password']);
      assert.ok(!answer.text.includes(String(bad)), 'a password is never said back');
    });
  }

  test('a password counts byte for byte: composed and decomposed letters are two', async () => {
    const email = newEmail();
    const composed = 'pässwörd-tundra'.normalize('NFC');
    assert.equal((await register({ email, password: composed })).status, 201);
    mustRefuse(await signIn({ email, password: composed.normalize('NFD') }), 401, 'invalid_credentials');
    assert.equal((await signIn({ email, password: composed })).status, 200);
  });

  for (const email of ['', 'a', 'a@b', 'a b@example.org', 'a@example.org\r\nBcc: b@example.org', '"a"@example.org', 'a@[127.0.0.1]',
    `${'a'.repeat(65)}@example.org`, 'a@-example.org', 'ä@example.org', 'a..b@example.org', 'a@example.org,b@example.org']) {
    test(`${JSON.stringify(email)} is no address`, async () => {
      const problem = mustRefuse(await register({ email }), 422, 'validation_failed');
      assert.deepEqual(problem.errors.map((/** @type {any} */ one) => one.path), ['email']);
    });
  }

  test('the faults of all members are told at once', async () => {
    const problem = mustRefuse(await post('/api/auth/register', { password: 7, client: 'tv', role: 'operator' }), 422, 'validation_failed');
    const paths = problem.errors.map((/** @type {any} */ one) => one.path).sort();
    assert.deepEqual(paths, ['client', 'email', 'password', 'role']);
  });
});

describe('registering where addresses are proven first', () => {
  test('a known and a new address are answered alike, and nobody signs in before', async (t) => {
    const { url } = await startApi(t, {
      DATABASE_URL: cluster.url(await migratedDatabase(cluster, { template })), REGISTRATION_MODE: 'verify_first' });
    const email = newEmail();
    const first = await register({ email }, url);
    assert.deepEqual([first.status, first.json], [202, { status: 'accepted' }]);
    const second = await register({ email }, url);
    assert.deepEqual(looksOf(second), looksOf(first));
    mustRefuse(await signIn({ email }, url), 401, 'invalid_credentials');
  });
});

describe('registering by invitation', () => {
  test('needs a code that is open, and uses it up', async (t) => {
    const name = await migratedDatabase(cluster, { template });
    const open = await startApi(t, { DATABASE_URL: cluster.url(name) });
    const { url } = await startApi(t, { DATABASE_URL: cluster.url(name), REGISTRATION_INVITE_ONLY: 'on' });
    const host = await signUp(open.url);
    const invite = async () => {
      const made = await send(url, 'POST', '/api/auth/invites', { body: { note: 'Jane' }, headers: host.headers });
      assert.equal(made.status, 201, made.text);
      return made.json;
    };
    for (const inviteCode of [undefined, 'AAAA-BBBB-CCCC-DDDD', '']) {
      const answer = await register({ inviteCode }, url);
      assert.ok([403, 422].includes(answer.status), `${inviteCode}: ${answer.text}`);
    }
    const { code, id } = await invite();
    const typed = code.toLowerCase().replace(/(.{4})/g, '$1 ').replaceAll('0', 'o').replaceAll('1', 'l').trim();
    assert.equal((await register({ inviteCode: typed }, url)).status, 201, `typed as ${typed}`);
    mustRefuse(await register({ inviteCode: code }, url), 403, 'invite_required');
    const list = await send(url, 'GET', '/api/auth/invites', { headers: host.headers });
    assert.deepEqual(list.json.invites.map((/** @type {any} */ one) => [one.id, one.isRedeemed]), [[id, true]]);
    assert.ok(!list.text.includes(code), 'a code is shown once');

    const revoked = await invite();
    assert.equal((await send(url, 'DELETE', `/api/auth/invites/${revoked.id}`, { headers: host.headers })).status, 204);
    mustRefuse(await register({ inviteCode: revoked.code }, url), 403, 'invite_required');
  });

  test('16 people with one code: one gets in', async (t) => {
    const name = await migratedDatabase(cluster, { template });
    const open = await startApi(t, { DATABASE_URL: cluster.url(name) });
    const { url } = await startApi(t, { DATABASE_URL: cluster.url(name), REGISTRATION_INVITE_ONLY: 'on' });
    const host = await signUp(open.url);
    const { json } = await send(url, 'POST', '/api/auth/invites', { body: {}, headers: host.headers });
    const answers = await Promise.all(Array.from({ length: 16 }, () => register({ inviteCode: json.code }, url)));
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [201, ...Array(15).fill(403)]);
    const { rows } = await cluster.query(name, 'SELECT count(*)::int AS n FROM app_user');
    assert.equal(rows[0].n, 2, 'who was refused left no account behind');
  });
});

describe('signing in', () => {
  test('a wrong password, an unknown address and a disabled account look the same to the byte', async () => {
    const [known, disabled] = [await signUp(api), await signUp(api)];
    await cluster.query(database, `UPDATE app_user SET status = 'disabled' WHERE id = $1`, [disabled.userId]);
    const wrong = await signIn({ email: known.email, password: 'not the password' });
    mustRefuse(wrong, 401, 'invalid_credentials');
    for (const email of [newEmail(), disabled.email]) assert.deepEqual(looksOf(await signIn({ email })), looksOf(wrong), email);
    mustRefuse(await send(api, 'GET', '/api/auth/session', { headers: disabled.headers }), 401, 'session_revoked');
  });

  test('no answer comes before the floor, good or bad', async () => {
    const { email } = await signUp(api);
    const answers = [await signIn({ email }), await signIn({ email, password: 'not the password' }), await signIn({ email: newEmail() })];
    for (const { tookMs, status } of answers) assert.ok(tookMs >= 345, `${status} after ${tookMs} ms`);
  });

  test('a hash of other cost is made anew, and the password goes on counting', async () => {
    const person = await signUp(api);
    const phc = async () => (await cluster.query(database, 'SELECT phc FROM password_credential WHERE user_id = $1', [person.userId])).rows[0].phc;
    assert.match(await phc(), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const dearer = await startApi(shared, {
      DATABASE_URL: cluster.url(database), PASSWORD_ARGON2_MEMORY_KIB: '20480' });
    mustRefuse(await signIn({ email: person.email, password: 'not the password' }, dearer.url), 401, 'invalid_credentials');
    assert.match(await phc(), /m=19456/, 'a wrong password changes nothing');
    assert.equal((await signIn({ email: person.email }, dearer.url)).status, 200);
    assert.match(await phc(), /m=20480/);
    assert.equal((await signIn({ email: person.email })).status, 200);
  });

  test('a session that somebody planted is not taken over, and one that was there goes on apart', async () => {
    const person = await signUp(api);
    const planted = `avs_${'A'.repeat(43)}`;
    const signInWith = (/** @type {string} */ token) =>
      send(api, 'POST', '/api/auth/sign-in', {
        body: { email: person.email, password, client: 'web' },
        headers: { ...fromAnywhere(), cookie: `avs_dev=${token}`, origin: api } });
    const answer = await signInWith(planted);
    assert.equal(answer.status, 200, answer.text);
    const fresh = cookieOf(answer);
    assert.notEqual(fresh.value, planted);
    const whoIs = (/** @type {string} */ token) => send(api, 'GET', '/api/auth/session', { headers: { cookie: `avs_dev=${token}` } });
    mustRefuse(await whoIs(planted), 401, 'unauthenticated');
    const again = cookieOf(await signInWith(fresh.value));
    assert.notEqual(again.value, fresh.value);
    assert.deepEqual([(await whoIs(fresh.value)).status, (await whoIs(again.value)).status], [200, 200]);
  });
});
