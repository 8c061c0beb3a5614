#!/usr/bin/env bash
# Tells somebody that a systemd unit has failed. See --help.
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=/dev/null
source scripts/lib/say.sh

usage() {
  cat <<'TEXT'
Usage: scripts/alert-failed-unit.sh UNIT

Writes one line of priority "crit" to the system log and, where ALERT_COMMAND is set (in /etc/aspectavy/alert.env for the
systemd unit), gives the unit's last lines to that command on its standard input, for example:
ALERT_COMMAND='mail -s "AspectAvy: a backup failed" ops@example.org'

Exit codes: 0 told, 1 ALERT_COMMAND failed, 2 usage.
TEXT
}

main() {
  case "${1:-}" in
    -h | --help)
      usage
      return 0
      ;;
    '' | -*) fail "unit" "it is missing" "see --help" 2 ;;
  esac
  local text
  text=$(printf '%s failed on %s. Its last lines:\n\n' "$1" "$(uname -n)" &&
    journalctl --unit "$1" --lines 20 --no-pager --output cat 2>&1) || text+=$'\n(the journal cannot be read)'
  logger --priority daemon.crit --tag aspectavy "$1 failed"
  if [[ -z "${ALERT_COMMAND:-}" ]]; then return 0; fi
  bash -c "$ALERT_COMMAND" <<<"$text" ||
    fail "alert" "ALERT_COMMAND failed for $1" "run it by hand; the failure itself is in: journalctl -u $1"
}

main "$@"
