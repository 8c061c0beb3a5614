// The pages behind mailed links: opening one changes nothing, its button works once, on whichever host.
// @ts-check
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { request as rawRequest } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { password } from '../support/node/accounts.mjs';
import { startApi } from '../support/node/backend.mjs';
import { FormBrowser, wordsOf } from '../support/node/form_browser.mjs';
import { anAddress, newPassword, startPages } from '../support/node/hosted.mjs';
import { mailOfKind, mailsTo, pathOf } from '../support/node/mailbox.mjs';
import { sharedCleanup } from '../support/node/places.mjs';

const shared = sharedCleanup(after);
/** @type {Awaited<ReturnType<typeof startPages>>} */ let pages;
/** @type {string} */ let api;

before(async () => {
  pages = await startPages(shared);
  ({ api } = pages);
});

describe('mailed links', () => {
  /** Everything that opens a link without a person's wish. @param {string} path */
  async function open(path) {
    for (const headers of /** @type {Record<string, string>[]} */ ([{}, { 'sec-purpose': 'prefetch;prerender', purpose: 'prefetch' },
      { 'user-agent': 'Mozilla/5.0 (compatible; SafeLinks scanner)' }, { range: 'bytes=0-100' }])) {
      assert.equal((await new FormBrowser(api).request(path, { headers })).status, 200);
      assert.equal((await fetch(api + path, { method: 'HEAD', headers })).status, 200);
    }
    // A scanner that sends whatever forms it finds, without keeping cookies.
    const page = await new FormBrowser(api).request(path);
    for (const { action, fields } of page.forms) assert.equal((await new FormBrowser(api).post(action, fields)).status, 403);
    assert.equal((await fetch(api + path, { method: 'PUT' })).status, 405);
  }

  test('to sign in: opened as often as one likes, used once', async () => {
    const { email } = await pages.registered();
    const asking = new FormBrowser(api);
    const asked = await asking.submit('/auth/magic?next=/about', { email }, { action: '/auth/magic' });
    assert.match(asked.location, /^\/auth\/code\?request=[0-9a-f-]{36}&next=\/about$/);
    const path = pathOf(await mailOfKind(api, email, 'magic_link'));
    await open(path);

    const browser = new FormBrowser(api);
    const page = await browser.request(path);
    assert.match(wordsOf(page), /Sign in as w\*\*\*@example\.org/);
    assert.ok(!page.html.includes(email));
    const used = await browser.fill(page, path);
    assert.deepEqual([used.status, used.location], [303, '/']);
    assert.equal((await pages.whoami(browser)).user?.email, email);

    const late = await new FormBrowser(api).submit(path);
    assert.equal(late.status, 410);
    assert.match(wordsOf(late), /was used already/);
    assert.equal(late.forms.length, 0);
  });

  test('by the code beside the link: only with the request that asked, five tries', async () => {
    const { email } = await pages.registered();
    const browser = new FormBrowser(api);
    const { location } = await browser.submit('/auth/magic', { email });
    const { code } = await mailOfKind(api, email, 'magic_link');
    assert.match(code, /^\d{8}$/);
    const elsewhere = await new FormBrowser(api).submit(`/auth/code?request=${randomUUID()}`, { code }, { action: '/auth/code' });
    assert.equal(elsewhere.status, 422);
    const wrong = await browser.submit(location, { code: code === '00000000' ? '00000001' : '00000000' }, { action: '/auth/code' });
    assert.equal(wrong.status, 422);
    assert.match(wordsOf(wrong), /The code is wrong, or it counts no more/);
    const right = await browser.fill(wrong, '/auth/code', { code: `${code.slice(0, 4)} ${code.slice(4)}` });
    assert.equal(right.status, 303);
    assert.equal((await pages.whoami(browser)).user?.email, email);
  });

  test('asked for an address that nobody has look the same, and nothing that signs in is sent', async () => {
    const { email } = await pages.registered();
    const nobody = anAddress();
    for (const path of ['/auth/magic', '/auth/reset']) {
      const answers = await Promise.all([email, nobody].map((who) => new FormBrowser(api).submit(path, { email: who })));
      const [known, unknown] = answers.map(({ status, location }) => [status, location.replace(/[0-9a-f-]{36}/, 'ID')]);
      assert.deepEqual(known, unknown);
    }
    await mailOfKind(api, email, 'magic_link');
    assert.ok((await mailsTo(api, nobody)).every(({ link }) => !/\/auth\/(magic|reset)\/avl_/.test(link)));
  });

  test('to choose a password: a bad one leaves the link, a good one ends every session', async () => {
    const { browser: old, email } = await pages.registered();
    const asked = await new FormBrowser(api).submit('/auth/reset', { email });
    assert.equal(asked.location, '/auth/sent?for=reset');
    const path = pathOf(await mailOfKind(api, email, 'password_reset'));
    await open(path);
    const browser = new FormBrowser(api);
    const bad = await browser.submit(path, { newPassword: 'short' });
    assert.equal(bad.status, 422);
    assert.match(wordsOf(bad), /at least 10 characters/);
    const good = await browser.fill(bad, path, { newPassword });
    assert.deepEqual([good.status, good.location], [303, '/auth/sign-in']);
    assert.equal(browser.session, '', 'setting a password signs nobody in');
    assert.deepEqual(await pages.whoami(old), { user: null, ended: 'session_revoked', offersDemo: false });
    assert.match(wordsOf(await browser.request('/auth/sign-in')), /Your new password is set/);
    assert.doesNotMatch(wordsOf(await browser.request('/auth/sign-in')), /Your new password is set/, 'said once');
    assert.match(wordsOf(await browser.request(path)), /no longer works/);
    assert.equal((await browser.submit('/auth/sign-in', { email, password })).status, 422);
    assert.equal((await browser.submit('/auth/sign-in', { email, password: newPassword })).status, 303);
    assert.match(wordsOf(await old.request('/auth/sign-in')), /^Sign in Your session has ended/);
  });

  test('to confirm an address, also after asking for another', async () => {
    const { browser, email } = await pages.registered();
    const first = pathOf(await mailOfKind(api, email, 'verify_email'));
    await open(first);
    assert.equal((await pages.whoami(browser)).user?.emailVerified, false);
    const done = await browser.submit(first);
    assert.deepEqual([done.status, done.location], [303, '/auth/account']);
    const account = await browser.request('/auth/account');
    assert.match(wordsOf(account), /Your address is confirmed/);
    assert.equal((await pages.whoami(browser)).user?.emailVerified, true);
    assert.ok(!account.forms.some(({ action }) => action === '/auth/verify'));
  });

  test('to keep an account that is to be deleted', async () => {
    const { browser, email } = await pages.registered();
    const answer = await fetch(`${api}/api/user/deletion`, {
      method: 'POST',
      headers: { cookie: `avs_dev=${browser.session}`, origin: api },
    });
    assert.ok(answer.ok, await answer.text());
    const path = pathOf(await mailOfKind(api, email, 'deletion_requested'));
    await open(path);
    const visitor = new FormBrowser(api);
    const page = await visitor.request(path);
    assert.match(wordsOf(page), /The account of w\*\*\*@example\.org is closed, and everything in it will be deleted on \d+ \w{3} 20\d\d/);
    assert.equal((await visitor.submit('/auth/sign-in', { email, password })).status, 422, 'opening the link keeps nothing');
    const kept = await visitor.fill(page, path);
    assert.deepEqual([kept.status, kept.location], [303, '/auth/sign-in']);
    assert.match(wordsOf(await visitor.request('/auth/sign-in')), /Your account stays as it was/);
    assert.equal((await visitor.submit('/auth/sign-in', { email, password })).status, 303);
    const late = await new FormBrowser(api).request(path);
    assert.equal(late.status, 200);
    assert.match(wordsOf(late), /^This link no longer works/);
  });

  test('to change an address work only for whom they are', async () => {
    const { browser, email } = await pages.registered();
    const next = anAddress();
    const other = await pages.registered();
    const asked = await browser.submit('/auth/account', { email: next }, { action: '/auth/email-change' });
    assert.deepEqual([asked.status, asked.location], [303, '/auth/account']);
    const path = pathOf(await mailOfKind(api, next, 'email_change'));
    assert.equal((await new FormBrowser(api).request(path)).location, `/auth/sign-in?next=${path}`);
    assert.equal((await other.browser.submit(path)).status, 410);
    const done = await browser.submit(path);
    assert.deepEqual([done.status, done.location], [303, '/auth/account'], wordsOf(done));
    assert.equal((await pages.whoami(browser)).user?.email, next);
    assert.notEqual(next, email);
  });
});

