// What no file of the deployment may say.
// @ts-check
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repository } from './sample.mjs';

/** @param {string} path */
const read = (path) => readFileSync(join(repository, path), 'utf8');
/** @param {string} folder @param {RegExp} name */
const filesIn = (folder, name) => readdirSync(join(repository, folder)).filter((file) => name.test(file)).map((file) => join(folder, file));

const dockerfile = 'apps/backend/Dockerfile';
const composeFiles = filesIn('.', /^docker-compose.*\.yml$/);
const scripts = [...filesIn('scripts', /\.sh$/), ...filesIn('scripts/lib', /\.sh$/)];

test('the image is labelled with the newest schema of the sources', () => {
  const newest = Math.max(...readdirSync(join(repository, 'apps/backend/src/db/migrations')).map((name) => parseInt(name, 10)));
  assert.equal(/^ARG SCHEMA_MAX=(\d+)$/m.exec(read(dockerfile))?.[1], String(newest));
});

test('no build needs a frontend from a registry', () => {
  const dockerfiles = [dockerfile, ...readdirSync(join(repository, 'scripts/ci/test-images'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `scripts/ci/test-images/${name}/Dockerfile`)];
  for (const path of dockerfiles) assert.doesNotMatch(read(path), /^# *syntax=/m, path);
});

test('no layout takes a floating image or publishes to every address', () => {
  assert.ok(composeFiles.length >= 8);
  for (const path of composeFiles) {
    assert.doesNotMatch(read(path), /:latest|image: [^\n]*postgres:16(?!-)/, path);
    assert.doesNotMatch(read(path), /["-] ?0\.0\.0\.0:/, path);
  }
});

test('no script removes volumes or prunes the system', () => {
  assert.ok(scripts.length >= 15);
  for (const path of scripts) {
    const code = read(path).replace(/^\s*#.*$/gm, '');
    assert.doesNotMatch(code, /\bdown\b[^\n]*(\s-v\b|--volumes)|volume (rm|prune)|system prune/, path);
  }
});
