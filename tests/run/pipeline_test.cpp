// Pipeline files, what changes them for one run, and the commands that show them: check, plugin.
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/run/harness.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

Outcome run_in(const Runner& runner, const std::string& directory, const Words& words) {
  Command command = runner.command(words);
  command.directory = directory;
  Outcome outcome = run(command);
  CHECK(runner.leftovers() == "");
  return outcome;
}

std::string directory_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

const std::string kPipeline = R"json(// A pipeline with comments of both kinds.
{
  "image": { "use": "image-docker-save", "source": "box.tar" /* beside this file */ },
  "rootfs": { "use": "fs-overlay", "upper": "disk" },
  "exec": { "args": ["sh", "-c", "echo $0 $1 $A $(id -u) $(pwd) $(uname -n)", "zero", "one"], "env": ["A=file"], "workdir": "/opt" },
  "isolation": { "hostname": "from-file" }
}
)json";

// One folder a plugin, its name beginning with what its stage is called for short.
Words builtin_plugins() {
  Words names;
  for (const auto& entry : std::filesystem::directory_iterator(SLIPWAY_TEST_SOURCES "/../../plugins")) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  }
  return names;
}

std::string stage_of(const std::string& plugin) {
  const std::map<std::string, std::string> stages = {{"image", "image"},   {"fs", "rootfs"},   {"pseudo", "pseudo"},
                                                     {"harden", "harden"}, {"net", "network"}, {"exec", "exec"}};
  return stages.at(plugin.substr(0, plugin.find('-')));
}

TEST_CASE("a pipeline file runs, its paths relative to itself, and the command line goes on top") {
  struct Row {
    const char* name;
    Words options, command;
    std::string output;
  };
  const std::vector<Row> rows = {
      {"as it is", {}, {}, "zero one file 0 /opt from-file\n"},
      {"--set of a plain text", {"--set", "isolation.hostname=set"}, {}, "zero one file 0 /opt set\n"},
      {"--set of a list", {"--set", R"(exec.args=["echo","a"])"}, {}, "a\n"},
      {"--use of what is in use keeps its options",
       {"--use", "exec=exec-process"},
       {},
       "zero one file 0 /opt from-file\n"},
      {"the command's words", {}, {"echo", "b"}, "b\n"},
      {"-e -w --hostname", {"-e", "A=line", "-w", "/etc", "--hostname", "line"}, {}, "zero one line 0 /etc line\n"},
      {"the last --set wins",
       {"--set", "exec.workdir=/a", "--set", "exec.workdir=/"},
       {},
       "zero one file 0 / from-file\n"},
      {"--use of nothing for a list", {"--set", "harden=[]"}, {"cat", "/proc/sys/kernel/hostname"}, "from-file\n"},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.name) {
        Runner& runner = shared(caller);
        const std::string file = runner.put("pipeline.json", kPipeline);
        REQUIRE(directory_of(file) == directory_of(runner.box()));
        for (const auto& [directory, name] :
             {std::pair<std::string, std::string>{"/", file},
              std::pair<std::string, std::string>{directory_of(file), "pipeline.json"}}) {
          Words words = {"run"};
          words.insert(words.end(), row.options.begin(), row.options.end());
          words.push_back(name);
          words.insert(words.end(), row.command.begin(), row.command.end());
          const Outcome outcome = run_in(runner, directory, words);
          CHECK(outcome.output == row.output);
          CHECK(outcome.errors == "");
          CHECK(outcome.shell_status() == 0);
        }
      }
    }
  }
}

TEST_CASE("a start is remembered in the store, but not what the command line sets in the environment") {
  struct Row {
    const char* what;
    Words options;
    bool remembered;
  };
  const std::vector<Row> rows = {{"nothing secret", {}, true},
                                 {"-e", {"-e", "PW=hunter2"}, true},
                                 {"--set exec.env", {"--set", R"(exec.env=["PW=hunter2"])"}, false},
                                 {"--set exec", {"--set", R"(exec={"env":["PW=hunter2"]})"}, false}};
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.what) {
        Runner runner(caller);
        Words words = row.options;
        words.insert(words.end(), {runner.box(), "sh", "-c", "echo $PW"});
        CHECK(runner.run(words).output == (row.options.empty() ? "\n" : "hunter2\n"));
        std::size_t records = 0;
        for (const auto& record : std::filesystem::directory_iterator(runner.store() + "/starts")) {
          CHECK(read_file(record.path().string()).find("hunter2") == std::string::npos);
          ++records;
        }
        CHECK(records == (row.remembered ? 1U : 0U));
      }
    }
  }
}

TEST_CASE("a stage may be left empty or be a list") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string file = runner.put("lists.json", R"({
        "image": { "source": "box.tar" },
        "network": [],
        "harden": [ { "use": "harden-proc", "name": "first", "mask": ["/proc/keys"], "readonly": [] },
                    { "use": "harden-proc", "name": "second", "mask": ["/proc/interrupts"], "readonly": [] } ] })");
      const std::string look =
          "grep -c ' /proc/[ik]' /proc/self/mountinfo; cat /sys/class/net/lo/operstate; grep -c . /proc/net/if_inet6";
      const Outcome outcome = runner.run({file, "sh", "-c", look + "; :"});
      INFO(to_text(outcome));
      CHECK(outcome.output == "2\ndown\n0\n");
      CHECK(outcome.shell_status() == 0);
      const Outcome changed = runner.run(
          {"--set", "harden.second.mask=[]", file, "sh", "-c", "grep -c ' /proc/[ik]' /proc/self/mountinfo"});
      CHECK(changed.output == "1\n");
    }
  }
}

