// What shells and man(1) are told of the command line: all of it, in words that they take.
#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>

#include "tests/run/harness.hpp"

namespace slipway::tests {
namespace {

std::vector<std::string> commands_of(const Runner& runner) {
  std::vector<std::string> names;
  for (const std::string& line : lines_of(runner.slipway({"--help"}).output)) {
    if (line.starts_with("  ")) names.push_back(line.substr(2, line.find(' ', 2) - 2));
  }
  return names;
}

// "  -e,--env NAME=VALUE      a variable…": "-e", "--env".
std::vector<std::string> options_of(const Runner& runner, const std::string& command) {
  std::vector<std::string> names;
  for (const std::string& line : lines_of(runner.slipway({command, "--help"}).output)) {
    if (!line.starts_with("  -")) continue;
    std::istringstream each(line.substr(2, line.find(' ', 2) - 2));
    for (std::string name; std::getline(each, name, ',');) names.push_back(name);
  }
  return names;
}

std::vector<std::string> lines_with(const std::string& text, const std::string& part) {
  std::vector<std::string> lines = lines_of(text);
  std::erase_if(lines, [&](const std::string& line) { return line.find(part) == std::string::npos; });
  return lines;
}

std::string between(const std::string& text, const std::string& from, const std::string& to) {
  const std::size_t begin = text.find(from);
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find(to, begin + from.size()) - begin);
}

struct Row {
  std::vector<const char*> words;  // behind "slipway"; the last one is being typed. "=" is a word of its own in bash
  const char* completed;
};

std::string bash_answer(const Runner& runner, const std::string& script, const Row& row) {
  // Outside of a completion bash refuses compopt.
  std::vector<std::string> words = {
      "bash",
      "--norc",
      "-c",
      R"(. "$1"; shift; compopt() { :; }; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _slipway; echo "${COMPREPLY[*]}")",
      "bash",
      script,
      program_for(runner.caller())};
  words.insert(words.end(), row.words.begin(), row.words.end());
  Command command = runner.plain(words);
  command.directory = runner.own(".");
  const Outcome outcome = run(command);
  CHECK(outcome.errors == "");
  return outcome.output;
}

}  // namespace

TEST_CASE("completion and the page of man have every option that --help has, of every command") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner& runner = shared(caller);
      const std::string bash = runner.slipway({"completion", "bash"}).output;
      const std::string zsh = runner.slipway({"completion", "zsh"}).output;
      const std::string fish = runner.slipway({"completion", "fish"}).output;
      const std::string page = runner.slipway({"completion", "man"}).output;
      const std::vector<std::string> commands = commands_of(runner);
      REQUIRE(commands.size() >= 8);
      for (const std::string& command : commands) {
        const std::string in_bash = between(bash, "    " + command + ") options='", "\n");
        const std::string in_zsh = between(zsh, "      " + command + ")\n", "return ;;");
        const std::vector<std::string> in_fish = lines_with(fish, "'__slipway_at " + command + " options' ");
        const std::string in_page = between(page, ".Ss slipway " + command + "\n", ".El\n");
        const std::vector<std::string> options = options_of(runner, command);
        CHECK(options.size() >= 2);
        for (const std::string& name : options) {
          INFO(command << " " << name);
          const bool is_long = name.starts_with("--");
          if (is_long) CHECK_THAT(in_bash, Catch::Contains(name));
          CHECK_THAT(in_zsh, Catch::Contains(name));
          const std::string flag = is_long ? " -l " + name.substr(2) : " -s " + name.substr(1);
          CHECK(std::any_of(in_fish.begin(), in_fish.end(),
                            [&](const std::string& line) { return line.find(flag + " ") != std::string::npos; }));
          CHECK_THAT(in_page, Catch::Contains(is_long ? "Fl Fl " + name.substr(2) : "Fl " + name.substr(1)));
        }
      }
      CHECK(runner.slipway({"completion"}).shell_status() == 2);
      CHECK(runner.slipway({"completion", "tcsh"}).shell_status() == 2);
    }
  }
}

