#!/usr/bin/env python3
"""plugin_pages.py [--write] [TOP]: each plugin's page holds what its manifest and slipway's reference say.

Between two marks a page (plugins/NAME/README.md) is generated: stage, facts, options, steps and the rights that they
need. The rest is written by hand. Without --write a page that is not what would be generated is a failure."""
import json
import pathlib
import re
import sys
import textwrap

WIDTH = 120
BEGIN = "<!-- generated from plugin.json by ./dev pages -->"
END = "<!-- end -->"
CHOICE = "## When to choose it"

REFERENCE = "docs/reference/reference.json"  # slipway reference --json
SOURCE = "ability:slipway.source.1"
NAMESPACES = {"host": "the host's", "new": "a new one of the container's own"}
PATHS = {"file": "path of a file", "directory": "path of a directory",
         "file-or-directory": "path of a file or directory", "text-of-file": "path of a file, for its text"}


class Wrong(Exception):
    """A manifest says something that the reference has no words for."""


def prose(text):
    """Plain text as Markdown that shows the same."""
    return re.sub(r"([\\`*|<])", r"\\\1", text)


def code(text):
    return "`" + text.replace("|", r"\|") + "`"


def row(*cells):
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"


def table(*heads):
    return [row(*heads), "|" + "---|" * len(heads)]


def either(words):
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


def bounds(schema, unit=""):
    low = schema.get("minimum", schema.get("minLength", schema.get("minItems")))
    high = schema.get("maximum", schema.get("maxLength", schema.get("maxItems")))
    if low is None and high is None:
        return ""
    if unit and low in (None, 1):  # not empty is what anybody expects
        return f", at most {high} {unit}" if high is not None else ""
    if high is None:
        return f", at least {low}{unit and ' ' + unit}"
    return f", {low or 0} to {high}{unit and ' ' + unit}"


def type_of(schema):
    if "enum" in schema:
        return either([code(word) for word in schema["enum"]])
    if "oneOf" in schema:
        return either([type_of(choice) for choice in schema["oneOf"]])
    kind = schema["type"]
    if kind == "array":
        items = schema["items"]
        each = "one of " if "enum" in items else "an " if items["type"][0] in "aio" else "a "
        return "list" + bounds(schema, "entries") + ", each " + each + type_of(items)
    if kind == "string":
        return PATHS.get(schema.get("x-slipway"), "string") + bounds(schema, "characters")
    return kind + bounds(schema)


def default_of(name, schema, required):
    if name in required:
        return "required"
    return code(json.dumps(schema["default"], ensure_ascii=False)) if "default" in schema else ""


def object_in(schema):
    """The object that an option can be, or whose list it can be."""
    for choice in [schema, schema.get("items", {}), *schema.get("oneOf", [])]:
        if choice.get("type") == "object" and "properties" in choice:
            return choice
    return None


def members(options):
    """Rows of what stands in options' objects; options whose members are the same share a row."""
    holders, shapes, needed = {}, {}, {}
    for option, schema in options.items():
        inner = object_in(schema)
        for name, member in (inner or {}).get("properties", {}).items():
            if object_in(member):
                raise Wrong(f"the option {option} has objects in its objects, for which there is no table")
            key = (name, json.dumps(member))
            holders.setdefault(key, []).append(option)
            shapes[key], needed[key] = member, inner.get("required", [])
    total = sum(object_in(schema) is not None for schema in options.values())
    for key, member in shapes.items():
        of = "each of them" if len(holders[key]) == total > 1 else ", ".join(map(code, holders[key]))
        yield row(code(key[0]), of, type_of(member), default_of(key[0], member, needed[key]),
                  prose(member["description"]))


def options_part(schema):
    options = schema.get("properties", {})
    if not options:
        return ["## Options", "", "None."]
    lines = ["## Options", "", *table("option", "type", "default", "meaning")]
    for name, option in options.items():
        lines.append(row(code(name), type_of(option), default_of(name, option, schema.get("required", [])),
                         prose(option["description"])))
    rows = list(members(options))
    if rows:
        lines += ["", "What their objects hold:", "", *table("member", "of", "type", "default", "meaning"), *rows]
    return lines


