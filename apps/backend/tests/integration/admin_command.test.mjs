// `aspectavy admin`: every command, for people and as JSON, its exit codes, and what it leaves in the audit.
// @ts-check
import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { postJson, signUp } from '../support/node/accounts.mjs';
import { migratedDatabase, runBackend, startApi } from '../support/node/backend.mjs';
import { credentialsOf } from '../support/node/operators.mjs';
import { freePort, sharedCleanup } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';

const shared = sharedCleanup(after);
/** @type {import('../support/node/postgres.mjs').PostgresCluster} */ let cluster;
/** @type {string} */ let template;

async function newDatabase() {
  const database = await migratedDatabase(cluster, { template });
  const env = { DATABASE_URL: cluster.url(database), PASSWORD_ARGON2_MEMORY_KIB: '19456' };
  const admin = (/** @type {string[]} */ ...args) => runBackend(['admin', ...args], env);
  return { database, env, admin };
}

/** Runs a command that must end with 0; what it printed as JSON.
 * @param {(...args: string[]) => ReturnType<typeof runBackend>} admin @param {string[]} args @param {number} [exit] @returns {Promise<any>} */
async function json(admin, args, exit = 0) {
  const { code, stdout, stderr } = await admin(...args, '--json');
  assert.equal(code, exit, `${args.join(' ')}: ${stdout}${stderr}`);
  assert.equal(stdout.trimEnd().split('\n').length, 1, 'one line of JSON');
  return JSON.parse(stdout);
}

/** "action object details" of all entries, oldest first. @param {string} database */
async function audited(database) {
  const { rows } = await cluster.query(database, 'SELECT * FROM audit_event ORDER BY seq');
  for (const row of rows) assert.deepEqual([row.actor_type, row.actor_id], ['cli', userInfo().username]);
  return rows.map((row) => `${row.action} ${row.object_type} ${JSON.stringify(row.details)}`);
}

