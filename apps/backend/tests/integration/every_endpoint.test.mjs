// Every operation of openapi.json, called by everybody who may and may not: who is refused changes nothing, what belongs
// to one person no other reaches, and no read changes anything.
// @ts-check
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { addApiToken, addSession, forgetTries, newToken, snapshotOf } from '../support/node/credentials.mjs';
import { pathOf, resolved } from '../support/node/examples.mjs';
import { rows } from '../support/node/operation_rows.mjs';
import { repository, sharedCleanup } from '../support/node/places.mjs';
import { accessOf, allowedOrigin, callOf, isPersons, isRead, jsonSchemaOf, newAsker, openStage, sendCall } from '../support/node/stage.mjs';

/**
 * @typedef {import('../support/node/contract.mjs').Operation} Operation
 * @typedef {import('../support/node/operation_rows.mjs').Asker} Asker
 * @typedef {import('../support/node/http_client.mjs').Answer} Answer
 * @typedef {import('../support/node/stage.mjs').Access} Access
 */

/** Operations that ask nobody who they are. A new one is written down here, or refused to strangers. */
const open = ['cancelDeletion', 'confirmEmailChange', 'consumeMagicCode', 'consumeMagicLink', 'describeAdminCommands', 'getClientConfig', 'getForecast',
  'getForecastAt', 'getForecastProviders', 'getForecastZones', 'getOpenApi', 'health',
  'livez', 'lookUpDeletion', 'openDemo', 'postAnalyticsEvents', 'readyz', 'register', 'requestMagicLink', 'requestPasswordReset', 'resetPassword',
  'signIn', 'signOut', 'takeMembershipEvent', 'verifyEmail', 'whoAmI'];
/** Operations that ask for the password again when that is more than ten minutes ago. */
const elevated = ['createApiToken', 'createInvite', 'downloadExport', 'listSessions', 'requestDeletion', 'requestEmailChange', 'requestExport', 'revokeApiToken', 'revokeInvite', 'revokeOtherSessions', 'revokeSession'];
const scopes = ['routes:read', 'routes:write', 'user:read', 'user:write'];

const shared = sharedCleanup(after);
const app = allowedOrigin;
/** @type {import('../support/node/stage.mjs').Stage} */ let stage;
/** @type {import('pg').Client} */ let db;
/** @type {Operation[]} */ let operations;
/** Somebody else, who is elevated. @type {Asker} */ let other;

before(async () => {
  stage = await openStage(shared);
  ({ db, operations } = stage);
  other = await newAsker(stage);
});

/** The status of a call that is served. @param {Operation} operation */
function goodStatus(operation) {
  const documented = Object.keys(operation.declaration.responses).map(Number).find((status) => status >= 200 && status < 300);
  return rows[operation.id]?.status ?? documented;
}

/** Runs calls that must leave every row as it was. @template T @param {string} what @param {() => Promise<T>} calls */
async function leavingAllAsItWas(what, calls) {
  const before_ = await snapshotOf(db);
  const result = await calls();
  assert.deepEqual(await snapshotOf(db), before_, `${what} changed the database`);
  return result;
}

/** @param {Answer} answer @param {string} who */
const outcome = ({ status, json }, who) => `${who}: ${status}${json?.code ? ` ${json.code}` : ''}`;

/** Who is refused, with what. @param {Operation} operation @param {Asker} asker
 * @returns {Promise<{ who: string, headers: Record<string, string>, refusal: string }[]>} */
