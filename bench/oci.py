"""An OCI bundle (runtime-spec 1.0) that asks a runtime for what slipway's default pipeline makes: the same namespaces,
mounts, masked and read-only paths, the root as one directory without an overlay, no capabilities dropped, no seccomp."""
import json
import pathlib

READONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]


def mount(target, fstype, *options):
    return {"destination": target, "type": fstype, "source": fstype, "options": list(options)}


def etc_files():
    """What slipway covers by files of the container's own; its peers get the host's bound there."""
    return [path for path in ("/etc/hosts", "/etc/hostname", "/etc/resolv.conf") if pathlib.Path(path).exists()]


def bind(path):
    return {"destination": path, "type": "bind", "source": path, "options": ["bind", "ro"]}


def user_namespace(uid, gid):
    """One id, as an ordinary user maps it without help."""
    return {"uidMappings": [{"containerID": 0, "hostID": uid, "size": 1}],
            "gidMappings": [{"containerID": 0, "hostID": gid, "size": 1}]}


def config(root, masked, ids=None):
    namespaces = ["pid", "ipc", "uts", "network", "mount", "cgroup"] + (["user"] if ids else [])
    pts = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"] + ([] if ids else ["gid=5"])
    return {
        "ociVersion": "1.0.2",
        "process": {"terminal": False, "user": {"uid": 0, "gid": 0}, "args": ["/bin/true"], "env": ["PATH=/bin"],
                    "cwd": "/"},
        "root": {"path": str(root)},
        "hostname": "slipway",
        "mounts": [mount("/proc", "proc", "nosuid", "nodev", "noexec"),
                   mount("/sys", "sysfs", "nosuid", "nodev", "noexec", "ro"),
                   mount("/dev", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
                   mount("/dev/pts", "devpts", *pts),
                   mount("/dev/shm", "tmpfs", "nosuid", "nodev", "noexec", "mode=1777", "size=65536k"),
                   mount("/dev/mqueue", "mqueue", "nosuid", "nodev", "noexec"),
                   mount("/run", "tmpfs", "nosuid", "nodev", "mode=755"),
                   mount("/tmp", "tmpfs", "nosuid", "nodev", "mode=1777"),
                   *(bind(path) for path in etc_files())],
        "linux": {"namespaces": [{"type": name} for name in namespaces], "maskedPaths": masked,
                  "readonlyPaths": READONLY, **(ids or {})},
    }


def write_bundle(directory, root, masked, ids=None):
    directory = pathlib.Path(directory)
    directory.mkdir()
    directory.chmod(0o755)
    (directory / "config.json").write_text(json.dumps(config(root, masked, ids)))
    return directory
