// Clients that take their time, by slowhttptest: while hundreds of them hang on, others are served as ever.
// @ts-check
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { signUp } from '../support/node/accounts.mjs';
import { migratedDatabase, startApi } from '../support/node/backend.mjs';
import { send } from '../support/node/http_client.mjs';
import { sharedCleanup } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { runCommand } from '../support/node/process.mjs';
import { waitFor } from '../support/node/wait.mjs';

const shared = sharedCleanup(after);
const seconds = 10;
const connections = 400;
/** @type {Awaited<ReturnType<typeof startApi>>} */ let api;
/** @type {import('../support/node/accounts.mjs').Person} */ let person;

before(async () => {
  const cluster = await startPostgres(shared);
  api = await startApi(shared, { DATABASE_URL: cluster.url(await migratedDatabase(cluster)) });
  person = await signUp(api.url);
});

/** @type {{ name: string, flags: string[] }[]} */
const attacks = [
  { name: 'header by header', flags: ['-H', '-u', '/api/auth/session'] },
  { name: 'body by body', flags: ['-B', '-t', 'POST', '-f', 'application/json', '-s', '8000', '-u', '/api/auth/sign-in'] },
  { name: 'reading an answer by the byte', flags: ['-X', '-k', '3', '-w', '1', '-y', '16', '-z', '4', '-n', '2', '-u', '/api/openapi.json'] },
];

describe('slow clients', () => {
  for (const { name, flags } of attacks) {
    test(name, async () => {
      const target = String(flags.at(-1));
      const rate = ['-c', `${connections}`, '-r', '200', '-i', '2', '-x', '8', '-l', `${seconds}`, '-p', '3', '-v', '1'];
      const attack = runCommand(['slowhttptest', ...flags.slice(0, -1), api.url + target, ...rate], { timeoutMs: (seconds + 30) * 1000 });
      let isOver = false;
      attack.finally(() => (isOver = true)).catch(() => {});
      const took = [];
      while (!isOver) {
        const answer = await send(api.url, 'GET', '/api/auth/session', { headers: person.headers, timeoutMs: 5000 });
        assert.equal(answer.status, 200, answer.text);
        took.push(answer.tookMs);
        await pause(100);
      }
      const { stdout, stderr } = await attack;
      const report = (stdout + stderr).replace(/\x1b\[[\d;]*[A-Za-z]/g, '');
      const available = [...report.matchAll(/service available:\s+(\w+)/g)].map(([, word]) => word);
      assert.deepEqual([available.length > 0, new Set(available)], [true, new Set(['YES'])], report);
      const slowest = Math.max(...took);
      assert.ok(took.length > 20 && slowest < 2000, `${took.length} others were served, the slowest in ${slowest} ms`);
    });
  }

  test('the connections are gone afterwards', async () => {
    await waitFor('the connections to be closed', async () => {
      const metrics = await (await fetch(api.metricsUrl)).text();
      const open = Number(/^aspectavy_http_connections(?:\{[^}]*\})? (\d+)/m.exec(metrics)?.[1]);
      return open < 20;
    }, { timeoutMs: 60_000 });
  });
});
