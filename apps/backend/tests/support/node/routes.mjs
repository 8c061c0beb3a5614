// A client of the api's routes.
// @ts-check
import assert from 'node:assert/strict';
import { fetchAsWalker } from './accounts.mjs';
import { waitFor } from './wait.mjs';

/** The JSON of an answer that must be 200. @param {string} url @returns {Promise<any>} */
export async function getJson(url) {
  const answer = await (new URL(url).pathname.startsWith('/api/routes') ? fetchAsWalker(url) : fetch(url));
  const text = await answer.text();
  assert.equal(answer.status, 200, `${url} answered ${answer.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text);
}

/** Saves a route; its id. @param {string} api URL @param {string} body @param {string} [type] @returns {Promise<string>} */
export async function postRoute(api, body, type = 'application/geo+json') {
  const answer = await fetchAsWalker(`${api}/api/routes`, { method: 'POST', headers: { 'content-type': type }, body });
  const text = await answer.text();
  assert.equal(answer.status, 201, `saving a route answered ${answer.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text).id;
}

/** Waits until the worker has compiled a route. @param {string} api URL @param {string} id */
export function waitForCompile(api, id) {
  return waitFor(`the compile of ${id}`, async () => {
    const route = await getJson(`${api}/api/routes/${id}`);
    return route.compile.status === 'done' && route;
  });
}

/** Waits until the newest forecasts are known, of at least so many zones. @param {string} api URL @param {number} [zones] */
export function waitForForecasts(api, zones = 1) {
  return waitFor('the first forecasts', async () => {
    const { features } = await getJson(`${api}/api/forecasts/zones`);
    const known = features.filter((/** @type {any} */ one) => one.properties.forecastId !== null);
    return known.length >= zones && features;
  });
}
