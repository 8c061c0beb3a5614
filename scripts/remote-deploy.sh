#!/usr/bin/env bash
# Deploys this commit to a server by ssh and rsync: from continuous integration, or by hand. See --help.
set -Eeuo pipefail
umask 077
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for part in say remote; do
  # shellcheck source=/dev/null
  source "scripts/lib/$part.sh"
done

usage() {
  cat <<'TEXT'
Usage: scripts/remote-deploy.sh guard|deploy staging|production

  guard    prints configured=true or configured=false, for the outputs of a workflow step. Fails when only some of the
           settings are there, or one is not acceptable.
  deploy   copies the bundle of this commit and runs scripts/deploy-stack.sh on the server, whose exit status it ends with

Settings, from the environment, for production (staging has its own, DEPLOY_STAGING_…):
  DEPLOY_PRODUCTION_SSH_HOST   DEPLOY_PRODUCTION_SSH_USER   DEPLOY_PRODUCTION_SSH_KEY   DEPLOY_PRODUCTION_PATH
  DEPLOY_PRODUCTION_SSH_PORT          22 when unset
  DEPLOY_PRODUCTION_SSH_KNOWN_HOSTS   the server's line of known_hosts; without it whatever key answers is trusted
  ASPECTAVY_PRODUCTION_DEPLOY_MODE    ASPECTAVY_PRODUCTION_USE_BUNDLED_DB    handed on; see scripts/deploy-stack.sh
  REQUIRE_STAGING=1                   guard: staging without settings is an error, not a notice
TEXT
}

main() {
  case "${1:-}" in
    -h | --help)
      usage
      return 0
      ;;
    guard | deploy) ;;
    *) fail "${1:-command}" "it is neither guard nor deploy" "see --help" 2 ;;
  esac
  [[ "${2:-}" == staging || "${2:-}" == production ]] || fail "environment" "'${2:-}' is none" "name staging or production" 2
  read_remote_settings "$2"
  if [[ "$1" == guard ]]; then
    guard
    return
  fi
  [[ "$(guard)" == configured=true ]] || fail "settings" "those of $2 are not there" "see --help" 4
  deploy_remotely
}

main "$@"
