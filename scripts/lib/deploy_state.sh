# shellcheck shell=bash
# What is deployed, as files: .deploy/<environment>/{current,previous}.json, .deploy/history.jsonl, and the lock. One
# flat object of strings per line, so that no JSON tool is needed on a server. Needs say.sh and settings.sh.

# json_object NAME VALUE...: one flat object on one line.
json_object() {
  local separator='{'
  while (($# > 1)); do
    printf '%s"%s":%s' "$separator" "$1" "$(json_string "$2")"
    separator=,
    shift 2
  done
  printf '}\n'
}

# state_field ENVIRONMENT current|previous FIELD: a field of what is recorded, or nothing. Only for fields whose values
# need no escapes (names, shas, times).
state_field() {
  local file=.deploy/$1/$2.json
  if [[ -f "$file" ]]; then sed -n "s/.*\"$3\":\"\([^\"]*\)\".*/\1/p" "$file"; fi
}

# take_deploy_lock WHAT: holds the lock of this folder's deployments until the script ends. Exits 6, naming the holder,
# when another has it. fd 9 is not passed to steps run by `guarded`.
take_deploy_lock() {
  mkdir -p .deploy
  exec 9>>.deploy/lock
  if ! flock --nonblock 9; then
    fail "lock" "another deployment is at work ($(tail -n 1 .deploy/lock))" "wait for it to end" 6
  fi
  : >.deploy/lock
  printf '%s by %s, pid %s, since %s\n' "$1" "$(id -un)@$(uname -n)" "$$" "$(utc_now)" >&9
}

utc_now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# put_file FILE: stdin becomes the content of FILE, all of it or none.
put_file() {
  cat >"$1.partial"
  sync "$1.partial"
  mv -f "$1.partial" "$1"
}

# record_release ENVIRONMENT LAYOUT SHA TAG IMAGE SCHEMA: makes this the current release. What was current becomes
# previous, unless it is the same release deployed again.
record_release() {
  local folder=.deploy/$1
  mkdir -p "$folder"
  if [[ "$(state_field "$1" current tag)" != "$4" && -f "$folder/current.json" ]]; then
    put_file "$folder/previous.json" <"$folder/current.json"
  fi
  json_object environment "$1" layout "$2" sha "$3" tag "$4" image "$5" schema_max "$6" deployed_at "$(utc_now)" |
    put_file "$folder/current.json"
}

# append_history ENVIRONMENT ACTION TAG RESULT: one line for every deployment and rollback, also those that failed.
append_history() {
  mkdir -p .deploy
  json_object at "$(utc_now)" environment "$1" action "$2" tag "$3" result "$4" by "$(id -un)@$(uname -n)" \
    >>.deploy/history.jsonl
}

# use_deployed_release TARGET: for scripts that start services of a deployed stack (TARGET is a name of stack.sh): the tag
# that is deployed, unless the caller names one. Without it Compose would look for the tag "local".
use_deployed_release() {
  local tag
  tag=$(state_field "${1%%-*}" current tag)
  if [[ -z "$tag" ]]; then return 0; fi
  export BACKEND_TAG=${BACKEND_TAG:-$tag}
  POSTGRES_VOLUME_EXTERNAL=$(setting POSTGRES_VOLUME_EXTERNAL true)
  export POSTGRES_VOLUME_EXTERNAL
}
