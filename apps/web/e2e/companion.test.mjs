// The companion in Chromium against the real stack: what a skier does, with pointer and with keys.
// @ts-check
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fetchAsWalker, walkerCookie } from '../../backend/tests/support/node/accounts.mjs';
import { launchBrowser, screenshot } from '../../backend/tests/support/node/browser.mjs';
import { sharedCleanup } from '../../backend/tests/support/node/places.mjs';
import { assertAccessible } from './axe.mjs';
import { gpx, place, startStack } from './stack.mjs';

/** @typedef {import('playwright-core').Page} Page */

const shared = sharedCleanup(after);

/** @type {Awaited<ReturnType<typeof startStack>>} */
let api;
before(async () => {
  api = await startStack(shared);
});

const lines = {
  // Up through ground of 38°, along it, and down again.
  red: gpx('Across the steep band', [place(200, 300), place(200, 800), place(500, 800), place(500, 300)]),
  // All on ground of 34°: one degree below what level 3 closes.
  close: gpx('Just below the limit', [place(200, 1150), place(600, 1150)]),
  expired: gpx('Where the forecast has ended', [place(1600, 200), place(2000, 200)]),
  outside: gpx('Beyond every zone', [place(2600, 200), place(2900, 200)]),
};

/** @type {Map<string, string>} */
const routeIds = new Map();

