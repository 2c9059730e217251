#!/usr/bin/env python3
"""Each plugin's page names every option of its manifest, and every type of step that it emits."""
import json
import pathlib
import sys

TOP = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2])


def problems_of(folder):
    page = folder / "README.md"
    if not page.exists():
        return [f"{page}: is missing"]
    text = page.read_text()
    manifest = json.loads((folder / "plugin.json").read_text())
    problems = []
    if not text.startswith(f"# {manifest['name']}"):
        problems.append(f"{page}: its heading does not begin with {manifest['name']}")
    for option in manifest["options"].get("properties", {}):
        if f"| `{option}` |" not in text:
            problems.append(f"{page}: its table of options lacks {option}")
    for need in manifest.get("needs", []):
        step = need.removeprefix("step:")
        if step != need and f"`{step}`" not in text:
            problems.append(f"{page}: does not tell of the step {step}")
    return problems


def main():
    folders = sorted(manifest.parent for manifest in (TOP / "plugins").glob("*/plugin.json"))
    problems = [problem for folder in folders for problem in problems_of(folder)]
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems or not folders else 0


if __name__ == "__main__":
    sys.exit(main())
