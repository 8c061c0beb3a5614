# shellcheck shell=bash
# The stack that ./run starts: database, demo feed, api and worker. Needs the other files of this folder.

BINARY=build/release/aspectavy

# set_local_env: every setting of the local stack, in one place. What the caller has set wins.
set_local_env() {
  # For the scripts alone: the program would report it as a setting that it does not know.
  export -n ASPECTAVY_BUILD_JOBS
  export APP_ENV=local
  API_PORT=${API_PORT:-3001}
  export PORT=$API_PORT
  export METRICS_PORT=${METRICS_PORT:-9464}
  export DB_PORT=${DB_PORT:-54316}
  export DEMO_FEED_PORT=${DEMO_FEED_PORT:-3003}
  export TERRAIN_STORE=${TERRAIN_STORE:-$PWD/var/terrain/demo.store}
  export FORECAST_FEEDS=${FORECAST_FEEDS:-$PWD/var/demo-feed/feeds.json}
  export PUBLIC_APP_URL=${PUBLIC_APP_URL:-http://127.0.0.1:$API_PORT}
  export MAIL_MODE=${MAIL_MODE:-preview}
  # Anybody at this machine may open the demo.
  export DEMO_SIGN_IN=${DEMO_SIGN_IN:-on}
  export ASPECTAVY_WEB_DIR=${ASPECTAVY_WEB_DIR:-$PWD/apps/web/dist}
}

# require_local_ports: every port of the stack must be free.
require_local_ports() {
  require_free_port "$API_PORT" API_PORT
  require_free_port "$METRICS_PORT" METRICS_PORT
  require_free_port "$DB_PORT" DB_PORT
  require_free_port "$DEMO_FEED_PORT" DEMO_FEED_PORT
}

# take_lock: one ./run for each checkout. The lock is fd 9, which started processes do not inherit.
take_lock() {
  mkdir -p var/run var/log
  exec 9>>var/run/lock
  flock -n 9 || fail "run" "it is already running in this folder (pid $(pid_in var/run/run.pid))" \
    "open its URL, or stop it with Ctrl-C there" 6
  remember "$$" var/run/run.pid
}

# start_stack: migrates, seeds, and starts the demo feed, the api and the worker; waits until they are ready.
start_stack() {
  start_postgres "$DB_PORT"
  step "Migrating the database" var/log/migrate.log "$BINARY" migrate ||
    fail "migrate" "it failed" "see the lines above, or begin anew with ./run --reset"
  step "Seeding the demo" var/log/seed.log \
    "$BINARY" demo seed --terrain var/terrain/demo.store --feed-dir var/demo-feed \
    --feed-url "http://127.0.0.1:$DEMO_FEED_PORT" ||
    fail "demo seed" "it failed" "see the lines above, or begin anew with ./run --reset"
  start_process demo-feed "$BINARY" demo feed --port "$DEMO_FEED_PORT" --dir var/demo-feed
  start_process api "$BINARY" api
  start_process worker "$BINARY" worker
  wait_for_ready
}

# wait_for_ready: polls /readyz; fails with the log of the process that ended.
wait_for_ready() {
  step "Waiting until the api is ready" var/log/ready.log \
    node scripts/wait-ready.mjs "http://127.0.0.1:$API_PORT/readyz" 60 \
    "$(pid_in var/run/api.pid)" "$(pid_in var/run/worker.pid)" && return 0
  local name
  for name in api worker; do
    if ! is_running "var/run/$name.pid"; then
      say "The $name has ended. The end of var/log/$name.log:"
      tail -n 20 "var/log/$name.log" | sed 's/^/    /'
    fi
  done
  fail "start" "the api did not become ready" "see var/log/api.log and var/log/worker.log"
}

# stop_stack: in reverse order, each by its pid.
stop_stack() {
  stop_process worker TERM 30
  stop_process api TERM 30
  stop_process demo-feed TERM 5
  stop_process postgres INT 20
}

# first_stopped: the name of a process of the stack that has ended; empty while all run.
first_stopped() {
  local name
  for name in postgres demo-feed api worker; do
    if ! is_running "var/run/$name.pid"; then
      printf '%s' "$name"
      return 0
    fi
  done
}

# first_running: the name of a process of the stack that runs; empty when none does.
first_running() {
  local name
  for name in postgres demo-feed api worker; do
    if is_running "var/run/$name.pid"; then
      printf '%s' "$name"
      return 0
    fi
  done
}
