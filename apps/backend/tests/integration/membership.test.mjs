// Membership over HTTP: a provider's events and answers, and passes from person to person.
// @ts-check
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { signUp } from '../support/node/accounts.mjs';
import { migratedDatabase, startApi } from '../support/node/backend.mjs';
import { ContractClient } from '../support/node/contract.mjs';
import { nowSeconds, signedHeaders, startMembershipProvider } from '../support/node/membership_provider.mjs';
import { sharedCleanup } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';

/** @typedef {import('../support/node/accounts.mjs').Person} Person */

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const oldSecret = 'the secret that was before: long enough';
const path = '/api/membership';
const passes = `${path}/buddy-passes`;
const webhook = `${path}/webhooks/store`;
const shared = sharedCleanup(after);
/** @type {ContractClient} */ let client;
/** @type {string} */ let api;
/** @type {import('../support/node/membership_provider.mjs').MembershipProvider} */ let provider;
/** @type {import('../support/node/process.mjs').TestProcess} */ let apiProcess;

before(async () => {
  provider = await startMembershipProvider(shared, secret);
  const cluster = await startPostgres(shared);
  const started = await startApi(shared, {
    APP_ENV: 'test',
    DATABASE_URL: cluster.url(await migratedDatabase(cluster)),
    MEMBERSHIP_WEBHOOK_SECRETS: `store=${secret}, store=${oldSecret}`,
    MEMBERSHIP_PROVIDER_NAME: 'store',
    MEMBERSHIP_PROVIDER_URL: provider.url,
    MEMBERSHIP_PROVIDER_SECRET: secret,
  });
  api = started.url;
  apiProcess = started.process;
  client = await ContractClient.of(api);
});

/** An ISO time of whole seconds. @param {number} seconds from now */
const at = (seconds) => `${new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19)}Z`;

/** @param {string} userId @param {string} state @param {number} [seconds] @param {object} [more] */
const word = (userId, state, seconds = -60, more = {}) => JSON.stringify({ userId, state, at: at(seconds), ...more });

/** Delivers an event. @param {string} body @param {string} [id] @param {string} [key] @param {string} [time] */
const deliver = (body, id = randomUUID(), key = secret, time = nowSeconds()) =>
  client.request('POST', webhook, { body, headers: signedHeaders(key, id, body, time) });

/** @param {Person} person @param {string} method @param {string} target @param {unknown} [body] */
const as = ({ headers }, method, target, body) => client.request(method, target, { headers, ...(body !== undefined && { body }) });

/** @param {Person} person */
const stateOf = async (person) => (await as(person, 'GET', path)).json;

/** @param {{ status: number, json: any, text: string }} answer @param {number} status @param {string} code */
function refused(answer, status, code) {
  assert.deepEqual([answer.status, answer.json?.code], [status, code], answer.text);
}

async function member() {
  const person = await signUp(api);
  assert.equal((await deliver(word(person.userId, 'active'))).json.outcome, 'applied');
  return person;
}

test('nobody is a member until somebody says so, and only who is signed in may ask', async () => {
  const person = await signUp(api);
  assert.deepEqual(await stateOf(person), { state: 'none', source: null, until: null, sources: [] });
  for (const [method, target] of /** @type {[string, string][]} */ ([
    ['GET', path], ['POST', `${path}/refresh`], ['GET', passes], ['POST', passes], ['POST', `${passes}/redeem`],
    ['POST', `${passes}/${randomUUID()}/share`], ['DELETE', `${passes}/${randomUUID()}`],
  ])) {
    const answer = await fetch(api + target, { method });
    assert.equal(answer.status, 401, `${method} ${target}`);
  }
});

