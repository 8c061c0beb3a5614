#!/usr/bin/env bash
# Holds every C++ file to .clang-format. Usage: check-format.sh [FILE...] (default: all of the repository)
set -euo pipefail
if (($# == 0)); then
  cd "$(dirname "${BASH_SOURCE[0]}")/.."
  mapfile -t files < <(git ls-files --cached --others --exclude-standard -- '*.cpp' '*.hpp' |
    while read -r file; do if [[ -f "$file" ]]; then printf '%s\n' "$file"; fi; done)
else
  files=("$@")
fi
if ((${#files[@]} == 0)); then exit 0; fi
unformatted=$(printf '%s\0' "${files[@]}" | xargs -0 -n 20 -P "$(nproc)" clang-format-14 --dry-run 2>&1 |
  sed -n 's/^\([^: ]*\):[0-9]*:[0-9]*: warning: .*/\1/p' | sort -u)
if [[ -n "$unformatted" ]]; then
  printf '%s\n' "$unformatted" | sed 's/$/: not formatted; run clang-format-14 -i on it/'
  exit 1
fi
echo "format: ${#files[@]} C++ files are formatted"
