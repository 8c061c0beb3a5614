// GDAL's command line tools as an independent reader of terrain.
// @ts-check
import assert from 'node:assert/strict';
import { runCommand } from './process.mjs';

/** @typedef {[number, number]} Point longitude and latitude, or easting and northing */

/** @param {string[]} command @param {string} [input] */
async function run(command, input = '') {
  const { code, stdout, stderr } = await runCommand(command, { input });
  assert.equal(code, 0, `${command.join(' ')} failed:\n${stderr}`);
  return stdout;
}

/** @param {Point[]} points @param {string} from @param {string} to @returns {Promise<Point[]>} */
export async function transform(points, from, to) {
  const input = points.map(([x, y]) => `${x} ${y}\n`).join('');
  const output = await run(['gdaltransform', '-s_srs', from, '-t_srs', to, '-output_xy'], input);
  return output.trim().split('\n').map((line) => /** @type {Point} */ (line.split(' ').map(Number)));
}

/** The cells' values under points in the raster's own coordinates; null outside and at NODATA.
 * @param {string} raster @param {Point[]} points */
export async function valuesAt(raster, points) {
  const input = points.map(([x, y]) => `${x} ${y}\n`).join('');
  const output = await run(['gdallocationinfo', '-valonly', '-geoloc', raster], input);
  const values = output.split('\n').slice(0, points.length);
  return values.map((text) => (text.trim() === '' || Number(text) <= -9999 ? null : Number(text)));
}

/** Between the four cell centres around each point; null where one of them has no value.
 * @param {string} raster @param {Point[]} points */
export async function bilinearAt(raster, points) {
  const info = JSON.parse(await run(['gdalinfo', '-json', raster]));
  const [left, width, , top, , height] = info.geoTransform;
  const around = points.map(([x, y]) => {
    const [column, row] = [(x - left) / width - 0.5, (y - top) / height - 0.5];
    const [west, north] = [Math.floor(column), Math.floor(row)];
    return { west, north, east: column - west, south: row - north };
  });
  const centre = (/** @type {number} */ column, /** @type {number} */ row) =>
    /** @type {Point} */ ([left + (column + 0.5) * width, top + (row + 0.5) * height]);
  const corners = around.flatMap(({ west, north }) => [
    centre(west, north), centre(west + 1, north), centre(west, north + 1), centre(west + 1, north + 1),
  ]);
  const values = await valuesAt(raster, corners);
  return around.map(({ east, south }, i) => {
    const [nw, ne, sw, se] = values.slice(4 * i, 4 * i + 4);
    if (nw == null || ne == null || sw == null || se == null) return null;
    return (nw * (1 - east) + ne * east) * (1 - south) + (sw * (1 - east) + se * east) * south;
  });
}

/** Slope (degrees) or aspect (degrees clockwise from grid north) by gdaldem, Horn's formula.
 * @param {'slope' | 'aspect'} what @param {string} raster @param {string} output */
export async function derive(what, raster, output) {
  await run(['gdaldem', what, raster, output, '-q']);
  return output;
}
