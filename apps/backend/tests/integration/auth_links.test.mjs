// What comes by mail and counts once, over HTTP and through a worker: links to sign in, codes, resets, proofs of an
// address. Reading a link uses nothing up; of many who bring it one wins.
// @ts-check
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { password, signIn, signUp } from '../support/node/accounts.mjs';
import { fakeClock, migratedDatabase, startApi, startWorker } from '../support/node/backend.mjs';
import { addLink, addSession, forgetTries, newToken, snapshotOf } from '../support/node/credentials.mjs';
import { cookieOf, fromAnywhere, looksOf, send } from '../support/node/http_client.mjs';
import { sharedCleanup } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { waitFor } from '../support/node/wait.mjs';

const shared = sharedCleanup(after);
/** @type {import('../support/node/postgres.mjs').PostgresCluster} */ let cluster;
/** @type {string} */ let databaseUrl;
/** @type {string} */ let api;
/** @type {import('pg').Client} */ let db;

before(async () => {
  cluster = await startPostgres(shared);
  const database = await migratedDatabase(cluster);
  databaseUrl = cluster.url(database);
  const env = { DATABASE_URL: databaseUrl, MAIL_MODE: 'preview' };
  api = (await startApi(shared, env)).url;
  await startWorker(shared, env);
  db = await cluster.connect(database);
  shared.after(() => db.end());
});

const newPassword = 'glacier-lantern-31';
const newEmail = () => `walker-${randomUUID()}@example.org`;
/** @param {string} path @param {unknown} body @param {Record<string, string>} [headers] */
const post = (path, body, headers = {}) => send(api, 'POST', `/api/auth/${path}`, { body, headers: { ...fromAnywhere(), ...headers } });
const bearer = (/** @type {string} */ token) => ({ authorization: `Bearer ${token}` });
const whoIs = (/** @type {string} */ token) => send(api, 'GET', '/api/auth/session', { headers: bearer(token) });

/** @param {import('../support/node/http_client.mjs').Answer} answer @param {number} status @param {string} code */
function mustRefuse(answer, status, code) {
  assert.deepEqual([answer.status, answer.json?.code], [status, code], answer.text);
}

/** The mails of a kind to an address, the newest first, once there are so many. @param {string} email @param {string} kind @param {number} [count] */
function mailsTo(email, kind, count = 1) {
  return waitFor(`${count} mails ${kind}`, async () => {
    const { json } = await send(api, 'GET', `/api/dev/mail?to=${encodeURIComponent(email)}`);
    const found = json.mails.filter((/** @type {any} */ one) => one.kind === kind);
    return found.length >= count && found;
  });
}

/** Asks, and reads what the mail holds. @param {string} path @param {object} wish @param {string} email @param {string} kind
 * @param {Record<string, string>} [headers] */
async function mailed(path, wish, email, kind, headers) {
  await forgetTries(db);
  const { json: { mails } } = await send(api, 'GET', `/api/dev/mail?to=${encodeURIComponent(email)}`);
  const known = mails.filter((/** @type {any} */ one) => one.kind === kind).length;
  const asked = await post(path, wish, headers);
  assert.equal(asked.status, 202, asked.text);
  const [mail] = await mailsTo(email, kind, known + 1);
  const token = /avl_[\w-]{43}/.exec(mail.link)?.[0] ?? '';
  const code = /^\s*(\d{4}[ -]?\d{4})\s*$/m.exec(mail.text)?.[1] ?? /\b(\d{8})\b/.exec(mail.text)?.[1] ?? '';
  return { token, code, link: mail.link, requestId: asked.json.requestId };
}

const magic = (/** @type {string} */ email) => mailed('magic-link', { email }, email, 'magic_link');
const consume = (/** @type {string} */ token, headers = {}) => post('magic-link/consume', { token, client: 'ios' }, headers);
/** @param {string} requestId @param {string} code */
const type = (requestId, code) => post('magic-link/code', { requestId, code, client: 'ios' });

