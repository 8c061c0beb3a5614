// The page's own arithmetic and wording, without a browser: bundled by esbuild, as the build does.
// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const source = fileURLToPath(new URL('../src/', import.meta.url));

/** @param {string} file */
async function load(file) {
  const { outputFiles } = await build({
    entryPoints: [source + file],
    bundle: true,
    format: 'esm',
    write: false,
    jsx: 'automatic',
    jsxImportSource: 'preact',
  });
  const [output] = outputFiles;
  assert.ok(output);
  return import(`data:text/javascript;base64,${Buffer.from(output.contents).toString('base64')}`);
}

const plain = (/** @type {string} */ text) => text.replaceAll('\u00a0', ' ');

test('distances, ranges and durations read naturally', async () => {
  const { distance, distanceRange, duration } = await load('wording/unit.ts');
  assert.deepEqual(
    [0, 3.14, 39.6, 999.4, 999.6, 1420, 120_000].map((m) => plain(distance(m))),
    ['0 m', '3.1 m', '40 m', '999 m', '1.00 km', '1.42 km', '120 km'],
  );
  assert.equal(plain(distanceRange(980, 1200)), '0.98–1.20 km');
  assert.equal(plain(distanceRange(80, 120)), '80–120 m');
  assert.deepEqual(
    [20, 59 * 60, 3 * 3600 + 20 * 60, 14 * 3600 + 60, 24 * 3600, 40 * 3600, 30 * 86400].map((s) => plain(duration(s))),
    ['less than a minute', '59 min', '3 h 20 min', '14 h', '1 day', '1 d 16 h', '30 days'],
  );
});

test('a forecast ends on time even while the page is left open', async () => {
  const { ageSentence, freshnessAt, freshnessOf } = await load('wording/freshness.ts');
  const forecast = { freshness: 'current', issuedAt: '2026-01-12T00:00:00Z', expiresAt: '2026-01-12T17:20:00Z' };
  const at = (/** @type {string} */ time) => Date.parse(time);
  assert.equal(freshnessAt(forecast, at('2026-01-12T17:19:59Z')), 'current');
  assert.equal(freshnessAt(forecast, at('2026-01-12T17:20:00Z')), 'expired');
  assert.equal(freshnessAt({ ...forecast, expiresAt: null }, at('2026-01-12T01:00:00Z')), 'expired');
  assert.equal(freshnessAt({ ...forecast, freshness: 'off_season' }, at('2026-01-12T01:00:00Z')), 'off_season');
  assert.equal(plain(ageSentence(forecast, at('2026-01-12T14:00:00Z'))), 'issued 14 h ago, expires in 3 h 20 min');
  assert.equal(plain(ageSentence(forecast, at('2026-01-13T00:00:00Z'))), 'issued 1 day ago, expired 6 h 40 min ago');

  const document = { ...forecast, offSeason: false, validFrom: forecast.issuedAt, ratings: [{ level: 'low' }] };
  assert.equal(freshnessOf(document, at('2026-01-12T12:00:00Z')), 'current');
  assert.equal(freshnessOf(document, at('2026-01-12T15:20:00Z')), 'expiring');
  assert.equal(freshnessOf(document, at('2026-01-12T17:20:00Z')), 'expired');
  assert.equal(freshnessOf(document, at('2026-01-11T12:00:00Z')), 'unavailable');
  assert.equal(freshnessOf({ ...document, ratings: [{ level: null }] }, at('2026-01-12T12:00:00Z')), 'no_rating');
  assert.equal(freshnessOf({ ...document, offSeason: true }, at('2026-01-12T12:00:00Z')), 'off_season');
  assert.equal(freshnessOf({ ...document, expiresAt: null }, at('2026-01-12T12:00:00Z')), 'expired');
});

test('a grade this build does not know is unknown, and the worse of two wins', async () => {
  const { gradeOf, worse } = await load('wording/grade.ts');
  assert.deepEqual(['red', 'green', 'teal', '', null, undefined].map(gradeOf), [
    'red', 'green', 'unknown', 'unknown', 'unknown', 'unknown',
  ]);
  const order = ['green', 'orange', 'unknown', 'red'];
  for (const [i, a] of order.entries()) {
    for (const [k, b] of order.entries()) assert.equal(worse(a, b), order[Math.max(i, k)]);
  }
});

