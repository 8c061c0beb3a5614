// Every operation of openapi.json, driven at least once; each answer is held against the document.
// @ts-check
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fetchAsWalker, walkerAt } from '../support/node/accounts.mjs';
import { fakeClock, migratedDatabase, startApi, startWorker } from '../support/node/backend.mjs';
import { ContractClient } from '../support/node/contract.mjs';
import { startFeedServer } from '../support/node/feed_server.mjs';
import * as fixtures from '../support/node/fixtures.mjs';
import { feature } from '../support/node/lines.mjs';
import { sharedCleanup, tempDir } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { connectRaw } from '../support/node/raw_http.mjs';
import { waitForForecasts } from '../support/node/routes.mjs';

const shared = sharedCleanup(after);
/** @type {ContractClient} */ let client;
/** @type {string} */ let api;
/** @type {[number, number][]} */
const line = [[11.6728, 47.115], [11.674, 47.116]];
const gpx = `<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>${line
  .map(([lon, lat]) => `<trkpt lat="${lat}" lon="${lon}"/>`)
  .join('')}</trkseg></trk></gpx>`;

/** Of the operations that this file drives. */
const tags = new Set(['apps', 'description', 'forecasts', 'health', 'routes']);

/** A request whose answer must be this problem. @param {Promise<{ status: number, headers: Headers, json: any, text: string }>} asked
 * @param {number} status @param {string} code */
async function problem(asked, status, code) {
  const answer = await asked;
  assert.deepEqual([answer.status, answer.json?.code], [status, code], answer.text);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
  assert.equal(answer.json.status, status);
  assert.ok(answer.json.requestId);
  return answer;
}

/** @param {string} id */
const post = (id) => client.request('POST', '/api/routes', { body: feature(line, 'Contract', id) });