describe('asking for mail', () => {
  for (const path of ['magic-link', 'password-reset']) {
    test(`${path} is answered alike for a known and an unknown address`, async () => {
      const { email } = await signUp(api);
      const looks = (/** @type {import('../support/node/http_client.mjs').Answer} */ answer) => {
        assert.match(answer.json.requestId, /^[0-9a-f-]{36}$/);
        const { headers, ...rest } = looksOf(answer);
        return { ...rest, headers, text: rest.text.replace(answer.json.requestId, '<id>') };
      };
      const known = looks(await post(path, { email }));
      assert.equal(known.status, 202);
      assert.deepEqual(looks(await post(path, { email: newEmail() })), known);
      assert.deepEqual(looks(await post(path, { email })), known, 'a second time within a minute as well');
    });

    test(`${path}: 5 an hour for an address, whether or not it is known`, async () => {
      const { email } = await signUp(api);
      for (const one of [email, newEmail()]) {
        await forgetTries(db);
        const statuses = [];
        for (let i = 0; i < 7; i += 1) {
          await db.query('DELETE FROM auth_mail_slot'); // as if a minute were over
          statuses.push((await post(path, { email: one })).status);
        }
        assert.deepEqual(statuses, [202, 202, 202, 202, 202, 429, 429]);
      }
    });
  }

  test('20 an hour from one place', async () => {
    const from = { 'x-forwarded-for': '203.0.113.50' };
    const answers = await Promise.all(Array.from({ length: 24 }, () => post('magic-link', { email: newEmail() }, from)));
    assert.equal(answers.filter(({ status }) => status === 202).length, 20);
  });
});

describe('a link to sign in', () => {
  test('is used up by POST, once', async () => {
    const { email, userId } = await signUp(api);
    const { token } = await magic(email);
    const answer = await consume(token);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual([answer.json.user.id, answer.json.user.emailVerified], [userId, true]);
    assert.equal((await whoIs(answer.json.token)).status, 200);
    mustRefuse(await consume(token), 410, 'link.used');
    mustRefuse(await consume(newToken('avl_')), 410, 'link.unknown');
  });

  test('is not used up by any reading, by whoever looks through mails', async () => {
    const { email } = await signUp(api);
    const { token, link } = await magic(email);
    const path = new URL(link).pathname;
    const before_ = await snapshotOf(db);
    const readers = [{}, { 'sec-purpose': 'prefetch;prerender' }, { 'user-agent': 'Mozilla/5.0 (compatible; LinkScanner/1.0)' }, { purpose: 'prefetch' }];
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      for (const headers of readers) {
        for (const at of [path, `${path}?utm=1`, '/api/auth/magic-link/consume', `/api/auth/magic-link/consume?token=${token}`])
          await send(api, method, at, { headers: /** @type {Record<string, string>} */ (headers) });
      }
    }
    assert.deepEqual(await snapshotOf(db), before_);
    assert.equal((await consume(token)).status, 200);
  });

  test('of 16 who bring it one gets in', async () => {
    const { email } = await signUp(api);
    const { token } = await magic(email);
    const answers = await Promise.all(Array.from({ length: 16 }, () => consume(token)));
    assert.deepEqual(answers.map(({ status, json }) => `${status} ${json.code ?? ''}`).sort(), ['200 ', ...Array(15).fill('410 link.used')]);
  });

  test('ends with a newer one, and after ten minutes', async (t) => {
    const { email, userId } = await signUp(api);
    const old = await magic(email);
    const fresh = await magic(email);
    mustRefuse(await consume(old.token), 410, 'link.superseded');
    assert.equal((await consume(fresh.token)).status, 200);
    const late = await addLink(db, userId, email, 'magic_link');
    const later = await startApi(t, { ...fakeClock(new Date(Date.now() + 11 * 60_000).toISOString().replace(/\.\d+Z$/, 'Z')), DATABASE_URL: databaseUrl });
    const answer = await send(later.url, 'POST', '/api/auth/magic-link/consume', { body: { token: late, client: 'ios' }, headers: fromAnywhere() });
    mustRefuse(answer, 410, 'link.expired');
  });

  test('is good for its purpose alone', async () => {
    const { email, userId } = await signUp(api);
    const token = await addLink(db, userId, email, 'magic_link');
    const others = /** @type {[string, object][]} */ ([['password-reset/consume', { newPassword }], ['email-verification/consume', {}]]);
    for (const [path, more] of others) mustRefuse(await post(path, { token, ...more }), 410, 'link.unknown');
    for (const purpose of ['password_reset', 'email_verification', 'email_change'])
      mustRefuse(await consume(await addLink(db, userId, email, purpose)), 410, 'link.unknown');
    assert.equal((await consume(token)).status, 200, 'what was tried elsewhere did not spend it');
  });

  test('opens no account that is disabled or about to go', async () => {
    for (const status of ['disabled', 'deletion_pending']) {
      const { email, userId } = await signUp(api);
      const token = await addLink(db, userId, email, 'magic_link');
      await db.query('UPDATE app_user SET status = $2 WHERE id = $1', [userId, status]);
      mustRefuse(await consume(token), 410, 'link.unknown');
    }
  });

  test('30 bad ones from one place, then none', async () => {
    const from = { 'x-forwarded-for': '203.0.113.60' };
    const answers = await Promise.all(Array.from({ length: 36 }, () => consume(newToken('avl_'), from)));
    assert.equal(answers.filter(({ status }) => status === 410).length, 30);
    assert.equal(answers.filter(({ status }) => status === 429).length, 6);
  });

  test('works while the password is being guessed', async () => {
    const { email } = await signUp(api);
    for (let i = 0; i < 2; i += 1) await Promise.all(Array.from({ length: 8 }, () => post('sign-in', { email, password: 'not the password', client: 'ios' })));
    mustRefuse(await post('sign-in', { email, password, client: 'ios' }), 429, 'rate_limited');
    const link = await addLink(db, (await db.query('SELECT id FROM app_user WHERE email = $1', [email])).rows[0].id, email, 'magic_link');
    assert.equal((await consume(link)).status, 200);
  });

  test('brings a browser a session of its own, whatever cookie it had', async () => {
    const { email, userId } = await signUp(api);
    const planted = `avs_dev=${await addSession(db, (await signUp(api)).userId)}`;
    const token = await addLink(db, userId, email, 'magic_link');
    const answer = await post('magic-link/consume', { token, client: 'web' }, { cookie: planted, origin: api });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.user.id, userId);
    assert.notEqual(cookieOf(answer).pair, planted);
    assert.equal(answer.json.token, null);
  });
});

