// Creates databases on a server that is just starting: create_databases.mjs URL NAME…. Gives up after 30 s.
// @ts-check
import pg from 'pg';
import { waitFor } from '../tests/support/node/wait.mjs';

const [url, ...names] = process.argv.slice(2);

/** A connection, as soon as the server takes one. */
async function connected() {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 });
  await client.connect();
  return client;
}

const client = await waitFor('the server', connected, { timeoutMs: 30_000, everyMs: 100 });
for (const name of names) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
await client.end();
