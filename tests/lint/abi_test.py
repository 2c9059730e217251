#!/usr/bin/env python3
"""The check of the plugin ABI tells changes that break it from growth: each changed header is held against it."""
import pathlib
import platform
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
CHECK = TOP / "tests/lint/abi"
HEADER = (TOP / "sdk/include/slipway/plugin.h").read_text()

STEP = "  int32_t (*step)(const slipway_host*, slipway_text step_json);\n"
FACT = "  int32_t (*fact)(const slipway_host*, slipway_text name, slipway_text json);\n"
ABILITY = "  const void* (*ability)(const slipway_host*, slipway_text name);\n"
READ = "  int32_t (*read)(const slipway_host*, uint32_t source, uint64_t offset, void* to, uint64_t size);\n"
RESULT = '  int32_t* result; /* -1; a descriptor stored here (close-on-exec) becomes slipway\'s: "as" */\n'
CALL = '  int32_t (*call)(const slipway_host*, const slipway_call*); /* NULL unless needs has "step:call" */\n'
MORE = "  int32_t (*more)(const slipway_host*);\n"

# name: replacements in the header
GROWTH = {
    "nothing changed": [],
    "a word of a comment changed": [("constant data", "plain data")],
    "slipway_host grew at its end": [(ABILITY, ABILITY + MORE)],
    "slipway_host grew by two members": [(ABILITY, ABILITY + MORE + MORE.replace("more", "most"))],
    "slipway_source grew at its end": [(READ, READ + MORE)],
    "slipway_call grew at its end": [(RESULT, RESULT + "  uint64_t more;\n")],
    "slipway_plugin grew at its end": [(CALL, CALL + MORE)],
}
BREAKS = {
    "two members changed places": [(STEP, "@"), (FACT, STEP), ("@", FACT)],
    "a member in the middle is gone": [(FACT, "")],
    "the last member is gone": [(ABILITY, "")],
    "a member is gone and another one came": [(FACT, ""), (ABILITY, ABILITY + MORE)],
    "a member was inserted in the middle": [(FACT, FACT + MORE)],
    "one was inserted in the middle and one at the end": [
        (FACT, FACT + MORE), (ABILITY, ABILITY + MORE.replace("more", "most"))],
    "a member became wider": [("uint16_t abi_major, abi_minor;\n  void*", "uint32_t abi_major, abi_minor;\n  void*")],
    "a member of the same size has another type": [("  int64_t integer; ", "  uint64_t integer; ")],
    "a function takes its argument otherwise": [(STEP, STEP.replace("slipway_text", "const slipway_text*"))],
    "a function takes one argument more": [(STEP, STEP.replace("step_json", "step_json, uint32_t flags"))],
    "a function returns another type": [(STEP, STEP.replace("int32_t", "int64_t"))],
    "a function changed beside growth": [
        (STEP, STEP.replace("slipway_text", "const slipway_text*")), (ABILITY, ABILITY + MORE)],
    "a function of slipway_plugin changed": [("(*resolve)(const slipway_host*)", "(*resolve)(slipway_host*, void*)")],
    "slipway_value, which is fixed, grew": [("/* TEXT, decoded */", "uint64_t more;")],
    "slipway_entry, which is fixed, grew": [("} slipway_entry;", "  uint64_t more;\n} slipway_entry;")],
    "slipway_text, which is fixed, grew": [("} slipway_text;", "  uint64_t more;\n} slipway_text;")],
    "two numbers of an enum changed places": [("TEXT = 5", "TEXT = 6"), ("ARRAY = 6", "ARRAY = 5")],
    "a kind of value is gone": [(",\n                    SLIPWAY_OBJECT = 7", "")],
    "the symbol has another name": [("const slipway_plugin slipway_plugin_1;",
                                     "const slipway_plugin slipway_plugin_2;\n"
                                     "#define slipway_plugin_1 slipway_plugin_2")],
}


def passes(changes):
    header = HEADER
    for before, after in changes:
        if before not in header:
            sys.exit(f"plugin.h has no {before!r} to change; mend this test")
        header = header.replace(before, after, 1)
    with tempfile.TemporaryDirectory() as top:
        folder = pathlib.Path(top, "slipway")
        folder.mkdir()
        (folder / "plugin.h").write_text(header)
        done = subprocess.run([CHECK, top], capture_output=True, text=True, check=False)
    if "error:" in done.stderr:
        sys.exit(f"a changed header does not compile; mend this test:\n{done.stderr}")
    return done.returncode == 0


if platform.machine() != "x86_64":
    print("SKIPPED: the golden dump is one of x86-64")
    sys.exit(0)
failures = [f"refused, though it is growth: {name}" for name, changes in GROWTH.items() if not passes(changes)]
failures += [f"taken, though it breaks plugins: {name}" for name, changes in BREAKS.items() if passes(changes)]
print("\n".join(failures) or f"{len(GROWTH)} taken, {len(BREAKS)} refused")
sys.exit(1 if failures else 0)