test('no wording promises safety', async () => {
  const grade = await load('wording/grade.ts');
  const unknown = await load('wording/unknown.ts');
  const texts = [
    ...Object.values(grade.gradeMeaning),
    ...unknown.knownUnknownCodes.map(unknown.unknownSentence),
    unknown.unknownSentence('A_NEW_CODE'),
  ];
  for (const text of texts) assert.doesNotMatch(text, /safe/i);
  assert.match(grade.gradeMeaning.green, /No stretch crossed the rule, nothing more/);
  assert.match(unknown.unknownSentence('A_NEW_CODE'), /A_NEW_CODE/);
});

/** @param {number} count */
function profileOf(count) {
  const at = Array.from({ length: count }, (_, i) => i);
  return {
    lengthM: count * 10,
    fromM: at.map((i) => i * 10),
    toM: at.map((i) => i * 10 + 10),
    elevationM: at.map((i) => 1000 + i),
    slopeDeg: at.map(() => 20),
    aspectDeg: at.map(() => 90),
    state: at.map(() => 'known'),
    grade: at.map(() => 'green'),
    level: at.map(() => 'moderate'),
  };
}

test('joining pieces for the screen keeps the steepest slope and the worst grade', async () => {
  const { columnsOf } = await load('model/profile.ts');
  const profile = profileOf(5000);
  profile.slopeDeg[1234] = 44;
  profile.grade[1234] = 'red';
  profile.grade[4000] = 'unknown';
  const columns = columnsOf(profile, 300);
  assert.ok(columns.length <= 302, `${columns.length} columns`);
  assert.equal(columns[0].fromM, 0);
  assert.equal(columns.at(-1).toM, profile.lengthM);
  for (let i = 1; i < columns.length; i += 1) assert.equal(columns[i].fromM, columns[i - 1].toM);
  const red = columns.filter((/** @type {any} */ column) => column.grade === 'red');
  assert.equal(red.length, 1);
  assert.equal(red[0].slopeDeg, 44);
  assert.equal(columns.filter((/** @type {any} */ column) => column.grade === 'unknown').length, 1);
});

test('a gap in the elevation is never bridged', async () => {
  const { columnsOf } = await load('model/profile.ts');
  const profile = profileOf(2000);
  /** @type {(number | null)[]} */ (profile.elevationM).fill(null, 1000, 1002);
  const columns = columnsOf(profile, 300);
  const empty = columns.filter((/** @type {any} */ column) => column.elevationM === null);
  assert.deepEqual([empty[0].fromM, empty.at(-1).toM], [10_000, 10_020]);
});

test('a piece of no length does not break the line', async () => {
  const { columnsOf } = await load('model/profile.ts');
  const profile = profileOf(10);
  profile.toM[4] = 40;
  profile.fromM[5] = 40;
  assert.ok(columnsOf(profile, 300).every((/** @type {any} */ column) => column.elevationM !== null));
});

test('a short stretch stays visible in the band, inside its ends, and the worst is painted last', async () => {
  const { bandsOf } = await load('model/profile.ts');
  const at = (/** @type {number} */ fromM, /** @type {number} */ toM, /** @type {string} */ grade) => ({ fromM, toM, grade });
  const columns = [
    at(0, 10, 'red'), at(10, 2000, 'green'), at(2000, 2012, 'orange'), at(2012, 2024, 'orange'), at(2024, 4500, 'green'),
  ];
  const bands = bandsOf(columns, (/** @type {number} */ metres) => 52 + metres / 10);
  assert.deepEqual(bands.map((/** @type {any} */ band) => band.grade), ['green', 'green', 'orange', 'red']);
  const [, , orange, red] = bands;
  assert.deepEqual(red, { grade: 'red', x: 52, width: 8 });
  assert.equal(orange.width, 8);
  assert.ok(Math.abs(orange.x + orange.width / 2 - (52 + 201.2)) < 1e-9, 'centred on its stretch');
  assert.equal(bands[0].width, 199, 'green is drawn as long as it is');
  assert.deepEqual(bandsOf([at(0, 30, 'red')], (/** @type {number} */ metres) => metres / 10).map((/** @type {any} */ b) => b.width), [3]);
});

test('a path of the address bar is a page, whatever it holds', async () => {
  const { pageOf } = await load('router.ts');
  assert.deepEqual(pageOf('/routes/a%20b'), { name: 'route', id: 'a b' });
  assert.deepEqual(pageOf('/forecasts/1'), { name: 'forecast', id: '1' });
  for (const path of ['/routes/%E0', '/forecasts/%', '/routes', '/routes/1/2', '/elsewhere/1']) {
    assert.deepEqual(pageOf(path), { name: 'not_found' }, path);
  }
  assert.deepEqual([pageOf('/'), pageOf('/about/')], [{ name: 'home' }, { name: 'about' }]);
});

