// The browser harness: it runs, and lets no request leave for another host.
// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launchBrowser } from '../../support/node/browser.mjs';
import { answers, startFeedServer } from '../../support/node/feed_server.mjs';

test('a page is shown, and a request to another host is refused and listed', async (t) => {
  const site = await startFeedServer(t);
  const other = await startFeedServer(t);
  other.on('/x.js', answers('document.title = "foreign"', { type: 'text/javascript' }));
  site.on('/', answers(`<title>own</title><script src="${other.url}/x.js"></script>`, { type: 'text/html' }));
  const { page, foreignRequests } = await launchBrowser(t, site.url);

  await page.goto(site.url, { waitUntil: 'load' });

  assert.equal(await page.title(), 'own');
  assert.deepEqual(foreignRequests, [`${other.url}/x.js`]);
  assert.deepEqual(other.requests, []);
});
