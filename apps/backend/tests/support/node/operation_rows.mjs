// Every operation of openapi.json: the tests that drive it, and what a good call of it needs beyond what its schema says.
// every_endpoint.test.mjs fails for an operation that has no row here, and for a row without an operation.
// @ts-check
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { password, signUp } from './accounts.mjs';
import { addLink, hashOf, newToken } from './credentials.mjs';
import { send } from './http_client.mjs';
import { png } from './user_area.mjs';

/**
 * @typedef {object} Asker whose call it is
 * @property {string} api URL
 * @property {import('pg').Client} db
 * @property {string} userId
 * @property {string} email
 * @property {Record<string, string>} headers by which the api knows them: an elevated session
 *
 * @typedef {object} Row
 * @property {string} drivenBy the file under apps/backend/tests that drives it through its cases
 * @property {(asker: Asker) => Promise<Record<string, string>> | Record<string, string>} [parameters] of the path and the
 *   query; made for each call
 * @property {string} [belongsTo] 'person': the parameters name something of the asker's, which another does not reach
 *   (the default of what has parameters in its path); else why not
 * @property {(asker: Asker) => Promise<unknown> | unknown} [body] in place of the one made from the schema
 * @property {Record<string, string>} [headers]
 * @property {number} [status] of a good call, when it is not the first success that the document names
 * @property {string} [takesUnknownMembers] why a body may have members that the schema does not name
 * @property {boolean} [spendsPerson] afterwards the asker's account is another
 */

export const newPassword = 'glacier-lantern-31';

/** @param {Asker} asker @param {string} method @param {string} path @param {unknown} [body] @param {Record<string, string>} [headers] */
async function made({ api, headers: known }, method, path, body, headers = {}) {
  const answer = await send(api, method, path, { body, headers: { ...known, ...headers } });
  assert.ok(answer.status < 300, `${method} ${path} answered ${answer.status}: ${answer.text}`);
  return answer.json;
}

/** @param {Asker} asker */
const ownContact = async (asker) => ({ id: (await made(asker, 'POST', '/api/user/safety-contacts', { name: 'a friend', phone: '112' })).id });
const pushDevice = () => ({ platform: 'ios', environment: 'sandbox', topic: 'com.example.app', token: randomUUID().replaceAll('-', '').repeat(2) });
/** @param {Asker} asker */
const ownDevice = async (asker) => ({ id: (await made(asker, 'POST', '/api/user/push-devices', pushDevice())).id });
/** @param {Asker} asker */
async function ownPicture({ api, headers }) {
  const answer = await send(api, 'PUT', '/api/user/avatar', { body: png(2, 2, [1, 2, 3, 255]), headers: { ...headers, 'content-type': 'image/png' } });
  assert.equal(answer.status, 200, answer.text);
  return {};
}
/** An archive of no bytes. @param {Asker} asker */
async function ownArchive({ db, userId }) {
  const id = randomUUID();
  await db.query(`INSERT INTO data_export (id, user_id, state, requested_at, finished_at, expires_at, bytes, sha256)
                  VALUES ($1, $2, 'ready', now(), now(), now() + interval '1 day', 0, encode(sha256(''), 'hex'))`, [id, userId]);
  return { id };
}
/** A body with the token that cancels the deletion of somebody who is nobody else in the tests. @param {Asker} asker */
async function withDeletion({ api, db }) {
  const { userId } = await signUp(api);
  const token = newToken('avl_');
  await db.query("UPDATE app_user SET status = 'deletion_pending' WHERE id = $1", [userId]);
  await db.query(`INSERT INTO account_deletion (user_id, requested_at, purge_at, cancel_hash) VALUES ($1, now(), now() + interval '1 day', $2)`, [userId, hashOf(token)]);
  return { token };
}

const line = { type: 'LineString', coordinates: [[11.6728, 47.115], [11.674, 47.116]] };
const geoJson = { 'content-type': 'application/geo+json' };
const route = () => ({ type: 'Feature', properties: { name: 'a tour' }, geometry: line, id: randomUUID() });

