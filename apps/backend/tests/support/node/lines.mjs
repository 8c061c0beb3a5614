// Lines on the ground: lengths by the ellipsoid's radii, good to centimetres over the legs of a route.
// @ts-check

/** @typedef {[number, number]} Point longitude and latitude in degrees */

const radians = Math.PI / 180;
const a = 6_378_137;
const e2 = 0.00669437999014;

/** Ground metres of a short leg. @param {Point} from @param {Point} to */
export function legLengthM(from, to) {
  const middle = ((from[1] + to[1]) / 2) * radians;
  const w = 1 - e2 * Math.sin(middle) ** 2;
  const north = ((to[1] - from[1]) * radians * a * (1 - e2)) / w ** 1.5;
  const east = ((to[0] - from[0]) * radians * a * Math.cos(middle)) / Math.sqrt(w);
  return Math.hypot(north, east);
}

/** A function from ground metres to the place there. @param {Point[]} line @returns {(atM: number) => Point} */
export function walker(line) {
  /** @type {number[]} */
  const startM = [0];
  for (let i = 1; i < line.length; i += 1) {
    const [from, to] = [/** @type {Point} */ (line[i - 1]), /** @type {Point} */ (line[i])];
    startM.push(/** @type {number} */ (startM[i - 1]) + legLengthM(from, to));
  }
  return (atM) => {
    let leg = startM.findLastIndex((start) => start <= atM);
    leg = Math.min(Math.max(leg, 0), line.length - 2);
    const [begin, end] = [/** @type {number} */ (startM[leg]), /** @type {number} */ (startM[leg + 1])];
    const [from, to] = [/** @type {Point} */ (line[leg]), /** @type {Point} */ (line[leg + 1])];
    const t = end === begin ? 0 : (atM - begin) / (end - begin);
    return [from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])];
  };
}

/** A GeoJSON Feature. @param {Point[]} coordinates @param {string} name @param {string} [id] */
export function feature(coordinates, name, id) {
  return { type: 'Feature', ...(id && { id }), properties: { name }, geometry: { type: 'LineString', coordinates } };
}

/** The track points of a GPX file. @param {string} xml @returns {Point[]} */
export function trackPoints(xml) {
  return [...xml.matchAll(/<trkpt lat="([^"]+)" lon="([^"]+)"/g)].map((match) => [Number(match[2]), Number(match[1])]);
}
