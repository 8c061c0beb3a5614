// The binary under test: migrate, api and worker as processes of their own.
// @ts-check
import { join } from 'node:path';
import { freePort, repository } from './places.mjs';
import { runCommand, startProcess } from './process.mjs';
import { waitFor } from './wait.mjs';

/** @typedef {Record<string, string | undefined>} Env */

export const binary = process.env.ASPECTAVY_BINARY ?? join(repository, 'build/dev/aspectavy');

/** Accounts of tests: usable at once, with the cheapest hash that is accepted, and no limit of requests. */
export const accountEnv = {
  REGISTRATION_MODE: 'instant',
  PASSWORD_ARGON2_MEMORY_KIB: '19456',
  REQUESTS_PER_10_SECONDS: '0',
};

/** Mails of tests are read over http: GET /api/dev/mail. */
export const mailEnv = { MAIL_MODE: 'preview' };

/** What api and worker of production must have. */
export const deployedEnv = {
  APP_ENV: 'production',
  PUBLIC_HOSTS: 'api.av.test',
  SESSION_SECRET: 'dRqTk2vP8sLx4wNz7yBf1cHj5mGa9eUi',
  PUBLIC_APP_URL: 'https://app.av.test',
  MAIL_MODE: 'log',
};

/** The environment of a process whose clock stands at this time. @param {string} instant like 2026-01-12T06:00:00Z */
export function fakeClock(instant) {
  return { ASPECTAVY_NOW: instant };
}

/** Runs a subcommand to its end. @param {string[]} args @param {Env} [env] @param {{ input?: string }} [options] */
export function runBackend(args, env = {}, options = {}) {
  return runCommand([binary, ...args], { env: { APP_ENV: 'local', ...env }, ...options });
}

/**
 * A new database with the current schema. The cluster's first migrated database is the template of the others.
 * @param {import('./postgres.mjs').PostgresCluster} cluster
 * @param {{ template?: string }} [options] template: a database that migratedDatabase returned and nobody uses
 */
export async function migratedDatabase(cluster, { template } = {}) {
  const database = await cluster.createDatabase(template);
  if (!template) {
    const { code, stdout, stderr } = await runBackend(['migrate'], { DATABASE_URL: cluster.url(database) });
    if (code !== 0) throw new Error(`migrate failed with ${code}:\n${stdout}${stderr}`);
  }
  return database;
}

/**
 * Starts the api and waits until it answers.
 * @param {import('./places.mjs').Cleanup} test
 * @param {Env} env at least DATABASE_URL
 * @param {{ waitForPath?: string }} [options] waitForPath: answers 200 when it is up; /livez needs no database
 */
export async function startApi(test, env, { waitForPath = '/livez' } = {}) {
  const port = await freePort();
  const metricsPort = await freePort();
  const api = startProcess(test, 'api', [binary, 'api'], {
    env: { APP_ENV: 'local', PORT: `${port}`, METRICS_PORT: `${metricsPort}`, ...accountEnv, ...mailEnv, ...env },
  });
  const url = `http://127.0.0.1:${port}`;
  await waitFor('the api to answer', async () => {
    if (!api.isRunning) throw new Error(`the api has ended:\n${api.output}`);
    return (await fetch(url + waitForPath, { signal: AbortSignal.timeout(2000) })).status === 200;
  });
  return { process: api, url, port, metricsUrl: `http://127.0.0.1:${metricsPort}/metrics` };
}

/**
 * Starts the worker and waits for its first heartbeat.
 * @param {import('./places.mjs').Cleanup} test
 * @param {Env} env at least DATABASE_URL
 */
export async function startWorker(test, env) {
  const environment = { APP_ENV: 'local', ...mailEnv, ...env };
  const worker = startProcess(test, 'worker', [binary, 'worker'], { env: environment });
  await waitFor("the worker's heartbeat", async () => {
    if (!worker.isRunning) throw new Error(`the worker has ended:\n${worker.output}`);
    const { code, stdout, stderr } = await runBackend(['healthcheck', 'worker'], environment);
    if (code !== 0) throw new Error(`${stdout}${stderr}${worker.output}`);
    return true;
  });
  return worker;
}
