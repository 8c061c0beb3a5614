# shellcheck shell=bash
# Where the database of a target is, and how the PostgreSQL tools reach it. Needs say.sh, stack.sh and settings.sh.
#
# A bundled database is reached with the tools of its own container, over its socket. An external one is reached with
# the tools of POSTGRES_IMAGE, or with those of this host (PG_TOOLS=host); they learn the address from a file that
# only we can read, so that no argument and no process list holds a password. The throw-away database of a restore
# drill is a container of its own.

BACKUP_TARGETS=(local staging-bundled production-bundled production-external)
SERVICE_NAME=aspectavy

# select_backup_target TARGET: as select_stack, for the targets that have backups.
select_backup_target() {
  [[ " ${BACKUP_TARGETS[*]} " == *" $1 "* ]] ||
    fail "target" "'$1' is none" "the targets are: ${BACKUP_TARGETS[*]}" 2
  select_stack "$1"
}

# open_target WORK: after it pg_tool and sql work on the selected target. WORK is a private folder that the Docker
# daemon can see. Sets TOOLS (db, image or host), DB_NAME, SERVER_VERSION, SERVER_MAJOR and TOOL_VERSION.
open_target() {
  WORK=$1
  APP_NAME=aspectavy_${0##*/}_$$
  if [[ "$STACK_HAS_DB" == yes ]]; then open_bundled; else open_external "$STACK_TARGET"; fi
  learn_server "$STACK_TARGET"
}

# require_tool NAME: ends the script with status 3 where the program is missing.
require_tool() {
  command -v "$1" >/dev/null || fail "$1" "it is not installed" "install it, or see --help for what needs it" 3
}

open_bundled() {
  local running
  TOOLS=db
  require_tool docker
  require_env_file
  running=$(compose ps --quiet --status running db) ||
    fail "$STACK_TARGET" "docker compose failed" "see the line above; is the Docker daemon running?"
  [[ -n "$running" ]] || fail "$STACK_TARGET" "db service of project $STACK_PROJECT is not running" \
    "start it: docker compose --env-file $STACK_ENV_FILE ${STACK_FILES[*]} up -d db"
}

open_external() {
  local service_file=$WORK/pg_service.conf
  case "${PG_TOOLS:=image}" in
    image) require_tool docker ;;
    host)
      require_tool pg_dump
      require_tool pg_restore
      require_tool psql
      ;;
    *) fail "PG_TOOLS" "must be \"image\" or \"host\" (got \"$PG_TOOLS\")" "set it to one of the two" 4 ;;
  esac
  TOOLS=$PG_TOOLS
  POSTGRES_IMAGE=$(setting POSTGRES_IMAGE postgres:16-bookworm)
  if [[ -z "$(setting DATABASE_URL)" && -z "$(setting PGHOST)" ]]; then
    fail "$1" "DATABASE_URL is required for $1" "export it, or put it into $STACK_ENV_FILE" 4
  fi
  write_service_file >"$service_file" || fail "$1" "DATABASE_URL cannot be used" "see the line above" 4
  grep -q "^\[$SERVICE_NAME\]" "$service_file" ||
    fail "$1" "aspectavy db-service gave no section [$SERVICE_NAME]" "this image is too old; build or pull a newer one" 3
}

# write_service_file: the pg_service.conf section of the database, made by libpq's own parser.
write_service_file() {
  local binary=${ASPECTAVY_BINARY:-aspectavy}
  if [[ "$TOOLS" == host ]] && command -v "$binary" >/dev/null; then
    DATABASE_URL=$(setting DATABASE_URL) "$binary" db-service --name "$SERVICE_NAME"
  elif [[ -n "$(setting DATABASE_URL)" ]]; then
    # -e NAME without a value: the value goes through the environment.
    DATABASE_URL=$(setting DATABASE_URL) docker run --rm --network none --read-only --cap-drop ALL \
      -e DATABASE_URL "$(app_image)" db-service --name "$SERVICE_NAME"
  else
    compose run --rm --no-deps -T migrate db-service --name "$SERVICE_NAME"
  fi
}

