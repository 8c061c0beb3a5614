// A person's own danger for a zone, from setting it to its end: what is refused, what routes say under it, that the
// receipt holds, and that nothing rests on an override that is gone.
// @ts-check
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { signUp, signIn } from '../support/node/accounts.mjs';
import { fakeClock, migratedDatabase, runBackend, startApi, startWorker } from '../support/node/backend.mjs';
import { ContractClient } from '../support/node/contract.mjs';
import { answers, startFeedServer } from '../support/node/feed_server.mjs';
import * as fixtures from '../support/node/fixtures.mjs';
import { transform } from '../support/node/gdal.mjs';
import { feature } from '../support/node/lines.mjs';
import { sharedCleanup, tempDir } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { waitForForecasts } from '../support/node/routes.mjs';
import { waitFor } from '../support/node/wait.mjs';

/** @typedef {import('../support/node/accounts.mjs').Person} Person */

const zoneId = 'AT-07-10';
const shared = sharedCleanup(after);
/** @type {Record<string, string>} */ let settings;
/** @type {import('../support/node/feed_server.mjs').FeedServer} */ let feed;
/** @type {string} */ let folder;
/** @type {string} */ let store;
/** @type {string} */ let geojson;
/** @type {Person} */ let me;
/** @type {Person} */ let other;
/** @type {string} */ let mine;
/** @type {string} */ let others;
/** @type {string} */ let base;
/** @type {any} the answer before there was an override */ let official;
/** @type {string} of the api that runs */ let url;

/** Api and, if wanted, worker at a moment. @param {import('../support/node/places.mjs').Cleanup} t @param {string} now */
async function startAt(t, now, { withWorker = true } = {}) {
  const env = { ...settings, ...fakeClock(now) };
  if (withWorker) await startWorker(t, env);
  ({ url } = await startApi(t, env));
  return ContractClient.of(url);
}

/** @param {ContractClient} client @param {Person | null} person @param {string} method @param {string} path @param {unknown} [body] */
const ask = (client, person, method, path, body) => client.request(method, path, { headers: person?.headers ?? {}, body });

/** @param {Partial<Record<string, unknown>>} [changes] */
const wanted = (changes = {}) => ({
  reason: 'Two days of sun, and a profile without a weak layer',
  baseForecastId: base,
  bands: { upper: 'moderate', middle: 'moderate', lower: 'moderate' },
  acknowledgesLowering: true,
  ...changes,
});

/** @param {ContractClient} client @param {unknown} body */
const put = (client, body) => ask(client, me, 'PUT', `/api/user/forecast-overrides/${zoneId}`, body);

/** @param {ContractClient} client @param {Person} [person] */
async function historyOf(client, person = me) {
  const { json } = await ask(client, person, 'GET', '/api/user/forecast-override-history');
  return json.entries.map((/** @type {any} */ one) => one.action + (one.cause ? ` ${one.cause}` : ''));
}

