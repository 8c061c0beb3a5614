// The profile as the chart and the sketch need it. Pure.

import type { Profile } from "../api/types";
import { gradeOf, precedence, worse, type Grade } from "../wording/grade";

/** A part of the line along which one value stays the same. */
export interface Run<T> {
  fromM: number;
  toM: number;
  value: T;
}

/** What the chart draws for one strip of pixels. */
export interface Column {
  fromM: number;
  toM: number;
  elevationM: number | null;
  slopeDeg: number | null;
  grade: Grade;
}

export function pieceCount(profile: Profile): number {
  return profile.fromM.length;
}

/** The piece that contains `metres`; the last one at or beyond the end. */
export function pieceAt(profile: Profile, metres: number): number {
  let low = 0;
  let high = pieceCount(profile) - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((profile.toM[middle] as number) > metres) high = middle;
    else low = middle + 1;
  }
  return Math.max(low, 0);
}

/** Neighbouring pieces of equal value joined. */
export function runsOf<T>(profile: Profile, valueOf: (piece: number) => T): Run<T>[] {
  const runs: Run<T>[] = [];
  for (let i = 0; i < pieceCount(profile); i += 1) {
    const value = valueOf(i);
    const last = runs[runs.length - 1];
    const toM = profile.toM[i] as number;
    if (last !== undefined && last.value === value) last.toM = toM;
    else runs.push({ fromM: profile.fromM[i] as number, toM, value });
  }
  return runs;
}

export function gradeRuns(profile: Profile): Run<Grade>[] {
  return runsOf(profile, (i) => gradeOf(profile.grade[i]));
}

/** Slope classes 30/35/40/45°: 0 below 30°, 4 from 45° on, −1 not known. */
export function slopeClass(slopeDeg: number | null | undefined): number {
  if (slopeDeg === null || slopeDeg === undefined) return -1;
  if (slopeDeg < 30) return 0;
  return Math.min(1 + Math.floor((slopeDeg - 30) / 5), 4);
}

export const slopeClassLabel = ["below 30°", "30–35°", "35–40°", "40–45°", "45° and more"];

function join(profile: Profile, first: number, last: number): Column {
  let weight = 0;
  let sum = 0;
  let slopeDeg: number | null = null;
  let grade: Grade = "green";
  for (let i = first; i <= last; i += 1) {
    // Rounded to centimetres, a piece may begin and end at the same place; it still has an elevation.
    const length = Math.max((profile.toM[i] as number) - (profile.fromM[i] as number), 0.01);
    const elevationM = profile.elevationM[i];
    const slope = profile.slopeDeg[i];
    if (elevationM !== null && elevationM !== undefined) {
      sum += elevationM * length;
      weight += length;
    }
    if (slope !== null && slope !== undefined) slopeDeg = Math.max(slopeDeg ?? 0, slope);
    grade = worse(grade, gradeOf(profile.grade[i]));
  }
  return {
    fromM: profile.fromM[first] as number,
    toM: profile.toM[last] as number,
    elevationM: weight > 0 ? sum / weight : null,
    slopeDeg,
    grade,
  };
}

/** At most about `limit` columns: pieces too short to be drawn are joined, keeping the steepest slope and the
 * worst grade of them. */
export function columnsOf(profile: Profile, limit: number): Column[] {
  const count = pieceCount(profile);
  const widthM = count > limit ? profile.lengthM / limit : 0;
  const columns: Column[] = [];
  let first = 0;
  for (let i = 0; i < count; i += 1) {
    const lengthM = (profile.toM[i] as number) - (profile.fromM[first] as number);
    const gapNext =
      (profile.elevationM[i] === null) !== (profile.elevationM[i + 1] === null);
    if (lengthM >= widthM || gapNext || i === count - 1) {
      columns.push(join(profile, first, i));
      first = i + 1;
    }
  }
  return columns;
}

export interface Band {
  grade: Grade;
  x: number;
  width: number;
}

/** Enough to be seen, with its pattern, at arm's length. */
const minBandPx = 8;

/** The grade band under the profile, one rectangle for each run of a grade. A short stretch must not vanish: what is
 * not green is at least `minBandPx` wide, and worse grades are painted last. */
export function bandsOf(columns: Column[], x: (metres: number) => number): Band[] {
  const runs: Run<Grade>[] = [];
  for (const { fromM, toM, grade } of columns) {
    const last = runs[runs.length - 1];
    if (last !== undefined && last.value === grade) last.toM = toM;
    else runs.push({ fromM, toM, value: grade });
  }
  const [startX, endX] = [x(columns[0]?.fromM ?? 0), x(columns[columns.length - 1]?.toM ?? 0)];
  return runs
    .map(({ fromM, toM, value: grade }) => {
      const exact = x(toM) - x(fromM);
      const width = grade === "green" ? exact : Math.min(Math.max(exact, minBandPx), endX - startX);
      const centred = x(fromM) - (width - exact) / 2;
      return { grade, x: Math.min(Math.max(centred, startX), endX - width), width };
    })
    .sort((a, b) => precedence.indexOf(a.grade) - precedence.indexOf(b.grade));
}

/** Lowest and highest known elevation. */
export function elevationExtent(profile: Profile): { minM: number; maxM: number } | null {
  let minM = Infinity;
  let maxM = -Infinity;
  for (const value of profile.elevationM) {
    if (value === null) continue;
    minM = Math.min(minM, value);
    maxM = Math.max(maxM, value);
  }
  return minM <= maxM ? { minM, maxM } : null;
}

/** Metres climbed and descended between known pieces; changes under 5 m in a row are taken as noise. */
export function climb(profile: Profile): { upM: number; downM: number } {
  let upM = 0;
  let downM = 0;
  let anchor: number | null = null;
  for (const value of profile.elevationM) {
    if (value === null) {
      anchor = null;
      continue;
    }
    if (anchor === null) anchor = value;
    const change = value - anchor;
    if (Math.abs(change) < 5) continue;
    if (change > 0) upM += change;
    else downM -= change;
    anchor = value;
  }
  return { upM, downM };
}

/** Round steps for an axis: about `wanted` of them between min and max. */
export function axisTicks(min: number, max: number, wanted: number): number[] {
  const rough = (max - min) / Math.max(wanted, 1);
  if (!(rough > 0)) return [min];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const ticks: number[] = [];
  for (let i = Math.ceil(min / step - 1e-9); i * step <= max + step * 1e-9; i += 1) ticks.push(i * step);
  return ticks;
}
