# shellcheck shell=bash
# Replacing the running services by the chosen release, and putting the release before it back. Needs release.sh and
# what that needs.

# release_services: what is replaced by a release: never the database, never the one-shots.
release_services() {
  local service
  for service in "${STACK_SERVICES[@]}"; do
    if [[ "$service" != db ]]; then printf '%s\n' "$service"; fi
  done
}

# start_services: the chosen release's services run and are healthy. Without dependencies: the database is up and
# migrated, and neither may be touched by an older release that is put back.
start_services() {
  local services
  mapfile -t services < <(release_services)
  change compose up --detach --no-build --no-deps --wait --wait-timeout "$WAIT_SECONDS" "${services[@]}" || return 1
  if [[ $DRY_RUN == yes ]]; then return 0; fi
  are_healthy "${services[@]}"
}

# replace_services deploy|rollback: starts the chosen release and asks it what it serves. When that fails the release
# that is recorded as current is put back: exits 8, or 9 when that fails too.
# shellcheck disable=SC2034 # `interrupted` reads SWITCHING
replace_services() {
  if [[ $DRY_RUN == yes ]]; then
    start_services
    check_served
    return 0
  fi
  SWITCHING=yes
  if start_services; then
    if check_served; then
      SWITCHING=no
      return 0
    fi
    report "$1" "$BACKEND_TAG runs but does not serve what it should" "see the FAIL lines above"
  else
    report "$1" "$BACKEND_TAG did not become healthy within $WAIT_SECONDS s" "see the logs below"
    show_unhealthy_logs
  fi
  restore_current "$1"
}

# show_unhealthy_logs: the last lines of every service that is not up and healthy.
show_unhealthy_logs() {
  local service health
  while read -r service health; do
    if [[ "$health" == running/healthy || "$service" == migrate ]]; then continue; fi
    complain "— $service ($health)"
    compose logs --no-color --tail 80 "$service" >&2 || true
  done < <(service_states)
}

# check_served: the smoke check, at the address where clients or the edge reach this deployment.
check_served() {
  local arguments=(--env-file "$STACK_ENV_FILE") base host served=0
  if [[ "$GIT_SHA" != unknown ]]; then arguments+=(--expect-sha "$GIT_SHA"); fi
  if [[ $STACK_HAS_CADDY == yes ]]; then
    host=$(setting CADDY_HOST)
    base=https://$(tr -d ' ' <<<"${host%%,*}"):$(web_port CADDY_HTTPS_PORT 443)
    arguments+=(--resolve 127.0.0.1 --http-port "$(web_port CADDY_HTTP_PORT 80)")
    trust_internal_authority
    # Caddy renews what its own authority signs every few hours.
    if [[ -n "$INTERNAL_AUTHORITY" ]]; then arguments+=(--cacert "$INTERNAL_AUTHORITY" --certificate-days 0); fi
  else
    base=http://$(api_address)
  fi
  change scripts/smoke-check.sh "$base" "${arguments[@]}" || served=1
  if [[ -n "${INTERNAL_AUTHORITY:-}" ]]; then rm -f "$INTERNAL_AUTHORITY"; fi
  return "$served"
}

# api_address: where the api is published on this host.
api_address() {
  local address
  if [[ $DRY_RUN == yes ]] || ! address=$(compose port api 3001 2>/dev/null); then
    address=127.0.0.1:$(api_port)
  fi
  printf '%s\n' "$address"
}

# trust_internal_authority: sets INTERNAL_AUTHORITY to a file with the root that Caddy made for "tls internal", if it did.
trust_internal_authority() {
  INTERNAL_AUTHORITY=''
  if [[ $DRY_RUN == yes || "$(setting CADDY_TLS)" != *internal* ]]; then return 0; fi
  INTERNAL_AUTHORITY=$(mktemp)
  compose exec -T caddy cat /data/caddy/pki/authorities/local/root.crt >"$INTERNAL_AUTHORITY" </dev/null || true
}

# restore_current deploy|rollback: puts the recorded release back after the chosen one has failed. Never returns.
restore_current() {
  local failed=$BACKEND_TAG tag
  tag=$(state_field "$DEPLOY_ENVIRONMENT" current tag)
  if [[ -z "$tag" ]]; then
    append_history "$DEPLOY_ENVIRONMENT" "$1" "$failed" failed
    fail "$1" "$failed failed and no release was recorded before it" "correct the cause and deploy again" 9
  fi
  if [[ "$tag" == "$failed" ]]; then
    append_history "$DEPLOY_ENVIRONMENT" "$1" "$failed" failed
    fail "$1" "$failed failed and is itself the release that was recorded as good" \
      "look for what else changed (settings, host); scripts/rollback.sh $DEPLOY_ENVIRONMENT goes back one further" 9
  fi
  GIT_SHA=$(state_field "$DEPLOY_ENVIRONMENT" current sha) BACKEND_TAG=$tag
  if ! has_release_image; then cannot_restore "$1" "$failed" "there is no image $(release_image) any more"; fi
  if ! RELEASE_SCHEMA=$(image_schema) || ! schema_allows; then
    cannot_restore "$1" "$failed" "database schema $DATABASE_SCHEMA is not compatible with $tag (max $RELEASE_SCHEMA)"
  fi
  complain "Putting $tag back"
  if ! start_services; then
    show_unhealthy_logs
    cannot_restore "$1" "$failed" "$tag did not become healthy"
  fi
  check_served || cannot_restore "$1" "$failed" "$tag runs but does not serve what it should"
  append_history "$DEPLOY_ENVIRONMENT" "$1" "$failed" rolled-back
  fail "$1" "$failed failed, and $tag serves again" "correct the cause and deploy again" 8
}

