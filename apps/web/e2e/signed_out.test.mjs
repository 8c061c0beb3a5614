// The companion for who is not signed in, or not any more: forecasts are open, routes lead to the sign-in and back.
// @ts-check
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { password, walkerAt, walkerCookie } from '../../backend/tests/support/node/accounts.mjs';
import { launchBrowser, screenshot } from '../../backend/tests/support/node/browser.mjs';
import { sharedCleanup } from '../../backend/tests/support/node/places.mjs';
import { assertAccessible } from './axe.mjs';
import { gpx, place, startStack } from './stack.mjs';

/** @typedef {import('playwright-core').Page} Page */

const shared = sharedCleanup(after);
/** @type {Awaited<ReturnType<typeof startStack>>} */
let api;
const line = gpx('Chosen before signing in', [place(200, 300), place(200, 800), place(500, 800)]);
const file = { name: 'tour.gpx', mimeType: 'application/gpx+xml', buffer: Buffer.from(line) };

before(async () => {
  api = await startStack(shared, { DEMO_SIGN_IN: 'on' });
  await api.query(`INSERT INTO app_user (id, email, email_canonical, display_name, created_at, updated_at, email_verified_at)
    VALUES ('00000000-0000-7000-8000-000000000001', 'demo@example.org', 'demo@example.org', 'Demo', now(), now(), now())`);
});

/** @param {import('node:test').TestContext} context @param {import('playwright-core').BrowserContextOptions} [options] */
async function openPage(context, options = {}) {
  const { page, foreignRequests } = await launchBrowser(context, api.url, options);
  /** @type {string[]} */
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  context.after(() => assert.deepEqual(foreignRequests, []));
  return { page, complaints };
}

