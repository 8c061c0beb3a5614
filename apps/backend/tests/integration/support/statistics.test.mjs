// The statistics of tests must see a difference that is there, and none that is not.
// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mannWhitney } from '../../support/node/statistics.mjs';

/** Numbers that look random and are the same each time. @param {number} seed @param {number} count */
function noise(seed, count) {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
}

test("U is Mann and Whitney's, and p that of tables", () => {
  // Every pair in which the first is greater: (3,2) (5,2) (5,4).
  assert.equal(mannWhitney([1, 3, 5], [2, 4, 6]).u, 3);
  const apart = mannWhitney(Array.from({ length: 20 }, (_, i) => i), Array.from({ length: 20 }, (_, i) => i + 100));
  assert.equal(apart.u, 0);
  // z = 199.5 / sqrt(20 * 20 * 41 / 12) = 5.3965
  assert.ok(Math.abs(apart.p - 6.79e-8) < 2e-9, `${apart.p}`);
  assert.equal(mannWhitney([1, 1, 1], [1, 1, 1]).p, 1);
});

test('two samples of one distribution are not told apart more often than they may be', () => {
  const alarms = Array.from({ length: 400 }, (_, i) => mannWhitney(noise(2 * i + 1, 100), noise(2 * i + 2, 100)).p).filter((p) => p < 0.01);
  assert.ok(alarms.length <= 12, `${alarms.length} of 400`);
});

test('a shift of a tenth of the spread shows in 2,000 values, one of a half in 100', () => {
  assert.ok(mannWhitney(noise(1, 2000), noise(2, 2000).map((x) => x + 0.1)).p < 1e-6);
  assert.ok(mannWhitney(noise(3, 100), noise(4, 100).map((x) => x + 0.5)).p < 1e-6);
});
