#!/usr/bin/env python3
"""Every path of the repository that the documentation names is there, and so is every link's target."""
import itertools
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
# A word that begins with one of the repository's folders. `<type>` stands for any name, `{a,b}` for each of them.
NAMED = re.compile(r"(?<![\w/.$~-])((?:core|sdk|plugins|tests|examples|docs|bench|cmake|\.ci)/[\w./*{},<>-]*[\w/*}>])")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def braces(path):
    match = re.search(r"\{([^{}]*)\}", path)
    if not match:
        return [path]
    return list(itertools.chain.from_iterable(
        braces(path[: match.start()] + word + path[match.end():]) for word in match.group(1).split(",")))


def exists(base, path):
    pattern = re.sub(r"<[^<>]*>", "*", path).rstrip("/")
    return any(base.glob(pattern)) if "*" in pattern else (base / pattern).exists()


def main():
    files = subprocess.run(["git", "ls-files", "--", "*.md"], cwd=TOP, check=True, capture_output=True, text=True).stdout
    problems = []
    for name in files.split():
        file = TOP / name
        for number, line in enumerate(file.read_text().splitlines(), 1):
            for path in itertools.chain.from_iterable(braces(found) for found in NAMED.findall(line)):
                if not exists(TOP, path):
                    problems.append(f"{name}:{number}: {path} is not there")
            for path in LINK.findall(line):
                if "://" not in path and not exists(file.parent, path):
                    problems.append(f"{name}:{number}: the link to {path} leads nowhere")
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
