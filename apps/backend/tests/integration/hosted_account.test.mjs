// The account page, signing out, the demo, and what the log keeps.
// @ts-check
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { password, postJson } from '../support/node/accounts.mjs';
import { startApi } from '../support/node/backend.mjs';
import { FormBrowser, wordsOf } from '../support/node/form_browser.mjs';
import { anAddress, newPassword, startPages } from '../support/node/hosted.mjs';
import { mailOfKind } from '../support/node/mailbox.mjs';
import { sharedCleanup } from '../support/node/places.mjs';

const shared = sharedCleanup(after);
/** @type {Awaited<ReturnType<typeof startPages>>} */ let pages;
/** @type {string} */ let api;

before(async () => {
  pages = await startPages(shared, { DEMO_SIGN_IN: 'on' });
  ({ api } = pages);
});

describe('the account page', () => {
  /** As if ten minutes had passed. @param {string} email */
  const lapse = (email) =>
    pages.query('UPDATE user_session SET elevated_until = NULL WHERE user_id = (SELECT id FROM app_user WHERE email = $1)', [email]);

  test('lists the sessions and ends them', async () => {
    const { browser, email } = await pages.registered();
    const others = [new FormBrowser(api), new FormBrowser(api), new FormBrowser(api)];
    for (const other of others) await other.submit('/auth/sign-in', { email, password });
    const page = await browser.request('/auth/account');
    assert.equal(page.html.match(/<li>/g)?.length, 4);
    assert.equal(page.html.match(/>this one</g)?.length, 1);
    const ended = await browser.fill(page, '/auth/account/sessions/end');
    assert.deepEqual([ended.status, ended.location], [303, '/auth/account']);
    const alive = async () => (await Promise.all(others.map(pages.whoami))).filter(({ user }) => user !== null).length;
    assert.equal(await alive(), 2);
    assert.equal((await browser.fill(page, '/auth/account/sessions/end')).status, 303, 'twice is once');
    await browser.submit('/auth/account', {}, { action: '/auth/account/sessions/end-others' });
    assert.equal(await alive(), 0);
    assert.equal((await pages.whoami(browser)).user?.email, email);
  });

  test("ends nobody else's session", async () => {
    const { browser, email } = await pages.registered();
    await new FormBrowser(api).submit('/auth/sign-in', { email, password });
    const other = await pages.registered();
    const { rows } = await pages.query('SELECT s.id FROM user_session s JOIN app_user u ON u.id = s.user_id WHERE u.email = $1', [other.email]);
    await browser.submit('/auth/account', { session: rows[0].id }, { action: '/auth/account/sessions/end' });
    assert.equal((await pages.whoami(other.browser)).user?.email, other.email);
  });

  test('asks once more who it is before sessions are shown or ended', async () => {
    const { browser, email } = await pages.registered();
    await new FormBrowser(api).submit('/auth/sign-in', { email, password });
    const before = await browser.request('/auth/account');
    await lapse(email);
    const page = await browser.request('/auth/account');
    assert.doesNotMatch(wordsOf(page), /this one/);
    const refused = await browser.fill(before, '/auth/account/sessions/end-others');
    assert.deepEqual([refused.status, refused.location], [303, '/auth/elevate?next=/auth/account']);
    const wrong = await browser.submit('/auth/elevate?next=/auth/account', { password: 'not it at all' }, { action: '/auth/elevate' });
    assert.equal(wrong.status, 422);
    assert.match(wordsOf(wrong), /This is not your password/);
    const old = browser.session;
    const right = await browser.fill(wrong, '/auth/elevate', { password });
    assert.deepEqual([right.status, right.location], [303, '/auth/account']);
    assert.notEqual(browser.session, old, 'the session has a new token');
    assert.equal((await fetch(`${api}/api/auth/session`, { headers: { cookie: `avs_dev=${old}` } })).status, 401);
    assert.match(wordsOf(await browser.request('/auth/account')), /this one/);
  });

  test('takes a mailed code in place of the password', async () => {
    const { browser, email } = await pages.registered();
    await lapse(email);
    const asked = await browser.submit('/auth/elevate', {}, { action: '/auth/elevate/code' });
    assert.match(asked.location, /^\/auth\/elevate\?request=[0-9a-f-]{36}&next=\/auth\/account$/);
    const { code } = await mailOfKind(api, email, 'magic_link');
    const other = await pages.registered();
    await lapse(other.email);
    const foreign = await other.browser.submit(asked.location, { code }, { action: '/auth/elevate' });
    assert.equal(foreign.status, 422, "nobody is elevated by another's code");
    const done = await browser.submit(asked.location, { code }, { action: '/auth/elevate' });
    assert.deepEqual([done.status, done.location], [303, '/auth/account']);
    assert.match(wordsOf(await browser.request('/auth/account')), /this one/);
  });

  test('changes the password and ends the other sessions', async () => {
    const { browser, email } = await pages.registered();
    const other = new FormBrowser(api);
    await other.submit('/auth/sign-in', { email, password });
    const change = (/** @type {string} */ currentPassword, /** @type {string} */ next) =>
      browser.submit('/auth/account', { currentPassword, newPassword: next }, { action: '/auth/account/password' });
    const wrong = await change('not it at all', newPassword);
    assert.equal(wrong.status, 422);
    assert.match(wrong.html, /id="currentPassword-fault"[^>]*>.*This is not your password/);
    assert.match((await change(password, 'short')).html, /id="newPassword-fault"/);
    const old = browser.session;
    assert.equal((await change(password, newPassword)).status, 303);
    assert.notEqual(browser.session, old);
    assert.match(wordsOf(await browser.request('/auth/account')), /Your password is changed/);
    assert.equal((await pages.whoami(other)).ended, 'session_revoked');
    assert.equal((await new FormBrowser(api).submit('/auth/sign-in', { email, password: newPassword })).status, 303);
  });

  test('signing in as somebody else ends the session that this browser had', async () => {
    const first = await pages.registered();
    const old = first.browser.session;
    const second = await pages.registered();
    const page = await new FormBrowser(api).request('/auth/sign-in');
    // The form was opened before the first one signed in; its fields belong to the nonce, so it is shown again.
    const again = await first.browser.fill(page, '/auth/sign-in', { email: second.email, password });
    assert.equal(again.status, 403);
    assert.equal((await first.browser.fill(again, '/auth/sign-in', { password })).status, 303);
    assert.equal((await pages.whoami(first.browser)).user?.email, second.email);
    assert.equal((await fetch(`${api}/api/auth/session`, { headers: { cookie: `avs_dev=${old}` } })).status, 401);
  });
});

