// A folder that deploys to a host made of files (fake-docker.sh), served by a small real HTTP server.
// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { repository, sampleFolder } from '../sample.mjs';

/** The sha of the n-th release of a test. @param {number} n */
export const shaOf = (n) => n.toString(16).repeat(40).slice(0, 40);
/** @param {number} n */
export const tagOf = (n) => shaOf(n).slice(0, 12);

const settings = { POSTGRES_PASSWORD: 'staging-password', SESSION_SECRET: 'staging-session-secret' };

/**
 * @typedef {object} Deployment
 * @property {string} folder the checkout
 * @property {string} fake the state of the host
 * @property {(script: string, args: string[], env?: Record<string, string>) => Promise<{ status: number | null, stdout: string, stderr: string }>} run
 * @property {(n: number) => void} release puts the n-th release into the folder, as a copied bundle does
 * @property {(n: number, schema?: number, health?: string) => void} image an image of the n-th release
 * @property {(line: string) => void} fault lets calls of docker fail: "regex => status message"
 * @property {() => string[]} calls what docker was asked since the last time this was asked
 * @property {(name: string) => string} state a file of the host's state, or ''
 * @property {(name: string) => any} record a file under .deploy, parsed
 * @property {(values: Record<string, string>, environment?: string) => void} envFile writes an env file
 * @property {{ lie: boolean }} server what the running services answer
 */

/**
 * A folder that has deployed nothing yet, or a copy of one that has (what is recorded there is relative to it).
 * @param {import('node:test').TestContext} t @param {string} [original] @returns {Promise<Deployment>}
 */
export async function deploymentFolder(t, original) {
  const folder = sampleFolder(t, {});
  const fake = join(folder, 'fake');
  if (original) cpSync(original, folder, { recursive: true, preserveTimestamps: true });
  else prepare(folder, fake);
  const server = { lie: false };
  const address = await serve(t, fake, server);
  const deployment = /** @type {Deployment} */ ({
    folder,
    fake,
    server,
    run: (script, args, env = {}) =>
      runScript(join(folder, 'scripts', script), args, {
        PATH: `${fake}/bin:${process.env.PATH}`,
        FAKE: fake,
        FAKE_ADDRESS: address,
        DEPLOY_WAIT_SECONDS: '1',
        ...env,
      }),
    release: (n) => writeFileSync(join(folder, '.deploy-sha'), `${shaOf(n)}\n`),
    image: (n, schema = 3, health = '') =>
      writeFileSync(join(fake, 'images', tagOf(n)), `${shaOf(n)} ${schema} ${health}\n`),
    fault: (line) => writeFileSync(join(fake, 'faults'), `${line}\n`),
    calls: () => {
      const lines = readFileSync(join(fake, 'calls'), 'utf8').split('\n').slice(0, -1);
      writeFileSync(join(fake, 'calls'), '');
      return lines;
    },
    state: (name) => (existsSync(join(fake, name)) ? readFileSync(join(fake, name), 'utf8').trim() : ''),
    record: (name) => JSON.parse(readFileSync(join(folder, '.deploy', name), 'utf8')),
    envFile: (values, environment = 'staging') => {
      const file = join(folder, `apps/backend/.env.${environment}.local`);
      mkdirSync(join(folder, 'apps/backend'), { recursive: true });
      rmSync(file, { force: true });
      writeFileSync(
        file,
        Object.entries(values)
          .map(([name, value]) => `${name}=${value}\n`)
          .join(''),
        { mode: 0o600 },
      );
    },
  });
  if (!original) deployment.envFile(settings);
  return deployment;
}

