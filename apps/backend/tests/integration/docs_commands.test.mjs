// Every `aspectavy …` that a page for operators names: its subcommands and options are the program's.
// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandsIn, operatePages, optionsIn } from '../../../../scripts/tests/pages.mjs';
import { runBackend } from '../support/node/backend.mjs';

/** What --help says of a chain of subcommands. @param {string[]} chain */
async function help(chain) {
  const { code, stdout, stderr } = await runBackend([...chain, '--help']);
  assert.equal(code, 0, stderr);
  const [, listed = ''] = stdout.split('Subcommands:');
  return { text: stdout, subcommands: [...listed.matchAll(/^ {2}(\S+)/gm)].map(([, name = '']) => name) };
}

/** What is wrong with the words after `aspectavy`. @param {string[]} words */
async function faultsOf(words) {
  /** @type {string[]} */
  const chain = [];
  let { text, subcommands } = await help(chain);
  for (const word of words) {
    if (subcommands.length === 0 || word.startsWith('-')) break;
    if (!subcommands.includes(word)) return [`aspectavy ${chain.join(' ')} has no ${word}`];
    chain.push(word);
    ({ text, subcommands } = await help(chain));
  }
  return optionsIn(words)
    .filter((option) => !text.includes(option))
    .map((option) => `aspectavy ${chain.join(' ')} has no ${option}`);
}

test('the pages name only subcommands and options that exist', async () => {
  let count = 0;
  /** @type {string[]} */
  const faults = [];
  for (const page of operatePages()) {
    for (const fence of page.fences.filter(({ info }) => info.startsWith('sh'))) {
      for (const words of commandsIn(fence.text)) {
        const at = words.findIndex((word) => /^(\/usr\/local\/bin\/)?aspectavy$/.test(word));
        if (at === -1 || (at > 0 && words[0] !== 'docker')) continue;
        count += 1;
        faults.push(...(await faultsOf(words.slice(at + 1))).map((fault) => `${page.path}:${fence.line}: ${fault}`));
      }
    }
  }
  assert.deepEqual(faults, []);
  assert.ok(count >= 3, `only ${count} were found`);
});

test('a name that does not exist is noticed', async () => {
  assert.deepEqual(await faultsOf(['confg', 'check']), ['aspectavy  has no confg']);
  assert.deepEqual(await faultsOf(['config', 'chek']), ['aspectavy config has no chek']);
  assert.deepEqual(await faultsOf(['config', 'check', '--no-such']), ['aspectavy config check has no --no-such']);
});
