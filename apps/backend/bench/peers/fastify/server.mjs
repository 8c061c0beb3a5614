// The peer: what a careful Node team would write. Schemas for validation and serialisation, a pg pool,
// prepared statements, an ETag plugin; CACHE=1 adds an in-process LRU of serialised forecasts.
import etag from '@fastify/etag';
import Fastify from 'fastify';
import {LRUCache} from 'lru-cache';
import {createHash, randomUUID} from 'node:crypto';
import {readFileSync} from 'node:fs';
import pg from 'pg';

const OWNER = '00000000-0000-7000-8000-000000000001';
const pool = new pg.Pool({connectionString: process.env.DATABASE_URL, max: 16});
const cache = process.env.CACHE === '1' ? new LRUCache({max: 1000}) : null;
const app = Fastify({logger: false, bodyLimit: 20 << 20});
await app.register(etag);

const forecastSchema = {
  type: 'object',
  additionalProperties: true,
  properties: {
    id: {type: 'string'},
    provider: {type: 'string'},
    issuedAt: {type: 'string'},
    zones: {type: 'array', items: {type: 'string'}},
    ratings: {type: 'array', items: {type: 'object', additionalProperties: true}},
    problems: {type: 'array', items: {type: 'object', additionalProperties: true}},
  },
};

// Who calls, by the same row and the same rules as ours: SESSION_DATABASE_URL is a database of our schema.
const sessions = process.env.SESSION_DATABASE_URL ?
    new pg.Pool({connectionString: process.env.SESSION_DATABASE_URL, max: 16}) : null;
const TOUCH_EVERY_MS = 5 * 60 * 1000;
const IDLE_MS = {web: 14 * 86400e3, ios: 90 * 86400e3};

const refuse = (reply, code) => reply.code(401).send({code});

async function requireSession(request, reply) {
  const token = /^Bearer (avs_[\w-]{43})$/.exec(request.headers.authorization ?? '')?.[1];
  if (!token) return refuse(reply, 'unauthenticated');
  const {rows: [row]} = await sessions.query({
    name: 'session',
    text: `SELECT s.id, s.user_id, s.kind, s.created_at, s.last_seen_at, s.idle_expires_at, s.absolute_expires_at,
                  s.elevated_until, s.user_agent, s.app_version, s.device_label, s.revoked_at IS NOT NULL AS is_revoked,
                  u.status, u.email_verified_at IS NOT NULL AS email_verified
           FROM user_session s JOIN app_user u ON u.id = s.user_id
           WHERE s.token_hash = $1`,
    values: [createHash('sha256').update(token).digest()]});
  if (!row) return refuse(reply, 'unauthenticated');
  if (row.is_revoked || row.status === 'disabled') return refuse(reply, 'session_revoked');
  const now = Date.now();
  if (Math.min(row.idle_expires_at, row.absolute_expires_at) <= now) return refuse(reply, 'session_expired');
  if (now - row.last_seen_at >= TOUCH_EVERY_MS) {
    await sessions.query({
      name: 'touch',
      text: `UPDATE user_session SET last_seen_at = $3, idle_expires_at = $4
             WHERE user_id = $1 AND id = $2 AND revoked_at IS NULL AND last_seen_at < $3`,
      values: [row.user_id, row.id, new Date(now), new Date(Math.min(now + IDLE_MS[row.kind], +row.absolute_expires_at))]});
  }
  request.caller = {userId: row.user_id, sessionId: row.id};
}
const forPeople = sessions ? {preHandler: requireSession} : {};

// The answer of ours, byte for byte: what is compared is who may read it.
if (process.env.DEFINITIONS_FILE) {
  const definitions = readFileSync(process.env.DEFINITIONS_FILE, 'utf8');
  app.get('/api/user/settings/definitions', forPeople,
      async (request, reply) => reply.type('application/json; charset=utf-8').send(definitions));
}

app.get('/health', {schema: {response: {200: {type: 'object', properties: {status: {type: 'string'}}}}}},
    async () => ({status: 'ok'}));

