#include <catch2/catch.hpp>
#include <slipway/testing.hpp>

using namespace slipway::testing;

TEST_CASE("a bind's source is opened before anything is made, and its target made where it is missing") {
  const Outcome planned = Plugin::load(SLIPWAY_PLUGIN)
                              .plan(R"({"binds": [
      {"source": "/srv/a", "target": "/data/x", "access": "read_only", "flags": ["nosuid"]},
      {"source": "/srv/b", "target": "/b", "owners": "container"}]})",
                                    facts("rootless"));
  CHECK(difference(SLIPWAY_GOLDEN "/two.json", planned) == "");
  CHECK(planned.all<slipway::steps::Open>().size() == 2);
}

TEST_CASE("without binds there is nothing to plan") {
  CHECK(Plugin::load(SLIPWAY_PLUGIN).plan("{}", facts("root")).steps.empty());
}
