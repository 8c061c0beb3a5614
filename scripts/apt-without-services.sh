#!/bin/sh
# Runs `apt-get ARG...` and lets no package start a service: tests start the servers they need themselves, and a machine
# that only builds this repository must not get an sshd or a Prometheus by it. Needs root.
set -eu
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  # Debian's hook: 101 forbids what a maintainer script asks for. An answer that is there already is the owner's.
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
fi
DEBIAN_FRONTEND=noninteractive apt-get "$@"