test('the state of a rating is said in words, one of tomorrow too', async () => {
  const { ratingStateWord } = await load('wording/freshness.ts');
  assert.deepEqual(
    ['not_forecast', 'no_rating', 'spring', 'brand_new'].map(ratingStateWord),
    ['Not forecast', 'No rating', 'Spring', 'Brand new'],
  );
});

test('the piece at a distance, ends included', async () => {
  const { pieceAt, slopeClass } = await load('model/profile.ts');
  const profile = profileOf(10);
  assert.deepEqual([0, 9.99, 10, 55, 99.9, 100, 500].map((m) => pieceAt(profile, m)), [0, 0, 1, 5, 9, 9, 9]);
  assert.deepEqual([29.9, 30, 34.9, 35, 40, 45, 60, null].map(slopeClass), [0, 1, 1, 2, 3, 4, 4, -1]);
});

test('the sketch is true to scale and places distances along the line', async () => {
  const { placeAt, planOf, scaleBarM } = await load('model/line.ts');
  const box = { width: 400, minHeight: 200, maxHeight: 400, margin: 40 };
  const square = [[11, 47], [11.01, 47], [11.01, 47.00682], [11, 47.00682]];
  const plan = planOf({ type: 'LineString', coordinates: square }, 2270, box);
  const [a, b, c] = plan.points;
  assert.ok(Math.abs((b.x - a.x) / (b.y - c.y) - 1) < 0.01, 'a square on the ground is a square on the sketch');
  assert.ok(c.y < b.y, 'north is up');
  assert.equal(plan.points.at(-1).atM, 2270);
  const middle = placeAt(plan, b.atM / 2);
  assert.ok(Math.abs(middle.x - (a.x + b.x) / 2) < 1e-9 && Math.abs(middle.y - a.y) < 1e-9);
  assert.deepEqual([placeAt(plan, -5), placeAt(plan, 1e9)].map(({ x }) => x), [a.x, plan.points.at(-1).x]);
  assert.equal(scaleBarM(0.5, 110), 200);

  const seam = planOf({ type: 'LineString', coordinates: [[179.99, 60], [-179.99, 60]] }, 1110, box);
  assert.ok(seam.points[1].x > seam.points[0].x, 'the short way across the 180th meridian');
});

test('uploads are recognised by what they contain', async () => {
  const { mediaTypeOf } = await load('parts/route_upload.tsx');
  assert.equal(mediaTypeOf('\uFEFF <?xml version="1.0"?><gpx/>'), 'application/gpx+xml');
  assert.equal(mediaTypeOf('\n{"type":"LineString"}'), 'application/geo+json');
  assert.equal(mediaTypeOf('lat;lon'), undefined);
});

test('scales keep their own words', async () => {
  const { dangerWord, levelLabel, sharedScale } = await load('wording/danger.ts');
  assert.equal(dangerWord(5, 'eaws'), 'Very high');
  assert.equal(dangerWord(5, 'north_american'), 'Extreme');
  assert.equal(levelLabel('scary_moderate', 'eaws'), '2 Moderate with a persistent slab');
  assert.equal(levelLabel('brand_new', 'eaws'), 'brand new');
  assert.equal(sharedScale(['eaws', 'eaws']), 'eaws');
  assert.equal(sharedScale(['eaws', 'north_american']), 'neutral');
  assert.equal(sharedScale([]), 'neutral');
});

test('coverage in words', async () => {
  const { coverageWords } = await load('wording/coverage.ts');
  const none = { kind: 'none', m: null };
  const where = { lower: none, upper: none, aspects: [], aspectsStated: false, rose: null };
  assert.equal(coverageWords(where), 'all elevations');
  assert.equal(coverageWords({ ...where, lower: { kind: 'metres', m: 2200 } }), 'above 2200 m');
  assert.equal(
    coverageWords({ ...where, upper: { kind: 'treeline', m: null }, aspects: ['N', 'E'], aspectsStated: true }),
    'below the treeline, N and E',
  );
  assert.equal(coverageWords({ ...where, rose: 0xff | (1 << 8) }), 'upper elevations; middle elevations on N');
});
