// Operators over HTTP: signing in, the gate before every act, the acts themselves, and what they leave in the audit.
// @ts-check
import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { postJson, signUp, walkerCookie } from '../support/node/accounts.mjs';
import { deployedEnv, fakeClock, migratedDatabase, runBackend, startApi } from '../support/node/backend.mjs';
import { ContractClient } from '../support/node/contract.mjs';
import { createOperator, credentialsOf, OperatorBrowser } from '../support/node/operators.mjs';
import { sharedCleanup } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';

/** @typedef {import('../support/node/operators.mjs').OperatorCredentials} OperatorCredentials */

const now = '2026-01-12T09:00:00Z';
const shared = sharedCleanup(after);
/** @type {import('../support/node/postgres.mjs').PostgresCluster} */ let cluster;
/** @type {string} */ let database;
/** @type {Record<string, string>} */ let env;
/** @type {string} */ let api;
/** @type {import('../support/node/process.mjs').TestProcess} */ let server;
/** @type {ContractClient} */ let client;
let operators = 0;

const query = (/** @type {string} */ sql, /** @type {unknown[]} */ values = []) => cluster.query(database, sql, values);

/** An operator of their own for a test, at an address of their own. @param {string} [scopes] */
async function newOperator(scopes) {
  operators += 1;
  const credentials = await createOperator(env, `op${operators}@example.org`, scopes);
  return { credentials, browser: browserOf(credentials) };
}

/** @param {OperatorCredentials} credentials */
const browserOf = (credentials) =>
  new OperatorBrowser(client, credentials, { origin: new URL(api).origin, now, ip: `192.0.2.${operators}` });

/** @param {Promise<{ status: number, json: any, text: string }>} asked @param {number} status @param {string} code */
async function problem(asked, status, code) {
  const answer = await asked;
  assert.deepEqual([answer.status, answer.json?.code], [status, code], answer.text);
  return answer;
}

/** What an operator has left in the audit, oldest first. @param {OperatorCredentials} operator */
async function auditOf(operator) {
  const { rows } = await query('SELECT * FROM audit_event WHERE actor_id = $1 ORDER BY seq', [operator.id]);
  for (const row of rows) {
    assert.equal(row.actor_type, 'operator');
    assert.match(row.request_id, /^[0-9a-f-]{36}$/);
    assert.equal(row.ip_hash.length, 32);
  }
  return rows.map(({ action, details }) => `${action} ${JSON.stringify(details)}`);
}

/** The cookie of a session that ended. @param {string} operatorId @param {'expired' | 'idle' | 'revoked'} how */
async function endedCookie(operatorId, how) {
  const token = `avo_${randomBytes(32).toString('base64url')}`;
  const ago = (/** @type {number} */ minutes) => new Date(Date.parse(now) - minutes * 60_000);
  const ends = { expired: [ago(-10), ago(0)], idle: [ago(0), ago(-60)], revoked: [ago(-10), ago(-60)] }[how];
  await query(
    `INSERT INTO operator_session (id, operator_id, token_hash, created_at, last_seen_at, idle_expires_at, absolute_expires_at, revoked_at, revoke_reason)
     VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8)`,
    [randomUUID(), operatorId, createHash('sha256').update(token).digest(), ago(5), ...ends, ...(how === 'revoked' ? [ago(1), 'test'] : [null, null])],
  );
  return `avs_op_dev=${token}`;
}

/** The operations that operators call, but for signing in. */
const guarded = () =>
  client.operations.filter(({ id, declaration }) => declaration.security.some((/** @type {any} */ one) => one.operatorCookie) && id !== 'operatorSignIn');

/** @param {{ path: string }} operation */
const targetOf = ({ path }) => path.replace('{id}', path.includes('/jobs/') ? '1' : randomUUID());

