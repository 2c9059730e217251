#!/usr/bin/env python3
"""Carries out a page as it stands there, on a machine that knows slipway's packages alone.

guide.py PAGE PACKAGES [--folder]: with --folder in a copy of the page's folder, with the packages installed already,
and at the end its ci.sh. A block ```sh is a part of one shell session, ```sh root of root's, ```LANG file=PATH is written
to that file, and a block ```text is what the block before it prints: "…" stands for anything, alone for any lines.
"""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.M | re.S)


# What is made by following the page is not part of the folder.
MADE = shutil.ignore_patterns("build", "target", "image.tar", "Cargo.lock")
# A copy in the reader's home, who goes there.
INSTALLED = """cd /packages
apt-get install -y -q ./slipway_*.deb ./slipway-dev_*.deb > /shared/apt.log 2>&1 || { cat /shared/apt.log; exit 1; }
cp -r /shared/folder /home/reader/folder
chown -R reader: /home/reader/folder
echo /home/reader/folder > /tmp/where"""


def session(blocks, shared, folder):
    """Writes one script a block, and one that carries them out in order and keeps what each one prints."""
    lines = ["set -eu", "export LC_ALL=C.UTF-8", "useradd --create-home reader", "echo /home/reader > /tmp/where",
             "chown reader /tmp/where"]
    if folder:
        shutil.copytree(folder, pathlib.Path(shared, "folder"), ignore=MADE)
        lines.append(INSTALLED)
    for number, (kind, extra, text) in enumerate(blocks):
        as_root = kind == "sh" and extra == "root"
        if extra.startswith("file="):
            text = f"cat > {shlex.quote(extra[5:])} <<'END-OF-FILE'\n{text}END-OF-FILE\n"
        elif kind != "sh":
            continue
        # Where a block ends the next one begins; nothing else of a shell is carried over.
        place = "cd /packages\n" if as_root else 'cd "$(cat /tmp/where)"\n'
        rest = "" if as_root else "pwd > /tmp/where\n"
        pathlib.Path(shared, f"{number}.sh").write_text(f"set -e\n{place}{text}{rest}")
        run = f"sh /shared/{number}.sh"
        out = f"/shared/{number}.out"
        lines.append(f"{run if as_root else f'su reader -c {shlex.quote(run)}'} > {out} 2>&1 < /dev/null || "
                     f"{{ cat /shared/{number}.sh {out}; exit 1; }}")
    if folder:  # what its own continuous integration runs
        lines.append("su reader -c /home/reader/folder/ci.sh > /shared/ci.out 2>&1 < /dev/null || "
                     "{ cat /shared/ci.out; exit 1; }")
    pathlib.Path(shared, "script").write_text("\n".join(lines) + "\n")


def matches(expected, printed):
    pattern = "".join("(?:.*\n)*?" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + "\n"
                      for line in expected.splitlines())
    return re.fullmatch(pattern, printed) is not None


def main(guide, packages, *rest):
    if os.geteuid() != 0:
        print("SKIPPED: needs root, to make a machine of Debian packages")
        return 0
    blocks = [(kind, extra.strip(), text) for kind, extra, text in BLOCK.findall(pathlib.Path(guide).read_text())]
    with tempfile.TemporaryDirectory() as shared:
        pathlib.Path(shared).chmod(0o755)
        session(blocks, shared, pathlib.Path(guide).parent if rest else None)
        status = subprocess.run([HERE / "machine", packages, shared, "sh", "/shared/script"], check=False).returncode
        if status:
            return 0 if status == 77 else status
        problems, checked = 0, 0
        for number, (kind, _, text) in enumerate(blocks):
            if kind != "text":
                continue
            printed = pathlib.Path(shared, f"{number - 1}.out").read_text()
            checked += 1
            if not matches(text, printed):
                problems += 1
                print(f"FAILED: the page says that\n{blocks[number - 1][2]}prints\n{text}but it prints\n{printed}")
        print(f"{len(blocks)} blocks, {checked} of them held against what was printed")
        return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
