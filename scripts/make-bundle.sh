#!/usr/bin/env bash
# Writes what a server needs of this commit into a folder. See --help.
set -Eeuo pipefail
# The bundle holds no secret, and containers that run as other users read parts of it where it is deployed.
umask 022
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for part in say deployment; do
  # shellcheck source=/dev/null
  source "scripts/lib/$part.sh"
done

usage() {
  cat <<'TEXT'
Usage: scripts/make-bundle.sh FOLDER

Writes the files that infra/deploy/bundle.txt names, as they are in the checked-out commit, and .deploy-sha with its sha
into FOLDER, which must be empty or missing. Prints the sha. Exits 4 when the checkout has local changes.
TEXT
}

main() {
  local folder=${1:-} sha paths
  if [[ "$folder" == -h || "$folder" == --help ]]; then
    usage
    return 0
  fi
  if (($# != 1)) || [[ -z "$folder" || "$folder" == -* ]]; then fail "folder" "one must be named" "see --help" 2; fi
  if [[ -e "$folder" ]] && [[ ! -d "$folder" || -n "$(ls -A "$folder")" ]]; then
    fail "$folder" "it is not an empty folder" "name another" 5
  fi
  sha=$(sha_of_folder)
  [[ "$sha" != unknown ]] || fail "bundle" "this is no checkout without local changes" "commit them" 4
  mapfile -t paths < <(grep -vE '^(#|$)' infra/deploy/bundle.txt)
  mkdir -p "$folder"
  git archive --format=tar "$sha" -- "${paths[@]}" | tar -x -C "$folder" ||
    fail "bundle" "git could not write it" "see the line above: every path of infra/deploy/bundle.txt must be in the commit" 1
  printf '%s\n' "$sha" >"$folder/.deploy-sha"
  say "$sha"
}

main "$@"
