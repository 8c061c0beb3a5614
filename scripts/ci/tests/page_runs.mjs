// Runs the commands of a page of docs/operate as an operator types them: every `sh` block, in order, in one shell, in a
// checkout of the page's own. A page that finds its stack running says so in its first line:
// <!-- test-stack: TARGET -->.
// @ts-check
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { executedFences, operatePages, stackOf } from '../../tests/pages.mjs';
import { writeEnvFile } from './support/checkout.mjs';
import { docker, repository, run } from './support/process.mjs';
import { deployedSettings, images, prepareStack, waitForReadyz } from './support/stack.mjs';

/** The pages with commands that are run. */
export const pages = operatePages().filter((page) => executedFences(page).length > 0);

/** What each page printed, for who wants to see it. */
const results = join(repository, 'test-results/pages');
mkdirSync(results, { recursive: true });

/** The projects as the Compose files name them. Only pages without a stack of their own start these, one after another. */
const projects = ['aspectavy-local', 'aspectavy-staging', 'aspectavy-production'];

/** Takes down what is left of these projects. */
export async function removeProjects() {
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
export function scriptOf(page) {
  const blocks = executedFences(page).map(
    ({ text, line }) => `cd "$PAGE_FOLDER"\necho '@@ line ${line}'\necho '@@ line ${line}' >&2\n${text}`,
  );
  return `set -Eeuo pipefail\n${blocks.join('')}echo '@@ end'\n`;
}

/** What was printed since the last block began. @param {string} output */
export const sinceLastBlock = (output) => output.slice(Math.max(0, output.lastIndexOf('@@ line')));

/** What a page may start beside no stack of its own: names as the files have them, and an image that is built from the layers
 * of the one under test, whose tag stays what other tests know. */
async function namesOfTheFiles() {
  const label = '{{index .Config.Labels "org.opencontainers.image.revision"}}';
  return {
    COMPOSE_PROJECT_NAME: undefined,
    POSTGRES_VOLUME_NAME: undefined,
    BACKEND_IMAGE: 'aspectavy-pages',
    GIT_SHA: await docker('inspect', '--format', label, images.backend),
  };
}

/** @param {import('node:test').TestContext} t @param {import('../../tests/pages.mjs').Page} page */
export async function runPage(t, page) {
  const target = stackOf(page);
  const builds = executedFences(page).some(({ text }) => text.includes('--build'));
  const stack = await prepareStack(t, target ?? 'production-bundled', {
    git: true,
    env: { POSTGRES_IMAGE: images.postgres15, ...(builds ? await namesOfTheFiles() : {}) },
    settings: { OPS_TOKEN: randomBytes(32).toString('hex') },
  });
  writeEnvFile(join(stack.folder, 'apps/backend/.env.staging.local'), {
    ...deployedSettings,
    SESSION_SECRET: randomBytes(24).toString('hex'),
    POSTGRES_PASSWORD: 'staging-only',
  });
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
}
