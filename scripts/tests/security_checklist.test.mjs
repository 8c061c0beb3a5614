// The security checklist must name tests that exist, and every requirement must have one or a reason.
// @ts-check
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(repository, 'docs/concepts/security-checklist.md'), 'utf8');

/** Rows of the page's tables, without the heads. */
function rowsOf(/** @type {string} */ text) {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (requirement|id) \|/.test(line))
    .map((line) => line.slice(1, line.lastIndexOf('|')).split('|').map((cell) => cell.trim()));
}

/** What a cell names: files and tests. @param {string} cell */
function referencesOf(cell) {
  return cell.split('; ').map((one) => /^`([\w/.]+)`: (.+)$/.exec(one)).filter((match) => match !== null);
}

/** Whether the file holds the test. @param {string} file @param {string} name */
function holds(file, name) {
  const path = join(repository, 'apps/backend/tests', file);
  if (!existsSync(path)) return false;
  const text = readFileSync(path, 'utf8');
  if (!file.endsWith('.cpp')) return ["'", '"', '`'].some((quote) => text.includes(`${quote}${name}${quote}`));
  const [suite, test_] = name.split('.');
  return new RegExp(`^TEST(_F|_P)?\\(${suite},\\s*${test_}\\)`, 'm').test(text);
}

test('every requirement has tests that exist, or says why not', () => {
  const rows = rowsOf(page);
  assert.ok(rows.length > 90, `${rows.length} rows`);
  for (const row of rows) {
    const [id] = row;
    const last = row.at(-1) ?? '';
    if (row.some((cell) => /^\*\*(n\/a|open)\*\*/.test(cell))) continue;
    const references = referencesOf(last);
    assert.ok(references.length > 0, `${id}: no test is named`);
    assert.equal(references.length, last.split('; ').length, `${id}: "${last}" is not all \`file\`: test`);
    for (const [, file = '', name = ''] of references) assert.ok(holds(file, name), `${id}: ${file} has no test "${name}"`);
  }
});

test('the check finds what is missing', () => {
  assert.ok(holds('unit/api/csrf_test.cpp', 'Csrf.AnAppSendsNeitherAndNoCookie'));
  assert.ok(!holds('unit/api/csrf_test.cpp', 'Csrf.AnApp'), 'a part of a name is none');
  assert.ok(!holds('unit/api/none_test.cpp', 'Csrf.AnAppSendsNeitherAndNoCookie'));
  assert.ok(!holds('integration/auth.test.mjs', 'a test that nobody wrote'));
  assert.equal(referencesOf('`a_test.cpp`: A.B; `b.test.mjs`: some words').length, 2);
  assert.equal(referencesOf('some words').length, 0);
});
