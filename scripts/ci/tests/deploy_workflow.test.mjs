// The steps of the deploy workflow, executed as its runner does, against a real sshd, rsync and Docker on loopback.
// @ts-check
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { scratchCheckout, writeEnvFile } from './support/checkout.mjs';
import { request } from './support/http.mjs';
import { docker, freePorts, run, succeed, waitFor } from './support/process.mjs';
import { buildRelease, releaseImage } from './support/releases.mjs';
import { deployedSettings, images } from './support/stack.mjs';

/** @typedef {{ name: string, id?: string, run?: string, if?: string }} Step */

/**
 * An sshd with keys and settings of its own, stopped by its pid after the test.
 * @param {import('node:test').TestContext} t
 * @param {Record<string, string>} env of everybody who comes in
 */
async function startSshd(t, env) {
  const folder = mkdtempSync(join(tmpdir(), 'aspectavy-sshd-'));
  const [port] = await freePorts(1);
  for (const key of ['host', 'user', 'other'])
    await succeed('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)]);
  writeFileSync(join(folder, 'authorized_keys'), readFileSync(join(folder, 'user.pub')));
  mkdirSync('/run/sshd', { recursive: true }); // sshd's own requirement
  writeFileSync(
    join(folder, 'config'),
    `ListenAddress 127.0.0.1:${port}
HostKey ${folder}/host
PidFile ${folder}/pid
AuthorizedKeysFile ${folder}/authorized_keys
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
SetEnv ${Object.entries(env).map(([name, value]) => `${name}=${value}`).join(' ')}
`,
  );
  const sshd = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(folder, 'config')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  t.after(async () => {
    if (sshd.exitCode === null) {
      sshd.kill();
      await once(sshd, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  });
  await waitFor(
    'sshd listens',
    () => new Promise((resolve, reject) => connect(port, '127.0.0.1', () => resolve(true)).on('error', reject)),
  );
  const keyOf = (/** @type {string} */ name) => readFileSync(join(folder, name), 'utf8');
  return {
    port,
    userKey: keyOf('user'),
    knownHosts: `[127.0.0.1]:${port} ${keyOf('host.pub')}`,
    otherHost: `[127.0.0.1]:${port} ${keyOf('other.pub')}`,
  };
}

/**
 * Runs the steps of a job in order, as a runner does: each in `bash -e`, an `if` decides, after a failure only always().
 * @param {string} checkout @param {string} job @param {Record<string, string>} secrets
 */
async function runJob(checkout, job, secrets) {
  const temp = mkdtempSync(join(tmpdir(), 'aspectavy-runner-'));
  const workflow = parse(readFileSync(join(checkout, '.github/workflows/deploy.yml'), 'utf8'));
  const fill = (/** @type {string} */ value) =>
    value.replace(/\$\{\{ (?:secrets|vars)\.(\w+) \}\}/, (_, name) => secrets[name] ?? '');
  const env = {
    PATH: process.env.PATH,
    HOME: temp,
    RUNNER_TEMP: temp,
    GITHUB_OUTPUT: join(temp, 'output'),
    GITHUB_STEP_SUMMARY: join(temp, 'summary'),
    ...Object.fromEntries(Object.entries(workflow.jobs[job].env).map(([name, value]) => [name, fill(String(value))])),
  };
  for (const name of ['output', 'summary']) writeFileSync(join(temp, name), '');
  let log = '';
  let failed = false;
  const ran = [];
  for (const step of /** @type {Step[]} */ (workflow.jobs[job].steps.filter((/** @type {Step} */ { run }) => run))) {
    const configured = readFileSync(join(temp, 'output'), 'utf8').includes('configured=true');
    const wanted =
      step.if === 'always()' ||
      (!failed && (!step.if || (step.if === "steps.guard.outputs.configured == 'true'" && configured)));
    if (!wanted) continue;
    writeFileSync(join(temp, 'step.sh'), /** @type {string} */ (step.run));
    const { status, stdout, stderr } = await run(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', join(temp, 'step.sh')],
      { cwd: checkout, env },
    );
    log += stdout + stderr;
    ran.push(step.name);
    if (status !== 0) failed = true;
  }
  const summary = readFileSync(join(temp, 'summary'), 'utf8');
  const keyLeft = existsSync(join(temp, 'aspectavy-deploy'));
  rmSync(temp, { recursive: true, force: true });
  return { failed, ran, log, summary, keyLeft };
}

test('the workflow deploys this commit to a server, and leaves there what is the server’s', async (t) => {
  const project = `aspectavy-staging-${randomBytes(4).toString('hex')}`;
  const volume = `${project}-db`;
  const image = releaseImage();
  const server = { DOCKER_HOST: process.env.DOCKER_HOST ?? '', COMPOSE_PROJECT_NAME: project, POSTGRES_VOLUME_NAME: volume };
  const sshd = await startSshd(t, server);
  const checkout = await scratchCheckout(t, { git: true });
  const sha = (await succeed('git', ['rev-parse', 'HEAD'], { cwd: checkout })).trim();
  await buildRelease(t, image, sha);
  const home = mkdtempSync(join(tmpdir(), 'aspectavy-server-'));
  const path = join(home, 'app');
  const [apiPort] = await freePorts(1);
  mkdirSync(join(path, 'apps/backend'), { recursive: true });
  writeEnvFile(join(path, 'apps/backend/.env.staging.local'), {
    ...deployedSettings,
    POSTGRES_PASSWORD: 'p@ss/w#rd% $HOME',
    POSTGRES_IMAGE: images.postgres15,
    BACKEND_IMAGE: image,
    EDGE_PROXY_API_PORT: String(apiPort),
  });
  t.after(async () => {
    const target =
      'source scripts/lib/say.sh; source scripts/lib/stack.sh; select_stack staging-bundled; compose down --timeout 5';
    await run('bash', ['-c', target], { cwd: path, env: { ...process.env, ...server } });
    await docker('volume', 'rm', '--force', volume);
    rmSync(home, { recursive: true, force: true });
  });
  const secrets = {
    DEPLOY_STAGING_SSH_HOST: '127.0.0.1',
    DEPLOY_STAGING_SSH_PORT: String(sshd.port),
    DEPLOY_STAGING_SSH_USER: 'root',
    DEPLOY_STAGING_SSH_KEY: sshd.userKey,
    DEPLOY_STAGING_SSH_KNOWN_HOSTS: sshd.knownHosts,
    DEPLOY_STAGING_PATH: path,
  };
  const allSteps = ['See whether staging is configured', 'Deploy to staging', 'Remove the key'];

  await t.test('without secrets it is green and nothing is copied', async () => {
    const { failed, ran, log } = await runJob(checkout, 'deploy-staging', {});
    assert.deepEqual([failed, ran], [false, [allSteps[0], allSteps[2]]], log);
    assert.ok(!existsSync(join(path, 'scripts')));
  });

  await t.test('another host key than the pinned one: nothing is copied', async () => {
    const { failed, log, keyLeft } = await runJob(checkout, 'deploy-staging', {
      ...secrets,
      DEPLOY_STAGING_SSH_KNOWN_HOSTS: sshd.otherHost,
    });
    assert.ok(failed && !keyLeft);
    assert.match(log, /Host key verification failed/);
    assert.ok(!existsSync(join(path, 'scripts')));
  });

  await t.test('with them the commit serves', async () => {
    const { failed, ran, log, summary, keyLeft } = await runJob(checkout, 'deploy-staging', secrets);
    assert.deepEqual([failed, ran], [false, allSteps], log);
    const { body } = await request(`http://127.0.0.1:${apiPort}/readyz`);
    assert.ok(sha.startsWith(JSON.parse(body).build.sha), body);
    assert.match(
      summary,
      new RegExp(
        `### staging: deployed\n[^]*\\| commit \\| \`${sha}\` \\|\n\\| layout \\| staging-bundled \\|\n\\| readyz \\| ok +readyz +200`,
      ),
    );
    assert.ok(!keyLeft);
    assert.doesNotMatch(log, /OPENSSH PRIVATE KEY|p@ss/);
    for (const absent of ['tools', '.git', 'scripts/tests', 'scripts/ci', 'apps/backend/tests'])
      assert.ok(!existsSync(join(path, absent)), absent);
  });

  await t.test('again, over what the server has written: kept, while strays of an older bundle go', async () => {
    const own = ['.env', 'backups/staging-bundled-20260101-000000.dump', 'terrain/tyrol.store', 'config/feeds.json'];
    for (const name of own) {
      mkdirSync(join(path, name, '..'), { recursive: true });
      writeFileSync(join(path, name), '');
    }
    writeFileSync(join(path, 'scripts/lib/stray.sh'), '');
    const api = await docker('ps', '--quiet', '--filter', `label=com.docker.compose.project=${project}`);
    const { failed, log } = await runJob(checkout, 'deploy-staging', {
      ...secrets,
      DEPLOY_STAGING_SSH_KNOWN_HOSTS: '',
    });
    assert.ok(!failed, log);
    assert.match(log, /::warning::host key not pinned: set DEPLOY_STAGING_SSH_KNOWN_HOSTS/);
    for (const name of [...own, 'apps/backend/.env.staging.local', '.deploy/staging/current.json'])
      assert.ok(existsSync(join(path, name)), name);
    assert.ok(!existsSync(join(path, 'scripts/lib/stray.sh')));
    assert.equal(await docker('ps', '--quiet', '--filter', `label=com.docker.compose.project=${project}`), api);
  });
});
