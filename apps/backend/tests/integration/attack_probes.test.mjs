// What scanners try, in every parameter and every text of every operation: pieces of SQL, of headers, of log lines. No
// answer is a failure of ours, none is late, nothing comes back that nobody should see, and the log keeps its form and
// its silence.
// @ts-check
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { password } from '../support/node/accounts.mjs';
import { startWorker } from '../support/node/backend.mjs';
import { forgetTries } from '../support/node/credentials.mjs';
import { pathOf, replacedAt, textPaths } from '../support/node/examples.mjs';
import { fromAnywhere, send } from '../support/node/http_client.mjs';
import { freePort, sharedCleanup } from '../support/node/places.mjs';
import { connectRaw } from '../support/node/raw_http.mjs';
import { accessOf, callOf, isPersons, newAsker, openStage, sendCall } from '../support/node/stage.mjs';
import { waitFor } from '../support/node/wait.mjs';

/** @typedef {import('../support/node/stage.mjs').Operation} Operation */

const shared = sharedCleanup(after);
const sleep_s = 4;
const payloads = [
  "' OR '1'='1",
  `'; SELECT pg_sleep(${sleep_s}); --`,
  `1) OR (SELECT 1 FROM pg_sleep(${sleep_s})) IS NULL --`,
  `' || pg_sleep(${sleep_s}) || '`,
  `" UNION SELECT phc FROM password_credential --`,
  "'; DROP TABLE app_user; --",
  '\\\'; /* $1 $$ %s %n',
  "' AND EXTRACTVALUE(1, CONCAT(0x7e, version())) --",
  `x\r\nX-Injected: 1\r\n\r\n{"level":"error","event":"forged"}`,
  '../../../../etc/passwd',
  '${jndi:ldap://127.0.0.1/x}{{7*7}}<%= 7*7 %>',
  '=HYPERLINK("http://127.0.0.1/";"x")',
  '<script>alert(1)</script>',
  '\u202e\u0007\u001b[31m',
];
/** What speaks of our insides. */
const insides = /syntax error|SQLSTATE|pg_(catalog|sleep\()|relation "|column "|violates|\$argon2id|root:x:|terminate called|core::/;
const canary = `canary-${randomUUID().slice(0, 8)}`;

/** @type {import('../support/node/stage.mjs').Stage} */ let stage;
/** @type {import('../support/node/process.mjs').TestProcess} */ let worker;
/** Everything that may be in no log. @type {Set<string>} */
const secrets = new Set([password, canary, '47.115', '11.6728']);

before(async () => {
  const env = { MAIL_MODE: 'smtp', MAIL_FROM: 'no-reply@av.test', SMTP_HOST: '127.0.0.1', SMTP_PORT: `${await freePort()}`, SMTP_TLS: 'none', SMTP_TIMEOUT_SECONDS: '5' };
  stage = await openStage(shared, env);
  worker = await startWorker(shared, { ...env, DATABASE_URL: stage.databaseUrl, LOG_LEVEL: 'debug' });
});

async function noted() {
  const asker = await newAsker(stage);
  secrets.add(asker.email).add(String(asker.headers.authorization).replace('Bearer ', ''));
  return asker;
}

/** Runs works, some at once. @param {(() => Promise<void>)[]} works */
async function someAtOnce(works) {
  const left = [...works];
  const run = async () => {
    for (let work = left.shift(); work; work = left.shift()) await work();
  };
  await Promise.all(Array.from({ length: 12 }, run));
}

/** The call with a payload at each of its places. @param {Operation} operation
 * @param {import('../support/node/stage.mjs').Call} call @param {string} payload */
function variantsOf({ path, declaration }, call, payload) {
  const declared = (declaration.parameters ?? []).filter((/** @type {any} */ one) => one.in !== 'header').map((/** @type {any} */ one) => one.name);
  const names = new Set([...declared, ...Object.keys(call.parameters), 'unexpected']);
  const inPath = [...names].map((name) => ({ where: name, ...call, path: pathOf(path, { ...call.parameters, [name]: payload }) }));
  const paths = call.body && typeof call.body === 'object' && !Buffer.isBuffer(call.body) ? textPaths(call.body) : [];
  const inBody = paths.map((at) => ({ where: at.join('.'), ...call, body: replacedAt(call.body, at, payload) }));
  const headers = (declaration.parameters ?? []).filter((/** @type {any} */ one) => one.in === 'header').map((/** @type {any} */ one) => one.name);
  const printable = payload.replace(/[^\x20-\x7e]/g, ' ');
  const inHeaders = [...headers, 'user-agent', 'x-app-version', 'accept-language', 'if-none-match'].map((name) => ({
    where: name, ...call, headers: { ...call.headers, [name]: printable } }));
  return [...inPath, ...inBody, ...inHeaders];
}

test('pieces of SQL and the like do nothing anywhere', async (t) => {
  const people = async () => Number((await stage.db.query('SELECT count(*) AS n FROM app_user')).rows[0].n);
  for (const operation of stage.operations.filter((one) => accessOf(one) !== 'operator')) {
    await t.test(operation.id, async () => {
      await forgetTries(stage.db);
      const asker = await noted();
      const call = await callOf(stage, operation, asker, { text: canary, isFull: true });
      const who = isPersons(operation) ? asker.headers : {};
      const works = payloads.flatMap((payload) => variantsOf(operation, call, payload).map(({ where, ...variant }) => async () => {
        const headers = { ...variant.headers, ...fromAnywhere() };
        const answer = await sendCall(stage, operation, { ...variant, headers }, who);
        const what = `${JSON.stringify(payload)} in ${where}: ${answer.status} ${answer.text.slice(0, 300)}`;
        assert.ok(answer.status < 500, what);
        assert.ok(answer.tookMs < sleep_s * 1000 - 500, `${what} after ${answer.tookMs} ms`);
        assert.doesNotMatch(answer.text.replaceAll(JSON.stringify(payload).slice(1, -1), ''), insides, what);
        assert.equal(answer.headers['x-injected'], undefined, what);
      }));
      await someAtOnce(works);
      assert.ok((await people()) > 1);
    });
  }
});

test('headers that break lines are refused before anybody reads them', async () => {
  const lines = ['User-Agent: a\nX-Injected: 1', 'User-Agent: a\rb', 'X-Request-Id: a\u0000b', 'X Injected: 1', 'User-Agent : a', ': a', 'X-App-Version: a\u0007'];
  for (const line of lines) {
    const connection = await connectRaw(shared, Number(new URL(stage.api).port));
    connection.send(`GET /api/client-config HTTP/1.1\r\nHost: localhost\r\n${line}\r\nConnection: close\r\n\r\n`);
    await connection.waitForClose();
    assert.match(connection.received, /^HTTP\/1\.1 (400|200) /, JSON.stringify(line));
    assert.ok(!/^X-Injected/im.test(connection.received));
    connection.destroy();
  }
});

test('a name that could end a header stays out of the headers of mail', async () => {
  const name = `Jane\r\nBcc: ${canary}@evil.test`;
  const body = { email: `walker-${randomUUID()}@example.org`, password, client: 'ios', displayName: name };
  const answer = await send(stage.api, 'POST', '/api/auth/register', { body, headers: fromAnywhere() });
  assert.deepEqual([answer.status, answer.json.errors[0].path], [422, 'displayName'], answer.text);
});

test('the logs of all this are lines of JSON and hold no secret', async () => {
  await waitFor('the worker to have tried a mail', async () => {
    const { rows } = await stage.db.query('SELECT count(*)::int AS n FROM mail_outbox WHERE attempts > 0');
    return rows[0].n > 0;
  });
  for (const [name, { output }] of Object.entries({ api: stage.process, worker })) {
    const lines = output.split('\n').slice(0, -1);
    assert.ok(lines.length > 50, `${name} wrote ${lines.length} lines`);
    for (const line of lines) {
      const parsed = JSON.parse(line);
      assert.ok(parsed.event && parsed.event !== 'forged', line);
    }
    for (const secret of secrets) assert.ok(!output.includes(secret), `${name} logged ${secret}: ${lines.find((line) => line.includes(secret))}`);
    assert.doesNotMatch(output, /av[skl]_[\w-]{43}/, `${name} logged a token`);
    assert.doesNotMatch(output, /[\w.+-]{2,}@example\.org/, `${name} logged an address`);
    assert.doesNotMatch(output, /\$argon2id/);
  }
});
