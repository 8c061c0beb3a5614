// The settings and probes of the Kubernetes manifests on the finished program.
// @ts-check
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { deployedEnv, migratedDatabase, runBackend, startApi, startWorker } from '../support/node/backend.mjs';
import { repository, sharedCleanup, tempDir } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { runCommand } from '../support/node/process.mjs';
import { waitFor } from '../support/node/wait.mjs';

const shared = sharedCleanup(after);
/** @type {any[]} */ let manifests;

/** The settings of every pod, as the manifests have them. @returns {Record<string, string>} */
function settings() {
  return manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('aspectavy-settings')).data;
}

/** Those settings with the placeholder filled in and the mounts at another place. @param {string} databaseUrl
 * @returns {Record<string, string>} */
function filledIn(databaseUrl) {
  const folder = tempDir(shared);
  const files = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('aspectavy-files'));
  writeFileSync(join(folder, 'DATABASE_URL'), databaseUrl, { mode: 0o600 });
  writeFileSync(join(folder, 'SESSION_SECRET'), deployedEnv.SESSION_SECRET, { mode: 0o600 });
  writeFileSync(join(folder, 'feeds.json'), files.data['feeds.json']);
  mkdirSync(join(folder, 'terrain'));
  return {
    ...settings(),
    PUBLIC_HOSTS: 'api.avalanche.test',
    PUBLIC_APP_URL: deployedEnv.PUBLIC_APP_URL,
    MAIL_MODE: 'smtp',
    MAIL_FROM: 'no-reply@avalanche.test',
    SMTP_HOST: 'smtp.avalanche.test',
    DATABASE_URL_FILE: join(folder, 'DATABASE_URL'),
    SESSION_SECRET_FILE: join(folder, 'SESSION_SECRET'),
    FORECAST_FEEDS: join(folder, 'feeds.json'),
    TERRAIN_STORE: join(folder, 'terrain'),
    ASPECTAVY_WEB_DIR: '',
  };
}

/** What the kubelet does. @param {number} port @param {{ path: string, httpHeaders?: { name: string, value: string }[] }} probe
 * @returns {Promise<number | undefined>} */
function ask(port, { path, httpHeaders = [] }) {
  const headers = Object.fromEntries(httpHeaders.map(({ name, value }) => [name, value]));
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers: { host: '10.1.2.3:3001', ...lowerCased(headers) } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on('error', reject).end();
  });
}

/** @param {Record<string, string>} headers */
const lowerCased = (headers) => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** @param {string} name */
function container(name) {
  const deployment = manifests.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === `aspectavy-${name}`);
  return deployment.spec.template.spec.containers[0];
}

before(async () => {
  const { code, stdout, stderr } = await runCommand(['kustomize', 'build', join(repository, 'infra/kubernetes/overlays/production')]);
  assert.equal(code, 0, stderr);
  manifests = parseAllDocuments(stdout).map((document) => document.toJS());
});

describe('the pods of the manifests', () => {
  test('refuse the overlay as it comes, and name the placeholder', async () => {
    const { PUBLIC_HOSTS } = settings();
    const { code, stderr } = await runBackend(['config', 'check'], { ...filledIn('postgres://a@db/a'), PUBLIC_HOSTS });
    assert.equal(code, 78, stderr);
    assert.match(stderr, /PUBLIC_HOSTS/);
  });

  test('start with it filled in, and answer their probes', async (t) => {
    const cluster = await startPostgres(t);
    const env = filledIn(cluster.url(await migratedDatabase(cluster)));
    const { PORT: _port, METRICS_PORT: _metrics, ...withoutPorts } = env;
    const api = await startApi(t, { ...withoutPorts, API_ADDRESS: '127.0.0.1', METRICS_ADDRESS: '127.0.0.1' });
    const { startupProbe, livenessProbe, readinessProbe } = container('api');
    assert.equal(await ask(api.port, startupProbe.httpGet), 200);
    assert.equal(await ask(api.port, livenessProbe.httpGet), 200);
    // Without a worker too: READYZ_WORKER_POLICY is degrade.
    await waitFor('readiness', async () => (await ask(api.port, readinessProbe.httpGet)) === 200);
    assert.equal(await ask(api.port, { path: '/livez' }), 421, 'the Host header of the probes has become superfluous');

    const { exec: { command: [, ...healthcheck] } } = container('worker').readinessProbe;
    assert.notEqual((await runBackend(healthcheck, env)).code, 0);
    await startWorker(t, env);
    assert.equal((await runBackend(healthcheck, env)).code, 0);
  });
});
