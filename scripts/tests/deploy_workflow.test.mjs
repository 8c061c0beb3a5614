// The deploy workflow: what it promises as data, its steps as shell, and its guard with every combination of secrets.
// @ts-check
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { repository, run, sampleFolder } from './sample.mjs';
import { runScript } from './support/deployment.mjs';

const workflow = parse(readFileSync(join(repository, '.github/workflows/deploy.yml'), 'utf8'));
/** @typedef {{ name?: string, uses?: string, run?: string, if?: string, id?: string, with?: Record<string, unknown> }} Step */
/** @type {[string, { steps: Step[], env?: Record<string, string>, needs?: string, if?: string, environment?: string }][]} */
const jobs = Object.entries(workflow.jobs);
const steps = jobs.flatMap(([job, { steps }]) => steps.map((step) => ({ job, step })));
const environments = /** @type {const} */ (['staging', 'production']);

/** The text of the one step of a job that matches. @param {string} job @param {RegExp} pattern */
function runOf(job, pattern) {
  const found = workflow.jobs[job].steps.filter((/** @type {Step} */ { run }) => run && pattern.test(run));
  assert.equal(found.length, 1);
  return /** @type {string} */ (found[0].run);
}

test('workflow: branches, order and rights', () => {
  assert.deepEqual(workflow.on, { push: { branches: ['dev', 'master'] }, workflow_dispatch: null });
  assert.deepEqual(workflow.permissions, { contents: 'read' });
  assert.equal(workflow.concurrency['cancel-in-progress'], false);
  assert.deepEqual(
    jobs.map(([name]) => name),
    ['test', 'deploy-staging', 'deploy-production'],
  );
  for (const [environment, branch] of [
    ['staging', 'dev'],
    ['production', 'master'],
  ]) {
    const job = workflow.jobs[`deploy-${environment}`];
    assert.equal(job.if, `github.ref == 'refs/heads/${branch}'`);
    assert.equal(job.needs, 'test');
    assert.equal(job.environment, environment);
  }
});

test('workflow: the tests are those of the repository', () => {
  const { scripts } = JSON.parse(readFileSync(join(repository, 'apps/backend/package.json'), 'utf8'));
  assert.deepEqual(
    workflow.jobs.test.steps.slice(-2).map((/** @type {Step} */ { run }) => run),
    ['npm run typecheck', 'npm test'],
  );
  for (const script of Object.values(scripts))
    assert.ok(existsSync(join(repository, 'apps/backend', String(script))), String(script));
});

test('workflow: other people’s actions are pinned by commit, and there is only the checkout', () => {
  const used = steps.flatMap(({ step }) => step.uses ?? []);
  assert.equal(used.length, 3);
  for (const action of used) assert.match(action, /^actions\/checkout@[0-9a-f]{40}$/);
  for (const { step } of steps) if (step.uses) assert.equal(step.with?.['persist-credentials'], false);
});

