// A reporter for node --test: shows failures as they come and writes the counts that scripts/sum-results.py
// reads to the file named by NODE_TEST_RESULT. Suites are not counted, their tests are; a skipped suite counts as one
// skipped test, because its tests are not even listed.
// @ts-check
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

/** @typedef {{ name: string, file?: string, skip?: boolean | string, todo?: boolean | string,
 *   details: { type?: string, duration_ms: number, error?: Error & { cause?: unknown } } }} Outcome */

const counts = {
  passed: 0,
  failed: 0,
  skipped: 0,
  failures: /** @type {string[]} */ ([]),
  skips: /** @type {string[]} */ ([]),
};

/** @param {Outcome} outcome */
function label(outcome) {
  return `${outcome.file ? relative(process.cwd(), outcome.file) + ': ' : ''}${outcome.name}`;
}

/** Why it was skipped, in the words of the test. @param {Outcome} outcome */
function reason({ skip, todo }) {
  const words = typeof skip === 'string' && skip ? skip : todo;
  return typeof words === 'string' && words ? words : 'no reason given';
}

/** @param {Outcome} outcome */
function failureText(outcome) {
  const cause = outcome.details.error?.cause ?? outcome.details.error;
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  return `✗ ${label(outcome)}\n${text.replace(/^/gm, '    ')}\n`;
}

/**
 * @param {AsyncIterable<{ type: string, data: any }>} source
 * @returns {AsyncGenerator<string>}
 */
export default async function* report(source) {
  for await (const { type, data } of source) {
    if (type === 'test:stderr' || type === 'test:stdout') yield data.message;
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (type === 'test:fail' && !data.todo) {
      // A suite fails because of its tests, which are counted; unless its hooks or its body failed.
      const isEcho = /** @type {any} */ (data.details.error)?.failureType === 'subtestsFailed';
      if (isEcho) continue;
      counts.failed += 1;
      counts.failures.push(label(data));
      yield failureText(data);
    } else if (data.skip || data.todo) {
      counts.skipped += 1;
      counts.skips.push(`${label(data)}: ${reason(data)}`);
    } else if (data.details.type === 'suite') {
      continue;
    } else {
      counts.passed += 1;
    }
  }
  yield `${counts.failed ? '✗' : '✓'} node: ${counts.passed} passed${counts.skipped ? `, ${counts.skipped} skipped` : ''}\n`;
  if (process.env.NODE_TEST_RESULT) {
    writeFileSync(process.env.NODE_TEST_RESULT, JSON.stringify(counts, null, 2));
  }
}
