// The document that the api serves must be a good OpenAPI 3.1 document.
// @ts-check
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { migratedDatabase, startApi } from '../support/node/backend.mjs';
import { operationsOf } from '../support/node/contract.mjs';
import { sharedCleanup } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';

/** Rules on top of "recommended": what clients and generators stumble over. Off: what a self-hosted api cannot say. */
const rules = /** @type {const} */ ({
  'no-server-example.com': 'off',
  'no-empty-servers': 'off',
  'operation-operationId': 'error',
  'operation-operationId-unique': 'error',
  'operation-summary': 'error',
  'operation-4xx-response': 'off',
  'path-parameters-defined': 'error',
  'no-unused-components': 'error',
  'security-defined': 'off',
});

const shared = sharedCleanup(after);
/** @type {string} */ let api;

before(async () => {
  const cluster = await startPostgres(shared);
  api = (await startApi(shared, { DATABASE_URL: cluster.url(await migratedDatabase(cluster)), DEMO_SIGN_IN: 'on' })).url;
});

async function document() {
  const answer = await fetch(`${api}/api/openapi.json`);
  assert.equal(answer.status, 200);
  return answer.text();
}

/** @param {string} source */
async function problemsOf(source) {
  const config = await createConfig({ extends: ['recommended'], rules });
  const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config });
  return problems.map(({ ruleId, severity, message, location }) => `${severity} ${ruleId} at ${location[0]?.pointer}: ${message}`);
}

test('openapi.json has no lint problem', async () => {
  assert.deepEqual(await problemsOf(await document()), []);
});

test('the linter is on: it finds a broken reference and a missing operationId', async () => {
  const broken = {
    openapi: '3.1.0',
    info: { title: 'x', version: '1', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths: {
      '/x': { get: { summary: 'x', responses: { 200: { $ref: '#/components/responses/None' } } } },
    },
  };
  const problems = await problemsOf(JSON.stringify(broken));
  assert.ok(problems.some((problem) => problem.includes('no-unresolved-refs')), problems.join('\n'));
  assert.ok(problems.some((problem) => problem.includes('operation-operationId')), problems.join('\n'));
});

test('openapi.json is the same bytes each time, and says 3.1', async () => {
  const [first, second] = [await document(), await document()];
  assert.equal(first, second);
  assert.match(JSON.parse(first).openapi, /^3\.1\.\d$/);
});

test('every operation documents at least one success', async () => {
  const operations = operationsOf(JSON.parse(await document()));
  assert.ok(operations.length > 0);
  const without = operations.filter(({ declaration }) => !Object.keys(declaration.responses).some((s) => /^[23]/.test(s)));
  assert.deepEqual(without.map(({ id }) => id), []);
});
