// Debian's Chromium, driven by playwright-core: for tests of what the api serves to a browser.
// @ts-check
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { repository } from './places.mjs';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A browser with a new, empty profile; closed after the test. Requests to other hosts than `origin`'s are refused and
 * listed in `foreignRequests`.
 * @param {import('./places.mjs').Cleanup} test
 * @param {string} origin like http://127.0.0.1:3001
 * @param {import('playwright-core').BrowserContextOptions} [options] viewport, colorScheme, locale, …
 * @param {{ hosts?: string[], args?: string[] }} [more] hosts: further ones that may be asked; args: further flags
 */
export async function launchBrowser(test, origin, options = {}, { hosts = [], args = [] } = {}) {
  const profile = mkdtempSync(join(tmpdir(), 'aspectavy-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: [...flags, ...args],
    timezoneId: 'UTC',
    ...options,
  });
  test.after(async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });
  /** @type {string[]} */
  const foreignRequests = [];
  const known = [new URL(origin).host, ...hosts];
  await context.route(
    (url) => /^https?:$/.test(url.protocol) && !known.includes(url.host),
    (route) => {
      foreignRequests.push(route.request().url());
      return route.abort();
    },
  );
  return { context, page: context.pages()[0] ?? (await context.newPage()), foreignRequests };
}

/** Saves test-results/<name>.png. @param {import('playwright-core').Page} page @param {string} name */
export async function screenshot(page, name) {
  const folder = join(repository, 'test-results');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
