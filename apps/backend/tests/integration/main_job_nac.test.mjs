// Bow Summit under a made-up North American forecast: moderate everywhere, a persistent slab on high north to northeast
// slopes. There and only there the level is "scary moderate".
// @ts-check
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fakeClock, migratedDatabase, startApi, startWorker } from '../support/node/backend.mjs';
import { startFeedServer } from '../support/node/feed_server.mjs';
import * as fixtures from '../support/node/fixtures.mjs';
import { derive, transform, valuesAt } from '../support/node/gdal.mjs';
import { feature, walker } from '../support/node/lines.mjs';
import { nacFeed, serveNac } from '../support/node/nac_feed.mjs';
import { sharedCleanup, tempDir } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { getJson, postRoute, waitForCompile, waitForForecasts } from '../support/node/routes.mjs';

/** @typedef {import('../support/node/lines.mjs').Point} Point */

const crs = 'EPSG:32611';
const upperBeginsM = 2400;
const shared = sharedCleanup(after);
/** @type {string} */ let folder;
/** @type {string} */ let api;

const raster = fixtures.fixture('dem/bowsummit/dem.tif');
const ring = [[-116.6, 51.6], [-116.4, 51.6], [-116.4, 51.8], [-116.6, 51.8], [-116.6, 51.6]];

/** @type {import('../support/node/nac_feed.mjs').NacCenter} */
const center = {
  name: 'Test Avalanche Center',
  timeZone: 'America/Edmonton',
  publishedAt: '2026-01-12T14:00:00+00:00',
  expiresAt: '2026-01-13T14:00:00+00:00',
  zones: [
    {
      id: 7,
      name: 'Bow Summit',
      ring,
      danger: { lower: 2, middle: 2, upper: 2 },
      problems: [
        {
          id: 1, rank: 1, avalanche_problem_id: 4, name: 'Persistent Slab', likelihood: 'possible',
          location: ['north upper', 'northeast upper'], size: ['1', '2'], discussion: '',
        },
      ],
      travelAdvice: 'Evaluate snow and terrain carefully.',
    },
  ],
};

/** Inside north to northeast, outside it, or too close to an octant's edge to say. @param {number} aspectDeg */
function inProblemAspects(aspectDeg) {
  const fromNorthNorthEast = Math.abs(((aspectDeg - 22.5 + 540) % 360) - 180);
  if (Math.abs(fromNorthNorthEast - 45) < 7) return 'edge';
  return fromNorthNorthEast < 45 ? 'inside' : 'outside';
}

describe('Bow Summit', { skip: fixtures.withoutFixtures }, () => {
  before(async () => {
    folder = tempDir(shared);
    const feed = await startFeedServer(shared);
    serveNac(feed, center);
    const [cluster, store] = await Promise.all([
      startPostgres(shared),
      fixtures.importTerrain([raster], crs, join(folder, 'bow.store')),
    ]);
    const env = {
      ...fakeClock('2026-01-12T19:00:00Z'),
      DATABASE_URL: cluster.url(await migratedDatabase(cluster)),
      TERRAIN_STORE: store,
      FORECAST_FEEDS: fixtures.writeFeeds(join(folder, 'feeds.json'), [nacFeed(feed.url, center.timeZone)]),
    };
    await startWorker(shared, env);
    api = (await startApi(shared, env)).url;
    await waitForForecasts(api);
  });

  test('scary moderate only on the aspects and in the band of the persistent slab', async () => {
    const aspectFile = await derive('aspect', raster, join(folder, 'aspect.tif'));
    const slopeFile = await derive('slope', raster, join(folder, 'slope.tif'));
    const seen = { inside: 0, outside: 0, 'below the band': 0 };
    /** @type {any[]} */ const scary = [];
    for (const [k, northing] of [5726200, 5727200, 5728200, 5729200].entries()) {
      const line = await transform([[532400, northing], [537600, northing + 37]], crs, 'EPSG:4326');
      const id = await postRoute(api, JSON.stringify(feature(line, `Transect ${k}`)));
      await waitForCompile(api, id);
      const [{ assessment }, profile] = await Promise.all([
        getJson(`${api}/api/routes/${id}/assessment`),
        getJson(`${api}/api/routes/${id}/profile`),
      ]);
      for (const stretch of assessment.inForce.stretches) {
        assert.equal(stretch.problems.includes('persistent_slab'), stretch.level === 'scary_moderate');
        if (stretch.level === 'scary_moderate') scary.push(stretch);
      }
      const at = walker(line);
      const middles = profile.fromM.map((/** @type {number} */ from, /** @type {number} */ i) => at((from + profile.toM[i]) / 2));
      const places = await transform(middles, 'EPSG:4326', crs);
      const [aspects, slopes] = await Promise.all([valuesAt(aspectFile, places), valuesAt(slopeFile, places)]);
      for (const [i, state] of profile.state.entries()) {
        const [aspectDeg, slopeDeg] = [aspects[i], slopes[i]];
        const isShort = profile.toM[i] - profile.fromM[i] < 8; // its cell may be the neighbour's, by rounding
        if (state !== 'known' || isShort || aspectDeg == null || slopeDeg == null || slopeDeg < 6) continue;
        const heightM = profile.elevationM[i];
        const where = `${northing}, ${profile.fromM[i]} m: ${heightM} m, ${slopeDeg.toFixed(1)}° to ${aspectDeg.toFixed(0)}°`;
        if (heightM < upperBeginsM - 1) {
          assert.equal(profile.level[i], 'moderate', where);
          seen['below the band'] += 1;
        } else if (heightM > upperBeginsM + 1) {
          const side = inProblemAspects(aspectDeg);
          if (side === 'edge') continue;
          assert.equal(profile.level[i], side === 'inside' ? 'scary_moderate' : 'moderate', where);
          seen[side] += 1;
        }
      }
    }
    for (const [what, count] of Object.entries(seen)) assert.ok(count >= 5, `only ${count} samples ${what}`);
    // Only the level "scary moderate" closes what is less steep than 40°.
    const early = scary.filter(({ slopeMaxDeg }) => slopeMaxDeg >= 35 && slopeMaxDeg < 40);
    assert.ok(early.length >= 1, `no stretch of 35 to 40° among ${JSON.stringify(scary.map((one) => one.slopeMaxDeg))}`);
  });

  test('the official forecast itself stays moderate', async () => {
    const { zones } = await getJson(`${api}/api/forecasts/at?lat=51.7&lon=-116.5`);
    assert.equal(zones.length, 1);
    assert.deepEqual([zones[0].key, zones[0].scale, zones[0].levelName], ['TEST/bow-summit', 'north_american', 'moderate']);
    assert.deepEqual(zones[0].forecast.problems.map((/** @type {any} */ one) => one.type), ['persistent_slab']);
  });
});
