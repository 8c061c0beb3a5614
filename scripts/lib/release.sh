# shellcheck shell=bash
# The steps that prepare a release before any service is replaced: image, volume, settings, database. A failure here
# leaves the old release serving. Needs say.sh, stack.sh, deployment.sh, stack_checks.sh.

# change COMMAND...: runs a command that changes something; under --dry-run prints it instead.
change() {
  if [[ $DRY_RUN == no ]]; then
    guarded "$@"
    return
  fi
  if [[ "$1" == compose ]]; then
    shift
    set -- --env-file "$STACK_ENV_FILE" "${STACK_FILES[@]}" "$@"
    printf '+ %s' "${DOCKER_COMPOSE:-docker compose}"
  else
    printf '+'
  fi
  printf ' %q' "$@"
  printf '\n'
}

# end_cleanly WHAT: an interrupted script ends what it runs, says in which state that leaves the services, and exits 130.
end_cleanly() {
  SWITCHING=no ENDING_OF=$1
  trap stop_step EXIT
  trap 'interrupted 130' INT
  trap 'interrupted 143' TERM HUP
}

interrupted() {
  trap '' INT TERM HUP
  stop_step
  if [[ $SWITCHING == yes ]]; then
    report "$ENDING_OF" "interrupted while services were being replaced" \
      "run it again, or put the release before back: scripts/rollback.sh $DEPLOY_ENVIRONMENT"
  else
    report "$ENDING_OF" "interrupted before any service was replaced" "run it again"
  fi
  exit "$1"
}

require_wait_seconds() {
  WAIT_SECONDS=${DEPLOY_WAIT_SECONDS:-120}
  [[ "$WAIT_SECONDS" =~ ^[1-9][0-9]{0,4}$ ]] || fail DEPLOY_WAIT_SECONDS "'$WAIT_SECONDS' is no number of seconds" "correct it" 4
}

# image_sha: the commit that the chosen image says it was built from.
image_sha() { docker image inspect --format '{{index .Config.Labels "org.opencontainers.image.revision"}}' "$(release_image)"; }