describe('a code', () => {
  test('signs in whoever asked for it, once', async () => {
    const { email, userId } = await signUp(api);
    const { requestId, code } = await magic(email);
    assert.match(code, /^\d{4}[ -]?\d{4}$/);
    const other = await magic((await signUp(api)).email);
    mustRefuse(await type(other.requestId, code), 422, 'link.code_refused');
    const answer = await type(requestId, code);
    assert.deepEqual([answer.status, answer.json.user?.id], [200, userId], answer.text);
    mustRefuse(await type(requestId, code), 422, 'link.code_refused');
  });

  test('is dead after five wrong ones, and its refusal tells nothing', async () => {
    const { email } = await signUp(api);
    const { requestId, code } = await magic(email);
    const wrong = await type(requestId, '00000000');
    mustRefuse(wrong, 422, 'link.code_refused');
    for (const tried of [await type(randomUUID(), code), await type(requestId, 'letters!')]) assert.deepEqual(looksOf(tried), looksOf(wrong));
    for (let i = 0; i < 3; i += 1) await type(requestId, `1234567${i}`);
    assert.deepEqual(looksOf(await type(requestId, code)), looksOf(wrong), 'the right one comes too late');
  });

  test('of 16 who guess at once, five are heard', async () => {
    const { email } = await signUp(api);
    const { requestId } = await magic(email);
    await Promise.all(Array.from({ length: 16 }, (_, i) => type(requestId, `1234567${i % 10}`)));
    const { rows } = await db.query('SELECT code_tries FROM auth_mail_request WHERE id = $1', [requestId]);
    assert.equal(rows[0].code_tries, 5);
  });
});