TEST_CASE("bash completes commands, options, words, plugins, files and directories, and leaves the container's alone") {
  const std::vector<Row> rows = {
      {{""},
       "run plan check compare config plugin inspect unpack store clean doctor reference completion --help "
       "--version\n"},
      {{"pl"}, "plan plugin\n"},
      {{"nonsense", ""}, "\n"},
      {{"run", "--t"}, "--tty --timing --timing-file\n"},
      {{"run", "--tty", ""}, "yes no\n"},
      {{"run", "--tty", "=", "n"}, "no\n"},
      {{"run", "--log-format", "j"}, "json\n"},
      {{"run", "--use", "ro"}, "rootfs=\n"},
      {{"run", "--use", "harden", "=", ""}, "harden-proc\n"},
      {{"run", "--use", "=", "harden", "=", "harden-"}, "harden-proc\n"},
      {{"run", "--store", "a-"}, "a-directory\n"},
      {{"run", "a-"}, "a-directory a-file\n"},
      {{"run", "-w", "/tmp", "a-f"}, "a-file\n"},
      {{"run", "--set", "rootfs.upper", "=", "disk", "a-f"}, "a-file\n"},
      {{"run", "a-file", "a-"}, "\n"},
      {{"run", "a-file", "--t"}, "\n"},
      {{"unpack", "a-file", "a-"}, "a-directory\n"},
      {{"plugin", ""}, "list info explain new check\n"},
      {{"reference", ""}, "steps phases facts stages abilities\n"},
      {{"reference", "facts", "i"}, "image isolation\n"},
      {{"plugin", "explain", "exec-p"}, "exec-process\n"},
      {{"plugin", "new", ""}, "\n"},
      {{"plugin", "new", "--stage", "h"}, "harden\n"},
      {{"plugin", "info", "exec-p"}, "exec-process\n"},
      {{"plugin", "list", ""}, "\n"},
      {{"plugin", "check", "a-f"}, "a-file\n"},
      {{"compare", "me"}, "merge\n"},
      {{"compare", "a-"}, "a-directory a-file\n"},
      {{"compare", "diff", "a-f"}, "a-file\n"},
      {{"compare", "diff", "a-file", "a-f"}, "a-file\n"},
      {{"compare", "a-file", "a-"}, "\n"},
      {{"store", ""}, "layers\n"},
      {{"store", "layers", "a-f"}, "a-file\n"},
      {{"config", "schema", ""}, "\n"},
      {{"config", "d"}, "dump\n"},
      {{"config", "dump", "a-f"}, "a-file\n"},
      {{"clean", "--d"}, "--dry-run\n"},
      {{"completion", "z"}, "zsh\n"},
      {{"plan", "--owner", "fs-"}, "fs-copy fs-overlay\n"},
      {{"plugin", "info", "--plugin-dir", SLIPWAY_FIXTURES, "fixture-c"}, "fixture-c fixture-calls fixture-cpp\n"},
      {{"plan", "--plugin-dir", "=", SLIPWAY_FIXTURES, "--owner", "fixture-c"},
       "fixture-c fixture-calls fixture-cpp\n"},
      {{"run", "--plugin-dir", SLIPWAY_FIXTURES, "--use", "exec", "=", "fixture-m"}, "fixture-misbehaves\n"},
      {{"run", "--set", "rootfs.upp"}, "rootfs.upper=\n"},
      {{"run", "--set", "rootfs.upper", "=", ""}, "auto tmpfs disk none\n"},
      {{"run", "--set", "rootfs.upper", "=", "d"}, "disk\n"},
      {{"run", "--set", "harden.harden-proc.ma"}, "harden.harden-proc.mask=\n"},
      {{"run", "--plugin-dir", SLIPWAY_FIXTURES, "--set", "exec.ho"}, "exec.how=\n"},
      {{"run", "--set", "nowhere."}, "\n"},
  };
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      const std::string script = runner.put("completion", runner.slipway({"completion", "bash"}).output);
      REQUIRE(run(runner.plain({"mkdir", runner.own("a-directory")})).shell_status() == 0);
      REQUIRE(run(runner.plain({"touch", runner.own("a-file")})).shell_status() == 0);
      for (const Row& row : rows) {
        std::string typed;
        for (const char* word : row.words) typed += std::string(word) + " ";
        INFO(typed);
        CHECK(bash_answer(runner, script, row) == row.completed);
      }
    }
  }
}

