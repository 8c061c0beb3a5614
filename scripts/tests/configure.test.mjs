// What ./run installs must be enough to configure the build it makes: a fresh machine has no package of the group "test".
// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repository, run, sampleFolder } from './sample.mjs';

test('the release build configures without the packages of tests, and refuses their targets', (t) => {
  const folder = join(sampleFolder(t, {}), 'build');
  const configured = run(
    'cmake',
    ['--preset', 'release', '-B', folder, '-DCMAKE_DISABLE_FIND_PACKAGE_GTest=ON', '-DCMAKE_DISABLE_FIND_PACKAGE_benchmark=ON'],
    { cwd: join(repository, 'apps/backend') },
  );
  assert.equal(configured.status, 0, configured.output);
  const program = run('ninja', ['-C', folder, '-t', 'query', 'aspectavy']);
  assert.equal(program.status, 0, program.output);
  const { status, output } = run('ninja', ['-C', folder, '-k', '0', 'unit_tests', 'integration_tests', 'bench_queue']);
  assert.equal(status, 1, output);
  assert.match(output, /error: unit_tests: libgtest-dev/);
  assert.match(output, /error: integration_tests: libgtest-dev/);
  assert.match(output, /error: bench_queue: libbenchmark-dev/);
  assert.equal(readFileSync(join(folder, 'test_binaries.txt'), 'utf8'), '');
});
