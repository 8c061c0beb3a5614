# shellcheck shell=bash
# Backup files: their names, what is in them, and whether they are whole. Needs say.sh, settings.sh and pg_target.sh.

# interruptible COMMAND...: as guarded, but COMMAND reads the standard input it is given.
interruptible() {
  local status=0
  set -m
  "$@" <&0 9>&- &
  set +m
  STEP_PID=$!
  wait "$STEP_PID" || status=$?
  STEP_PID=''
  return "$status"
}

# is_backup_name NAME TARGET: whether NAME is a backup of TARGET as backup-postgres.sh names them.
is_backup_name() {
  [[ "$1" =~ ^(.+)-[0-9]{8}-[0-9]{6}(-[0-9]+)?\.dump(\.age)?$ && "${BASH_REMATCH[1]}" == "$2" ]]
}

# backups_of TARGET FOLDER: its backup files there, newest first, by the time in their names.
backups_of() {
  local file
  for file in "$2/$1"-*; do
    if is_backup_name "${file##*/}" "$1"; then printf '%s\n' "$file"; fi
  done | sort --version-sort --reverse
}

# open_archive FILE: the archive on standard output, decrypted where it is encrypted.
open_archive() {
  if [[ "$1" == *.age ]]; then
    age --decrypt --identity "$AGE_IDENTITY" "$1"
  else
    # Not "<": a file that cannot be read must end the pipeline it stands in.
    cat -- "$1"
  fi
}

# require_age_identity FILE: sets AGE_IDENTITY where FILE is encrypted.
require_age_identity() {
  [[ "$1" == *.age ]] || return 0
  require_tool age
  AGE_IDENTITY=$(setting BACKUP_AGE_IDENTITY)
  [[ -n "$AGE_IDENTITY" && -r "$AGE_IDENTITY" ]] ||
    fail "$1" "it is encrypted and BACKUP_AGE_IDENTITY names no readable file" \
      "set BACKUP_AGE_IDENTITY to the file with the age identity" 4
}

# read_archive FILE FACTS ERRORS: reads the archive from end to end and writes what is in it to FACTS (see
# archive_facts.awk). Not `pg_restore --list`: that succeeds on half a file.
read_archive() {
  open_archive "$1" 2>>"$3" | pg_tool pg_restore -f - 2>>"$3" | LC_ALL=C awk -f scripts/lib/archive_facts.awk >"$2"
}

# require_whole_archive FILE: a full read; fails with status 7 (3 for a format that these tools do not know). Sets
# FACTS to the file with the facts.
require_whole_archive() {
  local file=$1 errors=$WORK/read.errors
  FACTS=$WORK/facts
  : >"$errors"
  if interruptible read_archive "$file" "$FACTS" "$errors"; then return 0; fi
  if grep -q 'unsupported version' "$errors"; then
    fail "$file" "its format is newer than these tools: $(last_error "$errors")" \
      "restore it with the PostgreSQL major that wrote it" 3
  fi
  fail "$file" "it is damaged: $(last_error "$errors")" "use another backup; nothing was changed" 7
}

# require_checksum FILE: compares with FILE.sha256, which must be there: the full read finds a flipped bit in the rows,
# which are compressed, but not one in a definition, which is plain text.
require_checksum() {
  local wanted found
  [[ -f "$1.sha256" ]] ||
    fail "$1" "its checksum $1.sha256 is missing" \
      "copy that file too, or, where it is lost and you trust this one: sha256sum $1 >$1.sha256" 7
  read -r wanted _ <"$1.sha256" || true
  found=$(sha256_of "$1")
  [[ "$wanted" == "$found" ]] ||
    fail "$1" "its SHA-256 is not the one in $1.sha256" "use another backup; nothing was changed" 7
}

sha256_of() {
  local sum
  sum=$(sha256sum <"$1")
  printf '%s' "${sum%% *}"
}

# last_error FILE: its last line that says something, for the <why> of a message.
last_error() {
  local line
  line=$(last_line "$1")
  printf '%s' "${line:-the tool gave no reason}"
}

# fact FACTS NAME [DEFAULT]: a fact that has one value.
fact() {
  local value
  value=$(awk -F '\t' -v name="$2" '$1 == name { print $2 }' "$1")
  printf '%s' "${value:-${3:-}}"
}

# dumped_from FILE: the version of the server that the archive was made from.
dumped_from() {
  # The reader leaves once it has seen the table of contents.
  { open_archive "$1" 2>/dev/null || true; } | pg_tool pg_restore --list 2>/dev/null |
    sed -nE 's/^; +Dumped from database version: ([0-9.]+).*/\1/p'
}

# rows_query FACTS: a statement that counts the rows of every table named in FACTS, as table|count.
rows_query() {
  awk -F '\t' '$1 == "rows" {
    quoted = $2; gsub(/\047/, "\047\047", quoted)
    printf "SELECT \047%s\047, count(*) FROM %s;\n", quoted, $2 }' "$1"
}

# expected_rows FACTS: what rows_query must give, sorted.
expected_rows() {
  awk -F '\t' '$1 == "rows" { print $2 "|" $3 }' "$1" | LC_ALL=C sort
}

# wrong_rows FACTS DATABASE: one line per table whose number of rows is not that of the archive.
wrong_rows() {
  local found
  found=$(rows_query "$1" | sql_in "$2") || return 1
  LC_ALL=C comm -3 <(expected_rows "$1") <(LC_ALL=C sort <<<"$found") | tr -d '\t'
}
