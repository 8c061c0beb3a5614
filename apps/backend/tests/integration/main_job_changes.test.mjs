// The main job through time: a later bulletin comes, the worker compiles anew and says what changed; then it expires.
// @ts-check
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fakeClock, migratedDatabase, startApi, startWorker } from '../support/node/backend.mjs';
import { fails, startFeedServer } from '../support/node/feed_server.mjs';
import * as fixtures from '../support/node/fixtures.mjs';
import { transform } from '../support/node/gdal.mjs';
import { feature } from '../support/node/lines.mjs';
import { sharedCleanup, tempDir } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { getJson, postRoute, waitForCompile, waitForForecasts } from '../support/node/routes.mjs';
import { waitFor } from '../support/node/wait.mjs';

const shared = sharedCleanup(after);
/** @type {Record<string, string>} */ let settings;
/** @type {import('../support/node/feed_server.mjs').FeedServer} */ let feed;
/** @type {string} */ let id;
/** @type {any} */ let first;

/** Api and, if wanted, worker at a moment. @param {import('../support/node/places.mjs').Cleanup} t @param {string} now */
async function startAt(t, now, { withWorker = true } = {}) {
  const env = { ...settings, ...fakeClock(now) };
  if (withWorker) await startWorker(t, env);
  return (await startApi(t, env)).url;
}

const assessmentOf = (/** @type {string} */ api) => getJson(`${api}/api/routes/${id}/assessment`);

describe('the main job through time', { skip: fixtures.withoutFixtures }, () => {
  before(async () => {
    const folder = tempDir(shared);
    feed = await startFeedServer(shared);
    const rasters = fixtures.tyrolRasters(folder);
    const [cluster, store] = await Promise.all([
      startPostgres(shared),
      fixtures.importTerrain([String(rasters.avaMal)], 'EPSG:31287', join(folder, 'mal.store')),
    ]);
    settings = {
      DATABASE_URL: cluster.url(await migratedDatabase(cluster)),
      TERRAIN_STORE: store,
      FORECAST_FEEDS: fixtures.writeFeeds(join(folder, 'feeds.json'), [fixtures.tyrolFeed(feed.url)]),
    };
  });

  test('12 January: high above the treeline', async (t) => {
    fixtures.serveTyrol(feed, '2026-01-12');
    const api = await startAt(t, '2026-01-12T09:00:00Z');
    await waitForForecasts(api);
    const line = await transform([[168300, 352200], [168300, 351000]], 'EPSG:31287', 'EPSG:4326');
    id = await postRoute(api, JSON.stringify(feature(line, 'Mal')));
    await waitForCompile(api, id);
    first = await assessmentOf(api);
    assert.equal(first.assessment.inForce.highestLevel, 'high');
    assert.equal(first.changes, null);
  });

  test('2 February: the worker compiles anew by itself and says what changed', async (t) => {
    fixtures.serveTyrol(feed, '2026-02-02');
    const api = await startAt(t, '2026-02-02T09:00:00Z');
    const answer = await waitFor('the new answer', async () => {
      const { compile } = await getJson(`${api}/api/routes/${id}`);
      const now = await assessmentOf(api);
      return compile.status === 'done' && now.assessment.inForce.highestLevel === 'considerable' && now;
    });
    const forecasts = (/** @type {any} */ from) => from.receipt.forecasts.map((/** @type {any} */ one) => one.forecastId);
    assert.notDeepEqual(forecasts(answer), forecasts(first));
    assert.deepEqual(answer.changes.forecastsBefore, forecasts(first));
    assert.deepEqual(answer.changes.forecastsNow, forecasts(answer));
    assert.equal(answer.changes.gradeBefore, first.assessment.inForce.grade);
    assert.equal(answer.changes.gradeNow, answer.assessment.inForce.grade);
    assert.equal(answer.changes.since, '2026-01-12T09:00:00Z');
    assert.ok(answer.changes.summary.some((/** @type {string} */ said) => /→ considerable/.test(said)), answer.changes.summary.join('\n'));
    assert.ok(answer.assessment.inForce.noGoM < first.assessment.inForce.noGoM, 'fewer metres are closed at considerable');
  });

  test('2 February with the worker down: the api compiles inline, the same answer', async (t) => {
    const api = await startAt(t, '2026-02-02T10:00:00Z', { withWorker: false });
    const line = await transform([[168300, 352200], [168300, 351000]], 'EPSG:31287', 'EPSG:4326');
    const other = await postRoute(api, JSON.stringify(feature(line, 'Mal again')));
    const [answer, stored] = await Promise.all([getJson(`${api}/api/routes/${other}/assessment`), assessmentOf(api)]);
    assert.deepEqual(answer.assessment.inForce, stored.assessment.inForce);
    assert.equal((await getJson(`${api}/api/routes/${other}`)).compile.status, 'queued');
  });

  // Different moments: under a clock that stands, the schedule enqueues one sync for each.
  for (const { what, at, serve } of [
    { what: 'the feed answers 404', at: '2026-02-03T09:00:00Z', serve: () => feed.on(fixtures.tyrolBulletinPath, fails(404)) },
    { what: 'the feed still serves the old bulletin', at: '2026-02-03T09:30:00Z', serve: () => fixtures.serveTyrol(feed, '2026-02-02') },
  ]) {
    test(`3 February, ${what}: unknown, because the forecast has expired; it stays readable`, async (t) => {
      serve();
      const asked = feed.requestsFor(fixtures.tyrolBulletinPath).length;
      const api = await startAt(t, at);
      const answer = await assessmentOf(api);
      const { inForce } = answer.assessment;
      assert.equal(inForce.grade, 'unknown');
      assert.ok(inForce.unknownCodes.includes('FORECAST_EXPIRED'), inForce.unknownCodes.join());
      assert.deepEqual(inForce.stretches, []);
      const [zone] = answer.assessment.zones;
      assert.equal(zone.freshness, 'expired');
      const old = await getJson(`${api}/api/forecasts/${zone.forecastId}`);
      assert.equal(old.id, zone.forecastId);
      assert.equal(old.contentSha256, zone.contentSha256);
      const { features } = await getJson(`${api}/api/forecasts/zones`);
      for (const { properties } of features) assert.equal(properties.level, null, `${properties.key} shows an expired level`);
      await waitFor('the worker to ask the feed', () => feed.requestsFor(fixtures.tyrolBulletinPath).length > asked);
      assert.equal((await assessmentOf(api)).assessment.inForce.grade, 'unknown');
    });
  }
});
