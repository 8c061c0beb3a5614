// On a clean checkout no package is installed: type-checking must install all it reads before it begins.
// @ts-check
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repository, run, sampleFolder } from './sample.mjs';

test('typecheck: the packages of the companion are there before the first tsc', (t) => {
  const folder = sampleFolder(t, {
    'package-lock.json': '{}',
    'apps/web/package-lock.json': '{}',
    'apps/web/package.json': '{}',
    'log': '',
  });
  mkdirSync(join(folder, 'scripts'));
  copyFileSync(join(repository, 'scripts/typecheck.sh'), join(folder, 'scripts/typecheck.sh'));
  cpSync(join(repository, 'scripts/lib'), join(folder, 'scripts/lib'), { recursive: true });
  // npm and npx write down what was asked of them; "npm ci" leaves an empty node_modules.
  for (const name of ['npm', 'npx']) {
    const stub = join(folder, 'bin', name);
    mkdirSync(join(folder, 'bin'), { recursive: true });
    writeFileSync(stub, `#!/bin/bash\necho "${name} $*" >>log\n[[ $1 != ci ]] || mkdir -p "$3/node_modules"\n`);
    chmodSync(stub, 0o755);
  }
  const { status, output } = run('bash', [join(folder, 'scripts/typecheck.sh')], {
    cwd: folder,
    env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` },
  });
  assert.equal(status, 0, output);
  const asked = readFileSync(join(folder, 'log'), 'utf8').trim().split('\n').map((line) => line.split(' ').slice(0, 4).join(' '));
  assert.deepEqual(asked, [
    'npm ci --prefix .',
    'npm ci --prefix apps/web',
    'npx --no-install tsc --project',
    'npm run --silent --prefix',
  ]);
});
