// The edge's configuration: valid, formatted, refused without a host, and what it means held against a committed file.
// ASPECTAVY_UPDATE_GOLDEN=1 writes the file anew; read the diff before.
// @ts-check
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repository, run, sampleFolder } from './sample.mjs';

const edge = {
  CADDY_HOST: 'app.test, www.app.test',
  CADDY_TLS: 'tls internal',
  CADDY_DOCS_HOST: 'docs.test',
  CADDY_ADMIN_HOST: 'admin.test',
};

/** @param {import('node:test').TestContext} t @param {string[]} args @param {Record<string, string>} [variables] */
function caddy(t, args, variables = {}) {
  const folder = sampleFolder(t, {});
  const env = { PATH: process.env.PATH, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, ...variables };
  return run('caddy', args, { env: /** @type {any} */ (env), stdio: ['ignore', 'pipe', 'pipe'] });
}

for (const [file, variables] of /** @type {[string, Record<string, string>][]} */ ([
  ['Caddyfile', edge],
  ['edge-snippet.caddy', {}],
])) {
  const path = `infra/caddy/${file}`;

  test(`${path} is valid`, (t) => {
    const { status, output } = caddy(t, ['validate', '--adapter', 'caddyfile', '--config', path], variables);
    assert.equal(status, 0, output);
    assert.match(output, /Valid configuration/);
    assert.doesNotMatch(output, /"level":"(warn|error)"/);
  });

  test(`${path} is formatted`, (t) => {
    assert.equal(caddy(t, ['fmt', path]).output, readFileSync(join(repository, path), 'utf8'));
  });

  test(`${path} means what is committed`, (t) => {
    const { status, output } = caddy(t, ['adapt', '--pretty', '--adapter', 'caddyfile', '--config', path], variables);
    assert.equal(status, 0, output);
    const golden = join(repository, 'scripts/tests/golden', `${file}.json`);
    if (process.env.ASPECTAVY_UPDATE_GOLDEN) writeFileSync(golden, output);
    assert.equal(output, readFileSync(golden, 'utf8'));
  });
}

test('without a host the edge refuses to start', (t) => {
  const { status } = caddy(t, ['adapt', '--adapter', 'caddyfile', '--config', 'infra/caddy/Caddyfile'], {
    ...edge,
    CADDY_HOST: '',
  });
  assert.notEqual(status, 0);
});

test('the edge has no admin endpoint, checks no upstream actively, and names two sites for two hosts', (t) => {
  const { output } = caddy(t, ['adapt', '--adapter', 'caddyfile', '--config', 'infra/caddy/Caddyfile'], edge);
  const config = JSON.parse(output);
  assert.deepEqual(config.admin, { disabled: true });
  assert.doesNotMatch(output, /health_checks/);
  const named = JSON.stringify(config.apps.http.servers);
  for (const host of ['app.test', 'www.app.test', 'docs.test', 'admin.test']) assert.ok(named.includes(`"${host}"`), host);
});
