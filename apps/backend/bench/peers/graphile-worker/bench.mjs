// Enqueues N jobs that do nothing, runs them with graphile-worker, prints jobs per second.
//   DATABASE_URL=… node bench.mjs [jobs] [concurrency] [local queue size, 0 = one query a job]
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import pg from "pg";

const jobs = Number(process.argv[2] ?? 20000);
const concurrency = Number(process.argv[3] ?? 24);
const localQueue = Number(process.argv[4] ?? 0);
const connectionString = process.env.DATABASE_URL;
const logger = new Logger(() => () => {});

const utils = await makeWorkerUtils({ connectionString, logger });
await utils.migrate();
await utils.release();

const pool = new pg.Pool({ connectionString, max: concurrency + 4 });
pool.on("error", () => {});
pool.on("connect", (client) => client.on("error", () => {}));
await pool.query("DELETE FROM graphile_worker._private_jobs");
await pool.query(
  `SELECT graphile_worker.add_jobs(array(
     SELECT ('nothing', json_build_object('n', n), NULL, NULL, NULL, NULL, NULL, NULL)::graphile_worker.job_spec
     FROM generate_series(1, $1::int) AS n))`,
  [jobs],
);
await pool.query("ANALYZE graphile_worker._private_jobs");

let ran = 0;
let allRan;
const finished = new Promise((resolve) => (allRan = resolve));
const started = performance.now();
const preset = {
  worker: {
    concurrentJobs: concurrency,
    pollInterval: 2000,
    ...(localQueue > 0
      ? { localQueue: { size: localQueue }, completeJobBatchDelay: 0, failJobBatchDelay: 0 }
      : {}),
  },
};
const runner = await run({
  preset,
  pgPool: pool,
  logger,
  noHandleSignals: true,
  taskList: {
    nothing: async () => {
      if (++ran === jobs) allRan();
    },
  },
});
await finished;
for (;;) {
  const { rows } = await pool.query("SELECT count(*)::int AS n FROM graphile_worker._private_jobs");
  if (rows[0].n === 0) break;
  await new Promise((resolve) => setTimeout(resolve, 2));
}
const seconds = (performance.now() - started) / 1000;
await runner.stop();
await pool.end();
console.log((jobs / seconds).toFixed(0));
process.exit(0);
