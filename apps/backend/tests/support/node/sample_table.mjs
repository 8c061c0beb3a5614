// Tables of samples for a reader: what the program says of places, beside what independent sources say of them.
// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { repository } from './places.mjs';

/** @typedef {import('./lines.mjs').Point} Point */
/** @typedef {{ program: string | number, truth: string | number | null }} Pair */
/** @typedef {{ atM: number, place: Point, elevationM: Pair, slopeDeg: Pair, aspectDeg: Pair, level: Pair, grade: string }} Sample */

const folder = join(repository, 'test-results');

/** @param {Pair} pair @param {string} unit */
function cell({ program, truth }, unit) {
  const other = typeof truth === 'number' ? `${truth.toFixed(1)}${unit}` : (truth ?? 'no value');
  return `${program}${typeof program === 'number' ? unit : ''} (${other})`;
}

/** @param {Sample} sample */
function row({ atM, place: [lon, lat], elevationM, slopeDeg, aspectDeg, level, grade }) {
  const values = [cell(elevationM, ' m'), cell(slopeDeg, '°'), cell(aspectDeg, '°'), cell(level, ''), grade];
  return `| ${atM.toFixed(0)} m | ${lat.toFixed(6)}, ${lon.toFixed(6)} | ${values.join(' | ')} |`;
}

/** Writes test-results/main_job_<name>.md and says so on the terminal. @param {string} name
 * @param {string} what the line that was sampled @param {Sample[]} samples */
export function writeSampleTable(name, what, samples) {
  const path = join(folder, `main_job_${name}.md`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path,
    `# ${what}\n\nThe program's value, and in brackets that of GDAL (elevation, slope, aspect) or of the bulletin's file (level).\n\n` +
      '| along the line | latitude, longitude | elevation | slope | aspect | official level | grade |\n' +
      '|---|---|---|---|---|---|---|\n' +
      `${samples.map(row).join('\n')}\n`,
  );
  console.log(`  ${samples.length} samples of ${what}: ${relative(process.cwd(), path)}`);
}
