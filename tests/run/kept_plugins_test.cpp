// A container of which every plugin but those of the stage pseudo was built once, from the SDK of ABI 1.0.
#include <catch2/catch.hpp>

#include "tests/run/harness.hpp"

namespace slipway::tests {

TEST_CASE("plugins that were built with the first SDK make a whole container") {
#if !defined(__x86_64__)
  WARN("SKIPPED: the kept binaries are for x86-64");
#else
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      // The lowest layer of the box has all the programs.
      constexpr std::size_t kEndMark = 1024;
      const std::string base = box_image().layers.front().tar;
      const std::string tar =
          base.substr(0, base.size() - kEndMark) + make_tar({file("etc/hello", "hello from the image\n")});
      const std::string image = runner.put("root.tar", tar);
      for (const std::string resolver : {"image", "image-c"}) {
        INFO(resolver);
        std::vector<std::string> words = {"--plugin-dir", SLIPWAY_FIXTURES, "--use",
                                          "image=fixture-abi-1-0-" + resolver};
        for (const char* stage : {"rootfs", "network", "exec"})
          words.insert(words.end(), {"--use", std::string(stage) + "=fixture-abi-1-0-" + stage});
        words.insert(words.end(), {"--set", R"(harden=[{"use": "fixture-abi-1-0", "path": "/proc/version"}])", image,
                                   "sh", "-c", "cat /etc/hello; ls -d /made; wc -c < /proc/version"});
        const Outcome outcome = runner.run(words);
        CHECK(outcome.output == "hello from the image\n/made\n0\n");
        CHECK_THAT(outcome.errors, !Catch::Contains("error"));
        CHECK(outcome.shell_status() == 0);
      }
    }
  }
#endif
}

}  // namespace slipway::tests
