// The pages under /auth in Chromium with scripts switched off: what a person does, with the keyboard too.
// @ts-check
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { password } from '../../backend/tests/support/node/accounts.mjs';
import { launchBrowser, screenshot } from '../../backend/tests/support/node/browser.mjs';
import { newPassword, startPages } from '../../backend/tests/support/node/hosted.mjs';
import { mailOfKind, pathOf } from '../../backend/tests/support/node/mailbox.mjs';
import { sharedCleanup } from '../../backend/tests/support/node/places.mjs';
import { assertAccessible } from './axe.mjs';

/** @typedef {import('playwright-core').Page} Page */

const shared = sharedCleanup(after);
/** @type {Awaited<ReturnType<typeof startPages>>} */ let pages;
/** @type {string} */ let api;
const anAddress = () => `jane.doe-${randomUUID().slice(0, 8)}@example.org`;

before(async () => {
  pages = await startPages(shared, { DEMO_SIGN_IN: 'on', APP_UNIVERSAL_LINK_HOST: 'go.av.test' });
  ({ api } = pages);
  await pages.query(`INSERT INTO app_user (id, email, email_canonical, display_name, created_at, updated_at, email_verified_at)
    VALUES ('00000000-0000-7000-8000-000000000001', 'demo@example.org', 'demo@example.org', 'Demo', now(), now(), now())`);
});

/** A browser that runs no script. Its console stays silent, and it asks nobody else.
 * @param {import('node:test').TestContext} context @param {import('playwright-core').BrowserContextOptions} [options] */
async function openBrowser(context, options = {}) {
  const { page, foreignRequests } = await launchBrowser(context, api, {
    javaScriptEnabled: false,
    viewport: { width: 360, height: 740 },
    // An address of its own: what is counted for each address is counted for each browser.
    extraHTTPHeaders: { 'x-forwarded-for': `10.1.${Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 250)}` },
    ...options,
  });
  /** @type {string[]} */
  const complaints = [];
  page.on('console', (message) => complaints.push(message.text()));
  context.after(() => {
    assert.deepEqual(foreignRequests, []);
    // Said of what is as it should be: refusals, cleared data, and a reset that must not tell whose password it sets.
    const expected = /status of 4\d\d|^Clear-Site-Data header|^\[DOM\] Password forms should have/;
    assert.deepEqual(complaints.filter((text) => !expected.test(text)), []);
  });
  return page;
}

/** @param {Page} page @param {string} [email] */
async function register(page, email = anAddress()) {
  await page.goto(`${api}/auth/register`);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByLabel('Your name').fill('Jane Doe');
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.waitForURL(`${api}/`);
  return email;
}

