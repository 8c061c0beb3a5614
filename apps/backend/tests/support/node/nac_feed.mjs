// A made-up avalanche centre that answers like avalanche.org: its configuration, its map layer, a product for each zone.
// @ts-check
import { answers } from './feed_server.mjs';

/**
 * @typedef {object} NacZone
 * @property {number} id
 * @property {string} name
 * @property {number[][]} ring longitude and latitude
 * @property {{ lower: number, middle: number, upper: number }} danger 1 to 5, today and tomorrow
 * @property {object[]} [problems] as `forecast_avalanche_problems` has them
 * @property {string} [travelAdvice]
 *
 * @typedef {object} NacCenter
 * @property {string} name
 * @property {string} timeZone
 * @property {string} publishedAt
 * @property {string} expiresAt
 * @property {NacZone[]} zones
 */

const id = 'TEST';
const words = ['', 'low', 'moderate', 'considerable', 'high', 'extreme'];
const bandNames = { upper: 'Above 2,400 m', middle: '2,000 to 2,400 m', lower: 'Below 2,000 m' };
const slug = (/** @type {NacZone} */ zone) => zone.name.toLowerCase().replaceAll(' ', '-');

/** @param {NacCenter} center @param {NacZone} zone */
function mapFeature(center, zone) {
  const level = Math.max(...Object.values(zone.danger));
  return {
    type: 'Feature',
    id: zone.id,
    properties: {
      name: zone.name, center: center.name, center_link: 'https://example.org/', center_id: id,
      timezone: center.timeZone, state: 'AB', off_season: false, travel_advice: zone.travelAdvice ?? '',
      danger: words[level], danger_level: level, link: `https://example.org/${slug(zone)}`,
      start_date: null, end_date: null, warning: { product: null },
    },
    geometry: { type: 'Polygon', coordinates: [zone.ring] },
  };
}

/** @param {NacCenter} center @param {NacZone} zone */
function product(center, zone) {
  return {
    id: 4700 + zone.id,
    product_type: 'forecast',
    status: 'published',
    author: 'A. Tester',
    published_time: center.publishedAt,
    expires_time: center.expiresAt,
    avalanche_center: { id, name: center.name, url: 'https://example.org/', city: '', state: 'AB' },
    forecast_zone: [
      { id: zone.id, name: zone.name, url: `https://example.org/${slug(zone)}`, state: 'AB', zone_id: `${zone.id}` },
    ],
    danger: ['current', 'tomorrow'].map((valid_day) => ({ ...zone.danger, valid_day })),
    forecast_avalanche_problems: zone.problems ?? [],
  };
}

/** Serves the centre TEST. @param {import('./feed_server.mjs').FeedServer} feed @param {NacCenter} center */
export function serveNac(feed, center) {
  const config = {
    id,
    name: center.name,
    timezone: center.timeZone,
    config: { expires_time: 18 },
    zones: center.zones.map((zone) => ({ id: zone.id, name: zone.name, config: { elevation_band_names: bandNames } })),
  };
  const layer = { type: 'FeatureCollection', features: center.zones.map((zone) => mapFeature(center, zone)) };
  feed.on(`/v2/public/avalanche-center/${id}`, answers(JSON.stringify(config)));
  feed.on(`/v2/public/products/map-layer/${id}`, answers(JSON.stringify(layer)));
  for (const zone of center.zones) {
    feed.on(
      `/v2/public/product?type=forecast&center_id=${id}&zone_id=${zone.id}`,
      answers(JSON.stringify(product(center, zone))),
    );
  }
}

/** The feed of the centre, as FORECAST_FEEDS wants it. @param {string} url of the feed server @param {string} timeZone */
export function nacFeed(url, timeZone) {
  return {
    provider: 'avalanche.org', kind: 'nac', baseUrl: url, regions: [id], timeZone, attribution: 'Made for a test',
    pauseMs: 0,
  };
}
