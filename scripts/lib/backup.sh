# shellcheck shell=bash
# Makes one backup: dump, full read, checksum, atomic publication, then the retention of older ones.
# Needs say.sh, settings.sh, stack.sh, pg_target.sh and archive.sh.

# take_backup_lock FOLDER: one backup or restore at a time; fd 9, which started programs do not inherit.
take_backup_lock() {
  mkdir -p "$1" || fail "$1" "it cannot be made" "choose another folder with --output"
  exec 9>>"$1/.lock" || fail "$1" "it cannot be written" "choose another folder with --output"
  flock -n 9 || fail "lock" "another backup or restore runs ($(tail -n 1 "$1/.lock"))" "wait for it, or stop it" 6
  printf '%s, pid %s, since %s\n' "${0##*/}" "$$" "$(date -u +%FT%TZ)" >"$1/.lock"
  # We hold the lock, so these are of runs that were killed.
  rm -rf "$1"/.*.partial "$1"/.work.*
}

# kilobytes_free FOLDER
kilobytes_free() {
  df -Pk "$1" | awk 'NR == 2 { print $4 }'
}

# require_space_for_dump TARGET FOLDER: twice the last dump, or a tenth of the database where that is more.
require_space_for_dump() {
  local last needed_kb free_kb database_bytes
  database_bytes=$(sql <<<"SELECT pg_database_size(current_database())") ||
    fail "$1" "the size of the database cannot be read" "see the line above"
  needed_kb=$((database_bytes / 10240 + 1))
  last=$(backups_of "$1" "$2" | head -n 1)
  if [[ -n "$last" ]] && (($(stat -c %s "$last") / 512 > needed_kb)); then
    needed_kb=$(($(stat -c %s "$last") / 512))
  fi
  free_kb=$(kilobytes_free "$2")
  if ((free_kb < needed_kb)); then
    fail "disk" "a backup of $1 needs about $((needed_kb / 1024 + 1)) MB and $((free_kb / 1024)) MB are free in $2" \
      "free some space or choose another folder with --output"
  fi
}

# make_backup TARGET FOLDER VERIFY: VERIFY is yes or no. Sets BACKUP_FILE. A failure leaves the older backups as they
# are and no partial file (see forget_partial).
make_backup() {
  local target=$1 folder=$2 verify=$3 started=$EPOCHREALTIME
  PARTIAL=$folder/.$target.partial
  FACTS=''
  say "Dumping database \"$DB_NAME\" of $target (PostgreSQL $SERVER_VERSION)"
  dump_into "$PARTIAL"
  if [[ "$verify" == yes ]]; then
    say "Reading the dump back"
    verify_partial "$target"
  fi
  encrypt_partial
  publish "$target" "$folder" "$started"
}

dump_into() {
  local errors=$WORK/dump.errors
  interruptible dump_database "$1" 2>"$errors" && return 0
  # Where nothing more can be written, not even the reason can.
  if grep -q 'No space left on device' "$errors" || (($(kilobytes_free "$(dirname "$1")") < 64)); then
    fail "disk" "$(dirname "$1") became full while dumping" "free some space; the older backups are untouched"
  fi
  fail "pg_dump" "$(last_error "$errors")" "the older backups are untouched"
}

# dump_database FILE: with grants, because the app's role has its rights from them; without owners, because the
# restoring role becomes the owner.
dump_database() {
  # cat, not a redirection of the tool: it says when the disk is full; the Docker client does not always.
  pg_tool pg_dump --format=custom --no-owner | cat >"$1"
}

# verify_partial TARGET: reads the whole archive. `pg_restore --list` would accept half of it.
verify_partial() {
  local errors=$WORK/read.errors
  FACTS=$WORK/facts
  : >"$errors"
  interruptible read_archive "$PARTIAL" "$FACTS" "$errors" && return 0
  fail "$1" "the new dump cannot be read back: $(last_error "$errors")" \
    "it was removed; the older backups are untouched" 7
}

encrypt_partial() {
  local recipient
  recipient=$(setting BACKUP_AGE_RECIPIENT)
  [[ -n "$recipient" ]] || return 0
  age --recipient "$recipient" --output "$PARTIAL.age.partial" "$PARTIAL" ||
    fail "age" "the dump cannot be encrypted" "check BACKUP_AGE_RECIPIENT; the older backups are untouched"
  rm -f "$PARTIAL"
  PARTIAL=$PARTIAL.age.partial
}

