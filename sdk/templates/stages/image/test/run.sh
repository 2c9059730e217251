#!/bin/sh
# run.sh [DIR]: tests the plugin in DIR (default: build). It is called alone with each case in test/cases; then slipway
# looks at a small tar by means of it, and what it finds is compared with expected.json. There the plugin runs in
# slipway's sandboxed worker; nothing is unpacked, and nothing is kept. With SLIPWAY_UPDATE_GOLDEN=1 in the environment
# what it finds now is what is expected; look at the difference.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
plugins=$(cd "${1:-$top/build}" && pwd)
cd "$top/test"
# The harness lies where slipway does.
case ${SLIPWAY:-} in */*) tester=${SLIPWAY%/*}/slipway-plugin-test ;; *) tester=slipway-plugin-test ;; esac
"$tester" "$plugins/@NAME@.so" cases
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/root/etc"
echo 'Hello from a tar.' > "$work/root/etc/greeting"
chmod -R u=rwX,go=rX "$work/root"
tar --create --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=gnu \
  --directory "$work/root" --file "$work/image.tar" .
(cd "$work" && "${SLIPWAY:-slipway}" inspect --json --plugin-dir "$plugins" --use image=@NAME@ \
  --set 'image.command=["cat", "/etc/greeting"]' image.tar) > "$work/found.json"
if [ -n "${SLIPWAY_UPDATE_GOLDEN:-}" ]; then cp "$work/found.json" expected.json; fi
diff -u expected.json "$work/found.json"
