#!/usr/bin/env bash
# Type-checks the plain JavaScript of the scripts and tests, and the web companion.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for part in say packages; do
  # shellcheck source=/dev/null
  source "scripts/lib/$part.sh"
done
ensure_node_modules .
npx --no-install tsc --project tsconfig.json
if [[ -f apps/web/package.json ]]; then
  ensure_node_modules apps/web
  npm run --silent --prefix apps/web typecheck
fi
echo "types: no error"
