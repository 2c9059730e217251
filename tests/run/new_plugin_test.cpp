// `slipway plugin new`: what it makes, what it refuses, and that a folder appears whole or not at all. That the folders
// build and run is tested by tests/packages.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/run/harness.hpp"

namespace slipway::tests {
namespace {

namespace fs = std::filesystem;

// Relative to a directory of the caller's, as one types it.
Outcome make(const Runner& runner, const std::vector<std::string>& words) {
  std::vector<std::string> all = {"plugin", "new"};
  all.insert(all.end(), words.begin(), words.end());
  Command command = runner.command(all);
  command.directory = runner.own(".");
  return run(command);
}

// Names below a directory, hidden ones too.
std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST_CASE("plugin new makes a folder for each stage and language, with nothing left to fill in") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      for (const std::string stage : {"image", "rootfs", "pseudo", "harden", "network", "exec"}) {
        for (const std::string language : {"c++", "c", "rust"}) {
          INFO(stage << " in " << language);
          const std::string name = "my-" + stage + (language == "c++" ? "-cpp" : "-" + language);
          const Outcome outcome = make(runner, {name, "--stage", stage, "--lang", language});
          INFO(to_text(outcome));
          REQUIRE(outcome.shell_status() == 0);
          CHECK_THAT(outcome.output, Catch::Contains("cd " + name + "\n"));
          const std::string folder = runner.own(name);
          const auto manifest = nlohmann::json::parse(read_file(folder + "/plugin.json"));
          CHECK(manifest["name"] == name);
          CHECK(manifest["stage"] == stage);
          for (const char* file :
               {"README.md", "pipeline.json", "test/expected.json", ".gitignore", ".github/workflows/ci.yml"}) {
            INFO(file);
            CHECK(fs::is_regular_file(folder + "/" + file));
            CHECK((fs::status(folder + "/" + file).permissions() & fs::perms::owner_exec) == fs::perms::none);
          }
          CHECK(fs::exists(folder + "/test/facts.json") == (stage != "image"));
          for (const char* script : {"ci.sh", "make-image.sh", "test/run.sh"})
            CHECK((fs::status(folder + "/" + script).permissions() & fs::perms::owner_exec) != fs::perms::none);
          for (const auto& entry : fs::recursive_directory_iterator(folder)) {
            if (!entry.is_regular_file()) continue;
            INFO(entry.path());
            const std::string text = read_file(entry.path());
            for (const char* word : {"@NAME@", "@STAGE@", "@CLASS@", "@BUILD@", "@IDENTIFIER@", "@WHAT@"})
              CHECK_THAT(text, !Catch::Contains(word));
          }
        }
      }
    }
  }
}

TEST_CASE("plugin new takes a folder by another name, and names that are also words of C++ and Rust") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      REQUIRE(make(runner, {"options", "--stage", "harden", "--dir", "a folder/"}).shell_status() == 0);
      CHECK_THAT(read_file(runner.own("a folder/plugin.cpp")), Catch::Contains("SLIPWAY_PLUGIN(OptionsPlugin)"));
      REQUIRE(make(runner, {"--lang", "rust", "--stage=exec", "match"}).shell_status() == 0);
      CHECK_THAT(read_file(runner.own("match/Cargo.toml")), Catch::Contains("name = \"plugin_match\""));
    }
  }
}

