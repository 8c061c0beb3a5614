# shellcheck shell=bash
# The Compose layouts by name, so that no script spells a list of files itself. Needs say.sh.

# STACK_TARGETS: every name that select_stack knows.
STACK_TARGETS=(local staging-bundled staging-external production-bundled production-external
  production-edge-bundled production-edge-external)

# select_stack TARGET: sets, for one layout,
#   STACK_TARGET     its name
#   STACK_FILES      the "-f file" words            STACK_PROJECT    the Compose project: COMPOSE_PROJECT_NAME wins
#   STACK_ENV_FILE   compose-level and application variables
#   STACK_HAS_DB     yes where Postgres is ours     STACK_VOLUME     its volume, where POSTGRES_VOLUME_NAME names no other
#   STACK_HAS_CADDY  yes where :80 and :443 are ours
#   STACK_SERVICES   what `up` names: never the one-shots, which come by dependency and would end a `--wait`
# An unknown name ends the script with status 2.
# shellcheck disable=SC2034 # the callers read these
select_stack() {
  STACK_TARGET=$1 STACK_HAS_DB=no STACK_HAS_CADDY=no STACK_SERVICES=(api worker)
  STACK_FILES=(-f docker-compose.production.yml)
  STACK_PROJECT=${COMPOSE_PROJECT_NAME:-aspectavy-production} STACK_ENV_FILE=apps/backend/.env.production.local
  STACK_VOLUME=aspectavy-production-db
  case "$1" in
    local) select_local_stack ;;
    staging-bundled | staging-external)
      STACK_FILES+=(-f docker-compose.staging.edge.yml)
      STACK_PROJECT=${COMPOSE_PROJECT_NAME:-aspectavy-staging} STACK_ENV_FILE=apps/backend/.env.staging.local
      STACK_VOLUME=aspectavy-staging-db
      ;;
    production-edge-bundled | production-edge-external)
      STACK_FILES+=(-f docker-compose.production.edge.yml)
      ;;
    production-bundled | production-external)
      STACK_HAS_CADDY=yes
      STACK_SERVICES+=(caddy)
      ;;
    *) fail "target" "'$1' is none" "the targets are: ${STACK_TARGETS[*]}" 2 ;;
  esac
  case "$1" in
    staging-bundled) add_bundled_db docker-compose.staging.bundled-db.yml ;;
    *-bundled) add_bundled_db docker-compose.production.bundled-db.yml ;;
  esac
}

# shellcheck disable=SC2034
select_local_stack() {
  STACK_FILES=(-f docker-compose.yml)
  STACK_PROJECT=${COMPOSE_PROJECT_NAME:-aspectavy-local} STACK_HAS_DB=yes STACK_VOLUME=aspectavy-local-db
  STACK_SERVICES=(api worker db)
  STACK_ENV_FILE=apps/backend/.env.local
  if [[ ! -f "$STACK_ENV_FILE" ]]; then STACK_ENV_FILE=apps/backend/.env.local.example; fi
}

# shellcheck disable=SC2034
add_bundled_db() {
  STACK_FILES+=(-f "$1")
  STACK_HAS_DB=yes
  STACK_SERVICES+=(db)
}

# require_env_file: ends the script with status 4 when the selected layout's file of variables is not there.
require_env_file() {
  if [[ -f "$STACK_ENV_FILE" ]]; then return 0; fi
  fail "$STACK_ENV_FILE" "there is no such file" \
    "copy ${STACK_ENV_FILE%.local}.example there, fill it in and chmod 600 it" 4
}

# compose ARG...: Docker Compose on the selected layout. DOCKER_COMPOSE may name another command (words, no quotes).
compose() {
  local command
  read -ra command <<<"${DOCKER_COMPOSE:-docker compose}"
  "${command[@]}" --env-file "$STACK_ENV_FILE" "${STACK_FILES[@]}" "$@"
}
