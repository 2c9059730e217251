#include "core/plan/render.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "core/plan/test_plans.hpp"

using namespace slipway;
using namespace slipway::plan;
using namespace slipway::plan::tests;

namespace {

Plan small_plan() {
  Plan plan;
  plan.steps = {unpack("layer"), root(), mount("/tmp", "pseudo-standard", 12), exec()};
  return plan;
}

}  // namespace

TEST_CASE("a plan as a table has a heading a phase and one line a step with owner and place") {
  CHECK(to_table(small_plan()) ==
        "prepare\n"
        "    1  unpack  layer sha256:" +
            std::string(12, 'a') +
            " as @layer  fs               p.json:1:1\n"
            "\n"
            "mount\n"
            "    2  mount   tmpfs on /" +
            std::string(27, ' ') +
            "fs               p.json:1:1\n"
            "    3  mount   tmpfs on /tmp" +
            std::string(24, ' ') +
            "pseudo-standard  p.json:12:1\n"
            "\n"
            "exec\n"
            "    4  exec    /bin/true" +
            std::string(28, ' ') + "exec             p.json:1:1\n");
  CHECK(to_table({}).empty());
}

TEST_CASE("a table says what a plugin has taken out of its own accord, and not what the pipeline says") {
  Plan plan;
  plan.steps = {mount("/x", "sly", 3, {.replaces = {"harden-proc:/proc/kcore", "two:/b"}})};
  CHECK_THAT(to_table(plan), Catch::EndsWith("sly  p.json:3:1; instead of harden-proc:/proc/kcore, two:/b\n"));
  plan.labels[{"sly", "harden-proc:/proc/kcore"}] = plan.steps[0].owner;
  plan.labels[{"sly", "two:/b"}] = plan.steps[0].owner;
  CHECK_THAT(to_table(plan), Catch::EndsWith("sly  p.json:3:1\n"));
}

TEST_CASE("what an image says cannot write to the terminal of who looks at its plan") {
  Plan plan;
  plan.steps = {planned(steps::Exec{{"/bin/\x1b[2Jsh", "a\nb"}}, steps::Phase::exec, "exec")};
  const std::string table = to_table(plan);
  CHECK(table.find('\x1b') == std::string::npos);
  CHECK(table.find("a\nb") == std::string::npos);
  CHECK(table.find("\\x1b") != std::string::npos);
  CHECK(to_text(plan.steps[0]).find('\x1b') == std::string::npos);
}

TEST_CASE("a plan as JSON has each step's number, phase, type, arguments and owner, and the facts") {
  const auto json = nlohmann::json::parse(to_json(small_plan(), R"({"host":{"user":"root"}})"));
  CHECK(json.at("facts").at("host").at("user") == "root");
  const auto& steps = json.at("steps");
  REQUIRE(steps.size() == 4);
  CHECK(steps[0].at("as") == "layer");
  CHECK(steps[2] == nlohmann::json::parse(R"({"number": 3, "phase": "mount", "type": "mount", "fstype": "tmpfs",
      "target": "/tmp", "owner": {"stage": "pseudo", "plugin": "pseudo-standard", "name": "pseudo-standard",
      "pointer": "/pseudo/pseudo-standard", "place": "p.json:12:1"}})"));
}

TEST_CASE("JSON stays JSON whatever bytes an image brings") {
  Plan plan;
  plan.steps = {planned(steps::Exec{{"\xff\xfe"}}, steps::Phase::exec, "exec")};
  const auto json = nlohmann::json::parse(to_json(plan, "{}"));
  CHECK(json.at("steps")[0].at("args")[0].at("base64") == "//4=");
  const PlannedStep& step = plan.steps[0];
  CHECK(nlohmann::json::accept("{" + event_members("run", 7, step, 12) + "}"));
  CHECK(nlohmann::json::accept("{" + message_members("run", {Severity::warning, {}, "", "a \xff \"b\"", ""}) + "}"));
}

TEST_CASE("an event's line tells run, step, phase, owner and time") {
  const auto json = nlohmann::json::parse("{" + event_members("0123", 3, mount("/tmp", "pseudo-standard"), 153) + "}");
  CHECK(json ==
        nlohmann::json::parse(R"({"run": "0123", "step": 3, "phase": "mount", "type": "mount", "stage": "pseudo",
      "owner": "pseudo-standard", "microseconds": 153, "message": "mount: tmpfs on /tmp"})"));
}

TEST_CASE("of one owner a plan shows its steps alone, and as JSON nothing that depends on others") {
  Plan plan = small_plan();
  plan.steps[2].owner.name = "scratch";
  const std::string row = "mount\n    3  mount  tmpfs on /tmp  scratch  p.json:12:1\n";
  CHECK(to_table(plan, "scratch") == row);
  CHECK(to_table(plan, "pseudo-standard") == row);
  CHECK(to_table(plan, "nobody").empty());
  const auto json = nlohmann::json::parse(to_json_of(plan, "scratch"));
  CHECK(json.size() == 1);
  REQUIRE(json.at("steps").size() == 1);
  CHECK(json.at("steps")[0].at("target") == "/tmp");
  CHECK(!json.at("steps")[0].contains("number"));
  CHECK(nlohmann::json::parse(to_json_of(plan, "nobody")).at("steps").empty());
}
