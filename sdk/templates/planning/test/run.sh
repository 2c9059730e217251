#!/bin/sh
# run.sh [DIR]: has slipway plan pipeline.json with the plugin in DIR (default: build) and the facts in test/facts.json,
# and compares the plugin's own steps with test/expected.json. Nothing is carried out, so it needs no privilege, and the
# facts need not be this host's. UPDATE=1 test/run.sh takes what it plans now as what is expected; look at the difference.
set -eu
plugins=$(cd "${1:-build}" && pwd)
cd "$(dirname "$0")/.."
planned=$(mktemp)
trap 'rm -f "$planned"' EXIT
"${SLIPWAY:-slipway}" plan --json --owner @NAME@ --plugin-dir "$plugins" --facts test/facts.json pipeline.json > "$planned"
# Options that are files of this folder: its path as JSON has it, and that as a pattern.
here=$(pwd | sed 's/["\]/\\&/g; s/[].*^$[\|]/\\&/g')
sed -i "s|$here/||g" "$planned"
if [ -n "${UPDATE:-}" ]; then cp "$planned" test/expected.json; fi
diff -u test/expected.json "$planned"
