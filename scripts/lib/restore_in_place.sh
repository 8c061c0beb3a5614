# shellcheck shell=bash
# Restore into the database itself, where the role may not create another: one transaction empties and fills it.
# Needs say.sh, stack.sh, pg_target.sh, archive.sh, backup.sh and restore_services.sh.

# make_safety_dump: the way back. SKIP_SAFETY_DUMP=1 is for a database that cannot be dumped any more.
make_safety_dump() {
  SAFETY_DUMP=''
  if [[ "${SKIP_SAFETY_DUMP:-}" == 1 ]]; then
    say "SKIP_SAFETY_DUMP=1: no dump of the present data is made"
    return 0
  fi
  require_space_for_dump "$TARGET" "$FOLDER"
  cp "$FACTS" "$WORK/facts.restored"
  make_backup "$TARGET" "$FOLDER" yes
  FACTS=$WORK/facts.restored
  SAFETY_DUMP=$BACKUP_FILE
  say "The present data is in $SAFETY_DUMP"
}

# replacement_sql FILE: COMMIT comes only when the archive was read to its end; without it nothing is changed.
replacement_sql() {
  printf 'BEGIN;\n'
  cat scripts/lib/empty_database.sql
  open_archive "$1" | pg_tool pg_restore --no-owner -f - || return 1
  printf '\nCOMMIT;\n'
}

replace_content() {
  replacement_sql "$1" | sql
}

# restore_in_place FILE
restore_in_place() {
  local differing
  PHASE=stopped
  sql <scripts/lib/app_role.sql || fail "restore" "the role aspectavy_app cannot be made" "nothing was changed" 4
  stop_services || fail "restore" "the services cannot be stopped" "nothing was changed"
  require_no_foreign_sessions
  end_other_sessions || fail "restore" "the other sessions cannot be ended" "nothing was changed"
  say "Replacing the content of \"$DB_NAME\""
  interruptible replace_content "$1" >/dev/null 2>"$WORK/restore.errors" ||
    fail "restore" "$(first_error "$WORK/restore.errors")" "the transaction was rolled back: the old data is untouched"
  PHASE=replaced
  differing=$(wrong_rows "$FACTS" "$DB_NAME") || fail "restore" "the rows cannot be counted" "the old data is put back" 8
  [[ -z "$differing" ]] || fail "restore" "these tables have other rows than the archive: ${differing//$'\n'/, }" \
    "the old data is put back" 8
  sql <<<"SET client_min_messages = error; ANALYZE" || complain "warning: ANALYZE failed; Postgres does it by itself later"
  start_services ||
    fail "restore" "the services do not become healthy on the restored data" "the old data is put back" 8
  PHASE=finished
  say_downtime
}

end_other_sessions() {
  sql <<<"SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL" >/dev/null
}

# recover_in_place STATUS: gives the status to end with.
recover_in_place() {
  local status=$1
  if [[ "$PHASE" == replaced ]]; then
    status=8
    put_safety_dump_back || return 9
  elif [[ "$PHASE" != stopped ]]; then
    return "$status"
  fi
  if ! start_services; then
    report "restore" "the services could not be started again" "start them: docker compose … up -d"
    return 9
  fi
  return "$status"
}

put_safety_dump_back() {
  if [[ -z "$SAFETY_DUMP" ]]; then
    report "restore" "the old data is gone, because SKIP_SAFETY_DUMP=1 was set" "restore another backup"
    return 1
  fi
  say "Putting the old data back"
  stop_services || true
  if ! end_other_sessions || ! replace_content "$SAFETY_DUMP" >/dev/null 2>"$WORK/restore.errors"; then
    report "restore" "the old data could not be put back: $(first_error "$WORK/restore.errors")" \
      "run: FORCE=1 scripts/restore-postgres.sh $TARGET $SAFETY_DUMP"
    return 1
  fi
}
