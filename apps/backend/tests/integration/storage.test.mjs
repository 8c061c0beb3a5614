// Objects in Postgres and in a bucket: the commands, moving between the two, and what /readyz says. The bucket's server
// checks every signature.
// @ts-check
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { fetchAsWalker } from '../support/node/accounts.mjs';
import { binary, migratedDatabase, runBackend, startApi } from '../support/node/backend.mjs';
import { freePort, sharedCleanup, tempDir } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { startProcess } from '../support/node/process.mjs';
import { startS3 } from '../support/node/s3_server.mjs';
import { waitFor } from '../support/node/wait.mjs';

const shared = sharedCleanup(after);
const credentials = { key: 'AKIDEXAMPLE', secret: 'wJalr/XUtn+FEMI=K7' };
const bucket = 'aspectavy';
/** @type {import('../support/node/postgres.mjs').PostgresCluster} */ let cluster;
/** @type {string} */ let database;

before(async () => {
  cluster = await startPostgres(shared);
  database = await migratedDatabase(cluster);
});

beforeEach(() => cluster.query(database, 'TRUNCATE storage_object'));

/** @typedef {Awaited<ReturnType<typeof startS3>>} S3 */

/** @param {import('node:test').TestContext} t */
const newS3 = (t) => startS3(t, { ...credentials, region: 'eu-central-1', buckets: [bucket] });

/** The database and the settings of the bucket. @param {{ url: string }} s3 @param {Record<string, string>} [changes] */
function envFor(s3, changes = {}) {
  return {
    DATABASE_URL: cluster.url(database),
    STORAGE_DRIVER: 's3',
    S3_ENDPOINT: s3.url,
    S3_REGION: 'eu-central-1',
    S3_BUCKET: bucket,
    S3_ACCESS_KEY_ID: credentials.key,
    S3_SECRET_ACCESS_KEY: credentials.secret,
    S3_FORCE_PATH_STYLE: 'on',
    ...changes,
  };
}

const rowsLeft = async () => Number((await cluster.query(database, 'SELECT count(*) AS n FROM storage_object')).rows[0].n);

/** @param {Record<string, string | undefined>} env */
const check = (env) => runBackend(['storage', 'check'], env);

/** @param {Record<string, string | undefined>} env @param {string} from @param {string} to @param {string[]} more */
const migrate = (env, from, to, ...more) => runBackend(['storage', 'migrate', '--from', from, '--to', to, ...more], env);

describe('storage check', () => {
  const steps = 'ok put\nok get\nok list\nok presigned get\nok remove\n';

  test('a bucket by path', async (t) => {
    const s3 = await newS3(t);
    const env = envFor(s3);
    const { code, stdout, stderr } = await check(env);
    assert.deepEqual([code, stdout, s3.faults], [0, steps, []], stderr);
    assert.match(s3.log[0], /^PUT \/aspectavy\/exports\/[0-9a-f-]{36}$/);
    assert.equal(s3.objects.size, 0);
  });

  test('a bucket by host name, its secret in a file, with a frozen clock', async (t) => {
    const s3 = await newS3(t);
    const file = join(tempDir(t), 'secret');
    writeFileSync(file, `${credentials.secret}\n`, { mode: 0o600 });
    const env = envFor(s3, { S3_FORCE_PATH_STYLE: 'off', S3_ENDPOINT: `http://localhost:${s3.port}`, ASPECTAVY_NOW: '2020-01-01T00:00:00Z' });
    const { S3_SECRET_ACCESS_KEY, ...others } = env;
    const { code, stdout, stderr } = await check({ ...others, S3_SECRET_ACCESS_KEY_FILE: file });
    assert.deepEqual([code, stdout, s3.faults], [0, steps, []], stderr);
  });

  test('Postgres', async () => {
    const env = envFor({ url: 'http://127.0.0.1:1' }, { STORAGE_DRIVER: 'database' });
    const { code, stdout, stderr } = await check(env);
    assert.deepEqual([code, stdout], [0, steps.replace('ok presigned get\n', '')], stderr);
    assert.equal(await rowsLeft(), 0);
  });

  for (const [what, changes, words] of /** @type {const} */ ([
    ['an unknown key', { S3_ACCESS_KEY_ID: 'AKIDOTHER' }, /refuses our requests[^]*status 403, InvalidAccessKeyId/],
    ['a wrong secret', { S3_SECRET_ACCESS_KEY: 'wrong-secret' }, /refuses our requests[^]*status 403, SignatureDoesNotMatch/],
    ['a wrong region', { S3_REGION: 'us-east-1' }, /refuses our requests[^]*AuthorizationHeaderMalformed/],
    ['a missing bucket', { S3_BUCKET: 'absent' }, /The bucket is not there/],
  ])) {
    test(`${what}: exit 75, its name, no secret`, async (t) => {
      const s3 = await newS3(t);
      const env = envFor(s3, changes);
      const { code, stdout, stderr } = await check(env);
      assert.deepEqual([code, stdout], [75, '']);
      assert.match(stderr, words);
      assert.doesNotMatch(stderr, /wJalr|wrong-secret|Signature=/);
    });
  }

  test('nobody listens: exit 75', async () => {
    const env = envFor({ url: `http://127.0.0.1:${await freePort()}` });
    const { code, stderr } = await check(env);
    assert.equal(code, 75);
    assert.match(stderr, /cannot be reached/);
  });

  test('settings that are missing: exit 78 with each', async () => {
    const env = envFor({ url: '' }, { S3_BUCKET: '' });
    const { code, stderr } = await check(env);
    assert.equal(code, 78);
    assert.deepEqual([...stderr.matchAll(/^config error: (\w+):/gm)].map(([, name]) => name), ['S3_ENDPOINT', 'S3_BUCKET']);
  });
});