describe('aspectavy admin', () => {
  before(async () => {
    cluster = await startPostgres(shared);
    template = await migratedDatabase(cluster);
  });

  test('people: search, show, sign-in state, sessions, disable, enable, devices', async (t) => {
    const { database, env, admin } = await newDatabase();
    const { url } = await startApi(t, env);
    const jane = await signUp(url, { email: 'jane@example.org' });
    await signUp(url, { email: 'janet@example.org' });
    await cluster.query(database, `
      INSERT INTO push_device (id, user_id, session_id, platform, environment, topic, token_hash, token_sealed, created_at, last_registered_at)
      SELECT gen_random_uuid(), user_id, id, 'ios', 'sandbox', 'com.example', sha256('x'), 'y', now(), now()
      FROM user_session WHERE user_id = $1`, [jane.userId]);

    const found = await json(admin, ['users', 'search', 'JANE@example.org']);
    assert.deepEqual(found.users.map((/** @type {any} */ one) => one.email), ['jane@example.org']);
    const page = await json(admin, ['users', 'search', 'jan', '--prefix', '--limit', '1']);
    assert.equal(page.next, 'jane@example.org');
    const rest = await json(admin, ['users', 'search', 'jan', '--prefix', '--after', page.next]);
    assert.deepEqual([rest.users.length, rest.users[0].email, rest.next], [1, 'janet@example.org', null]);
    assert.match((await admin('users', 'search', 'jan', '--prefix')).stdout, /^ID +ADDRESS +STATUS[^]*jane@example\.org +active[^]*janet@/);
    assert.equal((await admin('users', 'search', 'zoe', '--prefix')).stdout, 'nobody\n');

    const shown = await json(admin, ['users', 'show', 'jane@example.org']);
    assert.deepEqual([shown.id, shown.status, shown.liveSessions, shown.devices], [jane.userId, 'active', 1, 1]);
    assert.match((await admin('users', 'show', jane.userId)).stdout, /^address: +jane@example\.org$/m, 'by id too');

    const state = await json(admin, ['auth', 'show-auth-state', 'jane@example.org']);
    assert.deepEqual([state.user.email, state.password.isSet, state.sessions.length], ['jane@example.org', true, 1]);
    assert.deepEqual(state.mailAsked.map((/** @type {any} */ one) => one.purpose), ['registration']);
    assert.match((await admin('auth', 'show-auth-state', 'jane@example.org')).stdout, /^Sessions\nCLIENT[^]*^API tokens\nnone$/m);

    const devices = await json(admin, ['notifications', 'list-devices', 'jane@example.org']);
    assert.deepEqual(devices.devices.map((/** @type {any} */ one) => one.topic), ['com.example']);
    assert.match((await admin('notifications', 'list-devices', 'janet@example.org')).stdout, /^no devices$/m);

    const session = () => fetch(`${url}/api/auth/session`, { headers: jane.headers });
    assert.equal((await session()).status, 200);
    assert.deepEqual(await json(admin, ['auth', 'revoke-sessions', 'jane@example.org']), { revoked: 1 });
    assert.equal((await session()).status, 401);
    assert.equal((await admin('auth', 'revoke-sessions', 'jane@example.org')).stdout, '0 sessions ended\n');

    assert.equal((await json(admin, ['users', 'disable', 'jane@example.org', '--reason', 'abuse'])).status, 'disabled');
    const signIn = () => postJson(url, '/api/auth/sign-in', { email: jane.email, password: jane.password, client: 'ios' });
    assert.equal((await signIn()).status, 401);
    assert.equal((await admin('users', 'disable', 'jane@example.org', '--reason', 'abuse')).code, 1, 'it is so already');
    assert.match((await admin('users', 'enable', 'jane@example.org')).stdout, /^status: +active$/m);
    assert.equal((await signIn()).status, 200);

    const entries = await audited(database);
    assert.deepEqual(entries.slice(0, 6), [
      'users.search  {"by":"address","found":1}',
      'users.search  {"by":"prefix","found":1}',
      'users.search  {"by":"prefix","found":1}',
      'users.search  {"by":"prefix","found":2}',
      'users.search  {"by":"prefix","found":0}',
      'users.show user {}',
    ]);
    assert.deepEqual(entries.slice(-3), ['auth.revoke_sessions user {"revoked":0}', 'users.disable user {"reason":"abuse"}', 'users.enable user {}']);
    assert.equal(entries.length, 15);
  });

  test('operators: create, list, disable, enable, reset, scopes', async () => {
    const { database, env, admin } = await newDatabase();
    assert.equal((await admin('operators', 'list')).stdout, 'no operators\n');
    const made = await json(admin, ['operators', 'create', '--scopes', 'users:read,ops:read', 'Ops@Example.org']);
    const credentials = credentialsOf(made);
    assert.deepEqual(made.operator.scopes, ['ops:read', 'users:read']);
    assert.deepEqual([credentials.seed.length, credentials.recoveryCodes.length], [20, 10]);
    assert.match(credentials.password, /^([0-9A-Z]{5}-){3}[0-9A-Z]{5}$/);
    const printed = await admin('operators', 'create', 'b@example.org', '--scopes', 'all');
    assert.match(printed.stdout, /This is shown once:\n\npassword +\S+\n[^]*otpauth:\/\/totp\/AspectAvy:b%40example\.org\?secret=[A-Z2-7]{32}&[^]*recovery codes, each once\n( {2}\S{11}\n){10}$/);
    const chosen = await runBackend(['admin', 'operators', 'create', 'c@example.org', '--scopes', 'ops:read', '--password-stdin', '--json'], env, { input: 'tundra-velvet-9-oak\nmore\n' });
    assert.equal(chosen.code, 0, chosen.stderr);
    assert.equal(JSON.parse(chosen.stdout).password, undefined);
    const weak = await runBackend(['admin', 'operators', 'create', 'd@example.org', '--scopes', 'ops:read', '--password-stdin'], env, { input: 'password12\n' });
    assert.equal(weak.code, 65);
    assert.match(weak.stderr, /password: is easily guessed/);

    const { operators } = await json(admin, ['operators', 'list']);
    assert.deepEqual(operators.map((/** @type {any} */ one) => one.email), ['b@example.org', 'c@example.org', 'Ops@Example.org']);
    assert.match((await admin('operators', 'list')).stdout, /b@example\.org +active +– +10 +ops:read users:read users:write/);
    assert.equal((await admin('operators', 'create', 'OPS@example.org', '--scopes', 'all')).code, 1, 'taken');
    assert.equal((await admin('operators', 'create', 'e@example.org', '--scopes', 'root')).code, 65);

    assert.ok((await json(admin, ['operators', 'disable', 'ops@example.org'])).disabledAt);
    assert.equal((await admin('operators', 'disable', 'ops@example.org')).code, 1);
    assert.equal((await json(admin, ['operators', 'enable', 'ops@example.org'])).disabledAt, null);
    const reset = credentialsOf({ ...(await json(admin, ['operators', 'reset-totp', 'ops@example.org'])), password: '' });
    assert.notDeepEqual(reset.seed, credentials.seed);
    assert.equal(new Set([...reset.recoveryCodes, ...credentials.recoveryCodes]).size, 20);
    const { password, otpauthUri } = await json(admin, ['operators', 'reset-password', 'ops@example.org']);
    assert.notEqual(password, credentials.password);
    assert.equal(otpauthUri, undefined, 'that has not changed');
    assert.deepEqual((await json(admin, ['operators', 'set-scopes', 'ops@example.org', '--scopes', 'audit:read'])).scopes, ['audit:read']);
    assert.equal((await admin('operators', 'disable', 'nobody@example.org')).code, 66);
    assert.deepEqual((await audited(database)).map((line) => line.split(' ')[0]), [
      'operators.create', 'operators.create', 'operators.create', 'operators.disable', 'operators.enable',
      'operators.reset_totp', 'operators.reset_password', 'operators.set_scopes',
    ]);
  });

  test('jobs and audit', async () => {
    const { database, admin } = await newDatabase();
    await cluster.query(database, `INSERT INTO job (kind, lane, state, finished_at, attempt) SELECT 'k', 'l', 'discarded', now(), 5 FROM generate_series(1, 4)`);
    const { jobs } = await json(admin, ['jobs', 'list']);
    const ids = jobs.map((/** @type {any} */ job) => job.id);
    assert.deepEqual(ids, [4, 3, 2, 1]);
    assert.deepEqual((await json(admin, ['jobs', 'list', '--limit', '1', '--before', '3'])).jobs.map((/** @type {any} */ job) => job.id), [2]);
    assert.deepEqual(await json(admin, ['jobs', 'retry', '4']), { jobs: [{ id: 4, changed: true }] });
    assert.equal((await admin('jobs', 'retry', '4')).code, 1);
    assert.equal((await admin('jobs', 'discard', '3', '2')).stdout, '3: deleted\n2: deleted\n');
    const old = await runBackend(['jobs', 'retry', '--all'], { DATABASE_URL: cluster.url(database) });
    assert.deepEqual([old.code, old.stdout], [0, '1: due again\n']);
    assert.equal((await admin('jobs', 'list')).stdout, 'no dead letters\n');
    assert.deepEqual(await audited(database), ['jobs.retry job {}', 'jobs.discard job {}', 'jobs.discard job {}', 'jobs.retry job {}']);

    const feed = await json(admin, ['audit', 'list', '--limit', '3']);
    assert.deepEqual([feed.entries.map((/** @type {any} */ one) => one.seq), feed.next], [[4, 3, 2], 2]);
    assert.deepEqual([feed.entries[0].actorType, feed.entries[0].objectId], ['cli', '1']);
    assert.deepEqual((await json(admin, ['audit', 'list', '--before', '2'])).entries.map((/** @type {any} */ one) => one.seq), [1]);
    for (const [filter, count] of [[['--action', 'jobs'], 4], [['--action', 'jobs.discard'], 2], [['--action', 'job'], 0], [['--object', '3'], 1], [['--actor', userInfo().username], 4], [['--actor', 'x'], 0]]) {
      assert.equal((await json(admin, ['audit', 'list', .../** @type {string[]} */ (filter)])).entries.length, count, `${filter}`);
    }
    assert.match((await admin('audit', 'list')).stdout, /^SEQ +AT[^]*\n4 .*cli \S+ +jobs\.retry +job 1 +\{\}\n/);

    const whole = await json(admin, ['audit', 'verify']);
    assert.deepEqual([whole.isWhole, whole.checked, whole.fault], [true, 4, null]);
    assert.match(whole.head, /^4:[0-9a-f]{64}$/);
    assert.equal((await admin('audit', 'verify', '--anchor', whole.head)).stdout, `4 entries, the chain is whole\nhead ${whole.head}\n`);
    assert.equal((await admin('audit', 'verify', '--anchor', '4:x')).code, 65);
    const tamper = (/** @type {string} */ sql) =>
      cluster.query(database, `ALTER TABLE audit_event DISABLE TRIGGER ALL; ${sql}; ALTER TABLE audit_event ENABLE TRIGGER ALL`);
    await tamper(`DELETE FROM audit_event WHERE seq = 4`);
    assert.equal((await admin('audit', 'verify')).code, 0, 'an end that was cut off leaves no trace by itself');
    assert.equal((await json(admin, ['audit', 'verify', '--anchor', whole.head], 1)).isWhole, false);
    await tamper(`UPDATE audit_event SET actor_id = 'somebody' WHERE seq = 2`);
    const broken = await admin('audit', 'verify');
    assert.deepEqual([broken.code, broken.stdout], [1, 'broken at 2: its content is not what was written\n']);
  });

  test('health', async () => {
    const { database, admin } = await newDatabase();
    const silent = await json(admin, ['ops', 'health-summary'], 1);
    assert.deepEqual([silent.status, silent.problems], ['degraded', ['No worker runs.']]);
    await cluster.query(database, `INSERT INTO worker_heartbeats (worker_id, hostname, pid, build_sha, started_at, beat_at, loop_at) VALUES ('w', 'h', 1, 'b', now(), now(), now())`);
    const well = await json(admin, ['ops', 'health-summary']);
    assert.deepEqual([well.status, well.problems, well.workers[0].id], ['ok', [], 'w']);
    assert.equal(well.schema.version, well.schema.newestKnown);
    const printed = await admin('ops', 'health-summary');
    assert.match(printed.stdout, /^status: +ok$[^]*^Workers\nWORKER +BUILD[^]*^Feeds\nnone$/m);
    await cluster.query(database, `INSERT INTO job (kind, lane, state, finished_at, attempt) VALUES ('k', 'l', 'discarded', now(), 5)`);
    const degraded = await admin('ops', 'health-summary');
    assert.equal(degraded.code, 1);
    assert.match(degraded.stdout, /^! 1 jobs failed for good: see jobs list\.$/m);
  });

  test('exit codes', async () => {
    const { env, admin } = await newDatabase();
    /** @type {[string[], number, RegExp][]} */
    const cases = [
      [[], 2, /subcommand/],
      [['users'], 2, /subcommand/],
      [['users', 'shwo', 'a@b.cd'], 2, /subcommand/],
      [['users', 'show'], 2, /EMAIL is required/],
      [['users', 'disable', 'a@b.cd'], 2, /--reason is required/],
      [['users', 'disable', 'a@b.cd', '--reason', 'because'], 2, /because/],
      [['jobs', 'retry'], 2, /no job is named/],
      [['jobs', 'list', '--limit', '0'], 2, /--limit/],
      [['users', 'show', 'no address'], 65, /email: must be an e-mail address/],
      [['users', 'show', 'nobody@example.org'], 66, /There is no account/],
      [['users', 'show', '00000000-0000-7000-8000-000000000000'], 66, /There is no account/],
      [['auth', 'revoke-sessions', 'nobody@example.org'], 66, /There is no account/],
    ];
    for (const [args, code, message] of cases) {
      const ended = await admin(...args);
      assert.equal(ended.code, code, `${args.join(' ')}: ${ended.stdout}${ended.stderr}`);
      assert.match(ended.stdout + ended.stderr, message);
    }
    const away = await runBackend(['admin', 'operators', 'list'], { ...env, DATABASE_URL: `postgres://x@127.0.0.1:${await freePort()}/x` });
    assert.equal(away.code, 75, away.stderr);
    const unset = await runBackend(['admin', 'operators', 'list'], { ...env, SESSION_SECRET: 'short' });
    assert.equal(unset.code, 78, unset.stderr);
  });
});