describe('on several hosts', () => {
  /** A page as the proxy asks for it. @param {string} origin @param {string} host @param {string} path
   * @returns {Promise<{ status: number, location: string, cookies: string[], html: string }>} */
  function ask(origin, host, path) {
    const { port } = new URL(origin);
    return new Promise((resolve, reject) => {
      const headers = { host, 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9' };
      rawRequest({ host: '127.0.0.1', port, path, headers }, (answer) => {
        let html = '';
        answer.setEncoding('utf8').on('data', (text) => (html += text)).on('end', () =>
          resolve({ status: answer.statusCode ?? 0, location: answer.headers.location ?? '', cookies: answer.headers['set-cookie'] ?? [], html }));
      }).on('error', reject).end();
    });
  }

  test('the host of the app’s links leads home, and pages behind links lead to it', async (t) => {
    const { url } = await startApi(t, {
      ...pages.databaseEnv, PUBLIC_APP_URL: 'https://app.av.test',
      PUBLIC_HOSTS: 'app.av.test,go.av.test', APP_UNIVERSAL_LINK_HOST: 'go.av.test', TRUSTED_PROXIES: '127.0.0.1',
    });
    const token = `avl_${'A'.repeat(43)}`;
    for (const path of [`/auth/magic/${token}`, `/auth/reset/${token}`, '/auth/sign-in?next=/about']) {
      const there = await ask(url, 'go.av.test', path);
      assert.deepEqual([there.status, there.location], [303, `https://app.av.test${path}`]);
    }
    const here = await ask(url, 'app.av.test', `/auth/magic/${token}`);
    assert.equal(here.status, 200);
    assert.ok(here.html.includes(`<a class="button" href="https://go.av.test/auth/magic/${token}">Open in the app</a>`));
    assert.ok(here.cookies.some((line) => /^__Host-avs_pre=[0-9a-f]{32}; Path=\/; .*Secure$/.test(line)), `${here.cookies}`);
    const odd = await ask(url, 'app.av.test', '/auth/magic/%22%3E%3Cscript%3E');
    assert.doesNotMatch(odd.html, /<script|Open in the app/);
  });
});
