#include <catch2/catch.hpp>

#include "core/config/test_catalogue.hpp"

namespace slipway::config {
namespace {

Pipeline read(const Request& request) {
  TestCatalogue plugins;
  auto pipeline = read_pipeline(request, plugins.catalogue());
  INFO(told(pipeline ? Findings{} : pipeline.error()));
  REQUIRE(pipeline);
  return std::move(*pipeline);
}

const StageUse* first_of(const Pipeline& pipeline, const std::string& stage) {
  for (const StageUse& use : pipeline.stages) {
    if (use.stage == stage) return &use;
  }
  return nullptr;
}

TEST_CASE("an object without use gives options to the one plugin that a stage has, be it written as a list or not") {
  const Pipeline pipeline =
      read(request_for(R"({"image": {"source": "/a"}, "harden": {"masked": ["/proc/keys"]}, "network": {}})"));
  const StageUse* harden = first_of(pipeline, "harden");
  REQUIRE(harden != nullptr);
  CHECK(harden->use == "harden-proc");
  CHECK(harden->options["masked"] == nlohmann::json({"/proc/keys"}));
  CHECK(harden->pointer == "/harden");
  CHECK(to_text(pipeline.place_of("/harden/masked")) == "/etc/box/p.json:1:50");
  CHECK(to_text(pipeline.place_of("/harden/use")) == "default");
  REQUIRE(first_of(pipeline, "network") != nullptr);
}

TEST_CASE("the command line names an entry in the same way after an object without use") {
  for (const char* path : {"harden.masked", "harden.0.masked", "harden.harden-proc.masked"}) {
    CAPTURE(path);
    const Pipeline pipeline = read(request_for(R"({"image": {"source": "/a"}, "harden": {"masked": ["/proc/keys"]}})",
                                               {set(std::string(path) + "=[]")}));
    CHECK(first_of(pipeline, "harden")->options["masked"].empty());
  }
  const Pipeline typed =
      read(request_for(R"({"image": {"source": "/a"}})", {set(R"(harden={"masked": ["/proc/keys"]})")}));
  CHECK(first_of(typed, "harden")->options["masked"] == nlohmann::json({"/proc/keys"}));
}

TEST_CASE("an object with use stands instead of a stage's whole list") {
  const Pipeline pipeline =
      read(request_for(R"({"image": {"source": "/a"}, "pseudo": {"use": "pseudo-etc", "hosts": false}})"));
  std::string uses;
  for (const StageUse& use : pipeline.stages) uses += use.stage == "pseudo" ? use.use + " " : "";
  CHECK(uses == "pseudo-etc ");
}

TEST_CASE("an object without use for a stage of several plugins is told how to write them") {
  CHECK(told(request_for(R"({"image": {"source": "/a"}, "pseudo": {"shm": {}}})")) ==
        "/etc/box/p.json:1:39: error: /pseudo: \"use\" is missing: \"pseudo\" has 2 plugins by default, and an object "
        "without \"use\" can be for one only | write all: "
        "\"pseudo\": [ { \"use\": \"pseudo-standard\", … }, { \"use\": \"pseudo-etc\", … } ]\n");
}

TEST_CASE("an entry of a list without use is told what an entry looks like") {
  for (const char* stage : {"pseudo", "harden"}) {
    CAPTURE(stage);
    const std::string text = std::string(R"({"image": {"source": "/a"}, ")") + stage + R"(": [{"masked": []}]})";
    CHECK(told(request_for(text))
              .find("/0: \"use\" is missing: which plugin serves this stage? | an entry of a list is "
                    "written { \"use\": PLUGIN, options… }") != std::string::npos);
  }
  // The default of a stage that was emptied cannot be meant.
  CHECK(told(request_for(R"({"image": {"source": "/a"}, "harden": []})", {set(R"(harden={"masked": []})")}))
            .find("\"use\" is missing: which plugin serves this stage? | \"harden\": { \"use\": PLUGIN, options… }") !=
        std::string::npos);
}

}  // namespace
}  // namespace slipway::config
