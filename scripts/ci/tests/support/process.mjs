// Commands, ports and waiting, for the container tests.
// @ts-check
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../../../..', import.meta.url));

/** @typedef {{ status: number | null, stdout: string, stderr: string }} Outcome */

/**
 * Runs a command to its end. Both outputs are text.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, input?: string, signal?: AbortSignal }} [options]
 * @returns {Promise<Outcome>}
 */
export async function run(command, args, { cwd = repository, env = process.env, input = '', signal } = {}) {
  const child = spawn(command, args, { cwd, env, signal, stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  child.stdin.on('error', () => {}); // a command that does not read its input may be gone by now
  child.stdin.end(input);
  const [status] = await once(child, 'close');
  return { status, stdout, stderr };
}

/**
 * Runs a command that must succeed; the error shows what it printed.
 * @param {string} command
 * @param {string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 * @returns {Promise<string>} its standard output
 */
export async function succeed(command, args, options) {
  const { status, stdout, stderr } = await run(command, args, options);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\nended with ${status}\n${stdout}${stderr}`);
  return stdout;
}

/** @param {string[]} args @returns {Promise<string>} what docker printed, without the last line end */
export async function docker(...args) {
  return (await succeed('docker', args)).trimEnd();
}

/**
 * Asks until the answer is truthy; fails with the last answer or error.
 * @template T
 * @param {string} what for the message
 * @param {() => Promise<T> | T} ask
 * @param {number} [seconds]
 * @returns {Promise<NonNullable<T>>}
 */
export async function waitFor(what, ask, seconds = 30) {
  const until = Date.now() + seconds * 1000;
  let last;
  for (;;) {
    try {
      last = await ask();
      if (last) return /** @type {NonNullable<T>} */ (last);
    } catch (error) {
      last = error;
    }
    if (Date.now() > until) throw new Error(`not within ${seconds} s: ${what}; last: ${String(last)}`);
    await sleep(100);
  }
}

/** Below the ports that the kernel gives to clients, so that nothing takes one between its choice and its use. */
const firstPort = 20_000;
const lastPort = 32_000;
const blockSize = 200;

/** Listens on a port of loopback; undefined where it is taken. @param {number} port */
async function listenOn(port) {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return server;
  } catch {
    return undefined;
  }
}

/** The first port of a block that no other test process has: this one listens there until it ends. */
async function takeBlock() {
  for (let block = firstPort; block < lastPort; block += blockSize) {
    const guard = await listenOn(block);
    if (guard) {
      guard.unref();
      return block;
    }
  }
  throw new Error(`no block of ports is free between ${firstPort} and ${lastPort}`);
}

/** @type {Promise<number> | undefined} */
let ownBlock;
let given = 0;

/** @param {number} count @returns {Promise<number[]>} ports of loopback that nobody uses, none given twice in a row */
export async function freePorts(count) {
  const block = await (ownBlock ??= takeBlock());
  const ports = [];
  for (let tried = 0; ports.length < count; tried += 1) {
    if (tried === 2 * blockSize) throw new Error(`no ${count} ports are free from ${block} on`);
    given = (given % (blockSize - 1)) + 1;
    const port = block + given;
    const server = await listenOn(port);
    if (!server) continue;
    await new Promise((done) => server.close(done));
    ports.push(port);
  }
  return ports;
}
