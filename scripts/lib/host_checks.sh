# shellcheck shell=bash
# Preflight checks of the host: tools, env file, resources, clock, backups. Each records findings and changes nothing.
# Needs findings.sh, settings.sh, and a layout selected by select_deployment.

MINIMUM_ENGINE=25.0.0
MINIMUM_COMPOSE=2.24.4

# is_at_least VERSION MINIMUM
is_at_least() { [[ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" == "$2" ]]; }

check_tools() {
  local tool engine version command
  for tool in curl flock awk sed sha256sum df; do
    command -v "$tool" >/dev/null || failed 3 tools "$tool is not installed"
  done
  if ! engine=$(docker version --format '{{.Server.Version}}' 2>/dev/null) || [[ -z "$engine" ]]; then
    failed 3 docker "no Docker daemon answers; install Docker Engine $MINIMUM_ENGINE or newer, start it, and use it as this user"
    return
  fi
  judge_version docker "Docker Engine" "$engine" "$MINIMUM_ENGINE"
  read -ra command <<<"${DOCKER_COMPOSE:-docker compose}"
  version=$("${command[@]}" version --short 2>/dev/null) || version=0
  judge_version compose "Docker Compose" "${version#v}" "$MINIMUM_COMPOSE"
}

judge_version() {
  if is_at_least "$3" "$4"; then passed "$1" "$2 $3"; else failed 3 "$1" "$2 $3 is too old; install $4 or newer"; fi
}

has_docker() { [[ " ${FINDING_CODE[*]} " != *' 3 '* ]]; }

check_layout() {
  passed layout "$STACK_TARGET (mode $DEPLOY_MODE, $(
    if [[ $STACK_HAS_DB == yes ]]; then echo "bundled Postgres"; else echo "external Postgres"; fi
  ))"
}

# check_env_file: there, private, and without placeholders. Returns 1 when there is none.
check_env_file() {
  local mode names
  if [[ ! -r "$STACK_ENV_FILE" ]]; then
    failed 4 env-file "$STACK_ENV_FILE is not there; copy ${STACK_ENV_FILE%.local}.example there, fill it in, chmod 600 it"
    return 1
  fi
  mode=$(stat -c %a "$STACK_ENV_FILE")
  if [[ "$mode" == [46]00 ]]; then
    passed env-file "$STACK_ENV_FILE, mode $mode"
  elif [[ "$DEPLOY_ENVIRONMENT" == production ]]; then
    failed 4 env-file "$STACK_ENV_FILE has mode $mode and holds secrets; chmod 600 it"
  else
    warned env-file "$STACK_ENV_FILE has mode $mode and holds secrets; chmod 600 it"
  fi
  names=$(grep -vE '^[[:space:]]*#' "$STACK_ENV_FILE" | grep -F '__CHANGE_ME__' | cut -d= -f1 | tr -s ' \n' ' ') || true
  if [[ -n "$names" ]]; then
    failed 4 placeholders "still to be set in $STACK_ENV_FILE: ${names% }"
  else
    passed placeholders "none is left"
  fi
}

# check_shared_secrets: what staging and production must not have in common. Shows names, never values.
check_shared_secrets() {
  local name staging production shared=()
  for name in SESSION_SECRET APTABASE_APP_KEY OPS_TOKEN POSTGRES_PASSWORD; do
    staging=$(env_file_value apps/backend/.env.staging.local "$name")
    production=$(env_file_value apps/backend/.env.production.local "$name")
    if [[ -n "$staging" && "$staging" == "$production" ]]; then shared+=("$name"); fi
  done
  if ((${#shared[@]} > 0)); then
    failed 5 secrets "the same in the files of staging and production: ${shared[*]}; give each environment its own"
  else
    passed secrets "no secret is shared between staging and production here"
  fi
}

check_resources() {
  local free_mb memory_mb
  free_mb=$(df -Pm . | awk 'NR == 2 { print $4 }')
  if ((free_mb < 1024)); then
    failed 1 disk "$free_mb MB are free; a release needs 1024, 3072 are wanted"
  elif ((free_mb < 3072)); then
    warned disk "$free_mb MB are free; 3072 are wanted"
  else
    passed disk "$free_mb MB are free"
  fi
  memory_mb=$(awk '$1 == "MemAvailable:" { print int($2 / 1024) }' "${MEMINFO:-/proc/meminfo}")
  if ((memory_mb < 1024)); then
    warned memory "$memory_mb MB are available; 1024 are wanted"
  else
    passed memory "$memory_mb MB are available"
  fi
}

# check_clock: ratings and sessions end by the clock of this host.
check_clock() {
  local synchronized=''
  if command -v timedatectl >/dev/null; then
    synchronized=$(timedatectl show --property NTPSynchronized --value 2>/dev/null) || true
  fi
  case "$synchronized" in
    yes) passed clock "synchronised" ;;
    no) warned clock "not synchronised; start a time service (timedatectl set-ntp true)" ;;
    *) warned clock "no time service answers here; see that the clock is right: $(utc_now)" ;;
  esac
}

# check_backup_age: a deployment makes its own backup before a migration; this is about the daily one.
check_backup_age() {
  local newest target
  target=$(database_target)
  newest=$(find "$(setting BACKUP_DIR backups)" -maxdepth 1 -name "$target-*.dump*" ! -name '*.sha256' ! -name '*.json' -mmin -1560 \
    -print -quit 2>/dev/null) || true
  if [[ -n "$newest" ]]; then
    passed backup "$newest is younger than 26 h"
  else
    warned backup "no backup of $target is younger than 26 h; make one: scripts/backup-postgres.sh $target"
  fi
}