describe('storage migrate', () => {
  /** Rows as the api will write them. @param {number} count @returns {Promise<Map<string, string>>} path → content */
  async function fill(count) {
    /** @type {Map<string, string>} */
    const objects = new Map();
    for (let i = 0; i < count; i += 1) {
      const [key, type] = i % 2 ? [`exports/${randomUUID()}`, 'application/zip'] : [`avatars/${randomUUID()}`, 'image/png'];
      const content = `content of ${i}`;
      const hash = createHash('sha256').update(content).digest('hex');
      await cluster.query(database, 'INSERT INTO storage_object (key, content_type, sha256, content) VALUES ($1, $2, $3, $4)', [key, type, hash, Buffer.from(content)]);
      objects.set(`/${bucket}/${key}`, content);
    }
    return objects;
  }
  /** @param {S3} s3 */
  const contents = (s3) => new Map([...s3.objects].map(([path, body]) => [path, body.toString()]));
  /** @param {Map<string, string>} map */
  const sorted = (map) => [...map].sort();

  test('to the bucket and back: every object with its type, the source removed when asked', async (t) => {
    const s3 = await newS3(t);
    const env = envFor(s3);
    const all = await fill(7);
    const there = await migrate(env, 'database', 's3');
    assert.deepEqual([there.code, there.stdout], [0, '7 copied (84 bytes), 0 already there\n'], there.stderr);
    assert.deepEqual(sorted(contents(s3)), sorted(all));
    const [avatar] = [...all.keys()].filter((path) => path.includes('avatars'));
    assert.equal(s3.headers.get(avatar)?.['content-type'], 'image/png');
    assert.equal(await rowsLeft(), 7);

    const again = await migrate(env, 'database', 's3', '--remove-source');
    assert.deepEqual([again.code, again.stdout], [0, '0 copied (0 bytes), 7 already there, 7 removed from the source\n']);
    assert.equal(await rowsLeft(), 0);

    s3.objects.set(`/${bucket}/avatars/readme.txt`, Buffer.from('not ours'));
    const back = await migrate(env, 's3', 'database', '--remove-source');
    assert.deepEqual([back.code, back.stdout], [0, '7 copied (84 bytes), 0 already there, 7 removed from the source, 1 foreign names left alone\n'], back.stderr);
    assert.deepEqual([...s3.objects.keys()], [`/${bucket}/avatars/readme.txt`]);
    const { rows } = await cluster.query(database, "SELECT key, convert_from(content, 'UTF8') AS content FROM storage_object");
    assert.deepEqual(sorted(new Map(rows.map(({ key, content }) => [`/${bucket}/${key}`, content]))), sorted(all));
    assert.deepEqual(s3.faults, []);
  });

  test('killed in the middle: nothing is lost, and the next run goes on', async (t) => {
    const s3 = await newS3(t);
    const env = envFor(s3);
    const all = await fill(12);
    let puts = 0;
    s3.intercept = (line) => (line.startsWith('PUT') && ++puts === 6 ? 'hang' : undefined);
    const running = startProcess(t, 'migrate', [binary, 'storage', 'migrate', '--from', 'database', '--to', 's3', '--remove-source'], { env: { APP_ENV: 'local', ...env } });
    await waitFor('the sixth object', () => puts === 6);
    await running.kill();
    assert.deepEqual([s3.objects.size, await rowsLeft()], [5, 7]);
    const next = await migrate(env, 'database', 's3', '--remove-source');
    assert.deepEqual([next.code, next.stdout.replace(/\d+ bytes/, 'n bytes')], [0, '7 copied (n bytes), 0 already there, 7 removed from the source\n'], next.stderr);
    assert.deepEqual(sorted(contents(s3)), sorted(all));
    assert.equal(await rowsLeft(), 0);
  });

  test('a bucket that goes away: exit 75; what was not read back stays', async (t) => {
    const s3 = await newS3(t);
    const env = envFor(s3);
    await fill(4);
    s3.intercept = () => (s3.objects.size === 2 ? 500 : undefined);
    const { code, stderr } = await migrate(env, 'database', 's3', '--remove-source');
    assert.equal(code, 75);
    assert.match(stderr, /cannot answer now/);
    assert.deepEqual([s3.objects.size, await rowsLeft()], [2, 3]);
  });

  test('an object that is too large for Postgres: named, exit 1, the others are moved', async (t) => {
    const s3 = await newS3(t);
    const env = envFor(s3);
    await fill(2);
    assert.equal((await migrate(env, 'database', 's3', '--remove-source')).code, 0);
    const large = `exports/${randomUUID()}`;
    s3.objects.set(`/${bucket}/${large}`, Buffer.alloc((1 << 20) + 1));
    s3.headers.set(`/${bucket}/${large}`, { 'content-type': 'application/zip' });
    const { code, stdout, stderr } = await migrate(env, 's3', 'database', '--remove-source');
    assert.equal(code, 1);
    assert.equal(stderr, `error: ${large}: The file is larger than 1048576 bytes.\n`);
    assert.match(stdout, /^2 copied .*, 1 failed\n$/);
    assert.deepEqual([...s3.objects.keys()], [`/${bucket}/${large}`]);
  });

  test('without the settings of a bucket: exit 78 and which; to itself: exit 2', async () => {
    const env = envFor({ url: '' }, { STORAGE_DRIVER: 'database', S3_BUCKET: '', S3_ACCESS_KEY_ID: '', S3_SECRET_ACCESS_KEY: '' });
    const { code, stderr } = await migrate(env, 'database', 's3');
    assert.equal(code, 78);
    for (const name of ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY']) assert.match(stderr, new RegExp(`^config error: ${name}: `, 'm'));
    assert.equal((await migrate(env, 's3', 's3')).code, 2);
  });
});

describe('/readyz', () => {
  /** Waits until the check says this. @param {string} api @param {(check: any) => boolean} condition */
  function waitForStorage(api, condition) {
    return waitFor(
      'the check of the storage',
      async () => {
        const answer = await fetch(`${api}/readyz`);
        const { status, checks } = /** @type {any} */ (await answer.json());
        assert.ok(condition(checks.storage), JSON.stringify(checks.storage));
        return { code: answer.status, status, check: checks.storage };
      },
      { timeoutMs: 40_000, everyMs: 100 },
    );
  }

  test('a missing bucket: degraded, the rest works; it appears: ok without a restart', async (t) => {
    const s3 = await newS3(t);
    s3.buckets = [];
    const env = envFor(s3);
    const { url: api } = await startApi(t, env);
    const missing = await waitForStorage(api, (check) => check.status === 'failed' && /not looked at/.test(check.reason) === false);
    assert.deepEqual([missing.code, missing.status, missing.check.reason], [200, 'degraded', 'The bucket is not there.']);
    assert.equal((await fetchAsWalker(`${api}/api/routes`)).status, 200);
    s3.buckets = [bucket];
    await waitForStorage(api, (check) => check.status === 'ok');
    assert.deepEqual(s3.faults, []);
  });

  test('a server that hangs: no request waits for it, and the api ends at once', async (t) => {
    const s3 = await newS3(t);
    s3.intercept = () => 'hang';
    const env = envFor(s3);
    const { url: api, process } = await startApi(t, env);
    await waitFor('the look at the bucket', () => s3.log.length > 0);
    const started = Date.now();
    await waitForStorage(api, (check) => check.status === 'failed');
    assert.ok(Date.now() - started < 3000);
    process.signal('SIGTERM');
    assert.deepEqual(await process.exited, { code: 0, signal: null });
    assert.ok(Date.now() - started < 5000, 'the look was waited for');
  });

  test('objects in Postgres: there is no such check', async (t) => {
    const env = envFor({ url: 'http://127.0.0.1:1' }, { STORAGE_DRIVER: 'database' });
    const { url: api } = await startApi(t, env, { waitForPath: '/readyz' });
    assert.equal(/** @type {any} */ (await (await fetch(`${api}/readyz`)).json()).checks.storage, undefined);
  });
});
