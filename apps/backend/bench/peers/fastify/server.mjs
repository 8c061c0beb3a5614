// The peer: what a careful Node team would write. Schemas for validation and serialisation, a pg pool,
// prepared statements, an ETag plugin; CACHE=1 adds an in-process LRU of serialised forecasts.
import etag from '@fastify/etag';
import Fastify from 'fastify';
import {LRUCache} from 'lru-cache';
import {randomUUID} from 'node:crypto';
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
    {schema: {params: {type: 'object', properties: {id: {type: 'string', format: 'uuid'}}}, response: {200: routeSchema}}},
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

app.post('/api/routes', {schema: {body: createSchema, response: {201: routeSchema}}}, async (request, reply) => {
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
    process.exit(0);
  });
}