/** @param {Page} page */
async function signInOnPage(page) {
  const { email } = await walkerAt(api.url);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** The walker's session in this browser, by name and value. @param {Page} page */
async function bringSession(page) {
  await page.context().addCookies([{ ...(await walkerCookie(api.url)), url: api.url }]);
}

const header = (/** @type {Page} */ page) => page.getByRole('banner');

test('forecasts are shown, routes ask to sign in, and nothing fails on the way', async (context) => {
  const { page, complaints } = await openPage(context);
  await page.goto(api.url);
  await page.getByRole('row', { name: /Test Massif/ }).waitFor();
  await page.getByRole('heading', { name: 'Sign in to see your routes' }).waitFor();
  assert.equal(await page.getByRole('alert').count(), 0);
  await header(page).getByRole('link', { name: 'Sign in' }).waitFor();
  assert.deepEqual(complaints, []);
});

test('a route leads to the sign-in and back, and signing out leaves no name', async (context) => {
  const { page, complaints } = await openPage(context);
  const path = '/routes/00000000-0000-7000-8000-000000000000';
  await page.goto(api.url + path);
  await page.getByRole('heading', { name: 'Sign in to see this route' }).waitFor();
  await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
  await signInOnPage(page);
  await page.waitForURL(api.url + path);
  await page.getByText('There is no such route').waitFor();
  await header(page).getByText('walker@example.org').waitFor();
  await header(page).getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${api.url}/`);
  await header(page).getByRole('link', { name: 'Sign in' }).waitFor();
  assert.equal(await page.getByText('walker@example.org').count(), 0);
  assert.deepEqual(complaints.filter((text) => !/status of 404/.test(text)), []);
});

test('a file that is chosen too early waits until somebody is signed in', async (context) => {
  const { page } = await openPage(context);
  await page.goto(api.url);
  await page.getByRole('heading', { name: 'Sign in to see your routes' }).waitFor();
  await page.setInputFiles('input[type=file]', file);
  await page.getByText('waits in this tab and was sent nowhere').waitFor();
  await page.getByRole('link', { name: 'Sign in to add it' }).click();
  await signInOnPage(page);
  await page.waitForURL(`${api.url}/`);
  await page.getByText('has waited in this tab while you signed in').waitFor();
  await page.getByRole('button', { name: 'Add tour.gpx' }).click();
  await page.waitForURL(/\/routes\/[0-9a-f-]{36}$/);
  await page.getByRole('heading', { name: 'Chosen before signing in' }).waitFor();
  await page.goto(api.url);
  await page.getByText('Chosen before signing in').first().waitFor();
  assert.equal(await page.getByText('has waited in this tab').count(), 0, 'it is not added twice');
});

test('a file that is no route is not kept, and one that waits can be forgotten', async (context) => {
  const { page } = await openPage(context);
  await page.goto(api.url);
  await page.getByRole('heading', { name: 'Sign in to see your routes' }).waitFor();
  await page.setInputFiles('input[type=file]', { name: 'table.csv', mimeType: 'text/csv', buffer: Buffer.from('lat;lon') });
  await page.getByRole('alert').filter({ hasText: 'neither GPX nor GeoJSON' }).waitFor();
  await page.setInputFiles('input[type=file]', { ...file, buffer: Buffer.from(`<gpx>${' '.repeat(6 * 1024 * 1024)}</gpx>`) });
  await page.getByRole('alert').filter({ hasText: 'too large to be kept' }).waitFor();
  await page.setInputFiles('input[type=file]', file);
  await page.getByRole('button', { name: 'Forget it' }).click();
  assert.equal(await page.getByText('waits in this tab').count(), 0);
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
});

test('a session that ends while the page is open says so and keeps the file', async (context) => {
  const { page } = await openPage(context);
  await bringSession(page);
  await page.goto(api.url);
  await header(page).getByText('walker@example.org').waitFor();
  await api.query("UPDATE user_session SET revoked_at = now(), revoke_reason = 'revoked' WHERE revoked_at IS NULL");
  await page.setInputFiles('input[type=file]', file);
  await page.getByText('waits in this tab and was sent nowhere').waitFor();
  await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
  await header(page).getByRole('link', { name: 'Sign in' }).waitFor();
});

test('home, sign in, open the demo: its routes are there', async (context) => {
  const { page, complaints } = await openPage(context);
  await page.goto(api.url);
  await header(page).getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Open the demo' }).click();
  await page.waitForURL(`${api.url}/`);
  await header(page).getByText('Demo', { exact: true }).waitFor();
  await page.getByText('No routes yet').waitFor();
  await header(page).getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('main').getByRole('button', { name: 'Open the demo' }).click();
  await header(page).getByText('Demo', { exact: true }).waitFor();
  assert.deepEqual(complaints, []);
});

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  for (const width of [360, 1280]) {
    test(`what is shown without a session is accessible and fits, ${colorScheme}, ${width} px`, async (context) => {
      const { page } = await openPage(context, { colorScheme, viewport: { width, height: width === 360 ? 740 : 900 }, bypassCSP: true });
      const shot = async (/** @type {string} */ name) => {
        await page.waitForLoadState('networkidle');
        await assertAccessible(page, name);
        await screenshot(page, `signed-out-${name}-${width}-${colorScheme}`);
      };
      await page.goto(api.url);
      await page.getByRole('heading', { name: 'Sign in to see your routes' }).waitFor();
      await shot('home');
      await page.setInputFiles('input[type=file]', file);
      await page.getByText('waits in this tab').waitFor();
      await shot('kept');
      await page.goto(`${api.url}/routes/00000000-0000-7000-8000-000000000000`);
      await page.getByRole('heading', { name: 'Sign in to see this route' }).waitFor();
      await shot('route');
      await page.context().addCookies([{ name: 'avs_dev', value: `avs_${'A'.repeat(43)}`, url: api.url }]);
      await bringSession(page);
      await page.goto(api.url);
      await header(page).getByText('walker@example.org').waitFor();
      await shot('signed-in');
    });
  }
}