/** Saves a line once for all tests; its route's id. @param {keyof typeof lines} name */
async function routeId(name) {
  const known = routeIds.get(name);
  if (known !== undefined) return known;
  const answer = await fetchAsWalker(`${api.url}/api/routes`, {
    method: 'POST',
    headers: { 'content-type': 'application/gpx+xml', 'idempotency-key': `companion-${name}` },
    body: lines[name],
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  const { id } = /** @type {any} */ (await answer.json());
  routeIds.set(name, id);
  return id;
}

/** A page whose console stays silent and which asks nobody else: both are checked when the test ends.
 * @param {import('node:test').TestContext} context @param {import('playwright-core').BrowserContextOptions} [options] */
async function openPage(context, options = {}) {
  const { page, foreignRequests } = await launchBrowser(context, api.url, { bypassCSP: false, ...options });
  await page.context().addCookies([{ ...(await walkerCookie(api.url)), url: api.url }]);
  /** @type {string[]} */
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  return { page, complaints, foreignRequests };
}

/** @param {Page} page @param {keyof typeof lines} name */
async function openReport(page, name) {
  await page.goto(`${api.url}/routes/${await routeId(name)}`);
  await page.locator('.banner').waitFor();
  await page.locator('.chart svg').waitFor();
}

/** @param {Page} page @param {string} selector */
async function textOf(page, selector) {
  return (await page.locator(selector).first().innerText()).replaceAll(/\s+/g, ' ').trim();
}

test('the home page shows zones with number, word and age, in no colour once expired', async (context) => {
  const { page, complaints, foreignRequests } = await openPage(context);
  const answer = await page.goto(api.url);
  assert.match(answer?.headers()['content-security-policy'] ?? '', /default-src 'none'/);
  const current = page.getByRole('row', { name: /Test Massif/ });
  await current.waitFor();
  assert.match(await current.innerText(), /3\s*Considerable/);
  assert.match(await current.innerText(), /issued 14\sh ago, expires in 3\sh 1\d\smin/);
  const old = page.getByRole('row', { name: /Old Massif/ });
  assert.match(await old.innerText(), /Expired/);
  assert.doesNotMatch(await old.innerText(), /Very high/);
  assert.equal(await page.locator('.zone.danger-eaws-3').count(), 1);
  assert.equal(await page.locator('.zone.danger-none').count(), 1);
  assert.deepEqual(complaints, []);
  assert.deepEqual(foreignRequests, []);
});

test('each scale keeps its own colours and words, and a zone says in its title what it shows', async (context) => {
  const { page, complaints } = await openPage(context);
  await page.goto(api.url);
  const american = page.getByRole('region', { name: 'Test Avalanche Center', exact: true });
  const european = page.getByRole('region', { name: 'Test Avalanche Service', exact: true });
  await american.locator('.zone').first().waitFor();
  assert.equal(await american.locator('[class*="danger-eaws"]').count(), 0);
  assert.equal(await european.locator('[class*="danger-north_american"]').count(), 0);
  assert.equal(await american.locator('.zone.danger-north_american-1').count(), 1);
  assert.match(await american.getByRole('row', { name: /Wild Range/ }).innerText(), /5\s*Extreme/);
  assert.match(await european.locator('.scale-legend').innerText(), /Very high/);
  assert.doesNotMatch(await american.innerText(), /Very high/);

  const extreme = american.locator('.zone.danger-north_american-5');
  const outline = () => extreme.evaluate((zone) => {
    const { stroke, strokeWidth } = getComputedStyle(zone);
    return [stroke, parseFloat(strokeWidth)];
  });
  assert.deepEqual(await outline(), ['rgb(226, 35, 26)', 4]);
  assert.equal(await american.locator('.zone').last().getAttribute('class'), 'zone danger-north_american-5', 'painted last');
  await extreme.hover({ position: { x: 12, y: 12 } });
  assert.deepEqual(await outline(), ['rgb(226, 35, 26)', 6], 'pointing at it does not thin its outline');
  const titles = async (/** @type {import('playwright-core').Locator} */ group) =>
    (await group.locator('.zone title').allTextContents()).sort();
  assert.deepEqual(await titles(american), ['Quiet Range: 1 Low, current', 'Wild Range: 5 Extreme, current']);
  assert.deepEqual(await titles(european), ['Old Massif: Expired', 'Test Massif: 3 Considerable, current']);
  assert.deepEqual(complaints, []);
});

test('a forecast that no longer counts is told in the words of its scale, and its advice as of that time', async (context) => {
  const { page } = await openPage(context);
  await openReport(page, 'expired');
  await page.getByText('Travel advice of the forecast that no longer counts.').waitFor();
  await page.getByRole('link', { name: 'Read it here' }).click();
  await page.getByRole('heading', { name: 'Travel advice at that time' }).waitFor();
  assert.match(await textOf(page, '.ended-note'), /no longer counts/);
  assert.match(await textOf(page, '.ratings'), /Was: Very high/);
  assert.equal(await page.locator('[class*="danger-eaws"]').count(), 0);
});

test('a path that is no text is not found, in words', async (context) => {
  const { page, complaints } = await openPage(context);
  await page.goto(api.url);
  await page.evaluate(() => {
    history.pushState(null, '', '/routes/%E0');
    dispatchEvent(new PopStateEvent('popstate'));
  });
  await page.getByRole('heading', { level: 1, name: 'There is no page here' }).waitFor();
  assert.deepEqual(complaints, []);
});

test('an uploaded GPX becomes a report that says why', async (context) => {
  const { page, complaints, foreignRequests } = await openPage(context);
  await page.goto(api.url);
  const assessment = page.waitForResponse(/\/assessment$/);
  await page.setInputFiles('input[type=file]', {
    name: 'tour.gpx',
    mimeType: 'application/gpx+xml',
    buffer: Buffer.from(lines.red),
  });
  await page.waitForURL(/\/routes\/[0-9a-f-]{36}$/);
  await page.locator('.banner-red').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H1', 'the new page is announced');
  const why = await textOf(page, '.banner-why');
  assert.match(why, /without a break/);
  assert.match(why, /closed at 3 Considerable: up to 3[78]\.\d° steep, facing S/);
  await page.getByRole('heading', { name: 'Across the steep band' }).waitFor();
  assert.match(await textOf(page, '.forecast-card'), /Test Massif.*3 Considerable.*issued 14 h ago/);
  assert.equal(await page.locator('.levels > li').count(), 6);
  assert.equal(await page.locator('.stretch-red').count(), 1);
  await page.locator('.plan-red').first().waitFor({ state: 'attached' });

  const { receiptId } = /** @type {any} */ (await (await assessment).json());
  await page.getByText('Receipt: forecast, terrain').click();
  assert.ok((await textOf(page, '.receipt')).includes(receiptId));
  assert.deepEqual(complaints, []);
  assert.deepEqual(foreignRequests, []);
  await fetchAsWalker(page.url().replace('/routes/', '/api/routes/'), { method: 'DELETE' });
});

test('a file that is no route is refused with every fault, and nothing is saved', async (context) => {
  const { page } = await openPage(context);
  const before = await (await fetchAsWalker(`${api.url}/api/routes`)).text();
  await page.goto(api.url);
  /** @param {string} name @param {string} text */
  const upload = async (name, text) => {
    await page.setInputFiles('input[type=file]', { name, mimeType: 'text/plain', buffer: Buffer.from(text) });
    const alert = page.getByRole('alert').filter({ hasText: name });
    await alert.waitFor();
    return alert.innerText();
  };
  assert.match(await upload('broken.gpx', '<gpx><trk>'), /broken\.gpx was not added/);
  assert.match(await upload('point.geojson', '{"type":"Point","coordinates":[9,47]}'), /LineString/);
  assert.match(await upload('table.csv', 'lat;lon'), /neither GPX nor GeoJSON/);
  assert.equal(await (await fetchAsWalker(`${api.url}/api/routes`)).text(), before);
});

test('no text of the sketch lies on another', async (context) => {
  const { page } = await openPage(context);
  await openReport(page, 'red');
  const overlaps = await page.locator('.plan svg').evaluate((svg) => {
    const boxes = Array.from(svg.querySelectorAll('text')).map((text) => ({ says: text.textContent, ...text.getBoundingClientRect().toJSON() }));
    return boxes.flatMap((a, i) =>
      boxes.slice(i + 1).filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
        .map((b) => `${a.says} and ${b.says}`),
    );
  });
  assert.deepEqual(overlaps, []);
});

test('the profile is read with keys, and the sketch follows', async (context) => {
  const { page } = await openPage(context);
  await openReport(page, 'red');
  const slider = page.getByRole('slider', { name: 'Place on the route' });
  await slider.focus();
  const start = await slider.getAttribute('aria-valuetext');
  assert.match(start ?? '', /^0.m, elevation 1\d{3}.m, slope 15\.\d°, facing south, level 3 Considerable, stretch graded Green$/);
  const dot = page.locator('.plan-cursor');
  const before = await dot.getAttribute('cy');
  await page.keyboard.press('PageUp');
  await page.keyboard.press('ArrowRight');
  assert.notEqual(await slider.getAttribute('aria-valuetext'), start);
  assert.notEqual(await dot.getAttribute('cy'), before);
  await page.keyboard.press('End');
  assert.equal(await slider.getAttribute('aria-valuenow'), await slider.getAttribute('aria-valuemax'));
  await page.keyboard.press('Home');
  await page.getByRole('button', { name: 'Next stretch' }).click();
  assert.match((await slider.getAttribute('aria-valuetext')) ?? '', /stretch graded Red$/);
  assert.match(await textOf(page, '.reading'), /Stretch Red/);
  await page.getByText('The profile as a table').click();
  assert.match(await textOf(page, '.table-scroll'), /38\.\d° S 3 Considerable Red/);
});

test('green says what it means and how close the call is', async (context) => {
  const { page } = await openPage(context);
  await openReport(page, 'close');
  assert.match(await textOf(page, '.banner-green'), /No stretch crossed the rule, nothing more/);
  assert.match(await textOf(page, '.banner-green'), /Green, 1\.\d° from red/);
});

test('unknown is as loud as red and gives its reason', async (context) => {
  const { page } = await openPage(context);
  await openReport(page, 'expired');
  assert.match(await textOf(page, '.banner-unknown'), /None of this route can be graded.*has expired/);
  assert.match(await textOf(page, '.forecast-card'), /Expired.*issued 1 d 16 h ago, expired 16 h ago/);
  assert.doesNotMatch(await textOf(page, '.forecast-card'), /Considerable/);
  await openReport(page, 'outside');
  assert.match(await textOf(page, '.banner-unknown'), /No forecast zone covers this ground/);
  assert.match(await textOf(page, '.stretch-unknown'), /OUTSIDE_ZONES/);
  await page.getByText('No forecast zone covers this route.').waitFor();
});

test('what if is never mistaken for the official answer', async (context) => {
  const { page } = await openPage(context);
  await openReport(page, 'red');
  await page.getByRole('radio', { name: /Low/ }).check();
  const answer = page.locator('.what-if-answer');
  await answer.waitFor();
  const text = (await answer.innerText()).replaceAll(/\s+/g, ' ');
  assert.match(text, /What if: Low everywhere\. Not the official forecast\./);
  assert.match(text, /What if: Green Official: Red/);
  await page.locator('.banner-red').waitFor();
});

test('a report left open loses its grade when the forecast ends', async (context) => {
  const { page } = await openPage(context);
  await page.clock.install();
  await openReport(page, 'red');
  await page.locator('.banner-red').waitFor();
  await page.route('**/api/**', (route) => route.abort());
  await page.clock.fastForward('04:00:00');
  await page.locator('.banner-unknown').waitFor();
  assert.match(await textOf(page, '.banner-unknown'), /has ended since it was computed/);
  assert.equal(await page.locator('.stretch-red, .chart').count(), 0);
  assert.match(await textOf(page, '.forecast-card'), /Expired/);
});

test('deleting asks first', async (context) => {
  const { page } = await openPage(context);
  const answer = await fetchAsWalker(`${api.url}/api/routes`, {
    method: 'POST',
    headers: { 'content-type': 'application/gpx+xml', 'idempotency-key': 'to-be-deleted' },
    body: lines.red.replace('Across the steep band', 'To be deleted'),
  });
  const { id } = /** @type {any} */ (await answer.json());
  await page.goto(api.url);
  await page.getByRole('button', { name: 'Delete To be deleted' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.equal((await fetchAsWalker(`${api.url}/api/routes/${id}`)).status, 200);
  await page.getByRole('button', { name: 'Delete To be deleted' }).click();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('link', { name: /To be deleted/ }).waitFor({ state: 'detached' });
  assert.notEqual((await fetchAsWalker(`${api.url}/api/routes/${id}`)).status, 200);
});

test('the official forecast can be read in full', async (context) => {
  const { page } = await openPage(context);
  await openReport(page, 'red');
  await page.getByRole('link', { name: 'Read it here' }).click();
  await page.getByRole('heading', { name: 'Avalanche problems' }).waitFor();
  const text = await textOf(page, '.forecast');
  assert.match(text, /issued 14 h ago, expires in 3 h/);
  assert.match(text, /Persistent weak layers/);
  assert.match(text, /Keep distance from steep slopes/);
  await page.goBack();
  await page.locator('.banner-red').waitFor();
});

/** Every page, by what it is about. @returns {Promise<[string, string][]>} */
async function pages() {
  const zones = /** @type {any} */ (await (await fetch(`${api.url}/api/forecasts/zones`)).json());
  const forecastOf = (/** @type {string} */ name) =>
    zones.features.find((/** @type {any} */ zone) => zone.properties.name === name).properties.forecastId;
  return [
    ['home', '/'],
    ['report-red', `/routes/${await routeId('red')}`],
    ['report-green', `/routes/${await routeId('close')}`],
    ['report-unknown', `/routes/${await routeId('expired')}`],
    ['forecast', `/forecasts/${forecastOf('Test Massif')}`],
    ['forecast-ended', `/forecasts/${forecastOf('Old Massif')}`],
    ['about', '/about'],
    ['gone', '/routes/00000000-0000-7000-8000-000000000000'],
  ];
}

/** The page's text without what it quotes: the North American scale itself calls level 1 "generally safe".
 * @param {Page} page */
async function ownWords(page) {
  const quoted = await page.locator('q.official-words').allInnerTexts();
  return quoted.reduce((text, words) => text.replace(words, ''), await page.locator('body').innerText());
}

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  for (const width of [360, 1280]) {
    test(`every page is accessible and fits, ${colorScheme}, ${width} px`, async (context) => {
      // The checker is injected as a script, which the pages' own policy would refuse.
      const { page } = await openPage(context, {
        colorScheme,
        viewport: { width, height: width === 360 ? 740 : 900 },
        bypassCSP: true,
      });
      for (const [name, path] of await pages()) {
        await page.goto(api.url + path);
        await page.waitForLoadState('networkidle');
        await page.locator('details').evaluateAll((all) => {
          for (const one of all) /** @type {HTMLDetailsElement} */ (one).open = true;
        });
        assert.doesNotMatch(await ownWords(page), /\bsafe/i);
        await assertAccessible(page, name);
        await screenshot(page, `companion-${name}-${width}-${colorScheme}`);
      }
    });
  }
}
