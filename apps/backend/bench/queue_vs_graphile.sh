#!/usr/bin/env bash
# Jobs per second of our queue and of graphile-worker on one Postgres: interleaved rounds, medians, ratio.
#
#   apps/backend/bench/queue_vs_graphile.sh build/release/bench/bench_queue [rounds] [jobs]
#
# Both run jobs that do nothing, enqueued beforehand, and end when the table says that all are done. The peer runs
# twice: as it comes (one query a job), and with its local queue, its fastest setting. bench/prepare.sh installs and
# builds what this needs.
set -Eeuo pipefail
binary=$(realpath "${1:?path of the bench_queue binary}")
rounds=${2:-5}
jobs=${3:-20000}
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
for part in say processes preflight postgres; do
  # shellcheck source=/dev/null
  source "scripts/lib/$part.sh"
done
bench=$PWD/apps/backend/bench
peer=${PEER_DIR:-$bench/peers/graphile-worker}
[[ -d $peer/node_modules && -d node_modules/pg ]] ||
  fail "bench" "npm packages are missing" "run apps/backend/bench/prepare.sh first"

server=''
data=$(mktemp -d)
# clean_up: stops the server by its pid and removes its data.
clean_up() {
  if [[ -n $server ]]; then
    kill -INT "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$data" "$data.log"
}
trap clean_up EXIT
programs=${ASPECTAVY_POSTGRES_BIN:-$(postgres_binaries)}
if ((EUID == 0)); then chown "$(postgres_user)" "$data"; fi
port=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
unprivileged_prefix
(
  cd "$data" # the unprivileged user may not be allowed into the repository
  "${UNPRIVILEGED[@]}" "$programs/initdb" -D "$data/pg" -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8
) >"$data.log" 2>&1 || fail "initdb" "it failed: $(tail -n 1 "$data.log")" "see the message"
# fsync stays on: a queue that is fast only without durability is not fast.
(
  cd "$data"
  exec "${UNPRIVILEGED[@]}" "$programs/postgres" -D "$data/pg" -c port="$port" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories="$data" -c shared_buffers=256MB
) >>"$data.log" 2>&1 &
server=$!
url=postgres://postgres@127.0.0.1:$port
node "$bench/create_databases.mjs" "$url/postgres" ours peer ||
  fail "postgres" "it did not take connections: $(tail -n 1 "$data.log")" "see the message"

ours() {
  ASPECTAVY_BENCH_DATABASE_URL="$url/ours" "$binary" --benchmark_format=json 2>/dev/null |
    node -e 'let t="";process.stdin.on("data",d=>t+=d).on("end",()=>console.log(Math.round(JSON.parse(t).benchmarks[0].items_per_second)))'
}
peer_run() { (cd "$peer" && DATABASE_URL="$url/peer" NO_LOG_SUCCESS=1 node bench.mjs "$jobs" 24 "$1"); }
median() { sort -n | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'; }

a="" b="" c=""
for ((i = 1; i <= rounds; i++)); do
  x=$(ours) y=$(peer_run 0) z=$(peer_run 500)
  echo "round $i: ours $x, graphile-worker $y, with local queue $z jobs/s"
  a+="$x"$'\n' b+="$y"$'\n' c+="$z"$'\n'
done
x=$(printf %s "$a" | median) y=$(printf %s "$b" | median) z=$(printf %s "$c" | median)
awk -v x="$x" -v y="$y" -v z="$z" 'BEGIN {
  printf "medians: ours %d, graphile-worker %d (%.1fx), with local queue %d (%.1fx)\n", x, y, x/y, z, x/z }'
