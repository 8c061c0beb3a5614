# shellcheck shell=bash
# The questions of smoke-check.sh, one function each. Needs say.sh, settings.sh, and what smoke-check.sh has parsed.

PASSED=0
FAILED=0

# verdict NAME DETAIL COMMAND...: one line: ok when COMMAND succeeds, FAIL with the same detail otherwise.
verdict() {
  local name=$1 detail=$2
  shift 2
  if "$@"; then
    PASSED=$((PASSED + 1))
    printf 'ok    %-12s %s\n' "$name" "$detail"
  else
    FAILED=$((FAILED + 1))
    printf 'FAIL  %-12s %s\n' "$name" "$detail"
  fi
}

# wanted NAME: a value of the environment, else of the env file.
wanted() {
  local value=${!1:-}
  if [[ -z "$value" && -n "$ENV_FILE" ]]; then value=$(env_file_value "$ENV_FILE" "$1"); fi
  printf '%s' "$value"
}

# prepare_curl: what every request has in common. The token goes through a file: arguments can be seen by all users.
prepare_curl() {
  local authority=${BASE#*://} token
  local host=${authority%:*} port=${authority##*:}
  if [[ "$port" == "$authority" ]]; then
    port=80
    if [[ "$BASE" == https://* ]]; then port=443; fi
  fi
  AUTHORITY_HOST=$host AUTHORITY_PORT=$port
  CURL=(curl --silent --show-error --max-time 10 --config "$WORK/curlrc")
  : >"$WORK/curlrc"
  token=$(wanted OPS_TOKEN)
  if [[ -n "$token" ]]; then printf 'header = "Authorization: Bearer %s"\n' "$token" >"$WORK/curlrc"; fi
  if [[ -n "$HOST_HEADER" ]]; then CURL+=(--header "Host: $HOST_HEADER"); fi
  if [[ -n "$CACERT" ]]; then CURL+=(--cacert "$CACERT"); fi
  if [[ -n "$RESOLVE" ]]; then
    CURL+=(--resolve "$host:$port:$RESOLVE" --resolve "$host:$HTTP_PORT:$RESOLVE")
  fi
}

# ask PATH [CURL-ARG...]: sets STATUS (000 where nothing answered), and leaves the answer in $WORK/body and $WORK/head.
ask() {
  local path=$1
  shift
  : >"$WORK/body"
  : >"$WORK/head"
  STATUS=$("${CURL[@]}" "$@" --output "$WORK/body" --dump-header "$WORK/head" --write-out '%{http_code}' \
    "$BASE$path" 2>"$WORK/problem") || true
  if [[ -z "$STATUS" ]]; then STATUS=000; fi
}

# head_value NAME: the value of a header of the last answer, or nothing.
head_value() {
  tr -d '\r' <"$WORK/head" | awk -v name="${1,,}:" 'tolower($1) == name { sub(/^[^:]*:[ \t]*/, ""); value = $0 } END { print value }'
}

body() { head -c 4000 "$WORK/body" | tr -d '\n'; }

# answer: status and body of the last answer, or why there was none.
answer() {
  if [[ "$STATUS" == 000 ]]; then
    printf 'no answer: %s' "$(head -c 200 "$WORK/problem" | tr '\n' ' ')"
  else
    printf '%s %s' "$STATUS" "$(body | head -c 200)"
  fi
}

# check_readiness: /readyz becomes 200 in time, its worker is ok, and the build is the expected one.
check_readiness() {
  local deadline=$((SECONDS + WAIT_SECONDS)) report
  while true; do
    ask /readyz
    report=$(body)
    if is_ready "$report" && is_expected_build "$report"; then break; fi
    if ((SECONDS >= deadline)); then break; fi
    sleep 1
  done
  verdict readyz "$(answer)" test "$STATUS" = 200
  if [[ "$report" == *'"checks"'* ]]; then
    verdict worker "$(part_of "$report" worker)" grep -q '"worker":{"status":"ok"' <<<"$report"
  else
    verdict worker "the answer shows no details here; its status is $(part_of "$report" status)" test "$STATUS" = 200
  fi
  if [[ -n "$EXPECT_SHA" ]]; then
    verdict sha "expected $EXPECT_SHA, the build says $(sha_in "$report")" is_expected_build "$report"
  fi
}

is_ready() { [[ "$STATUS" == 200 ]] && { [[ "$1" != *'"worker":'* ]] || [[ "$1" == *'"worker":{"status":"ok"'* ]]; }; }

# is_expected_build REPORT: a build may know its commit by the first 12 digits only.
is_expected_build() {
  local sha
  sha=$(sha_in "$1")
  [[ -z "$EXPECT_SHA" || "$sha" == "$EXPECT_SHA" || (${#sha} -eq 12 && "$EXPECT_SHA" == "$sha"*) ]]
}

# sha_in REPORT: the sha of the build, or "nothing (set OPS_TOKEN)" where the report has no details.
sha_in() {
  local sha
  sha=$(sed -n 's/.*"build":{[^}]*"sha":"\([^"]*\)".*/\1/p' <<<"$1")
  printf '%s' "${sha:-nothing (set OPS_TOKEN to be shown it)}"
}

# part_of REPORT NAME: the object or string of that name.
part_of() { grep -oE "\"$2\":(\{[^}]*\}|\"[^\"]*\")" <<<"$1" | head -n 1 || true; }

# check_health: the exact body, never stored, with the headers that every answer of the api carries.
check_health() {
  ask /health
  verdict health "$(answer)" test "$STATUS $(body)" = '200 {"status":"ok"}'
  verdict no-store "Cache-Control: $(head_value cache-control)" test "$(head_value cache-control)" = no-store
  verdict headers "X-Content-Type-Options: $(head_value x-content-type-options), Referrer-Policy: $(
    head_value referrer-policy
  ), X-Frame-Options: $(head_value x-frame-options)" has_safe_headers
}

has_safe_headers() {
  [[ "$(head_value x-content-type-options)" == nosniff && -n "$(head_value referrer-policy)" &&
    "$(head_value x-frame-options)" == DENY ]]
}

check_liveness() {
  ask /livez
  verdict livez "$(answer)" test "$STATUS" = 200
}

check_metrics_hidden() {
  ask /metrics
  verdict metrics "status $STATUS (must be 404: metrics have a port of their own)" test "$STATUS" = 404
}

# check_app_site_association: as Apple's fetcher wants it: no redirect, JSON, and every app id; none where none is set.
check_app_site_association() {
  local ids id
  ids=$(wanted APPLE_APP_SITE_ASSOCIATION_APP_IDS)
  ask /.well-known/apple-app-site-association
  if [[ -z "$ids" ]]; then
    verdict app-links "no app id is set; status $STATUS (must be 404)" test "$STATUS" = 404
    return
  fi
  verdict app-links "status $STATUS, Content-Type: $(head_value content-type)" is_json
  for id in ${ids//,/ }; do
    verdict app-id "$id" grep -qF "\"$id\"" "$WORK/body"
  done
}

is_json() { [[ "$STATUS" == 200 && "$(head_value content-type)" =~ ^application/json($|;) ]]; }

# check_cross_origin: each allowed origin is let in, another is not.
check_cross_origin() {
  local origin origins
  origins=$(wanted APP_ALLOWED_ORIGINS)
  for origin in ${origins//,/ }; do
    ask /api/openapi.json --header "Origin: $origin"
    verdict origin "$origin: Access-Control-Allow-Origin: $(head_value access-control-allow-origin)" \
      test "$(head_value access-control-allow-origin)" = "$origin"
  done
  ask /api/openapi.json --header 'Origin: https://evil.example'
  verdict foreign "https://evil.example: Access-Control-Allow-Origin: $(head_value access-control-allow-origin)" \
    test -z "$(head_value access-control-allow-origin)"
}

# check_version_gate: what an app asks before anything else, where this release has it.
check_version_gate() {
  ask /api/client-config
  if [[ "$STATUS" == 404 ]]; then
    verdict version-gate "this release has none" true
    return
  fi
  verdict version-gate "$(answer)" has_version_gate
}

has_version_gate() { is_json && grep -q '"minimumSupportedVersion"' "$WORK/body" && grep -q '"recommendedVersion"' "$WORK/body"; }

# check_tls: strict transport, the redirect from plain http, and a certificate that lasts.
check_tls() {
  local location address=${RESOLVE:-$AUTHORITY_HOST} ends
  ask /health
  verdict hsts "Strict-Transport-Security: $(head_value strict-transport-security)" \
    grep -qE 'max-age=[0-9]{7,}' <<<"$(head_value strict-transport-security)"
  STATUS=$("${CURL[@]}" --output /dev/null --dump-header "$WORK/head" --write-out '%{http_code}' \
    "http://$AUTHORITY_HOST:$HTTP_PORT/health" 2>/dev/null) || true
  location=$(head_value location)
  verdict redirect "http: status $STATUS, Location: $location" grep -qE "^30[18] https://$AUTHORITY_HOST" <<<"$STATUS $location"
  openssl s_client -connect "$address:$AUTHORITY_PORT" -servername "$AUTHORITY_HOST" </dev/null >"$WORK/chain" 2>/dev/null || true
  ends=$(openssl x509 -noout -enddate <"$WORK/chain" 2>/dev/null | cut -d= -f2) || true
  verdict certificate "valid until ${ends:-unknown} (at least $CERTIFICATE_DAYS days are wanted)" lasts_long_enough
}

lasts_long_enough() { openssl x509 -noout -checkend $((CERTIFICATE_DAYS * 86400)) <"$WORK/chain" >/dev/null 2>&1; }