describe('operators over HTTP', () => {
  before(async () => {
    cluster = await startPostgres(shared);
    database = await migratedDatabase(cluster);
    env = { ...fakeClock(now), DATABASE_URL: cluster.url(database), PASSWORD_ARGON2_MEMORY_KIB: '19456', TRUSTED_PROXIES: '127.0.0.0/8' };
    const started = await startApi(shared, env);
    api = started.url;
    server = started.process;
    client = await ContractClient.of(api);
  });

  test('signing in gives a cookie of this host alone, and no token in the answer', async () => {
    const { credentials, browser } = await newOperator('ops:read');
    const answer = await browser.signIn();
    assert.equal(answer.status, 200, answer.text);
    assert.match(browser.setCookie, /^avs_op_dev=avo_[\w-]{43}; Path=\/; Max-Age=28800; HttpOnly; SameSite=Strict$/);
    assert.ok(!answer.text.includes('avo_'));
    assert.deepEqual([answer.json.operator.email, answer.json.operator.scopes, answer.json.elevatedUntil], [credentials.email, ['ops:read'], null]);
    assert.equal(answer.json.expiresInS, 1800);
    assert.equal((await browser.request('GET', '/api/admin/auth/session')).json.operator.id, credentials.id);
    assert.equal((await browser.request('POST', '/api/admin/auth/sign-out')).status, 204);
    assert.match(browser.setCookie, /^avs_op_dev=; Path=\/; Max-Age=0/);
    browser.cookie = (await browserOf(credentials).signIn({ recoveryCode: credentials.recoveryCodes[0], totp: undefined })).headers.getSetCookie()[0]?.split(';')[0] ?? '';
    assert.equal((await browser.request('GET', '/api/admin/auth/session')).json.operator.recoveryCodesLeft, 9);
    assert.deepEqual(await auditOf(credentials), ['operators.sign_in {"factor":"totp"}', 'operators.sign_out {}', 'operators.sign_in {"factor":"recovery_code"}']);
  });

  test('a deployed host has a __Host- cookie that is Secure', async (t) => {
    const { credentials } = await newOperator('ops:read');
    // Sealed with another secret: the operator is made with the one of this api.
    const deployed = { ...deployedEnv, ...fakeClock(now), APP_ENV: 'staging', PUBLIC_HOSTS: '127.0.0.1', DATABASE_URL: env.DATABASE_URL };
    delete (/** @type {any} */ (deployed).ASPECTAVY_NOW);
    const reset = await runBackend(['admin', 'operators', 'reset-totp', credentials.email, '--json'], { ...deployed, PASSWORD_ARGON2_MEMORY_KIB: '19456' });
    assert.equal(reset.code, 0, reset.stderr);
    const { recoveryCodes } = JSON.parse(reset.stdout);
    const other = await startApi(t, deployed);
    const answer = await postJson(other.url, '/api/admin/auth/sign-in', { email: credentials.email, password: credentials.password, recoveryCode: recoveryCodes[0] }, { origin: other.url });
    assert.equal(answer.status, 200, await answer.text());
    assert.match(answer.headers.getSetCookie()[0] ?? '', /^__Host-avs-op=avo_[\w-]{43}; Path=\/; Max-Age=28800; HttpOnly; SameSite=Strict; Secure$/);
  });

  test('refusals are the same whatever was wrong, and none is quick', async () => {
    const { credentials, browser } = await newOperator('ops:read');
    const totp = browser.nextCode();
    assert.equal((await browser.signIn({ totp })).status, 200);
    /** @type {Record<string, unknown>[]} */
    const wrong = [{ totp }, { password: 'wrong' }, { totp: '000000' }, { email: 'nobody@example.org' }, { totp: undefined, recoveryCode: 'AAAAA-AAAAA' }];
    const bodies = new Set();
    for (const changes of wrong) {
      const started = performance.now();
      const answer = await problem(browser.signIn({ totp: '000000', ...changes }), 401, 'invalid_credentials');
      assert.ok(performance.now() - started >= 399, 'the answer takes its time');
      bodies.add(JSON.stringify({ ...answer.json, requestId: '' }));
    }
    assert.equal(bodies.size, 1, [...bodies].join('\n'));
    assert.equal((await auditOf(credentials)).length, 1);
  });

  test('what a request for signing in must be', async () => {
    const { browser } = await newOperator('ops:read');
    await problem(browser.signIn({ recoveryCode: 'AAAAA-AAAAA' }), 422, 'validation_failed');
    await problem(browser.signIn({ totp: undefined }), 422, 'validation_failed');
    await problem(browser.request('POST', '/api/admin/auth/sign-in', { body: { email: 'x', scopes: [] }, isInvalid: true }), 422, 'validation_failed');
    await problem(browser.request('POST', '/api/admin/auth/sign-in', { body: '{}', headers: { 'content-type': 'text/plain' } }), 415, 'unsupported_media_type');
    await problem(browser.request('POST', '/api/admin/auth/sign-in', { body: '{', headers: { 'content-type': 'application/json' } }), 400, 'json.malformed');
    const body = { email: 'op@example.org', password: 'x', totp: '1' };
    const headers = (/** @type {string} */ origin) => ({ 'x-forwarded-for': '192.0.2.250', ...(origin && { origin }) });
    for (const origin of ['', 'null', 'https://evil.test', `${api}.evil.test`, api.replace('http:', 'https:'), `${api}/`, api.replace(/\d+$/, '1')])
      await problem(client.request('POST', '/api/admin/auth/sign-in', { body, headers: headers(origin) }), 403, 'csrf_rejected');
    await problem(client.request('POST', '/api/admin/auth/sign-in', { body, headers: { ...headers(''), 'sec-fetch-site': 'same-origin' } }), 403, 'csrf_rejected');
  });

  test('tries are limited, for unknown addresses too', async () => {
    const { credentials, browser } = await newOperator('ops:read');
    for (const email of [credentials.email, 'unknown@example.org']) {
      for (let i = 0; i < 5; i += 1) await problem(browser.signIn({ email, totp: '000000' }), 401, 'invalid_credentials');
      const limited = await problem(browser.signIn({ email }), 429, 'rate_limited');
      assert.ok(Number(/** @type {any} */ (limited).headers.get('retry-after')) > 0);
    }
  });

  test('the gate: who may call what, for every operation of the document', async () => {
    const { browser: without } = await newOperator('membership:write');
    await without.signIn();
    const { credentials, browser } = await newOperator();
    await browser.signIn();
    const ended = {
      expired: await endedCookie(credentials.id, 'expired'),
      idle: await endedCookie(credentials.id, 'idle'),
      revoked: await endedCookie(credentials.id, 'revoked'),
    };
    const person = await signUp(api);
    const personCookie = await walkerCookie(api);
    assert.ok(guarded().length >= 20, `${guarded().length} operations`);
    for (const operation of guarded()) {
      const { id, method, declaration } = operation;
      const ask = (/** @type {OperatorBrowser | null} */ who, /** @type {Record<string, string>} */ headers = {}) => {
        const options = { body: declaration.requestBody && '{}', headers: { ...(declaration.requestBody && { 'content-type': 'application/json' }), origin: api, ...headers } };
        return who ? who.request(method, targetOf(operation), options) : client.request(method, targetOf(operation), options);
      };
      await problem(ask(null), 401, 'unauthenticated');
      await problem(ask(null, person.headers), 401, 'unauthenticated');
      await problem(ask(null, { cookie: `${personCookie.name}=${personCookie.value}` }), 401, 'unauthenticated');
      await problem(ask(null, { cookie: `avs_op_dev=${personCookie.value}` }), 401, 'unauthenticated');
      await problem(ask(null, { authorization: `Bearer ${browser.cookie.split('=')[1]}` }), 401, 'unauthenticated');
      await problem(ask(null, { authorization: 'Bearer x', cookie: browser.cookie }), 401, 'unauthenticated');
      await problem(ask(null, { cookie: `${browser.cookie}; ${browser.cookie}` }), 401, 'unauthenticated');
      for (const cookie of [ended.expired, ended.idle]) await problem(ask(null, { cookie }), 401, 'session_expired');
      await problem(ask(null, { cookie: ended.revoked }), 401, 'session_revoked');
      if (method !== 'GET') {
        await problem(ask(null, { cookie: browser.cookie, origin: 'https://evil.test' }), 403, 'csrf_rejected');
        await problem(client.request(method, targetOf(operation), { body: declaration.requestBody && '{}', headers: { cookie: browser.cookie, 'sec-fetch-site': 'same-origin' } }), 403, 'csrf_rejected');
      }
      if (declaration['x-operator-scope']) await problem(ask(without), 403, 'forbidden');
      if (declaration.responses['403']?.description.includes('elevation_required')) await problem(ask(browser), 403, 'elevation_required');
      else assert.ok(!['discard', 'disable', 'create', 'revoke'].some((word) => id.toLowerCase().includes(word)), `${id} needs no code`);
    }
  });

  test('an operator signs in nowhere else, and nobody signs in here', async () => {
    const { browser } = await newOperator();
    await browser.signIn();
    const token = browser.cookie.split('=')[1] ?? '';
    for (const [name, value] of [['authorization', `Bearer ${token}`], ['cookie', `avs_dev=${token}`]]) {
      const headers = { [`${name}`]: `${value}` };
      assert.equal((await fetch(`${api}/api/auth/session`, { headers })).status, 401);
    }
    const person = await signUp(api);
    await problem(browser.signIn({ email: person.email, password: person.password }), 401, 'invalid_credentials');
  });

  test('people: search, show, sessions, disable, enable', async () => {
    const { credentials, browser } = await newOperator('users:read,users:write,notifications:read');
    await browser.ready();
    const email = `anna-${operators}@example.org`;
    const anna = await signUp(api, { email });
    const found = await browser.request('POST', '/api/admin/users/search', { body: { email: email.toUpperCase() } });
    assert.deepEqual(found.json.users.map((/** @type {any} */ one) => one.id), [anna.userId]);
    assert.equal((await browser.request('POST', '/api/admin/users/search', { body: { prefix: 'anna-', limit: 1 } })).json.users.length, 1);
    await problem(browser.request('POST', '/api/admin/users/search', { body: { email, prefix: 'a' } }), 422, 'validation_failed');
    await problem(browser.request('POST', '/api/admin/users/search', { body: { prefix: 'a', limit: 201 }, isInvalid: true }), 422, 'validation_failed');
    const about = (/** @type {string} */ tail) => `/api/admin/users/${anna.userId}${tail}`;
    assert.equal((await browser.request('GET', about(''))).json.email, email);
    assert.equal((await browser.request('GET', about('/auth-state'))).json.sessions.length, 1);
    assert.deepEqual((await browser.request('GET', about('/devices'))).json.devices, []);
    assert.deepEqual((await browser.request('POST', about('/revoke-sessions'))).json, { revoked: 1 });
    assert.equal((await fetch(`${api}/api/auth/session`, { headers: anna.headers })).status, 401);
    assert.equal((await browser.request('POST', about('/disable'), { body: { reason: 'requested' } })).json.status, 'disabled');
    await problem(browser.request('POST', about('/disable'), { body: { reason: 'requested' } }), 409, 'conflict');
    await problem(browser.request('POST', about('/disable'), { body: { reason: 'because' }, isInvalid: true }), 422, 'validation_failed');
    assert.equal((await browser.request('POST', about('/enable'))).json.status, 'active');
    await problem(browser.request('GET', `/api/admin/users/${randomUUID()}`), 404, 'user.not_found');
    await problem(browser.request('GET', '/api/admin/users/1'), 404, 'user.not_found');
    assert.deepEqual((await auditOf(credentials)).slice(2), [
      'users.search {"by":"address","found":1}', 'users.search {"by":"prefix","found":1}', 'users.show {}', 'auth.show_auth_state {}',
      'notifications.list_devices {}', 'auth.revoke_sessions {"revoked":1}', 'users.disable {"reason":"requested"}', 'users.enable {}',
    ]);
    const { rows } = await query("SELECT string_agg(a::text, '') AS everything FROM audit_event a");
    assert.ok(!rows[0].everything.includes('anna'), 'the audit names nobody');
  });

  test('jobs, health and audit', async () => {
    const { credentials, browser } = await newOperator('jobs:read,jobs:write,ops:read,audit:read');
    await browser.ready();
    const { rows } = await query(`INSERT INTO job (kind, lane, state, finished_at, attempt) SELECT 'k', 'l', 'discarded', now(), 5 FROM generate_series(1, 2) RETURNING id`);
    const [first, second] = rows.map(({ id }) => Number(id));
    const list = await browser.request('GET', '/api/admin/jobs?limit=10');
    assert.deepEqual(list.json.jobs.map((/** @type {any} */ job) => job.id), [second, first]);
    assert.deepEqual((await browser.request('GET', `/api/admin/jobs?before=${second}`)).json.jobs.map((/** @type {any} */ job) => job.id), [first]);
    for (const bad of ['limit=0', 'limit=501', 'limit=x', 'before=0', 'before=1.5']) await problem(browser.request('GET', `/api/admin/jobs?${bad}`), 422, 'validation_failed');
    assert.equal((await browser.request('POST', `/api/admin/jobs/${first}/retry`)).status, 204);
    await problem(browser.request('POST', `/api/admin/jobs/${first}/retry`), 409, 'conflict');
    assert.equal((await browser.request('POST', `/api/admin/jobs/${second}/discard`)).status, 204);
    await problem(browser.request('POST', '/api/admin/jobs/x/discard'), 409, 'conflict');
    const health = await browser.request('GET', '/api/admin/ops/health-summary');
    assert.deepEqual([health.json.status, health.json.problems[0]], ['degraded', 'No worker runs.']);

    const mine = await browser.request('GET', `/api/admin/audit?actorId=${credentials.id}`);
    assert.deepEqual(mine.json.entries.map((/** @type {any} */ one) => one.action), ['jobs.discard', 'jobs.retry', 'operators.elevate', 'operators.sign_in']);
    assert.deepEqual([mine.json.entries[0].objectId, mine.json.next], [`${second}`, null]);
    const page = await browser.request('GET', '/api/admin/audit?action=jobs&limit=1');
    const rest = await browser.request('GET', `/api/admin/audit?action=jobs&objectId=${first}&before=${page.json.next}`);
    assert.deepEqual([page.json.entries[0].action, rest.json.entries[0].action], ['jobs.discard', 'jobs.retry']);
    await problem(browser.request('GET', `/api/admin/audit?action=${'x'.repeat(101)}`), 422, 'validation_failed');
    const verified = await browser.request('GET', '/api/admin/audit/verification');
    assert.equal(verified.json.isWhole, true, verified.text);
    assert.equal((await browser.request('GET', `/api/admin/audit/verification?anchor=${verified.json.head}`)).json.isWhole, true);
    await problem(browser.request('GET', '/api/admin/audit/verification?anchor=1'), 422, 'validation_failed');
    const forged = `1:${'0'.repeat(64)}`;
    assert.equal((await browser.request('GET', `/api/admin/audit/verification?anchor=${forged}`)).json.fault.seq, 1);
  });

  test('operators: made, changed, kept out, and nobody gives more than they have', async () => {
    const { credentials, browser } = await newOperator('operators:read,operators:write,ops:read');
    await browser.ready();
    operators += 1;
    const email = `op${operators}@example.org`;
    const made = await browser.request('POST', '/api/admin/operators', { body: { email, scopes: ['ops:read'] } });
    assert.equal(made.status, 201, made.text);
    const fresh = credentialsOf(made.json);
    await problem(browser.request('POST', '/api/admin/operators', { body: { email, scopes: ['ops:read'] } }), 409, 'operator.email_taken');
    await problem(browser.request('POST', '/api/admin/operators', { body: { email: 'z@example.org', scopes: ['users:read'] } }), 403, 'forbidden');
    await problem(browser.request('POST', '/api/admin/operators', { body: { email: 'z@example.org', scopes: ['root'] } }), 422, 'validation_failed');
    await problem(browser.request('POST', '/api/admin/operators', { body: { email: 'z@example.org', scopes: ['ops:read'], password: 'password123' } }), 422, 'validation_failed');
    const theirs = browserOf(fresh);
    await theirs.signIn();
    const whoami = () => theirs.request('GET', '/api/admin/auth/session');
    assert.equal((await whoami()).status, 200);
    const about = (/** @type {string} */ tail) => `/api/admin/operators/${fresh.id}${tail}`;
    const scopes = await browser.request('POST', about('/scopes'), { body: { scopes: ['operators:read'] } });
    assert.deepEqual(scopes.json.scopes, ['operators:read']);
    assert.deepEqual((await whoami()).json.operator.scopes, ['operators:read'], 'at once');
    assert.ok((await theirs.request('GET', '/api/admin/operators')).json.operators.length >= 2);
    assert.ok((await browser.request('POST', about('/disable'))).json.disabledAt);
    await problem(whoami(), 401, 'session_revoked');
    await problem(browser.request('POST', about('/disable')), 409, 'conflict');
    await problem(browser.request('POST', `/api/admin/operators/${credentials.id}/disable`), 409, 'conflict');
    await problem(browser.request('POST', `/api/admin/operators/${randomUUID()}/disable`), 404, 'operator.not_found');
    assert.equal((await browser.request('POST', about('/enable'))).json.disabledAt, null);
    assert.equal((await browser.request('POST', about('/reset-totp'))).json.recoveryCodes.length, 10);
    assert.match((await browser.request('POST', about('/reset-password'))).json.password, /^\S{23}$/);
    const chief = await newOperator();
    await problem(browser.request('POST', `/api/admin/operators/${chief.credentials.id}/reset-totp`), 403, 'forbidden');
    assert.deepEqual((await auditOf(credentials)).slice(2), [
      'operators.create {"scopes":["ops:read"]}', 'operators.set_scopes {"scopes":["operators:read"]}', 'operators.disable {}',
      'operators.enable {}', 'operators.reset_totp {}', 'operators.reset_password {}',
    ]);
  });

  test('the command line describes itself, as --help does', async () => {
    const answer = await client.request('GET', '/api/admin-cli.json');
    const etag = answer.headers.get('etag') ?? '';
    assert.equal((await client.request('GET', '/api/admin-cli.json', { headers: { 'if-none-match': etag } })).status, 304);
    const help = async (/** @type {string[]} */ path) => (await runBackend(['admin', ...path, '--help'])).stdout;
    const named = (/** @type {string} */ text) => {
      const [, listed = ''] = text.split('Subcommands:');
      return [...listed.matchAll(/^ {2}(\S+)/gm)].map(([, name = '']) => name);
    };
    /** @type {string[]} */
    const listed = [];
    for (const group of named(await help([]))) for (const name of named(await help([group]))) listed.push(`${group} ${name}`);
    assert.deepEqual(answer.json.commands.map((/** @type {any} */ one) => one.path.join(' ')), listed);
    const scopes = new Set();
    for (const command of answer.json.commands) {
      const text = await help(command.path);
      const flat = text.replace(/\s+/g, ' ');
      const where = command.path.join(' ');
      assert.ok(flat.startsWith(command.help), `${where}: ${text}`);
      const options = [...text.matchAll(/^ {2}(-\S+)/gm)].map(([, name = '']) => name).filter((name) => name !== '-h,--help');
      assert.deepEqual(command.options.map((/** @type {any} */ one) => one.names.join(',')), options, where);
      const [, positionals = ''] = /Positionals:\n([^]*?)\n\n/.exec(text) ?? [];
      assert.deepEqual(command.arguments.map((/** @type {any} */ one) => one.name), [...positionals.matchAll(/^ {2}(\S+)/gm)].map(([, name]) => name), where);
      for (const one of [...command.arguments, ...command.options]) assert.ok(flat.includes(one.help), `${where}: ${one.help}`);
      for (const one of command.arguments) assert.equal(new RegExp(`^ {2}${one.name} .*REQUIRED`, 'm').test(text), one.required, where);
      if (!command.endpoint) {
        assert.equal(command.scope, '', `${where}: only at the command line`);
        continue;
      }
      const [method = '', path = ''] = command.endpoint.split(' ');
      const operation = client.operations.find((one) => one.method === method && one.path === path);
      assert.equal(operation?.declaration['x-operator-scope'], command.scope, `${where} → ${command.endpoint}`);
      scopes.add(command.endpoint);
    }
    const acts = guarded().filter(({ path }) => !path.startsWith('/api/admin/auth/')).map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(acts.filter((act) => !scopes.has(act)), [], 'every act over HTTP is a command too');
  });

  test('nothing of the document was left out, and no secret stands in the log', async () => {
    const ours = new Set([...guarded().map(({ id }) => id), 'operatorSignIn', 'describeAdminCommands']);
    const left = client.unexercised().filter((one) => ours.has(one.split(' ')[0] ?? '') && / [23]\d\d$/.test(one));
    assert.deepEqual(left, []);
    assert.match(server.output, /"route":"\/api\/admin\/users\/\{id\}\/disable"[^\n]*"user_id":"[0-9a-f-]{36}"/);
    // A masked address, "o***@example.org", may stand there.
    for (const secret of [/avo_/, /otpauth/, /\w@example\.org/, /anna-/]) assert.doesNotMatch(server.output, secret);
  });
});
