// The total must say what happened: failures, crashes, skips and parts that never ran.
// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repository, run, sampleFolder } from './sample.mjs';

/** @param {number} passed @param {number} failed @param {number} skipped */
function counts(passed, failed, skipped) {
  return JSON.stringify({
    passed,
    failed,
    skipped,
    failures: failed ? ['A.fails'] : [],
    skips: skipped ? ['A.waits'] : [],
  });
}

/** @type {{ name: string, files: Record<string, string>, parts: string[], status: number, last: string }[]} */
const totals = [
  {
    name: 'adds up kinds and parts',
    files: { 'unit.gtest.json': counts(3, 0, 0), 'unit.node.json': counts(2, 0, 0), 'e2e.node.json': counts(1, 0, 0) },
    parts: ['unit', 'e2e'],
    status: 0,
    last: 'tests: 6 passed, 0 failed',
  },
  { name: 'fails', files: { 'unit.gtest.json': counts(3, 1, 0) }, parts: ['unit'], status: 1, last: 'tests: 3 passed, 1 failed' },
  {
    name: 'shows skips',
    files: { 'unit.gtest.json': counts(3, 0, 2) },
    parts: ['unit'],
    status: 0,
    last: 'tests: 3 passed, 0 failed, 2 skipped',
  },
  {
    name: 'adds up the files of one part',
    files: { 'containers.a.node.json': counts(2, 0, 0), 'containers.b.node.json': counts(1, 1, 0) },
    parts: ['containers'],
    status: 1,
    last: 'tests: 3 passed, 1 failed',
  },
  {
    name: 'a part that was asked to be skipped is counted and does not fail',
    files: { 'unit.node.json': counts(1, 0, 0), 'containers.skip.json': counts(0, 0, 1) },
    parts: ['unit', 'containers'],
    status: 0,
    last: 'tests: 1 passed, 0 failed, 1 skipped',
  },
  { name: 'a part without a test', files: {}, parts: ['unit'], status: 1, last: 'tests: 0 passed, 1 failed' },
];
for (const { name, files, parts, status, last } of totals) {
  test(`sum-results: ${name}`, (t) => {
    const folder = sampleFolder(t, files);
    const result = run('scripts/sum-results.py', ['--folder', folder, ...parts]);
    assert.equal(result.status, status, result.output);
    assert.equal(result.output.trimEnd().split('\n').at(-1), last);
  });
}

const report = `<?xml version="1.0"?><testsuites><testsuite name="A">
<testcase classname="A" name="passes" status="run" result="completed" />
<testcase classname="A" name="waits" status="run" result="skipped"><skipped message="a_test.cpp:7&#x0A;no data&#x0A;here"/></testcase>
<testcase classname="A" name="fails" status="run" result="completed"><failure message="x"/></testcase>
<testcase classname="A" name="filtered" status="notrun" result="suppressed" />
</testsuite></testsuites>`;

/** @type {{ name: string, body: string, expected: [number, number, number], skips: string[] }[]} */
const binaries = [
  {
    name: 'a report',
    body: `cat > "$\{1#--gtest_output=xml:}" <<'X'\n${report}\nX\nexit 1`,
    expected: [1, 1, 1],
    skips: ['A.waits: no data here'],
  },
  {
    name: 'a crash',
    body: 'echo "[ RUN      ] A.x"\necho "[       OK ] A.x (0 ms)"\necho "[  SKIPPED ] A.w (0 ms)"\necho "[ RUN      ] A.y"\nkill -SEGV $$',
    expected: [1, 1, 1],
    skips: ['A.w (0 ms): see the log of unit_a'],
  },
  { name: 'an endless binary', body: 'exec sleep 60', expected: [0, 1, 0], skips: [] },
];
for (const { name, body, expected, skips } of binaries) {
  test(`run-gtests: ${name}`, (t) => {
    const folder = sampleFolder(t, { unit_a: `#!/bin/bash\n${body}\n` });
    run('chmod', ['+x', join(folder, 'unit_a')]);
    const args = ['--part', 'unit', '--folder', folder, '--timeout', '2', join(folder, 'unit_a')];
    assert.equal(run('scripts/run-gtests.py', args).status, 1);
    const counted = JSON.parse(readFileSync(join(folder, 'unit.gtest.json'), 'utf8'));
    assert.deepEqual([counted.passed, counted.failed, counted.skipped], expected);
    assert.deepEqual(counted.skips, skips);
  });
}

/** Runs node --test on the files of a sample folder, with our reporter, and returns its counts.
 * @param {string} folder @param {string[]} files */
function reported(folder, files) {
  const result = join(folder, 'unit.node.json');
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const reporter = join(repository, 'scripts/node-reporter.mjs');
  run('node', ['--test', `--test-reporter=${reporter}`, ...files.map((file) => join(folder, file))], {
    env: { ...environment, NODE_TEST_RESULT: result },
  });
  return JSON.parse(readFileSync(result, 'utf8'));
}

test('node-reporter: counts tests, not suites', (t) => {
  const folder = sampleFolder(t, {
    'a.test.mjs': `import { describe, test } from 'node:test';
      describe('suite', () => { test('passes', () => {}); test('fails', () => { throw new Error('no'); }); });
      test('waits', { skip: 'why' }, () => {});`,
    'b.test.mjs': `throw new Error('cannot load');`,
  });
  const { passed, failed, skipped } = reported(folder, ['a.test.mjs', 'b.test.mjs']);
  assert.deepEqual([passed, failed, skipped], [1, 2, 1]);
});

test('node-reporter: a skipped suite is told with its reason, up to the last line of the total', (t) => {
  const folder = sampleFolder(t, {
    'a.test.mjs': `import { describe, test } from 'node:test';
      describe('the main job', { skip: 'the fixtures are absent' }, () => { test('one', () => {}); test('two', () => {}); });
      test('passes', () => {});
      test('bare', { skip: true }, () => {});`,
  });
  const { passed, failed, skipped, skips } = reported(folder, ['a.test.mjs']);
  assert.deepEqual([passed, failed, skipped], [1, 0, 2]);
  assert.match(skips[0], /a\.test\.mjs: the main job: the fixtures are absent$/);
  assert.match(skips[1], /a\.test\.mjs: bare: no reason given$/);
  const { output } = run('scripts/sum-results.py', ['--folder', folder, 'unit']);
  assert.match(output, /skipped: unit: .*the main job: the fixtures are absent\n/);
  assert.equal(output.trimEnd().split('\n').at(-1), 'tests: 1 passed, 0 failed, 2 skipped');
});
