#!/usr/bin/env bash
# Runs clang-tidy-14 on the changed .cpp files, the newest changes first, with the compile commands of build/dev, for at
# most TIDY_SECONDS (default 120); names the files that it did not reach. Usage: check-tidy.sh [--all | FILE...]
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

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
: >"$results/unreached"
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
end=$(($(date +%s) + ${TIDY_SECONDS:-120}))
printf '%s\0' "${files[@]}" | xargs -0 -P "$(nproc)" -I{} bash -c 'check_one "$@"' _ {} "$end" "$results"

if [[ -s "$results/unreached" ]]; then
  echo "tidy: no time left for: $(tr '\n' ' ' <"$results/unreached")"
fi
if [[ -s "$results/failed" ]]; then
  echo "tidy: findings in $(sort "$results/failed" | tr '\n' ' ')"
  exit 1
fi
echo "tidy: no findings in $((${#files[@]} - $(wc -l <"$results/unreached"))) of ${#files[@]} changed files"