/** @param {Asker} asker */
const ownRoute = async (asker) => ({ id: (await made(asker, 'POST', '/api/routes', route(), geoJson)).id });
/** @param {Asker} asker */
const ownToken = async (asker) => ({ id: (await made(asker, 'POST', '/api/auth/tokens', { name: 'a', scopes: ['routes:read'] })).id });
/** @param {Asker} asker */
const ownInvite = async (asker) => ({ id: (await made(asker, 'POST', '/api/auth/invites', {})).id });
/** @param {Asker} asker */
const ownSession = async (asker) => {
  const body = { email: asker.email, password, client: 'ios' };
  return { id: (await made(asker, 'POST', '/api/auth/sign-in', body)).session.id };
};

/** Straight into the table: the stage has no forecast that one could be set on. @param {Asker} asker */
const ownOverride = async ({ db, userId }) => {
  await db.query(
    `INSERT INTO forecast_override (id, user_id, zone_key, zone_name, provider, revision, reason, base_forecast_id,
                                    known_forecasts, danger, lowers, set_at, ends_at, official)
     VALUES ($1, $2, 'AT-07-10', 'A zone', 'albina',
             (SELECT count(*) + 1 FROM forecast_override_history WHERE user_id = $2), 'Wind slabs on every ridge', $1, '',
             '{"bands":{"upper":"high","middle":null,"lower":null},"heights":null,"problems":null}', false, now(),
             now() + interval '1 hour', '{"forecasts":[],"bands":{},"days":[],"problems":[]}')
     ON CONFLICT DO NOTHING`,
    [randomUUID(), userId],
  );
  return { zoneId: 'AT-07-10' };
};
const wantedOverride = () => ({ reason: 'Wind slabs on every ridge', baseForecastId: randomUUID(), bands: { upper: 'high' } });

/** Straight into the tables: no provider speaks to the stage. @param {Asker} asker */
async function asMember({ db, userId }) {
  await db.query('DELETE FROM buddy_pass WHERE issued_by = $1', [userId]);
  await db.query(`INSERT INTO membership (user_id, source, state, event_at, updated_at) VALUES ($1, 'store', 'active', now(), now())
                  ON CONFLICT DO NOTHING`, [userId]);
  return {};
}
/** @param {Asker['db']} db @param {string} giver @param {Buffer | null} codeHash */
async function addPass(db, giver, codeHash) {
  const id = randomUUID();
  await db.query(`INSERT INTO buddy_pass (id, issued_by, days, code_hash, shared_at, created_at, expires_at)
                  VALUES ($1, $2, 30, $3, CASE WHEN $3::bytea IS NULL THEN NULL ELSE now() END, now(), now() + interval '1 day')`, [id, giver, codeHash]);
  return id;
}
/** @param {Asker} asker */
const ownPass = async ({ db, userId }) => ({ id: await addPass(db, userId, null) });
/** A body with the code of somebody else's pass. @param {Asker} asker */
async function withPass({ api, db }) {
  const code = randomUUID().replaceAll('-', '').slice(0, 24).toUpperCase();
  await addPass(db, (await signUp(api)).userId, hashOf(code));
  return { code };
}

/** A body with a good link of the asker's. @param {string} purpose @param {object} [more] @returns {(asker: Asker) => Promise<object>} */
const withLink = (purpose, more = {}) => async ({ db, userId, email }) => ({ token: await addLink(db, userId, email, purpose), ...more });

const auth = 'integration/auth.test.mjs';
const sessions = 'integration/auth_sessions.test.mjs';
const links = 'integration/auth_links.test.mjs';
const contract = 'contract/operations.test.mjs';
const userArea = 'integration/user_area.test.mjs';
const userData = 'integration/user_data.test.mjs';
const admin = 'integration/admin_api.test.mjs';
const overrides = 'integration/overrides.test.mjs';
const membership = 'integration/membership.test.mjs';

