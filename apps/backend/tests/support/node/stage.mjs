// An api with everything it can serve switched on, and good calls of all its operations.
// @ts-check
import { signUp } from './accounts.mjs';
import { migratedDatabase, startApi } from './backend.mjs';
import { operationsOf } from './contract.mjs';
import { addSession } from './credentials.mjs';
import { exampleOf, pathOf } from './examples.mjs';
import { fromAnywhere, send } from './http_client.mjs';
import { rows } from './operation_rows.mjs';
import { startPostgres } from './postgres.mjs';

/**
 * @typedef {import('./contract.mjs').Operation} Operation
 * @typedef {import('./operation_rows.mjs').Asker} Asker
 * @typedef {'open' | 'visitor' | 'person' | 'elevated' | 'operator'} Access
 *
 * @typedef {object} Stage
 * @property {string} api URL
 * @property {import('./process.mjs').TestProcess} process the api's
 * @property {string} databaseUrl
 * @property {import('pg').Client} db
 * @property {any} document openapi.json
 * @property {Operation[]} operations
 *
 * @typedef {object} Call
 * @property {Record<string, string>} parameters
 * @property {string} path
 * @property {any} body
 * @property {Record<string, string>} headers
 */

/** An origin whose pages may call the stage's api. */
export const allowedOrigin = 'http://localhost:5173';

/** @param {import('./places.mjs').Cleanup} test @param {Record<string, string>} [env] @returns {Promise<Stage>} */
export async function openStage(test, env = {}) {
  const cluster = await startPostgres(test);
  const database = await migratedDatabase(cluster);
  const databaseUrl = cluster.url(database);
  const { url: api, process } = await startApi(test, {
    DATABASE_URL: databaseUrl, APP_ALLOWED_ORIGINS: allowedOrigin, DEMO_SIGN_IN: 'on', MAIL_MODE: 'log', LOG_LEVEL: 'debug', ...env });
  const db = await cluster.connect(database);
  test.after(() => db.end());
  await db.query(`INSERT INTO app_user (id, email, email_canonical, created_at, updated_at)
                  VALUES ('00000000-0000-7000-8000-000000000001', 'demo@example.org', 'demo@example.org', now(), now())`);
  const { json: document } = await send(api, 'GET', '/api/openapi.json');
  return { api, process, databaseUrl, db, document, operations: operationsOf(document) };
}

/** Somebody new, in an elevated session. @param {Stage} stage @returns {Promise<Asker>} */
export async function newAsker({ api, db }) {
  const { userId, email } = await signUp(api);
  const headers = { authorization: `Bearer ${await addSession(db, userId)}`, ...fromAnywhere() };
  return { api, db, userId, email, headers };
}

/** Who may call. @param {Operation} operation @returns {Access} */
export function accessOf({ declaration }) {
  const schemes = declaration.security.flatMap(Object.keys);
  const refusals = declaration.responses['403']?.description ?? '';
  if (schemes.includes('operatorCookie')) return 'operator';
  if (schemes.length > 0) return refusals.includes('`elevation_required`') ? 'elevated' : 'person';
  return refusals.includes('`csrf_rejected`') ? 'visitor' : 'open';
}

/** @param {Operation} operation */
export const isRead = ({ method }) => method === 'GET';
/** @param {Operation} operation */
export const isPersons = (operation) => ['person', 'elevated'].includes(accessOf(operation));
/** The schema of its JSON body; undefined where it takes none. @param {Operation} operation */
export const jsonSchemaOf = ({ declaration }) => declaration.requestBody?.content['application/json']?.schema;

/** A good call, but for who makes it. @param {Stage} stage @param {Operation} operation @param {Asker} asker whose things it names
 * @param {import('./examples.mjs').Fill} [fill] of a body made from the schema @returns {Promise<Call>} */
export async function callOf({ document }, operation, asker, fill) {
  const row = rows[operation.id] ?? { drivenBy: '' };
  const parameters = (await row.parameters?.(asker)) ?? {};
  const schema = jsonSchemaOf(operation);
  const body = row.body ? await row.body(asker) : schema && exampleOf(document, schema, fill);
  return { parameters, path: pathOf(operation.path, parameters), body, headers: { ...fromAnywhere(), ...row.headers } };
}

/** @param {Stage} stage @param {Operation} operation @param {Omit<Call, 'parameters'>} call @param {Record<string, string>} who
 * @param {string} [method] */
export function sendCall({ api }, operation, { path, body, headers }, who, method = operation.method) {
  return send(api, method, path, { body, headers: { ...headers, ...who } });
}