describe('a reset', () => {
  test('sets the password, ends every session and token, opens none, and tells the person', async () => {
    const person = await signUp(api);
    const other = await signIn(api, person.email);
    const script = await send(api, 'POST', '/api/auth/tokens', { body: { name: 'a', scopes: ['routes:read'] }, headers: person.headers });
    const { token } = await mailed('password-reset', { email: person.email }, person.email, 'password_reset');
    mustRefuse(await post('password-reset/consume', { token, newPassword: 'password123' }), 422, 'validation_failed');
    const answer = await post('password-reset/consume', { token, newPassword });
    assert.deepEqual([answer.status, answer.text, answer.headers['set-cookie']], [204, '', undefined]);
    for (const dead of [person.token, other.token]) mustRefuse(await whoIs(dead), 401, 'session_revoked');
    mustRefuse(await send(api, 'GET', '/api/routes', { headers: bearer(script.json.token) }), 401, 'session_revoked');
    mustRefuse(await post('sign-in', { email: person.email, password, client: 'ios' }), 401, 'invalid_credentials');
    assert.equal((await post('sign-in', { email: person.email, password: newPassword, client: 'ios' })).status, 200);
    mustRefuse(await post('password-reset/consume', { token, newPassword: 'another-lantern-32' }), 410, 'link.used');
    await mailsTo(person.email, 'password_changed');
  });

  test('of 16 who bring the link one sets the password', async () => {
    const { email, userId } = await signUp(api);
    const token = await addLink(db, userId, email, 'password_reset');
    const passwords = Array.from({ length: 16 }, (_, i) => `glacier-lantern-${i}-oak`);
    const answers = await Promise.all(passwords.map((each) => post('password-reset/consume', { token, newPassword: each })));
    const winners = passwords.filter((_, i) => answers[i]?.status === 204);
    assert.equal(winners.length, 1, answers.map(({ status }) => status).join(' '));
    assert.equal((await post('sign-in', { email, password: winners[0], client: 'ios' })).status, 200);
  });
});

describe('the proof of an address', () => {
  test('takes the account from who registered it for somebody else', async () => {
    const squatter = await signUp(api);
    const { token } = await magic(squatter.email);
    const owner = await consume(token);
    assert.equal(owner.status, 200, owner.text);
    mustRefuse(await whoIs(squatter.token), 401, 'session_revoked');
    mustRefuse(await post('sign-in', { email: squatter.email, password, client: 'ios' }), 401, 'invalid_credentials');
    assert.equal((await whoIs(owner.json.token)).status, 200);
  });

  test('by the mailed link, asked for again', async () => {
    const person = await signUp(api);
    const { token } = await mailed('email-verification', {}, person.email, 'verify_email', person.headers).catch(async () => {
      const [mail] = await mailsTo(person.email, 'verify_email');
      return { token: /avl_[\w-]{43}/.exec(mail.link)?.[0] ?? '' };
    });
    assert.equal((await post('email-verification/consume', { token }, person.headers)).status, 204);
    assert.equal((await whoIs(person.token)).json.user.emailVerified, true);
    mustRefuse(await post('email-verification/consume', { token }), 410, 'link.used');
  });

  test('moves the account to another address: both are told, other sessions end', async () => {
    const person = await signUp(api);
    const second = await signIn(api, person.email);
    const next = newEmail();
    const { token } = await mailed('email-change', { newEmail: next }, next, 'email_change', person.headers);
    mustRefuse(await post('email-change/consume', { token }), 401, 'unauthenticated');
    mustRefuse(await post('email-change/consume', { token }, (await signUp(api)).headers), 410, 'link.unknown');
    const answer = await post('email-change/consume', { token }, person.headers);
    assert.equal(answer.status, 204, answer.text);
    assert.equal((await whoIs(person.token)).json.user.email, next);
    mustRefuse(await whoIs(second.token), 401, 'session_revoked');
    mustRefuse(await post('sign-in', { email: person.email, password, client: 'ios' }), 401, 'invalid_credentials');
    assert.equal((await post('sign-in', { email: next, password, client: 'ios' })).status, 200);
    await mailsTo(person.email, 'email_changed');
  });
});
