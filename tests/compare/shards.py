#!/usr/bin/env python3
"""An experiment shared out by `slipway compare --emit`, run by a scheduler, and merged.

shards.py [--slurm] SLIPWAY MAKE_IMAGE: without --slurm the commands are run one after the other, as anybody's scheduler
would; with it a Slurm of its own (munged, slurmctld, slurmd; Debian's packages) runs the job array on this machine.
Everything lies in one directory and one mount namespace, and goes at the end. Root's.
"""
import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ROUNDS, SHARDS = 7, 3
LIMIT_S = 120  # for what takes a second on an idle machine


def alone_in_its_mounts():
    """A /run of this test's own, so that comparisons of other tests are none of its business."""
    if os.environ.get("SLIPWAY_SHARDS_INSIDE") == "1":
        return
    os.environ["SLIPWAY_SHARDS_INSIDE"] = "1"
    inner = ["sh", "-c", 'mount -t tmpfs run /run && exec "$@"', "sh", sys.executable, *sys.argv]
    os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", *inner])


def run(*words, expect=0, **more):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=LIMIT_S, **more)
    assert done.returncode == expect, f"{words} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def wait_for(what, is_there):
    end = time.monotonic() + LIMIT_S
    while not is_there():
        assert time.monotonic() < end, f"{what} did not come up"
        time.sleep(0.1)


class Slurm:
    """A cluster of this machine alone."""

    def __init__(self, top):
        self.top = top
        self.daemons = []
        self.socket = top / "munge.socket"
        self.environment = dict(os.environ, SLURM_CONF=str(top / "slurm.conf"))

    def __enter__(self):
        try:
            return self.begin()
        except BaseException:
            self.__exit__()
            raise

    def begin(self):
        top = self.top
        for name in ("state", "spool"):
            (top / name).mkdir()
        (top / "key").write_bytes(os.urandom(128))
        (top / "key").chmod(0o400)
        control, node = free_ports(2)
        host = socket.gethostname().split(".")[0]
        (top / "slurm.conf").write_text(f"""
ClusterName=slipway
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={self.socket}
SlurmctldPort={control}
SlurmdPort={node}
StateSaveLocation={top}/state
SlurmdSpoolDir={top}/spool
SlurmctldPidFile={top}/slurmctld.pid
SlurmdPidFile={top}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
ReturnToService=2
MpiDefault=none
NodeName={host} NodeAddr=127.0.0.1 CPUs={os.cpu_count()} State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
""")
        self.start("munged", "--force", "--foreground", f"--key-file={top}/key", f"--socket={self.socket}",
                   f"--pid-file={top}/munged.pid", f"--log-file={top}/munged.log", f"--seed-file={top}/seed")
        wait_for("munged", self.socket.exists)
        self.start("slurmctld", "-D")
        self.start("slurmd", "-D")
        wait_for("the node", lambda: "idle" in subprocess.run(["sinfo", "-h", "-o", "%t"], capture_output=True,
                                                              text=True, env=self.environment).stdout)
        return self

    def start(self, *words):
        with open(self.top / (words[0] + ".txt"), "wb") as log:
            program = shutil.which(words[0], path=os.environ["PATH"] + ":/usr/sbin")
            self.daemons.append(subprocess.Popen([program, *words[1:]], stdin=subprocess.DEVNULL, stdout=log,
                                                 stderr=log, env=self.environment))

    def submit(self, job):
        run("sbatch", "--wait", job, env=self.environment)

    def __exit__(self, *_):
        for daemon in reversed(self.daemons):
            daemon.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                daemon.wait(LIMIT_S)
            daemon.kill()
            daemon.wait()


def run_commands(jobs):
    # A machine that went down while the first line was written has noted no run.
    (jobs / "notes" / "2").write_text('{"slipway-compare')
    for line in (jobs / "commands.txt").read_text().splitlines():
        run("sh", "-c", line)


def check(slipway, jobs, work):
    """The shards' results are one result that has all blocks, and each variant in each."""
    parts = sorted((jobs / "outcomes").glob("*.json"))
    assert len(parts) == SHARDS, parts
    merged = work / "merged.json"
    run(slipway, "compare", "merge", *parts, "--export-json", merged)
    whole = json.loads(merged.read_text())
    variants = len(whole["variants"])
    assert variants == 3, whole["variants"]  # two, and the control
    seen = sorted((one["block"], one["variant"]) for one in whole["runs"])
    assert seen == [(block, variant) for block in range(ROUNDS) for variant in range(variants)], seen
    assert len(whole["hosts"]) == SHARDS
    assert not any(one.get("failure") for one in whole["runs"])
    # A shard that is done is not run again, and the same shard twice is no more than once.
    before = parts[0].read_bytes()
    run("sh", jobs / "shard.sh", "1")
    assert parts[0].read_bytes() == before
    told = subprocess.run([slipway, "compare", "merge", parts[0], parts[0]], capture_output=True, text=True)
    assert told.returncode == 1 and "hold the same runs" in told.stderr, told


def main():
    if os.geteuid() != 0:
        print("SKIPPED: needs root, for mounts of its own")
        return
    alone_in_its_mounts()
    slurm = "--slurm" in sys.argv
    slipway, make_image = [word for word in sys.argv[1:] if not word.startswith("--")]
    with tempfile.TemporaryDirectory() as made:
        work = pathlib.Path(made)
        run("sh", make_image, work / "image.tar")
        jobs = work / "jobs"
        told = run(slipway, "compare", "--emit", "slurm" if slurm else "commands", jobs, "--shards", SHARDS, "--rounds",
                   ROUNDS, "--store", work / "store", "--vary", "network=net-loopback,net-none", work / "image.tar",
                   "true")
        assert str(jobs) in told, told
        if slurm:
            (work / "slurm").mkdir()
            with Slurm(work / "slurm") as cluster:
                cluster.submit(jobs / "job.slurm")
        else:
            run_commands(jobs)
        check(slipway, jobs, work)
    print("ok")


if __name__ == "__main__":
    main()
