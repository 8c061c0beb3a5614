#!/usr/bin/env bash
# Builds the images of the container tests into the daemon of DOCKER_HOST. See --help.
set -Eeuo pipefail
umask 077
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
for part in say containers packages processes preflight postgres; do
  # shellcheck source=/dev/null
  source "scripts/lib/$part.sh"
done

# The commit that the image says it is built from: always the same, so that only changed sources compile anew. Deployment
# tests put other commits into copies of the program.
CI_SHA=$(printf 'c1%.0s' {1..20})

usage() {
  cat <<'TEXT'
Usage: scripts/ci/build-images.sh [backend|stand-ins]...     both, beside each other, when none is named

  backend     aspectavy-backend:ci, from apps/backend/Dockerfile as it is in this checkout
  stand-ins   aspectavy-test/postgres:15, aspectavy-test/postgres:16, aspectavy-test/caddy:2, and for monitoring
              aspectavy-test/{prometheus,alertmanager,blackbox-exporter}:2

Needs DOCKER_HOST (scripts/ci/start-dockerd.sh) and the base image (scripts/ci/base-image.sh). Builds use the network
of the host; npm gets this machine's registry and certificate authority as build secrets, which leave no trace in the
image. Exit codes: 0 built, 1 a build failed.
TEXT
}

# build TAG DOCKERFILE CONTEXT ARG...
build() {
  local tag=$1 dockerfile=$2 context=$3
  shift 3
  step "Building $tag" "var/log/image-${tag//[^a-z0-9]/-}.log" \
    docker build --progress plain --network host --tag "$tag" --file "$dockerfile" "$@" "$context" ||
    fail "$tag" "it could not be built" "see the lines above"
}

build_backend_image() {
  SECRETS=$(mktemp -d)
  write_build_secrets "$SECRETS"
  build aspectavy-backend:ci apps/backend/Dockerfile . --target runtime --build-arg "GIT_SHA=${GIT_SHA:-$CI_SHA}" \
    --secret "id=npmrc,src=$SECRETS/npmrc" --secret "id=build_ca,src=$SECRETS/ca.pem"
}

# native_postgres: the folder with the server of the npm package, its symbolic links in place.
native_postgres() { realpath "$(postgres_binaries)/.."; }

build_stand_ins() {
  local folder=scripts/ci/test-images name
  build aspectavy-test/caddy:2 "$folder/caddy/Dockerfile" "$folder"
  build aspectavy-test/postgres:15 "$folder/postgres15/Dockerfile" "$folder"
  for name in prometheus alertmanager blackbox-exporter; do
    build "aspectavy-test/$name:2" "$folder/monitoring/Dockerfile" "$folder" --target "$name"
  done
  ensure_node_modules .
  build aspectavy-test/postgres:16 "$folder/postgres16/Dockerfile" "$folder" \
    --build-context "native=$(native_postgres)"
}

# build_both: the stand-ins while the backend compiles, in a process of their own, whose steps would mix with ours.
build_both() {
  local log=var/log/stand-ins.log
  mkdir -p var/log
  scripts/ci/build-images.sh stand-ins >"$log" 2>&1 </dev/null &
  STAND_INS=$!
  build_backend_image
  wait "$STAND_INS" || {
    STAND_INS=''
    cat "$log"
    fail "stand-ins" "they could not be built" "see the lines above"
  }
  STAND_INS=''
  cat "$log"
}

# What stop_all ends and removes: the process of the stand-ins, and the build secrets.
STAND_INS='' SECRETS=''

stop_all() {
  stop_step
  if [[ -n "$STAND_INS" ]]; then
    kill -TERM "$STAND_INS" 2>/dev/null || true
    wait "$STAND_INS" 2>/dev/null || true
  fi
  if [[ -n "$SECRETS" ]]; then rm -rf "$SECRETS"; fi
}

main() {
  local kinds=("$@") kind
  if [[ "${1:-}" == -h || "${1:-}" == --help ]]; then
    usage
    return 0
  fi
  trap stop_all EXIT
  if (($# == 0)); then
    build_both
    return 0
  fi
  for kind in "${kinds[@]}"; do
    case "$kind" in
      backend) build_backend_image ;;
      stand-ins) build_stand_ins ;;
      *)
        usage >&2
        return 2
        ;;
    esac
  done
}

main "$@"