TEST_CASE("files extend one another and leave values open, and dump writes the whole of it down") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      runner.put("base.json", R"({"vars": {"image": null, "words": ["echo", "base"], "name": "base"},
        "image": {"source": "${image}"}, "exec": {"args": "${words}"}, "isolation": {"hostname": "${name}-host"}})");
      const std::string file = runner.put("top.json", R"({"extends": "base.json", "vars": {"name": "top"}})");
      const std::string directory = directory_of(file);
      const Words with_image = {"--var", "image=" + runner.box()};
      const auto words = [&](Words before, const Words& behind) {
        before.insert(before.end(), with_image.begin(), with_image.end());
        before.insert(before.end(), behind.begin(), behind.end());
        return before;
      };
      CHECK(run_in(runner, directory, words({"run"}, {"top.json"})).output == "base\n");
      CHECK(run_in(runner, directory, words({"run"}, {"top.json", "uname", "-n"})).output == "top-host\n");
      const Outcome chosen =
          run_in(runner, "/", words({"run", "--var", R"(words=["uname","-n"])", "--var", "name=line"}, {file}));
      CHECK(chosen.output == "line-host\n");
      CHECK(chosen.errors == "");

      const Outcome missing = run_in(runner, directory, {"run", "top.json"});
      CHECK(missing.shell_status() == 125);
      CHECK_THAT(missing.errors,
                 Catch::Contains("base.json:1:20: error: /vars/image: the variable \"image\" has no value") &&
                     Catch::Contains("--var image=VALUE"));

      for (const char* places : {"", "--places"}) {
        Words dump = words({"config", "dump"}, {"top.json"});
        if (*places != 0) dump.insert(dump.begin() + 2, places);
        const Outcome dumped = run_in(runner, directory, dump);
        INFO(to_text(dumped));
        REQUIRE(dumped.shell_status() == 0);
        CHECK((dumped.output.find("// " + std::string("base.json:")) != std::string::npos) == (*places != 0));
        const std::string whole = runner.put("whole.json", dumped.output);
        CHECK(run_in(runner, "/", {"run", whole, "uname", "-n"}).output == "top-host\n");
      }
    }
  }
}

TEST_CASE("config schema describes each plugin's options for editors") {
  const Outcome schema = shared(callers().front()).slipway({"config", "schema"});
  CHECK(schema.shell_status() == 0);
  CHECK(schema.errors == "");
  CHECK_THAT(schema.output, Catch::StartsWith("{\n  \"$schema\": \"http://json-schema.org/draft-07/schema#\"") &&
                                Catch::Contains("\"upper\"") && Catch::Contains("\"harden-proc\"") &&
                                Catch::EndsWith("}\n"));
}

TEST_CASE("check says nothing of a right file, and of a wrong one everything at once") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string right = runner.put("right.json", kPipeline);
      Outcome outcome = runner.slipway({"check", right});
      CHECK(outcome.output + outcome.errors == "");
      CHECK(outcome.shell_status() == 0);

      const std::string wrong = runner.put("wrong.json", R"({
  "image": { "use": "image-docker-save", "source": "box.tar" },
  "rootfs": { "use": "fs-overlay", "uper": "disk" },
  "harden": { "use": "harden-prok" },
  "isolation": { "hostname": 7 }
})");
      outcome = runner.slipway({"check", wrong});
      INFO(to_text(outcome));
      CHECK(outcome.shell_status() == 1);
      CHECK(outcome.output == "");
      CHECK_THAT(outcome.errors, Catch::Contains("wrong.json:3:") && Catch::Contains("/rootfs") &&
                                     Catch::Contains("upper") && Catch::Contains("wrong.json:4:") &&
                                     Catch::Contains("harden-proc") && Catch::Contains("wrong.json:5:") &&
                                     Catch::Contains("/isolation/hostname"));
      CHECK(runner.slipway({"check"}).shell_status() == 2);
      CHECK(runner.slipway({"check", "/no/such/file.json"}).shell_status() == 1);
    }
  }
}

TEST_CASE("plugin list names each plugin once with its stage and file, plugin info its options") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const Outcome list = runner.slipway({"plugin", "list"});
      CHECK(list.shell_status() == 0);
      CHECK(list.errors == "");
      const Words lines = lines_of(list.output);
      const Words names = builtin_plugins();
      REQUIRE(lines.size() == names.size() + 1);
      for (const std::string& name : names) {
        const std::string stage = stage_of(name);
        INFO(name);
        std::size_t count = 0;
        for (const std::string& line : lines) {
          if (!line.starts_with(name + " ")) continue;
          ++count;
          CHECK_THAT(line, Catch::Contains(" " + stage + " ") && Catch::EndsWith("/" + name + ".so"));
        }
        CHECK(count == 1);
        const Outcome info = runner.slipway({"plugin", "info", name});
        CHECK(info.shell_status() == 0);
        CHECK_THAT(info.output, Catch::StartsWith(name + " ") && Catch::Contains("stage " + stage));
      }
      CHECK_THAT(runner.slipway({"plugin", "info", "fs-overlay"}).output,
                 Catch::Contains("upper: \"auto\" | \"tmpfs\" | \"disk\" | \"none\", default \"auto\""));
      const Outcome unknown = runner.slipway({"plugin", "info", "fs-overly"});
      CHECK(unknown.shell_status() == 1);
      CHECK_THAT(unknown.errors, Catch::Contains("did you mean") && Catch::Contains("fs-overlay"));
    }
  }
}

}  // namespace
}  // namespace slipway::tests
