#!/usr/bin/env bash
# Prints the files that differ from where this branch left BASE (default: origin/main, else the first parent of
# HEAD), with what is not committed yet. Usage: changed-files.sh [BASE]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

base=${1:-origin/main}
if ! git rev-parse -q --verify "$base^{commit}" >/dev/null; then base=HEAD^; fi
base=$(git merge-base HEAD "$base" 2>/dev/null || true)
if [[ -z "$base" || "$base" == "$(git rev-parse HEAD)" ]]; then base=$(git rev-parse -q --verify HEAD^ || true); fi
{
  if [[ -n "$base" ]]; then git diff --name-only --diff-filter=d "$base"; else git ls-files; fi
  git ls-files --others --exclude-standard
} | sort -u