/** @param {Page} page @param {string} email @param {string} [word] */
async function signIn(page, email, word = password) {
  await page.goto(`${api}/auth/sign-in`);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(word);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

test('somebody registers, sees themselves, and signs out, all without a script', async (context) => {
  const page = await openBrowser(context);
  const email = await register(page);
  await page.goto(`${api}/auth/account`);
  await page.getByRole('heading', { level: 1, name: 'Your account' }).waitFor();
  await page.getByRole('heading', { level: 2, name: 'Jane Doe' }).waitFor();
  await page.getByText(email).first().waitFor();
  await page.getByRole('link', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign out?' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
  const names = (await page.context().cookies()).map(({ name }) => name);
  assert.deepEqual(names.filter((name) => name !== 'avs_pre'), [], 'nothing of the session stays');
  await page.goto(`${api}/auth/account`);
  await page.waitForURL(`${api}/auth/sign-in?next=/auth/account`);
});

test('what is wrong is said first, beside the field, and what was typed stays', async (context) => {
  const page = await openBrowser(context);
  await page.goto(`${api}/auth/register`);
  await page.getByLabel('E-mail address').fill('jane@home');
  await page.getByLabel('Password').fill('short');
  await page.getByRole('button', { name: 'Create the account' }).click();
  const summary = page.getByRole('alert');
  await summary.waitFor();
  assert.equal(await page.title(), 'To be mended: Create an account · AspectAvy');
  assert.equal(await page.locator('.summary:focus').count(), 1, 'the summary has the focus');
  assert.equal(await page.getByLabel('E-mail address').inputValue(), 'jane@home');
  assert.equal(await page.getByLabel('Password').inputValue(), '');
  await summary.getByRole('link').first().click();
  assert.equal(await page.locator('#email:focus, #email:target').count(), 1, 'its link leads to the field');
  assert.equal(await page.getByLabel('E-mail address').getAttribute('aria-invalid'), 'true');

  await signIn(page, anAddress(), 'not the password');
  await summary.getByText('The address and the password do not belong together.').waitFor();
});

test('signing in needs no pointer', async (context) => {
  const email = await register(await openBrowser(context));
  const page = await openBrowser(context);
  await page.goto(`${api}/auth/sign-in?next=/auth/account`);
  assert.equal(await page.locator('#email:focus').count(), 1);
  await page.keyboard.type(email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Tab');
  const button = page.locator('button:focus-visible');
  assert.equal(await button.count(), 1);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${api}/auth/account`);
});

test('sessions are listed and ended, and asked for once more later', async (context) => {
  const page = await openBrowser(context);
  const email = await register(page);
  const other = await openBrowser(context);
  await signIn(other, email);
  await other.waitForURL(`${api}/`);
  await page.goto(`${api}/auth/account`);
  const sessions = page.getByRole('region', { name: 'Where you are signed in' });
  assert.equal(await sessions.getByRole('listitem').count(), 2);
  assert.match(await sessions.innerText(), /Chrome on Linux/);
  await sessions.getByRole('button', { name: /^End the session of/ }).click();
  await page.getByText('That session has ended.').waitFor();
  assert.equal(await sessions.getByRole('listitem').count(), 1);
  await other.goto(`${api}/auth/account`);
  await other.getByText('Your session has ended. Sign in again.').waitFor();

  await pages.query('UPDATE user_session SET elevated_until = NULL WHERE user_id = (SELECT id FROM app_user WHERE email = $1)', [email]);
  await page.goto(`${api}/auth/account`);
  await sessions.getByRole('link', { name: 'Show the sessions' }).click();
  await page.getByRole('heading', { name: 'Confirm it is you' }).waitFor();
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL(`${api}/auth/account`);
  assert.equal(await sessions.getByRole('listitem').count(), 1);
});

test('the password is changed, and the old one opens nothing', async (context) => {
  const page = await openBrowser(context);
  const email = await register(page);
  await page.goto(`${api}/auth/account`);
  await page.getByLabel('Current password').fill('not the password');
  await page.getByLabel('New password').fill(newPassword);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.locator('#currentPassword-fault').getByText('This is not your password.').waitFor();
  await page.getByLabel('Current password').fill(password);
  await page.getByLabel('New password').fill(newPassword);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByRole('status').getByText('Your password is changed.').waitFor();
  const fresh = await openBrowser(context);
  await signIn(fresh, email);
  await fresh.getByRole('alert').waitFor();
  await signIn(fresh, email, newPassword);
  await fresh.waitForURL(`${api}/`);
});

test('a mailed link signs in with one tap, in whichever browser', async (context) => {
  const email = await register(await openBrowser(context));
  const asking = await openBrowser(context);
  await asking.goto(`${api}/auth/sign-in`);
  await asking.getByRole('link', { name: 'Mail me a sign-in link' }).click();
  await asking.getByLabel('E-mail address').fill(email);
  await asking.getByRole('button', { name: 'Send the mail' }).click();
  await asking.getByRole('heading', { name: 'Check your e-mail' }).waitFor();
  const path = pathOf(await mailOfKind(api, email, 'magic_link'));
  const page = await openBrowser(context);
  await page.goto(api + path);
  await page.getByRole('button', { name: 'Sign in as j***@example.org' }).click();
  await page.waitForURL(`${api}/`);
  await page.goto(api + path);
  await page.getByRole('button', { name: /^Sign in/ }).click();
  await page.getByRole('alert').getByText('The link was used already.').waitFor();
});

test('the demo opens with one button', async (context) => {
  const page = await openBrowser(context);
  await page.goto(`${api}/auth/sign-in?next=/auth/account`);
  await page.getByRole('button', { name: 'Open the demo' }).click();
  await page.waitForURL(`${api}/auth/account`);
  await page.getByText('anybody at this machine may open it').waitFor();
  assert.equal(await page.getByLabel('Current password').count(), 0);
});

/** Every page in every state that looks different, by name: how to get there. @param {Page} page
 * @returns {Promise<[string, () => Promise<unknown>][]>} */
async function states(page) {
  const go = (/** @type {string} */ path) => () => page.goto(api + path);
  const email = anAddress();
  const request = `${api}/api/auth/`;
  const post = async (/** @type {string} */ path, /** @type {object} */ body) =>
    assert.ok((await fetch(request + path, { method: 'POST', headers: { 'content-type': 'application/json', 'x-forwarded-for': `10.2.${Math.floor(Math.random() * 250)}.7` }, body: JSON.stringify(body) })).ok, path);
  await post('register', { email, password, displayName: 'Jane Doe', client: 'ios', deviceLabel: 'iPhone of Jane' });
  await post('magic-link', { email });
  await post('password-reset', { email });
  const [magic, reset, verify] = await Promise.all(
    ['magic_link', 'password_reset', 'verify_email'].map(async (kind) => pathOf(await mailOfKind(api, email, kind))),
  );
  const fill = (/** @type {string} */ path, /** @type {Record<string, string>} */ fields, /** @type {string} */ action) => async () => {
    await page.goto(api + path);
    for (const [id, value] of Object.entries(fields)) await page.fill(`#${id}`, value);
    await page.click(`form[action="${action}"] button`);
  };
  return [
    ['sign-in', go('/auth/sign-in')],
    ['sign-in-refused', fill('/auth/sign-in', { email, password: 'not the password' }, '/auth/sign-in')],
    ['register', go('/auth/register')],
    ['register-faults', fill('/auth/register', { email: 'jane@home', password: 'short' }, '/auth/register')],
    ['register-taken', fill('/auth/register', { email, password }, '/auth/register')],
    ['magic', go('/auth/magic')],
    ['code', go(`/auth/code?request=${randomUUID()}`)],
    ['code-refused', fill(`/auth/code?request=${randomUUID()}`, { code: '12345678' }, '/auth/code')],
    ['magic-link', go(magic ?? '')],
    ['magic-unknown', fill(`/auth/magic/avl_${'A'.repeat(43)}`, {}, `/auth/magic/avl_${'A'.repeat(43)}`)],
    ['reset', go('/auth/reset')],
    ['sent', go('/auth/sent?for=register')],
    ['reset-link', go(reset ?? '')],
    ['reset-ended', go('/auth/reset/avl_x')],
    ['verify-link', go(verify ?? '')],
    ['signed-out', go('/auth/sign-out')],
    ['nothing-here', go('/auth/nothing')],
    ['account', fill('/auth/sign-in?next=/auth/account', { email, password }, '/auth/sign-in')],
    ['account-faults', fill('/auth/account', { currentPassword: 'x', newPassword: 'y' }, '/auth/account/password')],
    ['sign-out', go('/auth/sign-out')],
    ['account-asks', async () => {
      await pages.query('UPDATE user_session SET elevated_until = NULL WHERE user_id = (SELECT id FROM app_user WHERE email = $1)', [email]);
      await page.goto(`${api}/auth/account`);
    }],
    ['elevate', go('/auth/elevate')],
    ['elevate-code', fill('/auth/elevate', {}, '/auth/elevate/code')],
  ];
}

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  for (const width of [360, 1280]) {
    test(`every page is accessible and fits, ${colorScheme}, ${width} px`, async (context) => {
      const page = await openBrowser(context, {
        colorScheme,
        viewport: { width, height: width === 360 ? 740 : 900 },
        // Only for the checker: the pages have no script that could run.
        javaScriptEnabled: true,
        bypassCSP: true,
      });
      for (const [name, open] of await states(page)) {
        await open();
        assert.doesNotMatch(await page.locator('body').innerText(), /\bsafe/i);
        await assertAccessible(page, name);
        const small = await page.locator('button, .button, input:visible').evaluateAll((all) =>
          all.filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.outerHTML),
        );
        assert.deepEqual(small, [], `${name} has targets lower than 44 px`);
        await screenshot(page, `account-${name}-${width}-${colorScheme}`);
      }
    });
  }
}