TEST_CASE("plugin new refuses what would not work, says what would, and makes nothing") {
  struct Row {
    const char* what;
    std::vector<std::string> words;
    int status;
    std::vector<std::string> told;
  };
  const std::vector<Row> rows = {
      {"no name", {}, 2, {"plugin takes list, or info, explain or new and a name"}},
      {"two names", {"a", "b", "--stage", "exec"}, 2, {"b"}},
      {"no stage", {"fs-x"}, 2, {"plugin new needs a stage", "slipway plugin new fs-x --stage rootfs"}},
      {"a stage that is mistyped", {"fs-x", "--stage", "rotfs"}, 1, {"no stage \"rotfs\"", "did you mean rootfs?"}},
      {"a stage far from any", {"fs-x", "--stage", "zzz"}, 1, {"image, rootfs, pseudo, harden, network, exec"}},
      {"a language", {"fs-x", "--stage", "exec", "--lang", "cobol"}, 1, {"no language \"cobol\"", "c++, c, rust"}},
      {"an empty name", {"", "--stage", "exec"}, 1, {"\"\" is no name for a plugin"}},
      {"capitals", {"FsX", "--stage", "exec"}, 1, {"\"FsX\" is no name", "lower-case words joined by \"-\""}},
      {"a path", {"../fs-x", "--stage", "exec"}, 1, {"\"../fs-x\" is no name"}},
      {"a hyphen at the end", {"fs-", "--stage", "exec"}, 1, {"is no name"}},
      {"two hyphens", {"fs--x", "--stage", "exec"}, 1, {"is no name"}},
      {"a digit in front", {"9fs", "--stage", "exec"}, 1, {"is no name"}},
      {"a control character", {"fs\nx", "--stage", "exec"}, 1, {"\"fs\\x0ax\" is no name"}},
      {"a long name", {std::string(65, 'a'), "--stage", "exec"}, 1, {"at most 64 characters"}},
      {"slipway's own name", {"slipway", "--stage", "exec"}, 1, {"is slipway itself"}},
      {"a plugin of slipway's", {"fs-overlay", "--stage", "rootfs"}, 1, {"would be found first", "another name"}},
      {"a folder that is there", {"there", "--stage", "exec"}, 1, {"there is there already", "--dir DIR"}},
      {"a file that is there", {"fs-x", "--stage", "exec", "--dir", "file"}, 1, {"file is there already"}},
      {"a link to nowhere", {"fs-x", "--stage", "exec", "--dir", "link"}, 1, {"link is there already"}},
      {"no parent",
       {"fs-x", "--stage", "exec", "--dir", "no/where"},
       1,
       {"No such file or directory", "must be there"}},
      {"--json", {"fs-x", "--stage", "exec", "--json"}, 2, {"plugin new has no use for: --json"}},
  };
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      REQUIRE(run(runner.plain({"sh", "-c", "cd \"$1\" && mkdir there && touch file && ln -s /no/such link", "sh",
                                runner.own(".")}))
                  .shell_status() == 0);
      const std::vector<std::string> before = names_in(runner.own("."));
      for (const Row& row : rows) {
        const Outcome outcome = make(runner, row.words);
        INFO(row.what << "\n" << to_text(outcome));
        CHECK(outcome.shell_status() == row.status);
        CHECK(outcome.output == "");
        for (const std::string& part : row.told) CHECK_THAT(outcome.errors, Catch::Contains(part));
        CHECK(names_in(runner.own(".")) == before);
      }
      CHECK(runner.slipway({"plugin", "list", "--stage", "exec"}).shell_status() == 2);
    }
  }
}

TEST_CASE("plugin new leaves nothing of a folder that it could not finish") {
  if (::geteuid() != 0) SLIPWAY_SKIP("needs root, to mount a full file system");
  const Runner runner(callers().front());
  // Room for some of the files.
  const std::string script = R"(mkdir "$1" && mount -t tmpfs -o size=16k tmpfs "$1" && cd "$1" || exit 99
    "$2" plugin new fs-x --stage rootfs; status=$?; ls -A; exit $status)";
  const Outcome outcome = run({.arguments = {"unshare", "--mount", "sh", "-c", script, "sh", runner.own("full"),
                                             program_for(runner.caller())}});
  INFO(to_text(outcome));
  CHECK(outcome.shell_status() == 1);
  CHECK_THAT(outcome.errors, Catch::Contains("No space left on device"));
  CHECK(outcome.output == "");
}

TEST_CASE("plugin new says what to install where there are no templates") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const Scratch place;
      runner.use_program(copy_slipway(place / "prefix"));
      fs::remove_all(place / "prefix/share");
      const Outcome outcome = make(runner, {"fs-x", "--stage", "rootfs"});
      CHECK(outcome.shell_status() == 1);
      CHECK_THAT(outcome.errors, Catch::Contains("install the package slipway-dev"));
      CHECK(!fs::exists(runner.own("fs-x")));
    }
  }
}

}  // namespace slipway::tests