/** @param {string} folder @param {string} fake */
function prepare(folder, fake) {
  writeFileSync(join(folder, '.deploy-sha'), `${shaOf(1)}\n`);
  cpSync(join(repository, 'scripts'), join(folder, 'scripts'), { recursive: true });
  for (const name of ['images', 'volumes', 'bin']) mkdirSync(join(fake, name), { recursive: true });
  for (const name of ['faults', 'calls']) writeFileSync(join(fake, name), '');
  for (const name of ['schema', 'compatible']) writeFileSync(join(fake, name), '3\n');
  symlinkSync(join(repository, 'scripts/tests/support/fake-docker.sh'), join(fake, 'bin/docker'));
  // A backup is another script's subject: this one keeps the contract that the last line is the file.
  writeFileSync(
    join(folder, 'scripts/backup-postgres.sh'),
    `#!/bin/bash\necho "backup $*" >>"$FAKE/calls"\nif [[ -f "$FAKE/no-backup" ]]; then echo "error: disk full" >&2; exit 1; fi\necho done\necho "backups/$1-20260102-030405.dump"\n`,
  );
  chmodSync(join(folder, 'scripts/backup-postgres.sh'), 0o755);
}

/** The services that run, as clients see them: the build is that of the tag that Compose started last.
 * @param {import('node:test').TestContext} t @param {string} fake @param {{ lie: boolean }} server */
async function serve(t, fake, server) {
  const safe = {
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'X-Frame-Options': 'DENY',
  };
  const http = createServer((request, response) => {
    const tag = readFileSync(join(fake, 'running'), 'utf8').trim();
    const sha = readFileSync(join(fake, 'images', tag), 'utf8').split(' ')[0];
    const lies = server.lie || readFileSync(join(fake, 'images', tag), 'utf8').includes('lying');
    if (request.url === '/health') response.writeHead(200, safe).end(lies ? '{"status":"fine"}' : '{"status":"ok"}');
    else if (request.url === '/livez') response.end('{"status":"ok"}');
    else if (request.url === '/readyz')
      response.end(`{"status":"ready","checks":{"worker":{"status":"ok"}},"build":{"version":"1","sha":"${sha}"}}`);
    else response.writeHead(request.url === '/api/openapi.json' ? 200 : 404).end();
  }).listen(0, '127.0.0.1');
  t.after(() => http.close());
  await once(http, 'listening');
  return `127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (http.address()).port}`;
}

/** @param {string} path @param {string[]} args @param {Record<string, string>} env */
export async function runScript(path, args, env) {
  const child = spawn(path, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => (stdout += data));
  child.stderr.on('data', (data) => (stderr += data));
  const [status] = await once(child, 'close');
  return { status, stdout, stderr };
}

/** What changes something among the calls, without Compose's files and the tag. @param {string[]} calls */
export const changes = (calls) =>
  calls
    .map((call) => call.replace(/^compose --env-file \S+( -f \S+)+ /, '').replace(/ \[[^\]]*\]$/, ''))
    .filter((call) => /^(build|up|pull|volume create|run --rm --no-deps -T migrate$|backup|image rm)/.test(call));

/** @param {Deployment} d @param {number} n */
async function deploy(d, n) {
  d.release(n);
  const { status, stdout, stderr } = await d.run('deploy-stack.sh', ['staging']);
  if (status !== 0) throw new Error(stdout + stderr);
}

/**
 * For a test file: gives folders in which releases 1…n were deployed to staging. The first deployment is made once and
 * copied for each test.
 * @returns {(t: import('node:test').TestContext, n: number) => Promise<Deployment>}
 */
export function useDeployed() {
  let original = '';
  before(async (t) => {
    const d = await deploymentFolder(/** @type {import('node:test').TestContext} */ (t));
    await deploy(d, 1);
    original = mkdtempSync(join(tmpdir(), 'aspectavy-deployed-'));
    cpSync(d.folder, original, { recursive: true, preserveTimestamps: true });
  });
  after(() => rmSync(original, { recursive: true, force: true }));
  return async (t, n) => {
    const d = await deploymentFolder(t, original);
    for (let i = 2; i <= n; i++) await deploy(d, i);
    d.calls();
    return d;
  };
}
