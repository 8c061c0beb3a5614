// Throw-away folders with sample files, for the self-tests of the checks.
// @ts-check
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

/**
 * A folder with these files, removed after the test.
 * @param {import('node:test').TestContext} test
 * @param {Record<string, string>} files path → content
 */
export function sampleFolder(test, files) {
  const folder = mkdtempSync(join(tmpdir(), 'aspectavy-check-'));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/**
 * Runs a command of the repository.
 * @param {string} command path in the repository, or a program
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
export function run(command, args, options = {}) {
  const result = spawnSync(command.includes('/') ? join(repository, command) : command, args, {
    cwd: repository,
    encoding: 'utf8',
    ...options,
  });
  if (result.error) throw result.error;
  return { status: result.status, output: `${result.stdout}${result.stderr}` };
}
