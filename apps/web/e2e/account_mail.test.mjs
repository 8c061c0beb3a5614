// Everything that a mail takes part in, as it runs in production: TLS at Caddy, app and api on hosts of their own that share
// the session's cookie, mails through an SMTP server, and a sibling host that means harm.
// @ts-check
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { password } from '../../backend/tests/support/node/accounts.mjs';
import { migratedDatabase, startApi, startWorker } from '../../backend/tests/support/node/backend.mjs';
import { launchBrowser, screenshot } from '../../backend/tests/support/node/browser.mjs';
import { newPassword } from '../../backend/tests/support/node/hosted.mjs';
import { freePort, repository, sharedCleanup, tempDir } from '../../backend/tests/support/node/places.mjs';
import { startPostgres } from '../../backend/tests/support/node/postgres.mjs';
import { startProcess } from '../../backend/tests/support/node/process.mjs';
import { startSmtp, takeApart } from '../../backend/tests/support/node/smtp_server.mjs';
import { waitFor } from '../../backend/tests/support/node/wait.mjs';

/** @typedef {import('playwright-core').Page} Page */

const shared = sharedCleanup(after);
const domain = 'av.test';
/** @type {string} */ let app;
/** @type {string} */ let api;
/** @type {string} */ let evil;
/** @type {string} */ let go;
/** @type {Awaited<ReturnType<typeof startSmtp>>} */ let smtp;
/** @type {(sql: string) => Promise<unknown>} */ let query;

/** Caddy with the committed snippet in front of the api, and a sibling host beside it.
 * @param {number} port @param {number} upstream */
async function startEdge(port, upstream) {
  const folder = tempDir(shared);
  const site = (/** @type {string} */ name) => `https://${name}.${domain}:${port}`;
  const file = join(folder, 'Caddyfile');
  writeFileSync(
    file,
    `{
	admin off
	auto_https disable_redirects
	skip_install_trust
	local_certs
	storage file_system ${folder}
}
import ${join(repository, 'infra/caddy/edge-snippet.caddy')}
${site('evil')} {
	header Content-Type "text/html; charset=utf-8"
	respond "<!doctype html><title>A sibling</title>" 200
}
`,
  );
  const caddy = startProcess(shared, 'caddy', ['caddy', 'run', '--adapter', 'caddyfile', '--config', file], {
    env: {
      HOME: folder,
      ASPECTAVY_HOST: ['app', 'api', 'go'].map(site).join(', '),
      ASPECTAVY_DOCS_HOST: site('docs'),
      ASPECTAVY_ADMIN_HOST: site('admin'),
      ASPECTAVY_UPSTREAM: `127.0.0.1:${upstream}`,
    },
  });
  await caddy.waitForOutput(/serving initial configuration/);
}

before(async () => {
  const port = await freePort();
  [app, api, evil, go] = /** @type {[string, string, string, string]} */ (['app', 'api', 'evil', 'go'].map((name) => `https://${name}.${domain}:${port}`));
  smtp = await startSmtp(shared);
  const cluster = await startPostgres(shared);
  const database = await migratedDatabase(cluster);
  query = (sql) => cluster.query(database, sql);
  const env = {
    DATABASE_URL: cluster.url(database),
    ASPECTAVY_WEB_DIR: join(repository, 'apps/web/dist'),
    PUBLIC_APP_URL: app,
    PUBLIC_HOSTS: ['app', 'api', 'go'].map((name) => `${name}.${domain}`).join(','),
    SESSION_COOKIE_DOMAIN: domain,
    APP_ALLOWED_ORIGINS: app,
    REGISTRATION_MODE: 'verify_first',
    MAIL_MODE: 'smtp',
    MAIL_FROM: `no-reply@${domain}`,
    SMTP_HOST: 'localhost',
    SMTP_PORT: `${smtp.port}`,
    SMTP_TLS: 'none',
  };
  const { port: upstream } = await startApi(shared, env);
  await startWorker(shared, env);
  await startEdge(port, upstream);
});

