#!/usr/bin/env bash
# Stops the private Docker daemon that start-dockerd.sh started. See --help.
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
for part in say containers processes; do
  # shellcheck source=/dev/null
  source "scripts/lib/$part.sh"
done

usage() {
  cat <<'TEXT'
Usage: scripts/ci/stop-dockerd.sh

Removes the containers and networks of the private daemon, stops it by its pid and waits until it is gone. Images,
layers and the compiler cache stay in .cache/containers. Does nothing where none runs.
TEXT
}

main() {
  if [[ "${1:-}" == -h || "${1:-}" == --help ]]; then
    usage
    return 0
  fi
  local folder pid_file pid waited=0
  folder=$(container_cache)
  pid_file=$folder/dockerd.known-pid
  DOCKER_HOST=unix://$(daemon_socket "$folder")
  export DOCKER_HOST
  if ! is_running "$pid_file"; then
    rm -f "$pid_file"
    return 0
  fi
  docker ps --all --quiet | xargs --no-run-if-empty docker rm --force --volumes >/dev/null
  docker network prune --force >/dev/null
  pid=$(pid_in "$pid_file")
  kill -TERM "$pid"
  while is_running "$pid_file"; do
    if ((waited++ > 600)); then
      fail "dockerd" "pid $pid does not stop" "see $folder/dockerd.log"
    fi
    sleep 0.05
  done
  rm -f "$pid_file"
}

main "$@"
