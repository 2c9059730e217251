// What the page of the recipes tells to type, typed: the files as they lie in examples/, with images that
// make-image.sh makes.
#include <catch2/catch.hpp>

#include "tests/recipes/shipped.hpp"

namespace slipway::tests {

TEST_CASE("both recipes run as they are shipped, on what make-image.sh makes") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      const std::string folder = runner.own("examples");
      REQUIRE(tests::run(runner.plain({"mkdir", folder})).status == 0);
      for (const char* name : {"image-to-shell.json", "rootfs-lab.json", "default.json", "make-image.sh"}) {
        const std::string file = runner.put(name, read_file(std::string(SLIPWAY_EXAMPLES "/") + name));
        REQUIRE(tests::run(runner.plain({"cp", file, folder})).status == 0);
      }
      const Outcome made =
          tests::run(runner.plain({"sh", folder + "/make-image.sh", folder + "/image.tar", folder + "/rootfs.tar"}));
      INFO(to_text(made));
      REQUIRE(made.status == 0);
      for (const char* name : {"image-to-shell.json", "default.json"}) {
        const Outcome outcome = runner.run({folder + "/" + name});
        CHECK(outcome.output == "This is a container that slipway runs.\n");
        CHECK(outcome.errors == "");
      }
      Command lab = runner.command({"run", folder + "/rootfs-lab.json"});
      lab.input = "cat /etc/motd; hostname";
      const Outcome outcome = tests::run(lab);
      CHECK(outcome.output == "This is a container that slipway runs.\nslipway\n");
      CHECK(outcome.errors == "");
    }
  }
}

}  // namespace slipway::tests
