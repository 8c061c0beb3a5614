// Usage events through the api and the worker to a stand-in for Aptabase on loopback, which holds the wire against the
// service's rules.
// @ts-check
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { postJson, signUp } from '../support/node/accounts.mjs';
import { startAptabase } from '../support/node/aptabase_server.mjs';
import { migratedDatabase, startApi, startWorker } from '../support/node/backend.mjs';
import { ContractClient } from '../support/node/contract.mjs';
import { sharedCleanup } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { waitFor } from '../support/node/wait.mjs';

/** @typedef {import('../support/node/aptabase_server.mjs').AptabaseServer} AptabaseServer */

const key = 'A-SH-0123456789';
const path = '/api/analytics/events';
const shared = sharedCleanup(after);
/** @type {import('../support/node/postgres.mjs').PostgresCluster} */ let cluster;
/** @type {string} */ let template;

before(async () => {
  cluster = await startPostgres(shared);
  template = await migratedDatabase(cluster);
});

/** An ISO time of whole seconds. @param {number} agoMs */
const ago = (agoMs) => `${new Date(Date.now() - agoMs).toISOString().slice(0, 19)}Z`;

/** @param {any[]} events @param {string} [installationId] */
function batch(events, installationId = randomUUID()) {
  const system = { osName: 'iOS', osVersion: '19.1', locale: 'de-AT', appVersion: '2.3.1', appBuildNumber: '231', deviceModel: 'iPhone17,1' };
  return { installationId, sessionId: randomUUID(), system, events };
}

/** @param {Record<string, unknown>} [props] @param {number} [agoMs] */
const saved = (props = { source: 'map', zone_count: 3 }, agoMs = 1000) => ({ name: 'route_saved', at: ago(agoMs), props });

/** An api and a worker on a database of their own. @param {import('../support/node/places.mjs').Cleanup} cleanup
 * @param {AptabaseServer | null} service */
async function stack(cleanup, service) {
  const database = await migratedDatabase(cluster, { template });
  const settings = service ? { APTABASE_APP_KEY: key, APTABASE_HOST: service.url } : {};
  const env = { APP_ENV: 'test', DATABASE_URL: cluster.url(database), SESSION_SECRET: 's'.repeat(40), ...settings };
  const worker = await startWorker(cleanup, env);
  const api = await startApi(cleanup, env);
  const waiting = async () => Number((await cluster.query(database, 'SELECT count(*) AS n FROM analytics_outbox')).rows[0].n);
  return { api: api.url, process: api.process, worker, database, waiting };
}

test('a batch arrives as Aptabase wants it, under a pseudonym, and only once', async (t) => {
  const service = await startAptabase(t, key);
  const { api, process, worker, database, waiting } = await stack(t, service);
  const client = await ContractClient.of(api);
  const body = batch([saved(), { name: 'signed_out', at: ago(2000) }]);
  const answer = await client.request('POST', path, { body });
  assert.deepEqual([answer.status, answer.json], [202, { accepted: 2 }]);
  const sent = await waitFor('the batch to arrive', () => service.taken[0]);
  assert.equal(sent.appKey, key);
  assert.match(sent.userAgent, /^AspectAvy\/2\.3\.1 \(iOS 19\.1\) [A-Z2-7]{10}$/);
  const [first] = sent.events;
  assert.deepEqual(first, {
    timestamp: body.events[0]?.at,
    sessionId: body.sessionId,
    eventName: 'route_saved',
    systemProps: {
      isDebug: true,
      osName: 'iOS',
      osVersion: '19.1',
      locale: 'de-AT',
      appVersion: '2.3.1',
      appBuildNumber: '231',
      engineName: '',
      engineVersion: '',
      sdkVersion: first.systemProps.sdkVersion,
      deviceModel: 'iPhone17,1',
    },
    props: { source: 'map', zone_count: 3 },
  });
  assert.match(first.systemProps.sdkVersion, /^aspectavy-backend@\d/);
  assert.deepEqual(service.dropped, []);
  await waitFor('the outbox to be empty', async () => (await waiting()) === 0);
  assert.equal(service.requests, 1);
  const dump = JSON.stringify((await cluster.query(database, 'SELECT args, errors FROM job')).rows);
  for (const text of [process.output, worker.output, dump]) {
    assert.ok(!text.includes(body.installationId) && !text.includes(body.sessionId), 'ids are neither logged nor in jobs');
  }
});

test('two installations are two people, one is one on the same day, and each batch is a request', async (t) => {
  const service = await startAptabase(t, key);
  const { api } = await stack(t, service);
  const one = randomUUID();
  for (const installation of [one, randomUUID(), one]) {
    assert.equal((await postJson(api, path, batch([saved()], installation))).status, 202);
  }
  await waitFor('three requests', () => service.taken.length === 3);
  assert.equal(new Set(service.taken.map(({ userAgent }) => userAgent)).size, 2);
});

test('no more than five requests a second', async (t) => {
  const service = await startAptabase(t, key);
  const { api } = await stack(t, service);
  for (let i = 0; i < 8; i += 1) assert.equal((await postJson(api, path, batch([saved()]))).status, 202);
  await waitFor('eight requests', () => service.taken.length === 8);
  const took = (service.taken[7]?.at ?? 0) - (service.taken[0]?.at ?? 0);
  // Seven pauses of 200 ms; the first request may have been seen late.
  assert.ok(took >= 1200, `eight requests came within ${took} ms`);
});

