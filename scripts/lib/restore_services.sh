# shellcheck shell=bash
# Stopping and starting what uses the database while it is replaced. Needs say.sh, stack.sh and settings.sh.

# find_running_services: sets RUNNING_SERVICES to those of the target's api and worker that run on this host.
find_running_services() {
  local service id
  RUNNING_SERVICES=()
  # An external database may be restored from a host that runs none of its services.
  if [[ ! -f "$STACK_ENV_FILE" ]] || ! command -v docker >/dev/null; then return 0; fi
  for service in api worker; do
    id=$(compose ps --quiet --status running --status restarting "$service") ||
      fail "$STACK_TARGET" "docker compose failed" "see the line above; is the Docker daemon running?"
    if [[ -n "$id" ]]; then RUNNING_SERVICES+=("$service"); fi
  done
}

# stop_services: DOWN_SINCE is when the service was last there.
stop_services() {
  DOWN_SINCE=$EPOCHREALTIME
  if ((${#RUNNING_SERVICES[@]} == 0)); then return 0; fi
  say "Stopping ${RUNNING_SERVICES[*]}"
  compose stop "${RUNNING_SERVICES[@]}" >"$WORK/compose.log" 2>&1 || {
    complain "$(last_line "$WORK/compose.log")"
    return 1
  }
}

# start_database: a bundled Postgres that has died or was stopped comes back.
start_database() {
  if [[ "$STACK_HAS_DB" != yes ]]; then return 0; fi
  compose up -d --no-build --no-recreate --wait --wait-timeout 120 db >"$WORK/compose.log" 2>&1 ||
    complain "$(last_line "$WORK/compose.log")"
}

# start_services: those that ran before, as they were: the same images and settings, whatever the env file says now.
# The migrations run first, by dependency; waits until all are healthy and the api sees the database.
start_services() {
  if ((${#RUNNING_SERVICES[@]} == 0)); then return 0; fi
  say "Starting ${RUNNING_SERVICES[*]}"
  compose up -d --no-build --no-recreate --wait --wait-timeout "${RESTORE_WAIT_SECONDS:-120}" "${RUNNING_SERVICES[@]}" \
    >"$WORK/compose.log" 2>&1 || {
    complain "$(last_line "$WORK/compose.log")"
    return 1
  }
  if [[ " ${RUNNING_SERVICES[*]} " == *" api "* ]]; then
    compose exec -T api /usr/local/bin/aspectavy schema --current >"$WORK/compose.log" 2>&1 || {
      complain "$(last_line "$WORK/compose.log")"
      return 1
    }
  fi
}

# say_downtime: how long the services were away.
say_downtime() {
  local milliseconds
  milliseconds=$(milliseconds_since "$DOWN_SINCE")
  printf 'Downtime: %d.%01d s (%s)\n' "$((milliseconds / 1000))" "$((milliseconds % 1000 / 100))" \
    "from stopping ${RUNNING_SERVICES[*]:-nothing} until healthy again"
}
