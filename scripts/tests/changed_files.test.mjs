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

test('check-tidy names the files that it has no time for, and says how many it has looked at', (t) => {
  const { folder } = scratchRepository(t);
  mkdirSync(join(folder, 'build/dev'), { recursive: true });
  mkdirSync(join(folder, 'bin'));
  for (const name of ['slow.cpp', 'quick.cpp', 'faulty.cpp']) writeFileSync(join(folder, name), '');
  const files = ['slow.cpp', 'quick.cpp', 'faulty.cpp'].map((name) => ({ file: `${folder}/${name}` }));
  writeFileSync(join(folder, 'build/dev/compile_commands.json'), JSON.stringify(files).replaceAll('":"', '": "'));
  const tool = '#!/bin/sh\nfor last; do :; done\ncase $last in slow*) exec sleep 20;; faulty*) echo "a finding"; exit 1;; esac\n';
  writeFileSync(join(folder, 'bin/clang-tidy-14'), tool, { mode: 0o755 });
  const tidy = (/** @type {string[]} */ ...names) => {
    const done = spawnSync('scripts/check-tidy.sh', names, {
      cwd: folder, encoding: 'utf8',
      env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}`, TIDY_SECONDS: '2' },
    });
    return { status: done.status, output: done.stdout + done.stderr };
  };
  const short = tidy('quick.cpp', 'slow.cpp');
  assert.equal(short.status, 0, short.output);
  assert.match(short.output, /no time left for: slow\.cpp/);
  assert.match(short.output, /no findings in 1 of 2 changed files/);
  const found = tidy('faulty.cpp', 'quick.cpp');
  assert.equal(found.status, 1, found.output);
  assert.match(found.output, /a finding[\s\S]*findings in faulty\.cpp/);
});
