#!/bin/sh
# run.sh [DIR]: has slipway look at a small tar by means of the plugin in DIR (default: build), and compares what it
# finds with expected.json. The plugin runs in slipway's sandboxed worker; nothing is unpacked, and nothing is kept.
# SLIPWAY_UPDATE_GOLDEN=1 takes what it finds now as what is expected.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
plugins=$(cd "${1:-$top/build}" && pwd)
cd "$top/test"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/root/etc"
printf '[user]\ndefault=ada\n' > "$work/root/etc/wsl.conf"
printf 'root:x:0:0::/root:/bin/bash\nada:x:1000:1000::/home/ada:/bin/zsh\n' > "$work/root/etc/passwd"
chmod -R u=rwX,go=rX "$work/root"
tar --create --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=gnu \
  --directory "$work/root" --file "$work/image.tar" .
(cd "$work" && "${SLIPWAY:-slipway}" inspect --json --plugin-dir "$plugins" --use image=image-wsl \
  image.tar) > "$work/found.json"
if [ -n "${SLIPWAY_UPDATE_GOLDEN:-}" ]; then cp "$work/found.json" expected.json; fi
diff -u expected.json "$work/found.json"
