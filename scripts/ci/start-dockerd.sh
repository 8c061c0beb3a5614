#!/usr/bin/env bash
# Starts a private Docker daemon for tests. See --help.
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
for part in say containers processes; do
  # shellcheck source=/dev/null
  source "scripts/lib/$part.sh"
done

usage() {
  cat <<'TEXT'
Usage: scripts/ci/start-dockerd.sh

Starts a Docker daemon of our own and prints its address, for DOCKER_HOST. Data, log and pid file are in
.cache/containers (CONTAINER_CACHE names another folder). It writes no firewall rule and makes no bridge of its own:
containers reach each other, published ports work on loopback, and nothing has a way out. Containers and volumes that an
earlier daemon left are removed. Needs root. Exit codes: 0 runs (also when it ran already), 1 does not start.
TEXT
}

# answers: whether the daemon answers on DOCKER_HOST.
answers() { docker version >/dev/null 2>&1; }

# wait_for_daemon PID_FILE LOG
wait_for_daemon() {
  local waited=0
  until answers; do
    if ! is_running "$1" || ((waited++ > 300)); then
      tail -n 20 "$2" >&2
      return 1
    fi
    sleep 0.1
  done
}

main() {
  if [[ "${1:-}" == -h || "${1:-}" == --help ]]; then
    usage
    return 0
  fi
  local folder socket pid_file log
  folder=$(container_cache)
  socket=$(daemon_socket "$folder")
  pid_file=$folder/dockerd.known-pid log=$folder/dockerd.log
  export DOCKER_HOST=unix://$socket
  if is_running "$pid_file" && answers; then
    printf '%s\n' "$DOCKER_HOST"
    return 0
  fi
  ((EUID == 0)) || fail "dockerd" "only root can start it" "run this as root"
  mkdir -p "$folder/root" "$folder/exec"
  # In a session of its own: Ctrl-C must reach the tests first, which then stop what they started.
  setsid dockerd --data-root "$folder/root" --exec-root "$folder/exec" --pidfile "$folder/dockerd.pid" \
    --host "$DOCKER_HOST" --iptables=false --ip6tables=false --bridge=none --ip-forward=false --ip-masq=false \
    >"$log" 2>&1 </dev/null 9>&- &
  remember "$!" "$pid_file"
  wait_for_daemon "$pid_file" "$log" || fail "dockerd" "it did not start" "see the lines above; all of it is in $log"
  docker ps --all --quiet | xargs --no-run-if-empty docker rm --force --volumes >/dev/null
  docker volume prune --all --force >/dev/null
  printf '%s\n' "$DOCKER_HOST"
}

main "$@"