test('events count once and in the order of what happened', async () => {
  const person = await signUp(api);
  const until = at(86_400);
  const renewed = word(person.userId, 'active', -10, { until, type: 'subscription.renewed' });
  const id = randomUUID();
  assert.equal((await deliver(renewed, id)).json.outcome, 'applied');
  assert.equal((await deliver(renewed, id)).json.outcome, 'repeated');
  assert.equal((await deliver(word(person.userId, 'expired', -20))).json.outcome, 'overtaken', 'sent late');
  assert.deepEqual(await stateOf(person), {
    state: 'active', source: 'store', until, sources: [{ source: 'store', state: 'active', until }],
  });
  assert.equal((await deliver(word(person.userId, 'grace', -10, { sequence: 1 }))).json.outcome, 'applied', 'of the same moment, later');
  assert.equal((await stateOf(person)).state, 'grace');
  assert.equal((await deliver(word(randomUUID(), 'active'))).json.outcome, 'unknown');
});

test('what is not signed as it should be is refused alike', async () => {
  const person = await signUp(api);
  const body = word(person.userId, 'active');
  const id = randomUUID();
  const good = signedHeaders(secret, id, body);
  const send = (/** @type {Record<string, string>} */ headers, target = webhook, text = body) =>
    client.request('POST', target, { body: text, headers });
  const answers = [
    await send({ ...good, 'webhook-signature': 'v1,AAAA' }),
    await send({ ...good, 'webhook-id': randomUUID() }),
    await send(good, webhook, `${body} `),
    await send(good, `${path}/webhooks/shop`),
    await send({ 'content-type': 'application/json' }),
    await deliver(body, id, 'another secret, which is long enough'),
    await deliver(body, id, secret, `${Number(nowSeconds()) - 400}`),
    await deliver(body, id, secret, `${Number(nowSeconds()) + 400}`),
  ];
  for (const answer of answers) refused(answer, 401, 'webhook_refused');
  assert.equal(new Set(answers.map(({ json }) => JSON.stringify({ ...json, requestId: '' }))).size, 1);
  assert.equal((await stateOf(person)).state, 'none');
  assert.equal((await deliver(body, id, oldSecret)).json.outcome, 'applied', 'the secret before counts while it is replaced');
  refused(await deliver('{"userId":1}'), 422, 'validation_failed');
  refused(await deliver('{'), 400, 'json.malformed');
  refused(await deliver(word(person.userId, 'active', 3600)), 422, 'validation_failed');
  for (const text of [secret, oldSecret, person.email]) assert.ok(!apiProcess.output.includes(text));
});

test('refresh asks the provider and believes only a signed answer to this very question', async () => {
  const person = await signUp(api);
  const refresh = async () => (await as(person, 'POST', `${path}/refresh`)).json;
  assert.deepEqual(await refresh(), { state: 'none', source: null, until: null, sources: [], refreshed: false });
  provider.words.set(person.userId, { state: 'active', at: at(-5), until: at(3600) });
  provider.spoil = (answer) => (answer.body = answer.body.replace('active', 'expired'));
  assert.equal((await refresh()).refreshed, false, 'changed on its way');
  provider.spoil = (answer) => Object.assign(answer.headers, signedHeaders(secret, randomUUID(), answer.body));
  assert.equal((await refresh()).refreshed, false, 'an answer to another question');
  provider.spoil = (answer) => {
    answer.body = JSON.stringify({ ...JSON.parse(answer.body), userId: randomUUID() });
    Object.assign(answer.headers, signedHeaders(secret, answer.headers['webhook-id'] ?? '', answer.body));
  };
  assert.equal((await refresh()).refreshed, false, 'about somebody else');
  provider.spoil = null;
  const found = await refresh();
  assert.deepEqual([found.refreshed, found.state, found.source], [true, 'active', 'store']);
  assert.equal((await stateOf(person)).state, 'active', 'and it is kept');
  assert.equal(provider.badQuestions, 0);
  for (let i = 0; i < 5; i += 1) await refresh();
  refused(await as(person, 'POST', `${path}/refresh`), 429, 'rate_limited');
});

