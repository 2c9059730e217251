#!/usr/bin/env python3
"""What a start of /bin/true in a container costs, side by side.

Cases: `limit` (bench/limit.c: the kernel work alone), `slipway` with a filled store, and its peers with the same
namespaces and mounts: bwrap, crun without cgroups, runc (which cannot do without cgroups: marked *), podman. As root, as
an ordinary user with one id, and as one with a subordinate range. The peers' root is a plain directory: none of them
mounts an overlay here. All cases are interleaved in random order with a pause before each start, so that what else
happens on the machine meets them alike. Timed by bench/launch.c from before vfork to after wait. Needs root (limit makes
mounts; the ordinary users must be become).
"""
import argparse
import json
import os
import pathlib
import pwd
import random
import shlex
import shutil
import signal
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time

import oci

TOP = pathlib.Path(__file__).resolve().parents[1]
RANGE_USER, SINGLE_USER = "slipway-range", "slipway-single"  # as in tests/support/users.cpp

# bwrap makes proc with bus, fs, irq, sys and sysrq-trigger read-only by itself, and /dev with the same six devices,
# links, pts and shm. It mounts no sysfs: the host's is bound. It makes no files for /etc: the host's are bound. It has overlays from 0.11 on; before, a bind stands in.
BWRAP = """bwrap --unshare-pid --unshare-ipc --unshare-uts --unshare-net --unshare-cgroup --as-pid-1 --hostname slipway {user}
  {rootfs} --proc /proc --ro-bind /sys /sys --dev /dev --mqueue /dev/mqueue --tmpfs /run --tmpfs /tmp {etc} {masks}
  /bin/true"""
MASKED = ["/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
          "/proc/timer_stats", "/proc/sched_debug", "/proc/acpi", "/proc/scsi", "/sys/firmware"]
SLIPWAY = "{prefix}/bin/slipway run --store {store} {image} /bin/true"
# crun refuses to start where version 2 of cgroups is mounted beside version 1, even when it is to make none.
CRUN = ["unshare", "--mount", "sh", "-c", "umount /sys/fs/cgroup/unified 2>/dev/null; exec \"$@\"", "sh"]
PODMAN = """podman --runtime crun --cgroup-manager cgroupfs --root {home}/storage --runroot {home}/run run --rm
  --network none --cgroups disabled --rootfs {root} /bin/true"""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build", help="build directory (default: %(default)s)")
    parser.add_argument("--starts", type=int, default=100, help="of each case (default: %(default)s)")
    parser.add_argument("--pause", type=float, default=50, help="milliseconds before each start (default: %(default)s)")
    parser.add_argument("--seed", type=int, help="of the order; printed, so that it can be repeated")
    parser.add_argument("--only", action="append", metavar="CASE", help="limit is always there; may be repeated")
    parser.add_argument("--case", action="append", default=[], metavar="NAME=COMMAND",
                        help="a further case as root; {prefix} {store} {image} {root} are filled in")
    parser.add_argument("--slipway", default=SLIPWAY, metavar="COMMAND", help="default: %(default)s")
    parser.add_argument("--gate", type=float, metavar="RATIO", help="fail when slipway as root is above RATIO x limit")
    parser.add_argument("--json", metavar="FILE", help="also write all times, in ns")
    return parser.parse_args()


def run(*command, **keywords):
    return subprocess.run(command, check=True, **keywords)


def ordinary_user(name):
    """An ordinary user; made as the tests make it where there is none."""
    try:
        return pwd.getpwnam(name)
    except KeyError:
        run("useradd", "--system", "--user-group", "--create-home", "--shell", "/bin/sh", name)
        return pwd.getpwnam(name)


def range_user():
    """The one with subordinate ids."""
    user = ordinary_user(RANGE_USER)
    for file, option in (("/etc/subuid", "--add-subuids"), ("/etc/subgid", "--add-subgids")):
        lines = [line.split(":") for line in pathlib.Path(file).read_text().split()]
        if not any(line[0] == RANGE_USER for line in lines):
            first = max([100000] + [int(line[1]) + int(line[2]) for line in lines])
            run("usermod", option, f"{first}-{first + 65535}", RANGE_USER)
    return user


def prepare(build, work):
    """The installed program, an image archive and its unpacked layer, all within the user's reach."""
    work.chmod(0o755)
    prefix, image, root = work / "prefix", work / "image.tar", work / "root"
    if (build / "bin/slipway").exists():
        run("cmake", "--install", build, "--prefix", prefix, stdout=subprocess.DEVNULL)
    run(TOP / "examples/make-image.sh", image)
    with tarfile.open(image) as archive:
        layer = json.load(archive.extractfile("manifest.json"))[0]["Layers"][0]
        with tarfile.open(fileobj=archive.extractfile(layer)) as tree:
            tree.extractall(root)
    time.sleep(3.1)  # the store keeps no record of an archive that is younger than 2 s, in whole seconds
    return prefix, image, root


def masked():
    return [path for path in MASKED if os.path.exists(path)]


def bwrap_command(root, user):
    help_text = subprocess.run(["bwrap", "--help"], capture_output=True, text=True).stdout
    if "--tmp-overlay" in help_text:
        rootfs = f"--overlay-src {root} --tmp-overlay /"
    else:
        rootfs = f"--bind {root} /"
    masks = [f"--tmpfs {path}" if os.path.isdir(path) else f"--ro-bind /dev/null {path}" for path in masked()]
    etc = [f"--ro-bind {path} {path}" for path in oci.etc_files()]
    return shlex.split(BWRAP.format(rootfs=rootfs, etc=" ".join(etc), masks=" ".join(masks),
                                    user="--unshare-user" if user else ""))


