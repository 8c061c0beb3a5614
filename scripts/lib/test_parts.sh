# shellcheck shell=bash
# The parts of ./test, one function each. Each writes its results to test-results/; sum-results.py counts them.
# Needs say.sh, build.sh and postgres.sh.

# binaries_of PRESET PATTERN...: the test binaries whose names match, of those that the build makes today.
binaries_of() {
  local preset=$1 pattern
  shift
  for pattern in "$@"; do
    grep -xE "$pattern" "build/$preset/test_binaries.txt" | sed "s|^|build/$preset/tests/|"
  done
}

# record_failure FILE NAME: a result file with one failed test.
record_failure() {
  printf '{"passed": 0, "failed": 1, "skipped": 0, "failures": ["%s"], "skips": []}\n' "$2" >"$1"
}

# build_tests PART PRESET TARGET...: builds; a failure is one failed test of the part, and the other parts go on.
build_tests() {
  local part=$1
  shift
  if build_backend "$@"; then return 0; fi
  record_failure "test-results/$part.build.json" "the $1 build"
  return 1
}

# with_result FILE COMMAND...: runs a test runner that writes its counts to FILE. Failed tests are in the counts; a
# runner that left none has itself failed.
with_result() {
  local result=$1 status=0
  shift
  rm -f "$result"
  guarded "$@" || status=$?
  if [[ ! -s "$result" ]]; then record_failure "$result" "the runner ended with status $status and no result"; fi
}

# run_gtests PART PRESET FILTER LEVEL...: runs the binaries of these levels.
run_gtests() {
  local part=$1 preset=$2 filter=$3 binaries
  shift 3
  mapfile -t binaries < <(binaries_of "$preset" "${@/%/_.*}")
  with_result "test-results/$part.gtest.json" \
    scripts/run-gtests.py --part "$part" --jobs "$(nproc)" --filter="$filter" "${binaries[@]}"
}

# run_node_tests PART SECONDS FILE...: node --test, one process for each file, one more at once than there are cores: each
# waits now and then.
run_node_tests() {
  local part=$1 seconds=$2 result=test-results/$1.node.json
  shift 2
  if (($# == 0)); then return; fi
  NODE_TEST_RESULT=$result with_result "$result" timeout --kill-after=20 "$seconds" \
    node --test --test-concurrency="$(($(nproc) + 1))" --test-reporter=./scripts/node-reporter.mjs "$@" </dev/null
}

# Pure logic, and the self-tests of the checks in scripts/.
test_unit() {
  local files=(scripts/tests/*.test.mjs)
  run_node_tests unit 300 "${files[@]}"
  build_tests unit dev unit_tests || return 0
  run_gtests unit dev '-*Golden*' unit
}

# Real servers: Postgres 16, sockets, the api and worker processes.
test_integration() {
  local files=()
  build_tests integration dev integration_tests || return 0
  mapfile -t files < <(find apps/backend/tests/{integration,contract} -name '*.test.mjs' | sort)
  ASPECTAVY_POSTGRES_BIN=$(postgres_binaries)
  export ASPECTAVY_POSTGRES_BIN ASPECTAVY_BINARY=$PWD/build/dev/aspectavy
  run_gtests integration dev '-*Golden*' integration
  run_node_tests integration 900 "${files[@]}"
}

# Outputs held against committed files.
test_golden() {
  build_tests golden dev unit_tests integration_tests || return 0
  run_gtests golden dev '*Golden*' unit integration
}

# The unit tests again under the address and undefined-behaviour sanitizers.
test_sanitize() {
  build_tests sanitize asan unit_tests || return 0
  ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1 run_gtests sanitize asan '*' unit
}

# Every fuzz target for FUZZ_SECONDS (default 10).
test_fuzz_smoke() {
  local targets
  build_tests fuzz-smoke fuzz fuzzers || return 0
  mapfile -t targets < <(binaries_of fuzz '.*_fuzz')
  with_result test-results/fuzz-smoke.fuzz.json \
    scripts/run-fuzzers.py --seconds "${FUZZ_SECONDS:-10}" --jobs "$(nproc)" "${targets[@]}"
}

# The web companion in Chromium, against the real stack.
test_e2e() {
  local files=()
  if [[ ! -d apps/web/e2e ]]; then return 0; fi
  build_tests e2e dev aspectavy || return 0
  build_web
  mapfile -t files < <(find apps/web/e2e -name '*.test.mjs' | sort)
  ASPECTAVY_POSTGRES_BIN=$(postgres_binaries)
  export ASPECTAVY_POSTGRES_BIN ASPECTAVY_BINARY=$PWD/build/dev/aspectavy
  run_node_tests e2e 600 "${files[@]}"
}

# The image and the Compose stacks, with a real Docker Engine of our own. CONTAINER_LANES (4) files run beside each other,
# for most of their time waiting for health; project names, volumes and ports are each stack's own.
test_containers() {
  local files=()
  if [[ "${ASPECTAVY_SKIP_CONTAINERS:-}" == 1 ]]; then
    say "  skipped: ASPECTAVY_SKIP_CONTAINERS=1"
    printf '{"passed": 0, "failed": 0, "skipped": 1, "failures": [], "skips": ["all of it: ASPECTAVY_SKIP_CONTAINERS=1"]}\n' \
      >test-results/containers.skip.json
    return 0
  fi
  prepare_containers || {
    record_failure test-results/containers.build.json "the daemon or the images"
    stop_containers
    return 0
  }
  mapfile -t files < <(container_tests)
  printf '%s\n' "${files[@]}" >test-results/containers.list
  guarded xargs -P "${CONTAINER_LANES:-4}" -n 1 -a test-results/containers.list scripts/ci/run-test.sh || true
  require_results "${files[@]}"
  stop_containers
}

# Those that take longest begin first; the others, and any new one, follow.
LONG_CONTAINER_TESTS=(docs docs_stacks deploy restore_failures local_stack backup topologies monitoring_stack deploy_workflow)

# container_tests: every file of the container tests, in the order in which they are begun.
container_tests() {
  printf "scripts/ci/tests/%s.test.mjs\n" "${LONG_CONTAINER_TESTS[@]}" | cat - <(printf '%s\n' scripts/ci/tests/*.test.mjs) |
    awk '!seen[$0]++'
}

# require_results FILE...: a file of which no result came is one failed test.
require_results() {
  local file result
  for file in "$@"; do
    result=test-results/containers.$(basename "$file" .test.mjs).node.json
    if [[ ! -s "$result" ]]; then record_failure "$result" "$file was not run to its end"; fi
  done
}

# prepare_containers: Docker, its daemon, the base image and the images under test. Sets DOCKER_HOST.
prepare_containers() {
  local started=$SECONDS
  scripts/ci/install-docker.sh || return 1
  CONTAINER_DAEMON=started
  DOCKER_HOST=$(scripts/ci/start-dockerd.sh) || return 1
  export DOCKER_HOST
  scripts/ci/base-image.sh || return 1
  scripts/ci/build-images.sh || return 1
  say "  daemon and images took $((SECONDS - started)) s"
}

# stop_containers: whatever happened, the daemon that this run started is stopped. Also called when ./test ends early.
stop_containers() {
  if [[ -z "${CONTAINER_DAEMON:-}" ]]; then return 0; fi
  CONTAINER_DAEMON=''
  scripts/ci/stop-dockerd.sh || complain "the container daemon could not be stopped"
}
