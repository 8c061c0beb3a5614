# shellcheck shell=bash
# Packages of Debian 13 on Debian 12, through an apt configuration of their own: nothing else of this machine ever comes
# from Debian 13, and the machine's own sources stay as they are. Needs say.sh; ensure_newer_packages also packages.sh.

NEWER_APT_FOLDER=/opt/aspectavy-apt

# apt_uri SUITE: the address from which this machine's own apt configuration takes a suite of Debian.
apt_uri() {
  # shellcheck disable=SC2016 # apt-get fills these in
  apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
    awk -v suite="$1" '$1 == suite { print $2; exit }'
}

# write_newer_sources: the private configuration. Debian 13 has priority 100: only what is named comes from it.
write_newer_sources() {
  local mirror security key=/usr/share/keyrings/debian-archive-keyring.gpg
  mirror=$(apt_uri bookworm)
  security=$(apt_uri bookworm-security)
  [[ -n "$mirror" && -n "$security" ]] ||
    fail "packages" "the apt sources of this machine have no bookworm or no bookworm-security" "this needs Debian 12" 3
  mkdir -p "$NEWER_APT_FOLDER/lists/partial" "$NEWER_APT_FOLDER/archives/partial"
  printf 'deb [signed-by=%s] %s %s main\n' "$key" "$mirror" bookworm "$key" "$mirror" trixie \
    "$key" "$security" bookworm-security >"$NEWER_APT_FOLDER/sources.list"
  printf 'Package: *\nPin: release n=trixie\nPin-Priority: 100\n' >"$NEWER_APT_FOLDER/preferences"
}

# newer_apt ARG...: apt-get with that configuration. policy-rc.d is left alone: Debian's maintainer scripts ask it.
newer_apt() {
  DEBIAN_FRONTEND=noninteractive apt-get -q \
    -o "Dir::Etc::sourcelist=$NEWER_APT_FOLDER/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o "Dir::State::lists=$NEWER_APT_FOLDER/lists" -o "Dir::Cache=$NEWER_APT_FOLDER" \
    -o "Dir::Etc::preferences=$NEWER_APT_FOLDER/preferences" "$@"
}

# ensure_newer_packages GROUP...: installs what is missing of these groups of scripts/packages.txt from Debian 13.
ensure_newer_packages() {
  local wanted missing
  mapfile -t wanted < <(packages_of "$@")
  mapfile -t missing < <(missing_of "${wanted[@]}")
  if ((${#missing[@]} == 0)); then return; fi
  ((EUID == 0)) || fail "packages" "only root can install these of Debian 13: ${missing[*]}" "run this once as root" 3
  write_newer_sources
  say "Installing ${#missing[@]} packages of Debian 13: ${missing[*]}"
  step "apt-get update (Debian 13)" var/log/apt-newer.log newer_apt update ||
    fail "packages" "apt-get update failed" "see the lines above" 3
  step "apt-get install (Debian 13)" var/log/apt-newer.log \
    newer_apt install -y --no-install-recommends "${missing[@]/%//trixie}" ||
    fail "packages" "apt-get install failed" "see the lines above" 3
}
