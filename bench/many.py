#!/usr/bin/env python3
"""What many starts cost: memory of one, several at once, and a thousand in a row.

Prints, for a recorded start of /bin/true as the calling user:
  memory       the largest resident set of any process of a start, in MiB
  at once      the time of 16 starts begun together, against 2 x (16 / processors) x one alone
  in a row     the median of the last hundred of many starts, against that of the first hundred, and what they left
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[1]
TOGETHER = 16
PART = 100


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build", help="build directory (default: %(default)s)")
    parser.add_argument("--starts", type=int, default=1000, help="in a row (default: %(default)s)")
    parser.add_argument("--gate", action="store_true", help="fail when memory is above 8 MiB, 16 starts take longer than "
                        "twice their share, or the last hundred are more than 5 %% slower than the first")
    return parser.parse_args()


def milliseconds(function):
    begin = time.monotonic_ns()
    function()
    return (time.monotonic_ns() - begin) / 1e6


def start(command):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def peak_mib(build, command):
    """The largest resident set of slipway and of what it waited for, by getrusage(2)."""
    done = subprocess.run([build / "bench/launch", *command], check=True, stdout=subprocess.PIPE, text=True)
    _, status, kib = done.stdout.split()
    if status != "0":
        sys.exit(f"bench: {command} failed")
    return int(kib) / 1024


def together(command, count):
    processes = [subprocess.Popen(command, stdin=subprocess.DEVNULL) for _ in range(count)]
    if any([process.wait() for process in processes]):
        sys.exit("bench: a start failed")


def entries(*directories):
    return sum(len(list(directory.iterdir())) for directory in directories if directory.is_dir())


def main():
    options = arguments()
    build = pathlib.Path(options.build).resolve()
    failed = []
    with tempfile.TemporaryDirectory(prefix="slipway-bench-", ignore_cleanup_errors=True) as name:
        work = pathlib.Path(name)
        image, store = work / "image.tar", work / "store"
        subprocess.run([TOP / "examples/make-image.sh", image], check=True)
        time.sleep(3.1)  # the store keeps no record of an archive that is younger than 2 s, in whole seconds
        command = [str(build / "bin/slipway"), "run", "--store", str(store), str(image), "/bin/true"]
        for _ in range(3):
            start(command)

        memory = max(peak_mib(build, command) for _ in range(10))
        print(f"memory    {memory:8.2f} MiB at most")
        if memory > 8:
            failed.append("memory")

        alone = statistics.median(milliseconds(lambda: start(command)) for _ in range(30))
        once = statistics.median(milliseconds(lambda: together(command, TOGETHER)) for _ in range(9))
        share = 2 * TOGETHER / os.cpu_count() * alone
        print(f"at once   {once:8.2f} ms for {TOGETHER}; one alone {alone:.2f} ms, so at most {share:.2f}: "
              f"{once / share:.2f}")
        if once > share:
            failed.append("at once")

        mounts = pathlib.Path("/proc/self/mounts").read_text()
        places = (store / "runs", store / "staging", pathlib.Path("/run/slipway"))
        before = entries(*places)
        times = [milliseconds(lambda: start(command)) for _ in range(options.starts)]
        first, last = statistics.median(times[:PART]), statistics.median(times[-PART:])
        left = entries(*places) - before
        same_mounts = pathlib.Path("/proc/self/mounts").read_text() == mounts
        print(f"in a row  {first:8.2f} ms the first {PART}, {last:.2f} ms the last {PART} of {options.starts}: "
              f"{last / first:.3f}; left behind: {left}{'' if same_mounts else ', and mounts'}")
        if last > 1.05 * first:
            failed.append("in a row")
        if left or not same_mounts:
            failed.append("left behind")
    if options.gate and failed:
        sys.exit("bench: beyond the gate: " + ", ".join(failed))


if __name__ == "__main__":
    main()