test('what is over a day old is told as late, and the service keeps it', async (t) => {
  const service = await startAptabase(t, key);
  const { api } = await stack(t, service);
  const body = batch([saved({}, 50 * 3_600_000), saved({ source: 'gpx' }, 3_600_000)]);
  assert.equal((await postJson(api, path, body)).status, 202);
  const sent = await waitFor('the batch', () => service.taken[0]);
  assert.deepEqual(service.dropped, []);
  assert.equal(sent.events[0].props.late_hours, 50);
  assert.ok(Math.abs(Date.parse(sent.events[0].timestamp) - (Date.now() - 23 * 3_600_000)) < 60_000);
  assert.deepEqual(sent.events[1].props, { source: 'gpx' });
});

test('one fault, and nothing of the batch is kept; every place is named', async (t) => {
  const service = await startAptabase(t, key);
  const { api, process, waiting } = await stack(t, service);
  const client = await ContractClient.of(api);
  const events = [
    saved(),
    { name: 'route_stolen', at: ago(0) },
    saved({ zone_count: 99, latitude: 47.2, deep: { down: [{ 'E-Mail': 1 }] } }),
    { name: 'error_shown', at: ago(0), props: { code: 'jane@example.org', screen: '47.2692, 11.4041' } },
  ];
  const answer = await client.request('POST', path, { body: batch(events), isInvalid: true });
  assert.deepEqual([answer.status, answer.json.code], [422, 'validation_failed']);
  assert.deepEqual(answer.json.errors.map((/** @type {any} */ fault) => fault.path).sort(), [
    'events[1].name',
    'events[2].props.deep',
    'events[2].props.deep.down[0].E-Mail',
    'events[2].props.latitude',
    'events[2].props.zone_count',
    'events[3].props.code',
    'events[3].props.screen',
  ]);
  for (const text of [answer.text, process.output]) assert.ok(!text.includes('jane@') && !text.includes('47.2692'), text);
  for (const [body, status, code] of /** @type {[any, number, string][]} */ ([
    [batch(Array.from({ length: 26 }, () => saved())), 422, 'validation_failed'],
    ['{', 400, 'json.malformed'],
    ['{"events":[{"props":{"hours":1e400}}]}', 400, 'json.malformed'],
    [`{"a":"${'x'.repeat(33_000)}"}`, 413, 'payload_too_large'],
  ])) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const refused = await fetch(api + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: text });
    assert.deepEqual([refused.status, (await refused.json()).code], [status, code]);
  }
  const form = await fetch(api + path, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' });
  assert.equal(form.status, 415);
  assert.equal(await waiting(), 0);
  assert.equal(service.requests, 0);
});

test('without a key nothing is kept and nothing is sent', async (t) => {
  const { api, waiting } = await stack(t, null);
  const taken = await postJson(api, path, batch([saved()]));
  assert.deepEqual([taken.status, await taken.json()], [202, { accepted: 1 }]);
  assert.equal((await postJson(api, path, batch([saved({ email: 'x' })]))).status, 422, 'judged all the same');
  assert.equal(await waiting(), 0);
});

test('sixty batches an hour, counted by session and else by address', async (t) => {
  const { api } = await stack(t, null);
  const person = await signUp(api);
  const post = (/** @type {Record<string, string>} */ headers) => postJson(api, path, batch([saved()]), headers);
  for (let i = 0; i < 60; i += 1) assert.equal((await post({})).status, 202, `batch ${i + 1}`);
  const limited = await post({});
  assert.deepEqual([limited.status, (await limited.json()).code], [429, 'rate_limited']);
  assert.ok(Number(limited.headers.get('retry-after')) > 0);
  assert.equal((await post(person.headers)).status, 202, 'a session has its own');
  assert.equal((await post({ authorization: 'Bearer avs_nobody' })).status, 429, 'a bad one has not');
});

test("a page of another origin cannot send in a visitor's name", async (t) => {
  const { api } = await stack(t, null);
  const answer = await postJson(api, path, batch([saved()]), { origin: 'https://evil.example' });
  assert.deepEqual([answer.status, (await answer.json()).code], [403, 'csrf_rejected']);
});

test('the service is away for a while: nothing is lost, and it is not asked at once again', async (t) => {
  const service = await startAptabase(t, key);
  const { api, database, waiting } = await stack(t, service);
  service.answers = [{ status: 429, headers: { 'retry-after': '2' } }];
  const begun = Date.now();
  assert.equal((await postJson(api, path, batch([saved()]))).status, 202);
  await waitFor('the refusal', () => service.requests === 1);
  assert.equal((await postJson(api, path, batch([saved()]))).status, 202, 'more comes in meanwhile');
  await waitFor('both to arrive', () => service.taken.length === 2, { timeoutMs: 30_000 });
  assert.ok((service.taken[0]?.at ?? 0) - begun >= 1900, 'Retry-After was heeded');
  await waitFor('the outbox to be empty', async () => (await waiting()) === 0);
  const { rows } = await cluster.query(database, 'SELECT failures FROM analytics_relay');
  assert.equal(rows[0].failures, 0);
});

test('an unknown key ends sending until the worker is restarted, loudly', async (t) => {
  const service = await startAptabase(t, 'A-SH-9999999999');
  const { api, worker, waiting } = await stack(t, service);
  assert.equal((await postJson(api, path, batch([saved()]))).status, 202);
  await worker.waitForOutput(/"level":"error","event":"analytics.disabled"/);
  assert.equal((await postJson(api, path, batch([saved()]))).status, 202);
  await waitFor('both to wait', async () => (await waiting()) === 2);
  assert.equal(service.requests, 1);
});
