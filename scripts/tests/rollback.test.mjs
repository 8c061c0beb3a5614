// rollback.sh on a host made of files: every exit code and message.
// @ts-check
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { changes, shaOf, tagOf, useDeployed } from './support/deployment.mjs';

const deployed = useDeployed();

describe('rollback', { concurrency: 4 }, () => {
  test('to the release before, and forth again', async (t) => {
    const d = await deployed(t, 2);
    const { status, stdout, stderr } = await d.run('rollback.sh', ['staging']);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /Rolled staging back to 1{12}/);
    assert.deepEqual(changes(d.calls()), ['up --detach --no-build --no-deps --wait --wait-timeout 1 api worker']);
    assert.equal(d.record('staging/current.json').tag, tagOf(1));
    assert.equal(d.record('staging/previous.json').tag, tagOf(2));
    assert.equal((await d.run('rollback.sh', ['staging'])).status, 0);
    assert.equal(d.state('running'), tagOf(2));
  });

  test('to a named release, in the layout that was deployed', async (t) => {
    const d = await deployed(t, 3);
    const { status, stderr } = await d.run('rollback.sh', ['staging', '1111111'], {
      ASPECTAVY_STAGING_USE_BUNDLED_DB: '0',
    });
    assert.equal(status, 0, stderr);
    assert.equal(d.record('staging/current.json').sha, shaOf(1));
    assert.equal(d.record('staging/current.json').layout, 'staging-bundled');
  });

  test('across an incompatible schema: 5, and which backup to restore', async (t) => {
    const d = await deployed(t, 2);
    for (const name of ['schema', 'compatible']) writeFileSync(join(d.fake, name), '45\n');
    const { status, stderr } = await d.run('rollback.sh', ['staging']);
    assert.equal(status, 5);
    assert.match(
      stderr,
      /schema 45 is newer than image 1{12} \(max 3\) and not compatible with it; restore a backup first: docker compose .* stop api worker && FORCE=1 \.\/scripts\/restore-postgres\.sh staging-bundled backups\/\S+\.dump && \.\/scripts\/rollback\.sh staging 1{40}/,
    );
    assert.equal(d.state('running'), tagOf(2));
  });

  test('to a release newer than the database: 5, deploy it instead', async (t) => {
    const d = await deployed(t, 1);
    d.image(2, 4);
    const { status, stderr } = await d.run('rollback.sh', ['staging', shaOf(2)]);
    assert.equal(status, 5);
    assert.match(stderr, /that is a newer release: deploy it/);
  });

  test('a release that fails when it is put back: the current one returns, 8', async (t) => {
    const d = await deployed(t, 2);
    d.image(1, 3, 'unhealthy');
    const { status, stderr } = await d.run('rollback.sh', ['staging']);
    assert.equal(status, 8, stderr);
    assert.equal(d.state('running'), tagOf(2));
    assert.equal(d.record('staging/current.json').tag, tagOf(2));
  });

  test('an image that is gone: 3; nothing recorded: 4', async (t) => {
    const d = await deployed(t, 1);
    const { status, stderr } = await d.run('rollback.sh', ['staging', shaOf(9)]);
    assert.equal(status, 3);
    assert.match(stderr, /there is no image aspectavy-backend:9{12} on this host/);
    assert.equal((await d.run('rollback.sh', ['staging'])).status, 4);
    assert.equal((await d.run('rollback.sh', ['production'])).status, 4);
    assert.equal((await d.run('rollback.sh', ['staging', 'HEAD'])).status, 2);
  });
});
