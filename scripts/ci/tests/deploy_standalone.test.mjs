// Deploying production with our own Caddy: the smoke check goes through TLS, as a client does.
// @ts-check
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { docker, run } from './support/process.mjs';
import { buildRelease, releaseImage } from './support/releases.mjs';
import { images, prepareStack } from './support/stack.mjs';

test('production with our own edge: a foreign owner of its port is refused, then all of it is deployed and checked', async (t) => {
  const image = releaseImage();
  const stack = await prepareStack(t, 'production-bundled', {
    env: { POSTGRES_IMAGE: images.postgres15, BACKEND_IMAGE: image },
  });
  // The stack's own hook has taken it down by then; the volume is not Compose's.
  t.after(() => docker('volume', 'rm', '--force', stack.volume));
  const release = await buildRelease(t, image, 'f6'.repeat(20));
  writeFileSync(join(stack.folder, '.deploy-sha'), `${release.sha}\n`);
  const deploy = () =>
    run(join(stack.folder, 'scripts/deploy-stack.sh'), ['production'], {
      cwd: '/',
      env: { ...stack.env, BACKEND_TAG: undefined, ASPECTAVY_PRODUCTION_USE_BUNDLED_DB: '1' },
    });

  const foreign = createServer().listen(stack.httpsPort, '127.0.0.1');
  await once(foreign, 'listening');
  const refused = await deploy();
  foreign.close();
  assert.equal(refused.status, 4, refused.stdout + refused.stderr);
  assert.match(refused.stdout + refused.stderr, /belong to another process; set ASPECTAVY_PRODUCTION_DEPLOY_MODE=edge/);
  assert.equal(await stack.mustCompose('ps', '--all', '--quiet'), '');

  const { status, stdout, stderr } = await deploy();
  assert.equal(status, 0, stdout + stderr);
  for (const name of ['readyz', 'sha', 'metrics', 'hsts', 'redirect', 'certificate']) {
    assert.match(stdout, new RegExp(`^ok +${name} `, 'm'), stdout);
  }
  const ports = await docker(
    'ps',
    '--filter',
    `label=com.docker.compose.project=${stack.project}`,
    '--format',
    '{{.Ports}}',
  );
  assert.doesNotMatch(ports, /(^|[ ,])(0\.0\.0\.0|\[::\]):/m);
});
