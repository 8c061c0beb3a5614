#!/usr/bin/env bash
# Brings the release in this folder into service, and the release before it back when that fails. See --help.
set -Eeuo pipefail
umask 077
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for part in say preflight stack settings deployment deploy_state stack_checks findings release switch; do
  # shellcheck source=/dev/null
  source "scripts/lib/$part.sh"
done

usage() {
  cat <<'TEXT'
Usage: scripts/deploy-stack.sh staging|production [--dry-run]

Checks the host (scripts/preflight.sh), builds or pulls the image of this release, backs the database up when migrations
are pending, migrates, replaces api and worker (and our Caddy), waits until they are healthy, and asks them what they
serve (scripts/smoke-check.sh). When the new release does not get there, the release before it is put back.
Deploying the same release again changes nothing. The database's container is only touched when its own settings change.

  --dry-run   print the commands that would change something, and run none of them

Environment:
  ASPECTAVY_PRODUCTION_DEPLOY_MODE     standalone (default: our Caddy owns :80 and :443) or edge (another proxy does)
  ASPECTAVY_PRODUCTION_USE_BUNDLED_DB  1 for the bundled Postgres (default: an external one)
  ASPECTAVY_STAGING_USE_BUNDLED_DB     0 for an external Postgres (default: the bundled one)
  DEPLOY_WAIT_SECONDS                  how long services may take to become healthy (120)
  SKIP_DEPLOY_BACKUP=1                 no backup before migrations; then nothing can be restored

Exits: 0 done, 1 failed before anything was replaced, 2 usage, 3 a tool, 4 configuration, 5 refused for safety,
6 another deployment is at work, 8 failed and rolled back, 9 failed and not rolled back, 130 interrupted.
TEXT
}

main() {
  local environment=''
  DRY_RUN=no
  while (($# > 0)); do
    case "$1" in
      -h | --help)
        usage
        return 0
        ;;
      --dry-run) DRY_RUN=yes ;;
      staging | production) environment=$1 ;;
      *) fail "$1" "there is no such argument" "see --help" 2 ;;
    esac
    shift
  done
  [[ -n "$environment" ]] || fail "environment" "none is named" "name staging or production" 2
  select_deployment "$environment"
  require_wait_seconds
  choose_release "$environment"
  if [[ $DRY_RUN == no ]]; then take_deploy_lock "deploy of $environment $BACKEND_TAG"; fi
  end_cleanly deploy
  if [[ $DRY_RUN == yes ]]; then say "# with GIT_SHA=$GIT_SHA BACKEND_TAG=$BACKEND_TAG"; fi
  say "Deploying $BACKEND_TAG to $environment ($STACK_TARGET)"
  if [[ $DRY_RUN == no ]]; then guarded scripts/preflight.sh "$environment" || return $?; fi

  provide_image
  own_database_volume
  require_accepted_settings
  start_database
  migrate_database
  replace_services deploy
  remember_release
  prune_images
  say "Deployed $BACKEND_TAG to $environment"
}

main "$@"
