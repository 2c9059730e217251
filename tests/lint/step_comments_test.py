#!/usr/bin/env python3
"""The comments above steps and their members are what the reference says, and a stale one is found."""
import json
import pathlib
import tempfile
import unittest

import step_comments

HEADER = """// A header.
namespace steps {

enum class Access { rw };

/// Something old.
struct Bind {
  std::string source{};
  Access access = Access::rw;  ///< old
  std::vector<Flag> flags{};
};

template <>
struct Shape<Bind> {
  static constexpr std::tuple fields{
      required("source", &Bind::source, "m"),
      optional("access", &Bind::access, "m"),
      optional("flags",
               &Bind::flags, "m"),
  };
};
}
"""
STEP = {
    "name": "bind", "meaning": "shows a file", "details": "It is there.", "phases": ["mount", "seal"],
    "result": "the file", "rights": "Needs root.", "sources": ["mount(2)", "open(2)"],
    "errors": [{"errno": "ENOENT", "when": "it is not there"}, {"errno": "", "when": "it is odd"}],
    "members": [
        {"name": "source", "type": "text", "required": True, "meaning": "what is shown"},
        {"name": "access", "type": "word", "words": ["rw", "ro"], "required": False, "default": "rw",
         "meaning": "rw: may be written"},
        {"name": "flags", "type": "integer", "list": True, "unit": "seconds", "required": False, "meaning": "how long"},
    ],
}
FACTS = [{"name": "host", "members": [{"name": "kernel"}]}]


class StepComments(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.top = pathlib.Path(directory.name)
        self.header = self.top / step_comments.HEADERS / "bind.hpp"
        self.header.parent.mkdir(parents=True)
        self.header.write_text(HEADER)
        self.facts('in.find("/facts/host/kernel")')
        self.reference(STEP)

    def facts(self, text):
        (self.top / step_comments.FACTS).write_text(text)

    def reference(self, *steps):
        file = self.top / step_comments.REFERENCE
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"steps": steps, "facts": FACTS}))

    def test_a_stale_comment_is_named_with_the_remedy_and_is_right_once_written(self):
        problems = step_comments.check(self.top)
        self.assertEqual(1, len(problems))
        self.assertIn("steps/bind.hpp", problems[0])
        self.assertIn("./dev pages", problems[0])
        self.assertEqual([], step_comments.check(self.top, write=True))
        self.assertEqual([], step_comments.check(self.top))
        text = self.header.read_text()
        self.assertIn("""
/// Shows a file. It is there.
///
/// Phase: mount or seal. Result: The file. Rights beyond the phase's: Needs root.
///
/// Errors:
/// - ENOENT: it is not there
/// - no errno: it is odd
///
/// See mount(2), open(2).
struct Bind {
  /// What is shown. Required.
  std::string source{};
  /// rw: may be written. One of rw, ro. Default: rw.
  Access access = Access::rw;
  /// How long. In seconds.
  std::vector<Flag> flags{};
};
""", text)
        self.assertEqual(HEADER.partition("template")[2], text.partition("template")[2])

    def test_a_member_that_the_struct_does_not_have_on_a_line_of_its_own_is_named(self):
        self.header.write_text(HEADER.replace("  std::string source{};\n", ""))
        self.assertIn("on a line of its own", "".join(step_comments.check(self.top, write=True)))

    def test_a_type_without_a_header_is_named(self):
        self.reference({**STEP, "name": "novel"})
        self.assertIn("novel.hpp: is missing", "".join(step_comments.check(self.top)))

    def test_a_fact_that_the_face_reads_and_the_reference_does_not_have_is_named(self):
        self.facts('in.find("/facts/host/kernle")')
        self.assertIn("/facts/host/kernle is no fact", "".join(step_comments.check(self.top, write=True)))


if __name__ == "__main__":
    unittest.main()
