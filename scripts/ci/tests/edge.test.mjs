// Production with our own Caddy in front: TLS, redirects, headers, what is not reachable, and a restart nobody notices.
// @ts-check
import assert from 'node:assert/strict';
import { connect } from 'node:tls';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from './support/http.mjs';
import { run, waitFor } from './support/process.mjs';
import { edgeAuthority, hosts, startStack } from './support/stack.mjs';

const appIds = ['ABCDE12345.app.aspectavy', 'ABCDE12345.app.aspectavy.dev'];
const url = `https://${hosts.app}`;

test('the edge of production', async (t) => {
  const stack = await startStack(t, 'production-bundled', {
    settings: { APPLE_APP_SITE_ASSOCIATION_APP_IDS: appIds.join(',') },
  });
  const ca = await edgeAuthority(stack);
  /** @param {string} address @param {Parameters<typeof request>[1]} [options] */
  const get = (address, options) => request(address, { port: stack.httpsPort, ca, ...options });

  await t.test('every service is healthy, and the api is ready', async () => {
    for (const service of ['api', 'worker', 'db', 'caddy']) assert.equal((await stack.state(service)).health, 'healthy');
    await waitFor('ready', async () => (await get(`${url}/readyz`)).status === 200);
  });

  await t.test('the certificate is for the host and chains to the authority of the edge', async () => {
    const socket = connect({ host: '127.0.0.1', port: stack.httpsPort, servername: hosts.app, ca });
    await once(socket, 'secureConnect');
    assert.equal(socket.authorized, true);
    assert.equal(socket.getPeerCertificate().subjectaltname, `DNS:${hosts.app}`);
    assert.match(socket.getProtocol() ?? '', /TLSv1\.[23]/);
    socket.destroy();
    await assert.rejects(request(`${url}/health`, { port: stack.httpsPort }), /certificate/);
  });

  await t.test('plain HTTP is redirected to the same address', async () => {
    const { status, headers } = await request(`http://${hosts.app}/api/zones?x=1`, { port: stack.httpPort });
    assert.equal(status, 308);
    assert.equal(headers.location, `https://${hosts.app}/api/zones?x=1`);
  });

  await t.test('answers carry HSTS and nosniff, and do not name the server', async () => {
    for (const path of ['/health', '/api/openapi.json', '/edge-health', '/no-such-path']) {
      const { headers } = await get(`${url}${path}`);
      assert.match(headers['strict-transport-security'] ?? '', /^max-age=31536000/, path);
      assert.equal(headers['x-content-type-options'], 'nosniff', path);
      assert.equal(headers.server, undefined, path);
    }
  });

  await t.test('answers are compressed for who takes it', async () => {
    const { headers } = await get(`${url}/api/openapi.json`, { headers: { 'accept-encoding': 'gzip' } });
    assert.equal(headers['content-encoding'], 'gzip');
  });

  await t.test('/metrics is 404 at the edge, and its port is not published', async () => {
    for (const path of ['/metrics', '/metrics/', '/metrics/x']) assert.equal((await get(url + path)).status, 404, path);
    const published = await stack.mustCompose('ps', '--format', '{{.Ports}}', 'api');
    assert.doesNotMatch(published, /->9464/);
  });

  await t.test('iOS finds the file of its apps, without a redirect', async () => {
    const { status, headers, body } = await get(`${url}/.well-known/apple-app-site-association`);
    assert.equal(status, 200);
    assert.match(headers['content-type'] ?? '', /^application\/json/);
    const named = JSON.stringify(JSON.parse(body));
    for (const id of appIds) assert.ok(named.includes(id), named);
  });

  await t.test('the docs host serves the reference at /, its description, and no path that only the app host knows', async () => {
    const page = await get(`https://${hosts.docs}/`);
    assert.equal(page.status, 200);
    assert.match(page.headers['content-type'] ?? '', /^text\/html/);
    assert.doesNotMatch(page.body, /(href|src|action)="\//);
    assert.equal((await get(`https://${hosts.docs}/docs`)).body, page.body);
    const description = await get(`https://${hosts.docs}/api/openapi.json`);
    assert.equal(JSON.parse(description.body).openapi, '3.1.0');
    assert.equal((await get(`https://${hosts.docs}/api/routes`)).status, 404);
  });

  await t.test('the admin host reaches nothing of the api, and leaks no path', async () => {
    for (const path of ['/', '/api/routes', '/api/openapi.json']) {
      const { status, headers, body } = await get(`https://${hosts.admin}${path}`);
      assert.equal(status, 404, path);
      assert.equal(headers.location, undefined, path);
      assert.doesNotMatch(body, /"\/admin/, path);
    }
    assert.equal((await get(`https://${hosts.admin}/metrics`)).status, 404);
  });

  await t.test('an address that a client claims is dropped: details of /readyz stay hidden', async () => {
    const spoofed = { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1', forwarded: 'for=127.0.0.1' };
    const seen = await ipHashes(stack, () => get(`${url}/health`, { headers: spoofed }));
    const plain = await ipHashes(stack, () => get(`${url}/health`));
    assert.deepEqual(seen, plain);
  });

  await t.test('a host that is not ours gets no answer of ours', async () => {
    await assert.rejects(get('https://evil.test/health'));
    assert.equal((await get(`${url}/health`, { headers: { host: 'evil.test' } })).status, 421);
  });

  await t.test('200 of 200 GETs are answered while the api is recreated', async () => {
    const before = await stack.container('api');
    const recreated = stack.mustCompose('up', '--detach', '--no-build', '--no-deps', '--force-recreate', '--wait', 'api');
    /** @type {Promise<number>[]} */
    const answers = [];
    for (let sent = 0; sent < 200; sent += 1) {
      answers.push(get(`${url}/health`).then(({ status }) => status));
      await sleep(25);
    }
    const statuses = await Promise.all(answers);
    await recreated;
    assert.equal(statuses.filter((status) => status === 200).length, 200);
    assert.notEqual(await stack.container('api'), before);
  });

  await t.test('the edge gone: the api stays healthy; the edge back: everything is served', async () => {
    await stack.mustCompose('stop', 'caddy');
    await assert.rejects(get(`${url}/health`));
    assert.equal((await request(`${stack.url}/readyz`, { headers: { host: hosts.app } })).status, 200);
    assert.equal((await stack.state('api')).health, 'healthy');
    await stack.mustCompose('start', 'caddy');
    await waitFor('served again', async () => (await get(`${url}/health`)).status === 200);
  });
});

/**
 * The client addresses, as hashes, that the api's access log names for the requests of `ask`.
 * @param {import('./support/stack.mjs').Stack} stack
 * @param {() => Promise<import('./support/http.mjs').Answer>} ask
 * @returns {Promise<string[]>}
 */
async function ipHashes(stack, ask) {
  const { headers } = await ask();
  const id = String(headers['x-request-id']);
  const line = await waitFor('the access log names the request', async () => {
    const { stdout, stderr } = await run('docker', ['logs', '--tail', '200', await stack.container('api')]);
    return `${stdout}${stderr}`.split('\n').find((text) => text.includes(id));
  });
  return [JSON.parse(line).ip_hash];
}
