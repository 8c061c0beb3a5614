// A process that was stopped as a whole for longer than its watchdog allows ends itself when it goes on, so that the
// restart policy starts it afresh: its leases are gone and others have taken its work.
// @ts-check
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { migratedDatabase, startApi, startWorker } from '../support/node/backend.mjs';
import { sharedCleanup } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';

const shared = sharedCleanup(after);
/** @type {Record<string, string>} */ let env;

before(async () => {
  const cluster = await startPostgres(shared);
  env = { DATABASE_URL: cluster.url(await migratedDatabase(cluster)), LOG_LEVEL: 'warn', WATCHDOG_SECONDS: '5' };
});

/** @type {Record<string, (t: import('node:test').TestContext) => Promise<import('../support/node/process.mjs').TestProcess>>} */
const start = {
  worker: (t) => startWorker(t, env),
  api: async (t) => (await startApi(t, env)).process,
};

for (const [role, started] of Object.entries(start)) {
  test(`a ${role} stopped for longer than its watchdog allows ends with exit code 70`, async (t) => {
    const running = await started(t);
    running.signal('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 6500));
    running.signal('SIGCONT');
    assert.deepEqual(await running.exited, { code: 70, signal: null });
    assert.match(running.output, /process\.stalled/);
  });
}
