#!/bin/sh
# run.sh [DIR]: tests the plugin in DIR (default: build). It is called alone with each case in test/cases; then slipway
# plans pipeline.json with the facts in test/facts.json, and the plugin's own steps are compared with test/expected.json.
# Nothing is carried out, so it needs no privilege, and the facts need not be this host's. With SLIPWAY_UPDATE_GOLDEN=1
# in the environment what it plans now is what is expected; look at the difference.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
plugins=$(cd "${1:-$top/build}" && pwd)
cd "$top"
# The harness lies where slipway does.
case ${SLIPWAY:-} in */*) tester=${SLIPWAY%/*}/slipway-plugin-test ;; *) tester=slipway-plugin-test ;; esac
"$tester" "$plugins/@NAME@.so" test/cases
planned=$(mktemp)
trap 'rm -f "$planned"' EXIT
"${SLIPWAY:-slipway}" plan --json --owner @NAME@ --plugin-dir "$plugins" --facts test/facts.json pipeline.json > "$planned"
# Options that are files of this folder: its path as JSON has it, and that as a pattern.
here=$(pwd | sed 's/["\]/\\&/g; s/[].*^$[\|]/\\&/g')
sed -i "s|$here/||g" "$planned"
if [ -n "${SLIPWAY_UPDATE_GOLDEN:-}" ]; then cp "$planned" test/expected.json; fi
diff -u test/expected.json "$planned"
