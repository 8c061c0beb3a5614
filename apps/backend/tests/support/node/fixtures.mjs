// The real terrain and forecasts beside the repository. They are third-party data: never copied into it.
// @ts-check
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { runBackend } from './backend.mjs';
import { answers } from './feed_server.mjs';
import { repository } from './places.mjs';

const folder = resolve(repository, '../shared/fixtures');

/** The `skip` option of a test that needs the fixtures. */
export const withoutFixtures = existsSync(folder) ? false : 'the folder ../shared/fixtures beside the repository is absent';

/** @param {...string} parts */
export function fixture(...parts) {
  return join(folder, ...parts);
}

/** @param {...string} parts @returns {any} */
export function fixtureJson(...parts) {
  return JSON.parse(readFileSync(fixture(...parts), 'utf8'));
}

/** A fixture as a plain file: *.gz is unpacked into `into`. @param {string} path @param {string} into */
function plainFile(path, into) {
  if (!path.endsWith('.gz')) return path;
  const plain = join(into, basename(path, '.gz'));
  writeFileSync(plain, gunzipSync(readFileSync(path)));
  return plain;
}

/** Rasters of 5 m cells in Tyrol, by their name; all EPSG:31287, which three of the files do not say.
 * @param {string} into folder for what must be unpacked @returns {Record<string, string>} */
export function tyrolRasters(into) {
  const files = ['avaHit.asc', 'avaAlr.tif', 'avaMal.tif', 'avaGar.asc.gz', 'avaWog.asc.gz'];
  return Object.fromEntries(
    files.map((file) => [file.split('.')[0], plainFile(fixture('dem/tyrol5m', file), into)]),
  );
}

/** Imports rasters into a store. @param {string[]} rasters @param {string} crs @param {string} store */
export async function importTerrain(rasters, crs, store) {
  const { code, stdout, stderr } = await runBackend(['terrain', 'import', ...rasters, '--crs', crs, '--out', store]);
  assert.equal(code, 0, `terrain import failed:\n${stdout}${stderr}`);
  return store;
}

/** Where the feed of Tyrol answers. */
export const tyrolBulletinPath = '/bulletins/latest/AT-07_en_CAAMLv6.json';
const tyrolZonesPath = '/AT-07_micro-regions.geojson';

/** The file of a Tyrolean bulletin. @param {string} day */
export function tyrolBulletin(day) {
  return fixture('forecasts/eaws-caamlv6', `AT-07_${day}.caaml.v6.json`);
}

export const tyrolZones = fixture('forecasts/eaws-regions/AT-07_micro-regions.geojson');

/** Serves the micro-regions and the bulletin of a day. @param {import('./feed_server.mjs').FeedServer} feed @param {string} day */
export function serveTyrol(feed, day) {
  feed.on(tyrolZonesPath, answers(readFileSync(tyrolZones)));
  feed.on(tyrolBulletinPath, answers(readFileSync(tyrolBulletin(day))));
}

/** Writes a feeds file. @param {string} path @param {object[]} feeds */
export function writeFeeds(path, feeds) {
  writeFileSync(path, JSON.stringify({ feeds }));
  return path;
}

/** The feed of Tyrol, as FORECAST_FEEDS wants it. @param {string} url of the feed server */
export function tyrolFeed(url) {
  return {
    provider: 'albina',
    kind: 'caaml',
    baseUrl: url,
    regions: ['AT-07'],
    zoneUrls: [url + tyrolZonesPath],
    timeZone: 'Europe/Vienna',
    center: 'Avalanche Warning Service Tyrol',
    attribution: 'Lawinenwarndienst Tirol, CC BY 4.0',
    pauseMs: 0,
    pollSeconds: 1,
  };
}