/** A browser for which the domain is this machine. @param {import('node:test').TestContext} context */
async function openBrowser(context) {
  const { page, foreignRequests } = await launchBrowser(
    context,
    app,
    { ignoreHTTPSErrors: true, viewport: { width: 390, height: 844 } },
    {
      hosts: [api, evil, go].map((origin) => new URL(origin).host),
      // A page that the test itself serves is of no network: calling this machine from it would want a permission.
      args: [`--host-resolver-rules=MAP *.${domain} 127.0.0.1`, '--disable-features=LocalNetworkAccessChecks'],
    },
  );
  context.after(() => assert.deepEqual(foreignRequests, []));
  return page;
}

/** What the mail to somebody says, once it has come. @param {string} to @param {RegExp} pattern */
function mailed(to, pattern) {
  return waitFor(`a mail to ${to} like ${pattern}`, () => {
    const texts = smtp.messages().filter((message) => message.to.includes(to)).map(({ content }) => takeApart(content).text);
    return pattern.exec(texts.join('\n'))?.[0];
  });
}
const link = (/** @type {string} */ kind) => new RegExp(`${app}/auth/${kind}/avl_[\\w-]{43}`);

/** @param {Page} page @param {string} email @param {string} [word] */
async function signIn(page, email, word = password) {
  await page.goto(`${app}/auth/sign-in`);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(word);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Somebody with a proven address. @param {Page} page */
async function register(page) {
  const email = `jane-${randomUUID().slice(0, 8)}@${domain}`;
  await page.goto(`${app}/auth/register`);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByRole('heading', { name: 'Check your e-mail' }).waitFor();
  await page.goto(await mailed(email, link('verify')));
  await page.getByRole('button', { name: 'Confirm the address' }).click();
  await page.getByText('Your address is confirmed.').waitFor();
  return email;
}

/** A page of the app's own on its host, which calls the api on another. @param {Page} page */
async function openOwnPage(page) {
  await page.route(`${app}/own-page`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Own page</title>' }));
  await page.goto(`${app}/own-page`);
}

/** @param {Page} page @param {string} path @param {RequestInit} [options] @returns {Promise<{ status: number, body: any }>} */
function callApi(page, path, options = {}) {
  return page.evaluate(
    async ([url, init]) => {
      const answer = await fetch(url, { credentials: 'include', ...init });
      const text = await answer.text();
      return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
    },
    /** @type {const} */ ([api + path, options]),
  );
}

describe('behind the edge', () => {
  test('register, confirm by the mailed link, sign in on app., and call api. with the shared cookie', async (context) => {
    const page = await openBrowser(context);
    const email = await register(page);
    await signIn(page, email);
    await page.waitForURL(`${app}/`);
    const cookie = (await page.context().cookies()).find(({ name }) => name === '__Secure-avs');
    assert.ok(cookie);
    assert.deepEqual([cookie.domain, cookie.secure, cookie.httpOnly, cookie.sameSite], [`.${domain}`, true, true, 'Lax']);
    await openOwnPage(page);
    assert.equal((await callApi(page, '/api/auth/session')).body.user.email, email);
    assert.deepEqual((await callApi(page, '/api/auth/whoami')).body.user.emailVerified, true);
    assert.equal((await callApi(page, '/api/routes')).status, 200);
  });

  test('who has not confirmed the address is not told apart from who is unknown', async (context) => {
    const page = await openBrowser(context);
    const email = `new-${randomUUID().slice(0, 8)}@${domain}`;
    await page.goto(`${app}/auth/register`);
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Create the account' }).click();
    for (const who of [email, `nobody-${email}`]) {
      await signIn(page, who);
      await page.getByRole('alert').getByText('The address and the password do not belong together.').waitFor();
    }
  });

  test('a sibling host, for which the cookie is sent too, can neither act nor read', async (context) => {
    const page = await openBrowser(context);
    const email = await register(page);
    await signIn(page, email);
    await page.waitForURL(`${app}/`);
    await page.goto(evil);
    const refused = page.waitForResponse((answer) => answer.url() === `${api}/api/auth/sign-out` && answer.request().method() === 'POST');
    await page.evaluate((url) => fetch(url, { method: 'POST', credentials: 'include', mode: 'no-cors' }), `${api}/api/auth/sign-out`);
    assert.equal((await refused).status(), 403);
    assert.match((await (await refused).request().allHeaders()).cookie ?? '', /__Secure-avs=/, 'the cookie was there');
    await assert.rejects(page.evaluate((url) => fetch(url, { credentials: 'include' }), `${api}/api/auth/session`), /Failed to fetch/);
    for (const path of ['/auth/sign-out', '/auth/account/sessions/end-others']) {
      await page.goto(evil);
      const answer = page.waitForResponse((one) => one.url() === app + path);
      await page.evaluate((action) => {
        const form = document.createElement('form');
        form.method = 'post';
        form.action = action;
        document.body.append(form);
        form.submit();
      }, app + path);
      assert.equal((await answer).status(), 403, path);
      await page.getByRole('heading', { name: 'Nothing was done' }).waitFor();
    }
    await openOwnPage(page);
    assert.equal((await callApi(page, '/api/auth/session')).body.user.email, email);
  });

  test('a cookie that a sibling tosses in signs nobody in and is cleared', async (context) => {
    const page = await openBrowser(context);
    const email = await register(page);
    await signIn(page, email);
    await page.waitForURL(`${app}/`);
    await page.context().addCookies([{ name: '__Secure-avs', value: 'avs_tossed', url: app, secure: true }]);
    await page.goto(`${app}/auth/account`);
    await page.waitForURL(`${app}/auth/sign-in?next=/auth/account`);
    assert.deepEqual((await page.context().cookies()).filter(({ name }) => name === '__Secure-avs'), []);
    await signIn(page, email);
    await page.waitForURL(`${app}/`);
  });

  test('a forgotten password is replaced by the mailed link', async (context) => {
    const page = await openBrowser(context);
    const email = await register(page);
    await page.goto(`${app}/auth/sign-in`);
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await page.getByLabel('E-mail address').fill(email);
    await page.getByRole('button', { name: 'Send the mail' }).click();
    await page.getByRole('heading', { name: 'Check your e-mail' }).waitFor();
    const answer = await page.goto(await mailed(email, link('reset')));
    assert.equal(answer?.headers()['referrer-policy'], 'same-origin', 'the edge leaves the page its own');
    await page.getByLabel('New password').fill(newPassword);
    await screenshot(page, 'account-mail-reset');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByText('Your new password is set').waitFor();
    await signIn(page, email);
    await page.getByRole('alert').waitFor();
    await signIn(page, email, newPassword);
    await page.waitForURL(`${app}/`);
    await mailed(email, /password.*changed/i);
  });

  test('a mailed link signs in, and so does its code', async (context) => {
    const email = await register(await openBrowser(context));
    const ask = async (/** @type {Page} */ page) => {
      await query('DELETE FROM auth_mail_slot');
      await page.goto(`${app}/auth/magic`);
      await page.getByLabel('E-mail address').fill(email);
      await page.getByRole('button', { name: 'Send the mail' }).click();
      await page.getByLabel('Code in the mail').waitFor();
    };
    const first = await openBrowser(context);
    await ask(first);
    const url = await mailed(email, link('magic'));
    const phone = await openBrowser(context);
    await phone.goto(url);
    await phone.getByRole('button', { name: `Sign in as j***@${domain}` }).click();
    await phone.waitForURL(`${app}/`);

    const second = await openBrowser(context);
    const before_ = smtp.messages().length;
    await ask(second);
    await waitFor('the second mail', () => smtp.messages().length > before_);
    const { text } = takeApart(smtp.messages().at(-1)?.content ?? '');
    const code = /^(\d{4}) ?(\d{4})$/m.exec(text);
    assert.ok(code, text);
    await second.getByLabel('Code in the mail').fill(code[0]);
    await second.getByRole('button', { name: 'Sign in' }).click();
    await second.waitForURL(`${app}/`);
    await openOwnPage(second);
    assert.equal((await callApi(second, '/api/auth/session')).body.user.email, email);
  });
});