# pg_tool PROGRAM ARG...: runs a PostgreSQL program against the target; standard input and output are the caller's.
pg_tool() {
  case "$TOOLS" in
    db)
      # shellcheck disable=SC2016 # the container's shell expands these
      compose exec -T -e "PGAPPNAME=$APP_NAME" db \
        sh -c 'export PGUSER="$POSTGRES_USER" PGDATABASE="$POSTGRES_DB"; exec "$@"' sh "$@"
      ;;
    image)
      local mounts=() file
      while read -r file; do mounts+=(-v "$file:$file:ro"); done < <(service_files)
      docker run --rm -i --network "${PG_TOOLS_NETWORK:-host}" --user "$(id -u):$(id -g)" --read-only --cap-drop ALL \
        --security-opt no-new-privileges -v "$(realpath "$WORK")/pg_service.conf:/run/pg_service.conf:ro" "${mounts[@]}" \
        -e PGSERVICEFILE=/run/pg_service.conf -e "PGSERVICE=$SERVICE_NAME" -e "PGAPPNAME=$APP_NAME" \
        -e PGCONNECT_TIMEOUT=10 --entrypoint "$1" "$POSTGRES_IMAGE" "${@:2}"
      ;;
    drill)
      docker exec -i -e PGUSER=aspectavy -e PGDATABASE=aspectavy -e "PGAPPNAME=$APP_NAME" "$DRILL_CONTAINER" "$@"
      ;;
    host)
      PGSERVICEFILE=$WORK/pg_service.conf PGSERVICE=$SERVICE_NAME PGAPPNAME=$APP_NAME PGCONNECT_TIMEOUT=10 "$@"
      ;;
  esac
}

# service_files: the certificate and key files that the service section names.
service_files() {
  sed -nE 's/^(sslrootcert|sslcert|sslkey|sslcrl)=(\/.*)$/\2/p' "$WORK/pg_service.conf"
}

# conninfo DATABASE: the words for -d that select another database of the same server.
conninfo() {
  local name=${1//\\/\\\\}
  name="dbname='${name//\'/\\\'}'"
  if [[ "$TOOLS" == image || "$TOOLS" == host ]]; then name="service=$SERVICE_NAME $name"; fi
  printf '%s' "$name"
}

# sql: runs the statements on standard input; prints rows unaligned, with | between columns.
sql() {
  pg_tool psql -X -q -A -t -v ON_ERROR_STOP=1
}

# sql_in DATABASE: as sql, in another database of the same server.
sql_in() {
  pg_tool psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$(conninfo "$1")"
}

# shellcheck disable=SC2034 # the callers read these
learn_server() {
  local row
  row=$(sql <<<"SELECT current_setting('server_version_num')::int / 10000,
    split_part(current_setting('server_version'), ' ', 1), current_database()") || fail "$1" "the database cannot be reached" "see the line above"
  IFS='|' read -r SERVER_MAJOR SERVER_VERSION DB_NAME <<<"$row"
  TOOL_VERSION=$(pg_tool pg_dump --version | sed -nE 's/^pg_dump \(PostgreSQL\) ([0-9.]+).*/\1/p') ||
    fail "$1" "pg_dump --version failed" "see the line above" 3
  TOOL_MAJOR=${TOOL_VERSION%%.*}
  # Older tools refuse the server; an archive of newer ones does not restore into it (they set parameters it lacks).
  if [[ "$TOOL_MAJOR" != "$SERVER_MAJOR" ]]; then
    fail "$1" "pg_dump is of PostgreSQL ${TOOL_MAJOR:-?} and the server of PostgreSQL $SERVER_MAJOR" \
      "use tools of the same major: POSTGRES_IMAGE=postgres:$SERVER_MAJOR-bookworm" 3
  fi
}

# end_sessions_of_tools: ends what an interrupted tool still does in the server, which a killed client does not.
end_sessions_of_tools() {
  sql <<<"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE application_name = '$APP_NAME' AND pid <> pg_backend_pid()" >/dev/null
}

# app_image: the backend image that this target runs: that of its container, or the one that the settings name.
app_image() {
  local container='' image='' tag
  if [[ -f "$STACK_ENV_FILE" ]]; then container=$(compose ps --all --quiet api 2>/dev/null | head -n 1) || container=''; fi
  if [[ -n "$container" ]]; then image=$(docker inspect --format '{{.Config.Image}}' "$container"); fi
  tag=$(setting BACKEND_TAG local)
  printf '%s' "${image:-$(setting BACKEND_IMAGE aspectavy-backend):$tag}"
}

# app_schema_max: the newest schema that the target's build knows.
app_schema_max() {
  local binary=${ASPECTAVY_BINARY:-aspectavy} image
  if [[ "$TOOLS" == host ]] && command -v "$binary" >/dev/null; then
    "$binary" schema --max
  else
    image=$(app_image)
    docker run --rm --network none --read-only --cap-drop ALL "$image" schema --max
  fi
}
