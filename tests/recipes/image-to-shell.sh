#!/bin/sh
# Recipe A by hand: an ordinary user starts what `docker save` wrote, with nothing but util-linux and tar.
#
#   image-to-shell.sh WORK ARCHIVE NAME LAYERS PATH COMMAND...
#
# WORK is an empty directory, LAYERS the archive's layer files, lowest first, in one word. It makes the mistakes that the
# recipe makes, so that a comparison can show them: see the table of corrections in side_by_side_test.cpp.
set -eu

if [ "$1" != in-namespaces ]; then
  # A2, A3. The first process of the pid namespace is this script, and in the end the command.
  exec unshare --map-root-user --map-users=auto --map-groups=auto --mount --net --ipc --pid --uts --fork --kill-child \
    sh "$0" in-namespaces "$@"
fi
work=$2 archive=$3 name=$4 layers=$5 path=$6
shift 6

# A5: all of it lies in memory, in a mount of this mount namespace.
mount -t tmpfs work "$work"
cd "$work"
mkdir root upper overlay-work

# A1, A6: the list of layers is typed by hand, and the archive's own tables are not looked at.
lower=
for layer in $layers; do
  directory=layer-${layer%%/*}
  mkdir "$directory"
  tar -xOf "$archive" "$layer" | tar -xp --numeric-owner -C "$directory"
  lower=$directory${lower:+:$lower}
done

# A7
mount -t overlay -o "lowerdir=$lower,upperdir=upper,workdir=overlay-work" overlay root
cd root

# A8
mkdir -p proc sys run tmp dev
mount -t proc -o nosuid,nodev,noexec proc proc
mount -t sysfs -o nosuid,nodev,noexec sysfs sys
mount -t tmpfs -o nosuid,nodev,mode=755 run run
mount -t tmpfs -o nosuid,nodev tmp tmp

# A9
mount -t tmpfs -o nosuid,mode=755 dev dev
for device in null zero full random urandom tty; do
  : > "dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done

# A10
mkdir dev/pts dev/shm
mount -t devpts -o nosuid,noexec devpts dev/pts
mount -t tmpfs -o nosuid,nodev shm dev/shm

# A11
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr
ln -s pts/ptmx dev/ptmx

# A12
hostname "$name"

# A13: the old root comes to lie over /tmp, and what unmounts it from there is the image's own.
pivot_root . tmp
cd /

# A14, A15: one variable, and whatever was typed.
PATH=$path
umount -l /tmp
exec env -i "PATH=$path" "$@"
