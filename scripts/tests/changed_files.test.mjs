// What the checks take for changed, and that a check without time for it does not pass in CI.
// @ts-check
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repository, sampleFolder } from './sample.mjs';

/** A repository of its own with the script under test. @param {import('node:test').TestContext} t */
function scratchRepository(t) {
  const folder = sampleFolder(t, {});
  mkdirSync(join(folder, 'scripts'));
  for (const name of ['changed-files.sh', 'check-tidy.sh']) {
    copyFileSync(join(repository, 'scripts', name), join(folder, 'scripts', name));
    chmodSync(join(folder, 'scripts', name), 0o755);
  }
  const git = (/** @type {string[]} */ ...args) => {
    const done = spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t.test', ...args], { cwd: folder, encoding: 'utf8' });
    assert.equal(done.status, 0, done.stderr);
    return done.stdout;
  };
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-qm', 'scripts');
  const commit = (/** @type {string} */ file, content = file) => {
    writeFileSync(join(folder, file), content);
    git('add', '.');
    git('commit', '-qm', file);
  };
  /** @param {NodeJS.ProcessEnv} [env] */
  const changed = (env = {}) => {
    const done = spawnSync('scripts/changed-files.sh', { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } });
    assert.equal(done.status, 0, done.stderr);
    return done.stdout.split('\n').filter((line) => line !== '');
  };
  return { folder, git, commit, changed };
}

test('every commit of a push counts, the newest first, and what is not committed before all', (t) => {
  const { folder, commit, changed } = scratchRepository(t);
  for (const name of ['a', 'b', 'c']) commit(name);
  writeFileSync(join(folder, 'new'), '');
  writeFileSync(join(folder, 'a'), 'edited');
  rmSync(join(folder, 'b'));
  assert.deepEqual(changed().slice(0, 3), ['a', 'new', 'c']);
  assert.ok(!changed().includes('b'), 'what is gone cannot be checked');
});

test('the nearest base counts: the number of commits, a tag, the upstream; a base that is HEAD itself does not', (t) => {
  const { git, commit, changed } = scratchRepository(t);
  for (const name of ['a', 'b', 'c', 'd']) commit(name);
  assert.deepEqual(changed({ CHANGED_COMMITS: '2' }), ['d', 'c']);
  git('tag', 'v1', 'HEAD~3');
  assert.deepEqual(changed(), ['d', 'c', 'b']);
  git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  assert.deepEqual(changed(), ['d', 'c', 'b'], 'what was just pushed is not nothing');
  git('update-ref', 'refs/remotes/origin/main', 'HEAD~1');
  assert.deepEqual(changed(), ['d']);
});

test('check-tidy: files that it has no time for fail it in CI, and are named elsewhere', (t) => {
  const { folder } = scratchRepository(t);
  mkdirSync(join(folder, 'build/dev'), { recursive: true });
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'x.cpp'), '');
  writeFileSync(join(folder, 'build/dev/compile_commands.json'), `[{"file": "${folder}/x.cpp"}]`);
  writeFileSync(join(folder, 'bin/clang-tidy-14'), '#!/bin/sh\nsleep 20\n', { mode: 0o755 });
  const tidy = (/** @type {NodeJS.ProcessEnv} */ env) => {
    const done = spawnSync('scripts/check-tidy.sh', ['x.cpp'], {
      cwd: folder, encoding: 'utf8',
      env: { ...process.env, CI: '', PATH: `${join(folder, 'bin')}:${process.env.PATH}`, TIDY_SECONDS: '1', ...env },
    });
    return { status: done.status, output: done.stdout + done.stderr };
  };
  const here = tidy({});
  assert.equal(here.status, 0, here.output);
  assert.match(here.output, /no time left for: x\.cpp/);
  const ci = tidy({ CI: 'true' });
  assert.equal(ci.status, 1, ci.output);
  assert.match(ci.output, /error: tidy: not every changed file was looked at/);
});
