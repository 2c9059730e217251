#!/usr/bin/env python3
"""What the two root filesystems cost, side by side: a start on an overlay and on a copy, with an empty store (cold) and
with the layers there (warm), of an image with many files.

Beside them stand the copy alone, as slipway times its step, and `cp -a --reflink=auto` of the same unpacked layer in the
same round. Removing what was made counts for a start, as it is part of it, and not for the two copies. Rounds are
interleaved. Needs root and busybox-static.
"""
import argparse
import io
import json
import pathlib
import random
import shutil
import statistics
import subprocess
import tarfile
import tempfile
import time


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build", help="build directory (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=10, help="default: %(default)s")
    parser.add_argument("--files", type=int, default=10000, help="of the image (default: %(default)s)")
    parser.add_argument("--megabytes", type=int, default=200, help="in all of them (default: %(default)s)")
    parser.add_argument("--place", default="/var/tmp", help="where the store lies (default: %(default)s)")
    return parser.parse_args()


def make_image(path, files, megabytes):
    """A flat layer: busybox, and files of many sizes in a hundred directories."""
    def add(archive, name, data, mode=0o644):
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(data), mode
        archive.addfile(entry, io.BytesIO(data))

    rng = random.Random(1)
    weights = [rng.paretovariate(1.2) for _ in range(files)]
    each = megabytes * 2**20 / sum(weights)
    content = rng.randbytes(2**22)
    layer = path.with_name("layer.tar")
    with tarfile.open(layer, "w") as archive:
        add(archive, "bin/true", pathlib.Path("/bin/busybox").read_bytes(), 0o755)
        for number, weight in enumerate(weights):
            data = (content * (int(weight * each) // len(content) + 1))[:int(weight * each)]
            add(archive, f"files/{number % 100}/{number}", data)
    digest = subprocess.check_output(["sha256sum", layer], text=True).split()[0]
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {},
                         "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest]}}).encode()
    with tarfile.open(path, "w") as archive:
        add(archive, "config.json", config)
        archive.add(layer, "layer.tar")
        add(archive, "manifest.json",
            json.dumps([{"Config": "config.json", "RepoTags": ["files:latest"], "Layers": ["layer.tar"]}]).encode())
    layer.unlink()


class Bench:
    def __init__(self, given, place):
        self.slipway, self.place, self.image = pathlib.Path(given.build) / "bin/slipway", place, place / "image.tar"
        self.times = {}
        make_image(self.image, given.files, given.megabytes)

    def note(self, case, seconds):
        self.times.setdefault(case, []).append(seconds * 1000)

    def run(self, store, *options):
        begin = time.monotonic()
        done = subprocess.run([self.slipway, "run", "--store", self.place / store, *options, self.image, "/bin/true"],
                              stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        return time.monotonic() - begin, done.stderr

    def round(self):
        for plugin in ("fs-overlay", "fs-copy"):
            use = ["--use", f"rootfs={plugin}"]
            shutil.rmtree(self.place / "cold", ignore_errors=True)
            self.note(f"{plugin}, cold", self.run("cold", *use)[0])
            self.note(f"{plugin}, warm", self.run("warm", *use)[0])
        log = self.run("warm", "--log-format", "json", "--use", "rootfs=fs-copy")[1]
        steps = [json.loads(line) for line in log.splitlines()]
        self.note("  the step copy", next(one["microseconds"] for one in steps if one.get("type") == "copy") / 1e6)
        tree = next((self.place / "warm/layers").iterdir()) / "tree"
        begin = time.monotonic()
        subprocess.run(["cp", "-a", "--reflink=auto", tree, self.place / "cp"], check=True)
        self.note("  cp -a --reflink=auto", time.monotonic() - begin)
        shutil.rmtree(self.place / "cp")

    def table(self):
        print(f"{'milliseconds':26}{'median':>10}{'fastest':>10}")
        for case, times in self.times.items():
            print(f"{case:26}{statistics.median(times):10.1f}{min(times):10.1f}")


def main():
    given = arguments()
    with tempfile.TemporaryDirectory(dir=given.place) as place:
        bench = Bench(given, pathlib.Path(place))
        bench.run("warm", "--use", "rootfs=fs-copy")
        bench.run("warm", "--use", "rootfs=fs-overlay")
        for _ in range(given.rounds):
            bench.round()
        bench.table()


if __name__ == "__main__":
    main()
