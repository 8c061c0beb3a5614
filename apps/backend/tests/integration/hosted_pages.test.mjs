// The pages under /auth through HTTP: what they say of themselves, and what their forms take and refuse.
// @ts-check
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { password } from '../support/node/accounts.mjs';
import { startApi } from '../support/node/backend.mjs';
import { FormBrowser, wordsOf } from '../support/node/form_browser.mjs';
import { anAddress, newPassword, startPages } from '../support/node/hosted.mjs';
import { sharedCleanup } from '../support/node/places.mjs';

const shared = sharedCleanup(after);
/** @type {Awaited<ReturnType<typeof startPages>>} */ let pages;
/** @type {string} */ let api;

before(async () => {
  pages = await startPages(shared, { IOS_APP_STORE_URL: 'https://apps.apple.com/app/id1234567890' });
  ({ api } = pages);
});

describe('every page', () => {
  const paths = ['/auth/sign-in', '/auth/register', '/auth/magic', '/auth/reset', '/auth/sign-out', `/auth/code?request=${randomUUID()}`,
    '/auth/magic/avl_x', '/auth/reset/avl_x', '/auth/verify/avl_x', '/auth/sent?for=reset'];

  test('keeps to itself: nothing runs, nothing is loaded, kept, framed or told to other hosts', async () => {
    for (const path of paths) {
      const page = await new FormBrowser(api).request(path);
      assert.equal(page.status, 200, path);
      assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
      assert.match(
        page.headers.get('content-security-policy') ?? '',
        /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
      );
      assert.equal(page.headers.get('cache-control'), 'no-store');
      assert.equal(page.headers.get('referrer-policy'), 'same-origin');
      assert.equal(page.headers.get('x-robots-tag'), 'noindex, nofollow');
      assert.equal(page.headers.get('x-frame-options'), 'DENY');
      assert.doesNotMatch(page.html, /<script|\son\w+=|javascript:/i, path);
      for (const [, url] of page.html.matchAll(/(?:href|src|action)="([^"]*)"/g)) assert.match(url ?? '', /^(\/(?!\/)|#|data:image)/, path);
      assert.ok(page.html.length < 16_000, `${path} has ${page.html.length} bytes`);
    }
  });

  test('answers HEAD like GET, without a body', async () => {
    for (const path of paths) {
      const head = await fetch(api + path, { method: 'HEAD' });
      assert.deepEqual([head.status, await head.text()], [200, ''], path);
    }
  });

  test('offers the app by its number alone, and so does the companion', async () => {
    for (const path of ['/auth/sign-in', '/auth/magic/avl_x']) {
      const { html } = await new FormBrowser(api).request(path);
      assert.deepEqual([...html.matchAll(/<meta name="apple-itunes-app" content="([^"]*)">/g)].map(([, content]) => content), ['app-id=1234567890']);
    }
  });

  test('that needs a person leads to the sign-in, and back', async () => {
    for (const [path, next] of /** @type {const} */ ([
      ['/auth/account', '?next=/auth/account'],
      ['/auth/elevate', '?next=/auth/elevate'],
      ['/auth/email-change/avl_abc', '?next=/auth/email-change/avl_abc'],
    ])) {
      const answer = await new FormBrowser(api).request(path);
      assert.deepEqual([answer.status, answer.location], [303, `/auth/sign-in${next}`]);
    }
  });

  test('has its other spellings, and what is none says so as a page', async () => {
    const browser = new FormBrowser(api);
    assert.equal((await browser.request('/auth')).location, '/auth/account');
    assert.equal((await browser.request('/auth/')).location, '/auth/account');
    assert.equal((await browser.request('/auth/forgot')).location, '/auth/reset');
    for (const path of ['/auth/nothing', '/auth/magic/a/b']) {
      const missing = await browser.request(path);
      assert.equal(missing.status, 404);
      assert.match(wordsOf(missing), /^There is no page here/);
    }
  });
});

describe('forms', () => {
  const credentials = () => ({ email: anAddress(), password });

  test('register somebody at once, and never send a password back', async () => {
    const { browser, email } = await pages.registered();
    assert.equal((await pages.whoami(browser)).user?.email, email);
    const again = await new FormBrowser(api).submit('/auth/register', { email, password, displayName: 'Jo & <b>' });
    assert.equal(again.status, 409);
    assert.match(wordsOf(again), /There is an account with this address/);
    assert.ok(again.html.includes(`value="${email}"`));
    assert.ok(again.html.includes('value="Jo &amp; &lt;b&gt;"'), 'what was typed is kept, and stays text');
    assert.ok(!again.html.includes(password));
  });

  test('say what is wrong beside the field and tie it to the field', async () => {
    const answer = await new FormBrowser(api).submit('/auth/register', { email: 'no address', password: 'short' });
    assert.equal(answer.status, 422);
    assert.match(answer.html, /<title>To be mended: /);
    assert.match(answer.html, /<div class="summary" role="alert" tabindex="-1" autofocus>/);
    assert.match(answer.html, /<p class="fault" id="email-fault">/);
    assert.match(answer.html, /<input id="email"[^>]* aria-invalid="true" aria-describedby="email-fault">/);
    assert.ok(!answer.html.includes('short'));
    const password = await new FormBrowser(api).submit('/auth/register', { email: anAddress(), password: 'short' });
    assert.match(password.html, /aria-describedby="password-fault password-hint"/);
    assert.match(wordsOf(password), /Must have at least 10 characters/);
  });

  test('answer alike for an unknown address and a wrong password', async () => {
    const { email } = await pages.registered();
    const sign = async (/** @type {string} */ who) => {
      const answer = await new FormBrowser(api).submit('/auth/sign-in', { email: who, password: 'not the password' });
      return { status: answer.status, words: wordsOf(answer), page: answer.html.replaceAll(/name="csrf" value="[^"]*"/g, '').replaceAll(who, 'X') };
    };
    const known = await sign(email);
    assert.deepEqual(known, await sign(anAddress()));
    assert.equal(known.status, 422);
    assert.match(known.words, /do not belong together/);
  });

  test('take no less time for the one than for the other', async () => {
    const { email } = await pages.registered();
    for (const who of [email, anAddress()]) {
      const browser = new FormBrowser(api);
      const page = await browser.request('/auth/sign-in');
      const begin = performance.now();
      await browser.fill(page, '/auth/sign-in', { email: who, password: 'not the password' });
      assert.ok(performance.now() - begin >= 350);
    }
  });

  test('bring people back to where they came from, and nowhere else', async () => {
    const { email } = await pages.registered();
    const route = `/routes/${randomUUID()}`;
    const lands = async (/** @type {string} */ next) => {
      const browser = new FormBrowser(api);
      const { location } = await browser.submit(`/auth/sign-in?next=${encodeURIComponent(next)}`, { email, password }, { action: '/auth/sign-in' });
      const inForm = await new FormBrowser(api).submit('/auth/sign-in', { email, password, next });
      assert.equal(inForm.location, location, 'the field and the address are read alike');
      assert.equal((await browser.request(`/auth/sign-in?next=${encodeURIComponent(next)}`)).location, location, 'also who is signed in already');
      return location;
    };
    assert.equal(await lands(route), route);
    assert.equal(await lands('/auth/account'), '/auth/account');
    for (const evil of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/routes/../../evil',
      '/about?x=//evil.example', '/api/auth/session', '%2F%2Fevil.example', '/auth/sign-out']) {
      assert.equal(await lands(evil), '/', evil);
    }
  });

  /** What a form is sent with instead of what the page gave.
   * @type {[string, number, (own: { fields: Record<string, string>, origin: string, foreign: Record<string, string> }) =>
   *   { fields?: Record<string, string>, headers?: Record<string, string | undefined>, json?: boolean, cookies?: boolean }][]} */
  const refusals = [
    ['no hidden field', 403, ({ fields: { csrf: _, ...rest } }) => ({ fields: rest })],
    ['an empty hidden field', 403, ({ fields }) => ({ fields: { ...fields, csrf: '' } })],
    ['a made-up hidden field', 403, ({ fields }) => ({ fields: { ...fields, csrf: `${'a'.repeat(64)}.${'b'.repeat(32)}` } })],
    ["another browser's hidden field", 403, ({ fields, foreign }) => ({ fields: { ...fields, csrf: foreign.csrf ?? '' } })],
    ['no cookie of the browser', 403, () => ({ cookies: false })],
    ['a foreign origin', 403, () => ({ headers: { origin: 'https://evil.example' } })],
    ['a sibling host', 403, () => ({ headers: { origin: 'http://evil.127.0.0.1' } })],
    ['another port', 403, () => ({ headers: { origin: 'http://127.0.0.1:1' } })],
    ['another scheme', 403, ({ origin }) => ({ headers: { origin: origin.replace('http:', 'https:') } })],
    ['the origin null', 403, () => ({ headers: { origin: 'null' } })],
    ['no origin, from another site', 403, () => ({ headers: { origin: undefined, 'sec-fetch-site': 'cross-site' } })],
    ['no origin, from a sibling', 403, () => ({ headers: { origin: undefined, 'sec-fetch-site': 'same-site' } })],
    ['neither origin nor site', 403, () => ({ headers: { origin: undefined } })],
    ['a text that a foreign form may send', 415, () => ({ headers: { 'content-type': 'text/plain' } })],
    ['JSON', 415, () => ({ headers: { 'content-type': 'application/json' } })],
    ['a field twice', 400, () => ({ headers: { 'x-twice': 'yes' } })],
  ];

  test('are refused unless they were given to this browser and sent from our page', async () => {
    const { email } = await pages.registered();
    const other = new FormBrowser(api);
    const foreign = (await other.request('/auth/sign-in')).forms[0]?.fields ?? {};
    for (const [what, status, change] of refusals) {
      const browser = new FormBrowser(api);
      const page = await browser.request('/auth/sign-in');
      const own = { ...page.forms[0]?.fields, email, password };
      const changed = change({ fields: own, origin: api, foreign });
      if (changed.cookies === false) browser.cookies.clear();
      const headers = Object.fromEntries(
        Object.entries({ origin: api, 'content-type': 'application/x-www-form-urlencoded', ...changed.headers }).filter(([, value]) => value !== undefined),
      );
      const twice = headers['x-twice'] ? '&email=other%40example.org' : '';
      const answer = await browser.request('/auth/sign-in', {
        method: 'POST',
        headers: /** @type {Record<string, string>} */ (headers),
        body: new URLSearchParams(changed.fields ?? own).toString() + twice,
      });
      assert.equal(answer.status, status, what);
      assert.equal(browser.session, '', what);
      assert.ok(!answer.html.includes(password), what);
    }
    const good = await new FormBrowser(api).submit('/auth/sign-in', { email, password });
    assert.equal(good.status, 303, 'the same, unchanged, is taken');
  });

  test('without an origin are taken when the browser says that they come from here', async () => {
    const { email } = await pages.registered();
    const browser = new FormBrowser(api);
    const page = await browser.request('/auth/sign-in');
    const answer = await browser.request('/auth/sign-in', {
      method: 'POST',
      headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ ...page.forms[0]?.fields, email, password }).toString(),
    });
    assert.equal(answer.status, 303);
  });

  test('that were open for too long are shown again, with what was typed, and then work', async () => {
    const { email } = await pages.registered();
    const browser = new FormBrowser(api);
    const old = await browser.request('/auth/sign-in');
    browser.cookies.clear();
    const again = await browser.fill(old, '/auth/sign-in', { email, password });
    assert.equal(again.status, 403);
    assert.match(wordsOf(again), /had been open for too long/);
    assert.ok(again.html.includes(`value="${email}"`));
    assert.equal((await browser.fill(again, '/auth/sign-in', { password })).status, 303);
  });

  test('of another session are not taken', async () => {
    const { browser } = await pages.registered();
    const other = await pages.registered();
    const foreign = (await other.browser.request('/auth/account')).forms.find(({ action }) => action === '/auth/account/password');
    assert.ok(foreign);
    const answer = await browser.post('/auth/account/password', { ...foreign.fields, currentPassword: password, newPassword });
    assert.equal(answer.status, 403);
    assert.equal((await pages.whoami(browser)).ended, null);
  });

  test('that are too large are not read', async () => {
    const browser = new FormBrowser(api);
    assert.equal((await browser.post('/auth/sign-in', { email: 'x'.repeat(9000) })).status, 413);
  });

  test('are counted with everything else that an address asks for', async (t) => {
    const { url } = await startApi(t, { ...pages.databaseEnv, REQUESTS_PER_10_SECONDS: '3' });
    const browser = new FormBrowser(url);
    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(() => browser.request('/auth/sign-in')));
    const refused = answers.find(({ status }) => status === 429);
    assert.ok(refused);
    assert.match(refused.headers.get('content-type') ?? '', /^text\/html/);
    assert.ok(Number(refused.headers.get('retry-after')) >= 1);
    assert.match(wordsOf(refused), /^Too many requests/);
  });

  test('with too many wrong passwords say how long to wait, whoever it is', async () => {
    const email = anAddress();
    /** @type {import('../support/node/form_browser.mjs').PageAnswer | undefined} */
    let last;
    for (let i = 0; i < 11; i += 1) last = await new FormBrowser(api).submit('/auth/sign-in', { ...credentials(), email });
    assert.equal(last?.status, 429);
    assert.match(wordsOf(/** @type {any} */ (last)), /too many tries\. Wait \d+ (minute|second)s?/);
  });
});
