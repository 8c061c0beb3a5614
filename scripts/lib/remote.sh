# shellcheck shell=bash
# Deploying to a server by ssh. Needs say.sh. Nothing here shows or passes a secret as an argument.

# read_remote_settings ENVIRONMENT: sets REMOTE_* from DEPLOY_<ENVIRONMENT>_*.
read_remote_settings() {
  local name
  REMOTE_ENVIRONMENT=$1 REMOTE_PREFIX=DEPLOY_${1^^}
  for name in SSH_HOST SSH_USER SSH_KEY SSH_PORT SSH_KNOWN_HOSTS PATH; do
    local source=${REMOTE_PREFIX}_$name
    printf -v "REMOTE_$name" '%s' "${!source:-}"
  done
}

# complaint TEXT: an error that a workflow shows at the run, on stderr so that it is no output of a step.
complaint() { complain "::error::$1"; }

# guard: prints configured=true|false. Exits 4 when the settings are there in part, or not acceptable.
guard() {
  local name source missing=() given=no
  for name in SSH_HOST SSH_USER SSH_KEY PATH; do
    source=REMOTE_$name
    if [[ -n "${!source}" ]]; then given=yes; else missing+=("${REMOTE_PREFIX}_$name"); fi
  done
  if [[ -n "$REMOTE_SSH_PORT$REMOTE_SSH_KNOWN_HOSTS" ]]; then given=yes; fi
  if [[ $given == no ]]; then
    if [[ "$REMOTE_ENVIRONMENT" == staging && "${REQUIRE_STAGING:-}" == 1 ]]; then
      complaint "staging SSH secrets are not configured, and REQUIRE_STAGING is set"
      exit 4
    fi
    complain "::notice::$REMOTE_ENVIRONMENT SSH secrets are not configured; nothing deployed"
    say "configured=false"
    return 0
  fi
  if ((${#missing[@]} > 0)); then
    complaint "missing: ${missing[*]}"
    exit 4
  fi
  require_acceptable
  say "configured=true"
}

# require_acceptable: exits 4 on a setting that a shell, ssh or rsync --delete could read as something else.
# shellcheck disable=SC2153 # read_remote_settings sets them
require_acceptable() {
  local faults=()
  [[ "$REMOTE_SSH_HOST" =~ ^[A-Za-z0-9][A-Za-z0-9.:-]*$ ]] || faults+=("SSH_HOST is no host name")
  [[ "$REMOTE_SSH_USER" =~ ^[A-Za-z_][A-Za-z0-9._-]*$ ]] || faults+=("SSH_USER is no user name")
  [[ "${REMOTE_SSH_PORT:-22}" =~ ^[1-9][0-9]{0,4}$ ]] || faults+=("SSH_PORT is no port")
  if [[ ! "$REMOTE_PATH" =~ ^/[A-Za-z0-9._/-]*[A-Za-z0-9_-]/?$ || "/$REMOTE_PATH/" == */../* || "/$REMOTE_PATH/" == */./* ]]; then
    faults+=("PATH must be absolute, of letters, digits and ._-/, not /, and without ..")
  fi
  if ((${#faults[@]} == 0)); then return 0; fi
  complaint "$(printf "${REMOTE_PREFIX}_%s; " "${faults[@]}")"
  exit 4
}

# deploy_remotely: copies the bundle and deploys it there. Ends with the status of deploy-stack.sh.
deploy_remotely() {
  local status=0 started=$SECONDS sha
  # Beside the checkout of a workflow, which removes it too when this script is killed.
  REMOTE_WORK=${RUNNER_TEMP:-$(mktemp -d)}/aspectavy-deploy
  mkdir -p "$REMOTE_WORK"
  trap 'stop_step; rm -rf "$REMOTE_WORK"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  sha=$(scripts/make-bundle.sh "$REMOTE_WORK/bundle") || exit $?
  write_ssh_settings
  say "Copying $sha to $REMOTE_ENVIRONMENT"
  remote_script <<<"mkdir -p $(printf %q "$REMOTE_PATH")" || fail "ssh" "the server could not be reached" "see the lines above"
  guarded rsync --archive --compress --no-owner --no-group --delete --delay-updates \
    --filter="merge infra/deploy/rsync-filter.txt" --rsh="ssh -F $REMOTE_WORK/config" \
    "$REMOTE_WORK/bundle/" "server:$REMOTE_PATH/" || fail "rsync" "the bundle could not be copied" "see the lines above"
  deployment_script "$sha" | remote_script | tee "$REMOTE_WORK/log" || status=$?
  summarise "$sha" "$status" "$((SECONDS - started))"
  exit "$status"
}

# write_ssh_settings: key, known hosts and configuration for a server named "server".
write_ssh_settings() {
  printf '%s\n' "${REMOTE_SSH_KEY//$'\r'/}" >"$REMOTE_WORK/key"
  if [[ -n "$REMOTE_SSH_KNOWN_HOSTS" ]]; then
    printf '%s\n' "$REMOTE_SSH_KNOWN_HOSTS" >"$REMOTE_WORK/known_hosts"
  else
    complain "::warning::host key not pinned: set ${REMOTE_PREFIX}_SSH_KNOWN_HOSTS"
    ssh-keyscan -p "${REMOTE_SSH_PORT:-22}" "$REMOTE_SSH_HOST" >"$REMOTE_WORK/known_hosts" 2>/dev/null ||
      fail "ssh-keyscan" "the server shows no host key" "check host and port"
  fi
  cat >"$REMOTE_WORK/config" <<TEXT
Host server
  HostName $REMOTE_SSH_HOST
  User $REMOTE_SSH_USER
  Port ${REMOTE_SSH_PORT:-22}
  IdentityFile $REMOTE_WORK/key
  IdentitiesOnly yes
  UserKnownHostsFile $REMOTE_WORK/known_hosts
  StrictHostKeyChecking yes
  BatchMode yes
  ConnectTimeout 15
  ServerAliveInterval 30
TEXT
}

# remote_script: runs the script on stdin on the server.
remote_script() { ssh -F "$REMOTE_WORK/config" server 'exec bash -s'; }

# deployment_script SHA: what the server runs. By stdin, and every value quoted: no value is a word of a command line.
deployment_script() {
  printf 'set -eu\ncd %q\n' "$REMOTE_PATH"
  printf 'export GIT_SHA=%q\n' "$1"
  if [[ "$REMOTE_ENVIRONMENT" == production ]]; then
    printf 'export ASPECTAVY_PRODUCTION_DEPLOY_MODE=%q\n' "${ASPECTAVY_PRODUCTION_DEPLOY_MODE:-}"
    printf 'export ASPECTAVY_PRODUCTION_USE_BUNDLED_DB=%q\n' "${ASPECTAVY_PRODUCTION_USE_BUNDLED_DB:-}"
  fi
  # Not this script's rest as the input of what it starts.
  printf 'exec scripts/deploy-stack.sh %q </dev/null 2>&1\n' "$REMOTE_ENVIRONMENT"
}

# summarise SHA STATUS SECONDS: a table for the page of the workflow run.
summarise() {
  local result=failed
  case "$2" in
    0) result=deployed ;;
    8) result='failed, rolled back' ;;
    9) result='failed, NOT rolled back' ;;
  esac
  cat >>"${GITHUB_STEP_SUMMARY:-/dev/null}" <<TEXT
### $REMOTE_ENVIRONMENT: $result

| | |
|---|---|
| commit | \`$1\` |
| layout | $(sed -n 's/^Deploying .* to .* (\(.*\))$/\1/p' "$REMOTE_WORK/log") |
| readyz | $(grep -E '^(ok|FAIL) +readyz' "$REMOTE_WORK/log" | tail -n 1 | cut -c1-60 || true) |
| duration | $3 s |
TEXT
}
