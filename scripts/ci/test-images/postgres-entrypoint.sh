#!/bin/bash
# What the official Postgres image promises about variables, order and users, for the stand-ins of the tests:
# PGDATA, POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB, POSTGRES_INITDB_ARGS, *.sql of /docker-entrypoint-initdb.d on
# the first start only, by a server without TCP; then the server as the user postgres.
set -Eeuo pipefail

: "${PGDATA:=/var/lib/postgresql/data}" "${POSTGRES_USER:=postgres}"
: "${POSTGRES_DB:=$POSTGRES_USER}"
SOCKETS=/run/postgresql

# become_postgres ARG...: as root, gives the folders to the user and starts this script again as that user.
become_postgres() {
  mkdir -p "$PGDATA" "$SOCKETS"
  chown -R postgres:postgres "$PGDATA" "$SOCKETS"
  chmod 700 "$PGDATA"
  exec setpriv --reuid postgres --regid postgres --clear-groups "$0" "$@"
}

run_sql() { psql --quiet --no-psqlrc -v ON_ERROR_STOP=1 -h "$SOCKETS" -U "$POSTGRES_USER" "$@"; }

first_start() {
  local password_file script
  if [[ -n "${POSTGRES_PASSWORD_FILE:-}" ]]; then POSTGRES_PASSWORD=$(<"$POSTGRES_PASSWORD_FILE"); fi
  if [[ -z "${POSTGRES_PASSWORD:-}" ]]; then
    echo "error: POSTGRES_PASSWORD: it is empty; set it" >&2
    exit 1
  fi
  password_file=$(mktemp)
  printf '%s\n' "$POSTGRES_PASSWORD" >"$password_file"
  # shellcheck disable=SC2086 # words, as in the official image
  "$PG_BIN/initdb" -D "$PGDATA" -U "$POSTGRES_USER" --pwfile="$password_file" --auth-local=trust \
    --auth-host=scram-sha-256 ${POSTGRES_INITDB_ARGS:-}
  rm -f "$password_file"
  printf '\nhost all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
  "$PG_BIN/pg_ctl" -D "$PGDATA" -w -o "-c listen_addresses='' -c unix_socket_directories=$SOCKETS" start
  if [[ "$POSTGRES_DB" != postgres ]]; then run_sql -d postgres -c "CREATE DATABASE \"$POSTGRES_DB\""; fi
  for script in /docker-entrypoint-initdb.d/*.sql; do
    if [[ -e "$script" ]]; then run_sql -d "$POSTGRES_DB" -f "$script"; fi
  done
  "$PG_BIN/pg_ctl" -D "$PGDATA" -m fast -w stop
}

if [[ "${1:-postgres}" != postgres ]]; then exec "$@"; fi
if ((EUID == 0)); then become_postgres "$@"; fi
if [[ ! -s "$PGDATA/PG_VERSION" ]]; then first_start; fi
if (($# > 0)); then shift; fi
exec "$PG_BIN/postgres" -D "$PGDATA" -c "listen_addresses=*" -c "unix_socket_directories=$SOCKETS" "$@"
