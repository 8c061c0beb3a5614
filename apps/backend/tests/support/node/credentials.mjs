// Sessions and tokens written into the database as the api writes them, for states that would take days to reach;
// and what the database holds, to compare.
// @ts-check
import { createHash, randomBytes, randomUUID } from 'node:crypto';

/** @typedef {import('pg').Client} Client a connection of the owner */

/** A token that nobody gave out. @param {string} prefix "avs_" of sessions, "avk_" of API tokens */
export function newToken(prefix) {
  return prefix + randomBytes(32).toString('base64url');
}

/** @param {string} token */
export function hashOf(token) {
  return createHash('sha256').update(token).digest();
}

/**
 * A session of a person; its token.
 * @param {Client} db
 * @param {string} userId
 * @param {{ kind?: 'web' | 'ios', isElevated?: boolean, isExpired?: boolean, isRevoked?: boolean }} [state]
 */
export async function addSession(db, userId, { kind = 'web', isElevated = true, isExpired = false, isRevoked = false } = {}) {
  const token = newToken('avs_');
  await db.query(
    `INSERT INTO user_session (id, user_id, token_hash, kind, created_at, last_seen_at, idle_expires_at,
                               absolute_expires_at, elevated_until, revoked_at, revoke_reason)
     VALUES ($1, $2, $3, $4, now(), now(), now() + $5::interval, now() + interval '30 days',
             CASE WHEN $6 THEN now() + interval '10 minutes' END, CASE WHEN $7 THEN now() END,
             CASE WHEN $7 THEN 'test' END)`,
    [randomUUID(), userId, hashOf(token), kind, isExpired ? '-1 second' : '14 days', isElevated, isRevoked],
  );
  return token;
}

/** A token of a script; the token. @param {Client} db @param {string} userId @param {string[]} scopes */
export async function addApiToken(db, userId, scopes) {
  const token = newToken('avk_');
  await db.query(
    `INSERT INTO api_token (id, user_id, name, token_hash, scopes, created_at, last_used_at)
     VALUES ($1, $2, 'a test', $3, $4, now(), now())`,
    [randomUUID(), userId, hashOf(token), scopes],
  );
  return token;
}

/** A link as a mail holds it; its token. @param {Client} db @param {string} userId @param {string} email @param {string} purpose */
export async function addLink(db, userId, email, purpose) {
  const token = newToken('avl_');
  await db.query(
    `INSERT INTO auth_token (id, purpose, user_id, email_canonical, request_id, token_hash, created_at, expires_at)
     VALUES ($1, $2, $3, lower($4), $5, $6, now(), now() + interval '10 minutes')`,
    [randomUUID(), purpose, userId, email, randomUUID(), hashOf(token)],
  );
  return token;
}

/** Every table of the database. @param {Client} db @returns {Promise<string[]>} */
async function tablesOf(db) {
  const { rows } = await db.query(
    `SELECT format('%I.%I', nspname, relname) AS name FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
     WHERE relkind IN ('r', 'p') AND nspname NOT IN ('pg_catalog', 'information_schema') AND nspname NOT LIKE 'pg_%'
     ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

/** What counts tries, and nothing that anybody could read. */
const uncounted = new Set(['public.auth_mail_slot', 'public.rate_counter']);

/**
 * Row counts and hashes of all tables.
 * @param {Client} db
 * @returns {Promise<Record<string, string>>} by table
 */
export async function snapshotOf(db) {
  const tables = (await tablesOf(db)).filter((name) => !uncounted.has(name));
  const parts = tables.map(
    (name) => `SELECT '${name}' AS name, count(*) || ' rows ' || coalesce(md5(string_agg(h, '' ORDER BY h)), '') AS content
               FROM (SELECT md5(t::text) AS h FROM ${name} t) hashes`,
  );
  const { rows } = await db.query(parts.join(' UNION ALL '));
  return Object.fromEntries(rows.map(({ name, content }) => [name, content]));
}

/** Every row of the database as text, to search in. @param {Client} db */
export async function dumpOf(db) {
  let all = '';
  for (const name of await tablesOf(db)) {
    const { rows } = await db.query(`SELECT string_agg(t::text, E'\\n') AS rows FROM ${name} t`);
    all += `${name}\n${rows[0].rows ?? ''}\n`;
  }
  return all;
}

/** Forgets every try that was counted. @param {Client} db */
export async function forgetTries(db) {
  await db.query('DELETE FROM rate_counter');
  await db.query('DELETE FROM auth_mail_slot');
}
