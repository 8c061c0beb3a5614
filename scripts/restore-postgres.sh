#!/usr/bin/env bash
# Replaces one target's database by a backup. See --help.
set -Eeuo pipefail
umask 077
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for part in say stack settings deploy_state pg_target archive backup restore_checks restore_services restore_swap restore_in_place; do
  # shellcheck source=/dev/null
  source "scripts/lib/$part.sh"
done

usage() {
  cat <<'TEXT'
Usage: FORCE=1 scripts/restore-postgres.sh TARGET FILE [--dry-run]

  TARGET     local, staging-bundled, production-bundled or production-external
  FILE       a backup that backup-postgres.sh made
  --dry-run  checks everything, says what would be done, and changes nothing

Without FORCE=1 it checks everything, says what it would do and ends with 5. The archive goes into a new database beside
the old one; only then are api and worker stopped, both databases renamed, and the services started and waited for. A
failure puts the old database back. The old data stays as DATABASE_before_TIME; RESTORE_DROP_OLD=1 drops it at the end.

RESTORE_MODE=in-place (by itself where the role may not create databases) makes a safety dump (SKIP_SAFETY_DUMP=1: none)
and replaces the content in one transaction. ALLOW_TARGET_MISMATCH=1 takes another target's file. TERMINATE_SESSIONS=1
ends foreign sessions of an external database. BACKUP_AGE_IDENTITY: the key file of an encrypted backup. MAINTENANCE_DB
(postgres): the database to connect to while renaming.

Exit codes: 0 done, 1 failed and nothing changed, 2 usage, 3 tool missing or of another major, 4 configuration, file or
role missing, 5 refused, 6 another one runs, 7 the file is damaged, 8 failed and the old data was put back, 9 failed and
it could not be, 130 interrupted and nothing changed. docs/operate/backup.md
TEXT
}

TARGET='' FILE='' FOLDER='' DRY_RUN=no WORK='' PARTIAL='' PHASE='' MODE=''

read_arguments() {
  local given=()
  while (($# > 0)); do
    case "$1" in
      -h | --help)
        usage
        exit 0
        ;;
      --dry-run) DRY_RUN=yes ;;
      -*) fail "$1" "there is no such option" "see --help" 2 ;;
      *) given+=("$1") ;;
    esac
    shift
  done
  ((${#given[@]} == 2)) || fail "arguments" "a target and a file are needed" "see --help" 2
  TARGET=${given[0]} FILE=${given[1]}
}

on_exit() {
  local status=$?
  trap - EXIT
  trap '' INT TERM HUP
  stop_step
  if [[ "$PHASE" != finished && -n "$PHASE" ]]; then
    end_sessions_of_tools 2>/dev/null || true
    "recover_${MODE//-/_}" "$status" || status=$?
  fi
  if [[ -n "$PARTIAL" ]]; then forget_partial "$FOLDER" "$TARGET"; fi
  if [[ -n "$WORK" ]]; then rm -rf "$WORK"; fi
  exit "$status"
}

# check_all: every reason to refuse. The file first: it needs no database.
check_all() {
  require_readable "$FILE"
  require_same_target "$TARGET" "$FILE"
  require_age_identity "$FILE"
  require_checksum "$FILE"
  take_backup_lock "$FOLDER"
  WORK=$(mktemp -d "$FOLDER/.work.XXXXXX")
  open_target "$WORK"
  require_whole_archive "$FILE"
  require_known_major "$FILE"
  require_fitting_schema "$FACTS"
  require_roles "$FACTS"
  require_space_for_restore "$FACTS"
  choose_mode
  find_running_services
  # Our own services will be stopped; then the sessions are counted again.
  if ((${#RUNNING_SERVICES[@]} == 0)); then require_no_foreign_sessions; fi
}

say_plan() {
  say "$FILE is whole: PostgreSQL $(dumped_from "$FILE"), schema $(fact "$FACTS" schema), $(expected_rows "$FACTS" | awk -F '|' '{ n += $NF } END { print n + 0 }') rows."
  if [[ "$MODE" == swap ]]; then
    say "It would be restored into a new database beside \"$DB_NAME\", compared, and swapped in by renaming."
  else
    say "The content of \"$DB_NAME\" would be dumped, then replaced in one transaction."
  fi
  say "Stopped meanwhile: ${RUNNING_SERVICES[*]:-nothing runs on this host}."
}

main() {
  read_arguments "$@"
  trap on_exit EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  select_backup_target "$TARGET"
  use_deployed_release "$TARGET"
  FOLDER=$(setting BACKUP_DIR backups)
  # shellcheck disable=SC2034 # the library reads it
  MAINTENANCE_DB=$(setting MAINTENANCE_DB postgres)
  check_all
  if [[ "$DRY_RUN" == yes || "${FORCE:-}" != 1 ]]; then
    say_plan
    if [[ "$DRY_RUN" == yes ]]; then return 0; fi
    complain "Refusing to replace database \"$DB_NAME\" on $TARGET. Set FORCE=1 to continue."
    exit 5
  fi
  if [[ "$MODE" == swap ]]; then
    name_databases
    restore_beside "$FILE"
    swap_in
    say_old_database
  else
    make_safety_dump
    restore_in_place "$FILE"
  fi
  say "Restored $FILE into \"$DB_NAME\" of $TARGET."
}

main "$@"
