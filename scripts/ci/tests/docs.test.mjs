// The commands of docs/operate/*.md, run as an operator types them: every `sh` block of a page, in order, in one shell, in a
// checkout of the page's own. A page that finds its stack running says so in its first line:
// <!-- test-stack: TARGET -->.
// @ts-check
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { executedFences, operatePages, stackOf } from '../../tests/pages.mjs';
import { writeEnvFile } from './support/checkout.mjs';
import { docker, repository, run } from './support/process.mjs';
import { deployedSettings, images, prepareStack, waitForReadyz } from './support/stack.mjs';

const pages = operatePages().filter((page) => executedFences(page).length > 0);

/** What each page printed, for who wants to see it. */
const results = join(repository, 'test-results/pages');
mkdirSync(results, { recursive: true });

/** What a page may start beside its stack; each page begins without it. */
const projects = ['aspectavy-local', 'aspectavy-staging', 'aspectavy-production'];

/** Takes down what is left of every project. */
async function removeProjects() {
  for (const project of projects) {
    const label = `label=com.docker.compose.project=${project}`;
    const remove = async (/** @type {string[]} */ list, /** @type {string[]} */ command) => {
      const ids = (await docker(...list, '--quiet', '--filter', label)).split('\n').filter(Boolean);
      if (ids.length > 0) await docker(...command, ...ids);
    };
    await remove(['ps', '--all'], ['rm', '--force', '--volumes']);
    await remove(['network', 'ls'], ['network', 'rm']);
    await remove(['volume', 'ls'], ['volume', 'rm', '--force']);
  }
}

/** The page as one script, which says before each block where it is. @param {import('../../tests/pages.mjs').Page} page */
function scriptOf(page) {
  const blocks = executedFences(page).map(
    ({ text, line }) => `cd "$PAGE_FOLDER"\necho '@@ line ${line}'\necho '@@ line ${line}' >&2\n${text}`,
  );
  return `set -Eeuo pipefail\n${blocks.join('')}echo '@@ end'\n`;
}

/** What was printed since the last block began. @param {string} output */
const sinceLastBlock = (output) => output.slice(Math.max(0, output.lastIndexOf('@@ line')));

describe('the commands of the pages', () => {
  for (const page of pages) {
    test(page.path, { timeout: 600_000 }, async (t) => {
      t.after(removeProjects);
      const target = stackOf(page);
      const stack = await prepareStack(t, target ?? 'production-bundled', {
        git: true,
        env: { POSTGRES_IMAGE: images.postgres15 },
        settings: { OPS_TOKEN: 'a'.repeat(64) },
      });
      writeEnvFile(join(stack.folder, 'apps/backend/.env.staging.local'), { ...deployedSettings, POSTGRES_PASSWORD: 'staging-only' });
      if (target) {
        await stack.up();
        await waitForReadyz(stack, 200);
      }
      const script = join(stack.folder, 'page.local');
      writeFileSync(script, scriptOf(page));
      const { status, stdout, stderr } = await run('bash', [script], {
        cwd: stack.folder,
        env: { ...stack.env, PAGE_FOLDER: stack.folder },
      });
      writeFileSync(join(results, `${basename(page.path)}.log`), `${stdout}\n--- stderr ---\n${stderr}`);
      assert.equal(status, 0, `${sinceLastBlock(stdout)}\n${sinceLastBlock(stderr)}`);
      assert.ok(stdout.endsWith('@@ end\n'), 'the page ended its shell itself');
      t.diagnostic(`${executedFences(page).length} blocks`);
    });
  }

  test('are there', () => {
    const blocks = pages.flatMap(executedFences);
    assert.ok(blocks.length >= 20, `only ${blocks.length} blocks`);
    assert.ok(pages.some((page) => page.path.endsWith('runbook.md')));
  });

  test('a command that fails, fails its page, and the message holds the block', async () => {
    /** @type {import('../../tests/pages.mjs').Page} */
    const page = { path: 'x.md', text: '', fences: [{ info: 'sh', text: 'echo first\n', line: 3 }, { info: 'sh', text: 'false\n', line: 9 }] };
    const { status, stdout } = await run('bash', ['-c', scriptOf(page)], { env: { PATH: process.env.PATH, PAGE_FOLDER: '/tmp' } });
    assert.equal(status, 1);
    assert.equal(sinceLastBlock(stdout), '@@ line 9\n');
  });
});
