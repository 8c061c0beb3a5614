# shellcheck shell=bash
# Everything that can refuse a restore, before anything is touched. Needs say.sh, settings.sh, stack.sh, pg_target.sh,
# archive.sh and backup.sh.

# require_readable FILE
require_readable() {
  [[ -f "$1" && -r "$1" ]] || fail "$1" "there is no such readable file" "give the path of a backup" 4
}

# require_same_target TARGET FILE: a staging backup must not get into production by a slip of the hand.
require_same_target() {
  local name=${2##*/}
  if is_backup_name "$name" "$1" || [[ "${ALLOW_TARGET_MISMATCH:-}" == 1 ]]; then return 0; fi
  fail "$name" "its name does not say that it is a backup of $1" \
    "give a file named $1-YYYYMMDD-HHMMSS.dump, or set ALLOW_TARGET_MISMATCH=1 when it is meant" 5
}

# require_known_major FILE: a dump of a newer server does not restore into an older one.
require_known_major() {
  local version
  version=$(dumped_from "$1") || version=''
  [[ -n "$version" ]] || fail "$1" "it does not say which server it was dumped from" "use another backup" 7
  if ((${version%%.*} > SERVER_MAJOR)); then
    fail "$1" "it was dumped from PostgreSQL $version and this server is PostgreSQL $SERVER_VERSION" \
      "restore it into PostgreSQL ${version%%.*}" 3
  fi
}

# require_fitting_schema FACTS: the app that runs afterwards must know the schema of the archive, or be one that the
# schema still allows.
require_fitting_schema() {
  local schema from max
  schema=$(fact "$1" schema)
  from=$(fact "$1" compatible_from)
  [[ -n "$schema" ]] || fail "archive" "it has no rows of schema_migration: it is no backup of AspectAvy" \
    "give the path of a backup that backup-postgres.sh made" 5
  max=$(app_schema_max) || max=''
  [[ "$max" =~ ^[0-9]+$ ]] ||
    fail "schema" "the newest schema of the installed build cannot be told" \
      "build or pull the backend image (BACKEND_IMAGE, BACKEND_TAG) that is to run" 3
  if ((schema > max && from > max)); then
    fail "schema" "schema $schema of the backup is newer than the installed build (max $max)" \
      "install the build that made the backup, then restore" 5
  fi
}

# require_roles FACTS: the roles that the archive grants to. Our own is made later (app_role.sql); another must be there.
require_roles() {
  local missing
  missing=$(missing_roles "$1") || fail "roles" "they cannot be read" "see the line above"
  missing=$(grep -vx 'aspectavy_app' <<<"$missing" | tr '\n' ' ' || true)
  missing=${missing%"${missing##*[![:space:]]}"}
  [[ -z "$missing" ]] || fail "roles" "the backup grants rights to roles that this server lacks: $missing" \
    "create them first: CREATE ROLE … NOLOGIN" 4
}

missing_roles() {
  awk -F '\t' '$1 == "role" {
    quoted = $2; gsub(/\047/, "\047\047", quoted)
    printf "SELECT \047%s\047 WHERE to_regrole(\047%s\047) IS NULL;\n", quoted, quoted }' "$1" | sql
}

# require_space_for_restore FACTS: the restored data stands beside the old until the end, and its indexes beside it.
require_space_for_restore() {
  local needed_kb free_kb data_folder
  if [[ "$TOOLS" != db ]]; then
    say "The free space of an external server cannot be seen from here; it is not checked."
    return 0
  fi
  needed_kb=$(($(fact "$1" bytes) / 512 + 16384))
  data_folder=$(sql <<<"SHOW data_directory") || fail "disk" "the data folder cannot be asked for" "see the line above"
  free_kb=$(compose exec -T db df -Pk "$data_folder" | awk 'NR == 2 { print $4 }') ||
    fail "disk" "the free space of the database cannot be read" "see the line above"
  if ((free_kb < needed_kb)); then
    fail "disk" "the restore needs about $((needed_kb / 1024)) MB and $((free_kb / 1024)) MB are free for the database" \
      "free some space"
  fi
}

# other_sessions: how many clients are connected to the database, besides this one. By their user, which background
# processes have not: who is no superuser sees nothing else of another role's session.
other_sessions() {
  sql <<<"SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL"
}

# require_no_foreign_sessions: services on other hosts cannot be stopped from here.
require_no_foreign_sessions() {
  local count
  if [[ "$STACK_HAS_DB" == yes || "${TERMINATE_SESSIONS:-}" == 1 ]]; then return 0; fi
  count=$(other_sessions) || fail "sessions" "they cannot be counted" "see the line above"
  ((count == 0)) || fail "sessions" "$count other sessions are connected to \"$DB_NAME\"" \
    "stop the api and worker that use it, or set TERMINATE_SESSIONS=1" 5
}

# shellcheck disable=SC2034 # the caller reads MODE
# choose_mode: sets MODE to swap or in-place.
choose_mode() {
  local may_create='' wanted=${RESTORE_MODE:-}
  case "$wanted" in
    '' | swap | in-place) ;;
    *) fail "RESTORE_MODE" "must be \"swap\" or \"in-place\" (got \"$wanted\")" "set it to one of the two" 4 ;;
  esac
  may_create=$(sql_in "$MAINTENANCE_DB" 2>"$WORK/mode.errors" \
    <<<"SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user") || may_create=f
  MODE=${wanted:-swap}
  if [[ "$may_create" == t ]]; then return 0; fi
  [[ "$wanted" != swap ]] || fail "RESTORE_MODE" "this role may not create databases, which swap needs" \
    "use RESTORE_MODE=in-place" 4
  MODE=in-place
}
