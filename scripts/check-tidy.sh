#!/usr/bin/env bash
# Runs clang-tidy-14 on the changed .cpp files, the newest changes first, with the compile commands of build/dev, for at
# most TIDY_SECONDS (default 300, in CI 480); says which files it did not reach. That is a failure in CI, where
# nobody reads what a passed check says. Usage: check-tidy.sh [--all | FILE...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

commands=build/dev/compile_commands.json
[[ -f "$commands" ]] || { echo "tidy: $commands is missing: configure the dev preset first" >&2; exit 1; }
case "${1:-}" in
  --all) mapfile -t wanted < <(git ls-files 'apps/backend/src/*.cpp') ;;
  '') mapfile -t wanted < <(scripts/changed-files.sh | grep -E '^apps/backend/src/.*\.cpp$' || true) ;;
  *) wanted=("$@") ;;
esac

files=()
for file in "${wanted[@]}"; do
  if [[ -f "$file" ]] && grep -qF "/$file\"" "$commands"; then files+=("$file"); fi
done
if ((${#files[@]} == 0)); then
  echo "tidy: no changed .cpp file"
  exit 0
fi

out_of_time=no
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
# 124 is timeout's own status: the file was not reached. Anything else is a finding.
check_one() {
  local left=$(($2 - $(date +%s))) status=0
  ((left > 0)) || { echo "$1" >>"$3/unreached"; return; }
  timeout "$left" clang-tidy-14 --quiet -p build/dev "$1" >"$3/$$.log" 2>"$3/$$.err" || status=$?
  case $status in
    0) ;;
    124) echo "$1" >>"$3/unreached" ;;
    *)
      cat "$3/$$.log"
      grep -vE '^(Error while|[0-9]+ (warning|error)s?.*generated)' "$3/$$.err" || true
      echo "$1" >>"$3/failed"
      ;;
  esac
}
export -f check_one
seconds=300
if [[ "${CI:-}" == true ]]; then seconds=480; fi
end=$(($(date +%s) + ${TIDY_SECONDS:-$seconds}))
printf '%s\0' "${files[@]}" | xargs -0 -P "$(nproc)" -I{} bash -c 'check_one "$@"' _ {} "$end" "$results"

if [[ -s "$results/unreached" ]]; then
  echo "tidy: no time left for: $(tr '\n' ' ' <"$results/unreached")"
  if [[ "${CI:-}" == true ]]; then
    echo "error: tidy: not every changed file was looked at; give it more TIDY_SECONDS, or push fewer changes at once" >&2
    out_of_time=yes
  fi
fi
if [[ -s "$results/failed" ]]; then
  echo "tidy: findings in $(sort "$results/failed" | tr '\n' ' ')"
  exit 1
fi
if [[ "$out_of_time" == yes ]]; then exit 1; fi
unreached=0
if [[ -s "$results/unreached" ]]; then unreached=$(wc -l <"$results/unreached"); fi
echo "tidy: $((${#files[@]} - unreached)) of ${#files[@]} files looked at"
