# shellcheck shell=bash
# The throw-away Postgres of a restore drill: its data in memory, no network, no volume of any stack.
# Needs say.sh, settings.sh, pg_target.sh and archive.sh.

# start_drill_database: sets DRILL_CONTAINER.
# shellcheck disable=SC2034 # pg_tool reads TOOLS and APP_NAME
start_drill_database() {
  local image waited=0
  image=$(setting POSTGRES_IMAGE postgres:16-bookworm)
  # A limit, not a reservation: only what is written takes memory.
  DRILL_MEGABYTES=$(available_megabytes)
  DRILL_PASSWORD=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
  TOOLS=drill APP_NAME=aspectavy_verify_$$
  DRILL_CONTAINER=aspectavy-drill-$$
  # A folder of its own below the tmpfs: where images declare their volume differs between majors.
  POSTGRES_PASSWORD=$DRILL_PASSWORD docker run --detach --rm --name "$DRILL_CONTAINER" --label aspectavy.drill=1 \
    --network none --tmpfs "/drill:size=${DRILL_MEGABYTES}m,mode=1777" --shm-size 128m --security-opt no-new-privileges \
    -e PGDATA=/drill/data -e POSTGRES_USER=aspectavy -e POSTGRES_DB=aspectavy -e POSTGRES_PASSWORD \
    "$image" postgres -c fsync=off -c full_page_writes=off -c synchronous_commit=off >"$WORK/drill.log" ||
    fail "drill" "a container of $image cannot be started" "see the line above; POSTGRES_IMAGE names the image"
  until docker exec "$DRILL_CONTAINER" pg_isready -q -h 127.0.0.1 -U aspectavy 2>/dev/null; do
    waited=$((waited + 1))
    if ((waited == 300)) || [[ -z "$(docker ps --quiet --filter "name=^$DRILL_CONTAINER\$")" ]]; then
      fail "drill" "the database of $image did not start: $(last_error "$WORK/drill.log")" "see the line above"
    fi
    docker logs "$DRILL_CONTAINER" >"$WORK/drill.log" 2>&1 || true
    sleep 0.2
  done
}

# available_megabytes: of memory, less what the machine should keep.
available_megabytes() {
  awk '$1 == "MemAvailable:" { print int($2 / 1024 * 3 / 4) }' /proc/meminfo
}

# require_drill_memory FACTS: the heap and the indexes take about twice the SQL text; an empty cluster 128 MB.
require_drill_memory() {
  local needed
  needed=$(($(fact "$1" bytes) / 524288 + 128))
  ((DRILL_MEGABYTES >= needed)) || fail "drill" "it needs about $needed MB of memory and $DRILL_MEGABYTES MB are available" \
    "run it on a machine with more memory"
}

stop_drill_database() {
  docker rm --force --volumes "$DRILL_CONTAINER" >/dev/null 2>&1 || true
}

# restore_into_drill FILE
restore_into_drill() {
  open_archive "$1" | pg_tool pg_restore --no-owner --exit-on-error --single-transaction -d "$(conninfo aspectavy)"
}

# make_drill_roles FACTS: every role that the archive grants to.
make_drill_roles() {
  awk -F '\t' '$1 == "role" { print "CREATE ROLE " $2 " NOLOGIN;" }' "$1" | sql
}

# run_app ARG...: the installed build against the drill database, inside its network: there is no other.
run_app() {
  DATABASE_URL=postgres://aspectavy:$DRILL_PASSWORD@127.0.0.1:5432/aspectavy \
    docker run --rm --network "container:$DRILL_CONTAINER" --read-only --cap-drop ALL --tmpfs /tmp \
    -e APP_ENV=test -e DATABASE_URL "$(app_image)" "$@"
}
