// A copy of the repository in which scripts and Compose may write env files, backups and deploy state.
// @ts-check
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { repository, succeed } from './process.mjs';

/**
 * A copy that is removed after the test.
 * @param {import('node:test').TestContext} test
 * @param {Parameters<typeof makeCheckout>[0]} [options]
 * @returns {Promise<string>} the folder
 */
export async function scratchCheckout(test, options) {
  const folder = await makeCheckout(options);
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Copies what git knows and what it would add: the working state, without builds and secrets. The caller removes it.
 * @param {{ git?: boolean }} [options] git: make it a repository with one commit, for scripts that ask for the commit
 * @returns {Promise<string>} the folder
 */
export async function makeCheckout({ git = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'aspectavy-checkout-'));
  const listed = await succeed('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  for (const path of new Set(listed.split('\0').filter(Boolean))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(repository, path), join(folder, path), { force: true, verbatimSymlinks: true, errorOnExist: false });
  }
  if (git) {
    const author = ['-c', 'user.name=test', '-c', 'user.email=test@localhost'];
    await succeed('git', ['init', '--quiet'], { cwd: folder });
    await succeed('git', ['add', '--all'], { cwd: folder });
    await succeed('git', [...author, 'commit', '--quiet', '--message', 'State under test'], { cwd: folder });
  }
  return folder;
}

/**
 * Writes an env file: values in single quotes, mode 0600.
 * @param {string} path
 * @param {Record<string, string>} values
 */
export function writeEnvFile(path, values) {
  const lines = Object.entries(values).map(([name, value]) => {
    if (value.includes("'") || value.includes('\n')) throw new Error(`${name}: cannot be quoted`);
    return `${name}='${value}'\n`;
  });
  writeFileSync(path, lines.join(''), { mode: 0o600 });
}