async function strangersTo(operation, asker) {
  const bearer = (/** @type {string} */ token) => ({ authorization: `Bearer ${token}` });
  const cookie = (/** @type {string} */ token) => ({ cookie: `avs_dev=${token}` });
  const session = (/** @type {Parameters<typeof addSession>[2]} */ state = {}) => addSession(db, asker.userId, state);
  const scope = operation.declaration['x-token-scope'];
  /** @type {{ who: string, headers: Record<string, string>, refusal: string }[]} */
  const strangers = [
    { who: 'nobody', headers: {}, refusal: '401 unauthenticated' },
    { who: 'a token that nobody gave out', headers: bearer(newToken('avs_')), refusal: '401 unauthenticated' },
    { who: 'a script that nobody knows', headers: bearer(newToken('avk_')), refusal: '401 unauthenticated' },
    { who: 'Basic authentication', headers: { authorization: 'Basic YTpi' }, refusal: '401 unauthenticated' },
    { who: 'a session that has expired', headers: bearer(await session({ isExpired: true })), refusal: '401 session_expired' },
    { who: 'a session that was revoked', headers: bearer(await session({ isRevoked: true })), refusal: '401 session_revoked' },
    { who: 'two cookies', headers: { cookie: `avs_dev=${await session()}; avs_dev=${await session()}`, origin: app }, refusal: '401 unauthenticated' },
    { who: 'a script by cookie', headers: { ...cookie(await addApiToken(db, asker.userId, scopes)), origin: app }, refusal: '401 unauthenticated' },
    { who: 'a script of other scopes', refusal: '403 forbidden',
      headers: bearer(await addApiToken(db, asker.userId, scopes.filter((one) => one !== scope))) },
  ];
  if (!scope) strangers.push({ who: 'a script of all scopes', headers: bearer(await addApiToken(db, asker.userId, scopes)), refusal: '403 forbidden' });
  if (accessOf(operation) === 'elevated')
    strangers.push({ who: 'a session not elevated', headers: bearer(await session({ isElevated: false })), refusal: '403 elevation_required' });
  if (isRead(operation)) return strangers;
  const token = await session();
  const refusal = '403 csrf_rejected';
  return [...strangers,
    { who: 'a cookie without Origin', headers: cookie(token), refusal },
    { who: 'a cookie on a foreign page', headers: { ...cookie(token), origin: 'https://evil.test' }, refusal },
    { who: 'a cookie on a page of another port', headers: { ...cookie(token), origin: 'http://localhost:5174' }, refusal },
    { who: 'a cookie and Origin null', headers: { ...cookie(token), origin: 'null' }, refusal },
    { who: 'a cookie from a sibling', headers: { ...cookie(token), 'sec-fetch-site': 'same-site' }, refusal }];
}

/** Who is served. @param {Operation} operation @param {Asker} asker */
async function friendsOf(operation, asker) {
  const scope = operation.declaration['x-token-scope'];
  const cookie = async () => ({ cookie: `avs_dev=${await addSession(db, asker.userId)}` });
  /** @type {{ who: string, headers: Record<string, string> }[]} */
  const friends = [
    { who: 'a session by bearer', headers: { authorization: `Bearer ${await addSession(db, asker.userId, { kind: 'ios' })}` } },
    { who: 'a cookie on an allowed page', headers: { ...(await cookie()), origin: app } },
    { who: 'a cookie on our own page', headers: { ...(await cookie()), origin: stage.api } },
  ];
  if (scope) friends.push({ who: 'a script of this scope', headers: { authorization: `Bearer ${await addApiToken(db, asker.userId, [scope])}` } });
  if (isRead(operation)) friends.push({ who: 'a cookie without Origin', headers: await cookie() });
  return friends;
}

