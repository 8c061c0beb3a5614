// The installation of packages: services stay down, and nobody's own policy is touched.
// @ts-check
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sampleFolder } from './sample.mjs';

/** A copy of the script whose policy file and apt-get are stand-ins. @param {import('node:test').TestContext} context */
function scene(context) {
  const folder = sampleFolder(context, {});
  const policy = join(folder, 'policy-rc.d');
  const script = join(folder, 'apt-without-services.sh');
  const source = readFileSync(new URL('../apt-without-services.sh', import.meta.url), 'utf8');
  assert.ok(source.includes('policy=/usr/sbin/policy-rc.d\n'));
  writeFileSync(script, source.replace('/usr/sbin/policy-rc.d', policy));
  mkdirSync(join(folder, 'bin'));
  const apt = join(folder, 'bin', 'apt-get');
  // What a maintainer script does: it asks before it starts a service.
  writeFileSync(apt, `#!/bin/sh\necho "apt-get $*" >"${folder}/argv"\n"${policy}" ssh start; echo $? >"${folder}/answer"\nexit "\${APT_STATUS:-0}"\n`);
  chmodSync(apt, 0o755);
  /** @param {Record<string, string>} [env] */
  const run = (env = {}) => execFileSync('sh', [script, 'install', '-y', 'x'], { env: { PATH: `${folder}/bin:/usr/bin:/bin`, ...env } });
  return { policy, run, read: (/** @type {string} */ name) => readFileSync(join(folder, name), 'utf8').trim() };
}

test('services are forbidden while apt runs, and afterwards nothing is left', (context) => {
  const { policy, run, read } = scene(context);
  run();
  assert.deepEqual([read('argv'), read('answer')], ['apt-get install -y x', '101']);
  assert.ok(!existsSync(policy));
  assert.throws(() => run({ APT_STATUS: '100' }), (/** @type {any} */ error) => error.status === 100);
  assert.ok(!existsSync(policy), 'also after a failure');
});

test('a policy that is there already answers, and stays', (context) => {
  const { policy, run, read } = scene(context);
  writeFileSync(policy, '#!/bin/sh\nexit 104\n');
  chmodSync(policy, 0o755);
  run();
  assert.equal(read('answer'), '104');
  assert.ok(existsSync(policy));
});
