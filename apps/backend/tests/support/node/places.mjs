// Folders and ports of a test.
// @ts-check
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../../../../..', import.meta.url));

/** @typedef {{ after: (fn: () => unknown) => void }} Cleanup A TestContext, or what sharedCleanup() returns. */

/**
 * Cleanup for what the tests of a file or suite share: what a `before` hook starts would end with that hook.
 * Usage: `const shared = sharedCleanup(after);` beside the `before` hook. The newest goes first.
 * @param {(fn: () => Promise<void>) => void} after of node:test
 * @returns {Cleanup}
 */
export function sharedCleanup(after) {
  /** @type {(() => unknown)[]} */
  const steps = [];
  after(async () => {
    for (const step of steps.reverse()) await step();
  });
  return { after: (step) => void steps.push(step) };
}

/**
 * A new empty folder, removed after the test.
 * @param {Cleanup} test
 */
export function tempDir(test) {
  const folder = mkdtempSync(join(tmpdir(), 'aspectavy-test-'));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A port of 127.0.0.1 on which nothing listened just now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}
