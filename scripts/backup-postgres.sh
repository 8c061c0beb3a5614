#!/usr/bin/env bash
# Makes a verified backup of one target's database. See --help.
set -Eeuo pipefail
umask 077
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for part in say stack settings pg_target archive backup offsite; do
  # shellcheck source=/dev/null
  source "scripts/lib/$part.sh"
done

usage() {
  cat <<'TEXT'
Usage: scripts/backup-postgres.sh TARGET [--output DIR] [--keep N] [--no-verify] [--dry-run]

  TARGET       local, staging-bundled, production-bundled or production-external
  --output     where backups go (default: BACKUP_DIR, else backups)
  --keep N     the newest N of this target stay (default: BACKUP_KEEP, else 14), and the first of each of the last
               BACKUP_KEEP_MONTHS (6) months
  --no-verify  does not read the dump back; then no older backup is removed
  --dry-run    checks everything and changes nothing

Writes TARGET-YYYYMMDD-HHMMSS.dump (UTC), .sha256 and .json, once the dump has been read back from end to end. The last
line on standard output is the path. production-external needs DATABASE_URL; its tools come from POSTGRES_IMAGE, or from
this host with PG_TOOLS=host. Settings come from the shell, else from the target's env file: BACKUP_AGE_RECIPIENT
(encryption), BACKUP_RSYNC_DEST, BACKUP_S3_URL with BACKUP_S3_REGION, BACKUP_S3_ACCESS_KEY_ID and
BACKUP_S3_SECRET_ACCESS_KEY (copies), BACKUP_RECEIPT=0 (no row for the metrics).

Exit codes: 0 done, 1 failed, 2 usage, 3 tool missing or of another major, 4 configuration, 6 another one runs,
7 the dump cannot be read back, 130 interrupted. docs/operate/backup.md
TEXT
}

TARGET='' FOLDER='' KEEP='' VERIFY=yes DRY_RUN=no WORK='' PARTIAL=''

read_arguments() {
  while (($# > 0)); do
    case "$1" in
      -h | --help)
        usage
        exit 0
        ;;
      --output | --keep)
        (($# > 1)) || fail "$1" "it needs a value" "see --help" 2
        if [[ "$1" == --output ]]; then FOLDER=$2; else KEEP=$2; fi
        shift
        ;;
      --no-verify) VERIFY=no ;;
      --dry-run) DRY_RUN=yes ;;
      -*) fail "$1" "there is no such option" "see --help" 2 ;;
      *)
        [[ -z "$TARGET" ]] || fail "$1" "only one target at a time" "see --help" 2
        TARGET=$1
        ;;
    esac
    shift
  done
  [[ -n "$TARGET" ]] || fail "target" "it is missing" "name one of: ${BACKUP_TARGETS[*]}" 2
  [[ -z "$KEEP" || "$KEEP" =~ ^[1-9][0-9]{0,5}$ ]] || fail "--keep" "'$KEEP' is no number from 1" "see --help" 2
}

on_exit() {
  local status=$?
  trap - EXIT
  trap '' INT TERM HUP
  stop_step
  if [[ -n "$PARTIAL" ]]; then
    if ((status > 128)); then end_sessions_of_tools 2>/dev/null || true; fi
    forget_partial "$FOLDER" "$TARGET"
  fi
  if [[ -n "$WORK" ]]; then rm -rf "$WORK"; fi
  exit "$status"
}

# finish_backup: what follows once the file is safe; each part is tried, and one that failed makes the status 1.
finish_backup() {
  local status=0
  if [[ "$VERIFY" == yes ]]; then prune "$TARGET" "$FOLDER" "$KEEP" "$MONTHS"; fi
  if [[ "$(setting BACKUP_RECEIPT 1)" != 0 ]]; then
    write_receipt "$TARGET" || {
      report "receipt" "the row for the metrics could not be written" "the backup is whole; see the line above"
      status=1
    }
  fi
  copy_offsite "$BACKUP_FILE" || status=1
  say "Backup of $((BACKUP_BYTES / 1024 + 1)) KB in $BACKUP_MS ms, SHA-256 $BACKUP_SHA256"
  say "$BACKUP_FILE"
  return "$status"
}

main() {
  read_arguments "$@"
  trap on_exit EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  select_backup_target "$TARGET"
  FOLDER=${FOLDER:-$(setting BACKUP_DIR backups)}
  KEEP=${KEEP:-$(count_setting BACKUP_KEEP 14)}
  MONTHS=$(count_setting BACKUP_KEEP_MONTHS 6)
  require_offsite_settings
  if [[ -n "$(setting BACKUP_AGE_RECIPIENT)" ]]; then require_tool age; fi
  take_backup_lock "$FOLDER"
  WORK=$(mktemp -d "$FOLDER/.work.XXXXXX")
  open_target "$WORK"
  require_space_for_dump "$TARGET" "$FOLDER"
  if [[ "$DRY_RUN" == yes ]]; then
    say "Would dump database \"$DB_NAME\" of $TARGET (PostgreSQL $SERVER_VERSION) into $FOLDER and keep the newest $KEEP."
    return 0
  fi
  make_backup "$TARGET" "$FOLDER" "$VERIFY"
  finish_backup
}

main "$@"