test('workflow: exactly the named secrets, in the environment of their own job and never in a command', () => {
  const ssh = (/** @type {string} */ name) =>
    ['SSH_HOST', 'SSH_PORT', 'SSH_USER', 'SSH_KEY', 'SSH_KNOWN_HOSTS', 'PATH'].map((part) => `DEPLOY_${name}_${part}`);
  const secretsOf = (/** @type {string} */ job) =>
    Object.entries(workflow.jobs[job].env).flatMap(([name, value]) => {
      const secret = /^\$\{\{ secrets\.(\w+) \}\}$/.exec(String(value))?.[1];
      if (secret) assert.equal(secret, name);
      return secret ?? [];
    });
  assert.deepEqual(secretsOf('deploy-staging'), ssh('STAGING'));
  assert.deepEqual(secretsOf('deploy-production'), [
    ...ssh('PRODUCTION'),
    'ASPECTAVY_PRODUCTION_DEPLOY_MODE',
    'ASPECTAVY_PRODUCTION_USE_BUNDLED_DB',
  ]);
  for (const { step } of steps) assert.doesNotMatch(step.run ?? '', /\$\{\{/);
  assert.equal(
    readFileSync(join(repository, '.github/workflows/deploy.yml'), 'utf8').match(/\bsecrets\.\w/g)?.length,
    14,
  );
});

test('workflow: nothing after the guard runs without its word, but the clean-up always does', () => {
  for (const environment of environments) {
    const after = workflow.jobs[`deploy-${environment}`].steps.slice(2);
    assert.deepEqual(
      after.map((/** @type {Step} */ step) => step.if),
      ["steps.guard.outputs.configured == 'true'", 'always()'],
    );
  }
});

test('workflow: every command passes shellcheck', (t) => {
  const files = Object.fromEntries(
    steps.flatMap(({ step }, i) => (step.run ? [[`step-${i}.sh`, `#!/usr/bin/env bash\nset -e\n${step.run}\n`]] : [])),
  );
  const folder = sampleFolder(t, files);
  const { status, output } = run('shellcheck', ['-S', 'style', ...Object.keys(files)], { cwd: folder });
  assert.equal(status, 0, output);
  assert.equal(Object.keys(files).length, 10);
});

const values = {
  SSH_HOST: 'host.test',
  SSH_USER: 'deploy',
  SSH_KEY: 'secret-key-text',
  SSH_PORT: '2222',
  PATH: '/srv/aspectavy',
};

/** Runs the guard step of a job as the runner does: the text of the workflow, and a file for its outputs.
 * @param {import('node:test').TestContext} t @param {string} environment @param {Record<string, string>} settings @param {Record<string, string>} [more] */
async function guardStep(t, environment, settings, more = {}) {
  const folder = sampleFolder(t, { output: '' });
  const secrets = Object.fromEntries(
    Object.keys(values).map((name) => [`DEPLOY_${environment.toUpperCase()}_${name}`, settings[name] ?? '']),
  );
  const text = runOf(`deploy-${environment}`, / guard /);
  writeFileSync(join(folder, 'step.sh'), `cd '${repository}'\n${text}\n`);
  const result = await runScript('/bin/bash', ['--noprofile', '--norc', '-e', join(folder, 'step.sh')], {
    PATH: process.env.PATH ?? '',
    GITHUB_OUTPUT: join(folder, 'output'),
    ...secrets,
    ...more,
  });
  return { ...result, output: readFileSync(join(folder, 'output'), 'utf8') };
}

describe('guard', { concurrency: 4 }, () => {
  for (const environment of environments) {
    test(`${environment}: all 32 combinations of five secrets`, async (t) => {
      const names = /** @type {(keyof typeof values)[]} */ (Object.keys(values));
      for (let set = 0; set < 2 ** names.length; set++) {
        const given = names.filter((_, i) => set & (1 << i));
        const missing = names.filter((name) => name !== 'SSH_PORT' && !given.includes(name));
        const { status, output, stderr } = await guardStep(
          t,
          environment,
          Object.fromEntries(given.map((name) => [name, values[name]])),
        );
        const what = `${given.join(' ') || 'none'}: ${stderr}`;
        if (given.length === 0) {
          assert.deepEqual([status, output], [0, 'configured=false\n'], what);
          assert.equal(stderr, `::notice::${environment} SSH secrets are not configured; nothing deployed\n`);
        } else if (missing.length > 0) {
          assert.deepEqual([status, output], [4, ''], what);
          assert.equal(
            stderr,
            `::error::missing: ${missing.map((name) => `DEPLOY_${environment.toUpperCase()}_${name}`).join(' ')}\n`,
          );
        } else {
          assert.deepEqual([status, output, stderr], [0, 'configured=true\n', ''], what);
        }
        assert.doesNotMatch(stderr + output, /secret-key-text/);
      }
    });
  }

  test('staging that is required is an error without secrets', async (t) => {
    const { status, stderr } = await guardStep(t, 'staging', {}, { REQUIRE_STAGING: '1' });
    assert.equal(status, 4);
    assert.match(stderr, /^::error::staging SSH secrets are not configured, and REQUIRE_STAGING is set$/m);
  });

  for (const [name, value] of Object.entries({
    root: '/',
    relative: 'srv/app',
    climbing: '/srv/../etc',
    dots: '/srv/..',
    tilde: '~/app',
    words: '/srv/a b',
    command: '/srv/$(id)',
  })) {
    test(`a path is refused: ${name}`, async (t) => {
      const { status, stderr, output } = await guardStep(t, 'production', { ...values, PATH: value });
      assert.deepEqual([status, output], [4, '']);
      assert.match(stderr, /^::error::DEPLOY_PRODUCTION_PATH must be absolute/);
    });
  }

  for (const [name, value] of [
    ['SSH_HOST', '-oProxyCommand=id'],
    ['SSH_HOST', 'a b'],
    ['SSH_USER', 'root;id'],
    ['SSH_PORT', '22x'],
  ]) {
    test(`${name} "${value}" is refused`, async (t) => {
      const { status, stderr } = await guardStep(t, 'staging', { ...values, [name]: value });
      assert.equal(status, 4);
      assert.match(stderr, new RegExp(`::error::DEPLOY_STAGING_${name} is no `));
    });
  }
});

test('bundle: every named path is in the repository, and neither it nor the image has tools, secrets or tests', () => {
  const paths = readFileSync(join(repository, 'infra/deploy/bundle.txt'), 'utf8')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'));
  const files = execFileSync('git', ['ls-files', '--', ...paths], { cwd: repository, encoding: 'utf8' })
    .split('\n')
    .filter(Boolean);
  for (const path of paths)
    assert.ok(
      files.some((file) => file === path || file.startsWith(`${path}/`)),
      `${path} is in no file`,
    );
  for (const file of files) assert.doesNotMatch(file, /^tools\/|legacy-firebase|(^|\/)tests?\/|\.local$|\.pem$/);
  for (const file of [
    'scripts/deploy-stack.sh',
    'scripts/rollback.sh',
    'scripts/smoke-check.sh',
    'scripts/preflight.sh',
    'docker-compose.production.yml',
  ])
    assert.ok(files.includes(file), file);
});

test('image: nothing by default, and what is let in is in the bundle that it is built from', () => {
  const lines = (/** @type {string} */ file) =>
    readFileSync(join(repository, file), 'utf8')
      .split('\n')
      .filter((line) => line && !line.startsWith('#'));
  const [first, ...rules] = lines('.dockerignore');
  assert.equal(first, '*');
  const bundled = lines('infra/deploy/bundle.txt');
  const letIn = rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1));
  assert.ok(letIn.length > 0);
  for (const path of letIn) {
    assert.doesNotMatch(path, /^(tools|scripts|docs)(\/|$)|legacy-firebase|[*]/);
    if (existsSync(join(repository, path)))
      assert.ok(
        bundled.some((listed) => listed === path || path.startsWith(`${listed}/`)),
        `${path} is not in the bundle`,
      );
  }
});

