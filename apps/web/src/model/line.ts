// A route's line on a small flat sketch: a local projection, and places by distance. Pure.

import type { LineString, LonLat, MultiLineString } from "../api/types";

const earthRadiusM = 6_371_008.8;
const radians = Math.PI / 180;

/** Great-circle metres. */
export function haversineM(a: LonLat, b: LonLat): number {
  const dLat = (b[1] - a[1]) * radians;
  const dLon = (b[0] - a[0]) * radians;
  const h =
    Math.sin(dLat / 2) ** 2 + Math.cos(a[1] * radians) * Math.cos(b[1] * radians) * Math.sin(dLon / 2) ** 2;
  return 2 * earthRadiusM * Math.asin(Math.min(1, Math.sqrt(h)));
}

export interface PlanPoint {
  x: number;
  y: number;
  /** Metres from the line's start. */
  atM: number;
}

export interface Plan {
  points: PlanPoint[];
  width: number;
  height: number;
  /** Drawing units (pixels of the view box) per ground metre. */
  scale: number;
}

function positions(geometry: LineString | MultiLineString): LonLat[] {
  const parts = geometry.type === "LineString" ? [geometry.coordinates] : geometry.coordinates;
  return parts.flat().map((position) => [position[0] as number, position[1] as number]);
}

/** The line in a box with a margin, north up, true to scale in both directions; the box is as high as the line
 * needs, within its limits. Distances are stretched to `lengthM`, the geodesic length that the api measured. */
export function planOf(
  geometry: LineString | MultiLineString,
  lengthM: number,
  box: { width: number; minHeight: number; maxHeight: number; margin: number },
): Plan {
  const line = positions(geometry);
  const lats = line.map((p) => p[1]);
  const first = line[0] ?? [0, 0];
  const midLat = (Math.min(...lats) + Math.max(...lats)) / 2;
  const flat = line.map((p) => ({
    x: shortWay(p[0] - first[0]) * radians * earthRadiusM * Math.cos(midLat * radians),
    y: -(p[1] - first[1]) * radians * earthRadiusM,
  }));
  const xs = flat.map((p) => p.x);
  const ys = flat.map((p) => p.y);
  const [minX, maxX, minY, maxY] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = Math.min(
    (box.width - 2 * box.margin) / Math.max(maxX - minX, 1),
    (box.maxHeight - 2 * box.margin) / Math.max(maxY - minY, 1),
  );
  const height = Math.max(box.minHeight, (maxY - minY) * scale + 2 * box.margin);
  const left = (box.width - (maxX - minX) * scale) / 2;
  const top = (height - (maxY - minY) * scale) / 2;

  let walked = 0;
  const atM = line.map((p, i) => (walked += i === 0 ? 0 : haversineM(line[i - 1] as LonLat, p)));
  const stretch = walked > 0 ? lengthM / walked : 1;
  const points = flat.map((p, i) => ({
    x: left + (p.x - minX) * scale,
    y: top + (p.y - minY) * scale,
    atM: (atM[i] as number) * stretch,
  }));
  return { points, width: box.width, height, scale };
}

/** A difference of longitudes, the short way round the globe. */
function shortWay(dLon: number): number {
  if (dLon > 180) return dLon - 360;
  return dLon < -180 ? dLon + 360 : dLon;
}

/** The place `metres` from the start. */
export function placeAt(plan: Plan, metres: number): { x: number; y: number } {
  const points = plan.points;
  let low = 0;
  let high = points.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((points[middle] as PlanPoint).atM > metres) high = middle;
    else low = middle;
  }
  const a = points[low] as PlanPoint;
  const b = points[high] as PlanPoint;
  const legM = b.atM - a.atM;
  const t = legM > 0 ? Math.min(1, Math.max(0, (metres - a.atM) / legM)) : 0;
  return { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t };
}

/** The part of the line between two distances as an SVG path. */
export function pathBetween(plan: Plan, fromM: number, toM: number): string {
  const inner = plan.points.filter((p) => p.atM > fromM && p.atM < toM);
  const all = [placeAt(plan, fromM), ...inner, placeAt(plan, toM)];
  return "M" + all.map((p) => `${p.x.toFixed(1)} ${p.y.toFixed(1)}`).join("L");
}

/** A round ground length whose bar is at most `maxPixels` long. */
export function scaleBarM(scale: number, maxPixels: number): number {
  const limit = maxPixels / scale;
  const power = 10 ** Math.floor(Math.log10(limit));
  return ([5, 2, 1].find((factor) => factor * power <= limit) ?? 1) * power;
}