test('the life of a pass: issued, shared, shared anew, redeemed once', async () => {
  const giver = await member();
  const buddy = await signUp(api);
  const issued = await as(giver, 'POST', passes);
  assert.deepEqual([issued.status, issued.json.state, issued.json.days], [201, 'open', 30]);
  const { id } = issued.json;
  const first = (await as(giver, 'POST', `${passes}/${id}/share`)).json;
  assert.match(first.code, /^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/);
  const { code } = (await as(giver, 'POST', `${passes}/${id}/share`)).json;
  const redeem = (/** @type {Person} */ person, /** @type {string} */ typed) => as(person, 'POST', `${passes}/redeem`, { code: typed });
  refused(await redeem(buddy, first.code), 422, 'buddy_pass.refused');
  refused(await redeem(giver, code), 409, 'buddy_pass.own');
  refused(await redeem(await member(), code), 409, 'buddy_pass.not_needed');
  const redeemed = await redeem(buddy, code.toLowerCase().replaceAll('-', ' '));
  assert.equal(redeemed.status, 200, redeemed.text);
  const standing = await stateOf(buddy);
  assert.deepEqual([standing.state, standing.source, standing.until], ['active', 'buddy_pass', redeemed.json.until]);
  refused(await redeem(await signUp(api), code), 422, 'buddy_pass.refused');
  refused(await as(giver, 'DELETE', `${passes}/${id}`), 409, 'buddy_pass.not_open');
  refused(await as(giver, 'POST', `${passes}/${id}/share`), 409, 'buddy_pass.not_open');
  refused(await as(buddy, 'POST', passes), 403, 'membership_required');
  const list = await as(giver, 'GET', passes);
  assert.deepEqual(list.json.passes.map((/** @type {any} */ pass) => pass.state), ['redeemed']);
  assert.ok(!list.text.includes(buddy.userId) && !list.text.includes(code), 'neither by whom nor the code');
});

test('sixteen people redeem one code at once: one becomes a member', async () => {
  const giver = await member();
  const { id } = (await as(giver, 'POST', passes)).json;
  const { code } = (await as(giver, 'POST', `${passes}/${id}/share`)).json;
  // Ten tries an hour for one address: the api trusts the loopback proxy to say whose it is.
  const people = await Promise.all(Array.from({ length: 16 }, () => signUp(api)));
  const statuses = await Promise.all(
    people.map(async ({ headers }, i) => {
      const answer = await fetch(`${api}${passes}/redeem`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', 'x-forwarded-for': `203.0.113.${i + 1}` },
        body: JSON.stringify({ code }),
      });
      return answer.status;
    }),
  );
  assert.deepEqual(statuses.sort(), [200, ...Array.from({ length: 15 }, () => 422)]);
});

test("a pass of somebody else's is not there, one taken back is over, three a year are all", async () => {
  const giver = await member();
  const stranger = await member();
  const ids = [];
  for (let i = 0; i < 3; i += 1) ids.push((await as(giver, 'POST', passes)).json.id);
  refused(await as(giver, 'POST', passes), 409, 'buddy_pass.none_left');
  refused(await as(stranger, 'POST', `${passes}/${ids[0]}/share`), 404, 'buddy_pass.not_found');
  refused(await as(stranger, 'DELETE', `${passes}/${ids[0]}`), 404, 'buddy_pass.not_found');
  assert.deepEqual((await as(stranger, 'GET', passes)).json.passes, []);
  assert.equal((await as(giver, 'DELETE', `${passes}/${ids[0]}`)).status, 204);
  assert.equal((await as(giver, 'DELETE', `${passes}/${ids[0]}`)).status, 204, 'again');
  refused(await as(giver, 'POST', `${passes}/${ids[0]}/share`), 409, 'buddy_pass.not_open');
  assert.equal((await as(giver, 'POST', passes)).status, 201, 'it counts no more');
});
