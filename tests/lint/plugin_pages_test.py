#!/usr/bin/env python3
"""Plugins' pages are generated from what the manifest and the reference say, and a stale one is found."""
import json
import pathlib
import tempfile
import unittest

import plugin_pages

REFERENCE = {
    "steps": [
        {"name": "mount", "meaning": "mounts a new instance", "phases": ["mount", "seal"]},
        {"name": "mknod", "meaning": "makes a node", "phases": ["mount"], "rights": "A device needs root of the host."},
    ],
    "phases": [{"name": name, "rights": f"what {name} has."} for name in ["resolve", "prepare", "mount", "seal"]],
    "facts": [{"name": "host", "meaning": "what the kernel can do"}],
}
ABOVE = "# fs-x: a plugin\n\nOpening.\n\n## When to choose it\n\nNow.\n\n"
PAGE = f"{ABOVE}{plugin_pages.BEGIN}\n{plugin_pages.END}\n\nRest.\n"


class PluginPages(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.top = pathlib.Path(directory.name).resolve()
        self.page = self.top / "plugins/fs-x/README.md"
        self.page.parent.mkdir(parents=True)
        (self.top / "docs/reference").mkdir(parents=True)
        (self.top / "docs/reference/reference.json").write_text(json.dumps(REFERENCE))
        self.manifest()
        self.page.write_text(PAGE)

    def manifest(self, properties=None, required=(), **more):
        options = {"type": "object", "required": list(required), "properties": properties or {}}
        words = {"name": "fs-x", "version": "1.2.0", "stage": "rootfs", "abi": "1.0", "options": options, **more}
        (self.top / "plugins/fs-x/plugin.json").write_text(json.dumps(words))

    def written(self):
        self.assertEqual([], plugin_pages.check(self.top, write=True))
        return self.page.read_text()

    def test_a_stale_page_is_named_with_the_remedy_and_is_right_once_written(self):
        problems = plugin_pages.check(self.top)
        self.assertEqual(1, len(problems))
        self.assertIn("plugins/fs-x/README.md", problems[0])
        self.assertIn("./dev pages", problems[0])
        self.assertIn("Stage `rootfs`, version 1.2.0", self.written())
        self.assertEqual([], plugin_pages.check(self.top))
        self.manifest(version="1.3.0")
        self.assertEqual(1, len(plugin_pages.check(self.top)))

    def test_what_is_written_by_hand_stays(self):
        text = self.written()
        self.assertTrue(text.startswith(ABOVE))
        self.assertTrue(text.endswith(f"{plugin_pages.END}\n\nRest.\n"))

    def test_each_kind_of_option_is_told(self):
        text = {"type": "string", "description": "d"}
        for option, cell in [
            ({**text, "enum": ["a", "b", "c"], "default": "b"}, "`a`, `b` or `c` | `\"b\"`"),
            ({**text, "minLength": 1, "maxLength": 9}, "string, at most 9 characters |"),
            ({**text, "x-slipway": "directory"}, "path of a directory |"),
            ({"type": "integer", "minimum": 0, "maximum": 7, "default": 0, "description": "d"},
             "integer, 0 to 7 | `0`"),
            ({"type": "integer", "minimum": 1, "description": "d"}, "integer, at least 1 |"),
            ({"type": "array", "items": text, "default": [], "description": "d"}, "list, each a string | `[]`"),
            ({"type": "array", "items": {"type": "integer"}, "description": "d"}, "list, each an integer |"),
            ({"oneOf": [{"type": "boolean"}, {"type": "object"}], "description": "d"}, "boolean or object |"),
            ({"type": "string", "description": "a|b, *c*"}, r"string | | a\|b, \*c\* |"),
        ]:
            with self.subTest(option=option):
                self.manifest({"o": option})
                self.assertIn("| `o` | " + cell, self.written())
        self.manifest({"o": text}, required=["o"])
        self.assertIn("| `o` | string | required | d |", self.written())

    def test_what_options_objects_hold_is_a_table_in_which_equal_members_share_a_row(self):
        def holding(**properties):
            return {"oneOf": [{"type": "boolean"}, {"type": "object", "properties": properties}], "description": "d"}
        flag, size = {"type": "boolean", "description": "f"}, {"type": "integer", "description": "s"}
        self.manifest({"a": holding(flag=flag), "b": holding(flag=flag, size=size), "c": holding(flag=flag, size=size)})
        text = self.written()
        self.assertIn("| `flag` | each of them | boolean | | f |", text)
        self.assertIn("| `size` | `b`, `c` | integer | | s |", text)

    def test_steps_are_told_with_their_phases_and_rights(self):
        self.manifest(needs=["step:mount", "step:mknod", "fact:host"])
        text = self.written()
        self.assertIn("[`mount`](../../docs/reference/steps.md#mount) | mount or seal | mounts a new instance |", text)
        for words in ["Facts that it reads: `host`, what the kernel can do.", "- *mount*: what mount has.",
                      "- *seal*: ", "- `mknod`: A device needs root of the host."]:
            self.assertIn(words, text)
        self.assertNotIn("*prepare*", text)
        self.assertNotIn("*resolve*", text)

    def test_a_plugin_that_reads_a_source_is_told_to_do_so_in_its_cage(self):
        self.manifest(needs=["ability:slipway.source.1"])
        self.assertIn("- *resolve*: what resolve has.", self.written())

    def test_what_there_are_no_words_for_is_a_failure(self):
        for need, words in [("step:novel", "step novel"), ("fact:novel", "fact novel")]:
            with self.subTest(need=need):
                self.manifest(needs=[need])
                self.assertIn(words, "".join(plugin_pages.check(self.top, write=True)))

    def test_a_page_without_its_parts_is_named(self):
        for page, words in [
            (PAGE.replace("# fs-x", "# fs-y"), "heading"),
            (PAGE.replace("## When", "## Whenever"), "When to choose it"),
            (PAGE.replace(plugin_pages.END, ""), plugin_pages.END),
            (PAGE + plugin_pages.BEGIN, "once each"),
        ]:
            with self.subTest(words=words):
                self.page.write_text(page)
                self.assertIn(words, "".join(plugin_pages.check(self.top, write=True)))
        self.page.unlink()
        self.assertIn("is missing", "".join(plugin_pages.check(self.top)))


if __name__ == "__main__":
    unittest.main()
