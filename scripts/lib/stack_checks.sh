# shellcheck shell=bash
# What the selected Compose layout says about itself, and the preflight checks of it: configuration, ports, volume, image
# and login. Needs findings.sh, settings.sh, preflight.sh (port_is_taken) and a layout selected by select_deployment.

check_compose_configuration() {
  local problem
  if problem=$(compose config --quiet 2>&1); then
    passed configuration "the Compose files merge"
  else
    failed 4 configuration "the Compose files do not merge: $(head -n 1 <<<"$problem")"
  fi
}

# check_edge: the ports that would be bound are free or ours, and private unless they are Caddy's.
check_edge() {
  local port address
  if [[ $DEPLOY_MODE == standalone ]]; then
    check_caddy_host
    check_web_ports
  else
    address=$(setting EDGE_BIND_ADDRESS 127.0.0.1)
    if ! is_private_address "$address" && [[ "${ALLOW_PUBLIC_BIND:-}" != 1 ]]; then
      failed 5 bind "EDGE_BIND_ADDRESS is $address: the api would be open to the network without TLS; bind a private address, or set ALLOW_PUBLIC_BIND=1"
    fi
  fi
  port=$(api_port)
  if is_ours_or_free "$port"; then
    passed api-port "$port is free or ours"
  else
    failed 1 api-port "$port is taken by another process; stop that, or set another port in $STACK_ENV_FILE"
  fi
}

# api_port: the port of this host that the api is published on.
api_port() {
  case "$STACK_TARGET" in
    staging-*) setting EDGE_PROXY_API_PORT 3401 ;;
    production-edge-*) setting EDGE_PROXY_API_PORT 3501 ;;
    *) setting API_PORT 3001 ;;
  esac
}

check_caddy_host() {
  local host
  host=$(setting CADDY_HOST)
  if [[ -n "$host" ]]; then
    passed caddy-host "$host"
  else
    failed 4 caddy-host "CADDY_HOST is required when production owns :80 and :443; set it in $STACK_ENV_FILE"
  fi
}