/** @type {Record<string, Row>} by operationId */
export const rows = {
  register: { drivenBy: auth, body: () => ({ email: `someone-${randomUUID()}@example.org`, password, client: 'ios' }) },
  signIn: { drivenBy: auth, body: ({ email }) => ({ email, password, client: 'ios' }) },
  signOut: { drivenBy: sessions },
  openDemo: { drivenBy: 'integration/every_endpoint.test.mjs' },
  elevate: { drivenBy: sessions, body: () => ({ password }) },
  changePassword: { drivenBy: sessions, body: () => ({ currentPassword: password, newPassword }), spendsPerson: true },
  getSession: { drivenBy: sessions },
  whoAmI: { drivenBy: 'integration/hosted_account.test.mjs' },
  listSessions: { drivenBy: sessions },
  revokeSession: { drivenBy: sessions, parameters: ownSession },
  revokeOtherSessions: { drivenBy: sessions, spendsPerson: true },
  listApiTokens: { drivenBy: sessions },
  createApiToken: { drivenBy: sessions },
  revokeApiToken: { drivenBy: sessions, parameters: ownToken },
  listInvites: { drivenBy: auth },
  createInvite: { drivenBy: auth },
  revokeInvite: { drivenBy: auth, parameters: ownInvite },
  requestMagicLink: { drivenBy: links },
  consumeMagicLink: { drivenBy: links, body: withLink('magic_link', { client: 'ios' }) },
  consumeMagicCode: { drivenBy: links, status: 422 },
  requestPasswordReset: { drivenBy: links },
  resetPassword: { drivenBy: links, body: withLink('password_reset', { newPassword }), spendsPerson: true },
  requestEmailVerification: { drivenBy: links },
  verifyEmail: { drivenBy: links, body: withLink('email_verification') },
  requestEmailChange: { drivenBy: links },
  confirmEmailChange: { drivenBy: links, body: withLink('email_change'), status: 401 },
  postAnalyticsEvents: {
    drivenBy: 'integration/analytics.test.mjs',
    body: () => ({
      installationId: randomUUID(), sessionId: randomUUID(), system: {},
      events: [{ name: 'route_saved', at: `${new Date(Date.now() - 1000).toISOString().slice(0, 19)}Z`, props: { source: 'map' } }],
    }),
  },
  getMembership: { drivenBy: membership },
  refreshMembership: { drivenBy: membership },
  listBuddyPasses: { drivenBy: membership },
  issueBuddyPass: { drivenBy: membership, parameters: asMember },
  shareBuddyPass: { drivenBy: membership, parameters: ownPass },
  revokeBuddyPass: { drivenBy: membership, parameters: ownPass },
  redeemBuddyPass: { drivenBy: membership, body: withPass },
  takeMembershipEvent: {
    drivenBy: membership, parameters: () => ({ provider: 'store' }), belongsTo: 'a provider, who signs', status: 401,
    takesUnknownMembers: 'providers say more than is read',
  },
  getProfile: { drivenBy: userArea },
  changeProfile: { drivenBy: userArea },
  putAvatar: { drivenBy: userArea, body: () => png(2, 2, [1, 2, 3, 255]), headers: { 'content-type': 'image/png' } },
  getAvatar: { drivenBy: userArea, parameters: ownPicture },
  deleteAvatar: { drivenBy: userArea },
  listSettingDefinitions: { drivenBy: userArea },
  getSettings: { drivenBy: userArea },
  putSetting: { drivenBy: userArea, parameters: () => ({ key: 'map.slope_layer' }), belongsTo: 'the table of settings', body: () => ({ value: false }) },
  resetSetting: { drivenBy: userArea, parameters: () => ({ key: 'map.slope_layer' }), belongsTo: 'the table of settings' },
  listFavouriteZones: { drivenBy: userArea },
  putFavouriteZones: { drivenBy: userArea, body: () => ({ zoneIds: [] }) },
  putFavouriteZone: { drivenBy: userArea, parameters: () => ({ zoneId: 'XX-99' }), belongsTo: 'everybody', status: 404 },
  deleteFavouriteZone: { drivenBy: userArea, parameters: () => ({ zoneId: 'XX-99' }), belongsTo: 'everybody' },
  listSafetyContacts: { drivenBy: userArea },
  createSafetyContact: { drivenBy: userArea, body: () => ({ name: 'a friend', phone: '112' }) },
  getSafetyContact: { drivenBy: userArea, parameters: ownContact },
  replaceSafetyContact: { drivenBy: userArea, parameters: ownContact, body: () => ({ name: 'another', phone: '113' }), headers: { 'if-match': '"1"' } },
  deleteSafetyContact: { drivenBy: userArea, parameters: ownContact, headers: { 'if-match': '"1"' } },
  registerPushDevice: { drivenBy: userArea, body: pushDevice },
  listPushDevices: { drivenBy: userArea },
  deletePushDevice: { drivenBy: userArea, parameters: ownDevice },
  getSupportSummary: { drivenBy: userArea },
  requestExport: { drivenBy: userData, spendsPerson: true },
  listExports: { drivenBy: userData },
  downloadExport: { drivenBy: userData, parameters: ownArchive },
  requestDeletion: { drivenBy: userData, spendsPerson: true },
  getDeletion: { drivenBy: userData },
  lookUpDeletion: { drivenBy: userData, body: withDeletion },
  cancelDeletion: { drivenBy: userData, body: withDeletion },
  operatorSignIn: { drivenBy: admin },
  operatorElevate: { drivenBy: admin },
  operatorSignOut: { drivenBy: admin },
  getOperatorSession: { drivenBy: admin },
  adminSearchUsers: { drivenBy: admin },
  adminShowUser: { drivenBy: admin },
  adminShowAuthState: { drivenBy: admin },
  adminListDevices: { drivenBy: admin },
  adminDisableUser: { drivenBy: admin },
  adminEnableUser: { drivenBy: admin },
  adminRevokeSessions: { drivenBy: admin },
  adminListOperators: { drivenBy: admin },
  adminCreateOperator: { drivenBy: admin },
  adminDisableOperator: { drivenBy: admin },
  adminEnableOperator: { drivenBy: admin },
  adminResetOperatorTotp: { drivenBy: admin },
  adminResetOperatorPassword: { drivenBy: admin },
  adminSetOperatorScopes: { drivenBy: admin },
  adminListAudit: { drivenBy: admin },
  adminVerifyAudit: { drivenBy: admin },
  adminListJobs: { drivenBy: admin },
  adminRetryJob: { drivenBy: admin },
  adminDiscardJob: { drivenBy: admin },
  adminHealthSummary: { drivenBy: admin },
  describeAdminCommands: { drivenBy: admin },
  getClientConfig: { drivenBy: 'integration/auth_apps.test.mjs' },
  getForecastAt: { drivenBy: contract, parameters: () => ({ lat: '47.1', lon: '11.6' }) },
  getForecastProviders: { drivenBy: contract },
  getForecastZones: { drivenBy: contract },
  getForecast: { drivenBy: contract, parameters: () => ({ id: randomUUID() }), belongsTo: 'everybody', status: 404 },
  getOpenApi: { drivenBy: contract },
  createRoute: { drivenBy: contract, body: route, headers: geoJson, takesUnknownMembers: 'GeoJSON has foreign members (RFC 7946, 6.1)' },
  listRoutes: { drivenBy: contract },
  getRoute: { drivenBy: contract, parameters: ownRoute },
  deleteRoute: { drivenBy: contract, parameters: ownRoute },
  getRouteAssessment: { drivenBy: contract, parameters: ownRoute },
  getRouteProfile: { drivenBy: contract, parameters: ownRoute },
  whatIf: { drivenBy: contract, parameters: ownRoute, body: () => ({ level: 'high' }) },
  listForecastOverrides: { drivenBy: overrides },
  putForecastOverride: { drivenBy: overrides, parameters: () => ({ zoneId: 'AT-07-10' }), belongsTo: 'everybody: a zone', body: wantedOverride, status: 404 },
  deleteForecastOverride: { drivenBy: overrides, parameters: ownOverride },
  getForecastOverrideHistory: { drivenBy: overrides },
  health: { drivenBy: contract },
  livez: { drivenBy: contract },
  readyz: { drivenBy: contract },
};
