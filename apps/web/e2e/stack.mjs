// The whole stack for the browser to talk to: Postgres, a provider on loopback, api and worker, and terrain whose
// slopes are known by construction.
// @ts-check
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { migratedDatabase, startApi, startWorker } from '../../backend/tests/support/node/backend.mjs';
import { answers, startFeedServer } from '../../backend/tests/support/node/feed_server.mjs';
import { importTerrain, writeFeeds } from '../../backend/tests/support/node/fixtures.mjs';
import { nacFeed, serveNac } from '../../backend/tests/support/node/nac_feed.mjs';
import { repository, tempDir } from '../../backend/tests/support/node/places.mjs';
import { startPostgres } from '../../backend/tests/support/node/postgres.mjs';
import { waitForForecasts } from '../../backend/tests/support/node/routes.mjs';

const cellM = 10;
const columns = 300;
const rows = 200;
const originEastM = 500_000;
const radians = Math.PI / 180;

// GRS 80 and UTM zone 32 close to its central meridian (9° E), where the plane and the ellipsoid agree to millimetres.
const a = 6_378_137;
const e2 = 0.00669438002290;
const k0 = 0.9996;

/** Metres from the equator along a meridian. @param {number} latDeg */
function meridianM(latDeg) {
  const lat = latDeg * radians;
  return (
    a *
    ((1 - e2 / 4 - (3 * e2 ** 2) / 64) * lat -
      ((3 * e2) / 8 + (3 * e2 ** 2) / 32) * Math.sin(2 * lat) +
      ((15 * e2 ** 2) / 256) * Math.sin(4 * lat))
  );
}

const originNorthM = Math.round(k0 * meridianM(47));

/** Longitude and latitude of a place on the terrain, metres east and north of its south-west corner.
 * @param {number} eastM @param {number} northM @returns {[number, number]} */
export function place(eastM, northM) {
  let lat = 47;
  for (let i = 0; i < 6; i += 1) {
    lat += (originNorthM + northM - k0 * meridianM(lat)) / (k0 * 111_200);
  }
  const normalM = a / Math.sqrt(1 - e2 * Math.sin(lat * radians) ** 2);
  return [9 + (originEastM + eastM - 500_000) / (k0 * normalM * Math.cos(lat * radians)) / radians, lat];
}

/** The slope facing south that begins at each distance from the southern edge, in metres and degrees. */
const bands = [
  { fromM: 0, slopeDeg: 15 },
  { fromM: 600, slopeDeg: 38 },
  { fromM: 1000, slopeDeg: 34 },
  { fromM: 1400, slopeDeg: 10 },
];

/** @param {number} northM */
function elevationM(northM) {
  let height = 1200;
  for (const [i, band] of bands.entries()) {
    const endM = Math.min(northM, bands[i + 1]?.fromM ?? Infinity);
    if (endM > band.fromM) height += (endM - band.fromM) * Math.tan(band.slopeDeg * radians);
  }
  return height;
}

function terrainGrid() {
  const header = [
    `ncols ${columns}`,
    `nrows ${rows}`,
    `xllcorner ${originEastM}`,
    `yllcorner ${originNorthM}`,
    `cellsize ${cellM}`,
    'NODATA_value -9999',
  ];
  const lines = Array.from({ length: rows }, (_, row) => {
    const height = elevationM((rows - row - 0.5) * cellM).toFixed(3);
    return Array(columns).fill(height).join(' ');
  });
  return `${[...header, ...lines].join('\n')}\n`;
}

