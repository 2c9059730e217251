#!/bin/sh
# Recipe B by hand: root starts an exported root filesystem, with nothing but util-linux and tar.
#
#   rootfs-lab.sh WORK NAME [APP] < FLAT-TAR
#
# WORK is an empty directory, which is for the caller to remove. It makes the mistakes that the recipe makes, so that a
# comparison can show them: see the table of corrections in side_by_side_test.cpp.
set -eu

case $1 in
  in-namespaces | in-root) ;;
  *)
    work=$1 name=$2
    export "APP=${3:-/bin/sh}"
    # B1: what `crane export IMAGE` writes, out of a pipe.
    mkdir "$work/root" "$work/etc"
    tar -xp --numeric-owner -C "$work/root"
    # B2: the container's own three files.
    printf '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.0.1\t%s\n::1\t%s\n' \
      "$name" "$name" > "$work/etc/hosts"
    echo "$name" > "$work/etc/hostname"
    cat /etc/resolv.conf > "$work/etc/resolv.conf"
    # B3; and the first half of B4.
    exec unshare --mount --pid --cgroup --uts --net --propagation slave --fork --kill-child \
      sh "$0" in-namespaces "$work" < /dev/null
    ;;
esac

# Links in the image that lead out of it are followed (B6), as is any path below.
set_up() {
  # B4
  mount --rbind "$1/root" "$1/root"
  mount --make-rprivate "$1/root"
  cd "$1/root"

  # B5
  mkdir -p proc sys dev
  mount -t proc proc proc

  # B7
  mount -t tmpfs -o nosuid,strictatime,mode=0755,size=65536K tmpfs dev

  # B8
  while read -r device major minor; do
    mknod -m 0666 "dev/$device" c "$major" "$minor"
  done <<'DEVICES'
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
DEVICES

  # B9
  ln -s /proc/self/fd dev/fd
  ln -s /proc/self/fd/0 dev/stdin
  ln -s /proc/self/fd/1 dev/stdout
  ln -s /proc/self/fd/2 dev/stderr
  ln -s /proc/kcore dev/core

  # B10
  mkdir dev/pts
  mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts dev/pts
  ln -s pts/ptmx dev/ptmx

  # B11, B12
  mkdir dev/mqueue dev/shm
  mount -t mqueue -o nosuid,nodev,noexec mqueue dev/mqueue
  mount -t tmpfs -o nosuid,nodev,noexec,mode=1777,size=67108864 shm dev/shm

  # B13, B14
  mount -t sysfs -o ro,nosuid,nodev,noexec sysfs sys
  if grep -q 'cgroup2$' /proc/filesystems && grep -q ' - cgroup2 ' /proc/self/mountinfo; then
    mount -t cgroup2 -o ro,nosuid,nodev,noexec cgroup2 sys/fs/cgroup
  fi

  # B15
  for file in hosts hostname resolv.conf; do
    [ -e "etc/$file" ] || : > "etc/$file"
    mount --bind "$1/etc/$file" "etc/$file"
  done

  # B16. What comes now runs with the image's shell and the image's tools.
  mkdir -p .old
  cp "$0" .step
  pivot_root . .old
  cd /
  exec /bin/sh /.step in-root
}

finish() {
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  rm /.step
  # B17, B18
  mount --make-rslave /
  umount -l /.old
  rmdir /.old

  # B19
  hostname "$(cat /etc/hostname)"

  # B20
  for path in bus fs irq sys sysrq-trigger; do
    [ -e "/proc/$path" ] || continue
    mount --bind "/proc/$path" "/proc/$path"
    mount -o remount,bind,ro "/proc/$path"
  done

  # B21
  for path in /proc/asound /proc/interrupts /proc/kcore /proc/keys /proc/latency_stats /proc/timer_list \
    /proc/timer_stats /proc/sched_debug /proc/acpi /proc/scsi /sys/firmware; do
    if [ -d "$path" ]; then
      mount -t tmpfs -o ro,nosuid,nodev,noexec,mode=0755 mask "$path"
    elif [ -e "$path" ]; then
      mount --bind /dev/null "$path"
    fi
  done

  # B22. What the shell added to the environment is none of the recipe's doing.
  app=$APP
  unset APP PWD OLDPWD SHLVL _
  exec $app
}

case $1 in
  in-namespaces) set_up "$2" ;;
  in-root) finish ;;
esac
