#!/usr/bin/env python3
"""Reads every #include and refuses those against the directions of the design.

dependencies.py [TOP]: prints each offending line as file:line and exits 1 when there is one.
"""
import pathlib
import re
import sys

# Folder of core -> folders of core that it may include directly; itself and report always.
CORE = {
    "cli": {"check", "compare", "config", "doctor", "init", "linux", "plan", "plugins", "reference", "run", "script", "steps", "store"},
    "check": {"config", "plan", "store", "linux"},  # docs/decisions/0034-plugin-check.md
    # linux: docs/decisions/0042-reports.md; store: docs/decisions/0041-how-runs-are-made.md
    "compare": {"run", "plan", "config", "linux", "script", "store"},
    # doctor: docs/decisions/0014-doctor.md; init: docs/decisions/0013-terminal-and-init.md
    "run": {"doctor", "init", "plan", "steps", "store", "linux"},
    "doctor": {"plugins", "steps", "store", "linux"},
    "script": {"config", "plan", "steps", "store", "linux"},  # docs/decisions/0023-plans-as-scripts.md
    "plan": {"config", "plugins", "steps", "linux"},  # linux: docs/decisions/0010-plan-may-use-linux.md
    "config": {"plugins", "linux"},
    "plugins": {"linux"},
    "steps": {"linux"},
    "store": {"linux"},
    "unpack": {"plugins", "store", "linux"},
    "linux": set(),
    "init": set(),
    "reference": set(),  # docs/decisions/0035-reference.md
    "report": set(),
}

# Slow to compile, so each stands behind one .cpp.
ONE_FILE = {
    "valijson": r"valijson/",
    "spdlog and fmt": r"(spdlog|fmt)/",
    "Boost.DLL": r"boost/dll",
    "Boost.Math": r"boost/math",
}

# Folders below core's own that stand apart from their neighbours, and which files of core they may include beside
# their own and report: what is computed of figures knows nothing of how they came about.
APART = {"core/compare/statistics/": {"core/compare/random.hpp"}}

# The whole of nlohmann/json; everybody else takes <nlohmann/json_fwd.hpp>.
JSON_FOLDERS = ("core/check/", "core/compare/experiment/", "core/compare/outcome/", "core/compare/report/",
                "core/config/", "core/plan/", "core/reference/", "sdk/host/", "sdk/testing/", "plugins/", "tests/")
# Single files beside those folders, each a reader or writer of one JSON document.
JSON_FILES = {
    "bench/planning.cpp",  # what plugins are asked with
    "core/cli/clean_command.cpp",  # what clean removed
    "core/cli/doctor_command.cpp",  # a doctor's report
    "core/cli/inspect_command.cpp",  # what an image's source holds
    "core/cli/store_command.cpp",  # where an image's layers lie
    "core/cli/plugin_explain.cpp",  # how a plugin was looked for
    "core/cli/plugin_command.cpp",  # a manifest, as `plugin info` shows it
    "core/cli/plugin_paths.cpp",  # the options of manifests
    "core/compare/running/timing_file.cpp",  # what a run says of itself
    "core/plugins/new_plugin.cpp",  # the words that templates are filled in with
    "core/store/image_fact.cpp",  # the image fact, checked as untrusted
    "core/store/job.cpp",  # what the supervisor asks of the worker
    "core/store/losses.cpp",  # what layers lost, as the worker says and the store keeps it
    "core/unpack/resolve.cpp",  # options in, image fact out
}

# Only the worker reads archives, digests and filters system calls: a start from a filled store must not load these.
WORKER_ONLY = r"(archive|archive_entry|seccomp)\.h$|openssl/"

SOURCES = {".c", ".h", ".cpp", ".hpp"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def is_test(path):
    return path.startswith("tests/") or path.endswith(("_test.cpp", "_fuzz.cpp"))


def direction(path, name):
    """What is wrong with `path` including the repository's file `name`, or None."""
    here, there = path.split("/"), name.split("/")
    if there[0] == "tests" and not is_test(path):
        return "only tests include what stands in tests/"
    if there[0] == "plugins" and here[:2] != there[:2]:
        # image-auto is built from parts of the others: docs/decisions/0022-image-sources.md
        if here[0] != "plugins" or not (here[1].startswith("image-") and there[1].startswith("image-")):
            return "nobody includes a plugin"
    if here[0] == "sdk":
        if there[0] == "core":
            return "sdk never includes core"
        if here[1] == "include" and there[:2] == ["sdk", "host"]:
            return "the SDK's public headers do not include the host's side"
    if here[0] == "plugins":
        if there[0] == "core":
            return "plugins never include core"
        if there[:2] == ["sdk", "host"] and not is_test(path):
            return "a plugin includes <slipway/...> only, as a third party's does"
    if here[0] == "core" and there[0] == "core" and here[1] != there[1] and there[1] != "report":
        allowed = CORE.get(here[1])
        if allowed is None:
            return f"core/{here[1]} has no row in tests/lint/dependencies.py"
        if there[1] not in allowed:
            return f"core/{here[1]} may include {', '.join(sorted(allowed | {'report'}))} of core, not {there[1]}"
    for folder, allowed in APART.items():
        if path.startswith(folder) and there[0] == "core" and there[1] != "report" and not name.startswith(folder):
            if name not in allowed:
                return f"{folder} includes itself, report and {', '.join(sorted(allowed))} of core, not {name}"
    return None


def library(path, name):
    """What is wrong with `path` including the library header `name`, or None."""
    if name == "nlohmann/json.hpp" and not is_test(path):
        if not path.startswith(JSON_FOLDERS) and path not in JSON_FILES:
            return "<nlohmann/json.hpp> is slow to compile: take <nlohmann/json_fwd.hpp>, or list the .cpp in JSON_FILES"
    if re.match(WORKER_ONLY, name) and not path.startswith("core/unpack/") and not is_test(path):
        return f"<{name}> is the worker's alone (core/unpack)"
    return None


def resolved(top, path, name):
    """The included file's path from the repository's top, or None where it is none of the repository's."""
    if name.startswith("slipway/"):
        return "sdk/include/" + name
    for base in (top, (top / path).parent):
        file = (base / name).resolve()
        if file.is_file() and file.is_relative_to(top):
            return file.relative_to(top).as_posix()
    # A file of core that does not exist (yet, or any more) still has a direction.
    return name if name.startswith(("core/", "sdk/", "plugins/", "tests/")) else None


def check(top):
    problems = []
    users = {}  # library of ONE_FILE -> {path: line}
    for file in sorted(p for folder in ("core", "sdk", "plugins", "tests", "bench") for p in (top / folder).rglob("*")):
        if file.suffix not in SOURCES or not file.is_file():
            continue
        path = file.relative_to(top).as_posix()
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            name = match.group(2)
            ours = resolved(top, path, name)
            problem = direction(path, ours) if ours else library(path, name)
            if problem:
                problems.append(f"{path}:{number}: {name}: {problem}")
            for what, pattern in ONE_FILE.items():
                if not ours and re.match(pattern, name) and not is_test(path):
                    users.setdefault(what, {}).setdefault(path, number)
    for what, paths in users.items():
        for path in paths:
            if not path.endswith(".cpp") or len(paths) > 1:
                problems.append(f"{path}:{paths[path]}: {what} stands behind one .cpp; here it is in {', '.join(paths)}")
    return problems


if __name__ == "__main__":
    found = check(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve())
    print("\n".join(found), end="\n" if found else "")
    sys.exit(1 if found else 0)
