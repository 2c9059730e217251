// Calls of plugins' functions that go wrong: one clear error that names who and what, nothing left.
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/refuse/calling.hpp"
#include "tests/refuse/setting.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

struct Row {
  const char* function;
  std::string says;
  json more = json::object();
};

std::vector<Row> rows() {
  const json named{{"as", "made"}};
  return {
      {"segv", "it crashed in PHASE: Segmentation fault"},
      {"abort", "it crashed in PHASE: Aborted (abort, or an exception that nobody caught)"},
      {"exit", "it ended its process with status 3 in PHASE"},
      {"hang", "it hangs in PHASE: no answer within 1 s", {{"timeout", 1}, {"undo", "none"}}},
      {"silent", "call failed without saying why (status 42)"},
      {"fail", "make room: No space left on device"},
      {"step", "call emitted a step; steps belong in plan"},
      {"long_words", ": " + std::string(512, 'x') + "\n"},
      {"no_result", "it gave no result, but the step has a name for one (as)", named},
      {"wrong_result", "its result is no open descriptor: 1000", named},
      {"close_all", "it ended its process with status 1 in PHASE"},
  };
}

std::string in_phase(std::string words, const std::string& phase) {
  const std::size_t at = words.find("PHASE");
  return at == std::string::npos ? words : words.replace(at, 5, phase);
}

}  // namespace

TEST_CASE("a call that goes wrong ends the run with one error that names plugin, function and phase") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive();
    for (const std::string phase : {"prepare", "attach", "mount", "seal"}) {
      for (const Row& row : rows()) {
        INFO(to_text(who) << ", " << row.function << " in " << phase);
        const Words words = emitting({call(row.function, phase, row.more)}) + Words{image, "true"};
        CHECK(setting.refusal("run", words,
                              {"network: fixture-calls: step ", "call: " + std::string(row.function) + "(",
                               in_phase(row.says, phase)}) == "");
      }
    }
  }
}

TEST_CASE("what a call has made is taken back when a later step fails") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string made = setting.own("made");
    for (const std::string phase : {"prepare", "attach"}) {
      for (const std::string later : {"prepare", "attach", "mount", "seal"}) {
        if (phase == "attach" && later == "prepare") continue;
        INFO(to_text(who) << ", " << phase << " then " << later);
        const json arguments{{"arguments", {{"path", made}}}};
        const Words words =
            emitting({call("make", phase, arguments), call("fail", later)}) + Words{setting.archive(), "true"};
        CHECK(setting.refusal("run", words, {"make room: No space left on device"}) == "");
        CHECK_FALSE(fs::exists(made));
      }
    }
  }
}

TEST_CASE("an undo that goes wrong is told, gives 125, and leaves the journal for slipway clean") {
  struct Bad {
    const char* undo;
    const char* says;
  };
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    // It governs the call as well, which does something.
    constexpr int kTimeout_s = 6;
    const std::string hangs = "it hangs in its undo (prepare): no answer within " + std::to_string(kTimeout_s) + " s";
    for (const Bad& bad :
         {Bad{"hang", hangs.c_str()}, Bad{"segv", "it crashed in its undo (prepare): Segmentation fault"},
          Bad{"fail", "it does not want to go"}}) {
      INFO(to_text(who) << ", " << bad.undo);
      const std::string made = setting.own("made");
      const json arguments{{"arguments", {{"path", made}, {"undo", bad.undo}}}, {"timeout", kTimeout_s}};
      const Outcome outcome = setting.slipway(
          "run", emitting({call("make", "prepare", arguments)}) + Words{setting.archive(), "sh", "-c", "echo ran"});
      INFO(outcome.errors);
      CHECK(outcome.output == "ran\n");
      CHECK(outcome.shell_status() == 125);
      CHECK(outcome.errors.find("take back make of fixture-calls: ") != std::string::npos);
      CHECK(outcome.errors.find(bad.says) != std::string::npos);
      const Outcome cleaned = setting.slipway("clean", {});
      INFO(cleaned.errors);
      CHECK(cleaned.shell_status() == 1);
      CHECK(cleaned.errors.find(bad.says) != std::string::npos);
      CHECK(cleaned.errors.find(".journal)") != std::string::npos);
      for (const auto& journal : fs::directory_iterator(setting.runtime())) fs::remove(journal.path());
      fs::remove(made);
    }
  }
}

TEST_CASE("a call step that cannot be carried out is refused in the plan, by name") {
  struct Wrong {
    json step;
    std::string says;
  };
  SLIPWAY_SETTING(Who::root);
  const std::string image = setting.archive();
  for (const Wrong& wrong : {
           Wrong{call("f", "confine"), R"(phase is "confine"; this type stands in)"},
           Wrong{call("f", "mount", {{"inputs", {"@nothing"}}}), "uses @nothing, which no earlier step makes"},
           Wrong{call("f", "mount", {{"inputs", {"@netns"}}}), "uses @netns, which no earlier step makes"},
           Wrong{call("f", "prepare", {{"inputs", {"@pidfd"}}}), "uses @pidfd, which no earlier step makes"},
           Wrong{call("f", "mount", {{"timeout", 0}}), "call: timeout is not within 1 to 3600 seconds"},
           Wrong{call("", "mount"), "call: function is a word of at most 64 bytes"},
           Wrong{call("f", "mount", {{"arguments", 5}}), "arguments is the number 5; expected an object"},
           Wrong{call("f", "mount", {{"arguments", {{"x", std::string(70000, 'x')}}}}),
                 "call: arguments are 70008 bytes"},
       }) {
    CHECK(setting.refusal("run", emitting({wrong.step}) + Words{image, "true"}, {"/network/0: ", wrong.says}) == "");
  }
  CHECK(setting.refusal(
            "run",
            {"--plugin-dir", SLIPWAY_FIXTURES, "--set",
             R"(network=[{"use":"emits-network","steps":["{\"type\":\"call\",\"function\":\"f\"}"]}])", image, "true"},
            {"emits-network: plan: step call is not among what the manifest needs"}) == "");
}
