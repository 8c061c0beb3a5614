# shellcheck shell=bash
# Settings of the scripts: from the shell, else from the selected layout's env file. Needs say.sh and stack.sh.

# env_file_value FILE NAME: the value of NAME in an env file as Compose reads it, without interpolation; the last
# line wins.
env_file_value() {
  local line value=''
  [[ -f "$1" ]] || return 0
  while IFS= read -r line || [[ -n "$line" ]]; do
    [[ "$line" =~ ^[[:space:]]*(export[[:space:]]+)?"$2"=(.*)$ ]] || continue
    value=${BASH_REMATCH[2]}
    case "$value" in
      \'*) [[ "$value" =~ ^\'([^\']*)\' ]] && value=${BASH_REMATCH[1]} ;;
      \"*) [[ "$value" =~ ^\"([^\"]*)\" ]] && value=${BASH_REMATCH[1]} ;;
      *)
        value=${value%%[[:space:]]#*}
        value=${value%"${value##*[![:space:]]}"}
        ;;
    esac
  done <"$1"
  printf '%s' "$value"
}

# setting NAME [DEFAULT]: what the shell has set (also where that is empty), else what STACK_ENV_FILE says, else DEFAULT.
setting() {
  local value
  if [[ -v $1 ]]; then
    value=${!1}
  else
    value=$(env_file_value "${STACK_ENV_FILE:-}" "$1")
  fi
  printf '%s' "${value:-${2:-}}"
}

# secret_setting NAME: as setting, or the content of the file that NAME_FILE names, without its last newline.
secret_setting() {
  local value file
  value=$(setting "$1")
  file=$(setting "$1_FILE")
  if [[ -n "$value" && -n "$file" ]]; then
    fail "$1" "$1 and $1_FILE are both set" "keep one of the two" 4
  elif [[ -n "$file" ]]; then
    [[ -r "$file" ]] || fail "$1_FILE" "$file cannot be read" "correct the path or its mode" 4
    value=$(<"$file")
  fi
  printf '%s' "$value"
}

# count_setting NAME DEFAULT: as setting; anything but a whole number ends the script with status 4.
count_setting() {
  local value
  value=$(setting "$1" "$2")
  [[ "$value" =~ ^[0-9]{1,6}$ ]] || fail "$1" "must be a whole number (got \"$value\")" "correct it" 4
  printf '%s' "$((10#$value))"
}

# json_string TEXT: TEXT as a JSON string.
json_string() {
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//$'\n'/\\n}
  text=${text//$'\t'/\\t}
  printf '"%s"' "${text//[$'\x01'-$'\x1f']/}"
}
