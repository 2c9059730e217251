// `slipway plan`: the same steps for the same facts, whoever asks and whatever the store holds.
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/run/harness.hpp"
#include "tests/run/rich_image.hpp"

namespace slipway::tests {
namespace {

using Json = nlohmann::json;
using Words = std::vector<std::string>;

TEST_CASE("a plan's table has the phases in order and each step with its owner") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const Outcome outcome = runner.slipway({"plan", "--set", "rootfs.upper=tmpfs", runner.box(), "id", "-u"});
      CHECK(outcome.shell_status() == 0);
      CHECK(outcome.errors == "");
      Words phases;
      std::size_t number = 0;
      for (const std::string& line : lines_of(outcome.output)) {
        if (line.empty()) continue;
        if (line[0] != ' ') {
          phases.push_back(line);
        } else {
          CHECK(std::stoul(line) == ++number);
        }
      }
      REQUIRE_FALSE(phases.empty());
      CHECK_THAT(phases.front(), Catch::StartsWith("image: docker-save archive, box:latest, 4 layers, sha256:"));
      phases.erase(phases.begin());
      CHECK(phases == Words{"prepare", "mount", "seal", "confine", "exec"});
      CHECK_THAT(outcome.output, Catch::Contains("  overlay      4 layers on /, writes to a tmpfs") &&
                                     Catch::Contains("fs-overlay       --set"));
      CHECK_THAT(lines_of(outcome.output).back(),
                 Catch::Contains("exec         id -u") && Catch::EndsWith("the command"));
    }
  }
}

TEST_CASE("a plan as JSON has steps, owners and places, and the facts that it was made from") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const Outcome outcome = runner.slipway({"plan", "--json", runner.box()});
      const Json plan = Json::parse(outcome.output, nullptr, false);
      REQUIRE(plan.is_object());
      std::size_t number = 0;
      for (const Json& step : plan.at("steps")) {
        INFO(step.dump());
        CHECK(step.at("number") == ++number);
        for (const char* member : {"phase", "type"}) CHECK(step.at(member).is_string());
        for (const char* member : {"stage", "plugin", "name", "pointer", "place"})
          CHECK(step.at("owner").at(member).is_string());
      }
      CHECK(number > 40);
      CHECK(plan.at("facts").at("isolation").at("ids") == (caller.is_root()     ? "host"
                                                           : caller.is_single() ? "single"
                                                                                : "range"));
      CHECK(plan.at("facts").at("host").at("user") == (caller.is_root() ? "root" : "ordinary"));

      // What was printed is itself a record of facts.
      const std::string record = runner.put("plan.json", outcome.output);
      const Outcome again = runner.slipway({"plan", "--json", "--facts", record, runner.box()});
      INFO(again.errors);
      CHECK((again.output == outcome.output));
    }
  }
}

TEST_CASE("plan --owner shows what one plugin asks for, and knows who is in the pipeline") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const Outcome all = runner.slipway({"plan", runner.box()});
      const Outcome one = runner.slipway({"plan", "--owner", "net-loopback", runner.box()});
      INFO(to_text(one));
      CHECK(one.shell_status() == 0);
      CHECK_THAT(one.output, Catch::Contains("  link_up  lo  net-loopback  default\n"));
      CHECK_THAT(one.output, !Catch::Contains("pseudo-standard"));
      // Numbered as in the whole plan.
      const std::string number = one.output.substr(one.output.find("  link_up") - 3, 3);
      CHECK_THAT(all.output, Catch::Contains(number + "  link_up"));
      const Outcome none =
          runner.slipway({"plan", "--json", "--owner", "net-none", "--use", "network=net-none", runner.box()});
      CHECK(nlohmann::json::parse(none.output).at("steps").empty());
      const Outcome unknown = runner.slipway({"plan", "--owner", "net-loopbck", runner.box()});
      CHECK(unknown.shell_status() == 1);
      CHECK(unknown.output == "");
      CHECK_THAT(unknown.errors, Catch::Contains("no plugin of this pipeline is called so") &&
                                     Catch::Contains("did you mean net-loopback?"));
      CHECK(runner.slipway({"plan", "--script", "--owner", "net-loopback", runner.box()}).shell_status() == 2);
    }
  }
}

TEST_CASE("a plan does not depend on what the store holds, and leaves nothing unpacked") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      // Of the first a run leaves layers out, which only an unpacked layer tells.
      for (const std::string& image :
           {runner.put("hiding.tar", docker_save({image_with_opaque_top({file(".wh..wh..opq")})}, Layout::docker25)),
            runner.box()}) {
        const Words words = {"plan", "--json", image};
        const Outcome empty = runner.slipway(words);
        CHECK(empty.shell_status() == 0);
        const Words kept = {"ls", "-A", runner.store() + "/layers"};
        const std::string before = run(runner.plain(kept)).output;
        if (image != runner.box()) CHECK(before == "");
        REQUIRE(runner.run({image, "true"}).shell_status() == 0);
        CHECK(run(runner.plain(kept)).output != before);
        CHECK((runner.slipway(words).output == empty.output));
      }
    }
  }
}