# publish TARGET FOLDER STARTED: gives the verified file its name, last of all, so that a backup that can be seen is
# whole and has its checksum and description.
publish() {
  local stem suffix=.dump counter=1
  stem=$2/$1-$(date -u +%Y%m%d-%H%M%S)
  if [[ "$PARTIAL" == *.age.partial ]]; then suffix=.dump.age; fi
  BACKUP_FILE=$stem$suffix
  while [[ -e "$BACKUP_FILE" ]]; do
    counter=$((counter + 1))
    BACKUP_FILE=$stem-$counter$suffix
  done
  BACKUP_SHA256=$(sha256_of "$PARTIAL")
  BACKUP_BYTES=$(stat -c %s "$PARTIAL")
  BACKUP_MS=$(milliseconds_since "$3")
  printf '%s  %s\n' "$BACKUP_SHA256" "${BACKUP_FILE##*/}" >"$2/.$1.sha256.partial"
  describe_backup "$1" >"$2/.$1.json.partial"
  sync "$PARTIAL" "$2/.$1.sha256.partial" "$2/.$1.json.partial"
  mv "$2/.$1.sha256.partial" "$BACKUP_FILE.sha256"
  mv "$2/.$1.json.partial" "$BACKUP_FILE.json"
  mv "$PARTIAL" "$BACKUP_FILE"
  PARTIAL=''
  sync "$2"
}

milliseconds_since() {
  printf '%s' "$(((${EPOCHREALTIME//[^0-9]/} - ${1//[^0-9]/}) / 1000))"
}

# app_revision: the commit of the build that the target runs; empty where that is not known.
app_revision() {
  [[ "$TOOLS" != host ]] || return 0
  docker image inspect --format '{{index .Config.Labels "org.opencontainers.image.revision"}}' "$(app_image)" 2>/dev/null || true
}

# describe_backup TARGET: the JSON beside the file.
describe_backup() {
  local schema=null tables='' separator='' table count revision
  if [[ -n "$FACTS" ]]; then
    schema=$(fact "$FACTS" schema null)
    while IFS='|' read -r table count; do
      tables+="$separator$(json_string "$table"): $count"
      separator=', '
    done < <(expected_rows "$FACTS")
  fi
  revision=$(app_revision)
  cat <<JSON
{
  "target": $(json_string "$1"),
  "database": $(json_string "$DB_NAME"),
  "file": $(json_string "${BACKUP_FILE##*/}"),
  "finishedAt": "$(date -u +%FT%TZ)",
  "serverVersion": "$SERVER_VERSION",
  "toolVersion": "$TOOL_VERSION",
  "appRevision": $(if [[ -n "$revision" ]]; then json_string "$revision"; else printf null; fi),
  "schemaVersion": $schema,
  "verified": $(if [[ -n "$FACTS" ]]; then printf true; else printf false; fi),
  "bytes": $BACKUP_BYTES,
  "sha256": "$BACKUP_SHA256",
  "durationMs": $BACKUP_MS,
  "rows": {$tables}
}
JSON
}

# forget_partial FOLDER TARGET: removes what an unfinished backup has left.
forget_partial() {
  rm -f "$1/.$2".*partial
}

# prune TARGET FOLDER KEEP MONTHS: keeps the newest KEEP backups and the first one of each of the last MONTHS months.
prune() {
  local file month index=0 months_kept=0
  local -A first_of_month=() keep=()
  while read -r file; do
    index=$((index + 1))
    if ((index <= $3)); then keep[$file]=1; fi
    month=${file##*/"$1"-}
    first_of_month[${month:0:6}]=$file
  done < <(backups_of "$1" "$2")
  while read -r month; do
    if [[ -z "$month" ]] || ((months_kept >= $4)); then break; fi
    keep[${first_of_month[$month]}]=1
    months_kept=$((months_kept + 1))
  done < <(printf '%s\n' "${!first_of_month[@]}" | sort -r)
  while read -r file; do
    if [[ -v keep[$file] ]]; then continue; fi
    # The file first: a description without its backup is harmless, the reverse is not.
    rm -f "$file" "$file.sha256" "$file.json"
    say "Removed $file (older than what is kept)"
  done < <(backups_of "$1" "$2")
}

# write_receipt TARGET: tells the database, and so /metrics, that a verified backup is there.
write_receipt() {
  local schema='' table
  if [[ -n "$FACTS" ]]; then schema=$(fact "$FACTS" schema); fi
  if [[ -z "$schema" ]]; then
    complain "warning: a backup that was not read back, or has no schema, gets no row in ops_backup_receipt"
    return 0
  fi
  table=$(sql <<<"SELECT to_regclass('public.ops_backup_receipt')") || return 1
  if [[ -z "$table" ]]; then
    complain "warning: this schema has no ops_backup_receipt yet; the metrics will not show this backup"
    return 0
  fi
  sql <<SQL
INSERT INTO ops_backup_receipt (target, finished_at, file_name, bytes, sha256, schema_version, duration_ms)
VALUES ('$1', now(), '${BACKUP_FILE##*/}', $BACKUP_BYTES, '$BACKUP_SHA256', $schema, $BACKUP_MS);
SQL
}
