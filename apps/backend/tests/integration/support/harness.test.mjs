// The harness itself: what other integration tests lean on must hold.
// @ts-check
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { answers, fails, inTurn, startFeedServer, truncates, hangs } from '../../support/node/feed_server.mjs';
import { freePort, sharedCleanup, tempDir } from '../../support/node/places.mjs';
import { startPostgres } from '../../support/node/postgres.mjs';
import { runCommand, startProcess } from '../../support/node/process.mjs';
import { connectRaw } from '../../support/node/raw_http.mjs';
import { waitFor } from '../../support/node/wait.mjs';

describe('postgres', () => {
  /** @type {import('../../support/node/postgres.mjs').PostgresCluster} */
  let cluster;
  const shared = sharedCleanup(after);
  before(async () => {
    cluster = await startPostgres(shared);
  });

  test('is version 16', async () => {
    const { rows } = await cluster.query('postgres', 'SHOW server_version_num');
    assert.match(rows[0].server_version_num, /^16\d{4}$/);
  });

  test('clones a template', async () => {
    const template = await cluster.createDatabase();
    await cluster.query(template, 'CREATE TABLE kept AS SELECT 7 AS value');
    const clone = await cluster.createDatabase(template);
    assert.equal((await cluster.query(clone, 'SELECT value FROM kept')).rows[0].value, 7);
    assert.notEqual(clone, template);
  });

  for (const how of /** @type {const} */ (['restart', 'kill'])) {
    test(`keeps its data and its port over a ${how}`, async () => {
      const database = await cluster.createDatabase();
      await cluster.query(database, 'CREATE TABLE kept AS SELECT 1 AS value');
      const { port } = cluster;
      if (how === 'kill') {
        await cluster.kill();
        await assert.rejects(cluster.query(database, 'SELECT 1'));
        await cluster.start();
      } else {
        await cluster.restart();
      }
      assert.equal(cluster.port, port);
      assert.equal((await cluster.query(database, 'SELECT value FROM kept')).rows[0].value, 1);
    });
  }
});

describe('feed server', () => {
  test('answers 304 to who has the etag, and remembers the requests', async (t) => {
    const feed = await startFeedServer(t);
    feed.on('/a.json', answers('{}', { etag: '"1"' }));
    assert.equal((await fetch(`${feed.url}/a.json`)).status, 200);
    assert.equal((await fetch(`${feed.url}/a.json`, { headers: { 'if-none-match': '"1"' } })).status, 304);
    assert.equal((await fetch(`${feed.url}/a.json`, { headers: { 'if-none-match': '"0"' } })).status, 200);
    assert.equal((await fetch(`${feed.url}/b.json`)).status, 404);
    assert.deepEqual(
      feed.requestsFor('/a.json').map(({ headers }) => headers['if-none-match']),
      [undefined, '"1"', '"0"'],
    );
  });

  test('fails, truncates and hangs on demand', async (t) => {
    const feed = await startFeedServer(t);
    feed.on('/turns', inTurn(fails(500), answers('fine')));
    feed.on('/cut', truncates('0123456789', 4));
    feed.on('/never', hangs());
    assert.equal((await fetch(`${feed.url}/turns`)).status, 500);
    assert.equal(await (await fetch(`${feed.url}/turns`)).text(), 'fine');
    await assert.rejects(fetch(`${feed.url}/cut`).then((answer) => answer.text()));
    await assert.rejects(fetch(`${feed.url}/never`, { signal: AbortSignal.timeout(100) }), { name: 'TimeoutError' });
  });
});

test('a raw connection sends bytes as they are and sees the answers', async (t) => {
  const feed = await startFeedServer(t);
  feed.on('/a', answers('hello'));
  const connection = await connectRaw(t, Number(new URL(feed.url).port));
  await connection.sendByteByByte('GET /a HTTP/1.1\r\nHost: x\r\n\r\n');
  await connection.waitFor(/hello/);
  connection.send('GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await connection.waitForClose();
  assert.deepEqual(connection.statuses, [200, 404]);
});

describe('processes', () => {
  test('a process that ignores its stop signal is killed and fails the test', async (t) => {
    const deaf = startProcess(t, 'deaf', ['bash', '-c', 'trap "" TERM; echo ready; while :; do sleep 0.1; done']);
    await deaf.waitForOutput(/ready/);
    await assert.rejects(deaf.stop({ timeoutMs: 100 }), /did not stop within 100 ms/);
    assert.equal(deaf.isRunning, false);
  });

  test('an end before the awaited output is told at the end of the wait, with the output', async (t) => {
    const short = startProcess(t, 'short', ['bash', '-c', 'echo reason; exit 3']);
    const error = await short.waitForOutput(/never/, 200).catch((caught) => caught);
    assert.match(String(error.cause), /short has ended:\s+reason/);
    assert.deepEqual(await short.exited, { code: 3, signal: null });
  });

  test('settings of the machine do not reach a process', async () => {
    process.env.DATABASE_URL = 'postgres://elsewhere';
    const { stdout } = await runCommand(['env'], { env: { ONLY: 'this' } });
    delete process.env.DATABASE_URL;
    assert.match(stdout, /^ONLY=this$/m);
    assert.doesNotMatch(stdout, /elsewhere/);
  });
});

test('a folder is removed after its test, and a free port is free', async (t) => {
  let folder = '';
  await t.test('inner', (inner) => {
    folder = tempDir(inner);
    assert.ok(existsSync(folder));
  });
  assert.equal(existsSync(folder), false);
  await assert.rejects(fetch(`http://127.0.0.1:${await freePort()}/`));
});

test('waiting in vain says for what, and why', async () => {
  const wait = waitFor(
    'spring',
    () => {
      throw new Error('still winter');
    },
    { timeoutMs: 30, everyMs: 5 },
  );
  const error = await wait.catch((caught) => caught);
  assert.match(error.message, /in vain for spring/);
  assert.match(String(error.cause), /still winter/);
});
