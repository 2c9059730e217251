#!/bin/sh
# Tells what the first process of a container sees of it, a line each: "SUBJECT WHAT". Nothing in it may change from one
# run to the next, the ids of mounts and namespaces apart.
# shellcheck disable=SC2012 # the names are known and plain
exec 2>&1

each() { while read -r line; do echo "$1 $line"; done; }

each mountinfo < /proc/self/mountinfo

for name in mnt pid ipc uts net cgroup user time; do
  echo "namespace $(readlink /proc/self/ns/$name)"
done
tr -s ' ' < /proc/self/uid_map | each uid_map
tr -s ' ' < /proc/self/gid_map | each gid_map
echo "gid_map setgroups $(cat /proc/self/setgroups)"
echo "id $(id -u):$(id -g)"

echo "process pid $$"
tr '\0' ' ' < /proc/1/cmdline | each "process argv"
echo "process directory $(readlink /proc/1/cwd)"
echo "process umask $(umask)"
grep -E '^(Uid|Gid|Groups|Cap...|NoNewPrivs|Seccomp|SigBlk|SigIgn):' /proc/1/status | each process
probe descriptors | each "process descriptor"
each limit < /proc/1/limits
tr '\0' '\n' < /proc/1/environ | each variable

echo "hostname $(uname -n)"
for file in hosts hostname resolv.conf; do each "/etc/$file" < /etc/$file; done

# Name, type, mode, owner, content; the time of the last change, which is the fifth word, is nobody's business.
for place in / /dev /dev/pts /dev/shm /dev/mqueue /run /tmp; do
  if [ -d $place ]; then probe describe $place | sed 's/ [0-9]*\.[0-9]\{9\}//' | each "tree $place"; fi
done

for path in /proc/asound /proc/interrupts /proc/kcore /proc/keys /proc/latency_stats /proc/timer_list \
  /proc/timer_stats /proc/sched_debug /proc/acpi /proc/scsi /sys/firmware; do
  if [ -d $path ]; then
    echo "hidden $path holds $(ls -A $path | wc -l) names"
  elif [ -c $path ]; then
    echo "hidden $path is the device $(stat -c %t:%T $path)"
  elif [ -e $path ]; then
    echo "hidden $path is shown, $(stat -c %a $path)"
  else
    echo "hidden $path is not there"
  fi
done
for path in /proc/sys/kernel/domainname /proc/sys/kernel/core_pattern /proc/irq/default_smp_affinity \
  /proc/sysrq-trigger /sys/class/net/lo/tx_queue_len; do
  if [ -e $path ]; then (: >> $path) 2>&1 | sed "s|^.*: |$path |" | each write; fi
done

ls /sys/class/net | each "network interface"
ip addr show | each network
probe loopback | each "network loopback:"
probe pty | each terminal
probe queue | each queue
