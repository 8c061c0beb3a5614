// The commands of the pages for operators that start every layout themselves, or none. Those that find one running:
// docs_stacks.test.mjs.
// @ts-check
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { executedFences, stackOf } from '../../tests/pages.mjs';
import { pages, removeProjects, runPage, scriptOf, sinceLastBlock } from './page_runs.mjs';
import { run } from './support/process.mjs';

describe('the commands of the pages', () => {
  for (const page of pages.filter((page) => !stackOf(page))) {
    test(page.path, { timeout: 600_000 }, async (t) => {
      t.after(removeProjects);
      await runPage(t, page);
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
