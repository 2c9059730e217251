#!/usr/bin/env python3
"""step_comments.py [--write] [TOP]: the comments that editors show of a step type say what its table says.

The table of a type (struct Shape) stands below the struct that authors of plugins write, and an editor shows the comment
above that struct and above each member. These comments are generated from docs/reference/reference.json, which is
`slipway reference --json`. Without --write a header that is not what would be generated is a failure. The facts that
sdk/include/slipway/facts.hpp reads are held against the same file."""
import json
import pathlib
import re
import sys
import textwrap

WIDTH = 120
HEADERS = "sdk/include/slipway/steps"
FACTS = "sdk/include/slipway/facts.hpp"
REFERENCE = "docs/reference/reference.json"


def sentence(text):
    text = text[:1].upper() + text[1:] if text[:1].islower() else text
    return text if text.endswith(".") else text + "."


def filled(text, indent="", hang=""):
    return textwrap.wrap(text, WIDTH, initial_indent=indent + "/// ", subsequent_indent=indent + "/// " + hang,
                         break_long_words=False, break_on_hyphens=False)


def either(words):
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


def of_step(step):
    """The comment above the struct."""
    lines = filled(sentence(step["meaning"]) + " " + step["details"])
    facts = "Phase: " + either(step["phases"]) + "."
    if "result" in step:
        facts += " Result: " + sentence(step["result"])
    if "rights" in step:
        facts += " Rights beyond the phase's: " + sentence(step["rights"])
    lines += ["///", *filled(facts)]
    if step["errors"]:
        lines += ["///", "/// Errors:"]
    for error in step["errors"]:
        lines += filled(f"- {error['errno'] or 'no errno'}: {error['when']}", hang="  ")
    return [*lines, "///", *filled("See " + ", ".join(step["sources"]) + ".")]


def of_member(member):
    meaning = member["meaning"]
    text = meaning + "." if re.match(r"\w+: ", meaning) else sentence(meaning)  # "host: as the host has them"
    if "unit" in member:
        text += f" In {member['unit']}."
    if "words" in member:
        text += " " + ("Each one of " if member.get("list") else "One of ") + ", ".join(member["words"]) + "."
    if member["required"]:
        text += " Required."
    elif "default" in member:
        default = member["default"]
        text += " Default: " + (default if isinstance(default, str) else json.dumps(default)) + "."
    return filled(text, "  ")


def without_comment(lines):
    """Cuts the comment off the end of `lines`."""
    while lines and lines[-1].lstrip().startswith("///"):
        lines.pop()
    return lines


def renewed(text, step):
    struct = re.search(r"struct Shape<(\w+)>", text)[1]
    members = {}  # of C++ -> of the table
    for name, member in re.findall(rf'(?:required|optional)\(\s*"(\w+)",\s*&{struct}::(\w+)', text):
        members[member] = next(one for one in step["members"] if one["name"] == name)
    before, body, after = [], [], []
    place = before
    for line in text.splitlines():
        if line == f"struct {struct} {{":
            without_comment(before).extend([*of_step(step), line])
            place = body
        elif place is body and line == "};":
            place = after
            after.append(line)
        elif place is body:
            code = re.sub(r"\s*///<.*", "", line)
            found = re.search(r"(\w+)\s*(?:\{.*\}|=.*);$", code.strip())
            if found and found[1] in members:
                without_comment(body).extend([*of_member(members.pop(found[1])), code])
            else:
                body.append(line)
        else:
            place.append(line)
    if members:
        return None
    return "\n".join([*before, *body, *after]) + "\n"


def look_at_facts(top, reference):
    known = {f"/facts/{fact['name']}/{member['name']}" for fact in reference["facts"] for member in fact["members"]}
    return [f"{FACTS}: {pointer} is no fact of {REFERENCE}"
            for pointer in re.findall(r'"(/facts/[\w/]+)"', (top / FACTS).read_text()) if pointer not in known]


def check(top, write=False):
    reference = json.loads((top / REFERENCE).read_text())
    problems = look_at_facts(top, reference)
    for step in reference["steps"]:
        header = top / HEADERS / f"{step['name']}.hpp"
        name = header.relative_to(top).as_posix()
        if not header.exists():
            problems.append(f"{name}: is missing; the step type {step['name']} has its shape there")
            continue
        text = header.read_text()
        new = renewed(text, step)
        if new is None:
            problems.append(f"{name}: a member of the table is not found in the struct, on a line of its own")
        elif new != text and write:
            header.write_text(new)
        elif new != text:
            problems.append(f"{name}: its comments are not what its table says; ./dev pages renews them")
    return problems


def main():
    words = sys.argv[1:]
    write = words[:1] == ["--write"]
    rest = words[1:] if write else words
    problems = check(pathlib.Path(rest[0] if rest else pathlib.Path(__file__).resolve().parents[2]).resolve(), write)
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
