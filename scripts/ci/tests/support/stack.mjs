// A stack of containers in a scratch checkout: one target of scripts/lib/stack.sh with settings of its own. Project, volumes
// and ports are no other stack's, so that test files run beside each other.
// @ts-check
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeCheckout, writeEnvFile } from './checkout.mjs';
import { request } from './http.mjs';
import { docker, freePorts, run, waitFor } from './process.mjs';

if (!process.env.DOCKER_HOST) {
  throw new Error('DOCKER_HOST is not set: run ./test containers, or start a daemon with scripts/ci/start-dockerd.sh');
}

/** Images under test, as scripts/ci/build-images.sh names them. */
export const images = {
  backend: 'aspectavy-backend:ci',
  postgres15: 'aspectavy-test/postgres:15',
  postgres16: 'aspectavy-test/postgres:16',
  caddy: 'aspectavy-test/caddy:2',
};

/** Host names of the deployed stacks. */
export const hosts = { app: 'app.test', docs: 'docs.test', admin: 'admin.test' };

/** What a staging or production env file must hold, and what makes health change fast enough for a test. There is no mail
 * server of that name: what would be sent stays in the outbox. */
export const deployedSettings = {
  PUBLIC_HOSTS: Object.values(hosts).join(', '),
  PUBLIC_APP_URL: `https://${hosts.app}`,
  SESSION_SECRET: randomBytes(24).toString('hex'),
  MAIL_FROM: 'no-reply@app.test',
  SMTP_HOST: 'mail.test',
  WORKER_HEARTBEAT_STALE_SECONDS: '15',
  WATCHDOG_SECONDS: '20',
};

/**
 * @typedef {object} Stack
 * @property {string} target
 * @property {string} folder the scratch checkout
 * @property {NodeJS.ProcessEnv} env for every command of this stack
 * @property {string} project
 * @property {string} volume of the bundled database
 * @property {string} url of the api's loopback port
 * @property {number} httpPort of Caddy
 * @property {number} httpsPort of Caddy
 * @property {(...args: string[]) => Promise<import('./process.mjs').Outcome>} compose runs Compose on this target
 * @property {(...args: string[]) => Promise<string>} mustCompose the same; throws unless it succeeds
 * @property {() => Promise<string>} up starts all services of the target and waits until they are healthy
 * @property {(service: string) => Promise<string>} container the id of a service's container
 * @property {(service: string) => Promise<{ health: string, restarts: number, running: boolean }>} state
 */

/** @param {string} target @returns {'local' | 'staging' | 'production'} whose env file it reads */
function modeOf(target) {
  if (target === 'local') return 'local';
  return target.startsWith('staging') ? 'staging' : 'production';
}

const viaStackLibrary = `set -Eeuo pipefail
source scripts/lib/say.sh
source scripts/lib/stack.sh
select_stack "$1"
shift
if [[ "$1" == up-all ]]; then
  compose up --detach --no-build --wait --wait-timeout 180 "\${STACK_SERVICES[@]}"
else
  compose "$@"
fi`;

/**
 * A stack that is not started yet. It is taken down, with its volumes, after the test.
 * @param {import('node:test').TestContext} test
 * @param {string} target
 * @param {{ settings?: Record<string, string>, env?: NodeJS.ProcessEnv, git?: boolean }} [options]
 *   settings go into the env file, env into the environment of the commands
 * @returns {Promise<Stack>}
 */
