#include "core/compare/experiment/experiment_json.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace slipway::compare {
namespace {

using nlohmann::ordered_json;

Experiment whole() {
  Experiment one;
  one.target = "/images/a.tar";
  one.command = {"sh", "-c", "echo \"x\""};
  one.options = {"--set", "rootfs.upper=disk"};
  one.factors = {{"rootfs", {"fs-overlay", "fs-copy"}},
                 {"harden", {"[]", R"([{"use":"harden-proc"}])"}},
                 {"exec.init", {"with", "without"}, {{"with", "true"}, {"without", "false"}}},
                 {"parallel", {"1", "4"}}};
  one.excluded = {{{"rootfs", "fs-copy"}, {"harden", "[]"}}};
  one.variants = {{"anew", {"--no-record", "starts"}}};
  one.against = {{"other", {"sh", "-c", "exit 0"}}};
  one.baseline = {{"rootfs", "fs-copy"}};
  one.question = {.measures = {"user", "wall"}, .level = 0.01, .confidence = 0.9, .same_within = 0.02, .power = 0.7};
  one.stop = {.rounds = 5, .time_s = 60, .precision = 0.5};
  one.seed = 18446744073709551615U;
  one.differ = {.status = true, .output = true, .tree = true};
  one.status = 3;
  one.timeout_s = 7.5;
  one.details = Details::all;
  one.values = true;
  one.ready = "listening";
  return one;
}

}  // namespace

TEST_CASE("an experiment that is written and read again is the same") {
  const std::string text = to_json(whole());
  CHECK(text.find('\n') == std::string::npos);
  const auto read = read_experiment(text, "e.json", "/elsewhere");
  REQUIRE(read);
  CHECK(to_json(*read) == text);
  CHECK(read->target == "/images/a.tar");
  CHECK(read->factors[1].levels[1] == R"([{"use":"harden-proc"}])");
  CHECK(read->seed == whole().seed);
}

TEST_CASE("factors keep the order of the file, levels may be JSON, and a target is relative to the file") {
  const auto read =
      read_experiment(R"({"factors": {"z": ["b", "a"], "a": [1, [], {"x": "y"}, true]}, "treatments": ["cold"],
                                        // why
                                        "target": "image.tar", "time": "2m"})",
                      "e.json", "/folder");
  REQUIRE(read);
  REQUIRE(read->factors.size() == 3);
  CHECK(read->factors[0].name == "z");
  CHECK(read->factors[1].levels == std::vector<std::string>{"1", "[]", R"({"x":"y"})", "true"});
  CHECK(read->factors[2].name == "treatment");
  CHECK(read->target == "/folder/image.tar");
  CHECK(read->stop.time_s == 120);
}

TEST_CASE("levels may have names, and what they stand for is what is set") {
  const auto read = read_experiment(
      R"({"factors": {"rootfs": {"disk": {"use": "fs-overlay", "upper": "disk"}, "copy": "fs-copy"}}, "target": "x"})",
      "e.json", "");
  REQUIRE(read);
  const auto variants = variants_of(design_of(*read));
  REQUIRE(variants);
  CHECK(variants->all[0].name == "rootfs=disk");
  CHECK(start_of(*read, *variants, 0).before ==
        std::vector<std::string>{"--set", R"(rootfs={"use":"fs-overlay","upper":"disk"})"});
  CHECK(start_of(*read, *variants, 1).before == std::vector<std::string>{"--use", "rootfs=fs-copy"});
}

TEST_CASE("the schema has each member that the reader takes, and no other") {
  const auto properties = ordered_json::parse(experiment_schema()).at("properties");
  for (const auto& [name, schema] : properties.items()) {
    INFO(name);
    // Of another kind than any member is.
    const auto read = read_experiment("{\"target\": \"x\", \"" + name + "\": null}", "e.json", "");
    if (read) {
      CHECK(name == "$schema");
    } else {
      CHECK(sentence(read.error()).find("no such member") == std::string::npos);
    }
    CHECK(schema.contains("description"));
  }
}

TEST_CASE("damaged experiments are errors with the file's name, and none is taken for another") {
  for (const char* text : {"", "{", "null", "7", "{\"target\": 7}", "{\"target\": \"x\", \"factors\": {\"a\": {}}}",
                           "{\"target\": \"x\", \"seed\": -1}", "{\"target\": \"x\", \"excluded\": [[]]}",
                           "{\"target\": \"x\", \"values\": 1}", "{\"target\": \"x\", \"x\": {\"a\": 1, \"a\": 2}}",
                           "{\"target\": \"\xff\"}", "{\"target\": \"x\"} more"}) {
    INFO(text);
    const auto read = read_experiment(text, "e.json", "");
    REQUIRE_FALSE(read);
    CHECK(sentence(read.error()).find("e.json") != std::string::npos);
  }
}

}  // namespace slipway::compare