test('bundle: scripts of the bundle source only what the bundle has', () => {
  const paths = readFileSync(join(repository, 'infra/deploy/bundle.txt'), 'utf8')
    .split('\n')
    .filter((line) => /^scripts\/.*\.sh$/.test(line));
  for (const path of paths) {
    const text = readFileSync(join(repository, path), 'utf8');
    const listed = /^for part in ([^;]+); do$/m.exec(text)?.[1].split(/[\s\\]+/) ?? [];
    const parts = [
      ...listed,
      ...[...text.matchAll(/^(?:source|\.) scripts\/lib\/(\w+)\.sh$/gm)].map(([, part]) => part),
    ];
    assert.ok(parts.length > 0, path);
    for (const part of parts) assert.ok(existsSync(join(repository, `scripts/lib/${part}.sh`)), `${path}: ${part}`);
  }
});

test('bundle: made of the commit, and refused where the checkout has changes', (t) => {
  const folder = sampleFolder(t, {});
  const git = (/** @type {string[]} */ ...args) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  execFileSync('cp', ['-r', join(repository, 'scripts'), join(repository, 'infra'), folder]);
  writeFileSync(join(folder, 'infra/deploy/bundle.txt'), '# only this\nscripts/lib\n');
  git('init', '-q');
  git('add', '-A');
  git('commit', '-q', '-m', 'x');
  writeFileSync(join(folder, 'scripts/lib/untracked'), '');
  const made = run('bash', [join(folder, 'scripts/make-bundle.sh'), join(folder, 'out')], { cwd: '/' });
  assert.equal(made.status, 0, made.output);
  const sha = git('rev-parse', 'HEAD');
  assert.equal(made.output, sha);
  assert.equal(readFileSync(join(folder, 'out/.deploy-sha'), 'utf8'), sha);
  assert.ok(
    existsSync(join(folder, 'out/scripts/lib/say.sh')) && !existsSync(join(folder, 'out/scripts/lib/untracked')),
  );
  assert.equal(run('bash', [join(folder, 'scripts/make-bundle.sh'), join(folder, 'out')]).status, 5);
  writeFileSync(join(folder, 'scripts/packages.txt'), 'changed');
  const dirty = run('bash', [join(folder, 'scripts/make-bundle.sh'), join(folder, 'other')]);
  assert.equal(dirty.status, 4);
  assert.match(dirty.output, /^error: bundle: this is no checkout without local changes; commit them$/m);
});
