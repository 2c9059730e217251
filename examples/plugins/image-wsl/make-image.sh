#!/bin/sh
# Makes image.tar, a distribution of busybox (Debian's busybox-static) in which ada logs in, as wsl --export would write
# it; for pipeline.json to run on.
set -eu
cd "$(dirname "$0")"
busybox=$(command -v busybox) || { echo "make-image.sh: install busybox-static first" >&2; exit 1; }
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/bin" "$root/etc"
cp "$busybox" "$root/bin/busybox"
"$busybox" --list | grep -vx busybox | while read -r applet; do ln -s busybox "$root/bin/$applet"; done
echo 'root:x:0:0:root:/:/bin/sh' > "$root/etc/passwd"
echo 'root:x:0:' > "$root/etc/group"
echo 'ada:x:0:0:root by another name:/home/ada:/bin/sh' >> "$root/etc/passwd"
printf '[user]\ndefault=ada\n' > "$root/etc/wsl.conf"
mkdir -p "$root/home/ada"
chmod -R u=rwX,go=rX "$root"
tar --create --owner=0 --group=0 --numeric-owner --directory "$root" --file image.tar .