def launch_as(user, launch, *environment):
    become = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--reset-env"]
    return become + (["env", *environment] if environment else []) + launch


def podman_case(user, launch, root, work):
    """podman as a user with one id: the root must be a directory of the user's own, and so must all it writes."""
    home, own = work / "podman", work / "podman-root"
    home.mkdir(mode=0o700)
    run("cp", "-a", root, own)
    run("chown", "-R", f"{user.pw_uid}:{user.pw_gid}", home, own)
    return CRUN + launch_as(user, launch, f"HOME={home}", f"XDG_RUNTIME_DIR={home}") + shlex.split(
        PODMAN.format(home=home, root=own))


def end_podman(work):
    """It keeps a process for the next command of the same user, and its root mounted inside that one."""
    for file in work.glob("podman/libpod/tmp/pause.pid"):
        os.kill(int(file.read_text()), signal.SIGKILL)


def peers(launch, single, root, work):
    bundle = oci.write_bundle(work / "bundle", root, masked())
    found = {"bwrap root": launch + bwrap_command(root, user=False),
             "crun root": CRUN + launch + ["crun", "--cgroup-manager=disabled", "run", "--bundle", str(bundle), "bench-crun"],
             "runc root *": launch + ["runc", "run", "--bundle", str(bundle), "bench-runc"],
             "bwrap one id": launch_as(single, launch) + bwrap_command(root, user=True),
             "podman one id": podman_case(single, launch, root, work)}
    return {name: command for name, command in found.items() if shutil.which(name.split()[0])}


def cases(options, build, work):
    prefix, image, root = prepare(build, work)
    launch = [str(build / "bench/launch")]
    single = ordinary_user(SINGLE_USER)
    found = {"limit": launch + [str(build / "bench/limit"), str(root), "/bin/true"]}
    found.update(peers(launch, single, root, work))
    stores = {}
    for who, user in (("root", None), ("one id", single), ("range", range_user())):
        stores[who] = work / f"store-{who.replace(' ', '-')}"
        stores[who].mkdir(mode=0o700)
        os.chown(stores[who], user.pw_uid if user else 0, user.pw_gid if user else 0)
        command = options.slipway.format(prefix=prefix, store=stores[who], image=image, root=root)
        found[f"slipway {who}"] = (launch_as(user, launch) if user else launch) + shlex.split(command)
    for case in options.case:
        name, _, command = case.partition("=")
        found[name] = launch + shlex.split(
            command.format(prefix=prefix, store=stores["root"], image=image, root=root))
    # launch uses no PATH: what it starts is named in full.
    for command in found.values():
        at = command.index(launch[0]) + 1
        command[at] = shutil.which(command[at]) or command[at]
    return {name: command for name, command in found.items()
            if not options.only or name == "limit" or name in options.only}


def start(name, command):
    """One start's time in ns."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    words = done.stdout.split()
    if done.returncode != 0 or len(words) != 3 or words[1] != "0":
        sys.exit(f"{name} failed: {shlex.join(command)}\n{done.stdout}{done.stderr}")
    return int(words[0])


def measure(options, commands, seed):
    for name, command in commands.items():  # fills stores and page cache
        for _ in range(3):
            start(name, command)
    order = [name for name in commands for _ in range(options.starts)]
    random.Random(seed).shuffle(order)
    times = {name: [] for name in commands}
    for name in order:
        time.sleep(options.pause / 1000)
        times[name].append(start(name, commands[name]))
    return times


def summary(times):
    limit = statistics.median(times["limit"])
    rows = {}
    for name, values in times.items():
        median = statistics.median(values)
        rows[name] = {"median_ms": median / 1e6, "min_ms": min(values) / 1e6, "ratio": median / limit,
                      "mad_ms": statistics.median(abs(value - median) for value in values) / 1e6}
    return rows


def main():
    options = arguments()
    if os.geteuid() != 0:
        sys.exit("bench: needs root: the bare program makes mounts, and the ordinary user must be become")
    build = pathlib.Path(options.build).resolve()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 32)
    system = f"Linux {os.uname().release}, {os.cpu_count()} CPUs"
    with tempfile.TemporaryDirectory(prefix="slipway-bench-", ignore_cleanup_errors=True) as name:
        commands = cases(options, build, pathlib.Path(name))
        before = os.getloadavg()
        try:
            times = measure(options, commands, seed)
        finally:
            end_podman(pathlib.Path(name))
    after = os.getloadavg()
    rows = summary(times)
    print(f"{system}; {options.starts} starts each, seed {seed}; "
          f"load average {before[0]:.2f} before, {after[0]:.2f} after (these starts included)")
    print(f"{'':15}{'median ms':>10}{'MAD':>8}{'min':>8}{'x limit':>9}")
    for name, row in rows.items():
        print(f"{name:15}{row['median_ms']:10.3f}{row['mad_ms']:8.3f}{row['min_ms']:8.3f}{row['ratio']:9.2f}")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(
            {"system": system, "seed": seed, "pause_ms": options.pause, "load_before": before, "load_after": after,
             "summary": rows, "times_ns": times, "commands": {n: shlex.join(c) for n, c in commands.items()}}, indent=1))
    ratio = rows.get("slipway root", {}).get("ratio")
    if options.gate and (ratio is None or ratio > options.gate):
        sys.exit(f"bench: slipway as root is at {ratio and round(ratio, 2)} x limit; the gate is {options.gate}")


if __name__ == "__main__":
    main()
