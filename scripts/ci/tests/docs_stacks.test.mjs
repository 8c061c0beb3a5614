// The commands of the pages for operators that find their layout running. The others: docs.test.mjs.
// @ts-check
import { describe, test } from 'node:test';
import { stackOf } from '../../tests/pages.mjs';
import { pages, runPage } from './page_runs.mjs';

describe('the commands of the pages', () => {
  for (const page of pages.filter(stackOf)) {
    test(page.path, { timeout: 600_000 }, (t) => runPage(t, page));
  }
});
