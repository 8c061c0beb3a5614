#!/usr/bin/env bash
# Says whether this host could deploy now, and what to do where it could not. Changes nothing. See --help.
set -Eeuo pipefail
umask 077
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for part in say preflight stack settings deployment deploy_state findings host_checks stack_checks; do
  # shellcheck source=/dev/null
  source "scripts/lib/$part.sh"
done

usage() {
  cat <<'TEXT'
Usage: scripts/preflight.sh staging|production [--json]

Looks at the tools and their versions, the env file, the ASPECTAVY_* switches, the merged Compose configuration, ports,
the database volume, the login, disk, memory, clock, secrets shared between environments, and the age of the backups.
What only the image can tell is asked of BACKEND_TAG, or of the release in this folder when it is built.

Prints a table, or JSON, and a total. Exits 0 when nothing failed (warnings are allowed), otherwise with the status of
the first failed line: 3 a tool, 4 configuration, 5 refused for safety, 1 anything else.
TEXT
}

main() {
  local environment='' json=no
  while (($# > 0)); do
    case "$1" in
      -h | --help)
        usage
        return 0
        ;;
      --json) json=yes ;;
      staging | production) environment=$1 ;;
      *) fail "$1" "there is no such argument" "see --help" 2 ;;
    esac
    shift
  done
  [[ -n "$environment" ]] || fail "environment" "none is named" "name staging or production" 2
  select_deployment "$environment"
  if [[ -z "${BACKEND_TAG:-}" ]]; then
    BACKEND_TAG=$(sha_of_folder)
    export BACKEND_TAG=${BACKEND_TAG:0:12}
  fi

  check_tools
  check_layout
  # Without Docker or an env file most of what follows would fail for that one reason.
  if check_env_file && has_docker; then
    check_compose_configuration
    check_edge
    check_database_volume
    check_image_configuration
    check_login
  fi
  check_shared_secrets
  check_resources
  check_clock
  check_backup_age
  if [[ $json == yes ]]; then print_findings_as_json; else print_findings; fi
  return "$(first_failure)"
}

main "$@"
