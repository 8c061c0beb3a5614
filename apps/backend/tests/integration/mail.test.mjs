// Mail through a real SMTP server: TLS, signing in, refusals for now and for good, a connection that is cut, a server
// that does not answer; what the other modes do.
// @ts-check
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { postJson, signUp } from '../support/node/accounts.mjs';
import { deployedEnv, migratedDatabase, runBackend, startApi, startWorker } from '../support/node/backend.mjs';
import { sharedCleanup } from '../support/node/places.mjs';
import { startPostgres } from '../support/node/postgres.mjs';
import { selfSigned, startSmtp, takeApart } from '../support/node/smtp_server.mjs';
import { waitFor } from '../support/node/wait.mjs';

const shared = sharedCleanup(after);
/** @type {import('../support/node/postgres.mjs').PostgresCluster} */ let cluster;
/** @type {string} */ let template;
/** @type {{ key: string, cert: string }} */ let certificate;

const smtpEnv = (/** @type {{ port: number }} */ smtp) => ({
  MAIL_MODE: 'smtp',
  MAIL_FROM: 'no-reply@av.test',
  MAIL_FROM_NAME: 'Lawinen-App Öztal',
  PUBLIC_APP_URL: 'https://app.av.test',
  SMTP_HOST: 'localhost',
  SMTP_PORT: `${smtp.port}`,
  SMTP_TLS: 'none',
  SMTP_TIMEOUT_SECONDS: '5',
});

/** An installation of its own. Mails come of registering. @param {import('node:test').TestContext} t
 * @param {Record<string, string>} env of the worker */
async function install(t, env) {
  const database = await migratedDatabase(cluster, { template });
  const url = { DATABASE_URL: cluster.url(database) };
  const api = await startApi(t, { ...url, MAIL_MODE: 'log' });
  const row = async (/** @type {string} */ masked) =>
    (await cluster.query(database, 'SELECT * FROM mail_outbox WHERE to_masked = $1', [masked])).rows[0];
  return {
    api: api.url,
    database,
    worker: await startWorker(t, { ...url, ...env }),
    restartWorker: (/** @type {Record<string, string>} */ changed) => startWorker(t, { ...url, ...env, ...changed }),
    /** The row of the outbox once it is in this state. @param {string} masked @param {string} state */
    outcome: (masked, state) =>
      waitFor(`the mail to ${masked} to be ${state}`, async () => {
        const found = await row(masked);
        return found?.state === state ? found : null;
      }),
    row,
    /** As if the wait were over. */
    async hurry() {
      await cluster.query(database, "UPDATE job SET run_at = '-infinity' WHERE kind = 'mail.deliver' AND state = 'available'");
      await cluster.query(database, "NOTIFY job_available, 'mail'");
    },
  };
}

const address = (/** @type {string} */ what) => `${what}-${randomUUID().slice(0, 8)}@av.test`;

