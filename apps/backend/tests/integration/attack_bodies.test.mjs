// Bodies that are made to hurt, sent to every operation that takes one: too large, too deep, not what they say, bombs.
// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { forgetTries, snapshotOf } from '../support/node/credentials.mjs';
import { fromAnywhere, send } from '../support/node/http_client.mjs';
import { sharedCleanup } from '../support/node/places.mjs';
import { connectRaw } from '../support/node/raw_http.mjs';
import { accessOf, callOf, isPersons, jsonSchemaOf, newAsker, openStage, sendCall } from '../support/node/stage.mjs';

const shared = sharedCleanup(after);
/** @type {import('../support/node/stage.mjs').Stage} */ let stage;
/** @type {import('../support/node/stage.mjs').Asker} */ let asker;

before(async () => {
  stage = await openStage(shared);
  asker = await newAsker(stage);
});

/** @param {import('../support/node/stage.mjs').Operation} operation */
const whoMay = (operation) => (isPersons(operation) ? asker.headers : {});

/** Whose body is held against a signature before it is read. @param {import('../support/node/stage.mjs').Operation} operation */
const isSigned = ({ id }) => id === 'takeMembershipEvent';

/** Most memory that the api has held resident, in MB. */
function peakMemory_MB() {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${stage.process.pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Bytes in place of a good JSON body. @type {{ name: string, make: (good: string) => string | Buffer }[]} */
const malformed = [
  { name: 'nothing', make: () => '' },
  { name: 'half of it', make: (good) => good.slice(0, good.length / 2) },
  { name: 'something behind it', make: (good) => `${good} {}` },
  { name: 'a comma too many', make: (good) => good.replace(/\}$/, ',}') },
  { name: 'a comment', make: (good) => `/* */ ${good}` },
  { name: 'single quotes', make: (good) => good.replaceAll('"', "'") },
  { name: 'a member twice', make: (good) => good.replace(/^\{/, '{"x":1,"x":2,') },
  { name: 'a member twice, deep inside', make: (good) => good.replace(/^\{/, '{"x":[{"a":1,"a":1}],') },
  { name: 'a member twice, once escaped', make: (good) => good.replace(/^\{/, '{"ab":1,"\\u0061b":2,') },
  { name: '100 levels', make: (good) => good.replace(/^\{/, `{"x":${'['.repeat(100)}${']'.repeat(100)},`) },
  { name: '3,000 levels that do not end', make: () => '{"x":'.repeat(1000) + '['.repeat(2000) },
  { name: 'a number beyond numbers', make: (good) => good.replace(/^\{/, '{"x":1e400,') },
  { name: 'minus infinity', make: (good) => good.replace(/^\{/, '{"x":-Infinity,') },
  { name: 'NaN', make: (good) => good.replace(/^\{/, '{"x":NaN,') },
  { name: 'U+0000', make: (good) => good.replace(/^\{/, '{"x":"a\\u0000b",') },
  { name: 'U+0000 in a name', make: (good) => good.replace(/^\{/, '{"a\\u0000b":1,') },
  { name: 'a raw control character', make: (good) => good.replace(/^\{/, '{"x":"a\u0001b",') },
  { name: 'half a surrogate pair', make: (good) => good.replace(/^\{/, '{"x":"\\ud800",') },
  { name: 'broken UTF-8', make: (good) => Buffer.concat([Buffer.from('{"x":"'), Buffer.of(0xc0, 0xaf, 0xff), Buffer.from(`",${good.slice(1)}`)]) },
  { name: 'UTF-16', make: (good) => Buffer.from(good, 'utf16le') },
];
const otherValues = ['[]', '"text"', 'null', '7', 'true', '[[]]', '{}'];
/** @type {Record<string, string>[]} */
const otherTypes = [{ 'content-type': 'text/plain' }, { 'content-type': 'application/x-www-form-urlencoded' }, { 'content-type': 'multipart/form-data; boundary=x' },
  { 'content-type': 'application/jsonx' }, { 'content-type': 'application/json, text/plain' }];

test('every operation that takes JSON takes nothing else', async (t) => {
  const taking = stage.operations.filter((one) => jsonSchemaOf(one) && accessOf(one) !== 'operator');
  assert.ok(taking.length > 10);
  for (const operation of taking) {
    await t.test(operation.id, async () => {
      asker = await newAsker(stage);
      const call = await callOf(stage, operation, asker);
      const json = { ...call.headers, 'content-type': 'application/json' };
      const ask = async (/** @type {string | Buffer} */ body, /** @type {Record<string, string>} */ headers = json) => {
        await forgetTries(stage.db);
        return sendCall(stage, operation, { ...call, body, headers: { ...headers, ...fromAnywhere() } }, whoMay(operation));
      };
      const good = JSON.stringify(call.body);
      const before_ = await snapshotOf(stage.db);
      // Some change nothing about a body without members.
      await Promise.all(malformed.filter(({ make }) => `${make(good)}` !== good).map(async ({ name, make }) => {
        const { status, json: problem, tookMs, text } = await ask(make(good));
        const refusals = [[400, 'json.malformed'], [413, 'payload_too_large'], ...(isSigned(operation) ? [[401, 'webhook_refused']] : [])];
        assert.ok(refusals.some(([wanted, code]) => status === wanted && problem?.code === code), `${name}: ${status} ${text}`);
        assert.ok(tookMs < 3000, `${name} took ${tookMs} ms`);
      }));
      for (const value of otherValues) {
        const { status, text } = await ask(value);
        const isGood = value === '{}' && (jsonSchemaOf(operation).required ?? []).length === 0;
        if (isSigned(operation)) assert.equal(status, 401, `${value}: ${text}`);
        else if (!isGood) assert.ok(status === 400 || status === 422 || (value === '{}' && status < 300), `${value}: ${status} ${text}`);
      }
      for (const headers of otherTypes) assert.equal((await ask(good, { ...call.headers, ...headers })).status, 415, JSON.stringify(headers));
      const packed = await ask(gzipSync(good), { ...json, 'content-encoding': 'gzip' });
      assert.equal(packed.status, 415, packed.text);
      const after_ = await snapshotOf(stage.db);
      // {} is a good body where nothing is required.
      if (good !== '{}') assert.deepEqual(after_, before_);
    });
  }
});

test('every operation says how much is too much before it comes', async (t) => {
  for (const operation of stage.operations.filter(({ method }) => method !== 'GET')) {
    await t.test(operation.id, async () => {
      asker = await newAsker(stage);
      const { path } = await callOf(stage, operation, asker);
      const connection = await connectRaw(t, Number(new URL(stage.api).port));
      const who = Object.entries(whoMay(operation)).map(([name, value]) => `${name}: ${value}\r\n`).join('');
      connection.send(`${operation.method} ${path} HTTP/1.1\r\nHost: localhost\r\n${who}Content-Type: application/json\r\n` +
        `Expect: 100-continue\r\nContent-Length: ${64 << 20}\r\n\r\n`);
      await connection.waitFor(/^HTTP\/1\.1 413 /);
      connection.destroy();
    });
  }
});

describe('GPX that is made to hurt', () => {
  before(async () => {
    asker = await newAsker(stage);
  });

  const inside = '<trk><trkseg><trkpt lat="47.115" lon="11.6728"/><trkpt lat="47.116" lon="11.674"/></trkseg></trk>';
  const open = '<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1">';
  const laughs = Array.from({ length: 10 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('');
  const bombs = [
    { name: 'a billion laughs', body: `<!DOCTYPE g [<!ENTITY l0 "ha">${laughs}]>${open}<name>&l10;</name>${inside}</gpx>` },
    { name: 'a long entity many times', body: `<!DOCTYPE g [<!ENTITY a "${'a'.repeat(100_000)}">]>${open}<name>${'&a;'.repeat(20_000)}</name>${inside}</gpx>` },
    { name: 'a file of ours', body: `<!DOCTYPE g [<!ENTITY f SYSTEM "file:///etc/passwd">]>${open}<name>&f;</name>${inside}</gpx>` },
    { name: 'a page of somebody', body: `<!DOCTYPE g SYSTEM "http://127.0.0.1:1/x.dtd">${open}${inside}</gpx>` },
    { name: 'an empty document type', body: `<!DOCTYPE gpx>${open}${inside}</gpx>` },
    { name: '100,000 levels', body: `${open}${'<x>'.repeat(100_000)}` },
    { name: '10,000 attributes', body: `${open}<trk ${Array.from({ length: 10_000 }, (_, i) => `a${i}="1"`).join(' ')}/></gpx>` },
    { name: 'a name of 10 MB', body: `${open}<trk><name>${'n'.repeat(10 << 20)}</name></trk>${inside}</gpx>` },
    { name: 'UTF-7', body: `<?xml version="1.0" encoding="UTF-7"?>${open}${inside}</gpx>` },
    { name: 'a place that is no number', body: `${open}${inside.replace('47.115', 'NaN')}</gpx>` },
    { name: 'a place beyond numbers', body: `${open}${inside.replace('47.115', '1e400')}</gpx>` },
  ];
  for (const { name, body } of bombs) {
    test(`${name} is refused at once and takes no memory`, async () => {
      const peak = peakMemory_MB();
      const before_ = await snapshotOf(stage.db);
      const headers = { ...asker.headers, 'content-type': 'application/gpx+xml' };
      const { status, text, tookMs } = await send(stage.api, 'POST', '/api/routes', { body, headers });
      assert.ok(status === 400 || status === 422 || status === 413, `${status} ${text.slice(0, 300)}`);
      assert.ok(!text.includes('root:'), 'nothing of our files comes back');
      assert.ok(tookMs < 3000, `${tookMs} ms`);
      const grown = peakMemory_MB() - peak;
      assert.ok(grown < 64, `${grown} MB more`);
      assert.deepEqual(await snapshotOf(stage.db), before_);
    });
  }

  test('packed bodies are not unpacked', async () => {
    const headers = { ...asker.headers, 'content-type': 'application/gpx+xml', 'content-encoding': 'gzip' };
    const { status } = await send(stage.api, 'POST', '/api/routes', { body: gzipSync(Buffer.alloc(64 << 20)), headers });
    assert.equal(status, 415);
  });
});