/** @param {ContractClient} client @param {string} id @param {Person} person */
async function assessmentOf(client, id, person) {
  const answer = await ask(client, person, 'GET', `/api/routes/${id}/assessment`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

/** Waits until the worker has stored an answer that holds. @param {ContractClient} client @param {string} id @param {Person} person */
function compiled(client, id, person) {
  return waitFor(`the compile of ${id}`, async () => {
    const { json } = await ask(client, person, 'GET', `/api/routes/${id}`);
    return json.compile.status === 'done' && json.compile;
  });
}

/** `aspectavy verify` on an answer. @param {unknown} answer */
function verify(answer) {
  const path = join(folder, 'answer.json');
  writeFileSync(path, JSON.stringify(answer));
  const files = ['--terrain', store, '--forecast', fixtures.tyrolBulletin('2026-01-12'), '--zones', fixtures.tyrolZones];
  return runBackend(['verify', ...files, '--route', geojson, path]);
}

async function prepare() {
  folder = tempDir(shared);
  feed = await startFeedServer(shared);
  fixtures.serveTyrol(feed, '2026-01-12');
  const rasters = fixtures.tyrolRasters(folder);
  const [cluster, made] = await Promise.all([
    startPostgres(shared),
    fixtures.importTerrain([String(rasters.avaMal)], 'EPSG:31287', join(folder, 'mal.store')),
  ]);
  store = made;
  settings = {
    DATABASE_URL: cluster.url(await migratedDatabase(cluster)),
    TERRAIN_STORE: store,
    FORECAST_FEEDS: fixtures.writeFeeds(join(folder, 'feeds.json'), [fixtures.tyrolFeed(feed.url)]),
  };
}

/** @param {ContractClient} client @param {Person} person @param {any} line */
async function saved(client, person, line) {
  const answer = await ask(client, person, 'POST', '/api/routes', line);
  assert.equal(answer.status, 201, answer.text);
  await compiled(client, answer.json.id, person);
  return answer.json.id;
}

describe('forecast overrides', { skip: fixtures.withoutFixtures }, () => {
  before(prepare);

  test('set on purpose, they count for the routes of their owner, and the official grade stands beside', async (t) => {
    const client = await startAt(t, '2026-01-12T09:00:00Z');
    await waitForForecasts(url);
    [me, other] = [await signUp(url), await signUp(url)];
    const line = feature(await transform([[168300, 352200], [168300, 351000]], 'EPSG:31287', 'EPSG:4326'), 'Mal');
    geojson = join(folder, 'mal.geojson');
    writeFileSync(geojson, JSON.stringify(line));
    [mine, others] = [await saved(client, me, line), await saved(client, other, line)];
    official = await assessmentOf(client, mine, me);
    base = official.receipt.forecasts.find((/** @type {any} */ one) => one.zoneKey === zoneId).forecastId;
    assert.equal(official.assessment.inForce.grade, 'red');
    assert.equal('override' in official, false);

    await t.test('nobody without a session', async () => {
      for (const [method, path, body] of /** @type {const} */ ([
        ['GET', '/api/user/forecast-overrides', undefined],
        ['GET', '/api/user/forecast-override-history', undefined],
        ['PUT', `/api/user/forecast-overrides/${zoneId}`, wanted()],
        ['DELETE', `/api/user/forecast-overrides/${zoneId}`, undefined],
      ])) {
        assert.equal((await ask(client, null, method, path, body)).json.code, 'unauthenticated', `${method} ${path}`);
      }
    });

    for (const { name, body, zone, status, code, paths } of [
      { name: 'a zone that is not there', body: () => wanted(), zone: 'AT-99', status: 404, code: 'override.zone_unknown', paths: [] },
      { name: 'another forecast than the one in force', body: () => wanted({ baseForecastId: '018f0000-0000-7000-8000-000000000001' }),
        status: 409, code: 'override.base_changed', paths: ['baseForecastId'] },
      { name: 'less than official without saying so', body: () => wanted({ acknowledgesLowering: false }),
        status: 422, code: 'override.lowers_danger', paths: ['bands.upper', 'bands.middle', 'bands.lower'] },
      { name: 'a reason that is none', body: () => wanted({ reason: 'because' }), status: 422, code: 'validation_failed', paths: ['reason'] },
      { name: 'an end after that of the forecast', body: () => wanted({ endsAt: '2026-01-14T09:00:00Z' }),
        status: 422, code: 'validation_failed', paths: ['endsAt'] },
      { name: 'nothing chosen', body: () => ({ ...wanted(), bands: undefined }), status: 422, code: 'validation_failed', paths: ['bands'] },
      { name: 'what is no level, and what is not known', body: () => ({ ...wanted(), bands: { upper: 'fine' }, mood: 'good' }),
        status: 422, code: 'validation_failed', paths: ['bands.upper', 'mood'] },
    ]) {
      await t.test(`refused: ${name}`, async () => {
        const path = `/api/user/forecast-overrides/${zone ?? zoneId}`;
        const answer = await client.request('PUT', path, { headers: me.headers, body: body(), isInvalid: true });
        assert.deepEqual([answer.status, answer.json.code], [status, code], answer.text);
        assert.deepEqual((answer.json.errors ?? []).map((/** @type {any} */ one) => one.path), paths);
        if (code === 'override.base_changed') assert.ok(answer.text.includes(base), 'the newest is named');
        if (code === 'override.lowers_danger') assert.match(answer.text, /is moderate; the official danger is high/);
      });
    }
    assert.deepEqual(await historyOf(client), [], 'what is refused leaves no trace');

    await t.test('put, listed, and in the history with the official values of the moment', async () => {
      const answer = await put(client, wanted({ endsAt: '2026-01-12T12:00:00Z' }));
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual([answer.json.standing, answer.json.lowersDanger, answer.json.revision], ['in_force', true, 1]);
      assert.equal(answer.json.official.bands.upper.level, 'high');
      assert.equal(answer.json.official.forecasts[0].forecastId, base);
      const { json } = await ask(client, me, 'GET', '/api/user/forecast-overrides');
      assert.deepEqual(json.overrides, [answer.json]);
      assert.equal((await put(client, wanted({ endsAt: '2026-01-12T12:00:00Z' }))).json.id, answer.json.id, 'a retry');
      assert.deepEqual(await historyOf(client), ['put']);
    });

    await t.test('the grade under it says so, with the official one as it was', async () => {
      // At once by the api itself, and the same once the worker has stored it.
      const atOnce = await assessmentOf(client, mine, me);
      const compile = await compiled(client, mine, me);
      assert.deepEqual([compile.grade, compile.officialGrade], [atOnce.assessment.inForce.grade, 'red']);
      const answer = await assessmentOf(client, mine, me);
      assert.deepEqual({ ...answer, changes: null }, { ...atOnce, changes: null });
      assert.ok(answer.changes.summary.some((/** @type {string} */ said) => /^Your override: none → /.test(said)), answer.changes.summary.join());
      assert.equal(answer.assessment.kind, 'override');
      // The official problem, a persistent weak layer, stays: nobody chose others.
      assert.equal(answer.assessment.inForce.highestLevel, 'scary_moderate');
      assert.ok(answer.assessment.inForce.noGoM < official.assessment.inForce.noGoM);
      assert.ok(answer.assessment.inForce.sections.some((/** @type {any} */ one) => one.flags.includes('overridden') && one.officialLevel === 'high'));
      const [shown] = answer.override.inForce;
      assert.deepEqual([shown.zoneKey, shown.reason, shown.baseForecastId], [zoneId, wanted().reason, base]);
      assert.equal(answer.receipt.overrideId, shown.id);
      const { assessment, receipt, receiptId } = official;
      assert.deepEqual(answer.override.official, { assessment, receipt, receiptId }, 'the official grade is as it was');
      const list = await ask(client, me, 'GET', '/api/routes');
      assert.equal(list.json.routes[0].compile.officialGrade, 'red');
      const profile = await ask(client, me, 'GET', `/api/routes/${mine}/profile`);
      assert.ok(profile.json.officialGrade.includes('red'));
      assert.equal(profile.json.officialGrade.length, profile.json.grade.length);
    });

    await t.test("the receipt holds, and a forged one does not", async () => {
      const answer = await assessmentOf(client, mine, me);
      const good = await verify(answer);
      assert.equal(good.code, 0, good.stdout + good.stderr);
      assert.equal((await verify(answer.receipt)).code, 0, 'the bare receipt too');
      for (const forge of [
        (/** @type {any} */ one) => (one.receipt.overrides[0].bands.upper = 'low'),
        (/** @type {any} */ one) => (one.override.inForce[0].bands.upper = 'high'),
        (/** @type {any} */ one) => (one.override.inForce = []),
        (/** @type {any} */ one) => (one.override.official.assessment.inForce.grade = 'green'),
        (/** @type {any} */ one) => (one.assessment.inForce.grade = 'green'),
      ]) {
        const forged = structuredClone(answer);
        forge(forged);
        const told = await verify(forged);
        assert.equal(told.code, 1, `${forge}: ${told.stdout}${told.stderr}`);
      }
    });

    await t.test('it is nobody else’s: not to see, not to end, not to be graded with', async () => {
      assert.deepEqual((await ask(client, other, 'GET', '/api/user/forecast-overrides')).json.overrides, []);
      assert.deepEqual(await historyOf(client, other), []);
      assert.equal((await ask(client, other, 'DELETE', `/api/user/forecast-overrides/${zoneId}`)).json.code, 'override.not_found');
      const theirs = await assessmentOf(client, others, other);
      assert.equal(theirs.assessment.kind, 'official');
      assert.equal('override' in theirs, false);
      assert.equal((await compiled(client, others, other)).grade, 'red');
    });

    await t.test('removing it brings back the official answer, to the letter', async () => {
      assert.equal((await ask(client, me, 'DELETE', `/api/user/forecast-overrides/${zoneId}`)).status, 204);
      assert.equal((await ask(client, me, 'GET', `/api/routes/${mine}`)).json.compile.officialGrade, undefined, 'at once');
      const answer = await assessmentOf(client, mine, me);
      const { assessment, receipt, receiptId } = official;
      assert.deepEqual({ assessment: answer.assessment, receipt: answer.receipt, receiptId: answer.receiptId }, { assessment, receipt, receiptId });
      assert.equal('override' in answer, false);
      assert.equal((await ask(client, me, 'DELETE', `/api/user/forecast-overrides/${zoneId}`)).status, 404);
      assert.deepEqual(await historyOf(client), ['delete', 'put']);
    });

    await t.test('raising danger needs no more than a reason and is never greener', async () => {
      const bands = { upper: 'extreme', middle: 'extreme', lower: 'extreme' };
      const answer = await put(client, wanted({ bands, acknowledgesLowering: undefined, endsAt: '2026-01-12T12:00:00Z' }));
      assert.deepEqual([answer.status, answer.json.lowersDanger], [200, false], answer.text);
      const raised = await assessmentOf(client, mine, me);
      assert.equal(raised.assessment.inForce.grade, 'red');
      assert.ok(raised.assessment.inForce.noGoM > official.assessment.inForce.noGoM);
    });

    await t.test('the history is paged by a cursor', async () => {
      const first = await ask(client, me, 'GET', '/api/user/forecast-override-history?limit=2');
      assert.deepEqual(first.json.entries.map((/** @type {any} */ one) => one.action), ['put', 'delete']);
      const second = await ask(client, me, 'GET', `/api/user/forecast-override-history?limit=2&cursor=${first.json.nextCursor}`);
      assert.deepEqual(second.json.entries.map((/** @type {any} */ one) => one.action), ['put']);
      assert.equal(second.json.nextCursor, null);
      assert.equal((await ask(client, me, 'GET', '/api/user/forecast-override-history?cursor=x')).json.code, 'validation_failed');
    });
  });

  test('its end comes at its time, whether or not a worker is there; the worker writes it down', async (t) => {
    const client = await startAt(t, '2026-01-12T12:00:00Z', { withWorker: false });
    me = await signIn(url, me.email);
    const answer = await assessmentOf(client, mine, me);
    assert.equal(answer.assessment.kind, 'official');
    assert.equal((await ask(client, me, 'GET', `/api/routes/${mine}`)).json.compile.status, 'outdated');
    const { json } = await ask(client, me, 'GET', '/api/user/forecast-overrides');
    assert.deepEqual(json.overrides.map((/** @type {any} */ one) => one.standing), ['ended']);
    await startWorker(t, { ...settings, ...fakeClock('2026-01-12T12:00:00Z') });
    await waitFor('the lapse in the history', async () => (await historyOf(client))[0] === 'lapsed ended');
    assert.deepEqual((await ask(client, me, 'GET', '/api/user/forecast-overrides')).json.overrides, []);
    assert.equal((await compiled(client, mine, me)).grade, 'red');
  });

  test('another forecast ends it at once', async (t) => {
    const before12 = await startAt(t, '2026-01-12T12:30:00Z', { withWorker: false });
    me = await signIn(url, me.email);
    const set = await put(before12, wanted());
    assert.equal(set.status, 200, set.text);
    assert.equal((await assessmentOf(before12, mine, me)).assessment.kind, 'override');

    const bulletins = JSON.parse(readFileSync(fixtures.tyrolBulletin('2026-01-12'), 'utf8'));
    for (const one of bulletins.bulletins) one.publicationTime = '2026-01-12T12:45:00Z';
    feed.on(fixtures.tyrolBulletinPath, answers(JSON.stringify(bulletins)));
    const client = await startAt(t, '2026-01-12T13:00:00Z');
    me = await signIn(url, me.email);
    await waitFor('the new forecast', async () => {
      const { receipt } = await assessmentOf(client, mine, me);
      return receipt.forecasts.every((/** @type {any} */ one) => one.forecastId !== base);
    });
    const answer = await assessmentOf(client, mine, me);
    assert.equal(answer.assessment.kind, 'official');
    assert.equal(answer.assessment.inForce.grade, 'red');
    await waitFor('the lapse in the history', async () => (await historyOf(client))[0] === 'lapsed new_forecast');
    const late = await put(client, wanted());
    assert.deepEqual([late.status, late.json.code], [409, 'override.base_changed']);
    const { json } = await ask(client, me, 'GET', '/api/user/forecast-override-history');
    assert.deepEqual([json.entries[0].by, json.entries[0].cause], ['system', 'new_forecast']);
    assert.notEqual(json.entries[0].official.forecasts[0].forecastId, base, 'what was official at that moment');
    assert.equal(json.entries[1].official.forecasts[0].forecastId, base);
  });
});
