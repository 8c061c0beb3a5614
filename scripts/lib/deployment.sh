# shellcheck shell=bash
# Which layout a deployment has, and which release it brings. Needs say.sh, stack.sh and settings.sh.

# select_deployment ENVIRONMENT: checks the ASPECTAVY_* switches and selects the Compose layout they ask for. Sets
# DEPLOY_ENVIRONMENT, DEPLOY_MODE (edge|standalone) and DEPLOY_MODE_GIVEN (yes|no). Exits 4 on a switch that is neither.
# shellcheck disable=SC2034 # the callers read these
select_deployment() {
  local bundled
  DEPLOY_ENVIRONMENT=$1 DEPLOY_MODE_GIVEN=yes
  case "$1" in
    staging)
      bundled=$(switch_of ASPECTAVY_STAGING_USE_BUNDLED_DB yes)
      DEPLOY_MODE=edge
      select_stack "staging-$(layout_suffix "$bundled")"
      ;;
    production)
      bundled=$(switch_of ASPECTAVY_PRODUCTION_USE_BUNDLED_DB no)
      DEPLOY_MODE=${ASPECTAVY_PRODUCTION_DEPLOY_MODE:-}
      case "$DEPLOY_MODE" in
        edge) select_stack "production-edge-$(layout_suffix "$bundled")" ;;
        standalone | '')
          if [[ -z "$DEPLOY_MODE" ]]; then DEPLOY_MODE=standalone DEPLOY_MODE_GIVEN=no; fi
          select_stack "production-$(layout_suffix "$bundled")"
          ;;
        *) fail ASPECTAVY_PRODUCTION_DEPLOY_MODE "must be \"edge\" or \"standalone\" (got \"$DEPLOY_MODE\")" \
          "correct it, or unset it for standalone" 4 ;;
      esac
      ;;
    *) fail "environment" "'$1' is none" "name staging or production" 2 ;;
  esac
}

# select_recorded_layout ENVIRONMENT LAYOUT: selects the layout that a deployment was recorded with.
# shellcheck disable=SC2034
select_recorded_layout() {
  DEPLOY_ENVIRONMENT=$1 DEPLOY_MODE=edge DEPLOY_MODE_GIVEN=yes
  select_stack "$2"
  if [[ $STACK_HAS_CADDY == yes ]]; then DEPLOY_MODE=standalone; fi
}

layout_suffix() { if [[ $1 == yes ]]; then echo bundled; else echo external; fi; }

# switch_of NAME WHEN-UNSET: yes or no. Set but empty is no. Exits 4 on anything that is no switch.
switch_of() {
  case "${!1-unset}" in
    unset) echo "$2" ;;
    1 | true | yes | on) echo yes ;;
    0 | false | no | off | '') echo no ;;
    *) fail "$1" "must be one of 1, true, yes, on, 0, false, no, off (got \"${!1}\")" "correct it" 4 ;;
  esac
}

# choose_release ENVIRONMENT: sets and exports GIT_SHA and BACKEND_TAG for the release that this folder holds. A checkout
# answers by git, a copied bundle by the .deploy-sha that came with it. A GIT_SHA given by the caller must agree, so
# that a copy that was cut short is never deployed under the new name. Exits 4 where production would get no sha.
choose_release() {
  local found given=${GIT_SHA:-}
  if [[ "$given" == unknown ]]; then given=; fi
  found=$(sha_of_folder)
  if [[ -n "$given" && "$given" != "$found" ]]; then
    fail "release" "GIT_SHA is $given but this folder holds $found" "copy or check out the release again" 4
  fi
  if [[ "$found" == unknown && "$1" == production ]]; then
    fail "release" "the sha of this folder is unknown (no .deploy-sha, or a checkout with local changes)" \
      "commit the changes, or deploy a bundle made by scripts/make-bundle.sh" 4
  fi
  export GIT_SHA=$found
  if [[ "$found" == unknown ]]; then
    # An unnamed release is always built anew, under a name that no other release has: rollback needs both.
    BACKEND_TAG=unknown-$(date -u +%Y%m%d%H%M%S)
  else
    BACKEND_TAG=${found:0:12}
  fi
  export BACKEND_TAG
}

# sha_of_folder: the full sha of the release in this folder, or "unknown".
sha_of_folder() {
  local sha=unknown changes
  if [[ -e .git ]]; then
    # Untracked files count only where they could get into the image.
    if changes=$(git status --porcelain --untracked-files=no && git ls-files --others --exclude-standard apps) &&
      [[ -z "$changes" ]]; then
      sha=$(git rev-parse HEAD)
    fi
  elif [[ -r .deploy-sha ]]; then
    read -r sha <.deploy-sha || true
  fi
  if [[ ! "$sha" =~ ^[0-9a-f]{40}$ ]]; then sha=unknown; fi
  printf '%s\n' "$sha"
}

# database_target: the name that the backup and restore scripts know the selected layout's database by.
database_target() {
  case "$STACK_TARGET" in
    *-bundled) echo "$DEPLOY_ENVIRONMENT-bundled" ;;
    *) echo "$DEPLOY_ENVIRONMENT-external" ;;
  esac
}
