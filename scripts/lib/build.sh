# shellcheck shell=bash
# Builds with the CMake presets of apps/backend, and the web companion. Needs say.sh and preflight.sh.

# build_backend PRESET TARGET...: configures build/PRESET the first time and builds the targets there. Returns 1, with
# a message, when that fails.
build_backend() {
  local preset=$1 folder=build/$1
  shift
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
  if [[ ! -f "$folder/build.ninja" ]]; then
    mkdir -p "$folder"
    require_disk "$folder" 3000 "the first $preset build"
    step "Configuring the $preset build" "$folder.log" configure_backend "$preset" || {
      report "cmake" "the $preset build could not be configured" "see the lines above"
      return 1
    }
  fi
  step "Building ($preset)" "$folder.log" ninja -C "$folder" -j "${ASPECTAVY_BUILD_JOBS:-$(nproc)}" "$@" || {
    report "build" "the $preset build failed" "see the lines above; all of it is in $folder.log"
    return 1
  }
}

configure_backend() { (cd apps/backend && cmake --preset "$1"); }

# build_web: apps/web/dist, when there is a companion and a source of it is newer than its last build.
build_web() {
  local stamp=apps/web/dist/.built
  if [[ ! -f apps/web/package.json ]]; then return; fi
  ensure_node_modules apps/web
  if [[ -f "$stamp" && -z "$(find apps/web -path apps/web/node_modules -prune -o \
    -path apps/web/dist -prune -o -type f -newer "$stamp" -print -quit)" ]]; then return; fi
  step "Building the web companion" build/web.log npm run --prefix apps/web build ||
    fail "web companion" "its build failed" "see build/web.log"
  touch "$stamp"
}
