// What a sign-in costs the api besides the hash: CPU of the threads that hash, and of all others, for each sign-in.
//
//   ASPECTAVY_BINARY=build/release/aspectavy node apps/backend/bench/sign_in.mjs [SIGN-INS] [AT ONCE]
//
// The hash has threads of its own (hash-0, …), and the kernel counts each thread's time in nanoseconds: nothing is estimated.
// @ts-check
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { password, signUp } from '../tests/support/node/accounts.mjs';
import { migratedDatabase, startApi } from '../tests/support/node/backend.mjs';
import { fromAnywhere, send } from '../tests/support/node/http_client.mjs';
import { sharedCleanup } from '../tests/support/node/places.mjs';
import { startPostgres } from '../tests/support/node/postgres.mjs';

const count = Number(process.argv[2] ?? 400);
const atOnce = Number(process.argv[3] ?? 8);
const people = 8;
const target_ms = 1;

/** CPU so far, in milliseconds: of the threads that hash, and of the others. @param {number} pid */
function cpu_ms(pid) {
  const used = { hash: 0, others: 0 };
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const name = readFileSync(`/proc/${pid}/task/${thread}/comm`, 'utf8').trim();
    const [running_ns] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
    used[name.startsWith('hash-') ? 'hash' : 'others'] += Number(running_ns) / 1e6;
  }
  return used;
}

/** @param {string} api URL @param {string[]} emails @param {number} times */
async function signInOften(api, emails, times) {
  let left = times;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      const body = { email: emails[left % emails.length], password, client: 'ios' };
      const { status, text } = await send(api, 'POST', '/api/auth/sign-in', { body, headers: fromAnywhere() });
      assert.equal(status, 200, text);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** @param {import('../tests/support/node/places.mjs').Cleanup} test */
async function main(test) {
  const cluster = await startPostgres(test, { fsync: 'on', full_page_writes: 'on' });
  const databaseUrl = cluster.url(await migratedDatabase(cluster));
  const { url, process: api } = await startApi(test, {
    DATABASE_URL: databaseUrl, LOG_LEVEL: 'info', PASSWORD_ARGON2_MEMORY_KIB: '65536', PASSWORD_ARGON2_TIME: '2' });
  /** @type {string[]} */
  const emails = [];
  while (emails.length < people) emails.push((await signUp(url)).email);
  await signInOften(url, emails, Math.min(count, 2 * people));

  const before = cpu_ms(api.pid);
  const begin = performance.now();
  await signInOften(url, emails, count);
  const seconds = (performance.now() - begin) / 1000;
  const after = cpu_ms(api.pid);
  const hash_ms = (after.hash - before.hash) / count;
  const around_ms = (after.others - before.others) / count;
  assert.ok(hash_ms > 0, 'no thread named hash-… has run: the split of the time means nothing');
  console.log(`${count} sign-ins, ${atOnce} at once: ${(count / seconds).toFixed(1)}/s`);
  console.log('| CPU of the api for each sign-in | ms |');
  console.log('|---|---|');
  console.log(`| the hash (Argon2id, 64 MiB, 2 passes) | ${hash_ms.toFixed(2)} |`);
  console.log(`| everything around it (target: under ${target_ms}) | ${around_ms.toFixed(3)} |`);
}

/** @type {(() => Promise<void>) | undefined} */
let clean;
const cleanup = sharedCleanup((steps) => (clean = steps));
try {
  await main(cleanup);
} finally {
  await clean?.();
}
