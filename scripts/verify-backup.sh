#!/usr/bin/env bash
# Restore drill: proves that a backup can be restored, in a database that is thrown away. See --help.
set -Eeuo pipefail
umask 077
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for part in say stack settings pg_target archive restore_checks backup drill; do
  # shellcheck source=/dev/null
  source "scripts/lib/$part.sh"
done

usage() {
  cat <<'TEXT'
Usage: scripts/verify-backup.sh FILE
       scripts/verify-backup.sh --latest TARGET      the newest backup of TARGET in BACKUP_DIR (backups)

Restores the file into a Postgres of POSTGRES_IMAGE whose data lies in memory, without network and without any volume
of a stack, counts the rows of every table, migrates to the newest schema of the installed build, and prints a receipt
as JSON. BACKUP_AGE_IDENTITY: the key file of an encrypted backup.

Exit codes: 0 the backup restores, 1 the drill itself failed, 2 usage, 3 tool missing or of another major, 4 no such file,
5 its schema is newer than the build, 7 the file is damaged or does not restore, 130 interrupted.
TEXT
}

FILE='' TARGET='' WORK='' DRILL_CONTAINER=''

read_arguments() {
  case "${1:-}" in
    -h | --help)
      usage
      exit 0
      ;;
    --latest)
      (($# == 2)) || fail "--latest" "it needs one target" "see --help" 2
      select_backup_target "$2"
      TARGET=$2
      FILE=$(backups_of "$2" "$(setting BACKUP_DIR backups)" | head -n 1)
      [[ -n "$FILE" ]] || fail "$2" "it has no backup in $(setting BACKUP_DIR backups)" "make one: scripts/backup-postgres.sh $2" 4
      ;;
    -*) fail "$1" "there is no such option" "see --help" 2 ;;
    *)
      (($# == 1)) || fail "arguments" "one file is needed" "see --help" 2
      FILE=$1
      select_target_of "$FILE"
      ;;
  esac
}

# select_target_of FILE: the settings are those of the target in its name; of the local stack where it names none.
select_target_of() {
  local candidate
  TARGET=local
  for candidate in "${BACKUP_TARGETS[@]}"; do
    if is_backup_name "${1##*/}" "$candidate"; then TARGET=$candidate; fi
  done
  select_stack "$TARGET"
}

on_exit() {
  local status=$?
  trap - EXIT
  trap '' INT TERM HUP
  stop_step
  if [[ -n "$DRILL_CONTAINER" ]]; then stop_drill_database; fi
  if [[ -n "$WORK" ]]; then rm -rf "$WORK"; fi
  exit "$status"
}

# drill: every step; the time of the restore and of the migrations.
drill() {
  local started differing status=0
  make_drill_roles "$FACTS" || fail "drill" "the roles cannot be made" "see the line above"
  started=$EPOCHREALTIME
  interruptible restore_into_drill "$FILE" 2>"$WORK/restore.errors" ||
    fail "$FILE" "it does not restore: $(last_error "$WORK/restore.errors")" "make another backup now" 7
  RESTORE_MS=$(milliseconds_since "$started")
  differing=$(wrong_rows "$FACTS" aspectavy) || fail "drill" "the rows cannot be counted" "see the line above"
  [[ -z "$differing" ]] ||
    fail "$FILE" "these tables have other rows than the archive: ${differing//$'\n'/, }" "make another backup now" 7
  started=$EPOCHREALTIME
  run_app migrate >"$WORK/migrate.log" 2>&1 || status=$?
  case "$status" in
    0) ;;
    1 | 5) fail "$FILE" "the migrations fail on it: $(last_error "$WORK/migrate.log")" \
      "the installed build cannot run on this backup" 7 ;;
    *) fail "drill" "the migrations cannot be run: $(last_error "$WORK/migrate.log")" "see the line above" ;;
  esac
  MIGRATE_MS=$(milliseconds_since "$started")
  MIGRATED_TO=$(sql <<<"SELECT max(number) FROM schema_migration") || fail "drill" "the schema cannot be read" "see above"
}

print_receipt() {
  local tables rows
  read -r tables rows < <(expected_rows "$FACTS" | awk -F '|' '{ n += $NF } END { print NR, n + 0 }')
  cat <<JSON
{
  "file": $(json_string "${FILE##*/}"),
  "sha256": "$(sha256_of "$FILE")",
  "bytes": $(stat -c %s "$FILE"),
  "dumpedFrom": "$(dumped_from "$FILE")",
  "restoredInto": "$SERVER_VERSION",
  "schemaVersion": $(fact "$FACTS" schema),
  "migratedTo": $MIGRATED_TO,
  "tables": $tables,
  "rows": $rows,
  "restoreMs": $RESTORE_MS,
  "migrateMs": $MIGRATE_MS,
  "checkedAt": "$(date -u +%FT%TZ)",
  "verdict": "restores"
}
JSON
}

main() {
  trap on_exit EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  read_arguments "$@"
  require_readable "$FILE"
  require_tool docker
  require_age_identity "$FILE"
  require_checksum "$FILE"
  WORK=$(mktemp -d)
  start_drill_database
  learn_server drill
  require_whole_archive "$FILE"
  require_known_major "$FILE"
  require_fitting_schema "$FACTS"
  require_drill_memory "$FACTS"
  drill
  print_receipt
}

main "$@"
