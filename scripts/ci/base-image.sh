#!/usr/bin/env bash
# Makes a debian:bookworm-slim for the private daemon without a registry. See --help.
set -Eeuo pipefail
umask 077
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
for part in say containers newer_packages; do
  # shellcheck source=/dev/null
  source "scripts/lib/$part.sh"
done

IMAGE=debian:bookworm-slim
MAX_AGE_DAYS=14

usage() {
  cat <<'TEXT'
Usage: scripts/ci/base-image.sh

Builds Debian 12 with mmdebstrap from this machine's own apt sources, as the official slim image is made (minbase, no
manuals, no locales, of the documentation only the copyrights), and imports it into the daemon of DOCKER_HOST as
debian:bookworm-slim. The archive is kept in .cache/containers for 14 days. It is a stand-in for tests: only an image
on the official base is for production. Exit codes: 0 there, 1 could not be made.
TEXT
}

# build_archive FILE: a root file system.
build_archive() {
  local mirror security kept=() path
  mirror=$(apt_uri bookworm)
  security=$(apt_uri bookworm-security)
  [[ -n "$mirror" && -n "$security" ]] ||
    fail "base image" "the apt sources of this machine have no bookworm or no bookworm-security" "this needs Debian 12"
  # As the official image: what is unpacked into a layer need not be on the disk before the next file is.
  kept=(--dpkgopt=force-unsafe-io)
  for path in man locale doc info lintian linda groff; do kept+=("--dpkgopt=path-exclude=/usr/share/$path/*"); done
  kept+=('--dpkgopt=path-include=/usr/share/doc/*/copyright' '--dpkgopt=path-include=/usr/share/locale/locale.alias')
  # Directories merged from the start, so that usrmerge, which would bring the whole of perl, is not needed.
  # shellcheck disable=SC2016 # mmdebstrap's shell fills in $1
  mmdebstrap --variant=minbase --include=usr-is-merged "${kept[@]}" \
    --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
    --setup-hook='printf "Package: usrmerge\nPin: release *\nPin-Priority: -1\n" >"$1/etc/apt/preferences.d/no-usrmerge"' \
    --customize-hook='rm "$1/etc/apt/preferences.d/no-usrmerge"' bookworm "$1.partial.tar" \
    "deb $mirror bookworm main" "deb $mirror bookworm-updates main" "deb $security bookworm-security main"
  mv "$1.partial.tar" "$1"
}

main() {
  if [[ "${1:-}" == -h || "${1:-}" == --help ]]; then
    usage
    return 0
  fi
  local archive stamp
  archive=$(container_cache)/bookworm-slim.tar
  trap stop_step EXIT
  if [[ -z "$(find "$archive" -mtime "-$MAX_AGE_DAYS" 2>/dev/null)" ]]; then
    step "Building the base image" var/log/base-image.log build_archive "$archive" ||
      fail "base image" "mmdebstrap failed" "see var/log/base-image.log"
  fi
  stamp=$(stat -c %Y "$archive")
  if [[ "$(docker image inspect --format '{{index .Config.Labels "aspectavy-test.archive"}}' "$IMAGE" 2>/dev/null)" == "$stamp" ]]; then
    return 0
  fi
  docker import --change 'CMD ["bash"]' --change "LABEL aspectavy-test.archive=$stamp" "$archive" "$IMAGE" >/dev/null
}

main "$@"
