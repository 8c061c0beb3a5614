// Our api against the same routes in Fastify 5 + pg, on one Postgres with fsync on: interleaved rounds, medians,
// ratios.
//
//   ASPECTAVY_BINARY=build/release/aspectavy node apps/backend/bench/http_vs_fastify.mjs [ROUNDS] [SECONDS] [CASE…]
//
// Cases: forecast, route, create, session (BENCH_SESSIONS of them, a million by default). IO_THREADS and REQUEST_THREADS are handed to our api. Needs wrk, and `npm ci` in the repository root and in bench/peers/fastify.
// @ts-check
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { signUp } from '../tests/support/node/accounts.mjs';
import { migratedDatabase, startApi, startWorker } from '../tests/support/node/backend.mjs';
import { answers, startFeedServer } from '../tests/support/node/feed_server.mjs';
import { freePort, sharedCleanup, tempDir } from '../tests/support/node/places.mjs';
import { startPostgres } from '../tests/support/node/postgres.mjs';
import { runCommand, startProcess } from '../tests/support/node/process.mjs';
import { waitFor } from '../tests/support/node/wait.mjs';
import { askedTokens, fillSessions } from './sessions.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const rounds = Number(process.argv[2] ?? 5);
const seconds = Number(process.argv[3] ?? 8);
const wanted = process.argv.slice(4);
const connections = 64;
const pointCount = 200;
const storedRoutes = 200;
const distinctBodies = 100;
const sessionCount = Number(process.env.BENCH_SESSIONS ?? 1_000_000);
/** The person whose routes are made; both servers look who calls. */
let authorization = '';

/**
 * @typedef {object} Server
 * @property {string} name
 * @property {string} url
 * @property {number} pid
 *
 * @typedef {object} Sample
 * @property {number} rate requests a second
 * @property {number} p50_ms
 * @property {number} p99_ms
 * @property {number} server_us CPU of the server, microseconds a request
 * @property {number} postgres_us CPU of all Postgres processes, microseconds a request
 */

const tick_us = 1e6 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** User and system time that a process has used so far; with its ended children's when asked for.
 * @param {number | string} pid @param {boolean} [withChildren] */
function cpu_us(pid, withChildren = false) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ').map(Number);
  const used = fields.slice(11, withChildren ? 15 : 13);
  return used.reduce((sum, ticks) => sum + ticks, 0) * tick_us;
}

/** @param {number} postmaster */
function postgres_us(postmaster) {
  const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').trim().split(' ');
  return children.reduce((sum, pid) => sum + (pid ? cpu_us(pid) : 0), cpu_us(postmaster, true));
}

/** Most memory the process has held resident, in MB. @param {number} pid */
function peakMemory_MB(pid) {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? Number(sorted[middle]) : (Number(sorted[middle - 1]) + Number(sorted[middle])) / 2;
}

/** A tour of its own for every number: 15 m legs that wander about. @param {number} number */
function wanderingLine(number) {
  let state = number * 2654435761 + 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  let [lon, lat, heading] = [11 + random(), 47 + random() / 2, random() * 7];
  return Array.from({ length: pointCount }, () => {
    heading += random() - 0.5;
    lon += 0.0002 * Math.cos(heading);
    lat += 0.000135 * Math.sin(heading);
    return [Number(lon.toFixed(7)), Number(lat.toFixed(7))];
  });
}

/** @param {number} number @param {string} name */
function feature(number, name) {
  const geometry = { type: 'LineString', coordinates: wanderingLine(number) };
  return JSON.stringify({ type: 'Feature', properties: { name }, geometry });
}

