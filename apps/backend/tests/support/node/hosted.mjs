// An api with its pages, and people who use them in browsers without script.
// @ts-check
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { password } from './accounts.mjs';
import { migratedDatabase, startApi, startWorker } from './backend.mjs';
import { FormBrowser, wordsOf } from './form_browser.mjs';
import { startPostgres } from './postgres.mjs';

export const newPassword = 'granite ladder orbit 9';
export const anAddress = () => `walker-${randomUUID()}@example.org`;

/** Api, worker and database; mails are read at /api/dev/mail.
 * @param {import('./places.mjs').Cleanup} test @param {Record<string, string>} [env] of the api */
export async function startPages(test, env = {}) {
  const cluster = await startPostgres(test);
  const database = await migratedDatabase(cluster);
  const DATABASE_URL = cluster.url(database);
  const { url: api } = await startApi(test, { DATABASE_URL, ...env });
  await startWorker(test, { DATABASE_URL });
  return {
    api,
    databaseEnv: { DATABASE_URL, LOG_LEVEL: 'warn' },
    /** @param {string} sql @param {unknown[]} [parameters] */
    query: (sql, parameters) => cluster.query(database, sql, parameters),
    /** A browser in which somebody has just registered. */
    async registered(email = anAddress()) {
      const browser = new FormBrowser(api);
      const answer = await browser.submit('/auth/register', { email, password, displayName: 'Jo' });
      assert.deepEqual([answer.status, answer.location], [303, '/'], wordsOf(answer));
      assert.match(browser.session, /^avs_[\w-]{43}$/);
      return { browser, email };
    },
    /** Whom the api sees in this browser. @param {FormBrowser} browser
     * @returns {Promise<{ user: { email: string, emailVerified: boolean } | null, ended: string | null, offersDemo: boolean }>} */
    async whoami(browser) {
      const answer = await fetch(`${api}/api/auth/whoami`, { headers: { cookie: `avs_dev=${browser.session}` } });
      return /** @type {any} */ (await answer.json());
    },
  };
}