describe('the table of operations', () => {
  test('has a row for each, and none for another', () => {
    assert.deepEqual(operations.map(({ id }) => id).filter((id) => !rows[id]), [], 'operations without a row in operation_rows.mjs');
    const ids = new Set(operations.map(({ id }) => id));
    assert.deepEqual(Object.keys(rows).filter((id) => !ids.has(id)), [], 'rows without an operation');
  });

  test('names for each a test that drives it', () => {
    for (const { id, path, method } of operations) {
      const file = join(repository, 'apps/backend/tests', rows[id]?.drivenBy ?? '');
      assert.ok(existsSync(file) && file.endsWith('.test.mjs'), `${id}: there is no ${file}`);
      if (file.endsWith('every_endpoint.test.mjs')) continue;
      const text = readFileSync(file, 'utf8');
      const last = path.split('/').filter((part) => !part.startsWith('{')).at(-1) ?? '';
      assert.ok(text.includes(last), `${file} never speaks of ${last}, which ${method} ${path} needs`);
    }
  });

  test('knows which are open to all and which ask for the password again', () => {
    const of = (/** @type {Access[]} */ ...wanted) => operations.filter((one) => wanted.includes(accessOf(one))).map(({ id }) => id).sort();
    assert.deepEqual(of('open', 'visitor'), open);
    assert.deepEqual(of('elevated'), elevated);
    for (const { id, declaration } of operations.filter(isPersons)) {
      const scope = declaration['x-token-scope'];
      assert.ok(scope === undefined || scopes.includes(scope), `${id} has the scope ${scope}`);
    }
  });

  test('names what belongs to a person by what the person has', () => {
    for (const operation of operations.filter(isPersons)) {
      const row = rows[operation.id];
      if (operation.path.includes('{')) assert.ok(row?.parameters, `${operation.id} needs parameters in its row`);
    }
  });
});

/** Suites are declared before openapi.json is there, so that its operations are subtests. @param {string} name
 * @param {(operation: Operation) => boolean} isWanted @param {(operation: Operation) => Promise<void>} work */
const forEvery = (name, isWanted, work) =>
  test(name, async (t) => {
    const wanted = operations.filter((one) => rows[one.id] && isWanted(one));
    assert.ok(wanted.length > 0);
    for (const operation of wanted) {
      await forgetTries(db);
      await t.test(operation.id, () => work(operation));
    }
  });

forEvery('who may not call is refused and changes nothing', isPersons, async (operation) => {
  const asker = await newAsker(stage);
  const call = await callOf(stage, operation, asker);
  const strangers = await strangersTo(operation, asker);
  const answers = await leavingAllAsItWas('a refused call', () =>
    Promise.all(strangers.map(async ({ who, headers }) => outcome(await sendCall(stage, operation, call, headers), who))));
  assert.deepEqual(answers, strangers.map(({ who, refusal }) => `${who}: ${refusal}`));
});

