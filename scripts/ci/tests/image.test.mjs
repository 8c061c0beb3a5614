// What the image is, what is in it and what is not, and that it runs confined.
// @ts-check
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { scratchCheckout } from './support/checkout.mjs';
import { docker, run, succeed } from './support/process.mjs';
import { images } from './support/stack.mjs';

const base = 'debian:bookworm-slim';
const confined = ['--rm', '--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--network', 'none'];
const maxBytes = 190e6;

/** Output of a command of the base system inside an image. @param {string} image @param {...string} command */
async function inside(image, ...command) {
  return docker('run', ...confined, '--cap-add', 'DAC_READ_SEARCH', '--user', '0', '--entrypoint', command[0], image, ...command.slice(1));
}

/** @param {string} image @param {string} script */
async function linesOf(image, script) {
  const text = await inside(image, '/bin/sh', '-c', script);
  return text ? text.split('\n').sort() : [];
}

/** @type {any} */
const image = JSON.parse(await docker('inspect', images.backend))[0];

test('runs as one unprivileged user, api by default, the others by command only', () => {
  const { User, Entrypoint, Cmd, Volumes, ExposedPorts, StopSignal, Healthcheck } = image.Config;
  assert.equal(User, '10001:10001');
  assert.deepEqual(Entrypoint, ['/usr/bin/tini', '--', '/usr/local/bin/aspectavy']);
  assert.deepEqual(Cmd, ['api']);
  assert.equal(Volumes ?? null, null);
  assert.deepEqual(Object.keys(ExposedPorts).sort(), ['3001/tcp', '9464/tcp']);
  assert.equal(StopSignal, 'SIGTERM');
  assert.equal(Healthcheck, undefined);
});

test('says what it is: title, licence, commit, and the newest schema it knows', async () => {
  const { Labels } = image.Config;
  assert.equal(Labels['org.opencontainers.image.title'], 'AspectAvy');
  assert.equal(Labels['org.opencontainers.image.licenses'], 'Apache-2.0');
  assert.ok(Labels['org.opencontainers.image.revision']);
  assert.equal(await docker('run', ...confined, images.backend, 'schema', '--max'), Labels['aspectavy.schema.max']);
});

test('runs read-only, without capabilities, without network', async () => {
  assert.match(await docker('run', ...confined, images.backend, '--version'), /^aspectavy \d+\.\d+\.\d+ \(.+\)$/);
  const status = await docker('run', ...confined, '--entrypoint', '/bin/cat', images.backend, '/proc/self/status');
  assert.match(status, /^Uid:\t10001\t/m);
  assert.match(status, /^CapEff:\t0+$/m);
});

test('brings no program but its own, an init and the certificates’', async () => {
  const list = 'find /usr/local/bin /usr/local/sbin /usr/bin /usr/sbin ! -type d';
  const [ours, theirs] = await Promise.all([linesOf(images.backend, list), linesOf(base, list)]);
  const added = ours.filter((path) => !theirs.includes(path));
  const certificates = ['/usr/bin/c_rehash', '/usr/bin/openssl', '/usr/sbin/update-ca-certificates'];
  const allowed = ['/usr/bin/tini', '/usr/local/bin/aspectavy', ...certificates];
  assert.deepEqual(added.filter((path) => !allowed.includes(path)), []);
  assert.ok(added.includes('/usr/local/bin/aspectavy'));
});

test('has no set-user-id or set-group-id file that the base has not', async () => {
  const list = 'find / -xdev -type f -perm /6000';
  const [ours, theirs] = await Promise.all([linesOf(images.backend, list), linesOf(base, list)]);
  assert.deepEqual(ours.filter((path) => !theirs.includes(path)), []);
});

test('has nothing that its user may write, but the folder of the demo', async () => {
  const writable = await linesOf(images.backend, 'find / -xdev \\( -user 10001 -o -group 10001 \\)');
  assert.deepEqual(writable, ['/var/lib/aspectavy/demo']);
});

test('has no secret, no settings of the build, no legacy tool', async () => {
  const history = await docker('history', '--no-trunc', '--format', '{{.CreatedBy}}', images.backend);
  assert.doesNotMatch(history, /_authToken|registry=|SECRET|PASSWORD|https?:\/\//);
  const names = await linesOf(images.backend, 'find / -xdev \\( -name "*.env*" -o -name ".npmrc" -o -name "build-ca*" \\)');
  assert.deepEqual(names, []);
  const legacy = await linesOf(images.backend, 'find / -xdev -iname "*firebase*" -o -xdev -iname "*legacy-*export*"');
  assert.deepEqual(legacy, []);
});

test('has what the program reads: companion, certificates, time zones, PROJ', async () => {
  for (const path of [
    '/usr/local/share/aspectavy/web/index.html',
    '/usr/local/share/aspectavy/LICENSE',
    '/etc/ssl/certs/ca-certificates.crt',
    '/usr/share/zoneinfo/Europe/Vienna',
    '/usr/share/proj/proj.db',
    '/usr/share/proj/CHENYX06a.gsb',
  ]) {
    await inside(images.backend, '/usr/bin/test', '-s', path);
  }
});

test(`is at most ${maxBytes / 1e6} MB`, async (t) => {
  const baseBytes = Number(await docker('inspect', '--format', '{{.Size}}', base));
  t.diagnostic(`image ${Math.round(image.Size / 1e6)} MB, of which the base is ${Math.round(baseBytes / 1e6)} MB`);
  assert.ok(image.Size <= maxBytes, `${image.Size} bytes`);
});

test('the build sees no secret, backup or tool of the checkout', async (t) => {
  const folder = await scratchCheckout(t);
  const kept = ['.env', 'apps/backend/.env.production.local', 'apps/web/.env', 'backups/a.dump', '.deploy/current.json'];
  for (const path of [...kept, 'tools/legacy-firebase-export/index.js', 'apps/backend/src/.env.local', 'apps/backend/tests/x.cpp']) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), 'secret');
  }
  const args = ['build', '--quiet', '--file', '-', '--output', `type=tar,dest=${join(folder, 'context.tar')}`, '.'];
  const { status, stderr } = await run('docker', args, { cwd: folder, input: 'FROM scratch\nCOPY . /\n' });
  assert.equal(status, 0, stderr);
  const listed = (await succeed('tar', ['tf', join(folder, 'context.tar')])).split('\n').filter((path) => path && !path.endsWith('/'));
  assert.deepEqual(listed.filter((path) => !/^(LICENSE|apps\/(backend\/(src|cmake)\/|backend\/(CMake|layers)|web\/))/.test(path)), []);
  assert.deepEqual(listed.filter((path) => path.includes('.env') || path.includes('tests/')), []);
  assert.ok(listed.includes('apps/backend/src/app/main.cpp'));
});
