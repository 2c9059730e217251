#!/usr/bin/env python3
"""What plugins cost: each built-in one by itself, and a pipeline of 20 of them against one of 6.

Prints, in milliseconds:
  a row for each plugin     the medians of finding it (its file, owners and manifest), of loading it, of its plan (of one
                            that serves the stage image: its resolve), and of loading and planning together
  without a record          the median start of a pipeline of 20 plugins, of one of 6, and of their difference, where
                            pipeline and plugins are read and each plugin is loaded and asked (the store is filled)
  from a record             the same of the starts after it
Rounds are interleaved in random order, so that what else happens on the machine meets all alike.
"""
import argparse
import collections
import json
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[1]
MOST_PLUGIN, MOST_PIPELINE = 0.2, 3.0  # milliseconds
STAGES = 6


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build", help="build directory (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=100, help="of each case (default: %(default)s)")
    parser.add_argument("--gate", action="store_true", help=f"fail when a plugin takes more than {MOST_PLUGIN} ms to load "
                        f"and plan, or 20 plugins start more than {MOST_PIPELINE} ms later than 6")
    return parser.parse_args()


def plugin_rows(build, rounds):
    """{name: [(find, load, plan) in ms…]}"""
    told = subprocess.run([build / "bench/planning", build / "lib/slipway/plugins", str(rounds)], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    samples = collections.defaultdict(list)
    for line in told.splitlines():
        name, *nanoseconds = line.split()
        samples[name].append([int(number) / 1e6 for number in nanoseconds])
    return samples


def show_plugins(samples):
    """The names of those that take too long."""
    print(f"{'plugin':20}{'find':>8}{'load':>8}{'plan':>8}{'load and plan':>15}")
    slow = []
    for name, rows in samples.items():
        find, load, plan = (statistics.median(column) for column in zip(*rows))
        both = statistics.median(row[1] + row[2] for row in rows)
        print(f"{name:20}{find:8.3f}{load:8.3f}{plan:8.3f}{both:15.3f}")
        if both > MOST_PLUGIN:
            slow.append(name)
    return slow


def write_pipeline(path, image, plugins):
    """A pipeline with one plugin for each stage, and these beside them."""
    path.write_text(json.dumps({
        "plugin_dirs": sorted({str(plugin.parent) for plugin in plugins}),
        "image": {"use": "image-docker-save", "source": str(image)},
        "rootfs": {"use": "fs-overlay"}, "pseudo": [{"use": "pseudo-standard"}],
        "harden": [{"use": "harden-proc"}, *({"use": plugin.stem} for plugin in plugins)],
        "network": {"use": "net-loopback"}, "exec": {"use": "exec-process"}}))
    return path


def start(slipway, store, pipeline):
    begin = time.monotonic_ns()
    subprocess.run([slipway, "run", "--store", store, pipeline, "/bin/true"], check=True, stdin=subprocess.DEVNULL)
    return (time.monotonic_ns() - begin) / 1e6


def forget(store):
    """Makes the next start one without a record."""
    for record in store.glob("starts/*"):
        record.unlink()


def pipeline_rows(build, rounds, work):
    """{"without a record": {6: [ms…], 20: [ms…]}, "from a record": …}"""
    plugins = sorted((build / "bench/plugins").glob("*.so"))
    image, store = work / "image.tar", work / "store"
    subprocess.run([TOP / "examples/make-image.sh", image], check=True)
    pipelines = {STAGES + len(some): write_pipeline(work / f"{len(some)}.json", image, some) for some in ([], plugins)}
    time.sleep(3.1)  # the store keeps no record of what is younger than 2 s, in whole seconds
    slipway = build / "bin/slipway"
    times = {case: collections.defaultdict(list) for case in ("without a record", "from a record")}
    for pipeline in pipelines.values():
        start(slipway, store, pipeline)
    for case in ("from a record", "without a record"):
        for _ in range(rounds):
            for count, pipeline in random.sample(list(pipelines.items()), len(pipelines)):
                if case == "without a record":
                    forget(store)
                times[case][count].append(start(slipway, store, pipeline))
    return times


def show_pipelines(times):
    """Whether one of the differences is too much."""
    print(f"\n{'':20}" + "".join(f"{count:>5} plugins" for count in sorted(next(iter(times.values())))) + "   difference")
    beyond = False
    for case, of_count in times.items():
        few, many = (of_count[count] for count in sorted(of_count))
        difference = statistics.median(b - a for a, b in zip(few, many))
        print(f"{case:20}{statistics.median(few):13.2f}{statistics.median(many):13.2f}{difference:13.2f}")
        beyond = beyond or difference > MOST_PIPELINE
    return beyond


def main():
    options = arguments()
    build = pathlib.Path(options.build).resolve()
    failed = show_plugins(plugin_rows(build, options.rounds))
    with tempfile.TemporaryDirectory(prefix="slipway-bench-", ignore_cleanup_errors=True) as name:
        if show_pipelines(pipeline_rows(build, options.rounds, pathlib.Path(name))):
            failed.append("20 plugins")
    if options.gate and failed:
        sys.exit("bench: beyond the gate: " + ", ".join(failed))


if __name__ == "__main__":
    main()
