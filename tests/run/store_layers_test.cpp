// `slipway store layers`: where the store has an image's layers.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/run/script_runs.hpp"

namespace slipway::tests {

TEST_CASE("store layers tells where an image's layers are, and brings in those that are missing") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const Outcome told = runner.slipway({"store", "layers", runner.box()});
      INFO(to_text(told));
      CHECK(told.errors == "");
      REQUIRE(told.shell_status() == 0);
      const Words paths = lines_of(told.output);
      CHECK(paths.size() == box_image().layers.size());
      for (const std::string& path : paths) CHECK(run(runner.plain({"test", "-d", path})).shell_status() == 0);
      CHECK(run(runner.plain({"test", "-x", paths.front() + "/bin/busybox"})).shell_status() == 0);
      CHECK(run(runner.plain({"test", "-x", paths.back() + "/bin/probe"})).shell_status() == 0);
      // There already: the same again, and a run unpacks nothing anew.
      CHECK(runner.slipway({"store", "layers", runner.box()}).output == told.output);
      const auto json = nlohmann::json::parse(runner.slipway({"store", "layers", "--json", runner.box()}).output);
      CHECK(json.at("id") == id_of(box_image()));
      REQUIRE(json.at("layers").size() == paths.size());
      for (std::size_t i = 0; i < paths.size(); ++i) {
        CHECK(json.at("layers")[i].at("directory") == paths[i]);
        CHECK(json.at("layers")[i].at("diff_id") == digest(box_image().layers[i].tar));
      }
      CHECK(runner.inside("echo runs") == "runs\n");
    }
  }
}

TEST_CASE("store layers says what is wrong with its words and its image") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      for (const Words& words : {Words{"store"}, Words{"store", "layers"}, Words{"store", "images", runner.box()}}) {
        const Outcome outcome = runner.slipway(words);
        CHECK(outcome.shell_status() == 2);
        CHECK_THAT(outcome.errors, Catch::Contains("store takes layers and an image"));
      }
      const Outcome damaged = runner.slipway({"store", "layers", runner.put("damaged.tar", "no archive at all")});
      CHECK(damaged.shell_status() == 1);
      CHECK(damaged.output == "");
      CHECK_THAT(damaged.errors, Catch::StartsWith("slipway: error: ") || Catch::Contains("error: "));
    }
  }
}

}  // namespace slipway::tests
