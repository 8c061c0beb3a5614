# shellcheck shell=bash
# Copies of a backup on other machines: rsync and S3. Needs say.sh, settings.sh and pg_target.sh (require_tool).

# What one S3 PUT may carry.
S3_PUT_BYTES=$((5 * 1024 * 1024 * 1024))

# require_offsite_settings: ends the script where a copy is asked for and cannot be made.
require_offsite_settings() {
  local name
  if [[ -n "$(setting BACKUP_RSYNC_DEST)" ]]; then require_tool rsync; fi
  [[ -n "$(setting BACKUP_S3_URL)" ]] || return 0
  require_tool curl
  [[ "$(setting BACKUP_S3_URL)" =~ ^https?://[^/?#[:space:]@\"]+/[^?#[:space:]\"]+$ ]] ||
    fail "BACKUP_S3_URL" "it is not https://host/bucket[/prefix]" "correct it" 4
  for name in BACKUP_S3_ACCESS_KEY_ID BACKUP_S3_SECRET_ACCESS_KEY; do
    # In this shell, not in a substitution: fail must end the script.
    secret_setting "$name" >/dev/null
    [[ -n "$(secret_setting "$name")" ]] || fail "$name" "BACKUP_S3_URL needs it" "set it, or ${name}_FILE" 4
  done
}

# copy_offsite FILE: to every place that is asked for; the status tells whether all were reached.
copy_offsite() {
  local status=0
  if [[ -n "$(setting BACKUP_RSYNC_DEST)" ]]; then copy_by_rsync "$1" || status=1; fi
  if [[ -n "$(setting BACKUP_S3_URL)" ]]; then copy_to_s3 "$1" || status=1; fi
  return "$status"
}

copy_by_rsync() {
  local destination
  destination=$(setting BACKUP_RSYNC_DEST)
  # The checksum last: where it is, the file is.
  if interruptible rsync --times --perms --partial -- "$1" "$1.json" "$1.sha256" "${destination%/}/" </dev/null; then
    say "Copied to $destination"
  else
    report "copy" "rsync to $destination failed" "the local file is whole; copy it by hand or run the backup again"
    return 1
  fi
}

copy_to_s3() {
  local file url
  url=$(setting BACKUP_S3_URL)
  if (($(stat -c %s "$1") > S3_PUT_BYTES)); then
    report "copy" "$1 is larger than one S3 upload may be (5 GiB)" "use BACKUP_RSYNC_DEST; the local file is whole"
    return 1
  fi
  for file in "$1" "$1.json" "$1.sha256"; do
    if ! put_to_s3 "$file" "${url%/}/${file##*/}"; then
      report "copy" "the upload of ${file##*/} to ${url%/} failed" \
        "the local file is whole; copy it by hand or run the backup again"
      return 1
    fi
  done
  say "Copied to $url"
}

# put_to_s3 FILE URL: a signed PUT. The keys reach curl in a configuration on its standard input, never in an argument.
put_to_s3() {
  interruptible curl --config - --silent --show-error --fail --output /dev/null --retry 3 --connect-timeout 15 \
    --header "x-amz-content-sha256: $(sha256_of "$1")" --upload-file "$1" --url "$2" < <(s3_config)
}

s3_config() {
  local key secret
  key=$(secret_setting BACKUP_S3_ACCESS_KEY_ID)
  secret=$(secret_setting BACKUP_S3_SECRET_ACCESS_KEY)
  key=$key:$secret
  key=${key//\\/\\\\}
  printf 'user = "%s"\naws-sigv4 = "aws:amz:%s:s3"\n' "${key//\"/\\\"}" "$(setting BACKUP_S3_REGION us-east-1)"
}
