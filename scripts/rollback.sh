#!/usr/bin/env bash
# Puts an earlier release back into service, where the database allows it. See --help.
set -Eeuo pipefail
umask 077
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for part in say preflight stack settings deployment deploy_state stack_checks findings release switch; do
  # shellcheck source=/dev/null
  source "scripts/lib/$part.sh"
done

usage() {
  cat <<'TEXT'
Usage: scripts/rollback.sh staging|production [SHA] [--dry-run]

Starts the images of an earlier release again: the one that was current before (.deploy/<environment>/previous.json), or
the one named by SHA (at least 7 digits). The layout is that of the current deployment. The database stays as it is:
refused (5) when a migration since then does not allow that release, with the backup to restore first.

  --dry-run   print the commands that would change something, and run none of them

Exits as scripts/deploy-stack.sh does.
TEXT
}

# choose_earlier_release ENVIRONMENT SHA: sets GIT_SHA and BACKEND_TAG. Exits 4 where nothing is recorded, 3 where the
# image is gone.
choose_earlier_release() {
  GIT_SHA=$2 BACKEND_TAG=${2:0:12}
  if [[ -z "$2" ]]; then
    GIT_SHA=$(state_field "$1" previous sha) BACKEND_TAG=$(state_field "$1" previous tag)
    [[ -n "$BACKEND_TAG" ]] || fail "rollback" "no earlier release of $1 is recorded here" "name one: scripts/rollback.sh $1 SHA" 4
  elif ((${#2} < 12)); then
    BACKEND_TAG=$(docker image ls --format '{{.Tag}}' "$(image_name)" | grep "^$2" | sort -u | head -n 2) || true
    [[ "$BACKEND_TAG" != *$'\n'* ]] || fail "rollback" "'$2' names more than one image" "give more digits" 2
    BACKEND_TAG=${BACKEND_TAG:-$2}
  fi
  export GIT_SHA BACKEND_TAG
  has_release_image ||
    fail "rollback" "there is no image $(release_image) on this host" "deploy that release instead (check it out, then scripts/deploy-stack.sh $1)" 3
  GIT_SHA=$(image_sha)
}

main() {
  local environment='' sha='' layout
  DRY_RUN=no
  while (($# > 0)); do
    case "$1" in
      -h | --help)
        usage
        return 0
        ;;
      --dry-run) DRY_RUN=yes ;;
      staging | production) environment=$1 ;;
      *)
        [[ "$1" =~ ^[0-9a-f]{7,40}$ ]] || fail "$1" "it is neither an environment nor a sha" "see --help" 2
        sha=$1
        ;;
    esac
    shift
  done
  [[ -n "$environment" ]] || fail "environment" "none is named" "name staging or production" 2
  layout=$(state_field "$environment" current layout)
  [[ -n "$layout" ]] || fail "rollback" "nothing is recorded as deployed to $environment here" "run it in the folder that deploys it" 4
  select_recorded_layout "$environment" "$layout"
  require_wait_seconds
  require_env_file
  choose_earlier_release "$environment" "$sha"
  if [[ $DRY_RUN == no ]]; then take_deploy_lock "rollback of $environment to $BACKEND_TAG"; fi
  end_cleanly rollback
  if [[ $DRY_RUN == yes ]]; then say "# with GIT_SHA=$GIT_SHA BACKEND_TAG=$BACKEND_TAG"; fi
  say "Rolling $environment ($STACK_TARGET) back to $BACKEND_TAG"
  own_database_volume
  require_schema_for_rollback
  replace_services rollback
  remember_release
  say "Rolled $environment back to $BACKEND_TAG"
}

main "$@"
