#!/usr/bin/env bash
# Runs shellcheck on every shell file. Usage: check-shell.sh [FILE...] (default: all of the repository)
set -euo pipefail
if (($# == 0)); then
  cd "$(dirname "${BASH_SOURCE[0]}")/.."
  mapfile -t files < <(git ls-files --cached --others --exclude-standard | while read -r file; do
    if [[ -f "$file" ]] && { [[ "$file" == *.sh ]] || head -c 64 "$file" | grep -qaE '^#!.*\b(ba)?sh\b'; }; then
      printf '%s\n' "$file"
    fi
  done)
else
  files=("$@")
fi
shellcheck -x "${files[@]}"
echo "shell: ${#files[@]} files pass shellcheck"
