// Whether the time of an answer tells which addresses have an account: distributions compared, not averages.
// @ts-check
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { signUp } from '../support/node/accounts.mjs';
import { migratedDatabase, startApi } from '../support/node/backend.mjs';
import { forgetTries } from '../support/node/credentials.mjs';
import { fromAnywhere, send } from '../support/node/http_client.mjs';
import { sharedCleanup } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { mannWhitney } from '../support/node/statistics.mjs';

const shared = sharedCleanup(after);
const samples = 120;
const atOnce = 4;
const leastP = 0.01;
/** @type {string} */ let api;
/** @type {import('pg').Client} */ let db;
/** @type {string[]} */ let known;

before(async () => {
  const cluster = await startPostgres(shared);
  const database = await migratedDatabase(cluster);
  // The cost that is served with, not the cheap one of other tests.
  api = (await startApi(shared, { DATABASE_URL: cluster.url(database), PASSWORD_ARGON2_MEMORY_KIB: '65536' })).url;
  db = await cluster.connect(database);
  shared.after(() => db.end());
  known = await Promise.all(Array.from({ length: 12 }, async () => (await signUp(api)).email));
});

/** Times of both kinds, taken in turn and in a random order. @param {string} path @param {(email: string) => object} bodyFor */
async function timesOf(path, bodyFor) {
  /** @type {{ known: number[], unknown: number[] }} */
  const times = { known: [], unknown: [] };
  const order = Array.from({ length: samples }, (_, i) => i).flatMap((i) => (Math.random() < 0.5 ? [['known', i], ['unknown', i]] : [['unknown', i], ['known', i]]));
  const work = async () => {
    for (let next = order.shift(); next; next = order.shift()) {
      const [kind, i] = /** @type {['known' | 'unknown', number]} */ (next);
      const email = kind === 'known' ? String(known[i % known.length]) : `walker-${randomUUID()}@example.org`;
      await forgetTries(db);
      const { tookMs } = await send(api, 'POST', path, { body: bodyFor(email), headers: fromAnywhere() });
      times[kind].push(tookMs);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return times;
}

/** One in a hundred pairs of equal samples looks unequal at p = 0.01; of three in a row one in a million.
 * @param {string} path @param {(email: string) => object} bodyFor */
async function mustLookAlike(path, bodyFor) {
  const found = [];
  for (let round = 0; round < 3; round += 1) {
    const times = await timesOf(path, bodyFor);
    const { p } = mannWhitney(times.known, times.unknown);
    if (p > leastP) return times;
    found.push(p);
  }
  throw new Error(`known and unknown addresses are told apart by time: p = ${found.join(', ')}`);
}

test('signing in takes as long for an unknown address as for a wrong password', async () => {
  const { known: slow } = await mustLookAlike('/api/auth/sign-in', (email) => ({ email, password: 'not the password', client: 'ios' }));
  assert.equal(slow.length, samples);
  assert.ok(Math.min(...slow) >= 345, 'the floor was in force');
});

for (const path of ['/api/auth/magic-link', '/api/auth/password-reset']) {
  test(`${path} takes as long for an unknown address as for a known one`, async () => {
    await mustLookAlike(path, (email) => ({ email }));
  });
}