describe('signing out', () => {
  test('needs the button, and leaves nothing in the browser', async () => {
    const { browser, email } = await pages.registered();
    const page = await browser.request('/auth/sign-out');
    assert.ok(wordsOf(page).includes(email));
    assert.equal((await pages.whoami(browser)).user?.email, email, 'opening the page signs nobody out');
    const token = browser.session;
    const done = await browser.fill(page, '/auth/sign-out');
    assert.deepEqual([done.status, done.location], [303, '/auth/sign-out']);
    assert.equal(done.headers.get('clear-site-data'), '"cache", "cookies", "storage"');
    assert.equal(browser.session, '');
    assert.equal((await fetch(`${api}/api/auth/session`, { headers: { cookie: `avs_dev=${token}` } })).status, 401);
    assert.match(wordsOf(await browser.request('/auth/sign-out')), /Nobody is signed in/);
  });

  test('two cookies of our name are nobody, and both are cleared', async () => {
    const { browser } = await pages.registered();
    const answer = await fetch(`${api}/auth/account`, { redirect: 'manual', headers: { cookie: `avs_dev=${browser.session}; avs_dev=avs_tossed` } });
    assert.equal(answer.headers.get('location'), '/auth/sign-in?next=/auth/account');
    const page = await fetch(`${api}/auth/sign-in`, { headers: { cookie: `avs_dev=${browser.session}; avs_dev=avs_tossed` } });
    assert.ok(page.headers.getSetCookie().some((line) => /^avs_dev=; Path=\/; Max-Age=0/.test(line)));
  });
});

describe('the demo', () => {
  test('opens by its button where it is shown', async () => {
    const browser = new FormBrowser(api);
    await pages.query(`INSERT INTO app_user (id, email, email_canonical, display_name, created_at, updated_at, email_verified_at)
      VALUES ('00000000-0000-7000-8000-000000000001', 'demo@example.org', 'demo@example.org', 'Demo', now(), now(), now()) ON CONFLICT DO NOTHING`);
    const opened = await browser.submit('/auth/sign-in?next=/about', {}, { action: '/auth/demo' });
    assert.deepEqual([opened.status, opened.location], [303, '/about']);
    assert.equal((await pages.whoami(browser)).user?.email, 'demo@example.org');
    const account = await browser.request('/auth/account');
    assert.deepEqual(account.forms.map(({ action }) => action).filter((action) => /password|email|verify/.test(action)), []);
    const change = await browser.post('/auth/email-change', { email: anAddress() });
    assert.equal(change.status, 403);
  });

  test('is not there elsewhere', async (t) => {
    const { url } = await startApi(t, { ...pages.databaseEnv });
    const browser = new FormBrowser(url);
    const page = await browser.request('/auth/sign-in');
    assert.doesNotMatch(page.html, /demo/i);
    assert.doesNotMatch(page.html, /apple-itunes-app/);
    const answer = await browser.post('/auth/demo', page.forms[0]?.fields ?? {});
    assert.deepEqual([answer.status, browser.session], [405, '']);
    assert.equal((await (await fetch(`${url}/api/auth/whoami`)).json()).offersDemo, false);
  });
});

test('no log line holds an address, a token or a password', async (t) => {
  const running = await startApi(t, { ...pages.databaseEnv, LOG_LEVEL: 'debug' });
  const browser = new FormBrowser(running.url);
  const email = anAddress();
  await browser.submit('/auth/register', { email, password });
  const token = browser.session;
  await browser.submit('/auth/sign-in?next=/about', { email, password: newPassword }, { action: '/auth/sign-in' }).catch(() => {});
  await browser.request('/auth/account');
  await new FormBrowser(running.url).submit('/auth/sign-in', { email, password: newPassword });
  await new FormBrowser(running.url).request('/auth/magic/avl_secretsecret');
  await running.process.stop();
  const log = running.process.output;
  assert.match(log, /"route":"\/auth\/sign-in"/);
  for (const secret of [email, token, password, newPassword, 'secretsecret', browser.cookies.get('avs_pre') ?? 'none']) {
    assert.ok(!log.includes(secret), `the log holds ${secret}`);
  }
  assert.equal((await postJson(api, '/api/auth/sign-in', { email, password, client: 'web' })).status, 200);
});
