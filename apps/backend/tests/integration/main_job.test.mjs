// The main job on real input: Tyrolean elevation models, the bulletin of 12 January 2026, a real ski tour. What the
// program says is held against the bulletin's own file and against GDAL.
// @ts-check
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fetchAsWalker } from '../support/node/accounts.mjs';
import { fakeClock, migratedDatabase, runBackend, startApi, startWorker } from '../support/node/backend.mjs';
import { startFeedServer } from '../support/node/feed_server.mjs';
import * as fixtures from '../support/node/fixtures.mjs';
import { bilinearAt, derive, transform, valuesAt } from '../support/node/gdal.mjs';
import { feature, trackPoints, walker } from '../support/node/lines.mjs';
import { sharedCleanup, tempDir } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { getJson, postRoute, waitForCompile, waitForForecasts } from '../support/node/routes.mjs';
import { writeSampleTable } from '../support/node/sample_table.mjs';

/** @typedef {import('../support/node/lines.mjs').Point} Point */

const now = '2026-01-12T09:00:00Z';
const day = '2026-01-12';
const treeline = { lowestM: 1600, highestM: 2300 }; // the program's default for Tyrol: inside it the worse side counts
const levels = ['low', 'moderate', 'considerable', 'high', 'very_high'];
const minSlopeDeg = { low: Infinity, moderate: 40, scary_moderate: 35, considerable: 35, high: 30 };

const shared = sharedCleanup(after);
/** @type {string} */ let folder;
/** @type {Record<string, string>} */ let rasters;
/** @type {string} */ let store;
/** @type {string} */ let api;

/** The ratings of a micro-region, straight from the bulletin's file. @param {string} region */
function bulletinOf(region) {
  const { bulletins } = JSON.parse(readFileSync(fixtures.tyrolBulletin(day), 'utf8'));
  const found = bulletins.find((/** @type {any} */ one) =>
    one.regions.some((/** @type {any} */ named) => named.regionID === region),
  );
  const at = (/** @type {string} */ bound) =>
    found.dangerRatings.find((/** @type {any} */ rating) => rating.elevation[bound] === 'treeline').mainValue;
  return { whole: found, below: at('upperBound'), above: at('lowerBound') };
}

/** The official level at a height, by the bulletin. @param {string} region @param {number} elevationM */
function officialAt(region, elevationM) {
  const { below, above } = bulletinOf(region);
  if (elevationM < treeline.lowestM) return below;
  if (elevationM > treeline.highestM) return above;
  return levels[Math.max(levels.indexOf(below), levels.indexOf(above))];
}

/** Grade of the longest stretch. @param {number} metres */
const gradeOf = (metres) => (metres >= 40 ? 'red' : metres >= 12 ? 'orange' : 'green');

/** @typedef {{ name: string, what: string, raster: string, slope: string, aspect: string, region: string }} Truth
 *   where the truth about a line lies, and what to call the table of its samples */

/** Ten places of a profile beside GDAL's values and the bulletin's level. @param {any} profile @param {Point[]} line
 * @param {Truth} truth @returns {Promise<import('../support/node/sample_table.mjs').Sample[]>} */
async function tenSamples(profile, line, truth) {
  const at = walker(line);
  const wide = profile.state
    .map((/** @type {string} */ state, /** @type {number} */ i) => ({ state, i, lengthM: profile.toM[i] - profile.fromM[i] }))
    .filter((/** @type {any} */ piece) => piece.state === 'known' && piece.lengthM > 3);
  assert.ok(wide.length >= 10, `only ${wide.length} pieces are long enough to sample`);
  const chosen = Array.from({ length: 10 }, (_, k) => wide[Math.floor(((k + 0.5) * wide.length) / 10)].i);
  const alongM = chosen.map((i) => (profile.fromM[i] + profile.toM[i]) / 2);
  const places = await transform(alongM.map(at), 'EPSG:4326', 'EPSG:31287');
  const [heights, slopes, aspects] = await Promise.all([
    bilinearAt(truth.raster, places),
    valuesAt(truth.slope, places),
    valuesAt(truth.aspect, places),
  ]);
  return chosen.map((i, k) => ({
    atM: /** @type {number} */ (alongM[k]),
    place: at(/** @type {number} */ (alongM[k])),
    elevationM: { program: profile.elevationM[i], truth: heights[k] ?? null },
    slopeDeg: { program: profile.slopeDeg[i], truth: slopes[k] ?? null },
    aspectDeg: { program: profile.aspectDeg[i], truth: aspects[k] ?? null },
    // Beside a void GDAL has no height between cell centres; the level is then the bulletin's at our own.
    level: { program: profile.level[i], truth: String(officialAt(truth.region, heights[k] ?? profile.elevationM[i])) },
    grade: profile.grade[i],
  }));
}