forEvery('a page of another origin makes no visitor do anything', (one) => accessOf(one) === 'visitor', async (operation) => {
  const call = await callOf(stage, operation, other);
  /** @type {Record<string, string>[]} */
  const foreign = [{ origin: 'https://evil.test' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' },
    { cookie: `avs_dev=${await addSession(db, other.userId)}` }];
  await leavingAllAsItWas('a call that was not meant', async () => {
    for (const headers of foreign) {
      const answer = await sendCall(stage, operation, call, headers);
      assert.equal(outcome(answer, JSON.stringify(headers)), `${JSON.stringify(headers)}: 403 csrf_rejected`);
    }
  });
});

forEvery('who may call is served', (one) => accessOf(one) !== 'operator', async (operation) => {
  let asker = await newAsker(stage);
  const friends = isPersons(operation) ? await friendsOf(operation, asker) : [{ who: 'anybody', headers: {} }];
  for (const friend of friends) {
    if (rows[operation.id]?.spendsPerson && friend !== friends[0]) {
      asker = await newAsker(stage);
      friend.headers = /** @type {any} */ ((await friendsOf(operation, asker)).find(({ who }) => who === friend.who)).headers;
    }
    const call = await callOf(stage, operation, asker);
    const answer = await sendCall(stage, operation, call, friend.headers);
    assert.equal(answer.status, goodStatus(operation), `${friend.who}: ${answer.text}`);
  }
});

forEvery('a read changes nothing, whoever asks and however often', (one) => isRead(one) && accessOf(one) !== 'operator', async (operation) => {
  const asker = await newAsker(stage);
  const call = await callOf(stage, operation, asker);
  await leavingAllAsItWas('a read', async () => {
    for (const method of ['GET', 'HEAD', 'GET', 'HEAD', 'GET']) {
      for (const headers of [asker.headers, { ...asker.headers, 'sec-purpose': 'prefetch' }]) {
        const answer = await sendCall(stage, operation, call, headers, method);
        assert.equal(answer.status, goodStatus(operation), answer.text);
        if (method === 'HEAD') assert.equal(answer.text, '');
      }
    }
  });
});

test('no person is an operator', async (t) => {
  const token = await addSession(db, other.userId);
  /** @type {Record<string, string>[]} */
  const people = [{}, other.headers, { cookie: `avs_dev=${token}`, origin: app }, { cookie: `avs_op_dev=${token}`, origin: app },
    { authorization: `Bearer ${await addApiToken(db, other.userId, scopes)}` }];
  // Whoever has not come in yet stands at this door.
  const isDoor = (/** @type {Operation} */ { id }) => id === 'operatorSignIn';
  for (const operation of operations.filter((one) => accessOf(one) === 'operator' && !isDoor(one))) {
    await t.test(operation.id, async () => {
      const names = [...operation.path.matchAll(/\{(\w+)/g)].map(([, name]) => String(name));
      const path = pathOf(operation.path, Object.fromEntries(names.map((name) => [name, randomUUID()])));
      await leavingAllAsItWas("an operator's act by somebody else", async () => {
        for (const headers of people) {
          const { status, text } = await sendCall(stage, operation, { path, body: undefined, headers: {} }, headers);
          assert.ok(status === 401 || status === 403, `${Object.keys(headers)}: ${status} ${text}`);
        }
      });
    });
  }
});

/** @param {Operation} operation */
const isOwned = (operation) =>
  isPersons(operation) && operation.path.includes('{') && (rows[operation.id]?.belongsTo ?? 'person') === 'person';

forEvery("nobody reaches what is another's, nor learns that it is there", isOwned, async (operation) => {
  const asker = await newAsker(stage);
  const call = await callOf(stage, operation, asker);
  const guess = { ...call, path: pathOf(operation.path, Object.fromEntries([...operation.path.matchAll(/\{(\w+)/g)].map(([, name]) => [String(name), randomUUID()]))) };
  await leavingAllAsItWas("a call for another's", async () => {
    const [foreign, missing] = [await sendCall(stage, operation, call, other.headers), await sendCall(stage, operation, guess, other.headers)];
    assert.equal(foreign.status, 404, foreign.text);
    const told = (/** @type {Answer} */ { json }) => ({ ...json, requestId: '' });
    assert.deepEqual(told(foreign), told(missing), 'another person\'s and none are answered alike');
  });
});

forEvery('members that are not known are named', (one) => jsonSchemaOf(one) !== undefined && accessOf(one) !== 'operator', async (operation) => {
  const schema = resolved(stage.document, jsonSchemaOf(operation));
  if (rows[operation.id]?.takesUnknownMembers) {
    assert.notEqual(schema.additionalProperties, false, `${operation.id} does not take unknown members any more`);
    return;
  }
  assert.equal(schema.additionalProperties, false, 'the schema says so too');
  const asker = await newAsker(stage);
  const call = await callOf(stage, operation, asker);
  const who = isPersons(operation) ? asker.headers : {};
  await leavingAllAsItWas('a body with unknown members', async () => {
    const body = { .../** @type {object} */ (call.body), userId: other.userId, role: 'operator', is_admin: true };
    const answer = await sendCall(stage, operation, { ...call, body }, who);
    assert.equal(answer.status, 422, answer.text);
    const paths = answer.json.errors.map((/** @type {any} */ one) => one.path);
    for (const name of ['userId', 'role', 'is_admin']) assert.ok(paths.includes(name), `${name} is not among ${paths}`);
  });
});
