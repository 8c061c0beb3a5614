// What ./run promises about processes, ports and messages, without its build.
// @ts-check
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { repository, run, sampleFolder } from './sample.mjs';

const sourced = ['say', 'packages', 'preflight', 'processes']
  .map((name) => `source "${repository}/scripts/lib/${name}.sh"`)
  .join('\n');

/** @param {import('node:test').TestContext} t @param {string} script */
function bash(t, script) {
  return run('bash', ['-c', `set -euo pipefail\n${sourced}\n${script}`], { cwd: sampleFolder(t, {}) });
}

test('a process is stopped by the pid it was started with', (t) => {
  const { status, output } = bash(
    t,
    `start_process sleeper sleep 60
     is_running var/run/sleeper.pid && echo started
     stop_process sleeper TERM 5
     is_running var/run/sleeper.pid || echo stopped`,
  );
  assert.equal(status, 0, output);
  assert.match(output, /started\nstopped/);
});

test('a process that ignores the signal is killed, and that is said', (t) => {
  const { output } = bash(
    t,
    `start_process deaf bash -c 'trap "" TERM; echo ready; while :; do sleep 0.1; done'
     until grep -q ready var/log/deaf.log; do sleep 0.02; done
     pid=$(pid_in var/run/deaf.pid)
     stop_process deaf TERM 1
     [[ -z "$(start_time_of "$pid")" ]] || sleep 0.2
     [[ -z "$(start_time_of "$pid")" ]] && echo gone`,
  );
  assert.match(output, /did not stop within 1 s and is killed/);
  assert.match(output, /gone/);
});

test('a pid file whose pid now belongs to another process stops nothing', (t) => {
  const { status, output } = bash(
    t,
    `mkdir -p var/run
     sleep 60 & other=$!
     echo "$other 1" >var/run/old.pid
     is_running var/run/old.pid && echo wrong
     stop_process old TERM 1
     kill -0 "$other" && echo "still there"
     kill "$other"`,
  );
  assert.match(output, /still there/);
  assert.doesNotMatch(output, /wrong/);
  assert.equal(status, 0, output);
});

test('processes end with the script, even when it is killed', async (t) => {
  const script = `${sourced}\nstart_process sleeper sleep 60\npid_in var/run/sleeper.pid\nread -r _`;
  const child = spawn('bash', ['-c', script], { cwd: sampleFolder(t, {}), stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(/** @type {import('node:stream').Readable} */ (child.stdout), 'data');
  const pid = Number(String(line).trim());
  assert.ok(pid > 1);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const gone = bash(t, `for i in {1..100}; do [[ -z "$(start_time_of ${pid})" ]] && { echo gone; break; }; sleep 0.05; done`);
  assert.match(gone.output, /gone/);
});

test('an interrupted script gets to its end: what it started is stopped', (t) => {
  const { status, output } = bash(
    t,
    `start_process sleeper sleep 60
     stop() { trap - EXIT; stop_step; stop_process sleeper TERM 5; echo "all stopped"; }
     trap stop EXIT
     trap 'exit 130' INT
     kill -INT $$
     sleep 5`,
  );
  assert.equal(status, 130, output);
  assert.match(output, /all stopped/);
});

test('a taken port is named with its owner and its variable', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const { status, output } = run('bash', ['-c', `${sourced}\nrequire_free_port ${port} API_PORT`]);
  assert.equal(status, 1);
  assert.match(output, new RegExp(`port ${port}: it is taken by .*\\(pid ${process.pid}\\).*API_PORT=${port + 1}`));
});

for (const value of ['', 'abc', '0', '65536', '-1', '080a']) {
  test(`a port of "${value}" is refused`, (t) => {
    const { status, output } = bash(t, `require_free_port "${value}" API_PORT`);
    assert.equal(status, 2);
    assert.match(output, /error: API_PORT: '.*' is no port/);
  });
}

test('too little disk is said with numbers', (t) => {
  const { status, output } = bash(t, 'require_disk . 999999999 "the build"');
  assert.equal(status, 1);
  assert.match(output, /the build needs 999999999 MB and \d+ MB are free/);
});

test('a failed step shows the end of its log and passes its status on', (t) => {
  const { status, output } = bash(t, `step "Doing it" log bash -c 'echo reason; exit 7' || exit $?`);
  assert.equal(status, 7);
  assert.match(output, /✗ Doing it failed after \d+ s[^]*reason/);
});

test('missing packages are found by name, installed ones are not', (t) => {
  const { output } = bash(t, 'missing_of bash no-such-package coreutils');
  assert.equal(output, 'no-such-package\n');
});

test('./test refuses an unknown part', () => {
  const { status, output } = run('./test', ['unti']);
  assert.equal(status, 2);
  assert.match(output, /'unti' is no part of the tests; the parts are: unit/);
});

for (const [kind, command] of [
  ['step', 'step "Waiting" log bash -c'],
  ['guarded', 'guarded bash -c'],
]) {
  test(`an interrupted script ends at once what ${kind} runs, with all its children`, async (t) => {
    const script = `${sourced}
      trap stop_step EXIT
      trap 'exit 143' TERM
      ${command} 'sleep 60 & echo $! >child.pid; wait' || true`;
    const folder = sampleFolder(t, {});
    const child = spawn('bash', ['-c', script], { cwd: folder, stdio: 'ignore' });
    const ended = once(child, 'exit');
    bash(t, `cd ${folder}; for i in {1..200}; do [[ -s child.pid ]] && break; sleep 0.02; done`);
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [143, null]);
    const gone = bash(
      t,
      `pid=$(cat ${folder}/child.pid)
       for i in {1..100}; do [[ -z "$(start_time_of "$pid")" ]] && { echo gone; break; }; sleep 0.05; done`,
    );
    assert.match(gone.output, /gone/);
  });
}