# comes_from_registry: whether BACKEND_IMAGE names a registry, as Docker decides it.
comes_from_registry() {
  local first
  first=$(image_name)
  [[ "$first" == */* ]] || return 1
  first=${first%%/*}
  [[ "$first" == *[.:]* || "$first" == localhost ]]
}

# provide_image: the release's image is on this host. An image of that sha is never built again.
provide_image() {
  if comes_from_registry; then
    change docker pull --quiet "$(release_image)" ||
      fail "image" "$(release_image) could not be pulled" "see the lines above; nothing was changed" 1
  elif [[ "$GIT_SHA" == unknown ]] || ! has_release_image; then
    change compose build --quiet api ||
      fail "image" "$(release_image) could not be built" "see the lines above; the old release keeps serving" 1
  fi
  if [[ $DRY_RUN == yes ]]; then return 0; fi
  if [[ "$GIT_SHA" != unknown && "$(image_sha)" != "$GIT_SHA" ]]; then
    fail "image" "$(release_image) says it was built from $(image_sha), not from $GIT_SHA" \
      "remove it (docker image rm $(release_image)) and deploy again" 4
  fi
}

# own_database_volume: the bundled database's volume is made by us and external to Compose, which then cannot remove it.
own_database_volume() {
  local volume
  if [[ $STACK_HAS_DB == no ]]; then return 0; fi
  POSTGRES_VOLUME_EXTERNAL=$(setting POSTGRES_VOLUME_EXTERNAL true)
  export POSTGRES_VOLUME_EXTERNAL
  volume=$(database_volume)
  if [[ "$POSTGRES_VOLUME_EXTERNAL" == true ]] && ! docker volume inspect "$volume" >/dev/null 2>&1; then
    change docker volume create "$volume" ||
      fail "volume" "$volume could not be made" "see the lines above" 1
  fi
}

# require_accepted_settings: the new program judges its settings before the old one is stopped.
require_accepted_settings() {
  local problem
  if [[ $DRY_RUN == yes ]]; then return 0; fi
  if problem=$(in_release config check 2>&1); then return 0; fi
  complain "$problem"
  fail "settings" "$BACKEND_TAG does not accept $STACK_ENV_FILE" "correct what the lines above name; the old release keeps serving" 4
}

# start_database: the bundled database is up. Compose leaves a running one alone unless its own settings have changed.
start_database() {
  if [[ $STACK_HAS_DB == no ]]; then return 0; fi
  if change compose up --detach --no-build --wait --wait-timeout "$WAIT_SECONDS" db &&
    { [[ $DRY_RUN == yes ]] || are_healthy db; }; then
    return 0
  fi
  compose logs --no-color --tail 40 db >&2 || true
  fail "database" "the bundled Postgres did not become healthy" "see its log above; the release before was not touched" 1
}

# database_schema: sets DATABASE_SCHEMA, the schema that the database has. Exits 1 when it does not answer.
database_schema() {
  local problem
  problem=$(mktemp)
  if DATABASE_SCHEMA=$(in_release schema --current 2>"$problem") && [[ "$DATABASE_SCHEMA" =~ ^[0-9]+$ ]]; then
    rm -f "$problem"
    return 0
  fi
  tail -n 3 "$problem" >&2
  if grep -qi 'password authentication failed' "$problem"; then
    rm -f "$problem"
    fail "database" "the login is refused" "$(login_advice)" 4
  fi
  rm -f "$problem"
  fail "database" "its schema could not be read" "see the lines above; scripts/preflight.sh $DEPLOY_ENVIRONMENT tells more" 1
}

# image_schema: the newest schema that the chosen image knows.
image_schema() { docker run --rm --network none "$(release_image)" schema --max </dev/null; }

# oldest_compatible_schema: the oldest build schema that may run on the database as it is.
oldest_compatible_schema() { in_release schema --compatible-from 2>/dev/null; }

# may_run IMAGE-SCHEMA DATABASE-SCHEMA COMPATIBLE-FROM: whether a build may run on the database.
may_run() { (($1 == $2 || ($2 > $1 && $3 <= $1))); }

# migrate_database: brings the schema to the release's, after a backup. Sets PRE_DEPLOY_BACKUP where one was made.
migrate_database() {
  PRE_DEPLOY_BACKUP=''
  if [[ $DRY_RUN == yes ]]; then
    say "# only when migrations are pending:"
    change scripts/backup-postgres.sh "$(database_target)"
    change compose run --rm --no-deps -T migrate
    return 0
  fi
  database_schema
  RELEASE_SCHEMA=$(image_schema)
  if ((DATABASE_SCHEMA >= RELEASE_SCHEMA)); then
    require_compatible_schema
    say "Schema $DATABASE_SCHEMA: nothing to migrate"
    return 0
  fi
  back_up_before_migration
  say "Migrating the schema from $DATABASE_SCHEMA to $RELEASE_SCHEMA"
  change compose run --rm --no-deps -T migrate ||
    fail "migration" "it failed, and each migration is one transaction" "see the lines above; the old release keeps serving" 1
}

require_compatible_schema() {
  local from
  from=$(oldest_compatible_schema)
  if may_run "$RELEASE_SCHEMA" "$DATABASE_SCHEMA" "$from"; then return 0; fi
  fail "release" "database schema $DATABASE_SCHEMA is newer than $BACKEND_TAG (max $RELEASE_SCHEMA) and not compatible with it" \
    "deploy a newer release, or restore an older backup first" 5
}

# back_up_before_migration: the backup is what undoes a migration. There is nothing to keep before the first one.
back_up_before_migration() {
  local list
  if ((DATABASE_SCHEMA == 0)); then return 0; fi
  if [[ "$STACK_TARGET" == staging-external ]]; then
    complain "warning: no backup before the migration: staging's external database is backed up where it is hosted, if at all"
    return 0
  fi
  if [[ "${SKIP_DEPLOY_BACKUP:-}" == 1 ]]; then
    complain "warning: no backup before the migration, because SKIP_DEPLOY_BACKUP is set"
    return 0
  fi
  list=$(mktemp)
  change scripts/backup-postgres.sh "$(database_target)" >"$list" || {
    cat "$list" >&2
    rm -f "$list"
    fail "backup" "the backup before the migration failed, so nothing was migrated" "see the lines above; the old release keeps serving" 1
  }
  PRE_DEPLOY_BACKUP=$(tail -n 1 "$list")
  rm -f "$list"
  say "Backed up to $PRE_DEPLOY_BACKUP"
}
