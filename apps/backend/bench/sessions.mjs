// Many people with sessions, for measuring what it costs to see who calls.
// @ts-check
import { createHash } from 'node:crypto';

const sessionsPerPerson = 5;
/** Sessions in the name of which requests are made; a prime step spreads them over the table. */
const asked = 100_000;
const step = 7919;

/** The token of the nth session. @param {number} n */
export function tokenOf(n) {
  return `avs_${createHash('sha256').update(`bench ${n}`).digest('base64url')}`;
}

/** Fills the tables; the same tokens as tokenOf() makes. Nobody was seen so long ago that it would be noted.
 * @param {import('../tests/support/node/postgres.mjs').PostgresCluster} cluster @param {string} database
 * @param {number} count of sessions */
export async function fillSessions(cluster, database, count) {
  const db = await cluster.connect(database);
  try {
    await db.query(
      `INSERT INTO app_user (id, email, email_canonical, created_at, updated_at)
       SELECT md5('person ' || n)::uuid, 'person' || n || '@example.org', 'person' || n || '@example.org', now(), now()
       FROM generate_series(0, ($1::int - 1) / ${sessionsPerPerson}) n`,
      [count],
    );
    await db.query(
      `INSERT INTO user_session (id, user_id, token_hash, kind, created_at, last_seen_at, idle_expires_at,
                                 absolute_expires_at, user_agent, ip_hash)
       SELECT md5('session ' || n)::uuid, md5('person ' || n / ${sessionsPerPerson})::uuid,
              sha256(convert_to('avs_' || translate(rtrim(encode(sha256(convert_to('bench ' || n, 'UTF8')), 'base64'), '='),
                                                    '+/', '-_'), 'UTF8')),
              'ios', now(), now() + interval '1 day', now() + interval '90 days', now() + interval '365 days',
              'AspectAvy/2.3.1 (iPhone; iOS 19.1)', sha256(convert_to(n::text, 'UTF8'))
       FROM generate_series(0, $1::int - 1) n`,
      [count],
    );
    await db.query('VACUUM (ANALYZE, FREEZE) app_user');
    await db.query('VACUUM (ANALYZE, FREEZE) user_session');
    await db.query('CHECKPOINT');
  } finally {
    await db.end();
  }
}

/** Tokens from all over the table. @param {number} count of sessions @returns {string[]} */
export function askedTokens(count) {
  return Array.from({ length: Math.min(asked, count) }, (_, i) => tokenOf((i * step) % count));
}
