# shellcheck shell=bash
# Installs the Debian and npm packages that are missing, and nothing when none is. Needs say.sh.

# packages_of GROUP...: the package names of these groups in scripts/packages.txt.
packages_of() {
  local group
  for group in "$@"; do
    awk -v group="$group" '$1 == group { print $2 }' scripts/packages.txt
  done
}

# missing_of PACKAGE...: those of the packages that are not installed.
missing_of() {
  local installed
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
    awk '$1 == "installed" { print $2 }' || true)
  comm -23 <(printf '%s\n' "$@" | sort -u) <(sort -u <<<"$installed")
}

# has_node: whether a Node that runs our tools is on PATH, with npm.
has_node() {
  command -v npm >/dev/null && command -v node >/dev/null &&
    node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 18 || (a === 18 && b >= 17) ? 0 : 1)'
}

# ensure_packages GROUP...: installs what is missing of these groups with apt.
ensure_packages() {
  local groups=("$@") wanted missing
  has_node || groups+=(node)
  mapfile -t wanted < <(packages_of "${groups[@]}")
  command -v dpkg-query >/dev/null ||
    fail "packages" "this is no Debian system (dpkg-query is missing)" "install these by hand: ${wanted[*]}" 3
  mapfile -t missing < <(missing_of "${wanted[@]}")
  if ((${#missing[@]} == 0)); then return; fi

  local as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      fail "packages" "not root and no sudo, and these are missing: ${missing[*]}" \
        "run as root: apt-get install -y --no-install-recommends ${missing[*]}" 3
    as_root=(sudo)
    "${as_root[@]}" -v
  fi
  say "Installing ${#missing[@]} Debian packages: ${missing[*]}"
  step "apt-get update" var/log/apt.log "${as_root[@]}" scripts/apt-without-services.sh update -q ||
    fail "packages" "apt-get update failed" "check the network and /etc/apt/sources.list" 3
  step "apt-get install" var/log/apt.log \
    "${as_root[@]}" scripts/apt-without-services.sh install -q -y --no-install-recommends "${missing[@]}" ||
    fail "packages" "apt-get install failed" "see the lines above; this needs Debian 12 (bookworm)" 3
}

# ensure_node_modules FOLDER: npm ci in FOLDER when its lock file is newer than what is installed.
ensure_node_modules() {
  local folder=$1 stamp sum
  stamp=$folder/node_modules/.installed-lock
  sum=$(sha256sum <"$folder/package-lock.json")
  if [[ -f "$stamp" && "$(<"$stamp")" == "$sum" ]]; then return; fi
  step "npm ci in $folder" var/log/npm.log npm ci --prefix "$folder" --no-audit --no-fund ||
    fail "npm ci in $folder" "it failed" "see the lines above (a registry must be reachable the first time)" 3
  printf '%s' "$sum" >"$stamp"
}
