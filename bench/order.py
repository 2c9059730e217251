#!/usr/bin/env python3
"""Renews core/cli/order.ld: what a recorded start executes, so that the linker lays it side by side.

A page fault on a program's file maps the sixteen pages around; what is executed is a third of the program and, left
alone, is strewn over all of it. Runs a start step by step (bench/executed.c), looks up each address in the linker's map,
and writes the sections down. What a later change makes untrue costs some speed and nothing else. Needs root.
"""
import argparse
import bisect
import pathlib
import re
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[1]
HEAD = """/* The code of a recorded start, side by side; written by bench/order.py, which `./dev order` runs.
 * Augments the linker's own script; ld(1), "INSERT". Entries that are there no more match nothing. */
SECTIONS
{
  .text.start :
  {
"""
TAIL = """  }
}
INSERT BEFORE .text;
"""
SECTION = re.compile(r"^ (\.text\S*)(?:\s+0x(\w+)\s+0x(\w+)\s+(\S.*))?$")
CONTINUED = re.compile(r"^\s+0x(\w+)\s+0x(\w+)\s+(\S.*)$")
IN_ARCHIVE = re.compile(r".*/(lib[^/]+\.a)\(([^)]+)\)$")


def sections_of(link_map):
    """(address, size, section, file) of each piece of code, by address."""
    found, name = [], None
    for line in link_map.read_text().splitlines():
        if match := SECTION.match(line):
            name, *rest = match.groups()
            if rest[0] is None:
                continue  # a long name: the rest stands on the next line
        elif name and (match := CONTINUED.match(line)):
            rest = match.groups()
        else:
            name = None
            continue
        address, size = int(rest[0], 16), int(rest[1], 16)
        if address and size:
            found.append((address, size, name, rest[2]))
        name = None
    return sorted(found)


def entry(name, file):
    """As the linker's script names it: a function of ours or of C++ by its section, one of the C library by its file."""
    archive = IN_ARCHIVE.match(file)
    if name.startswith((".text._Z", ".text.startup._", ".text.unlikely._Z")) or not archive:
        return f"*({name})"
    return f"*{archive[1]}:{archive[2]}({name})"


def executed(build, work):
    prefix, image, store = work / "prefix", work / "image.tar", work / "store"
    subprocess.run(["cmake", "--install", build, "--prefix", prefix], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([TOP / "examples/make-image.sh", image], check=True)
    store.mkdir(mode=0o700)
    time.sleep(3.1)  # the store keeps no record of an archive that is younger than 2 s, in whole seconds
    command = [prefix / "bin/slipway", "run", "--store", store, image, "/bin/true"]
    for _ in range(2):
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    steps = subprocess.run([build / "bench/executed", *command], check=True, stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, text=True)
    return [int(line, 16) for line in steps.stdout.split()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=TOP / "build", help="build directory (default: build)")
    build = parser.parse_args().build.resolve()
    sections = sections_of(build / "core/cli/slipway.map")
    begins = [section[0] for section in sections]
    used = set()
    with tempfile.TemporaryDirectory(prefix="slipway-order-") as work:
        for address in executed(build, pathlib.Path(work)):
            at = bisect.bisect_right(begins, address) - 1
            if at >= 0 and address < begins[at] + sections[at][1]:
                used.add(at)
    lines = sorted({f"    {entry(*sections[at][2:])}\n" for at in used})  # by name: the next time changes little
    (TOP / "core/cli/order.ld").write_text(HEAD + "".join(lines) + TAIL)
    size, all_of_it = sum(sections[at][1] for at in used), sum(section[1] for section in sections)
    print(f"{len(used)} of {len(sections)} sections, {size // 1024} of {all_of_it // 1024} KiB")
    return 0 if used else 1


if __name__ == "__main__":
    sys.exit(main())
