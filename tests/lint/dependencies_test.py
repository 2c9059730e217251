#!/usr/bin/env python3
"""The dependency check finds what it is there to find, and nothing in an innocent tree."""
import pathlib
import tempfile
import unittest

import dependencies


class Dependencies(unittest.TestCase):
    def problems(self, **files):
        with tempfile.TemporaryDirectory() as name:
            top = pathlib.Path(name).resolve()
            for path, text in files["files"].items():
                (top / path).parent.mkdir(parents=True, exist_ok=True)
                (top / path).write_text(text)
            return dependencies.check(top)

    def test_the_directions_of_the_design_pass(self):
        self.assertEqual([], self.problems(files={
            "core/run/run.cpp": '#include "core/plan/plan.hpp"\n#include "core/report/report.hpp"\n',
            "core/plan/plan.cpp": '#include <nlohmann/json.hpp>\n#include <slipway/steps.hpp>\n',
            "core/plugins/loader.cpp": '#include <boost/dll/shared_library.hpp>\n#include <boost/dll/alias.hpp>\n',
            "core/unpack/reader.cpp": '#include <archive.h>\n',
            "core/compare/statistics/a.cpp": '#include "core/compare/random.hpp"\n',
            "plugins/fs-overlay/plugin.cpp": '#include <slipway/plugin.hpp>\n#include "options.hpp"\n',
            "plugins/fs-overlay/plugin_test.cpp": '#include "sdk/host/session.hpp"\n',
        }))

    def test_each_wrong_direction_is_named(self):
        for path, include, words in [
            ("core/plan/a.cpp", '"core/run/run.hpp"', "not run"),
            ("core/linux/a.hpp", '"core/steps/x.hpp"', "not steps"),
            ("core/report/a.cpp", '"core/linux/fd.hpp"', "not linux"),
            ("core/cli/a.cpp", '"core/unpack/tree.hpp"', "not unpack"),
            ("core/novel/a.cpp", '"core/linux/fd.hpp"', "no row"),
            ("sdk/host/a.cpp", '"core/report/report.hpp"', "sdk never"),
            ("sdk/include/slipway/a.hpp", '"sdk/host/codec.hpp"', "public headers"),
            ("plugins/fs-copy/plugin.cpp", '"core/linux/fd.hpp"', "plugins never"),
            ("plugins/fs-copy/plugin.cpp", '"sdk/host/codec.hpp"', "third party"),
            ("core/run/a.cpp", '"tests/support/process.hpp"', "only tests"),
            ("core/run/a.cpp", '"plugins/fs-copy/copy.hpp"', "nobody includes"),
            ("core/run/a.cpp", "<nlohmann/json.hpp>", "slow to compile"),
            ("core/store/a.cpp", "<archive.h>", "worker's alone"),
            ("core/compare/statistics/a.cpp", '"core/compare/design.hpp"', "not core/compare/design.hpp"),
            ("core/config/a.hpp", "<valijson/validator.hpp>", "one .cpp"),
        ]:
            with self.subTest(path=path, include=include):
                found = self.problems(files={path: f"// first line\n#include {include}\n"})
                self.assertEqual(1, len(found), found)
                self.assertTrue(found[0].startswith(f"{path}:2: "), found)
                self.assertIn(words, found[0])

    def test_a_library_in_two_files_is_named_in_both(self):
        found = self.problems(files={"core/cli/a.cpp": "#include <spdlog/spdlog.h>\n",
                                     "core/cli/b.cpp": "#include <fmt/format.h>\n"})
        self.assertEqual(["core/cli/a.cpp:1", "core/cli/b.cpp:1"], [line.split(": ")[0] for line in found])


if __name__ == "__main__":
    unittest.main()
