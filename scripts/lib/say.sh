# shellcheck shell=bash
# Messages and progress for the commands of this repository. Sourced, never run.

# The process group of the running step; empty between steps.
STEP_PID=''

# say TEXT...: one line for the person at the terminal.
say() { printf '%s\n' "$*"; }

# complain TEXT...: one line on stderr.
complain() { printf '%s\n' "$*" >&2; }

# report WHAT WHY WHAT-TO-DO: prints "error: <what>: <why>; <what to do>".
report() { complain "error: $1: $2; $3"; }

# fail WHAT WHY WHAT-TO-DO [STATUS]: reports and ends the script.
fail() {
  report "$1" "$2" "$3"
  exit "${4:-1}"
}

# guarded COMMAND...: runs COMMAND in a process group of its own and waits for it so that a signal to the script is
# handled at once; stop_step then ends the whole group. Not for a subshell, whose traps are not the script's.
guarded() {
  local status=0
  set -m
  "$@" </dev/null 9>&- &
  set +m
  STEP_PID=$!
  wait "$STEP_PID" || status=$?
  STEP_PID=''
  return "$status"
}

# step TITLE LOG COMMAND...: runs COMMAND with its output in LOG and shows that it moves: the last line of
# the log on one terminal line, or a plain line every 10 s where there is no terminal. Prints the end of the
# log and returns the command's status when it fails.
step() {
  local title=$1 log=$2 status=0 started=$SECONDS
  shift 2
  mkdir -p "$(dirname "$log")"
  : >"$log"
  # A process group of its own, so that stop_step reaches what the command starts. fd 9 is the lock of ./run.
  set -m
  "$@" >"$log" 2>&1 </dev/null 9>&- &
  set +m
  local pid=$!
  STEP_PID=$pid
  if [[ -t 1 ]]; then
    show_on_one_line "$title" "$log" "$pid"
  else
    show_plain "$title" "$log" "$pid"
  fi
  wait "$pid" || status=$?
  STEP_PID=''
  if ((status != 0)); then
    say "✗ $title failed after $((SECONDS - started)) s. The end of $log:"
    tail -n 40 "$log" | sed 's/^/    /'
    return "$status"
  fi
  if ((SECONDS - started >= 2)); then
    say "✓ $title ($((SECONDS - started)) s)"
  fi
}

# stop_step: ends the command that step runs, when the script is interrupted within it.
stop_step() {
  # "return" alone would repeat the status from before the trap that called this, and end the script.
  if [[ -z "$STEP_PID" ]]; then return 0; fi
  kill -TERM -- "-$STEP_PID" 2>/dev/null || true
  wait "$STEP_PID" 2>/dev/null || true
}

# last_line LOG: the newest non-empty line, without control characters.
last_line() {
  tail -c 2000 "$1" | tr '\r' '\n' | tr -cd '[:print:]\n' | awk 'NF { line = $0 } END { print line }'
}

show_on_one_line() {
  local title=$1 log=$2 pid=$3 turn=0 frames='|/-+' width line
  while kill -0 "$pid" 2>/dev/null; do
    width=$(($(tput cols 2>/dev/null || echo 80) - 1))
    line="${frames:turn++%4:1} $title  $(last_line "$log")"
    printf '\r\033[K%s' "${line:0:width}"
    sleep 0.2
  done
  printf '\r\033[K'
}

show_plain() {
  local title=$1 log=$2 pid=$3 shown='' line waited=0
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.1
    waited=$((waited + 1))
    if ((waited == 20)); then say "… $title"; fi
    if ((waited % 100 == 0)); then
      line=$(last_line "$log")
      if [[ "$line" != "$shown" ]]; then
        say "    $line"
        shown=$line
      fi
    fi
  done
}