const hourMs = 3600 * 1000;
const utc = (/** @type {number} */ ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** @param {string} region @param {string} name @param {number} startMs @param {number} endMs @param {string} level */
function bulletin(region, name, startMs, endMs, level) {
  return {
    bulletinID: `${region}-${startMs}`,
    lang: 'en',
    publicationTime: utc(startMs),
    unscheduled: false,
    validTime: { startTime: utc(startMs), endTime: utc(endMs) },
    regions: [{ regionID: region, name }],
    dangerRatings: [{ mainValue: level, validTimePeriod: 'all_day' }],
    avalancheProblems: [
      {
        problemType: 'persistent_weak_layers',
        aspects: ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'],
        elevation: {},
        validTimePeriod: 'all_day',
        snowpackStability: 'poor',
        frequency: 'some',
        avalancheSize: 2,
      },
    ],
    avalancheActivity: { highlights: 'A bulletin made for a test', comment: 'It describes no real place.' },
    travelAdvisory: { highlights: '', comment: 'Keep distance from steep slopes.' },
    customData: { ALBINA: { mainDate: utc(startMs + 14 * hourMs).slice(0, 10) } },
  };
}

/** The outline of a zone. @param {number} fromM @param {number} toM east of the terrain's corner */
function ring(fromM, toM) {
  return [place(fromM, -50), place(toM, -50), place(toM, 2050), place(fromM, 2050), place(fromM, -50)];
}

/** @param {string} id @param {string} name @param {number} fromM @param {number} toM east of the terrain's corner */
function zone(id, name, fromM, toM) {
  return {
    type: 'Feature',
    properties: { id, name, start_date: '2020-01-01', end_date: null },
    geometry: { type: 'Polygon', coordinates: [ring(fromM, toM)] },
  };
}

/** A European service and a North American centre on one server.
 * @param {import('../../backend/tests/support/node/places.mjs').Cleanup} test */
async function startProvider(test) {
  const feed = await startFeedServer(test);
  const now = Date.now();
  const bulletins = [
    bulletin('XX-01', 'Test Massif', now - 14 * hourMs, now + 3 * hourMs + 20 * 60_000, 'considerable'),
    bulletin('XX-02', 'Old Massif', now - 40 * hourMs, now - 16 * hourMs, 'very_high'),
  ];
  const zones = [zone('XX-01', 'Test Massif', -50, 1500), zone('XX-02', 'Old Massif', 1500, 2500)];
  feed.on('/bulletins/latest/XX_en_CAAMLv6.json', answers(JSON.stringify({ bulletins })));
  feed.on('/zones.geojson', answers(JSON.stringify({ type: 'FeatureCollection', features: zones })));
  serveNac(feed, {
    name: 'Test Avalanche Center',
    timeZone: 'UTC',
    publishedAt: utc(now - 2 * hourMs),
    expiresAt: utc(now + 22 * hourMs),
    zones: [
      { id: 1, name: 'Quiet Range', ring: ring(3200, 4200), danger: { lower: 1, middle: 1, upper: 1 } },
      { id: 2, name: 'Wild Range', ring: ring(4200, 5200), danger: { lower: 5, middle: 5, upper: 5 } },
    ],
  });
  return feed;
}

/** The European service, as FORECAST_FEEDS wants it. @param {string} url */
function caamlFeed(url) {
  return {
    provider: 'test-service',
    kind: 'caaml',
    baseUrl: url,
    regions: ['XX'],
    zoneUrls: [`${url}/zones.geojson`],
    timeZone: 'UTC',
    center: 'Test Avalanche Service',
    link: 'https://example.org/bulletin',
    attribution: 'Made for a test',
    pauseMs: 0,
  };
}

/** Starts everything; resolves when every forecast is in.
 * @param {import('../../backend/tests/support/node/places.mjs').Cleanup} test @param {Record<string, string>} [settings] of the api */
export async function startStack(test, settings = {}) {
  const web = join(repository, 'apps/web/dist');
  assert.ok(existsSync(join(web, 'index.html')), 'build the companion first: npm run build in apps/web');
  const folder = tempDir(test);
  const raster = join(folder, 'massif.asc');
  writeFileSync(raster, terrainGrid());
  const store = await importTerrain([raster], 'EPSG:25832', join(folder, 'massif.store'));
  const feed = await startProvider(test);
  const cluster = await startPostgres(test);
  const database = await migratedDatabase(cluster);
  const env = {
    DATABASE_URL: cluster.url(database),
    TERRAIN_STORE: store,
    FORECAST_FEEDS: writeFeeds(join(folder, 'feeds.json'), [caamlFeed(feed.url), nacFeed(feed.url, 'UTC')]),
    ASPECTAVY_WEB_DIR: web,
  };
  const api = await startApi(test, { ...env, ...settings });
  await startWorker(test, env);
  await waitForForecasts(api.url, 4);
  return {
    ...api,
    /** @param {string} sql @param {unknown[]} [parameters] */
    query: (sql, parameters) => cluster.query(database, sql, parameters),
  };
}

/** A GPX track. @param {string} name @param {[number, number][]} points longitude and latitude */
export function gpx(name, points) {
  const track = points.map(([lon, lat]) => `<trkpt lat="${lat.toFixed(7)}" lon="${lon.toFixed(7)}"/>`).join('');
  return `<?xml version="1.0"?><gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>${name}</name><trkseg>${track}</trkseg></trk></gpx>`;
}
