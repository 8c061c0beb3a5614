#!/usr/bin/env bash
# Runs every static check and says which failed. Configures the dev build, whose compile commands two need.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for part in say packages preflight build; do
  # shellcheck source=/dev/null
  source "scripts/lib/$part.sh"
done

ensure_packages build test
ensure_node_modules .
# The generated sources too: headers may include them. ninja skips what is built.
build_backend dev embedded_sources

failed=()
for check in layers.py sql-home.py wording.py file-sizes.py format.sh shell.sh headers.py tidy.sh; do
  "scripts/check-$check" || failed+=("$check")
done
scripts/typecheck.sh || failed+=(typecheck)
if ((${#failed[@]} > 0)); then
  complain "checks: failed: ${failed[*]}"
  exit 1
fi
say "checks: all passed"
