#!/usr/bin/env bash
# Prints the files that differ from a base, the files of the newest commits first, and what is not committed yet before
# all. The base is BASE, or the nearest that HEAD has beyond it: where the branch left its upstream or origin/main, the
# newest tag, CHANGED_COMMITS commits back (default 20), the beginning. Usage: changed-files.sh [BASE]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# nearest_base: of the commits that the changes may be counted from, the one with the fewest commits behind HEAD.
nearest_base() {
  local candidate commit count nearest='' fewest=
  for candidate in "$(git merge-base HEAD '@{upstream}' 2>/dev/null || true)" \
    "$(git merge-base HEAD origin/main 2>/dev/null || true)" \
    "$(git describe --tags --abbrev=0 'HEAD^' 2>/dev/null || true)" \
    "HEAD~${CHANGED_COMMITS:-20}"; do
    [[ -n "$candidate" ]] || continue
    commit=$(git rev-parse -q --verify "$candidate^{commit}" || true)
    [[ -n "$commit" ]] || continue
    count=$(git rev-list --count --first-parent "$commit..HEAD")
    if ((count > 0)) && [[ -z "$fewest" || count -lt fewest ]]; then
      nearest=$commit
      fewest=$count
    fi
  done
  printf '%s' "$nearest"
}

# changed: each file once or more, the newest change first.
changed() {
  git diff --name-only HEAD
  git ls-files --others --exclude-standard
  if [[ -n "$1" ]]; then
    git log --format= --name-only --no-renames -m --first-parent "$1..HEAD"
  else
    git log --format= --name-only --no-renames -m --first-parent HEAD
  fi
}

if (($# > 0)); then base=$(git rev-parse --verify "$1^{commit}"); else base=$(nearest_base); fi
changed "$base" | awk 'NF && !seen[$0]++' | while IFS= read -r file; do
  # What was changed and taken away again has nothing to be checked.
  if [[ -f "$file" ]]; then printf '%s\n' "$file"; fi
done
