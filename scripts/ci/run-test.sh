#!/usr/bin/env bash
# Runs one file of the container tests. See --help.
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

usage() {
  cat <<'TEXT'
Usage: scripts/ci/run-test.sh FILE

Runs one file of scripts/ci/tests, at most CONTAINER_TEST_SECONDS (600). Its counts go to
test-results/containers.NAME.node.json, what it prints to test-results/containers.NAME.log and, once it has ended and in
one piece, to the standard output: several files run beside each other. Needs DOCKER_HOST. Exit code: 0, whatever the
tests say; their verdict is in the counts.
TEXT
}

main() {
  if (($# != 1)) || [[ "$1" == -* ]]; then
    usage
    if [[ "${1:-}" == -h || "${1:-}" == --help ]]; then return 0; fi
    return 2
  fi
  local name result log started=$SECONDS status=0
  name=$(basename "$1" .test.mjs)
  result=test-results/containers.$name.node.json log=test-results/containers.$name.log
  mkdir -p test-results
  rm -f "$result"
  # --foreground: in the process group of who started this, so that a signal to the group reaches the tests.
  NODE_TEST_RESULT=$result timeout --foreground --kill-after=30 "${CONTAINER_TEST_SECONDS:-600}" \
    node --test --test-reporter=./scripts/node-reporter.mjs "$1" >"$log" 2>&1 </dev/null || status=$?
  if [[ ! -s "$result" ]]; then
    printf '{"passed": 0, "failed": 1, "skipped": 0, "failures": ["%s: ended with status %s and no result"], "skips": []}\n' \
      "$1" "$status" >"$result"
  fi
  exec 8>>test-results/.printing
  flock 8
  printf '  %s (%s s)\n' "$name" "$((SECONDS - started))"
  cat "$log"
}

main "$@"
