// The tree that `cmake --install` leaves, wherever it is put.
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/run/harness.hpp"

namespace slipway::tests {
namespace {

TEST_CASE("an installed slipway runs from its prefix, which may move") {
  // CMake notes there what it installed.
  if (::access(SLIPWAY_TEST_BUILD, W_OK) != 0) SLIPWAY_SKIP("needs to write to the build directory");
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Scratch place;
      const Outcome installed =
          run({.arguments = {SLIPWAY_TEST_CMAKE, "--install", SLIPWAY_TEST_BUILD, "--prefix", place / "first"}});
      INFO(to_text(installed));
      REQUIRE(installed.shell_status() == 0);
      Runner runner(caller);
      runner.use_program(place / "first/bin/slipway");
      CHECK(runner.run({runner.box(), "cat", "/etc/hello"}).output == "hello from the image\n");
      REQUIRE(::rename((place / "first").c_str(), (place / "second").c_str()) == 0);
      runner.use_program(place / "second/bin/slipway");
      CHECK(runner.inside("cat /etc/hello") == "hello from the image\n");
      const Outcome list = runner.slipway({"plugin", "list"});
      CHECK_THAT(list.output, Catch::Contains(place / "second/lib/slipway/plugins/fs-overlay.so"));
      CHECK_THAT(list.output, !Catch::Contains("fixture"));
      const std::vector<std::pair<std::string, std::string>> shared_files = {
          {"bash", "bash-completion/completions/slipway"},
          {"zsh", "zsh/site-functions/_slipway"},
          {"fish", "fish/vendor_completions.d/slipway.fish"},
          {"man", "man/man1/slipway.1"},
      };
      for (const auto& [word, file] : shared_files)
        CHECK(read_file(place / ("second/share/" + file)) == runner.slipway({"completion", word}).output);
    }
  }
}

TEST_CASE("slipway is found through a link and through PATH") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string link = runner.own("linked-slipway");
      REQUIRE(run(runner.plain({"ln", "-sf", program_for(caller), link})).shell_status() == 0);
      Command command = runner.plain({"sh", "-c", "PATH=$1:$PATH; shift; linked-slipway \"$@\"", "sh", runner.own("."),
                                      "run", "--store", runner.store(), runner.box(), "echo", "a"});
      const Outcome outcome = run(command);
      CHECK(outcome.output == "a\n");
      CHECK(outcome.errors == "");
    }
  }
}

}  // namespace
}  // namespace slipway::tests
