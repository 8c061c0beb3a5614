#!/usr/bin/env bash
# Stands for `docker` in the tests of the deployment scripts: a host whose images, containers and database are small files
# in $FAKE. Every call is appended to $FAKE/calls. $FAKE/faults holds lines "<extended regex> => <status> <message>": a
# call that one matches fails so.
#
#   images/<tag>   "<sha> <newest schema> [unhealthy|unnoticed|lying]"     running   the tag that serves
#   schema         the database's schema                   compatible  its oldest compatible build
#   volumes/<name> the major version of its data           db          the database's container, once started
set -euo pipefail
# With the tag, which the caller passes in the environment; compose's own words are left out.
words="$*"
printf '%s [%s]\n' "$words" "${BACKEND_TAG:-}" >>"$FAKE/calls"
while IFS= read -r fault; do
  pattern=${fault%% => *} answer=${fault#* => }
  if [[ -n "$fault" && "$words [${BACKEND_TAG:-}]" =~ $pattern ]]; then
    printf '%s\n' "${answer#* }" >&2
    exit "${answer%% *}"
  fi
done <"$FAKE/faults"

field() { awk -v n="$2" '{ print $n }' "$FAKE/images/$1"; }
state() { cat "$FAKE/$1" 2>/dev/null || true; }

# states: what runs, as `compose ps` lists it.
states() {
  local health=healthy
  if [[ -f "$FAKE/running" && "$(field "$(state running)" 3)" == un* ]]; then health=unhealthy; fi
  printf 'api running/%s\nworker running/healthy\ndb running/healthy\n' "$health"
}

image() {
  case "$1" in
    inspect)
      local tag=${!#}
      tag=${tag##*:}
      [[ -f "$FAKE/images/$tag" ]] || exit 1
      if [[ "$words" == *revision* ]]; then field "$tag" 1; fi
      ;;
    # Newest first, as Docker lists them.
    ls) find "$FAKE/images" -type f -printf '%T@ %f\n' | sort -rn | while read -r _ tag; do
      if [[ "$words" == *'{{.ID}}'* ]]; then printf 'id-%s %s\n' "$(field "$tag" 1)" "$tag"; else printf '%s\n' "$tag"; fi
    done ;;
    tag) cp -p "$FAKE/images/${2##*:}" "$FAKE/images/${3##*:}" ;;
    rm) rm "$FAKE/images/${2##*:}" ;;
  esac
}

# once COMMAND...: a run of the release's program in a container of its own.
once() {
  case "$*" in
    'config check') ;;
    'schema --current') state schema ;;
    'schema --compatible-from') state compatible ;;
    'schema --max') field "$BACKEND_TAG" 2 ;;
    '') if (($(field "$BACKEND_TAG" 2) > $(state schema))); then field "$BACKEND_TAG" 2 >"$FAKE/schema"; fi ;;
  esac
}

compose() {
  while [[ "$1" == -f || "$1" == --env-file ]]; do shift 2; done
  case "$1" in
    version) echo "${FAKE_COMPOSE_VERSION:-2.26.1-4}" ;;
    build) printf '%s %s\n' "$GIT_SHA" "${FAKE_RELEASE:-3}" >"$FAKE/images/$BACKEND_TAG" ;;
    run)
      [[ "$words" == *'run --rm --no-deps -T migrate'* ]] || exit 64
      # shellcheck disable=SC2086 # the words after the service, none of which has a space
      once ${words#*-T migrate}
      ;;
    up)
      if [[ "$words" == *' db' ]]; then
        [[ -f "$FAKE/db" ]] || echo "$$" >"$FAKE/db"
      else
        printf '%s\n' "$BACKEND_TAG" >"$FAKE/running"
        # Compose may say 0 although not everything became healthy ("unnoticed").
        [[ "$(field "$BACKEND_TAG" 3)" != unhealthy ]]
      fi
      ;;
    port) echo "$FAKE_ADDRESS" ;;
    ps) if [[ "$words" == *--quiet* ]]; then state db; else states; fi ;;
    logs) echo "the log of ${!#}" ;;
  esac
}

case "$1" in
  compose)
    shift
    compose "$@"
    ;;
  image)
    shift
    image "$@"
    ;;
  version) echo "${FAKE_ENGINE_VERSION:-26.1.5}" ;;
  ps) if [[ "$words" == *"publish=${FAKE_OWN_PORT:-none}"* ]]; then echo container; fi ;;
  volume)
    name=${!#}
    if [[ "$2" == inspect ]]; then [[ -f "$FAKE/volumes/$name" ]]; else : >"$FAKE/volumes/$name"; fi
    ;;
  pull)
    tag=${!#}
    printf '%s %s\n' "$GIT_SHA" 3 >"$FAKE/images/${tag##*:}"
    ;;
  run)
    case "$words" in
      *--entrypoint\ sh*)
        name=${words#*--volume } name=${name%%:*}
        state "volumes/$name"
        ;;
      *--entrypoint\ postgres*) echo "postgres (PostgreSQL) ${FAKE_POSTGRES:-16}.4 (Debian)" ;;
      *schema\ --max) field "$BACKEND_TAG" 2 ;;
    esac
    ;;
esac
