#!/usr/bin/env bash
# Asks a running deployment the questions that tell whether it serves what it should. See --help.
set -Eeuo pipefail
umask 077
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for part in say settings smoke; do
  # shellcheck source=/dev/null
  source "scripts/lib/$part.sh"
done

usage() {
  cat <<'TEXT'
Usage: scripts/smoke-check.sh BASE-URL [OPTION...]

  --expect-sha SHA     the build that must answer
  --host NAME          the Host header to send, where BASE-URL is an address
  --resolve ADDRESS    the address to connect to instead of asking the name service
  --cacert FILE        the certificate authority to trust (a Caddy with "tls internal")
  --env-file FILE      where APPLE_APP_SITE_ASSOCIATION_APP_IDS, APP_ALLOWED_ORIGINS and OPS_TOKEN are read, unless they
                       are set in the environment
  --http-port PORT     where an https edge answers plain http (80)
  --certificate-days N how long the certificate must still be valid (14)
  --wait SECONDS       how long it may take to become ready (30)

Prints "ok" or "FAIL" with a name and a detail for every question. Exits 0 when all are ok, 1 when one is not, 2 on a
wrong command line, 3 when curl or openssl is missing. Details of /readyz are shown to private addresses only: from
elsewhere --expect-sha needs OPS_TOKEN.
TEXT
}

# parse_arguments ARG...: sets BASE and the options. Exits 2 on what it does not know.
parse_arguments() {
  BASE='' EXPECT_SHA='' HOST_HEADER='' RESOLVE='' CACERT='' ENV_FILE='' HTTP_PORT=80 CERTIFICATE_DAYS=14 WAIT_SECONDS=30
  while (($# > 0)); do
    case "$1" in
      -h | --help)
        usage
        exit 0
        ;;
      --expect-sha | --host | --resolve | --cacert | --env-file | --http-port | --certificate-days | --wait)
        (($# > 1)) || fail "$1" "it needs a value" "see --help" 2
        set_option "$1" "$2"
        shift
        ;;
      -*) fail "$1" "there is no such option" "see --help" 2 ;;
      *)
        [[ -z "$BASE" ]] || fail "$1" "one address is enough" "see --help" 2
        BASE=${1%/}
        ;;
    esac
    shift
  done
  [[ "$BASE" =~ ^https?://[^/]+$ ]] || fail "base url" "'$BASE' is not http(s)://host[:port]" "see --help" 2
  [[ "$HTTP_PORT $CERTIFICATE_DAYS $WAIT_SECONDS" =~ ^[0-9]+\ [0-9]+\ [0-9]+$ ]] ||
    fail "--http-port, --certificate-days or --wait" "it is no number" "see --help" 2
}

# shellcheck disable=SC2034 # lib/smoke.sh reads these
set_option() {
  case "$1" in
    --expect-sha) EXPECT_SHA=$2 ;;
    --host) HOST_HEADER=$2 ;;
    --resolve) RESOLVE=$2 ;;
    --cacert) CACERT=$2 ;;
    --env-file) ENV_FILE=$2 ;;
    --http-port) HTTP_PORT=$2 ;;
    --certificate-days) CERTIFICATE_DAYS=$2 ;;
    --wait) WAIT_SECONDS=$2 ;;
  esac
}

require_tools() {
  command -v curl >/dev/null || fail curl "it is not installed" "install it" 3
  if [[ "$BASE" == https://* ]]; then
    command -v openssl >/dev/null || fail openssl "it is not installed" "install it" 3
  fi
}

main() {
  parse_arguments "$@"
  require_tools
  WORK=$(mktemp -d)
  trap 'rm -rf "$WORK"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  prepare_curl
  # The first answer is waited for: a proxy may still be fetching its certificate, the worker may not have beaten yet.
  check_readiness
  check_health
  check_liveness
  check_metrics_hidden
  check_app_site_association
  check_cross_origin
  check_version_gate
  if [[ "$BASE" == https://* ]]; then check_tls; fi
  say "smoke-check: $PASSED ok, $FAILED failed"
  ((FAILED == 0))
}

main "$@"