export async function prepareStack(test, target, { settings = {}, env = {}, git = false } = {}) {
  const folder = await makeCheckout({ git });
  const [apiPort, httpPort, httpsPort] = await freePorts(3);
  const mode = modeOf(target);
  const project = `aspectavy-${mode}-${randomBytes(4).toString('hex')}`;
  const values = {
    ...(mode === 'local' ? {} : deployedSettings),
    ...(target.endsWith('-bundled') ? { POSTGRES_PASSWORD: 'p@ss/w#rd% $HOME' } : {}),
    ...settings,
  };
  mkdirSync(join(folder, 'apps/backend'), { recursive: true });
  writeEnvFile(join(folder, 'apps/backend', mode === 'local' ? '.env.local' : `.env.${mode}.local`), values);
  /** @type {NodeJS.ProcessEnv} */
  const environment = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    DOCKER_HOST: process.env.DOCKER_HOST,
    BACKEND_IMAGE: images.backend.split(':')[0],
    BACKEND_TAG: images.backend.split(':')[1],
    COMPOSE_PROJECT_NAME: project,
    POSTGRES_VOLUME_NAME: `${project}-db`,
    POSTGRES_IMAGE: images.postgres16,
    CADDY_IMAGE: images.caddy,
    API_PORT: String(apiPort),
    EDGE_PROXY_API_PORT: String(apiPort),
    CADDY_HTTP_PORT: `127.0.0.1:${httpPort}`,
    CADDY_HTTPS_PORT: `127.0.0.1:${httpsPort}`,
    CADDY_HOST: hosts.app,
    CADDY_DOCS_HOST: hosts.docs,
    CADDY_ADMIN_HOST: hosts.admin,
    CADDY_TLS: 'tls internal',
    // The daemon has no way out of its own.
    BUILD_NETWORK: 'host',
    GIT_SHA: process.env.GIT_SHA || 'unknown',
    ...env,
  };
  const options = { cwd: folder, env: environment };
  const compose = (/** @type {string[]} */ ...args) => run('bash', ['-c', viaStackLibrary, 'stack', target, ...args], options);
  const mustCompose = async (/** @type {string[]} */ ...args) => {
    const { status, stdout, stderr } = await compose(...args);
    if (status !== 0) throw new Error(`compose ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`);
    return stdout.trimEnd();
  };
  const container = (/** @type {string} */ service) => mustCompose('ps', '--all', '--quiet', service);
  test.after(async () => {
    await compose('--profile', '*', 'down', '--volumes', '--remove-orphans', '--timeout', '5');
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    target,
    folder,
    env: environment,
    project: environment.COMPOSE_PROJECT_NAME ?? `aspectavy-${mode}`,
    volume: environment.POSTGRES_VOLUME_NAME ?? `aspectavy-${mode}-db`,
    url: `http://127.0.0.1:${apiPort}`,
    httpPort,
    httpsPort,
    compose,
    mustCompose,
    up: () => upWithLogs(compose, mustCompose),
    container,
    state: async (service) => {
      const format = '{{.State.Running}} {{.RestartCount}} {{with .State.Health}}{{.Status}}{{else}}none{{end}}';
      const [running, restarts, health] = (await docker('inspect', '--format', format, await container(service))).split(' ');
      return { running: running === 'true', restarts: Number(restarts), health };
    },
  };
}

/**
 * Starts everything; when that fails the error holds the logs.
 * @param {Stack['compose']} compose
 * @param {Stack['mustCompose']} mustCompose
 */
async function upWithLogs(compose, mustCompose) {
  try {
    return await mustCompose('up-all');
  } catch (error) {
    const { stdout } = await compose('logs', '--no-color', '--tail', '40');
    throw new Error(`${error instanceof Error ? error.message : error}\n${stdout}`);
  }
}

/**
 * A started, healthy stack.
 * @param {import('node:test').TestContext} test
 * @param {string} target
 * @param {Parameters<typeof prepareStack>[2]} [options]
 */
export async function startStack(test, target, options) {
  const stack = await prepareStack(test, target, options);
  await stack.up();
  return stack;
}

/**
 * Waits until /readyz answers with this status; gives its document.
 * @param {Stack} stack
 * @param {number} status
 * @param {number} [seconds]
 */
export async function waitForReadyz(stack, status, seconds = 60) {
  return waitFor(
    `${stack.url}/readyz answers ${status}`,
    async () => {
      const answer = await request(`${stack.url}/readyz`);
      if (answer.status !== status) throw new Error(`${answer.status} ${answer.body}`);
      return JSON.parse(answer.body);
    },
    seconds,
  );
}

/** Caddy's own certificate authority of a stack. @param {Stack} stack */
export async function edgeAuthority(stack) {
  return stack.mustCompose('exec', '-T', 'caddy', 'cat', '/data/caddy/pki/authorities/local/root.crt');
}
