#!/usr/bin/env bash
# Installs Docker Engine, buildx and Compose from Debian. See --help.
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
for part in say containers newer_packages; do
  # shellcheck source=/dev/null
  source "scripts/lib/$part.sh"
done

usage() {
  cat <<'TEXT'
Usage: scripts/ci/install-docker.sh

Debian 12 has no Compose that knows our files; Debian 13's packages run on it. They are installed through an apt
configuration of their own in /opt/aspectavy-apt, so that nothing else of this machine ever comes from Debian 13.
The mirror is the one of this machine's apt sources. Does nothing where Engine 25 and Compose 2.24.4 are there.
No daemon is started. Exit codes: 0 ready, 3 could not be installed.
TEXT
}

# has_docker: whether what is installed suffices.
has_docker() {
  command -v dockerd >/dev/null && command -v docker >/dev/null && command -v mmdebstrap >/dev/null &&
    is_at_least "$(first_version "$(dockerd --version)")" "$MIN_ENGINE" &&
    is_at_least "$(first_version "$(docker compose version 2>/dev/null)")" "$MIN_COMPOSE" &&
    docker buildx version >/dev/null 2>&1
}

main() {
  case "${1:-}" in
    '') ;;
    -h | --help)
      usage
      return 0
      ;;
    *)
      usage >&2
      return 2
      ;;
  esac
  if has_docker; then
    say "docker: $(dockerd --version); $(docker compose version)"
    return 0
  fi
  ((EUID == 0)) || fail "docker" "it is missing or too old, and only root can install it" "run this as root" 3
  trap stop_step EXIT
  write_newer_sources
  step "apt-get update (Docker)" var/log/docker-install.log newer_apt update ||
    fail "docker" "apt-get update failed" "see the lines above" 3
  # Debian 13's runc needs a newer libc; containerd is taken beside it from Debian 12.
  step "Installing Docker" var/log/docker-install.log newer_apt install -y --no-install-recommends \
    docker.io/trixie docker-cli/trixie docker-buildx/trixie docker-compose/trixie \
    containerd/bookworm runc/bookworm mmdebstrap ||
    fail "docker" "apt-get install failed" "see the lines above" 3
  has_docker || fail "docker" "it is installed and still too old or incomplete" "see $NEWER_APT_FOLDER and PATH" 3
  say "docker: $(dockerd --version); $(docker compose version)"
}

main "$@"