# schema_allows: whether the chosen release may run on the database as it is now. Sets DATABASE_SCHEMA.
schema_allows() {
  local from
  DATABASE_SCHEMA=$(in_release schema --current 2>/dev/null) || return 1
  from=$(oldest_compatible_schema) || return 1
  may_run "$RELEASE_SCHEMA" "$DATABASE_SCHEMA" "$from"
}

# cannot_restore ACTION FAILED WHY: ends with 9 and the commands that undo the deployment.
cannot_restore() {
  append_history "$DEPLOY_ENVIRONMENT" "$1" "$2" failed
  fail "$1" "$2 failed and could not be rolled back: $3" "restore the backup and the release: $(restore_command)" 9
}

# restore_command: what puts the data and the release before back. First the services stop: a restore starts again what
# it found running, and that is the release that fails. The newest backup where this run made none.
restore_command() {
  local file=${PRE_DEPLOY_BACKUP:-} target url=''
  target=$(database_target)
  if [[ -z "$file" ]]; then
    file=$(find "$(setting BACKUP_DIR backups)" -maxdepth 1 -name "$target-*.dump*" ! -name '*.sha256' ! -name '*.json' 2>/dev/null |
      sort | tail -n 1) || true
  fi
  if [[ $target == *-external ]]; then url='DATABASE_URL=… '; fi
  printf '%s --env-file %s %s stop api worker && ' "${DOCKER_COMPOSE:-docker compose}" "$STACK_ENV_FILE" "${STACK_FILES[*]}"
  printf '%sFORCE=1 ./scripts/restore-postgres.sh %s %s && ' "$url" "$target" "${file:-backups/$target-YYYYMMDD-HHMMSS.dump}"
  printf './scripts/rollback.sh %s %s' "$DEPLOY_ENVIRONMENT" "$GIT_SHA"
}

# require_schema_for_rollback: exits 5 where the database does not allow the earlier release.
require_schema_for_rollback() {
  if [[ $DRY_RUN == yes ]]; then return 0; fi
  RELEASE_SCHEMA=$(image_schema)
  if schema_allows; then return 0; fi
  if [[ -z "$DATABASE_SCHEMA" ]]; then
    fail "database" "its schema could not be read" "scripts/preflight.sh $DEPLOY_ENVIRONMENT tells more" 1
  fi
  if ((RELEASE_SCHEMA > DATABASE_SCHEMA)); then
    fail "rollback" "$BACKEND_TAG needs schema $RELEASE_SCHEMA and the database has $DATABASE_SCHEMA" \
      "that is a newer release: deploy it with scripts/deploy-stack.sh $DEPLOY_ENVIRONMENT" 5
  fi
  fail "rollback" "schema $DATABASE_SCHEMA is newer than image $BACKEND_TAG (max $RELEASE_SCHEMA) and not compatible with it" \
    "restore a backup first: $(restore_command)" 5
}

# remember_release: the chosen release is the current one, in the files and as image tags that keep it from pruning.
remember_release() {
  local when image
  if [[ $DRY_RUN == yes ]]; then return 0; fi
  image=$(image_name)
  record_release "$DEPLOY_ENVIRONMENT" "$STACK_TARGET" "$GIT_SHA" "$BACKEND_TAG" "$image" "${RELEASE_SCHEMA:-}"
  append_history "$DEPLOY_ENVIRONMENT" "$ENDING_OF" "$BACKEND_TAG" ok
  for when in current previous; do
    if [[ -n "$(state_field "$DEPLOY_ENVIRONMENT" "$when" tag)" ]]; then
      docker image tag "$image:$(state_field "$DEPLOY_ENVIRONMENT" "$when" tag)" "$image:$DEPLOY_ENVIRONMENT-$when" 2>/dev/null || true
    fi
  done
}

# prune_images: keeps the three newest releases, and whatever an environment on this host holds as current or previous.
prune_images() {
  local image tag
  if [[ $DRY_RUN == yes ]]; then return 0; fi
  image=$(image_name)
  docker image ls --no-trunc --format '{{.ID}} {{.Tag}}' "$image" | awk -v keep=3 '
    $2 ~ /-(current|previous)$/ { held[$1] = 1; next }
    (length($2) == 12 && $2 !~ /[^0-9a-f]/) || $2 ~ /^unknown-[0-9]+$/ { ids[++count] = $1; tags[count] = $2 }
    END { for (i = keep + 1; i <= count; i++) if (!(ids[i] in held)) print tags[i] }' |
    while read -r tag; do
      # Refused while a container uses it: then it is no old image.
      if docker image rm "$image:$tag" >/dev/null 2>&1; then say "Removed the old image $image:$tag"; fi
    done
}
