# shellcheck shell=bash
# Single values of an env file, read as Compose reads them. Sourced, never run.

# env_value FILE NAME: prints the value that Compose would take for NAME, or nothing. The last assignment wins; quotes
# are removed; an unquoted value ends at " #". Compose's ${…} interpolation is not followed: what needs it (an address
# made of parts) is never read by a script.
env_value() {
  local line value
  [[ -r "$1" ]] || return 0
  line=$(grep -E "^[[:space:]]*(export[[:space:]]+)?$2[[:space:]]*=" "$1" | tail -n 1) || return 0
  value=${line#*=}
  value=${value#"${value%%[![:space:]]*}"}
  case "$value" in
    \'*) value=${value#\'} value=${value%%\'*} ;;
    \"*) value=${value#\"} value=${value%%\"*} ;;
    '#'*) value='' ;;
    *) value=${value%%[[:space:]]#*} value=${value%"${value##*[![:space:]]}"} ;;
  esac
  printf '%s\n' "$value"
}

# setting FILE NAME [DEFAULT]: the value in force for a compose-level variable: the shell's, else the file's, else DEFAULT.
setting() {
  local value=${!2:-}
  if [[ -z "$value" ]]; then value=$(env_value "$1" "$2"); fi
  printf '%s\n' "${value:-${3:-}}"
}
