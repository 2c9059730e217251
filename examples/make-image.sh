#!/bin/sh
# Makes a small image archive, in the form that `docker save` writes, from Debian's busybox-static.
# With a second name, the same root filesystem as one flat tar too, as `crane export` writes it.
# usage: make-image.sh ARCHIVE [ROOT_TAR]
# Needs tar, sha256sum and busybox; no root, no docker. The same busybox gives the same bytes.
set -eu
{ [ $# = 1 ] || [ $# = 2 ]; } || { echo "usage: make-image.sh ARCHIVE [ROOT_TAR]" >&2; exit 2; }
busybox=$(command -v busybox) || { echo "make-image.sh: install busybox-static first" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pack() { tar --create --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=gnu "$@"; }

# The image's one layer: what the container will see as /.
root=$work/root
mkdir -p "$root/bin" "$root/etc" "$root/root" "$root/proc" "$root/sys" "$root/dev" "$root/run"
mkdir -m 1777 "$root/tmp"
cp "$busybox" "$root/bin/busybox"
"$busybox" --list | grep -vx busybox | while read -r applet; do ln -s busybox "$root/bin/$applet"; done
echo 'root:x:0:0:root:/root:/bin/sh' > "$root/etc/passwd"
echo 'root:x:0:' > "$root/etc/group"
echo 'This is a container that slipway runs.' > "$root/etc/motd"
chmod -R u=rwX,go=rX "$root"
chmod 1777 "$root/tmp"

# The archive: manifest.json names the configuration and the layers, lowest first.
image=$work/image
mkdir -p "$image/layer"
pack --directory "$root" --file "$image/layer/layer.tar" .
[ $# = 1 ] || cp "$image/layer/layer.tar" "$2"
diff_id=$(sha256sum "$image/layer/layer.tar" | cut -d ' ' -f 1)
mv "$image/layer" "$image/$diff_id"
case $(uname -m) in x86_64) architecture=amd64 ;; aarch64) architecture=arm64 ;; *) architecture=$(uname -m) ;; esac
cat > "$work/config.json" <<END
{"architecture": "$architecture", "os": "linux",
 "config": {"Env": ["PATH=/bin"], "Cmd": ["cat", "/etc/motd"], "WorkingDir": "/root"},
 "rootfs": {"type": "layers", "diff_ids": ["sha256:$diff_id"]}}
END
config=$(sha256sum "$work/config.json" | cut -d ' ' -f 1).json
mv "$work/config.json" "$image/$config"
cat > "$image/manifest.json" <<END
[{"Config": "$config", "RepoTags": ["slipway/busybox:latest"], "Layers": ["$diff_id/layer.tar"]}]
END
pack --directory "$image" --file "$1" manifest.json "$config" "$diff_id/layer.tar"
