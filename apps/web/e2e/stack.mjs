// The whole stack for the browser to talk to: Postgres, a provider on loopback, api and worker, and terrain whose
// slopes are known by construction.
// @ts-check
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { migratedDatabase, runBackend, startApi, startWorker } from '../../backend/tests/support/node/backend.mjs';
import { answers, startFeedServer } from '../../backend/tests/support/node/feed_server.mjs';
import { repository, tempDir } from '../../backend/tests/support/node/places.mjs';
import { startPostgres } from '../../backend/tests/support/node/postgres.mjs';
import { waitFor } from '../../backend/tests/support/node/wait.mjs';

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

/** @param {string} id @param {string} name @param {number} fromM @param {number} toM east of the terrain's corner */
function zone(id, name, fromM, toM) {
  const ring = [place(fromM, -50), place(toM, -50), place(toM, 2050), place(fromM, 2050), place(fromM, -50)];
  return {
    type: 'Feature',
    properties: { id, name, start_date: '2020-01-01', end_date: null },
    geometry: { type: 'Polygon', coordinates: [ring] },
  };
}

/** @param {import('../../backend/tests/support/node/places.mjs').Cleanup} test */
async function startProvider(test) {
  const feed = await startFeedServer(test);
  const now = Date.now();
  const bulletins = [
    bulletin('XX-01', 'Test Massif', now - 14 * hourMs, now + 3 * hourMs + 20 * 60_000, 'considerable'),
    bulletin('XX-02', 'Old Massif', now - 40 * hourMs, now - 16 * hourMs, 'considerable'),
  ];
  const zones = [zone('XX-01', 'Test Massif', -50, 1500), zone('XX-02', 'Old Massif', 1500, 2500)];
  feed.on('/bulletins/latest/XX_en_CAAMLv6.json', answers(JSON.stringify({ bulletins })));
  feed.on('/zones.geojson', answers(JSON.stringify({ type: 'FeatureCollection', features: zones })));
  return feed;
}

/** @param {string} folder */
async function importTerrain(folder) {
  writeFileSync(join(folder, 'massif.asc'), terrainGrid());
  const store = join(folder, 'massif.store');
  const { code, stdout, stderr } = await runBackend([
    'terrain', 'import', join(folder, 'massif.asc'), '--crs', 'EPSG:25832', '--out', store,
  ]);
  assert.equal(code, 0, `terrain import failed:\n${stdout}${stderr}`);
  return store;
}

/** Starts everything; resolves when the first forecast is in. @param {import('../../backend/tests/support/node/places.mjs').Cleanup} test */
export async function startStack(test) {
  const web = join(repository, 'apps/web/dist');
  assert.ok(existsSync(join(web, 'index.html')), 'build the companion first: npm run build in apps/web');
  const folder = tempDir(test);
  const store = await importTerrain(folder);
  const feed = await startProvider(test);
  const cluster = await startPostgres(test);
  const feeds = join(folder, 'feeds.json');
  writeFileSync(
    feeds,
    JSON.stringify({
      feeds: [
        {
          provider: 'test-service',
          kind: 'caaml',
          baseUrl: feed.url,
          regions: ['XX'],
          zoneUrls: [`${feed.url}/zones.geojson`],
          timeZone: 'UTC',
          center: 'Test Avalanche Service',
          link: 'https://example.org/bulletin',
          attribution: 'Made for a test',
          pauseMs: 0,
        },
      ],
    }),
  );
  const env = {
    DATABASE_URL: cluster.url(await migratedDatabase(cluster)),
    TERRAIN_STORE: store,
    FORECAST_FEEDS: feeds,
    ASPECTAVY_WEB_DIR: web,
  };
  const api = await startApi(test, env);
  await startWorker(test, env);
  await waitFor('the first forecasts', async () => {
    const answer = await fetch(`${api.url}/api/forecasts/zones`);
    const { features } = /** @type {any} */ (await answer.json());
    return features.length === 2 && features.every((/** @type {any} */ f) => f.properties.forecastId !== null);
  });
  return api;
}

/** A GPX track. @param {string} name @param {[number, number][]} points longitude and latitude */
export function gpx(name, points) {
  const track = points.map(([lon, lat]) => `<trkpt lat="${lat.toFixed(7)}" lon="${lon.toFixed(7)}"/>`).join('');
  return `<?xml version="1.0"?><gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>${name}</name><trkseg>${track}</trkseg></trk></gpx>`;
}
