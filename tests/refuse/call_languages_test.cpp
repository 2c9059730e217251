// The same plugin with call steps in C, in C++ and in Rust: planned, carried out, taken back, and taken back by another
// process after a kill.
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>

#include "tests/refuse/setting.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;
namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

const Words kLanguages{"c", "cpp", "rust"};

Words using_it(const std::string& language, const std::string& path, const std::string& how = "well") {
  return {"--plugin-dir", SLIPWAY_FIXTURES, "--set",
          R"(harden=[{"use":"calls-in-)" + language + R"(","path":")" + path + R"(","how":")" + how + R"("}])"};
}

Words operator+(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace

TEST_CASE("a plugin in C, in C++ and in Rust plans the same calls, and carries them out and takes them back") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    std::string first;
    for (const std::string& language : kLanguages) {
      INFO(to_text(who) << ", " << language);
      const std::string made = setting.own("made");
      const Words words = using_it(language, made) + Words{setting.archive()};
      const Outcome plan = setting.slipway("plan", Words{"--json", "--owner", "calls-in-" + language} + words);
      INFO(plan.errors);
      std::string steps = plan.output;
      for (std::size_t at = 0; (at = steps.find("calls-in-" + language)) != std::string::npos;)
        steps.replace(at, ("calls-in-" + language).size(), "it");
      if (first.empty()) first = steps;
      CHECK(steps.find("\"make\"") != std::string::npos);
      CHECK(steps == first);
      const Outcome outcome = setting.slipway("run", words + Words{"cat", "/shown"});
      CHECK(outcome.errors == "");
      CHECK(outcome.output == "made by a call\n");
      CHECK_FALSE(fs::exists(made));
      CHECK(fs::is_empty(setting.runtime()));
    }
  }
}

TEST_CASE("what a call in C, C++ or Rust did is taken back by slipway clean when its run was killed") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    for (const std::string& language : kLanguages) {
      const std::string made = setting.own("made");
      const Words words = using_it(language, made) + Words{setting.archive(), "true"};
      for (const std::string where : {"calling", "called", "prepared", "running", "undone"}) {
        INFO(to_text(who) << ", " << language << ", " << where);
        CHECK(setting.slipway("run", Words{"--fault", where + ":kill-supervisor"} + words).signal == SIGKILL);
        CHECK(fs::exists(made) == (where != "calling" && where != "undone"));
        const Outcome cleaned = setting.slipway("clean", {});
        INFO(cleaned.errors);
        CHECK(cleaned.shell_status() == 0);
        CHECK_FALSE(fs::exists(made));
        CHECK(fs::is_empty(setting.runtime()));
      }
    }
  }
}

TEST_CASE("a call that fails, throws, panics or aborts ends the run with one error, in each language") {
  struct Row {
    const char* language;
    const char* how;
    Words says;
  };
  const Words fails{"it is not to be shown", "ask for something else"};
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    for (const Row& row :
         {Row{"c", "failing", fails}, Row{"cpp", "failing", fails}, Row{"rust", "failing", fails},
          Row{"c", "crashing", {"it crashed in mount: Aborted"}},
          Row{"cpp", "crashing", {"the plugin threw: on purpose"}},
          Row{"rust", "crashing", {"the plugin panicked: on purpose"}}, Row{"rust", "keeping", {"given in vain"}}}) {
      INFO(to_text(who) << ", " << row.language << " " << row.how);
      const std::string made = setting.own("made");
      CHECK(setting.refusal("run", using_it(row.language, made, row.how) + Words{setting.archive(), "true"},
                            Words{std::string("harden: calls-in-") + row.language} + row.says) == "");
      CHECK_FALSE(fs::exists(made));
    }
  }
}
