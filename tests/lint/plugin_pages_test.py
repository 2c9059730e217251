#!/usr/bin/env python3
"""Plugins' pages are generated from what the manifest and the steps' headers say, and a stale one is found."""
import json
import pathlib
import tempfile
import unittest

import plugin_pages

HEADER = """template <>
struct Shape<Mount> {
  static constexpr std::string_view type = "%s";
  static constexpr std::string_view meaning =
      "mounts a new "
      "instance";
  static constexpr std::array phases{%s};
"""
ABOVE = "# fs-x: a plugin\n\nOpening.\n\n## When to choose it\n\nNow.\n\n"
PAGE = f"{ABOVE}{plugin_pages.BEGIN}\n{plugin_pages.END}\n\nRest.\n"


class PluginPages(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.top = pathlib.Path(directory.name).resolve()
        self.page = self.top / "plugins/fs-x/README.md"
        self.page.parent.mkdir(parents=True)
        (self.top / "sdk/include/slipway/steps").mkdir(parents=True)
        self.header("mount", "Phase::mount, Phase::seal")
        self.manifest()
        self.page.write_text(PAGE)

    def header(self, kind, phases):
        (self.top / f"sdk/include/slipway/steps/{kind}.hpp").write_text(HEADER % (kind, phases))

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
        self.header("mknod", "Phase::mount")
        self.manifest(needs=["step:mount", "step:mknod", "fact:host"])
        text = self.written()
        self.assertIn("[`mount`](../../sdk/include/slipway/steps/mount.hpp) | mount or seal | mounts a new instance |",
                      text)
        for words in ["Facts that it reads: `host`", "- *mount*: ", "- *seal*: ", "- `mknod` needs root of the host"]:
            self.assertIn(words, text)
        self.assertNotIn("*prepare*", text)

    def test_what_there_are_no_words_for_is_a_failure(self):
        for need, words in [("step:novel", "step novel"), ("fact:novel", "fact novel"), ("step:late", "teardown")]:
            with self.subTest(need=need):
                self.header("late", "Phase::teardown")
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
