#!/usr/bin/env bash
# Installs and builds what the benchmarks need: packages, the release build with its bench_* programs, the peers.
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
for part in say packages preflight build; do
  # shellcheck source=/dev/null
  source "scripts/lib/$part.sh"
done

usage() {
  cat <<'TEXT'
Usage: apps/backend/bench/prepare.sh

Installs the Debian packages of the groups build and bench and the npm packages of the repository and of the peers,
and builds build/release/aspectavy and build/release/bench/bench_*. docs/performance.md says how to measure with them.
TEXT
}

# bench_targets: the name of every benchmark program.
bench_targets() {
  local file
  for file in apps/backend/bench/*_bench.cpp; do
    file=${file##*/}
    printf 'bench_%s\n' "${file%_bench.cpp}"
  done
}

main() {
  local targets peer
  case "${1:-}" in
    '') ;;
    -h | --help)
      usage
      return 0
      ;;
    *)
      usage >&2
      return 2
      ;;
  esac
  trap stop_step EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  ensure_packages build bench
  ensure_node_modules .
  for peer in apps/backend/bench/peers/*; do ensure_node_modules "$peer"; done
  # A build that ./run configured knows no benchmarks: the library came only now.
  step "Configuring the release build" build/release.log configure_backend release ||
    fail "cmake" "the release build could not be configured" "see the lines above"
  mapfile -t targets < <(bench_targets)
  build_backend release aspectavy "${targets[@]}"
  say "Ready: build/release/aspectavy and build/release/bench/bench_*"
}

main "$@"
