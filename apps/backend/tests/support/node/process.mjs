// Processes of a test: their output is kept, they are stopped by pid, and the kernel ends them when the test
// process dies.
// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { waitFor } from './wait.mjs';

/**
 * @typedef {object} Exit
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal
 */

export class TestProcess {
  /** @type {import('node:child_process').ChildProcess} */
  #child;
  #output = '';
  #name;
  /** @type {Promise<Exit>} */
  exited;

  /** @param {string} name @param {import('node:child_process').ChildProcess} child */
  constructor(name, child) {
    this.#name = name;
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => (this.#output += text));
    }
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
    this.exited.catch(() => {}); // a failed start is reported by whoever waits for the process
  }

  /** What it has written to stdout and stderr so far. */
  get output() {
    return this.#output;
  }

  get pid() {
    if (this.#child.pid === undefined) throw new Error(`${this.#name} did not start`);
    return this.#child.pid;
  }

  get isRunning() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** @param {NodeJS.Signals} signal */
  signal(signal) {
    this.#child.kill(signal);
  }

  /** Sends `signal` and waits for the end; kills, and fails, when that takes longer than `timeoutMs`.
   * @param {{ signal?: NodeJS.Signals, timeoutMs?: number }} [options] */
  async stop({ signal = 'SIGTERM', timeoutMs = 20_000 } = {}) {
    if (!this.isRunning) return this.exited;
    this.#child.kill(signal);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#child.kill('SIGKILL');
    }, timeoutMs);
    const exit = await this.exited;
    clearTimeout(timer);
    if (late) throw new Error(`${this.#name} did not stop within ${timeoutMs} ms after ${signal}:\n${this.output}`);
    return exit;
  }

  /** Ends it as a power cut would. */
  async kill() {
    this.#child.kill('SIGKILL');
    return this.exited;
  }

  /** Waits until its output matches. @param {RegExp} pattern @param {number} [timeoutMs] */
  async waitForOutput(pattern, timeoutMs = 20_000) {
    return waitFor(
      `${this.#name} to write ${pattern}`,
      () => {
        const match = pattern.exec(this.#output);
        if (!match && !this.isRunning) throw new Error(`${this.#name} has ended:\n${this.#output}`);
        return match;
      },
      { timeoutMs },
    );
  }
}

/**
 * Starts a command; it is stopped after the test when it still runs.
 * @param {import('./places.mjs').Cleanup} test
 * @param {string} name for messages
 * @param {string[]} command
 * @param {{ env?: Record<string, string | undefined>, cwd?: string, stopSignal?: NodeJS.Signals }} [options]
 *   env: added to PATH and nothing else, so that the machine's settings never reach a test
 */
export function startProcess(test, name, command, { env = {}, cwd, stopSignal = 'SIGTERM' } = {}) {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
    cwd,
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', TZ: 'UTC', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const started = new TestProcess(name, child);
  test.after(() => started.stop({ signal: stopSignal }));
  return started;
}

/**
 * Runs a command to its end.
 * @param {string[]} command
 * @param {{ env?: Record<string, string | undefined>, cwd?: string, timeoutMs?: number, input?: string }} [options]
 */
export async function runCommand(command, { env = {}, cwd, timeoutMs = 60_000, input = '' } = {}) {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd,
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', TZ: 'UTC', ...env },
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  child.stdin.on('error', () => {}); // it may end without reading its input
  child.stdin.end(input);
  const [code, signal] = /** @type {[number | null, NodeJS.Signals | null]} */ (await once(child, 'close'));
  return { code, signal, stdout, stderr };
}
