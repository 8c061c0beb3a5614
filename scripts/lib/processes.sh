# shellcheck shell=bash
# Processes that these scripts start: remembered by pid and start time, stopped by pid only. Needs say.sh.
# A process gets SIGTERM from the kernel when the script that started it dies, however it dies.

# start_time_of PID: the kernel's start tick, which tells a reused pid from the process we knew; empty for one
# that has ended (a zombie counts as ended).
start_time_of() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  stat=${stat##*) }
  if [[ "${stat%% *}" != Z ]]; then awk '{ print $20 }' <<<"$stat"; fi
}

# remember PID FILE: writes the pid file that is_running and stop_process read.
remember() { printf '%s %s\n' "$1" "$(start_time_of "$1")" >"$2"; }

# pid_in FILE: the pid in a pid file.
pid_in() { awk 'NR == 1 { print $1 }' "$1" 2>/dev/null || true; }

# is_running FILE: whether the very process of this pid file lives.
is_running() {
  local pid='' started=''
  if [[ -f "$1" ]]; then read -r pid started <"$1" || true; fi
  [[ -n "$pid" && -n "$started" && "$(start_time_of "$pid")" == "$started" ]]
}

# start_process NAME COMMAND...: starts it in a session of its own (so that Ctrl-C reaches only the script,
# which then stops things in order), output in var/log/NAME.log, pid file var/run/NAME.pid.
start_process() {
  local name=$1
  shift
  mkdir -p var/log var/run
  setsid setpriv --pdeathsig TERM "$@" >>"var/log/$name.log" 2>&1 </dev/null 9>&- &
  remember "$!" "var/run/$name.pid"
  wait_until_replaced "$!"
}

# wait_until_replaced PID: until the program itself runs there, at most 1 s. Only then the kernel has been told to end
# it with the script.
wait_until_replaced() {
  local waited=0 name
  while ((waited++ < 200)) && read -r name 2>/dev/null <"/proc/$1/comm"; do
    [[ "$name" =~ ^(bash|setsid|setpriv|env)$ ]] || return 0
    sleep 0.005
  done
  return 0
}

# stop_process NAME SIGNAL SECONDS: sends SIGNAL, waits, and kills what has not ended after SECONDS.
stop_process() {
  local file=var/run/$1.pid pid waited=0
  if is_running "$file"; then
    pid=$(pid_in "$file")
    kill "-$2" "$pid" 2>/dev/null || true
    while is_running "$file" && ((waited < $3 * 20)); do
      sleep 0.05
      waited=$((waited + 1))
    done
    if is_running "$file"; then
      complain "$1 (pid $pid) did not stop within $3 s and is killed; see var/log/$1.log"
      kill -KILL "$pid" 2>/dev/null || true
    fi
  fi
  rm -f "$file"
}
