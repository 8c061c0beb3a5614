// The main job through time: a later bulletin comes, the worker compiles anew and says what changed; then it expires.
// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fakeClock, migratedDatabase, startApi, startWorker } from '../support/node/backend.mjs';
import { answers, fails, startFeedServer } from '../support/node/feed_server.mjs';
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

/** A new database, the terrain of Mal and a feed without a bulletin. */
async function prepare() {
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
}

/** Api and, if wanted, worker at a moment. @param {import('../support/node/places.mjs').Cleanup} t @param {string} now */
async function startAt(t, now, { withWorker = true } = {}) {
  const env = { ...settings, ...fakeClock(now) };
  if (withWorker) await startWorker(t, env);
  return (await startApi(t, env)).url;
}

/** The day's own bulletin and a route that it closes. @param {import('node:test').TestContext} t */
async function grade12January(t) {
  fixtures.serveTyrol(feed, '2026-01-12');
  const api = await startAt(t, '2026-01-12T09:00:00Z');
  await waitForForecasts(api);
  const line = await transform([[168300, 352200], [168300, 351000]], 'EPSG:31287', 'EPSG:4326');
  id = await postRoute(api, JSON.stringify(feature(line, 'Mal')));
  await waitForCompile(api, id);
  first = await assessmentOf(api);
  assert.equal(first.assessment.inForce.highestLevel, 'high');
  assert.equal(first.assessment.inForce.grade, 'red');
  assert.equal(first.changes, null);
}

/** The answer of the worker once the considerable bulletin is in it. @param {string} api */
function answerAtConsiderable(api) {
  return waitFor('the new answer', async () => {
    const now = await assessmentOf(api);
    // Until the worker is there the api answers inline, and an inline answer has no earlier one to compare with.
    return now.changes !== null && now.assessment.inForce.highestLevel === 'considerable' && now;
  });
}

const forecastsOf = (/** @type {any} */ from) => from.receipt.forecasts.map((/** @type {any} */ one) => one.forecastId);

const assessmentOf = (/** @type {string} */ api) => getJson(`${api}/api/routes/${id}/assessment`);

describe('the main job through time', { skip: fixtures.withoutFixtures }, () => {
  before(prepare);

  test('12 January: high above the treeline', grade12January);

  test('2 February: the worker compiles anew by itself and says what changed', async (t) => {
    fixtures.serveTyrol(feed, '2026-02-02');
    const api = await startAt(t, '2026-02-02T09:00:00Z');
    const answer = await answerAtConsiderable(api);
    const { changes } = answer;
    assert.notDeepEqual(forecastsOf(answer), forecastsOf(first));
    assert.deepEqual(changes.forecastsBefore, forecastsOf(first));
    assert.deepEqual(changes.forecastsNow, forecastsOf(answer));
    assert.equal(changes.gradeNow, answer.assessment.inForce.grade);
    // The worker may have stored "expired" before the feed answered; then that is the answer before.
    const before = changes.since === '2026-02-02T09:00:00Z' ? 'unknown' : 'red';
    assert.equal(changes.gradeBefore, before);
    if (before === 'red') assert.equal(changes.since, '2026-01-12T09:00:00Z');
    assert.ok(changes.summary.some((/** @type {string} */ said) => /→ considerable/.test(said)), changes.summary.join('\n'));
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

/** The bulletin of 2 February, told as an update that was issued at ten on 12 January. */
function updateOf12January() {
  const document = JSON.parse(readFileSync(fixtures.tyrolBulletin('2026-02-02'), 'utf8'));
  for (const bulletin of document.bulletins) {
    bulletin.publicationTime = '2026-01-12T10:00:00+00:00';
    bulletin.unscheduled = true;
    bulletin.validTime = { startTime: '2026-01-12T10:00:00+00:00', endTime: '2026-01-12T16:00:00+00:00' };
    bulletin.customData.ALBINA.mainDate = '2026-01-12';
  }
  return JSON.stringify(document);
}

describe('an update while the answer still holds', { skip: fixtures.withoutFixtures }, () => {
  before(prepare);

  test('12 January, 9:00: high above the treeline', grade12January);

  test('12 January, 10:30: lower danger; the changes name the answer and the forecasts before', async (t) => {
    feed.on(fixtures.tyrolBulletinPath, answers(updateOf12January()));
    const api = await startAt(t, '2026-01-12T10:30:00Z');
    const answer = await answerAtConsiderable(api);
    const { summary, ...changes } = answer.changes;
    assert.deepEqual(changes, {
      since: '2026-01-12T09:00:00Z',
      gradeBefore: first.assessment.inForce.grade,
      gradeNow: answer.assessment.inForce.grade,
      forecastsBefore: forecastsOf(first),
      forecastsNow: forecastsOf(answer),
    });
    assert.notDeepEqual(changes.forecastsNow, changes.forecastsBefore);
    assert.ok(summary.includes('Highest level on the route: high → considerable'), summary.join('\n'));
  });
});
