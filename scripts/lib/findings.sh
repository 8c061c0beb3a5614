# shellcheck shell=bash
# What checks find: collected, then printed as a table or as JSON. Needs deploy_state.sh (json_object).

# One entry each per finding.
FINDING_STATUS=() FINDING_NAME=() FINDING_CODE=() FINDING_DETAIL=()

# passed NAME DETAIL, warned NAME DETAIL, failed CODE NAME DETAIL: record one finding. CODE is the exit status it asks for.
passed() { add_finding ok 0 "$@"; }
warned() { add_finding warn 0 "$@"; }
failed() { add_finding FAIL "$@"; }

add_finding() {
  FINDING_STATUS+=("$1")
  FINDING_CODE+=("$2")
  FINDING_NAME+=("$3")
  FINDING_DETAIL+=("$4")
}

count_of() {
  local status count=0
  for status in "${FINDING_STATUS[@]}"; do
    if [[ "$status" == "$1" ]]; then count=$((count + 1)); fi
  done
  printf '%s' "$count"
}

# first_failure: the exit status that the first failure asks for, or 0.
first_failure() {
  local code
  for code in "${FINDING_CODE[@]}"; do
    if ((code != 0)); then
      printf '%s' "$code"
      return
    fi
  done
  printf 0
}

print_findings() {
  local i warnings
  for i in "${!FINDING_STATUS[@]}"; do
    printf '%-5s %-14s %s\n' "${FINDING_STATUS[i]}" "${FINDING_NAME[i]}" "${FINDING_DETAIL[i]}"
  done
  warnings=$(count_of warn)
  printf 'preflight: %s ok, %s %s, %s failed\n' "$(count_of ok)" "$warnings" \
    "$(if ((warnings == 1)); then echo warning; else echo warnings; fi)" "$(count_of FAIL)"
}

print_findings_as_json() {
  local i separator=''
  printf '{"checks":['
  for i in "${!FINDING_STATUS[@]}"; do
    printf '%s%s' "$separator" "$(json_object status "${FINDING_STATUS[i],,}" name "${FINDING_NAME[i]}" \
      exitCode "${FINDING_CODE[i]}" detail "${FINDING_DETAIL[i]}")"
    separator=,
  done
  printf '],"ok":%s,"warnings":%s,"failed":%s}\n' "$(count_of ok)" "$(count_of warn)" "$(count_of FAIL)"
}
