#!/bin/sh
# Makes image.tar, a root filesystem of busybox (Debian's busybox-static), for pipeline.json to run on. Any image does:
# an archive of docker save, a tar of a root filesystem, a directory.
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
echo 'Hello from the image.' | tee "$root/etc/motd" > "$root/etc/greeting"
chmod -R u=rwX,go=rX "$root"
tar --create --owner=0 --group=0 --numeric-owner --directory "$root" --file image.tar .
