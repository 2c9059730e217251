#!/bin/sh
# run.sh [DIR]: has slipway plan ../pipeline.json with the plugin in DIR (default: build) and the facts in facts.json, and
# compares the plugin's own steps with expected.json. Nothing is carried out, so it needs no privilege, and the facts
# need not be this host's. UPDATE=1 test/run.sh takes what it plans now as what is expected; look at the difference.
set -eu
plugins=$(cd "${1:-build}" && pwd)
cd "$(dirname "$0")"
planned=$(mktemp)
trap 'rm -f "$planned"' EXIT
"${SLIPWAY:-slipway}" plan --json --owner @NAME@ --plugin-dir "$plugins" --facts facts.json ../pipeline.json > "$planned"
if [ -n "${UPDATE:-}" ]; then cp "$planned" expected.json; fi
diff -u expected.json "$planned"