const utc = (/** @type {number} */ ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** A bulletin whose answer is about 4 KB, as centres write them: five paragraphs of text. */
function bulletin() {
  const now = Date.now();
  const paragraph =
    'Fresh and older wind slabs lie on weak layers above the tree line and can be released by one person, in ' +
    'particular on shady slopes, in gullies and bowls and behind breaks of slope. The spots are frequent and hard to ' +
    'recognise when the light is flat. Remotely triggered avalanches are possible; keep distances and avoid runouts. ';
  const shady = ['NW', 'N', 'NE', 'E'];
  const problem = (/** @type {string} */ problemType, /** @type {string} */ lowerBound) => ({
    problemType, aspects: shady, elevation: { lowerBound }, validTimePeriod: 'all_day', snowpackStability: 'poor',
    frequency: 'some', avalancheSize: 2, comment: paragraph,
  });
  const rating = (/** @type {string} */ mainValue, /** @type {object} */ elevation) => ({
    mainValue, elevation, validTimePeriod: 'all_day' });
  return {
    bulletinID: 'BENCH-1',
    lang: 'en',
    publicationTime: utc(now - 3600e3),
    unscheduled: false,
    validTime: { startTime: utc(now - 3600e3), endTime: utc(now + 23 * 3600e3) },
    regions: [{ regionID: 'BENCH-01', name: 'Bench Massif' }],
    dangerRatings: [rating('considerable', { lowerBound: '2200' }), rating('moderate', { upperBound: '2200' })],
    avalancheProblems: [problem('persistent_weak_layers', '2200'), problem('wind_slab', '2000')],
    avalancheActivity: { highlights: 'Wind slabs call for caution.', comment: paragraph },
    snowpackStructure: { highlights: '', comment: paragraph },
    travelAdvisory: { highlights: '', comment: paragraph },
    customData: { ALBINA: { mainDate: utc(now + 12 * 3600e3).slice(0, 10) } },
  };
}

/** Lets the worker fetch the bulletin and store it. @param {import('../tests/support/node/places.mjs').Cleanup} test
 * @param {string} folder @param {string} databaseUrl @param {() => Promise<{ id: string, rendered: string } | undefined>} find */
async function syncForecast(test, folder, databaseUrl, find) {
  const feed = await startFeedServer(test);
  const ring = [[10, 46], [13, 46], [13, 49], [10, 49], [10, 46]];
  const zone = {
    type: 'Feature',
    properties: { id: 'BENCH-01', name: 'Bench Massif', start_date: '2020-01-01', end_date: null },
    geometry: { type: 'Polygon', coordinates: [ring] },
  };
  feed.on('/bulletins/latest/BENCH_en_CAAMLv6.json', answers(JSON.stringify({ bulletins: [bulletin()] })));
  feed.on('/zones.geojson', answers(JSON.stringify({ type: 'FeatureCollection', features: [zone] })));
  const source = {
    provider: 'bench', kind: 'caaml', baseUrl: feed.url, regions: ['BENCH'], zoneUrls: [`${feed.url}/zones.geojson`],
    timeZone: 'UTC', center: 'Bench', attribution: 'Made up.', pauseMs: 0, pollSeconds: 60,
  };
  writeFileSync(join(folder, 'feeds.json'), JSON.stringify({ feeds: [source] }));
  const worker = await startWorker(test, { DATABASE_URL: databaseUrl, FORECAST_FEEDS: join(folder, 'feeds.json') });
  const found = await waitFor('the forecast', find, { timeoutMs: 60_000 });
  await worker.stop();
  return found;
}

/** @param {import('../tests/support/node/places.mjs').Cleanup} test @param {string} name @param {Record<string, string>} env
 * @returns {Promise<Server>} */
async function startPeer(test, name, env) {
  const port = await freePort();
  const server = startProcess(test, name, [process.execPath, join(here, 'peers/fastify/server.mjs')], {
    env: { NODE_ENV: 'production', PORT: `${port}`, ...env },
  });
  const url = `http://127.0.0.1:${port}`;
  await waitFor(`${name} to answer`, async () => {
    if (!server.isRunning) throw new Error(server.output);
    return (await fetch(`${url}/health`)).ok;
  });
  return { name, url, pid: server.pid };
}

/** @param {string} url @param {string} body */
async function post(url, body) {
  const headers = { 'content-type': 'application/json', authorization };
  const answer = await fetch(`${url}/api/routes`, { method: 'POST', headers, body });
  assert.equal(answer.status, 201, await answer.clone().text());
  return /** @type {{ id: string, pointCount: number }} */ (await answer.json());
}

/** One run of wrk. @param {Server} server @param {number} postmaster @param {string[]} script @param {number} length_s
 * @returns {Promise<Sample>} */
async function measure(server, postmaster, script, length_s) {
  const before = { server: cpu_us(server.pid), postgres: postgres_us(postmaster) };
  const command = ['wrk', '-t', '1', '-c', `${connections}`, '-d', `${length_s}s`, '--timeout', '10s', '-s'];
  const [name = '', ...args] = script;
  const run = await runCommand([...command, join(here, 'wrk', name), server.url, '--', ...args], {
    env: { BENCH_WRK: join(here, 'wrk'), ...(authorization && { BENCH_AUTHORIZATION: authorization }) }, timeoutMs: (length_s + 60) * 1000 });
  const line = /^RESULT (.*)$/m.exec(run.stdout);
  if (!line) throw new Error(`wrk failed: ${run.stdout}${run.stderr}`);
  const result = JSON.parse(String(line[1]));
  assert.equal(result.refused, 0, `${server.name} answered ${result.refused} requests with an error status`);
  if (result.failed > 0) console.error(`${server.name}: ${result.failed} connections failed`);
  return {
    rate: result.requests / result.seconds,
    p50_ms: result.p50_ms,
    p99_ms: result.p99_ms,
    server_us: (cpu_us(server.pid) - before.server) / result.requests,
    postgres_us: (postgres_us(postmaster) - before.postgres) / result.requests,
  };
}

/** Rounds A B C A B C …; prints a table, ratios against the first server.
 * @param {string} title @param {Server[]} servers @param {number} postmaster @param {(server: Server, run: number) => string[]} script */
async function compare(title, servers, postmaster, script) {
  /** @type {Map<string, Sample[]>} */
  const samples = new Map(servers.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const server of servers) {
      const sample = await measure(server, postmaster, script(server, round), round === 0 ? 3 : seconds);
      if (round > 0) samples.get(server.name)?.push(sample); // round 0 warms up
    }
  }
  const middle = servers.map((server) => {
    const own = samples.get(server.name) ?? [];
    const of = (/** @type {keyof Sample} */ key) => median(own.map((sample) => sample[key]));
    return { rate: of('rate'), p50: of('p50_ms'), p99: of('p99_ms'), cpu: of('server_us'), postgres: of('postgres_us'),
      memory: peakMemory_MB(server.pid) };
  });
  console.log(`\n### ${title}\n`);
  console.log('| server | requests/s | p50 ms | p99 ms | server CPU µs | Postgres CPU µs | peak memory MB |');
  console.log('|---|---|---|---|---|---|---|');
  const [ours] = middle;
  assert.ok(ours);
  middle.forEach((m, i) => {
    const cells = [m.rate.toFixed(0), m.p50.toFixed(2), m.p99.toFixed(2), m.cpu.toFixed(1), m.postgres.toFixed(1),
      m.memory.toFixed(1)];
    console.log(`| ${servers[i]?.name} | ${cells.join(' | ')} |`);
    if (i === 0) return;
    const times = (/** @type {number} */ value) => `${value.toFixed(1)}×`;
    const ratios = [times(ours.rate / m.rate), times(m.p50 / ours.p50), times(m.p99 / ours.p99), times(m.cpu / ours.cpu),
      ours.postgres > 0.5 ? times(m.postgres / ours.postgres) : '–', times(m.memory / ours.memory)];
    console.log(`| *ours is better by* | ${ratios.join(' | ')} |`);
  });
}

