// axe-core on a page that is open in the browser.
// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Fails when the page breaks a rule, or is wider than its window. The browser context needs bypassCSP: the checker is
 * injected as a script, which the pages' own policy refuses. @param {import('playwright-core').Page} page @param {string} name */
export async function assertAccessible(page, name) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${name} is ${overflow} px too wide`);
  await page.evaluate(source);
  const violations = await page.evaluate(async () => {
    const result = await /** @type {any} */ (globalThis).axe.run();
    return result.violations.map((/** @type {any} */ v) => `${v.id}: ${v.nodes[0].html}`);
  });
  assert.deepEqual(violations, [], name);
}
