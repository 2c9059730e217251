#!/bin/sh
# run.sh [DIR]: has slipway plan pipeline.json with the plugin in DIR (default: build) and the facts in test/facts.json,
# and compares the plugin's own steps with test/expected.json. Nothing is carried out, so it needs no privilege, and the
# facts need not be this host's. SLIPWAY_UPDATE_GOLDEN=1 takes what it plans now as what is expected.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
plugins=$(cd "${1:-$top/build}" && pwd)
cd "$top"
planned=$(mktemp)
trap 'rm -f "$planned"' EXIT
"${SLIPWAY:-slipway}" plan --json --owner net-hosts --plugin-dir "$plugins" --facts test/facts.json pipeline.json > "$planned"
# Options that are files of this folder: its path as JSON has it, and that as a pattern.
here=$(pwd | sed 's/["\]/\\&/g; s/[].*^$[\|]/\\&/g')
sed -i "s|$here/||g" "$planned"
if [ -n "${SLIPWAY_UPDATE_GOLDEN:-}" ]; then cp "$planned" test/expected.json; fi
diff -u test/expected.json "$planned"
