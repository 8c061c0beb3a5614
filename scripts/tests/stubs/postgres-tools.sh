#!/usr/bin/env bash
# Stands in for docker, pg_dump, pg_restore, psql and df in the tests of the backup scripts. Every call is a line of
# $STUB_DIR/calls, every statement is in $STUB_DIR/sql. An archive is a line "PGDMP <major> <format>", SQL, and a line "END".
# What goes wrong is said by STUB_* variables. Databases of the pretended server: the lines of $STUB_DIR/databases.
set -euo pipefail
name=${0##*/}
printf '%s %s\n' "$name" "$*" >>"$STUB_DIR/calls"

complain() { printf '%s\n' "$*" >&2; }

stub_pg_dump() {
  case "$*" in
    *--version*) printf 'pg_dump (PostgreSQL) %s.4 (Debian)\n' "${STUB_TOOL_MAJOR:-15}" ;;
    *--create*) printf 'CREATE DATABASE aspectavy WITH TEMPLATE = template0;\nCREATE SCHEMA noise;\n' ;;
    *)
      case "${STUB_DUMP:-whole}" in
        whole) cat "$STUB_DIR/archive" ;;
        half) head -n 3 "$STUB_DIR/archive" ;;
        fails)
          head -n 3 "$STUB_DIR/archive"
          complain 'pg_dump: error: connection to server was lost'
          exit 1
          ;;
        disk-full)
          head -n 3 "$STUB_DIR/archive"
          complain 'cat: write error: No space left on device'
          exit 1
          ;;
        hangs)
          head -n 3 "$STUB_DIR/archive"
          : >"$STUB_DIR/hangs"
          exec sleep 60
          ;;
      esac
      ;;
  esac
}

stub_pg_restore() {
  local archive first
  archive=$(cat)
  first=${archive%%$'\n'*}
  if [[ "$first" != "PGDMP "* ]]; then
    complain 'pg_restore: error: did not find magic string in file header'
    exit 1
  fi
  if [[ "$first" == *' 9.9' ]]; then
    complain 'pg_restore: error: unsupported version (9.9) in file header'
    exit 1
  fi
  if [[ "$*" == *--list* ]]; then
    printf ';     Dumped from database version: %s.4 (Debian)\n' "$(cut -d ' ' -f 2 <<<"$first")"
    return
  fi
  # As the real one: what could be read has been written by then.
  if [[ "$*" == *'-f -'* ]]; then printf '%s\n' "$archive" | sed '1d;$d'; fi
  if [[ "${archive##*$'\n'}" != END ]]; then
    complain 'pg_restore: error: could not read from input file: end of file'
    exit 1
  fi
  if [[ "$*" == *--single-transaction* && "${STUB_RESTORE:-}" == fails ]]; then
    complain 'pg_restore: error: could not execute query: ERROR:  no space'
    exit 1
  fi
}

rename_in_catalog() {
  local old new
  while read -r old new; do
    sed -i "s/^$old\$/$new/" "$STUB_DIR/databases"
  done < <(sed -nE 's/^ALTER DATABASE "(.*)" RENAME TO "(.*)";$/\1 \2/p' <<<"$1")
}

