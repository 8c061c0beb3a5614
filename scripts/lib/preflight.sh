# shellcheck shell=bash
# Checks before anything is started, each with a message that says what to do. Needs say.sh.

# require_disk FOLDER MEGABYTES PURPOSE: fails when less is free where FOLDER lies.
require_disk() {
  local free_mb
  free_mb=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
  if ((free_mb < $2)); then
    fail "disk" "$3 needs $2 MB and $free_mb MB are free where $(realpath "$1") lies" "free some space"
  fi
}

# require_free_port PORT VARIABLE: fails when something listens on 127.0.0.1:PORT.
require_free_port() {
  local owner
  if [[ ! "$1" =~ ^[0-9]{1,5}$ ]] || ((10#$1 < 1 || 10#$1 > 65535)); then
    fail "$2" "'$1' is no port" "set $2 to a number from 1 to 65535" 2
  fi
  if ! port_is_taken "$1"; then return; fi
  owner=$(scripts/port-owner.py "$1" || true)
  fail "port $1" "it is taken by ${owner:-a process of another user}" \
    "stop that, or choose another port: $2=$(($1 + 1)) ./run"
}

# port_is_taken PORT: whether something accepts connections on 127.0.0.1:PORT.
port_is_taken() {
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}
