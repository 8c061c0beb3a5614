#!/usr/bin/env bash
# Type-checks the plain JavaScript of the scripts and tests, and the web companion.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for part in say packages; do
  # shellcheck source=/dev/null
  source "scripts/lib/$part.sh"
done
ensure_node_modules .
# Before the first tsc: the tests in apps/web/e2e are in its project and use packages of the companion.
if [[ -f apps/web/package.json ]]; then ensure_node_modules apps/web; fi
npx --no-install tsc --project tsconfig.json
if [[ -f apps/web/package.json ]]; then
  npm run --silent --prefix apps/web typecheck
fi
echo "types: no error"
