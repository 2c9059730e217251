// What tests of scripts share: the script of a command line, run, and held against `slipway run` from inside.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/run/harness.hpp"

namespace slipway::tests {

using Words = std::vector<std::string>;

/// What `plan --script` prints for these words.
Outcome script_for(const Runner& runner, const Words& words);
Outcome run_script(const Runner& runner, const std::string& text);
Outcome by_script(const Runner& runner, const Words& words);
Outcome by_run(const Runner& runner, Words words);

/// The words with which a container looks around itself: these options, this image.
Words looking(Words options, const std::string& image);
/// Whether both ways give the same container, for such words. `of_copy`: its root is one.
void check_same_inside(const Runner& runner, const Words& words, bool of_copy = false);

/// Options with which a plugin plans this step besides.
Words with_step(const Runner& runner, const std::string& step);

/// A directory of the host's with the files f, d/ and etc/.
std::string put_source(const Runner& runner);

}  // namespace slipway::tests
