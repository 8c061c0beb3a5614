// Zone polygons on a flat picture. Mercator, so that neighbours keep their shapes. Pure.

import type { ZoneFeature } from "../api/types";

export interface ZoneShape {
  zone: ZoneFeature;
  path: string;
  /** Where a label has room: the middle of the largest ring's box. */
  label: { x: number; y: number; width: number; height: number };
}

const radians = Math.PI / 180;

function mercator(position: number[]): [number, number] {
  const lat = Math.min(85, Math.max(-85, position[1] as number));
  return [(position[0] as number) * radians, -Math.log(Math.tan(Math.PI / 4 + (lat * radians) / 2))];
}

function ringsOf(zone: ZoneFeature): number[][][] {
  const geometry = zone.geometry;
  if (geometry === null) return [];
  return geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates.flat();
}

interface Box {
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
}

function boxOf(points: [number, number][]): Box {
  const box = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
  for (const [x, y] of points) {
    box.minX = Math.min(box.minX, x);
    box.maxX = Math.max(box.maxX, x);
    box.minY = Math.min(box.minY, y);
    box.maxY = Math.max(box.maxY, y);
  }
  return box;
}

/** Ring as a path; points closer than 0.7 px to the one before are left out. */
function ringPath(points: [number, number][]): string {
  let path = "";
  let last: [number, number] | undefined;
  for (const point of points) {
    if (last !== undefined && Math.abs(point[0] - last[0]) + Math.abs(point[1] - last[1]) < 0.7) continue;
    path += `${path === "" ? "M" : "L"}${point[0].toFixed(1)} ${point[1].toFixed(1)}`;
    last = point;
  }
  return `${path}Z`;
}

export interface ZonePicture {
  shapes: ZoneShape[];
  width: number;
  height: number;
}

/** All zones in a picture `width` wide; its height follows from their extent, up to `maxHeight`. */
export function zonePicture(zones: ZoneFeature[], width: number, maxHeight: number): ZonePicture {
  const flat = zones
    .map((zone) => ({ zone, rings: ringsOf(zone).map((ring) => ring.map(mercator)) }))
    .filter((entry) => entry.rings.length > 0);
  const all = boxOf(flat.flatMap((entry) => entry.rings.map(boxOf)).flatMap(corners));
  const margin = 6;
  const spanX = Math.max(all.maxX - all.minX, 1e-9);
  const spanY = Math.max(all.maxY - all.minY, 1e-9);
  const scale = Math.min((width - 2 * margin) / spanX, (maxHeight - 2 * margin) / spanY);
  const height = spanY * scale + 2 * margin;
  const left = (width - spanX * scale) / 2;
  const shapes = flat.map(({ zone, rings }) => {
    const drawn = rings.map((ring) =>
      ring.map(([x, y]): [number, number] => [left + (x - all.minX) * scale, margin + (y - all.minY) * scale]),
    );
    return { zone, path: drawn.map(ringPath).join(""), label: labelOf(drawn.map(boxOf)) };
  });
  return { shapes, width, height: Math.max(height, 40) };
}

function corners(box: Box): [number, number][] {
  return [
    [box.minX, box.minY],
    [box.maxX, box.maxY],
  ];
}

function labelOf(boxes: Box[]): ZoneShape["label"] {
  const area = (box: Box) => (box.maxX - box.minX) * (box.maxY - box.minY);
  const largest = boxes.reduce((best, box) => (area(box) > area(best) ? box : best));
  return {
    x: (largest.minX + largest.maxX) / 2,
    y: (largest.minY + largest.maxY) / 2,
    width: largest.maxX - largest.minX,
    height: largest.maxY - largest.minY,
  };
}