class Reference:
    """What slipway says of steps, phases and facts, by name."""

    def __init__(self, top):
        document = json.loads((top / REFERENCE).read_text())
        self.steps, self.phases, self.facts = ({one["name"]: one for one in document[topic]}
                                               for topic in ["steps", "phases", "facts"])

    def step(self, name):
        if name not in self.steps:
            raise Wrong(f"needs the step {name}, which {REFERENCE} does not have")
        return self.steps[name]

    def fact_in_words(self, name):
        if name.partition(".")[0] not in self.facts:
            raise Wrong(f"reads the fact {name}, which {REFERENCE} does not have")
        return f"`{name}`, {self.facts[name.partition('.')[0]]['meaning']}"


def filled(text, indent=""):
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def plans_part(manifest, reference):
    needs = manifest.get("needs", [])
    steps = [need.removeprefix("step:") for need in needs if need.startswith("step:")]
    facts = [need.removeprefix("fact:") for need in needs if need.startswith("fact:")]
    lines = ["## What it plans", ""]
    if steps:
        lines += table("step", "phase", "what it does")
    for name in steps:
        step = reference.step(name)
        lines.append(row(f"[`{name}`](../../docs/reference/steps.md#{name})", either(step["phases"]),
                         prose(step["meaning"])))
    if not steps:
        lines.append("No step.")
    if facts:
        lines += ["", *filled("Facts that it reads: " + "; ".join(map(reference.fact_in_words, facts)) + ".")]
    taken = rights(steps, reference, SOURCE in needs)
    return lines + ["", "What that takes:", "", *taken] if taken else lines


def rights(steps, reference, reads_source):
    used = {phase for step in steps for phase in reference.step(step)["phases"]}
    if reads_source:
        used.add("resolve")
    lines = []
    for name, phase in reference.phases.items():
        if name in used:
            lines += filled(f"- *{name}*: {phase['rights']}", "  ")
    for name in steps:
        if "rights" in reference.step(name):
            lines += filled(f"- `{name}`: {reference.step(name)['rights']}", "  ")
    return lines


def block(manifest, reference):
    lines = [BEGIN, "", f"Stage `{manifest['stage']}`, version {manifest['version']}, plugin ABI {manifest['abi']}."]
    if manifest.get("provides"):
        lines.append("Provides the fact " + ", ".join(map(code, manifest["provides"])) + ".")
    for space, value in manifest.get("namespaces", {}).items():
        lines.append(f"Decides on the container's `{space}` namespace: {NAMESPACES[value]}.")
    lines += ["", *options_part(manifest["options"]), "", *plans_part(manifest, reference), "", END]
    return "\n".join(lines) + "\n"


def with_block(text, new):
    """The page with the block between its marks renewed; None where the marks are not there, once and in order."""
    if text.count(BEGIN) != 1 or text.count(END + "\n") != 1 or text.index(BEGIN) > text.index(END):
        return None
    return text[: text.index(BEGIN)] + new + text[text.index(END) + len(END) + 1:]


def look_at(folder, top, reference, write):
    """What is wrong with one plugin's page, after renewing it where that is wanted."""
    page = folder / "README.md"
    name = page.relative_to(top).as_posix()
    if not page.exists():
        return [f"{name}: is missing"]
    manifest = json.loads((folder / "plugin.json").read_text())
    text = page.read_text()
    problems = []
    if not text.startswith(f"# {manifest['name']}"):
        problems.append(f"{name}: its heading does not begin with {manifest['name']}")
    if CHOICE + "\n" not in text.partition(BEGIN)[0]:
        problems.append(f"{name}: has no section \"{CHOICE}\" before the generated part")
    try:
        renewed = with_block(text, block(manifest, reference))
    except Wrong as wrong:
        return [*problems, f"{folder.relative_to(top).as_posix()}/plugin.json: {wrong}"]
    if renewed is None:
        problems.append(f"{name}: needs the lines \"{BEGIN}\" and \"{END}\", once each and in this order")
    elif renewed != text and write:
        page.write_text(renewed)
    elif renewed != text:
        problems.append(f"{name}: is not what plugin.json and the reference say now; ./dev pages renews it")
    return problems


def check(top, write=False):
    folders = sorted(manifest.parent for manifest in (top / "plugins").glob("*/plugin.json"))
    if not folders:
        return ["plugins: no plugin is there"]
    reference = Reference(top)
    return [problem for folder in folders for problem in look_at(folder, top, reference, write)]


def main():
    words = sys.argv[1:]
    write = words[:1] == ["--write"]
    rest = words[1:] if write else words
    problems = check(pathlib.Path(rest[0] if rest else pathlib.Path(__file__).resolve().parents[2]).resolve(), write)
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