# check_web_ports: who asked for standalone is told about a foreign owner; who asked for nothing is told of the edge mode.
check_web_ports() {
  local port foreign=()
  for port in "$(web_port CADDY_HTTP_PORT 80)" "$(web_port CADDY_HTTPS_PORT 443)"; do
    if ! is_ours_or_free "$port"; then foreign+=("$port"); fi
  done
  if ((${#foreign[@]} == 0)); then
    passed web-ports "80 and 443 are free or ours"
  elif [[ $DEPLOY_MODE_GIVEN == no ]]; then
    failed 4 web-ports "ports 80/443 belong to another process; set ASPECTAVY_PRODUCTION_DEPLOY_MODE=edge"
  else
    failed 1 web-ports "taken by another process: ${foreign[*]}; stop it, or set ASPECTAVY_PRODUCTION_DEPLOY_MODE=edge"
  fi
}

# web_port NAME DEFAULT: the port of a setting that may name an address too.
web_port() {
  local value
  value=$(setting "$1" "$2")
  printf '%s\n' "${value##*:}"
}

# is_ours_or_free PORT: whether this project holds PORT, or nobody does.
is_ours_or_free() {
  local container
  container=$(docker ps --quiet --filter "label=com.docker.compose.project=$STACK_PROJECT" --filter "publish=$1")
  [[ -n "$container" ]] || ! is_listening "$1"
}

# is_listening PORT: on any address, where ss can tell; on loopback otherwise.
is_listening() {
  if command -v ss >/dev/null; then
    [[ -n "$(ss --no-header --listening --tcp --numeric "sport = :$1")" ]]
  else
    port_is_taken "$1"
  fi
}

is_private_address() {
  case "$1" in
    127.* | 10.* | 192.168.* | 172.1[6-9].* | 172.2[0-9].* | 172.3[01].* | ::1 | '[::1]') return 0 ;;
    *) return 1 ;;
  esac
}

# check_database_volume: a server of one major version does not read the files of another.
check_database_volume() {
  local volume image held major
  if [[ $STACK_HAS_DB == no ]]; then return 0; fi
  volume=$(database_volume)
  if ! docker volume inspect "$volume" >/dev/null 2>&1; then
    passed volume "$volume is not there yet and will be made"
    return 0
  fi
  image=$(setting POSTGRES_IMAGE postgres:16-bookworm)
  if ! held=$(docker run --rm --network none --volume "$volume:/volume:ro" --entrypoint sh "$image" \
    -c 'cat /volume/PG_VERSION /volume/*/docker/PG_VERSION 2>/dev/null || true' </dev/null) ||
    ! major=$(docker run --rm --network none --entrypoint postgres "$image" --version </dev/null); then
    failed 1 volume "$volume could not be looked at with $image; see that the image can be pulled"
    return 0
  fi
  major=$(sed -nE 's/^postgres \(PostgreSQL\) ([0-9]+).*/\1/p' <<<"$major")
  if [[ -z "$held" || "$held" == "$major" ]]; then
    passed volume "$volume holds ${held:+PostgreSQL }${held:-no} data, the image is $major"
  else
    failed 5 volume "volume $volume holds PostgreSQL $held data, the image is $major; see docs/operate/postgres-upgrade.md"
  fi
}

# database_volume: the name of the bundled Postgres's volume.
database_volume() { setting POSTGRES_VOLUME_NAME "$STACK_VOLUME"; }

# image_name: the backend image without its tag.
image_name() { setting BACKEND_IMAGE aspectavy-backend; }

# release_image: the backend image of the chosen release, with its tag.
release_image() { printf '%s:%s\n' "$(image_name)" "$BACKEND_TAG"; }

has_release_image() { docker image inspect "$(release_image)" >/dev/null 2>&1; }

# in_release COMMAND...: runs the release's program once with exactly what the api's container would be given.
in_release() { compose run --rm --no-deps -T migrate "$@" </dev/null; }

# check_image_configuration: the program itself judges its settings.
check_image_configuration() {
  local problem
  if ! has_release_image; then
    warned settings "$(release_image) is not built yet; the deployment checks the settings after building"
    return 0
  fi
  if problem=$(in_release config check 2>&1); then
    passed settings "accepted by $(release_image)"
  else
    failed 4 settings "refused by $(release_image): $(grep -F 'error' <<<"$problem" | paste -sd ';')"
  fi
}

# check_login: asks the database with the settings that the services would have, where it runs.
check_login() {
  local problem
  if ! has_release_image; then return 0; fi
  if [[ $STACK_HAS_DB == yes && -z "$(compose ps --quiet db 2>/dev/null)" ]]; then
    passed login "the bundled database is not running yet"
    return 0
  fi
  if problem=$(in_release schema --current 2>&1); then
    passed login "the database answers, schema ${problem##*$'\n'}"
  elif grep -qi 'password authentication failed' <<<"$problem"; then
    failed 4 login "$(login_advice)"
  else
    failed 1 login "the database does not answer: $(tail -n 1 <<<"$problem")"
  fi
}

login_advice() {
  if [[ $STACK_HAS_DB == yes ]]; then
    echo "POSTGRES_PASSWORD does not match the existing volume; run ALTER ROLE or restore the old value"
  else
    echo "the database refuses the login of $STACK_ENV_FILE; correct DATABASE_URL or the PG* parts"
  fi
}

# are_healthy SERVICE...: asked again, because Compose 2.26 at times ends a wait that ran out of time with status 0.
are_healthy() {
  local service states
  states=$(service_states)
  for service in "$@"; do
    grep -qxF "$service running/healthy" <<<"$states" || return 1
  done
}

# service_states: "service state/health" of every container of the stack.
service_states() { compose ps --all --format '{{.Service}} {{.State}}/{{.Health}}' 2>/dev/null; }