/** Ten samples of a profile against GDAL and the bulletin. All are told to the reader in a table.
 * @param {any} profile @param {Point[]} line @param {Truth} truth */
async function holdTenSamples(profile, line, truth) {
  const samples = await tenSamples(profile, line, truth);
  writeSampleTable(truth.name, truth.what, samples);
  let heights = 0;
  for (const { atM, elevationM, slopeDeg, aspectDeg, level } of samples) {
    const off = (/** @type {any} */ { program, truth: value }) => Math.abs(program - Number(value ?? NaN));
    const where = `sample at ${atM} m`;
    // Stored in steps of 1/8 m, 0.4° and 360°/256, then printed with one decimal; beside a void heights are the cell's.
    if (elevationM.truth !== null) {
      assert.ok(off(elevationM) <= 0.0625 + 0.06, `${where}: elevation`);
      heights += 1;
    }
    assert.ok(off(slopeDeg) <= 0.2 + 0.06, `${where}: slope`);
    const turn = off(aspectDeg);
    assert.ok(Math.min(turn, 360 - turn) <= 0.71 + 0.06, `${where}: aspect`);
    assert.equal(level.program, level.truth, `${where}: level`);
  }
  assert.ok(heights >= 8, `GDAL knows the height of only ${heights} of ten samples`);
}

/** What holds for every official assessment. @param {any} answer @param {string} region */
function holdAssessment(answer, region) {
  const { assessment, receipt } = answer;
  assert.equal(assessment.kind, 'official');
  assert.equal(assessment.at, now);
  assert.equal(assessment.day, day);
  assert.deepEqual(assessment.levels.map((/** @type {any} */ one) => one.level), [
    'low', 'moderate', 'scary_moderate', 'considerable', 'high', 'extreme',
  ]);
  for (const one of assessment.levels) {
    if (one.grade !== 'unknown') assert.equal(one.grade, gradeOf(one.longest.lengthM), one.level);
    if (one.unknownM > 0) assert.ok(['red', 'unknown'].includes(one.grade), `${one.level} hides an unknown part`);
  }
  const { inForce } = assessment;
  for (const stretch of inForce.stretches) {
    assert.equal(stretch.grade, gradeOf(stretch.lengthM));
    const limit = minSlopeDeg[/** @type {keyof typeof minSlopeDeg} */ (stretch.level)];
    assert.ok(stretch.slopeMaxDeg >= limit, `${stretch.level} stretch of at most ${stretch.slopeMaxDeg}°`);
    assert.ok(stretch.coordinates.length >= 2);
    assert.equal(stretch.officialLevel, officialAt(region, stretch.elevationMaxM));
  }
  assert.ok(receipt.forecasts.some((/** @type {any} */ one) => one.zoneKey === region && one.forecastId));
  assert.equal(receipt.terrain.length, 1);
  assert.equal(receipt.overrideId, null);
}

/** Posts a line and returns everything that the api says of it. @param {string} body @param {string} [type] */
async function compiled(body, type) {
  const id = await postRoute(api, body, type);
  await waitForCompile(api, id);
  const [answer, profile] = await Promise.all([
    getJson(`${api}/api/routes/${id}/assessment`),
    getJson(`${api}/api/routes/${id}/profile`),
  ]);
  return { id, answer, profile };
}