describe('mail', () => {
  before(async () => {
    cluster = await startPostgres(shared);
    template = await migratedDatabase(cluster);
    certificate = await selfSigned(shared);
  });

  test('STARTTLS that the server demands, with a login: the mail arrives whole and alone', async (t) => {
    const smtp = await startSmtp(t, { tls: 'starttls', ...certificate, user: 'app', password: 'pass word' });
    const av = await install(t, {
      ...smtpEnv(smtp), SMTP_TLS: 'starttls', SMTP_CA_FILE: certificate.cert, SMTP_USER: 'app', SMTP_PASSWORD: 'pass word',
    });
    const to = address('Jane');
    await signUp(av.api, { email: to });
    const row = await av.outcome('J***@av.test', 'sent');
    assert.deepEqual([row.attempts, row.sealed_payload, row.last_error], [1, null, null]);
    assert.equal(smtp.messages().length, 1);
    const [message] = smtp.messages();
    assert.ok(message);
    assert.deepEqual(
      [message.sender, message.to, message.hello, message.tls, message.authenticated],
      ['no-reply@av.test', [to], 'av.test', true, true],
    );
    assert.ok(smtp.logins().every(({ good }) => good));

    assert.doesNotMatch(message.content, /(^|[^\r])\n/, 'no bare line feed');
    for (const line of message.content.split('\r\n')) assert.ok(line.length <= 90, line);
    const { headers, text, html } = takeApart(message.content);
    assert.deepEqual(Object.keys(headers), [
      'date', 'from', 'to', 'subject', 'message-id', 'mime-version', 'auto-submitted', 'x-auto-response-suppress', 'content-type',
    ]);
    assert.equal(headers.to, to);
    assert.equal(headers.from, '=?UTF-8?B?TGF3aW5lbi1BcHAgw5Z6dGFs?= <no-reply@av.test>');
    assert.equal(headers['message-id'], `<${row.id}@av.test>`);
    const link = /^https:\/\/app\.av\.test\/auth\/verify\/avl_[\w-]{43}$/m.exec(text)?.[0];
    assert.ok(link, text);
    assert.ok(html.includes(`href="${link}"`));
    assert.ok(!av.worker.output.includes(link.slice(-43)), 'no log holds the token');
    assert.ok(!av.worker.output.includes(to), 'nor the address');
  });

  test('implicit TLS', async (t) => {
    const smtp = await startSmtp(t, { tls: 'implicit', ...certificate });
    const av = await install(t, { ...smtpEnv(smtp), SMTP_TLS: 'implicit', SMTP_CA_FILE: certificate.cert });
    await signUp(av.api, { email: address('jane') });
    await av.outcome('j***@av.test', 'sent');
    assert.equal(smtp.messages()[0]?.tls, true);
  });

  test('a certificate that nobody vouches for, and a server without STARTTLS: nothing is said in clear', async (t) => {
    const signed = await startSmtp(t, { tls: 'starttls', ...certificate });
    const plain = await startSmtp(t);
    for (const [smtp, reason] of /** @type {const} */ ([[signed, /certificate|SSL peer/i], [plain, /SSL|TLS/i]])) {
      const av = await install(t, { ...smtpEnv(smtp), SMTP_TLS: 'starttls' });
      await signUp(av.api, { email: address('jane') });
      const row = await waitFor('an attempt', async () => {
        const found = await av.row('j***@av.test');
        return found?.attempts === 1 ? found : null;
      });
      assert.equal(row.state, 'waiting', 'the settings may be mended');
      assert.match(row.last_error, reason);
      assert.equal(smtp.messages().length, 0);
      assert.ok(!smtp.process.output.includes('attempt'), 'not even the recipient');
      await av.worker.stop();
    }
  });

  test('a wrong login is our fault, not the mail\'s: it is tried again', async (t) => {
    const smtp = await startSmtp(t, { tls: 'starttls', ...certificate, user: 'app', password: 'right' });
    const av = await install(t, {
      ...smtpEnv(smtp), SMTP_TLS: 'starttls', SMTP_CA_FILE: certificate.cert, SMTP_USER: 'app', SMTP_PASSWORD: 'wrong',
    });
    await signUp(av.api, { email: address('jane') });
    await waitFor('an attempt', async () => (await av.row('j***@av.test'))?.attempts === 1);
    assert.equal((await av.row('j***@av.test')).state, 'waiting');
    assert.ok(!av.worker.output.includes('wrong'), 'the password is in no log');
    await av.worker.stop();
    await av.restartWorker({ SMTP_PASSWORD: 'right' });
    await av.hurry();
    await av.outcome('j***@av.test', 'sent');
  });

  test('not now, never, cut off, too late: what each comes to', async (t) => {
    const smtp = await startSmtp(t, { grey: 2, drop: 1, slow: 30 });
    const av = await install(t, smtpEnv(smtp));
    const to = Object.fromEntries(['grey', 'bounce', 'spam', 'drop', 'xcut', 'zslow'].map((what) => [what, address(what.replace(/^[xz]/, ''))]));
    // Masked addresses show one letter only: each kind gets a person of its own at a time.
    await t.test('451 twice, then taken', async () => {
      await signUp(av.api, { email: String(to.grey) });
      for (const attempts of [1, 2]) {
        const row = await waitFor(`attempt ${attempts}`, async () => {
          const found = await av.row('g***@av.test');
          return found?.attempts === attempts ? found : null;
        });
        assert.deepEqual([row.state, row.last_code], ['waiting', 451]);
        const wait = row.next_attempt_at.getTime() - Date.now();
        const expected = attempts === 1 ? 30_000 : 120_000;
        assert.ok(wait > expected - 15_000 && wait <= expected, `${wait}`);
        await av.hurry();
      }
      const row = await av.outcome('g***@av.test', 'sent');
      assert.deepEqual([row.attempts, row.last_error], [3, null]);
      assert.equal(smtp.attempts(String(to.grey)), 3);
      assert.equal(smtp.messages().length, 1);
    });

    await t.test('550 to the recipient and 554 to the content are final', async () => {
      await signUp(av.api, { email: String(to.bounce) });
      await signUp(av.api, { email: String(to.spam) });
      for (const [masked, code] of /** @type {const} */ ([['b***@av.test', 550], ['s***@av.test', 554]])) {
        const row = await av.outcome(masked, 'failed');
        assert.deepEqual([row.attempts, row.last_code, row.sealed_payload], [1, code, null]);
      }
      assert.match(av.worker.output, /"event":"mail.given_up".*"to":"b\*\*\*@av\.test","state":"failed"/);
    });

    await t.test('a connection that is cut after the content: once more, as the same message', async () => {
      await signUp(av.api, { email: String(to.drop) });
      await waitFor('the first attempt', async () => (await av.row('d***@av.test'))?.attempts === 1);
      assert.equal((await av.row('d***@av.test')).state, 'waiting');
      await av.hurry();
      await av.outcome('d***@av.test', 'sent');
      const ids = smtp
        .messages()
        .filter((message) => message.to[0] === to.drop)
        .map((message) => takeApart(message.content).headers['message-id']);
      assert.equal(ids.length, 2, 'the server had it the first time too');
      assert.equal(ids[0], ids[1], 'and can see that it is one');
    });

    await t.test('a connection that is cut in the middle of the content', async () => {
      await signUp(av.api, { email: String(to.xcut) });
      const row = await waitFor('an attempt', async () => {
        const found = await av.row('c***@av.test');
        return found?.attempts === 1 ? found : null;
      });
      assert.equal(row.state, 'waiting');
      assert.ok(row.last_error);
    });
  });

  test('a server that does not answer: the attempt ends by time, and a worker that stops counts none', async (t) => {
    const smtp = await startSmtp(t, { slow: 60 });
    const av = await install(t, smtpEnv(smtp));
    await signUp(av.api, { email: address('slow') });
    const row = await waitFor('an attempt', async () => {
      const found = await av.row('s***@av.test');
      return found?.attempts === 1 ? found : null;
    });
    assert.equal(row.state, 'waiting');
    assert.match(row.last_error, /Timeout/i);
    await av.worker.stop();

    const patient = await av.restartWorker({ SMTP_TIMEOUT_SECONDS: '60' });
    await av.hurry();
    await waitFor('the second attempt to begin', () => smtp.process.output.split('"attempt"').length === 3);
    // It lets what runs come to its end for a while, less than the mail's minute.
    assert.equal((await patient.stop({ timeoutMs: 30_000 })).code, 0);
    assert.equal((await av.row('s***@av.test')).attempts, 1);
    assert.equal((await av.row('s***@av.test')).state, 'waiting');
  });

  test('no address leaves its line', async (t) => {
    const smtp = await startSmtp(t);
    const av = await install(t, smtpEnv(smtp));
    for (const email of ['a@av.test\r\nRCPT TO:<evil@av.test>', 'a@av.test>\r\nBcc: evil@av.test', 'a@av.test, evil@av.test', '<a@av.test>', 'a\u0000@av.test', 'a@av.test\n']) {
      const answer = await postJson(av.api, '/api/auth/register', { email, password: 'a cold clear morning 4', client: 'ios' });
      assert.ok([400, 422].includes(answer.status), `${JSON.stringify(email)}: ${answer.status}`);
    }
    await signUp(av.api, { email: "o'hara+{x}=%0d%0aBcc@av.test" });
    await av.outcome('o***@av.test', 'sent');
    assert.equal(smtp.messages().length, 1);
    const { headers } = takeApart(String(smtp.messages()[0]?.content));
    assert.equal(headers.to, "o'hara+{x}=%0d%0aBcc@av.test");
    assert.equal(headers.bcc, undefined);
    for (const bad of [{ MAIL_FROM_NAME: 'A\r\nBcc: evil@av.test' }, { MAIL_FROM: 'a@av.test>\r\nX: y' }, { SMTP_USER: 'a\nb' }, { SMTP_HOST: 'a/b' }]) {
      const { code, stderr } = await runBackend(['config', 'check', '--role', 'worker'], { DATABASE_URL: 'postgres://a@localhost/b', ...smtpEnv(smtp), ...bad });
      assert.equal(code, 78, JSON.stringify(bad));
      assert.match(stderr, new RegExp(`^config error: ${Object.keys(bad)[0]}: must be`, 'm'));
    }
  });

  test('log: the link stands in the log of a local worker, never in that of a deployment', async (t) => {
    const av = await install(t, { MAIL_MODE: 'log' });
    await signUp(av.api, { email: address('jane') });
    await av.outcome('j***@av.test', 'sent');
    const line = (await av.worker.waitForOutput(/.*"event":"mail.logged".*/))[0];
    assert.match(line, /"link":"http:\/\/127\.0\.0\.1:3001\/auth\/verify\/avl_[\w-]{43}"/);
    await av.worker.stop();

    const deployed = await av.restartWorker({ ...deployedEnv, MAIL_MODE: 'log', SESSION_SECRET: 'for local use only: everybody knows this secret' });
    await signUp(av.api, { email: address('kim') });
    await av.outcome('k***@av.test', 'sent');
    await deployed.waitForOutput(/"event":"mail.logged".*"link":"\*\*\*"/);
    assert.doesNotMatch(deployed.output, /avl_/);
    assert.match(deployed.output, /MAIL_MODE is log: nobody gets any mail/);
  });

  test('preview: a developer reads the mails over http', async (t) => {
    const database = await migratedDatabase(cluster, { template });
    const env = { DATABASE_URL: cluster.url(database), MAIL_MODE: 'preview' };
    const { url } = await startApi(t, env);
    await startWorker(t, env);
    const email = address('jane');
    await signUp(url, { email });
    await signUp(url, { email: address('other') });
    const mail = await waitFor('the mail', async () => {
      const { mails } = await (await fetch(`${url}/api/dev/mail?to=${email.toUpperCase()}`)).json();
      return mails[0]?.state === 'sent' ? mails[0] : null;
    });
    assert.equal(mail.kind, 'verify_email');
    assert.equal(mail.to, email);
    assert.match(mail.link, /^http:\/\/127\.0\.0\.1:3001\/auth\/verify\/avl_/);
    assert.ok(mail.text.includes(mail.link));
    const all = await waitFor('both', async () => {
      const { mails } = await (await fetch(`${url}/api/dev/mail`)).json();
      return mails.length === 2 ? mails : null;
    });
    assert.ok(all);
  });

  test('preview is refused wherever somebody else could read it, and the api does not serve it otherwise', async (t) => {
    const refusal = async (/** @type {Record<string, string>} */ env) => {
      const { code, stderr } = await runBackend(['config', 'check'], { DATABASE_URL: 'postgres://a@localhost/b', MAIL_MODE: 'preview', ...env });
      return code === 0 ? '' : stderr;
    };
    assert.equal(await refusal({}), '');
    assert.match(await refusal({ API_ADDRESS: '0.0.0.0' }), /^config error: MAIL_MODE: must not be preview/m);
    assert.match(await refusal({ API_ADDRESS: '::' }), /^config error: MAIL_MODE: must not be preview/m);
    assert.match(await refusal({ ...deployedEnv, MAIL_MODE: 'preview' }), /^config error: MAIL_MODE: must not be preview/m);
    const database = await migratedDatabase(cluster, { template });
    const { url } = await startApi(t, { DATABASE_URL: cluster.url(database), MAIL_MODE: 'log' });
    assert.equal((await fetch(`${url}/api/dev/mail`)).status, 404);
  });
});
