#!/usr/bin/env python3
"""What slipway compare adds to what it measures: the same commands, timed by it, by hyperfine (-N, no shell) and by
bench/launch.c, which does nothing but vfork, execve and wait.

The commands are an empty program (/bin/true) and a recorded start of /bin/true in a container. All three take turns, in
random order, with a few runs of each command a turn, so that what else happens on the machine meets them alike; within a
turn the commands alternate, but in hyperfine's, which knows batches alone. "between" is what passes around a run that
is not measured: noting it down, starting the next one. As the calling user. Needs hyperfine.
"""
import argparse
import json
import os
import pathlib
import random
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[1]
MOST_MS, MOST_PART = 1.0, 0.02


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build", help="build directory (default: %(default)s)")
    parser.add_argument("--turns", type=int, default=20, help="of each of the three (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=20, help="of each command in a turn (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the order (default: %(default)s)")
    parser.add_argument("--gate", action="store_true",
                        help=f"fail when it adds more than {MOST_MS} ms or {MOST_PART:.0%} to what launch.c measures")
    return parser.parse_args()


class Turn:
    """Each measurer times both commands, and yields lists of milliseconds: the empty program's, the start's."""

    def __init__(self, build, work, runs):
        self.runs, self.work, self.build = runs, work, build
        self.image, self.store = work / "image.tar", work / "store"
        subprocess.run([TOP / "examples/make-image.sh", self.image], check=True)
        time.sleep(3.1)  # the store keeps no record of an archive that is younger than 2 s, in whole seconds
        self.start = [str(build / "bin/slipway"), "run", "--store", str(self.store), str(self.image), "/bin/true"]
        self.empty = ["/bin/true"]
        self.between = []
        for _ in range(3):
            subprocess.run(self.start, check=True, stdin=subprocess.DEVNULL)

    def launch(self):
        times = ([], [])
        for _ in range(self.runs):
            for command, found in zip((self.empty, self.start), times):
                told = subprocess.check_output([self.build / "bench/launch", *command], text=True).split()
                if told[1] != "0":
                    sys.exit(f"bench: {command} failed")
                found.append(int(told[0]) / 1e6)
        return times

    def hyperfine(self):
        result = self.work / "hyperfine.json"
        subprocess.run(["hyperfine", "-N", "--style", "none", "--warmup", "1", "--runs", str(self.runs), "--export-json",
                        result, shlex.join(self.empty), shlex.join(self.start)], check=True, stderr=subprocess.DEVNULL)
        return [[second * 1e3 for second in one["times"]] for one in json.loads(result.read_text())["results"]]

    def compare(self):
        told = subprocess.check_output(
            [self.start[0], "compare", "--json", "--details", "none", "--rounds", str(self.runs), "--store", self.store,
             "--against", shlex.join(self.empty), self.image, "/bin/true"])
        outcome = json.loads(told)
        runs = sorted(outcome["runs"], key=lambda run: run["at_s"])
        for one, other in zip(runs, runs[1:]):
            self.between.append((other["at_s"] - one["at_s"]) * 1e3 - one["figures"]["wall"])
        name = pathlib.Path(self.empty[0]).name
        at = next(number for number, variant in enumerate(outcome["variants"]) if variant["name"] == name)
        walls = {number: [run["figures"]["wall"] for run in runs if run["variant"] == number] for number in (0, at)}
        return walls[at], walls[0]


def main():
    options = arguments()
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="slipway-bench-", ignore_cleanup_errors=True) as name:
        turn = Turn(pathlib.Path(options.build).resolve(), pathlib.Path(name), options.runs)
        measurers = {"launch.c": turn.launch, "hyperfine": turn.hyperfine, "compare": turn.compare}
        times = {measurer: ([], []) for measurer in measurers}
        for _ in range(options.turns):
            for measurer in rng.sample(list(measurers), len(measurers)):
                for all_times, found in zip(times[measurer], measurers[measurer]()):
                    all_times.extend(found)
    print(f"Linux {os.uname().release}, {os.cpu_count()} CPUs; {options.turns * options.runs} runs each; "
          f"load average {os.getloadavg()[0]:.2f} (these runs included)")
    print(f"{'':14}{'empty ms':>10}{'added':>9}{'start ms':>11}{'added':>9}{'':>10}")
    limit = [statistics.median(found) for found in times["launch.c"]]
    for measurer, found in times.items():
        empty, start = (statistics.median(each) for each in found)
        part = start / limit[1] - 1
        print(f"{measurer:14}{empty:10.3f}{empty - limit[0]:+9.3f}{start:11.3f}{start - limit[1]:+9.3f}{part:+10.2%}")
        if measurer == "compare":
            worst = max(empty - limit[0], start - limit[1])
            failed = worst > MOST_MS or part > MOST_PART
    print(f"between two runs of compare: {statistics.median(turn.between):.3f} ms")
    if options.gate and failed:
        sys.exit("bench: beyond the gate")


if __name__ == "__main__":
    main()
