// The main job across a restart: a grade that was stored under other rules or over other terrain is no longer shown.
// @ts-check
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fakeClock, migratedDatabase, startApi, startWorker } from '../support/node/backend.mjs';
import { startFeedServer } from '../support/node/feed_server.mjs';
import * as fixtures from '../support/node/fixtures.mjs';
import { transform } from '../support/node/gdal.mjs';
import { feature } from '../support/node/lines.mjs';
import { repository, sharedCleanup, tempDir } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { getJson, postRoute, waitForCompile, waitForForecasts } from '../support/node/routes.mjs';

const shared = sharedCleanup(after);
/** @type {Record<string, string>} */ let settings;
/** @type {string} */ let folder;
/** @type {string} */ let otherStore;
/** @type {string} */ let id;
/** @type {any} */ let first;

const assessmentOf = (/** @type {string} */ api) => getJson(`${api}/api/routes/${id}/assessment`);
const routeOf = (/** @type {string} */ api) => getJson(`${api}/api/routes/${id}`);

/** The built-in rules, but every level closes all ground. */
function closedRules() {
  const path = join(repository, 'apps/backend/src/grading/rulesets/published_reduction_v1.json');
  const rules = JSON.parse(readFileSync(path, 'utf8'));
  for (const level of Object.values(rules.levels)) level.min_slope_deg = 0;
  const file = join(folder, 'closed.json');
  writeFileSync(file, JSON.stringify({ ...rules, id: 'closed', version: 1 }));
  return file;
}

describe('a stored grade across a restart', { skip: fixtures.withoutFixtures }, () => {
  before(async () => {
    folder = tempDir(shared);
    const feed = await startFeedServer(shared);
    fixtures.serveTyrol(feed, '2026-01-12');
    const rasters = fixtures.tyrolRasters(folder);
    const [cluster, store, other] = await Promise.all([
      startPostgres(shared),
      fixtures.importTerrain([String(rasters.avaMal)], 'EPSG:31287', join(folder, 'mal.store')),
      fixtures.importTerrain([String(rasters.avaAlr)], 'EPSG:31287', join(folder, 'alr.store')),
    ]);
    otherStore = other;
    settings = {
      ...fakeClock('2026-01-12T09:00:00Z'),
      DATABASE_URL: cluster.url(await migratedDatabase(cluster)),
      TERRAIN_STORE: store,
      FORECAST_FEEDS: fixtures.writeFeeds(join(folder, 'feeds.json'), [fixtures.tyrolFeed(feed.url)]),
    };
  });

  test('under the built-in rules the valley floor is green', async (t) => {
    await startWorker(t, settings);
    const { url } = await startApi(t, settings);
    await waitForForecasts(url);
    const line = await transform([[168070.7, 349941.3], [168505.7, 349941.3]], 'EPSG:31287', 'EPSG:4326');
    id = await postRoute(url, JSON.stringify(feature(line, 'Valley floor')));
    const route = await waitForCompile(url, id);
    first = await assessmentOf(url);
    assert.deepEqual([route.compile.grade, first.assessment.inForce.grade], ['green', 'green']);
  });

  test('the same rules and terrain after a restart: the stored answer, byte for byte', async (t) => {
    const { url } = await startApi(t, settings);
    assert.equal((await routeOf(url)).compile.status, 'done');
    assert.deepEqual(await assessmentOf(url), first);
  });

  for (const { what, env, grade } of [
    { what: 'other rules', env: () => ({ RULESET_FILE: closedRules() }), grade: 'red' },
    { what: 'other terrain', env: () => ({ TERRAIN_STORE: otherStore }), grade: 'unknown' },
    { what: 'other band heights', env: () => ({ BAND_HEIGHTS_FILE: heightsFile() }), grade: 'green' },
  ]) {
    test(`${what}: the api does not show the old green, and grades anew inline`, async (t) => {
      const { url } = await startApi(t, { ...settings, ...env() });
      const { compile } = await routeOf(url);
      assert.deepEqual([compile.status, compile.grade], ['outdated', undefined]);
      const { routes } = await getJson(`${url}/api/routes`);
      assert.deepEqual(routes.map((/** @type {any} */ one) => one.compile.grade), [undefined]);
      assert.equal((await assessmentOf(url)).assessment.inForce.grade, grade);
    });
  }

  test('a worker with other rules compiles anew at its start', async (t) => {
    const env = { ...settings, RULESET_FILE: closedRules() };
    const { url } = await startApi(t, env);
    await startWorker(t, env);
    const route = await waitForCompile(url, id);
    assert.equal(route.compile.grade, 'red');
    const answer = await assessmentOf(url);
    assert.equal(answer.receipt.ruleset.id, 'closed');
    assert.equal(answer.changes.gradeBefore, 'green');
  });
});

/** Heights that change nothing here: of a zone far away. */
function heightsFile() {
  const file = join(folder, 'heights.json');
  writeFileSync(file, JSON.stringify({ zones: [{ prefix: 'CH-9999', treelineM: [1700, 1900] }] }));
  return file;
}