describe('the contract', { skip: fixtures.withoutFixtures }, () => {
  before(async () => {
    const feed = await startFeedServer(shared);
    fixtures.serveTyrol(feed, '2026-01-12');
    const cluster = await startPostgres(shared);
    const env = {
      ...fakeClock('2026-01-12T09:00:00Z'),
      DATABASE_URL: cluster.url(await migratedDatabase(cluster)),
      FORECAST_FEEDS: fixtures.writeFeeds(join(tempDir(shared), 'feeds.json'), [fixtures.tyrolFeed(feed.url)]),
    };
    await startWorker(shared, env);
    api = (await startApi(shared, env)).url;
    await waitForForecasts(api);
    client = await ContractClient.of(api);
    client.headers = (await walkerAt(api)).headers;
  });

  test('forecasts', async () => {
    const zones = await client.request('GET', '/api/forecasts/zones');
    assert.equal(zones.status, 200);
    const etag = zones.headers.get('etag') ?? '';
    assert.equal((await client.request('GET', '/api/forecasts/zones', { headers: { 'if-none-match': etag } })).status, 304);
    const at = await client.request('GET', '/api/forecasts/at?lat=47.115&lon=11.6728');
    const { forecastId } = at.json.zones[0];
    const one = await client.request('GET', `/api/forecasts/${forecastId}`);
    assert.equal(one.status, 200);
    const again = { headers: { 'if-none-match': one.headers.get('etag') ?? '' } };
    assert.equal((await client.request('GET', `/api/forecasts/${forecastId}`, again)).status, 304);
    assert.equal((await client.request('GET', '/api/forecasts/providers')).status, 200);
    await problem(client.request('GET', `/api/forecasts/${randomUUID()}`), 404, 'forecast.not_found');
    const bad = await problem(client.request('GET', '/api/forecasts/at?lat=91'), 422, 'validation_failed');
    assert.deepEqual(bad.json.errors.map((/** @type {any} */ one) => one.path), ['lat', 'lon']);
  });

  test('the life of a route: made by the client, repeated, read, judged, erased', async () => {
    const id = randomUUID();
    const made = await post(id);
    assert.deepEqual([made.status, made.json.id], [201, id]);
    assert.equal(made.headers.get('location'), `/api/routes/${id}`);
    const repeated = await post(id);
    assert.deepEqual([repeated.status, repeated.headers.get('idempotency-replayed')], [201, 'true']);
    const other = feature([...line, [11.68, 47.12]], 'Other', id);
    await problem(client.request('POST', '/api/routes', { body: other }), 409, 'route.id_taken');
    for (const path of ['/api/routes', `/api/routes/${id}`, `/api/routes/${id}/assessment`, `/api/routes/${id}/profile`]) {
      const answer = await client.request('GET', path);
      assert.equal(answer.status, 200, answer.text);
    }
    const list = await client.request('GET', '/api/routes');
    const head = await fetchAsWalker(`${api}/api/routes`, { method: 'HEAD' });
    assert.deepEqual([head.status, await head.text()], [200, '']);
    assert.equal(head.headers.get('content-length'), `${Buffer.byteLength(list.text)}`);
    const whatIf = (/** @type {unknown} */ body, isInvalid = false) =>
      client.request('POST', `/api/routes/${id}/what-if`, { body, isInvalid });
    assert.equal((await whatIf({ level: 'high' })).json.assessment.kind, 'what_if');
    await problem(whatIf({ level: 'awful' }, true), 422, 'what_if.invalid');
    assert.equal((await client.request('DELETE', `/api/routes/${id}`)).status, 204);
    await problem(client.request('GET', `/api/routes/${id}`), 410, 'route.gone');
    await problem(client.request('GET', `/api/routes/${randomUUID()}`), 404, 'route.not_found');
  });

  test('idempotency keys: a replay makes nothing new, another body is refused', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await client.request('POST', '/api/routes', { body: feature(line, 'Once'), headers });
    const second = await client.request('POST', '/api/routes', { body: feature(line, 'Once'), headers });
    assert.equal(second.json.id, first.json.id);
    assert.equal(second.headers.get('idempotency-replayed'), 'true');
    const different = client.request('POST', '/api/routes', { body: feature(line, 'Twice'), headers });
    await problem(different, 422, 'idempotency_mismatch');
  });

  test('uploads: what is taken and what is refused', async () => {
    const send = (/** @type {string} */ body, /** @type {string} */ type) =>
      client.request('POST', '/api/routes', { body, headers: { 'content-type': type } });
    assert.equal((await send(gpx, 'application/gpx+xml')).status, 201);
    await problem(send('{', 'application/geo+json'), 400, 'json.malformed');
    await problem(send('<gpx', 'application/gpx+xml'), 400, 'gpx.malformed');
    await problem(send('hello', 'text/plain'), 415, 'unsupported_media_type');
    const invalid = await problem(send('{"type":"LineString","coordinates":[[200,47],[11,95]]}', 'application/geo+json'), 422, 'geojson.invalid');
    assert.ok(invalid.json.errors.length >= 2, invalid.text);
    // By hand: the server answers before the body has come, and a client library that is still sending may not
    // get to see it.
    const announce = async (/** @type {string} */ type, /** @type {number} */ mebibytes, /** @type {RegExp} */ answer) => {
      const connection = await connectRaw(shared, Number(new URL(api).port));
      connection.send(
        `POST /api/routes HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nExpect: 100-continue\r\n` +
          `Content-Length: ${mebibytes * 1024 * 1024}\r\n\r\n`,
      );
      await connection.waitFor(answer);
    };
    const tooLarge = /^HTTP\/1\.1 413 [^]*"code":"payload_too_large"/;
    await announce('application/geo+json', 3, tooLarge);
    await announce('application/json; charset=utf-8', 3, tooLarge);
    await announce('text/plain', 3, tooLarge);
    await announce('application/gpx+xml', 19, /^HTTP\/1\.1 100 /);
    await announce('application/gpx+xml', 21, tooLarge);
  });

  test('what is no operation is a problem too', async () => {
    const method = await fetchAsWalker(`${api}/api/routes`, { method: 'PATCH' });
    assert.deepEqual([method.status, (await method.json()).code], [405, 'method_not_allowed']);
    assert.match(method.headers.get('allow') ?? '', /GET.*POST|POST.*GET/);
    const missing = await fetch(`${api}/api/nothing`);
    assert.deepEqual([missing.status, (await missing.json()).code], [404, 'not_found']);
  });

  test('health, and nothing of the document was left out', async () => {
    for (const path of ['/health', '/livez', '/readyz', '/api/openapi.json', '/api/client-config']) assert.equal((await client.request('GET', path)).status, 200);
    const driven = new Set([...client.exercised].map((one) => one.split(' ')[0]));
    // What belongs to people has tests of its own; every_endpoint.test.mjs sees to it that none is without one.
    const ours = client.operations.filter(({ declaration }) => tags.has(declaration.tags[0])).map(({ id }) => id);
    assert.deepEqual(ours.filter((id) => !driven.has(id)), []);
    const unmet = client.unexercised().filter((one) => / 2\d\d$/.test(one) && ours.includes(one.split(' ')[0] ?? ''));
    assert.deepEqual(unmet, []);
  });
});
