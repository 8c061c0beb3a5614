# shellcheck shell=bash
# The private Docker daemon of the container tests: where it lies, and what it needs. Needs say.sh.

# The oldest Engine and Compose that the Compose files work with (start_interval; !override in lists).
# shellcheck disable=SC2034 # the callers read these
MIN_ENGINE=25.0.0 MIN_COMPOSE=2.24.4

# container_cache: the absolute folder of images, layers and the compiler cache, kept between runs.
container_cache() {
  local folder=${CONTAINER_CACHE:-$PWD/.cache/containers}
  mkdir -p "$folder"
  realpath "$folder"
}

# daemon_socket FOLDER: where the daemon of this cache listens. Apart from the cache, whose path may be too long for one.
daemon_socket() { printf '/run/aspectavy-ci-%s.sock' "$(printf '%s' "$1" | sha256sum | cut -c1-12)"; }

# is_at_least VERSION MINIMUM
is_at_least() { [[ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" == "$2" ]]; }

# first_version TEXT: the first dotted number in it.
first_version() { grep -oE '[0-9]+(\.[0-9]+)+' <<<"$1" | head -n 1; }

# write_build_secrets FOLDER: npmrc and ca.pem there, so that npm inside a build uses this machine's registry and trusts
# what npm trusts here. They are for build secrets and go with the folder.
write_build_secrets() {
  local user_config authority
  user_config=$(npm config get userconfig)
  authority=$(npm config get cafile)
  if [[ ! -f "$authority" ]]; then authority=${NODE_EXTRA_CA_CERTS:-/dev/null}; fi
  {
    if [[ -f "$user_config" ]]; then grep -v '^nodedir=' "$user_config" || true; fi
    printf 'registry=%s\n' "$(npm config get registry)"
  } >"$1/npmrc"
  cat "$authority" >"$1/ca.pem"
}