stub_psql() {
  local sql
  sql=$(cat)
  printf '%s\n' "$sql" >>"$STUB_DIR/sql"
  case "$sql" in
    *server_version_num*) printf '%s|%s.4|aspectavy\n' "${STUB_SERVER_MAJOR:-15}" "${STUB_SERVER_MAJOR:-15}" ;;
    *pg_database_size*) printf '%s\n' "${STUB_DATABASE_BYTES:-1000000}" ;;
    *to_regclass*) printf '%s\n' "${STUB_RECEIPT_TABLE-ops_backup_receipt}" ;;
    *'INSERT INTO ops_backup_receipt'*)
      if [[ "${STUB_RECEIPT:-}" == fails ]]; then
        complain 'ERROR:  permission denied'
        exit 3
      fi
      ;;
    *rolcreatedb*) printf '%s\n' "${STUB_MAY_CREATE:-t}" ;;
    *'to_regrole('*'IS NULL;'*) if [[ -n "${STUB_MISSING_ROLE:-}" ]]; then printf '%s\n' "$STUB_MISSING_ROLE"; fi ;;
    *quote_ident*) printf 'aspectavy\n' ;;
    *'RENAME TO'*) if [[ "${STUB_RENAME:-}" != fails ]]; then rename_in_catalog "$sql"; fi ;;
    *"FROM pg_database WHERE datname = "*)
      grep -cx "$(sed -nE "s/.*datname = '(.*)'.*/\1/p" <<<"$sql")" "$STUB_DIR/databases" || true
      ;;
    *'SELECT max(number) FROM schema_migration'*) printf '%s\n' "${STUB_SCHEMA_MAX-3}" ;;
    *'usesysid IS NOT NULL'*) printf '%s\n' "${STUB_SESSIONS:-0}" ;;
    'CREATE DATABASE '*) sed -nE 's/^CREATE DATABASE "(.*)" WITH .*/\1/p' <<<"$sql" >>"$STUB_DIR/databases" ;;
    'DROP DATABASE '*) sed -i "/^$(sed -nE 's/^DROP DATABASE( IF EXISTS)? "(.*)" .*/\2/p' <<<"$sql")\$/d" "$STUB_DIR/databases" ;;
    *'count(*) FROM public.'*) sed -nE "s/^SELECT '(.*)', .*/\1|${STUB_ROWS:-2}/p" <<<"$sql" ;;
  esac
}

stub_df() {
  printf 'Filesystem 1024-blocks Used Available Capacity Mounted\nstub 9 9 %s 9%% /\n' "${STUB_FREE_KB:-9000000}"
}

# stub_compose ARG...: what follows "docker compose".
stub_compose() {
  local words=" $* "
  case "$words" in
    *' ps '*' db '*) if [[ "${STUB_DB:-up}" == up ]]; then printf 'dbcontainer\n'; fi ;;
    *' ps '*' api '* | *' ps '*' worker '*) if [[ "${STUB_SERVICES:-up}" == up ]]; then printf 'container\n'; fi ;;
    *' exec '*' db df '*) printf 'h\nstub 9 9 %s 9%% /\n' "${STUB_DB_FREE_KB:-9000000}" ;;
    *' exec '*' db sh -c '*)
      while [[ "$1" != sh ]]; do shift; done
      shift 4
      "stub_$1" "${@:2}"
      ;;
    *' run '*' db-service '*) printf '[aspectavy]\nhost=db.example.org\n' ;;
    *' stop '*) if [[ "${STUB_STOP:-}" == fails ]]; then exit 1; fi ;;
    *' up '*)
      printf 'up\n' >>"$STUB_DIR/ups"
      if ((${STUB_FAILING_UPS:-0} >= $(wc -l <"$STUB_DIR/ups"))) && [[ "$words" != *' db ' ]]; then
        complain 'container api is unhealthy'
        exit 1
      fi
      ;;
  esac
}

stub_docker() {
  case "$*" in
    'compose '*) stub_compose "${@:2}" ;;
    *'schema --max') printf '%s\n' "${STUB_SCHEMA_MAX-3}" ;;
    *db-service*)
      if [[ "$DATABASE_URL" != postgres://* ]]; then
        complain 'error: DATABASE_URL is no connection string'
        exit 78
      fi
      printf '[aspectavy]\nhost=db.example.org\npassword=%s\nsslrootcert=/etc/ca.pem\n' "$(sed -E 's/.*:(.*)@.*/\1/' <<<"$DATABASE_URL")"
      ;;
    'run '*--entrypoint*)
      while [[ "$1" != --entrypoint ]]; do shift; done
      "stub_$2" "${@:4}"
      ;;
    'run --detach '*)
      if [[ "${STUB_DRILL:-}" == fails ]]; then
        complain 'docker: no such image'
        exit 125
      fi
      ;;
    'ps '*) printf 'drillcontainer\n' ;;
    'exec -i '*)
      while [[ "$1" != aspectavy-drill-* ]]; do shift; done
      "stub_$2" "${@:3}"
      ;;
    *' migrate')
      complain "${STUB_MIGRATE_SAYS:-schema 3 is current}"
      exit "${STUB_MIGRATE:-0}"
      ;;
    inspect*) printf 'aspectavy-backend:running\n' ;;
    *) ;;
  esac
}

"stub_$name" "$@"
