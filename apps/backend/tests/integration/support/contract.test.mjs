// The contract client must object to answers that are not as documented.
// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ContractClient } from '../../support/node/contract.mjs';
import { answers, startFeedServer } from '../../support/node/feed_server.mjs';

const document = {
  openapi: '3.1.0',
  info: { title: 'x', version: '1' },
  paths: {
    '/api/things/{id}': {
      get: {
        operationId: 'getThing',
        responses: {
          200: { description: 'x', content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
          404: { description: 'x', content: { 'application/problem+json': { schema: { type: 'object' } } } },
        },
      },
    },
  },
  components: {
    schemas: {
      Thing: { type: 'object', required: ['at'], properties: { at: { type: 'string', format: 'date-time' } } },
    },
  },
};

/** @type {{ name: string, target: string, body: string, type?: string, says: RegExp | null }[]} */
const cases = [
  { name: 'a good answer', target: '/api/things/1?x=1', body: '{"at":"2026-01-12T06:00:00Z"}', says: null },
  { name: 'a missing field', target: '/api/things/1', body: '{}', says: /required property 'at'/ },
  { name: 'a malformed time', target: '/api/things/1', body: '{"at":"noon"}', says: /date-time/ },
  { name: 'another content type', target: '/api/things/1', body: 'x', type: 'text/html', says: /answered text\/html/ },
  { name: 'an unknown path', target: '/api/other', body: '{}', says: /not in openapi\.json/ },
];
for (const { name, target, body, type = 'application/json', says } of cases) {
  test(`contract client: ${name}`, async (t) => {
    const feed = await startFeedServer(t);
    feed.on('/api/things/1', answers(body, { type }));
    const client = new ContractClient(feed.url, document);
    if (says) {
      await assert.rejects(client.request('GET', target), says);
    } else {
      await client.request('GET', target);
      assert.deepEqual(client.unexercised(), ['getThing 404']);
    }
  });
}

test('contract client: an undocumented status', async (t) => {
  const feed = await startFeedServer(t);
  feed.on('/api/things/2', (_request, response) => response.writeHead(418).end());
  await assert.rejects(new ContractClient(feed.url, document).request('GET', '/api/things/2'), /getThing 418 is not documented/);
});