/** @param {import('../tests/support/node/places.mjs').Cleanup} test */
async function main(test) {
  const folder = tempDir(test);
  const cluster = await startPostgres(test, { fsync: 'on', full_page_writes: 'on', shared_buffers: '256MB' });
  const database = await migratedDatabase(cluster);
  const databaseUrl = cluster.url(database);
  const forecast = await syncForecast(test, folder, databaseUrl, async () => {
    const found = await cluster.query(database, 'SELECT id, rendered FROM forecast');
    return found.rows[0];
  });
  const peerDatabase = await cluster.createDatabase();
  await cluster.query(peerDatabase, readFileSync(join(here, 'peers/fastify/schema.sql'), 'utf8'));
  await cluster.query(peerDatabase, 'INSERT INTO peer.forecast VALUES ($1, $2, now(), $3)', [
    forecast.id, 'bench', forecast.rendered]);

  const { IO_THREADS, REQUEST_THREADS } = process.env;
  const api = await startApi(test, { DATABASE_URL: databaseUrl, LOG_LEVEL: 'warn', IO_THREADS, REQUEST_THREADS });
  const ours = { name: 'AspectAvy', url: api.url, pid: api.process.pid };
  const peerUrl = cluster.url(peerDatabase);
  authorization = `Bearer ${(await signUp(api.url)).token}`;
  const definitionsPath = '/api/user/settings/definitions';
  const definitions = join(folder, 'definitions.json');
  writeFileSync(definitions, await (await fetch(api.url + definitionsPath, { headers: { authorization } })).text());
  const fastify = await startPeer(test, 'Fastify + pg', {
    DATABASE_URL: peerUrl, SESSION_DATABASE_URL: databaseUrl, DEFINITIONS_FILE: definitions });

  console.log(`${rounds} rounds of ${seconds} s, ${connections} connections, medians; forecast of ` +
    `${Buffer.byteLength(forecast.rendered)} bytes, routes of ${pointCount} points`);
  const isWanted = (/** @type {string} */ name) => wanted.length === 0 || wanted.includes(name);
  const file = (/** @type {string} */ name, /** @type {string[]} */ lines) => {
    writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
    return join(folder, name);
  };

  if (isWanted('forecast')) {
    const caching = await startPeer(test, 'Fastify + LRU cache', { DATABASE_URL: peerUrl, CACHE: '1' });
    const path = `/api/forecasts/${forecast.id}`;
    assert.deepEqual(await (await fetch(ours.url + path)).json(), await (await fetch(fastify.url + path)).json());
    const paths = file('forecast', [path]);
    await compare('GET /api/forecasts/{id}', [ours, fastify, caching], cluster.pid, () => ['get.lua', paths]);
  }
  if (isWanted('route')) {
    /** @type {Map<string, string>} */
    const paths = new Map();
    for (const server of [ours, fastify]) {
      const ids = [];
      for (let i = 0; i < storedRoutes; i += 1) ids.push((await post(server.url, feature(i, `Tour ${i}`))).id);
      paths.set(server.name, file(`routes-${server.pid}`, ids.map((id) => `/api/routes/${id}`)));
    }
    await compare('GET /api/routes/{id}', [ours, fastify], cluster.pid, ({ name }) => ['get.lua', String(paths.get(name))]);
  }
  if (isWanted('create')) {
    const bodies = file('bodies', Array.from({ length: distinctBodies }, (_, i) => feature(i, 'NAME')));
    await compare('POST /api/routes', [ours, fastify], cluster.pid, (_, round) => ['post_route.lua', bodies, `${round}`]);
  }
  if (isWanted('session')) {
    await fillSessions(cluster, database, sessionCount);
    const tokens = askedTokens(sessionCount);
    for (const { url, name } of [ours, fastify]) {
      const ask = (/** @type {string} */ token) => fetch(url + definitionsPath, { headers: { authorization: `Bearer ${token}` } });
      assert.equal(await (await ask(String(tokens[0]))).text(), readFileSync(definitions, 'utf8'), name);
      assert.equal((await ask(`avs_${'A'.repeat(43)}`)).status, 401, name);
    }
    const names = file('tokens', tokens);
    const title = `GET ${definitionsPath}: who calls, of ${sessionCount} sessions`;
    await compare(title, [ours, fastify], cluster.pid, () => ['get_session.lua', definitionsPath, names]);
  }
}

/** @type {(() => Promise<void>) | undefined} */
let clean;
const cleanup = sharedCleanup((steps) => (clean = steps));
try {
  await main(cleanup);
} finally {
  await clean?.();
}
