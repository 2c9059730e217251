// The words of the command line: what is meant by them, and what a user hears who meant something else.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/run/harness.hpp"

namespace slipway::tests {
namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

TEST_CASE("with --log-format json every error is JSON, wherever the option stands") {
  struct Row {
    Words words;
    const char* told;
  };
  const std::vector<Row> rows = {
      {{"--log-format", "json", "/no/such.tar"}, "open: /no/such.tar: No such file or directory"},
      {{"--wrong", "--log-format=json", "/no/such.tar"}, "there is no option --wrong"},
      {{"--log-format", "json", "--wrong"}, "there is no option --wrong"},
      {{"--log-format", "json"}, "run needs a target"},
      {{"--tty", "maybe", "--log-format", "json", "/no/such.tar"}, "--tty takes yes or no"},
      {{"--use", "harden", "--log-format", "json", "/no/such.tar"}, "read --use: harden"},
      {{"-w", "--log-format", "--log-format", "json", "/no/such.tar"}, "open: /no/such.tar"},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.words.front() << " " << row.told) {
        Words words = {"run"};
        words.insert(words.end(), row.words.begin(), row.words.end());
        const Outcome outcome = run(shared(caller).command(words));
        INFO(to_text(outcome));
        CHECK(outcome.shell_status() == 125);
        REQUIRE(lines_of(outcome.errors).size() == 1);
        const json line = json::parse(outcome.errors, nullptr, false);
        REQUIRE(line.is_object());
        CHECK(line.value("level", "") == "error");
        CHECK_THAT(line.value("message", ""), Catch::Contains(row.told));
      }
    }
    const Outcome plain = run(shared(caller).command({"run", "/no/such.tar", "--log-format", "json"}));
    CHECK_THAT(plain.errors, Catch::StartsWith("slipway: error: "));  // a word of the container's command
  }
}

TEST_CASE("a word that is wrong, or one too many, is told as such") {
  struct Row {
    Words words;
    int status;
    Words told;
  };
  const std::vector<Row> rows = {
      {{"check", "a", "b"}, 2, {"too many words: b", "PIPELINE"}},
      {{"inspect", "a", "b"}, 2, {"too many words: b"}},
      {{"unpack", "a", "b", "c"}, 2, {"too many words: c"}},
      {{"doctor", "a"}, 2, {"too many words: a"}},
      {{"clean", "a"}, 2, {"too many words: a"}},
      {{"config", "dump", "a", "b"}, 2, {"too many words: b"}},
      {{"config", "dmup", "a"}, 2, {"config has no subcommand dmup", "did you mean dump?"}},
      {{"plugin", "lst"}, 2, {"plugin has no subcommand lst", "did you mean list?"}},
      {{"plugin", "info", "fs-copy", "b"}, 2, {"too many words: b"}},
      {{"completion", "bsh"}, 2, {"completion has no subcommand bsh", "did you mean bash?"}},
      {{"run", "-it", "a.tar"}, 125, {"there is no option -it", "--tty yes|no"}},
      {{"run", "--rm", "a.tar"}, 125, {"there is no option --rm", "nothing of a run stays"}},
      {{"run", "--volume", "a:/b", "a.tar"}, 125, {"there is no option --volume", "--bind SRC:DST"}},
      {{"run", "-v", "./a:/b", "a.tar"}, 125, {"open: ./a:/b", "--bind SRC:DST"}},
      {{"plan", "--net=host", "a.tar"}, 2, {"there is no option --net", "--use network=net-host"}},
      {{"run", "/no/such"}, 125, {"open: /no/such", "OCI image layout", "directory"}},
      {{"plugin", "list", "--plugin-dir", "/etc/passwd"}, 1, {"look for plugins in: /etc/passwd: Not a directory"}},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.words[0] << " " << row.words[1]) {
        const Outcome outcome = run(shared(caller).command(row.words));
        INFO(to_text(outcome));
        CHECK(outcome.shell_status() == row.status);
        CHECK(lines_of(outcome.errors).size() == 2);
        for (const std::string& part : row.told) CHECK_THAT(outcome.errors, Catch::Contains(part));
      }
    }
  }
}

TEST_CASE("options may stand behind the target where no command of the container follows") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      CHECK(json::parse(runner.slipway({"inspect", runner.box(), "--json"}).output, nullptr, false).is_object());
      const json plugins = json::parse(run(runner.command({"plugin", "list", "--json"})).output, nullptr, false);
      REQUIRE(plugins.is_array());
      CHECK_THAT(plugins.dump(), Catch::Contains(R"("name":"fs-overlay","stage":"rootfs")"));
      CHECK_THAT(runner.slipway({"plan", runner.box(), "--json"}).errors,
                 Catch::Contains("warning: --json behind the target is a word of the container's command"));
      CHECK_THAT(runner.run({"--entrypoint", "", runner.box(), "--json"}).errors,
                 Catch::Contains("options of slipway's own stand before the image"));
    }
  }
}

TEST_CASE("an option whose variable is unset, and what is no directory of plugins, end the run") {
  struct Row {
    Words options;
    Words told;
  };
  const std::vector<Row> rows = {
      {{"--use", "harden="}, {"--use harden: error: /harden: no plugin is named", "--set harden=[]"}},
      {{"--use", "network=host"}, {"find plugin host", "did you mean \"net-host\"?"}},
      {{"--plugin-dir", "/etc/passwd"}, {"--plugin-dir: error: /plugin_dirs/0: look for plugins in: /etc/passwd"}},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.options[1]) {
        Words words = row.options;
        words.insert(words.end(), {shared(caller).box(), "true"});
        const Outcome outcome = shared(caller).run(words);
        INFO(to_text(outcome));
        CHECK(outcome.shell_status() == 125);
        CHECK(outcome.errors.find("error: ") == outcome.errors.rfind("error: "));
        for (const std::string& part : row.told) CHECK_THAT(outcome.errors, Catch::Contains(part));
      }
    }
  }
}

TEST_CASE("a pipeline is no record of facts, and none comes through a pipe") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string pipeline = runner.put("p.json", R"({"image": {"source": ")" + runner.box() + R"("}})");
      const Outcome facts = runner.slipway({"plan", "--facts", pipeline, runner.box()});
      CHECK(facts.shell_status() == 1);
      CHECK(lines_of(facts.errors).size() == 2);
      CHECK_THAT(facts.errors, Catch::Contains("these are no facts") && Catch::Contains("is this a pipeline file?"));
      const Outcome piped = run(runner.plain(
          {"sh", "-c", "exec \"$0\" run --store \"$2\" - <\"$1\"", program_for(caller), pipeline, runner.store()}));
      CHECK(piped.shell_status() == 125);
      CHECK_THAT(piped.errors, Catch::Contains("may be a pipeline") && Catch::Contains("a file that is named"));
    }
  }
}

}  // namespace
}  // namespace slipway::tests
