-- Shared by the scripts: prints what http_vs_fastify.mjs reads.

function report(summary, latency)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("RESULT {\"requests\":%d,\"seconds\":%.6f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"refused\":%d,\"failed\":%d}\n",
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    summary.errors.status, failed))
end
