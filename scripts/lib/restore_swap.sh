# shellcheck shell=bash
# Restore by swapping: the archive goes into a new database beside the old one, which serves until both are renamed.
# Needs say.sh, stack.sh, pg_target.sh, archive.sh and restore_services.sh. PHASE tells recover_swap what has happened.

# name_databases: SCRATCH and BEFORE; a name of Postgres has at most 63 bytes.
name_databases() {
  local stamp
  stamp=$(date -u +%Y%m%d%H%M%S)
  SCRATCH=${DB_NAME}_restore_$stamp
  BEFORE=${DB_NAME}_before_$stamp
  ((${#SCRATCH} <= 63)) || fail "swap" "the name of \"$DB_NAME\" is too long to have a copy beside it" \
    "use RESTORE_MODE=in-place" 4
}

# identifier NAME: as SQL writes it.
identifier() {
  printf '"%s"' "${1//\"/\"\"}"
}

# create_scratch: an empty database like the live one: its encoding, locale, owner, settings and rights, as pg_dump
# itself writes them.
create_scratch() {
  local quoted
  quoted=$(sql <<<"SELECT quote_ident(current_database())") &&
    pg_tool pg_dump --create --schema-only --exclude-schema='*' >"$WORK/create.sql" &&
    Q=$quoted S=$(identifier "$SCRATCH") awk '
      BEGIN { old = ENVIRON["Q"]; new = ENVIRON["S"] }
      /^(CREATE|ALTER|COMMENT ON) DATABASE / || /^(GRANT|REVOKE) .* ON DATABASE / || /^ALTER ROLE .* IN DATABASE / {
        at = index($0, "DATABASE " old)
        rest = substr($0, at + 9 + length(old))
        if (at > 0 && rest ~ /^[ ;]/) print substr($0, 1, at + 8) new rest
      }' "$WORK/create.sql" >"$WORK/create_scratch.sql" &&
    sql_in "$MAINTENANCE_DB" <"$WORK/create_scratch.sql"
}

# fill_scratch FILE: all of it, or nothing.
fill_scratch() {
  open_archive "$1" | pg_tool pg_restore --no-owner --exit-on-error --single-transaction -d "$(conninfo "$SCRATCH")"
}

# restore_beside FILE: the scratch database, filled, analysed and compared with the archive.
restore_beside() {
  local differing
  say "Restoring into \"$SCRATCH\" beside \"$DB_NAME\", which goes on serving"
  PHASE=scratch
  create_scratch || fail "restore" "the new database cannot be created" "nothing was changed; see the lines above"
  sql <scripts/lib/app_role.sql || fail "restore" "the role aspectavy_app cannot be made" "nothing was changed" 4
  interruptible fill_scratch "$1" 2>"$WORK/restore.errors" ||
    fail "restore" "pg_restore failed: $(first_error "$WORK/restore.errors")" "nothing was changed"
  # Without the remarks about system tables that are not ours.
  sql_in "$SCRATCH" <<<"SET client_min_messages = error; ANALYZE" || fail "restore" "ANALYZE failed" "nothing was changed"
  differing=$(wrong_rows "$FACTS" "$SCRATCH") || fail "restore" "the rows cannot be counted" "nothing was changed"
  [[ -z "$differing" ]] || fail "restore" "these tables have other rows than the archive: ${differing//$'\n'/, }" \
    "nothing was changed" 7
}

# first_error FILE: the first line that names an error; the last one is only a consequence.
first_error() {
  local line
  line=$(grep -m 1 -iE 'error|fatal' "$1") || line=$(last_error "$1")
  printf '%s' "$line"
}

# rename_databases FROM_OLD TO_OLD FROM_NEW: FROM_OLD becomes TO_OLD and FROM_NEW becomes DB_NAME, in one transaction.
# One psql does it all, and opens the doors again whichever database then has the name: were this script to die now,
# the database serves. The state is asked for afterwards, because the answer may have been lost with the connection.
rename_databases() {
  local old before new
  old=$(identifier "$1")
  before=$(identifier "$2")
  new=$(identifier "$3")
  sql_in "$MAINTENANCE_DB" <<SQL || true
\\set ON_ERROR_STOP off
ALTER DATABASE $old ALLOW_CONNECTIONS false;
SELECT count(pg_terminate_backend(pid, 5000)) AS ended FROM pg_stat_activity
WHERE datname IN ('${1//\'/\'\'}', '${3//\'/\'\'}') AND usesysid IS NOT NULL AND pid <> pg_backend_pid() \\gset
BEGIN;
ALTER DATABASE $old RENAME TO $before;
ALTER DATABASE $new RENAME TO $old;
COMMIT;
ALTER DATABASE $old ALLOW_CONNECTIONS true;
SELECT EXISTS (SELECT FROM pg_database WHERE datname = '${2//\'/\'\'}') AS renamed \\gset
\\if :renamed
ALTER DATABASE $before ALLOW_CONNECTIONS true;
\\endif
SQL
  database_exists "$2"
}

# database_exists NAME: 0 or 1; 2 when the server does not say.
database_exists() {
  local found
  found=$(sql_in "$MAINTENANCE_DB" <<<"SELECT count(*) FROM pg_database WHERE datname = '${1//\'/\'\'}'") || return 2
  [[ "$found" == 1 ]]
}

# swap_in: the moment of the restore. From here on a failure puts the old database back (recover_swap).
swap_in() {
  PHASE=stopped
  stop_services || fail "restore" "the services cannot be stopped" "the old database goes on serving"
  require_no_foreign_sessions
  rename_databases "$DB_NAME" "$BEFORE" "$SCRATCH" ||
    fail "restore" "the databases cannot be renamed" "the old database goes on serving; see the lines above"
  PHASE=swapped
  start_services || fail "restore" "the services do not become healthy on the restored database" \
    "the old database is put back; see the line above" 8
  PHASE=finished
  say_downtime
}

# say_old_database: where the data of before is, or its end.
say_old_database() {
  if [[ "${RESTORE_DROP_OLD:-}" == 1 ]]; then
    sql_in "$MAINTENANCE_DB" <<<"DROP DATABASE $(identifier "$BEFORE") WITH (FORCE)" ||
      fail "restore" "\"$BEFORE\" cannot be dropped" "the restore itself is done; drop it by hand"
    say "Dropped the old database."
  else
    say "The old data is in database \"$BEFORE\". When it is needed no more: DROP DATABASE $(identifier "$BEFORE");"
  fi
}

# recover_swap STATUS: undoes what an unfinished swap has done; gives the status to end with.
recover_swap() {
  local status=$1
  case "$PHASE" in
    scratch) drop_scratch ;;
    stopped)
      start_database
      # The renaming may have been done although its answer was lost.
      if database_exists "$BEFORE"; then
        status=8
        undo_swap || status=9
      else
        drop_scratch
        if ! start_services; then
          report "restore" "the services could not be started again" "see their logs, then: docker compose … up -d"
          status=9
        fi
      fi
      ;;
    swapped)
      status=8
      undo_swap || status=9
      ;;
  esac
  return "$status"
}

drop_scratch() {
  sql_in "$MAINTENANCE_DB" <<<"DROP DATABASE IF EXISTS $(identifier "$SCRATCH") WITH (FORCE)" 2>"$WORK/drop.errors" ||
    report "restore" "\"$SCRATCH\" is left over: $(last_error "$WORK/drop.errors")" "drop it by hand"
}

undo_swap() {
  local failed=${SCRATCH/_restore_/_failed_}
  say "Putting the old database back"
  stop_services || true
  if ! rename_databases "$DB_NAME" "$failed" "$BEFORE"; then
    report "restore" "the old database is \"$BEFORE\" and could not be put back" \
      "stop all services, then: ALTER DATABASE $(identifier "$DB_NAME") RENAME TO $(identifier "$failed"); ALTER DATABASE $(identifier "$BEFORE") RENAME TO $(identifier "$DB_NAME")"
    return 1
  fi
  SCRATCH=$failed
  drop_scratch
  if ! start_services; then
    report "restore" "the old database is back but the services do not start on it" "see their logs"
    return 1
  fi
  say "The old database serves again."
}
