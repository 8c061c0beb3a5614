// Whether two samples tell two things apart.
// @ts-check

/** Of the complementary error function, for x >= 0; error below 1.2e-7 (Press et al., Numerical Recipes, 6.2).
 * @param {number} x */
function erfc(x) {
  const t = 1 / (1 + x / 2);
  const series = [-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277];
  return t * Math.exp(-x * x + series.reduceRight((sum, factor) => sum * t + factor, 0));
}

/**
 * Mann and Whitney's U test, two-sided, by the normal approximation with the correction for ties: how likely samples so
 * different would be if both came of one distribution. For more than about 20 values each.
 * @param {number[]} a @param {number[]} b
 */
export function mannWhitney(a, b) {
  const all = [...a.map((value) => ({ value, isA: true })), ...b.map((value) => ({ value, isA: false }))].sort((x, y) => x.value - y.value);
  let rankSumOfA = 0;
  let ties = 0;
  for (let begin = 0; begin < all.length; ) {
    let end = begin;
    while (end < all.length && all[end]?.value === all[begin]?.value) end += 1;
    const count = end - begin;
    const rank = (begin + 1 + end) / 2;
    rankSumOfA += rank * all.slice(begin, end).filter(({ isA }) => isA).length;
    ties += count ** 3 - count;
    begin = end;
  }
  const [m, n, total] = [a.length, b.length, all.length];
  const u = rankSumOfA - (m * (m + 1)) / 2;
  const variance = ((m * n) / 12) * (total + 1 - ties / (total * (total - 1)));
  if (variance <= 0) return { u, p: 1 };
  const z = Math.max(0, Math.abs(u - (m * n) / 2) - 0.5) / Math.sqrt(variance);
  return { u, p: erfc(z / Math.SQRT2) };
}