app.get('/api/forecasts/:id',
    {schema: {params: {type: 'object', properties: {id: {type: 'string', format: 'uuid'}}},
      response: {200: forecastSchema}}},
    async (request, reply) => {
      const {id} = request.params;
      const hit = cache?.get(id);
      if (hit) return reply.type('application/json; charset=utf-8').header('etag', hit.etag).send(hit.text);
      const {rows} = await pool.query({name: 'forecast', text: 'SELECT body FROM peer.forecast WHERE id = $1', values: [id]});
      if (rows.length === 0) return reply.code(404).send({code: 'not_found'});
      if (cache) {
        const text = JSON.stringify(rows[0].body);
        cache.set(id, {text, etag: `"${id}"`});
        return reply.type('application/json; charset=utf-8').header('etag', `"${id}"`).send(text);
      }
      return rows[0].body;
    });

const routeSchema = {
  type: 'object',
  properties: {
    id: {type: 'string'}, name: {type: 'string'}, lengthM: {type: 'number'},
    createdAt: {type: 'string'}, updatedAt: {type: 'string'}, pointCount: {type: 'integer'},
    geometry: {type: 'object', properties: {type: {type: 'string'},
      coordinates: {type: 'array', items: {type: 'array', items: {type: 'number'}}}}},
    compile: {type: 'object', properties: {status: {type: 'string'}}},
  },
};

const asRoute = (row, geometry) => ({
  id: row.id, name: row.name, lengthM: row.length_m, createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(), pointCount: geometry.coordinates.length, geometry,
  compile: {status: 'queued'},
});

app.get('/api/routes/:id',
    {...forPeople, schema: {params: {type: 'object', properties: {id: {type: 'string', format: 'uuid'}}}, response: {200: routeSchema}}},
    async (request, reply) => {
      const {rows} = await pool.query({
        name: 'route',
        text: 'SELECT id, name, geometry, length_m, created_at, updated_at FROM peer.route WHERE id = $1 AND owner_id = $2',
        values: [request.params.id, OWNER]});
      if (rows.length === 0) return reply.code(404).send({code: 'not_found'});
      return asRoute(rows[0], rows[0].geometry);
    });

const RADIUS_M = 6371008.8;
const radians = (degrees) => degrees * Math.PI / 180;
function lengthM(coordinates) {
  let total = 0;
  for (let i = 1; i < coordinates.length; i++) {
    const [lon1, lat1] = coordinates[i - 1];
    const [lon2, lat2] = coordinates[i];
    const a = Math.sin(radians(lat2 - lat1) / 2) ** 2 +
        Math.cos(radians(lat1)) * Math.cos(radians(lat2)) * Math.sin(radians(lon2 - lon1) / 2) ** 2;
    total += 2 * RADIUS_M * Math.asin(Math.sqrt(a));
  }
  return total;
}

const createSchema = {
  type: 'object',
  required: ['type', 'geometry'],
  properties: {
    type: {const: 'Feature'},
    properties: {type: ['object', 'null'], properties: {name: {type: 'string', maxLength: 200}}},
    geometry: {
      type: 'object', required: ['type', 'coordinates'],
      properties: {
        type: {const: 'LineString'},
        coordinates: {type: 'array', minItems: 2, maxItems: 20000,
          items: {type: 'array', minItems: 2, maxItems: 3, items: {type: 'number', minimum: -180, maximum: 180}}},
      },
    },
  },
};

app.post('/api/routes', {...forPeople, schema: {body: createSchema, response: {201: routeSchema}}}, async (request, reply) => {
  const {geometry, properties} = request.body;
  const id = randomUUID();
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const {rows} = await client.query({
      name: 'route_insert',
      text: `INSERT INTO peer.route (id, owner_id, name, geometry, length_m, idempotency_key) VALUES ($1, $2, $3, $4, $5, $6)
             RETURNING id, name, length_m, created_at, updated_at`,
      values: [id, OWNER, properties?.name ?? '', JSON.stringify(geometry), lengthM(geometry.coordinates),
        request.headers['idempotency-key'] ?? null]});
    await client.query({
      name: 'job_insert', text: 'INSERT INTO peer.job (kind, payload) VALUES ($1, $2)',
      values: ['compile_route', JSON.stringify({routeId: id})]});
    await client.query('COMMIT');
    return reply.code(201).header('location', `/api/routes/${id}`).send(asRoute(rows[0], geometry));
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
});

await app.listen({port: Number(process.env.PORT), host: '127.0.0.1'});
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, async () => {
    await app.close();
    await pool.end();
    await sessions?.end();
    process.exit(0);
  });
}