TEST_CASE("the help of a subcommand of plugin has its own options and no other's") {
  const Runner runner(callers().front());
  struct Row {
    const char* word;
    std::vector<const char*> options;
  };
  for (const Row& row :
       {Row{"new", {"--stage", "--lang", "--dir"}},
        Row{"check", {"--json", "--options", "--seed", "--rounds", "--time-limit", "--lifecycle", "--junit"}},
        Row{"list", {"--plugin-dir", "--json", "--paths"}}, Row{"info", {"--plugin-dir", "--json"}},
        Row{"explain", {"--plugin-dir", "--json"}}}) {
    INFO(row.word);
    const Outcome outcome = runner.slipway({"plugin", row.word, "--help"});
    CHECK(outcome.shell_status() == 0);
    CHECK_THAT(outcome.output, Catch::Contains("Usage: slipway plugin " + std::string(row.word) + " [OPTIONS]"));
    std::vector<std::string> found;
    for (const std::string& line : lines_of(outcome.output)) {
      if (line.starts_with("  --")) found.push_back(line.substr(2, line.find(' ', 2) - 2));
    }
    CHECK(found == std::vector<std::string>(row.options.begin(), row.options.end()));
  }
}

TEST_CASE("fish completes the same, and leaves the container's alone, too") {
  struct Line {
    const char* typed;
    const char* completed;
  };
  const std::vector<Line> lines = {
      {"pl", "plan plugin\n"},
      {"run --ti", "--timing --timing-file\n"},
      {"run --tty ", "no yes\n"},
      {"run -w /tmp a-f", "a-file\n"},
      {"run a-", "a-directory/ a-file\n"},
      {"run a-file --t", "\n"},
      {"run --tty no a-file a-", "\n"},
      {"run a-file sh -", "\n"},
      {"unpack a-file a-", "a-directory/\n"},
      {"plugin ", "check explain info list new\n"},
      {"plugin explain exec-p", "exec-process\n"},
      {"plugin info exec-p", "exec-process\n"},
      {"plugin list exec-", "\n"},
      {"config dump a-f", "a-file\n"},
      {"config schema a-f", "\n"},
      {"clean --dr", "--dry-run\n"},
      {"plan --owner fs-", "fs-copy fs-overlay\n"},
      {"plan --plugin-dir " SLIPWAY_FIXTURES " --owner fixture-m", "fixture-misbehaves fixture-misbehaves-image\n"},
      {"run --set rootfs.upper=d", "rootfs.upper=disk\n"}};
  const Caller& caller = callers().front();
  const Runner runner(caller);
  if (run(runner.plain({"sh", "-c", "command -v fish"})).shell_status() != 0) SLIPWAY_SKIP("needs fish");
  const std::string script = runner.put("completion", runner.slipway({"completion", "fish"}).output);
  REQUIRE(run(runner.plain({"mkdir", runner.own("a-directory")})).shell_status() == 0);
  REQUIRE(run(runner.plain({"touch", runner.own("a-file")})).shell_status() == 0);
  for (const Line& line : lines) {
    INFO(line.typed);
    const std::string ask =
        std::string("set -g program $argv[1]; function slipway; $program $argv; end; source $argv[2]; ") +
        "complete -C \"slipway $argv[3]\" | string replace -r '\\t.*' '' | sort | string join ' '; echo";
    Command command = runner.plain({"fish", "--no-config", "-c", ask, program_for(caller), script, line.typed});
    command.directory = runner.own(".");
    const Outcome outcome = run(command);
    CHECK(outcome.errors == "");
    CHECK(lines_of(outcome.output).front() + "\n" == line.completed);
  }
}

TEST_CASE("each shell can read its script, and mandoc has nothing to say against the page") {
  const Caller& caller = callers().front();
  const Runner runner(caller);
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    INFO(shell);
    const std::string script = runner.put(shell + "-script", runner.slipway({"completion", shell}).output);
    const Outcome outcome =
        run(runner.plain({"sh", "-c", "command -v $1 >/dev/null || exit 77; $1 -n $2", "sh", shell, script}));
    if (outcome.shell_status() == 77) SLIPWAY_SKIP("needs " + shell);
    CHECK(outcome.errors == "");
    CHECK(outcome.shell_status() == 0);
  }
  const std::string page = runner.put("slipway.1", runner.slipway({"completion", "man"}).output);
  const Outcome lint =
      run(runner.plain({"sh", "-c", "command -v mandoc >/dev/null || exit 77; mandoc -T lint $1", "sh", page}));
  if (lint.shell_status() == 77) SLIPWAY_SKIP("needs mandoc");
  // That other pages are there, and its list of them is new, is no concern of this one.
  for (const std::string& line : lines_of(lint.output)) {
    if (line.find("referenced manual not found") == std::string::npos) CHECK(line == "");
  }
  const Outcome shown = run(runner.plain({"sh", "-c", "mandoc -T utf8 $1 | col -b", "sh", page}));
  CHECK_THAT(shown.output, Catch::Contains("slipway run [OPTIONS] TARGET [COMMAND [ARG...]]"));
}

}  // namespace slipway::tests