// Members and the types of their values, without the values; of lists what is in them.
Json shape_of(const Json& value) {
  Json shape = value.is_object() ? Json::object() : value.is_array() ? Json::array() : Json(value.type_name());
  if (value.is_object()) {
    for (const auto& [name, member] : value.items()) shape[name] = shape_of(member);
  }
  if (value.is_array()) {
    for (const Json& one : value) {
      if (const Json found = shape_of(one); std::find(shape.begin(), shape.end(), found) == shape.end())
        shape.push_back(found);
    }
  }
  return shape;
}

const std::string kRecordedFacts = SLIPWAY_TEST_SOURCES "/../../sdk/facts/";

TEST_CASE("facts are printed as plugins are told them, and are the recorded ones of such a host in shape") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const Words target = {"--set", "isolation.hostname=golden", runner.box()};
      Words words = {"plan", "--print-facts"};
      words.insert(words.end(), target.begin(), target.end());
      const Outcome outcome = runner.slipway(words);
      CHECK(outcome.errors == "");
      const Json facts = Json::parse(outcome.output, nullptr, false);
      REQUIRE(facts.is_object());
      words[1] = "--json";
      CHECK(Json::parse(runner.slipway(words).output).at("facts") == facts);

      const std::string same = caller.is_root() ? "root" : caller.is_single() ? "one-id" : "rootless";
      for (const std::string name : {"root", "rootless", "one-id", "hybrid-cgroups", "cgroups-v1", "no-overlay",
                                     "old-kernel", "recent-kernel"}) {
        INFO(name);
        const std::string text = read_file(kRecordedFacts + name + ".json");
        CHECK_THAT(text, Catch::StartsWith("// Recorded") || Catch::StartsWith("// Composed"));
        const Json recorded = Json::parse(text, nullptr, false, true);
        CHECK(shape_of(recorded.at("host")) == shape_of(facts.at("host")));
        CHECK(shape_of(recorded.at("isolation")) == shape_of(facts.at("isolation")));
        for (const auto& [member, value] : recorded.at("image").items()) {
          INFO(member);
          if (member != "settings") CHECK(shape_of(value) == shape_of(facts.at("image").at(member)));
        }
        if (name == same) CHECK(recorded.at("isolation") == facts.at("isolation"));
        if (name == same) CHECK(recorded.at("host").at("user") == facts.at("host").at("user"));
      }
    }
  }
}

TEST_CASE("facts are printed without a plan, so where a plugin has none for them, too") {
  Runner& runner = shared(callers().front());
  const std::string refused = "harden.harden-proc.mask=[\"/proc/../x\"]";
  const Words words = {"--set", refused, runner.box()};
  CHECK(runner.slipway({"plan", words[0], words[1], words[2]}).shell_status() == 1);
  const Outcome printed = runner.slipway({"plan", "--print-facts", words[0], words[1], words[2]});
  CHECK(printed.shell_status() == 0);
  CHECK(printed.errors == "");
  for (const std::string other : {"--json", "--script", "--owner=x", "--facts=x"})
    CHECK(runner.slipway({"plan", "--print-facts", other, runner.box()}).shell_status() == 2);
}

// To renew a record after a change that is meant, in tests/run/golden:
//   slipway plan --facts ../../../sdk/facts/HOST.json pipeline.json > HOST.plan.txt, and with --json > HOST.plan.json
TEST_CASE("recorded facts give the recorded plan on any host, for a user without any privilege") {
  const std::string golden = SLIPWAY_TEST_SOURCES "/golden/";
  std::vector<Caller> all = callers();
  if (!all.empty() && all.front().is_root()) {
    const User nobody{"nobody", 65534, 65534, "/nonexistent"};
    all.push_back({nobody.name, Caller::Ids::single, nobody});
  }
  for (const Caller& caller : all) {
    for (const std::string host : {"root", "one-id"}) {
      DYNAMIC_SECTION(caller.name << ": a plan for " << host) {
        const Runner runner(caller);
        const std::string file = runner.put("pipeline.json", read_file(golden + "pipeline.json"));
        const std::string facts = runner.put("facts.json", read_file(kRecordedFacts + host + ".json"));
        for (const auto& [option, kind] : {std::pair{"", "txt"}, std::pair{"--json", "json"}}) {
          Words words = {"plan", "--facts", facts};
          if (*option != '\0') words.emplace_back(option);
          words.emplace_back("pipeline.json");
          Command command = runner.command(words);
          command.directory = file.substr(0, file.rfind('/'));
          const Outcome outcome = run(command);
          CHECK(outcome.errors == "");
          CHECK(outcome.shell_status() == 0);
          CHECK(outcome.output == read_file(golden + host + ".plan." + kind));
        }
      }
    }
  }
}

}  // namespace
}  // namespace slipway::tests
