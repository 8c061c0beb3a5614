// `grade` and `verify` on files: what they refuse, what they say about their inputs, and that no altered answer passes.
// @ts-check
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runBackend } from '../support/node/backend.mjs';
import * as fixtures from '../support/node/fixtures.mjs';
import { transform } from '../support/node/gdal.mjs';
import { feature } from '../support/node/lines.mjs';
import { sharedCleanup, tempDir } from '../support/node/places.mjs';

/** @typedef {import('../support/node/lines.mjs').Point} Point */

const at = '2026-01-12T09:00:00Z';
const shared = sharedCleanup(after);
/** @type {string} */ let folder;
/** @type {string} */ let store;
/** @type {Point[]} */ let steep;
/** @type {Point[]} */ let flat;

/** Writes a file into the folder; its path. @param {string} name @param {string} content */
function file(name, content) {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** @param {...Point[]} lines */
function gpx(...lines) {
  const point = (/** @type {Point} */ [lon, lat]) => `<trkpt lat="${lat}" lon="${lon}"/>`;
  const track = (/** @type {Point[]} */ line) => `<trk><trkseg>${line.map(point).join('')}</trkseg></trk>`;
  return `<gpx version="1.1">${lines.map(track).join('')}</gpx>`;
}

const bulletin = () => JSON.parse(readFileSync(fixtures.tyrolBulletin('2026-01-12'), 'utf8'));
const zones = () => ['--zones', fixtures.tyrolZones];

/** @param {string} route @param {string[]} options */
function grade(route, options = ['--forecast', fixtures.tyrolBulletin('2026-01-12'), ...zones()]) {
  return runBackend(['grade', '--terrain', store, '--at', at, '--json', ...options, route]);
}

/** The answer of a grade that must succeed. @param {string} route @param {string[]} [options] */
async function answerOf(route, options) {
  const { code, stdout, stderr } = await grade(route, options);
  assert.equal(code, 0, stderr);
  return { answer: JSON.parse(stdout), stdout, stderr };
}

describe('grade and verify on files', { skip: fixtures.withoutFixtures }, () => {
  before(async () => {
    folder = tempDir(shared);
    const rasters = fixtures.tyrolRasters(folder);
    store = await fixtures.importTerrain([String(rasters.avaMal)], 'EPSG:31287', join(folder, 'mal.store'));
    steep = await transform([[168300, 352200], [168300, 351000]], 'EPSG:31287', 'EPSG:4326');
    flat = await transform([[168070.7, 349941.3], [168505.7, 349941.3]], 'EPSG:31287', 'EPSG:4326');
  });

  test('of two tracks neither is taken for the whole; one may be named', async () => {
    const both = file('both.gpx', gpx(flat, steep));
    const refused = await grade(both);
    assert.equal(refused.code, 65, refused.stderr);
    assert.match(refused.stderr, /holds 2 lines \(track 1, track 2\); exactly one is accepted/);
    assert.match(refused.stderr, /--track N/);
    const files = ['--forecast', fixtures.tyrolBulletin('2026-01-12'), ...zones()];
    assert.equal((await answerOf(both, [...files, '--track', '1'])).answer.assessment.inForce.grade, 'green');
    assert.equal((await answerOf(both, [...files, '--track', '2'])).answer.assessment.inForce.grade, 'red');
    const third = await grade(both, [...files, '--track', '3']);
    assert.notEqual(third.code, 0);
    assert.match(third.stderr, /has 2 tracks; number 3 is not among them/);
  });

  test('one forecast is taken for the whole line only when it is said', async () => {
    const only = bulletin();
    only.bulletins = only.bulletins.filter((/** @type {any} */ one) =>
      one.regions.some((/** @type {any} */ region) => region.regionID === 'AT-07-10'),
    );
    const route = file('steep.gpx', gpx(steep));
    const { answer, stderr } = await answerOf(route, ['--forecast', file('one.json', JSON.stringify(only))]);
    assert.match(stderr, /^warning: no areas were given: the whole route is taken to lie in zone AT-/m);
    assert.deepEqual(answer.warnings.length, 1);
    assert.match(answer.warnings[0], /no areas were given/);
    assert.deepEqual((await answerOf(route)).answer.warnings, []);
  });

  test('a bulletin that cannot be read leaves no other one to cover the earth', async () => {
    const torn = bulletin();
    const [first, second] = torn.bulletins;
    delete second.regions;
    torn.bulletins = [first, second];
    const route = file('steep.gpx', gpx(steep));
    const forecast = ['--forecast', file('torn.json', JSON.stringify(torn))];
    for (const options of [forecast, [...forecast, '--zone', first.regions[0].regionID]]) {
      const refused = await grade(route, options);
      assert.equal(refused.code, 65, refused.stdout + refused.stderr);
      assert.match(refused.stderr, /1 products of the forecast file cannot be read/);
    }
    const { answer, stderr } = await answerOf(route, [...forecast, ...zones()]);
    assert.match(stderr, /bulletins\[1\] was left out/);
    assert.match(answer.warnings.join('\n'), /bulletins\[1\] was left out/);
  });

  describe('verify', () => {
    /** @type {string} */ let route;
    /** @type {any} */ let answer;

    /** @param {unknown} held @param {string[]} [more] */
    const verify = (held, more = []) => {
      const files = ['--terrain', store, '--forecast', fixtures.tyrolBulletin('2026-01-12'), ...zones(), '--route', route];
      return runBackend(['verify', ...files, ...more, file('held.json', JSON.stringify(held))]);
    };

    before(async () => {
      route = file('held.gpx', gpx(steep));
      ({ answer } = await answerOf(route));
    });

    test('holds the answer, in any layout, and its bare receipt', async () => {
      for (const held of [answer, answer.receipt]) {
        const { code, stdout, stderr } = await verify(held);
        assert.equal(code, 0, stdout + stderr);
        assert.match(stdout, new RegExp(`^verified: .*${answer.receiptId}`));
      }
    });

    for (const { what, alter, says } of /** @type {{ what: string, alter: (held: any) => void, says: RegExp }[]} */ ([
      { what: 'another grade', alter: (held) => (held.assessment.inForce.grade = 'green'), says: /assessment\.inForce\.grade\n.*"green"\n.*"red"/ },
      { what: 'a stretch less', alter: (held) => held.assessment.inForce.stretches.pop(), says: /assessment\.inForce\.stretches/ },
      { what: 'a moved point', alter: (held) => (held.assessment.inForce.stretches[0].coordinates[0][0] += 0.001), says: /stretches\[0\]\.coordinates\[0\]/ },
      { what: 'a member more', alter: (held) => (held.assessment.note = 'fine'), says: /assessment\.note/ },
      { what: 'a member less', alter: (held) => delete held.assessment.levels[0].grade, says: /assessment\.levels\[0\]\.grade/ },
      { what: 'another id', alter: (held) => (held.receiptId = '0'.repeat(64)), says: /receiptId/ },
      { what: 'another freshness', alter: (held) => (held.assessment.zones[0].freshness = 'expiring'), says: /zones\[0\]\.freshness/ },
    ])) {
      test(`refuses ${what}`, async () => {
        const held = structuredClone(answer);
        alter(held);
        const { code, stdout, stderr } = await verify(held);
        assert.equal(code, 1, stdout + stderr);
        assert.match(stdout, /^not verified/);
        assert.match(stdout, says);
      });
    }

    test('says of a changed display name that no receipt covers it', async () => {
      const held = structuredClone(answer);
      held.assessment.zones[0].zoneName = 'Elsewhere';
      const { code, stderr } = await verify(held);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /^note: assessment\.zones\[0\]\.zoneName is not covered by the receipt/m);
    });

    test('takes the rules that the receipt names, and says when it has them not', async () => {
      const held = structuredClone(answer);
      held.receipt.ruleset.version = 99;
      const { code, stderr } = await verify(held);
      assert.equal(code, 65, stderr);
      assert.match(stderr, /--ruleset.*is needed: version 99 of the ruleset published-reduction is not built into this program/);
    });
  });

  test('a line on known ground outside every zone is unknown because of the zones alone', async () => {
    const { features } = JSON.parse(readFileSync(fixtures.tyrolZones, 'utf8'));
    const elsewhere = features.filter((/** @type {any} */ one) => one.properties.id === 'AT-07-22');
    assert.ok(elsewhere.length > 0);
    const areas = file('elsewhere.geojson', JSON.stringify({ type: 'FeatureCollection', features: elsewhere }));
    const route = file('steep.geojson', JSON.stringify(feature(steep, 'Mal')));
    const forecast = ['--forecast', fixtures.tyrolBulletin('2026-01-12'), '--zones', areas];
    const { inForce, levels } = (await answerOf(route, forecast)).answer.assessment;
    assert.equal(inForce.grade, 'unknown');
    assert.deepEqual(inForce.unknownCodes, ['OUTSIDE_ZONES']);
    assert.equal(levels.find((/** @type {any} */ one) => one.level === 'high').grade, 'red', 'the ground is known');
  });
});