/** Slope and aspect of a raster by gdaldem. @param {string} dem @param {string} region @param {string} name
 * @param {string} what @returns {Promise<Truth>} */
async function truthOf(dem, region, name, what) {
  const raster = /** @type {string} */ (rasters[dem]);
  return {
    name,
    what,
    raster,
    slope: await derive('slope', raster, join(folder, `${name}_slope.tif`)),
    aspect: await derive('aspect', raster, join(folder, `${name}_aspect.tif`)),
    region,
  };
}

const gpxFile = () => fixtures.fixture('dem/routes/frauenwand_weissewand_tuxertal.gpx');

describe('the main job in Tyrol', { skip: fixtures.withoutFixtures }, () => {
  before(async () => {
    folder = tempDir(shared);
    rasters = fixtures.tyrolRasters(folder);
    const feed = await startFeedServer(shared);
    fixtures.serveTyrol(feed, day);
    const [cluster, made] = await Promise.all([
      startPostgres(shared),
      fixtures.importTerrain(Object.values(rasters), 'EPSG:31287', join(folder, 'tyrol.store')),
    ]);
    store = made;
    const env = {
      ...fakeClock(now),
      DATABASE_URL: cluster.url(await migratedDatabase(cluster)),
      TERRAIN_STORE: store,
      FORECAST_FEEDS: fixtures.writeFeeds(join(folder, 'feeds.json'), [fixtures.tyrolFeed(feed.url)]),
    };
    await startWorker(shared, env);
    api = (await startApi(shared, env)).url;
    await waitForForecasts(api);
  });

  for (const [name, lat, lon, region] of /** @type {const} */ ([
    ['avaHit', 47.115, 11.6728, 'AT-07-15'],
    ['avaAlr', 47.3, 11.431, 'AT-07-04-01'],
    ['avaMal', 47.023, 10.2818, 'AT-07-10'],
    ['avaGar', 47.047, 11.34, 'AT-07-22'],
  ])) {
    test(`a place in ${name} has the official ratings of ${region}`, async () => {
      const answer = await getJson(`${api}/api/forecasts/at?lat=${lat}&lon=${lon}`);
      assert.deepEqual(answer.zones.map((/** @type {any} */ zone) => zone.key), [region]);
      const [zone] = answer.zones;
      const bulletin = bulletinOf(region).whole;
      assert.equal(zone.freshness, 'current');
      assert.equal(zone.scale, 'eaws');
      assert.equal(zone.day, day);
      assert.equal(Date.parse(zone.expiresAt), Date.parse(bulletin.validTime.endTime));
      const ratings = zone.forecast.ratings.map((/** @type {any} */ { level, where, period }) => ({
        mainValue: level,
        elevation: {
          ...(where.lower.kind !== 'none' && { lowerBound: where.lower.kind }),
          ...(where.upper.kind !== 'none' && { upperBound: where.upper.kind }),
        },
        validTimePeriod: period,
      }));
      assert.deepEqual(ratings, bulletin.dangerRatings);
      const problems = zone.forecast.problems.map((/** @type {any} */ one) => [one.nativeType, [...one.where.aspects].sort()]);
      assert.deepEqual(problems, bulletin.avalancheProblems.map((/** @type {any} */ one) => [one.problemType, [...one.aspects].sort()]));
      const worst = Math.max(...bulletin.dangerRatings.map((/** @type {any} */ one) => levels.indexOf(one.mainValue) + 1));
      assert.equal(zone.level, worst);
      const [place] = await transform([[lon, lat]], 'EPSG:4326', 'EPSG:31287');
      const [heightM] = await bilinearAt(/** @type {string} */ (rasters[name]), [/** @type {Point} */ (place)]);
      assert.ok(Math.abs(answer.elevationM - Number(heightM)) < 0.13, `${answer.elevationM} m, GDAL says ${heightM} m`);
    });
  }

  test('a real ski tour leaves the elevation model: what is known closes it, and what is unknown is told', async () => {
    const xml = readFileSync(gpxFile(), 'utf8');
    const line = trackPoints(xml);
    assert.equal(line.length, 145);
    const onGrid = await valuesAt(String(rasters.avaHit), await transform(line, 'EPSG:4326', 'EPSG:31287'));
    assert.equal(onGrid.filter((value) => value !== null).length, 51);

    const { answer, profile } = await compiled(xml, 'application/gpx+xml');
    holdAssessment(answer, 'AT-07-15');
    const { inForce, lengthM } = answer.assessment;
    // Red outranks unknown: 40 m in considerable terrain, whatever the unknown rest would be.
    assert.equal(inForce.grade, 'red');
    const [stretch] = inForce.stretches.filter((/** @type {any} */ one) => one.grade === 'red');
    assert.deepEqual([stretch.level, Math.round(stretch.fromM), Math.round(stretch.toM)], ['considerable', 704, 744]);
    assert.ok(inForce.unknownCodes.includes('DEM_GAP'), inForce.unknownCodes.join());
    assert.ok(inForce.unknownM > 0 && inForce.unknownM < lengthM);
    await holdTenSamples(profile, line, {
      name: 'ski_tour',
      what: 'the ski tour over Frauenwand and Weiße Wand',
      raster: String(rasters.avaHit),
      slope: fixtures.fixture('dem/gdaldem_ref/avaHit_slope_horn.tif'),
      aspect: fixtures.fixture('dem/gdaldem_ref/avaHit_aspect_horn.tif'),
      region: 'AT-07-15',
    });
  });

  test('an avalanche path crosses no-go terrain: red, stretch by stretch', async () => {
    const path = fixtures.fixtureJson('dem/tyrol5m/avaGar_LINES_pathAB.geojson').features[0].geometry.coordinates;
    const line = await transform(path, 'EPSG:31287', 'EPSG:4326');
    const { answer, profile } = await compiled(JSON.stringify(feature(line, 'Gar')));
    holdAssessment(answer, 'AT-07-22');
    const { inForce } = answer.assessment;
    assert.equal(inForce.grade, 'red');
    await holdTenSamples(profile, line, await truthOf('avaGar', 'AT-07-22', 'avalanche_path', 'the avalanche path at Gar'));
    assert.ok(inForce.stretches.length >= 2, `${inForce.stretches.length} stretches`);
    // Wind slabs are no persistent problem: moderate stays moderate, its terrain begins at 40°.
    for (const stretch of inForce.stretches) assert.deepEqual([stretch.level, stretch.problems], ['moderate', ['wind_slab']]);
    const considerable = answer.assessment.levels.find((/** @type {any} */ one) => one.level === 'considerable');
    assert.equal(considerable.grade, 'red');
    assert.ok(considerable.noGoM >= inForce.noGoM);
  });

  test('a line over high danger is red above 30°', async () => {
    const line = await transform([[168300, 352200], [168300, 351000]], 'EPSG:31287', 'EPSG:4326');
    const { answer, profile } = await compiled(JSON.stringify(feature(line, 'Mal')));
    holdAssessment(answer, 'AT-07-10');
    await holdTenSamples(profile, line, await truthOf('avaMal', 'AT-07-10', 'high_danger', 'the line over high danger at Mal'));
    assert.equal(answer.assessment.inForce.grade, 'red');
    assert.equal(answer.assessment.inForce.highestLevel, 'high');
  });

  test('a line on flat ground is green', async () => {
    const line = await transform([[168070.7, 349941.3], [168505.7, 349941.3]], 'EPSG:31287', 'EPSG:4326');
    const truth = await truthOf('avaMal', 'AT-07-10', 'flat_ground', 'the line on the valley floor at Mal');
    const { answer, profile } = await compiled(JSON.stringify(feature(line, 'Valley floor')));
    holdAssessment(answer, 'AT-07-10');
    await holdTenSamples(profile, line, truth);
    const { inForce } = answer.assessment;
    assert.equal(inForce.grade, 'green');
    assert.equal(inForce.highestLevel, bulletinOf('AT-07-10').below);
    assert.deepEqual([inForce.noGoM, inForce.unknownM, inForce.unknownCodes], [0, 0, []]);
  });

  for (const [name, line, codes] of /** @type {const} */ ([
    ['outside the elevation models', [[11.5, 47.2], [11.51, 47.2]], ['DEM_GAP']],
    ['outside every zone', [[12.0, 45.0], [12.01, 45.0]], ['OUTSIDE_ZONES', 'DEM_GAP']],
  ])) {
    test(`a line ${name} is unknown, never green, for every reason there is`, async () => {
      const { answer } = await compiled(JSON.stringify(feature(/** @type {any} */ (line), name)));
      const { inForce, levels: all } = answer.assessment;
      assert.equal(inForce.grade, 'unknown');
      assert.deepEqual([...inForce.unknownCodes].sort(), [...codes].sort());
      for (const one of all) assert.equal(one.grade, 'unknown', one.level);
      if (codes.length === 1) return;
      const [lon, lat] = line[0];
      const place = await getJson(`${api}/api/forecasts/at?lat=${lat}&lon=${lon}`);
      assert.deepEqual([place.zones, place.unknownCodes], [[], ['OUTSIDE_ZONES']]);
    });
  }

  test('a file with two tracks is refused as a whole: the second must not go unread', async () => {
    const track = readFileSync(gpxFile(), 'utf8').match(/<trk>[\s\S]*<\/trk>/)?.[0] ?? '';
    const body = `<gpx version="1.1">${track}${track.replace(/lat="47\.1/g, 'lat="47.0')}</gpx>`;
    const answer = await fetchAsWalker(`${api}/api/routes`, { method: 'POST', headers: { 'content-type': 'application/gpx+xml' }, body });
    const problem = await answer.json();
    assert.deepEqual([answer.status, problem.code], [422, 'gpx.several_lines']);
    assert.match(problem.detail, /2 lines \(track 1 .*, track 2 .*\); exactly one is accepted/);
  });

  test('`grade` on the same files says what the api says; `verify` holds its receipt and refuses a forged one', async () => {
    const { answer } = await compiled(readFileSync(gpxFile(), 'utf8'), 'application/gpx+xml');
    const files = ['--terrain', store, '--forecast', fixtures.tyrolBulletin(day), '--zones', fixtures.tyrolZones];
    const graded = await runBackend(['grade', ...files, '--at', now, '--json', gpxFile()]);
    assert.equal(graded.code, 0, graded.stderr);
    const told = JSON.parse(graded.stdout);
    // Citations differ: a file has no forecast id and no centre's name.
    for (const part of ['inForce', 'levels', 'lengthM', 'at', 'day']) {
      assert.deepEqual(told.assessment[part], answer.assessment[part], part);
    }
    const cited = (/** @type {any} */ zone) => ({ ...zone, zoneName: '', center: '', link: '', forecastId: '' });
    assert.deepEqual(told.assessment.zones.map(cited), answer.assessment.zones.map(cited));
    assert.deepEqual(told.assessment.ruleset, answer.assessment.ruleset);
    const verify = (/** @type {string} */ text) => {
      const path = join(folder, 'receipt.json');
      writeFileSync(path, text);
      return runBackend(['verify', ...files, '--route', gpxFile(), path]);
    };
    const good = await verify(graded.stdout);
    assert.equal(good.code, 0, good.stdout + good.stderr);
    const forged = await verify(graded.stdout.replace(told.receipt.assessmentSha256, '0'.repeat(64)));
    assert.equal(forged.code, 1, forged.stdout + forged.stderr);
    assert.match(forged.stdout, /not verified/);
    const ofApi = await verify(JSON.stringify(answer));
    assert.equal(ofApi.code, 0, `the api's own receipt: ${ofApi.stdout}${ofApi.stderr}`);
  });
});
