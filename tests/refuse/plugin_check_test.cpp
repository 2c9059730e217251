// The conformance kit: slipway's own plugins pass it, and each bad one fails for its own reason and no other.
#include <elf.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/refuse/calling.hpp"
#include "tests/refuse/setting.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;
using nlohmann::json;

namespace {

using Words = std::vector<std::string>;

const std::string kBad = SLIPWAY_BAD;
const std::string kFixtures = SLIPWAY_FIXTURES;
const std::string kPlugins = SLIPWAY_PLUGINS;

Outcome check(const Setting& setting, const Words& words) {
  Words all{"plugin", "check"};
  all.insert(all.end(), words.begin(), words.end());
  return setting.plain(all);
}

// "name: text" of each check that failed, one a line.
std::string failures_in(const std::string& report) {
  const json all = json::parse(report, nullptr, false);
  if (!all.is_object()) return "no report: " + report;
  std::string text;
  for (const json& one : all["checks"]) {
    if (one["verdict"] == "failed")
      text += one["name"].get<std::string>() + ": " + one["text"].get<std::string>() + "\n";
  }
  return text;
}

// What is wrong with how a plugin was found bad: `names` are the checks that must fail, and all that may.
std::string faults_of(const Outcome& outcome, const Words& names, const std::string& says) {
  const std::string failures = failures_in(outcome.output);
  std::string wrong;
  for (const std::string& name : names) {
    if (("\n" + failures).find("\n" + name + ": ") == std::string::npos) wrong += name + " did not fail\n";
  }
  if (static_cast<std::size_t>(std::count(failures.begin(), failures.end(), '\n')) != names.size())
    wrong += "others failed\n";
  if (failures.find(says) == std::string::npos) wrong += "nobody said: " + says + "\n";
  if (outcome.shell_status() != 1) wrong += "status " + std::to_string(outcome.shell_status()) + "\n";
  if (!outcome.errors.empty()) wrong += "on standard error: " + outcome.errors + "\n";
  return wrong.empty() ? "" : wrong + failures;
}

struct Row {
  std::string plugin;  // a bad fixture; with a slash: a file
  Words failing;
  std::string says;
  std::string options{};
};

std::vector<Row> rows() {
  const std::string misbehaves = kFixtures + "/fixture-misbehaves.so";
  const auto how = [&](const char* word, Words failing, std::string says) {
    return Row{misbehaves, std::move(failing), std::move(says), "{\"how\": \"" + std::string(word) + "\"}"};
  };
  return {
      {"crash-in-constructor", {"survives"}, "crashed in a constructor: Aborted"},
      {"acts-in-constructor", {"loading-does-nothing"}, "openat \"/etc/hostname\""},
      {"prints", {"prints-nothing"}, "hello"},
      {"chdir", {"touches-nothing", "keeps-directory"}, "the current directory: was"},
      {"umask", {"touches-nothing", "keeps-umask"}, "was \"0027\", is \"0123\""},
      {"locale", {"touches-nothing", "keeps-locale"}, "C.UTF-8"},
      {"environment", {"keeps-environment"}, "LANG=C"},
      {"signal", {"touches-nothing", "keeps-signals"}, "USR1 ignored"},
      {"thread", {"touches-nothing", "leaves-no-thread"}, "threads: was \"1\", is \"2\""},
      {"descriptor", {"touches-nothing", "leaves-no-descriptor"}, "/dev/null"},
      {"leak", {"leaves-no-memory"}, "bytes behind"},
      {"reads-file", {"touches-nothing"}, "openat \"/etc/passwd\""},
      {"forks", {"no-unwanted-symbols"}, "fork (processes)"},
      {"daemon", {"leaves-no-process"}, "left running: slipway-full ("},
      {"orphan", {"leaves-no-process"}, "left running: slipway-full ("},
      {"reaches", {"touches-nothing"}, "plan calls "},
      {"limits", {"touches-nothing", "keeps-limits"}, "resource limits: was \"1024"},
      {"kills", {"touches-nothing"}, "plan calls getppid, kill"},
      {"writes", {"touches-nothing"}, "/bad-writes\""},
      {"forges", {"survives"}, "wrote into a descriptor of slipway's"},
      {"reads-beyond", {"other-versions"}, "crashed in plan: Segmentation fault (an ABI of 1.0"},
      {"clock", {"is-pure"}, "another process got another outcome"},
      {"address", {"is-pure"}, "another process got another outcome"},
      {"counts", {"is-pure", "other-versions"}, "call-"},
      {"never-plans", {"plans-by-default"}, "has a plan for no host: root, defaults: not on this host"},
      {"exports", {"exports-one-symbol"}, "helper_of_mine"},
      {"run-path", {"no-run-path"}, "/tmp/libraries"},
      {"relative-run-path",
       {"no-run-path", "no-relative-libraries"},
       "has its libraries looked for in \"/opt/lib:lib\", of which a part begins at whatever directory"},
      {"stack", {"stack-not-executable"}, "executable stack"},
      {"lazy", {"relocations-read-only"}, "one by one"},
      {"no-relro", {"relocations-read-only"}, "no RELRO"},
      {kFixtures + "/fixture-throws.so", {"plans-by-default"}, "thrown on purpose"},
      {kFixtures + "/broken-no-symbol.so", {"exports-one-symbol"}, "does not export slipway_plugin_1"},
      {kFixtures + "/broken-no-plan.so", {"loads"}, "has no function `plan`"},
      {kFixtures + "/broken-no-call.so", {"loads"}, "has no function `call`"},
      {kFixtures + "/broken-no-build-id.so", {"has-build-id", "refuses-unknown-calls"}, "has no build id"},
      {kFixtures + "/broken-other-abi.so", {"loads"}, "built for plugin ABI 2.0, its manifest says 1.0"},
      {kFixtures + "/broken-small.so", {"loads"}, "8 bytes long"},
      {kFixtures + "/fixture-escapes.so", {"survives"}, "in plan"},
      how("segv", {"survives"}, "crashed in plan: Segmentation fault"),
      how("hang", {"survives"}, "hangs in plan: no answer after 1000 ms"),
      how("exit", {"survives"}, "called exit in plan"),
  };
}

struct CallRow {
  const char* plugin;
  const char* check;  // empty: none fails
  const char* says;
};

constexpr auto kCallRows = std::to_array<CallRow>({
    {"call-nothing", "", ""},
    {"call-alone", "", ""},
    {"call-besides", "", ""},
    {"call-unknown", "calls-succeed", "amke: the plugin has no function amke"},
    {"call-silent", "calls-succeed", "make: call failed without saying why"},
    {"call-anything", "refuses-unknown-calls", "a function that it does not have goes well"},
    {"call-crashes", "calls-survive", "make: it crashed in prepare: Aborted"},
    {"call-hangs", "calls-survive", "make: it hangs in prepare: no answer within 1 s"},
    {"call-exits", "calls-survive", "make: it ended its process with status 0 in prepare"},
    {"call-prints", "calls-print-nothing", "a call prints \"made it\""},
    {"call-leaks", "calls-leak-nothing", "make: it left descriptors open: "},
    {"undo-file", "undo-undoes", "a run left the file "},
    {"undo-mount", "undo-undoes", "a run left the mount "},
    {"undo-process", "undo-undoes", "a run left a process: "},
    {"undo-fails", "undo-undoes", "it does not want to go"},
    {"undo-once", "undo-again", "a second time: take back make of bad-undo-once: No such file or directory"},
});

// A right plugin's file with some of its bytes changed.
std::string changed(const std::string& from, const std::string& what, const std::string& to) {
  std::string bytes = from;
  const std::size_t at = bytes.find(what);
  REQUIRE(at != std::string::npos);
  REQUIRE(what.size() == to.size());
  return bytes.replace(at, what.size(), to);
}

}  // namespace

TEST_CASE("slipway's own plugins conform, in every check that can be made") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    for (const std::string name :
         {"exec-process", "fs-copy", "fs-overlay", "harden-proc", "image-auto", "image-crane-export", "image-directory",
          "image-docker-save", "image-oci", "net-host", "net-loopback", "net-none", "pseudo-binds", "pseudo-etc",
          "pseudo-standard"}) {
      INFO(name << " as " << to_text(who));
      const Outcome outcome = check(setting, {"--json", kPlugins + "/" + name + ".so"});
      CHECK(failures_in(outcome.output) == "");
      CHECK(outcome.errors == "");
      CHECK(outcome.shell_status() == 0);
      CHECK(outcome.output.find("not applicable") == std::string::npos);
    }
  }
}

TEST_CASE("each bad plugin fails the checks that name what it does, and no other") {
  SLIPWAY_SETTING(Who::root);
  for (const Row& row : rows()) {
    const std::string file =
        row.plugin.find('/') == std::string::npos ? kBad + "/bad-" + row.plugin + ".so" : row.plugin;
    INFO(file << " " << row.options);
    Words words{"--json", "--time-limit", "1", "--rounds", "20", file};
    if (!row.options.empty()) words.insert(words.begin(), {"--options", row.options});
    const std::string written = setting.own("bad-writes");
    words.insert(words.begin(), {"env", "SLIPWAY_BAD_WRITES=" + written, SLIPWAY_PROGRAM, "plugin", "check"});
    CHECK(faults_of(run(setting.command(words)), row.failing, row.says) == "");
    CHECK_FALSE(std::filesystem::exists(written));
  }
}

TEST_CASE("what a plugin emits that is illegal is told with the case in which it does") {
  SLIPWAY_SETTING(Who::root);
  struct Case {
    const char* how;
    const char* says;
  };
  for (const Case& one :
       {Case{"unknown-step", "plan: step: type is \"maks\""},
        Case{"wrong-type", "plan: step mask: path is the number 7"}, Case{"long-step", "step is 100000026 bytes long"},
        Case{"million-steps", "plan emitted more than 10000 steps"}}) {
    INFO(one.how);
    const Outcome outcome =
        check(setting, {"--json", "--rounds", "5", "--options", "{\"how\": \"" + std::string(one.how) + "\"}",
                        kFixtures + "/fixture-misbehaves.so"});
    CHECK(outcome.shell_status() == 1);
    CHECK_THAT(failures_in(outcome.output), Catch::Contains("is-legal: ") && Catch::Contains(one.says));
  }
}

TEST_CASE("a file that is no plugin, or whose manifest lies, is told apart before any of its code runs") {
  SLIPWAY_SETTING(Who::root);
  const std::string good = read_file(kBad + "/bad-nothing.so");
  std::string other = good;
  other[offsetof(Elf64_Ehdr, e_machine)] = static_cast<char>(EM_S390);
  const std::string of_images = changed(good, "\"stage\": \"harden\"", "\"stage\": \"image\" ");
  struct Case {
    const char* file;
    std::string bytes;
    const char* check;
    const char* says;
  };
  const std::vector<Case> cases{
      {"text.so", "I am no library\n", "shared-object", "is a text file"},
      {"empty.so", "", "shared-object", "empty"},
      {"other.so", other, "shared-object", "another architecture"},
      {"truncated.so", good.substr(0, good.size() / 2), "shared-object", "shorter"},
      {"bad-nothing.so", changed(good, std::string("slipway\0{", 9), std::string("slipwax\0{", 9)), "manifest",
       "has no slipway manifest"},
      {"renamed.so", good, "manifest-name", "says that it is \"bad-nothing\""},
      {"bad-nothing.so", changed(good, "\"stage\": \"harden\"", "\"stage\": \"attics\""), "manifest", "attics"},
      {"bad-nothing.so", of_images, "manifest-needs", "emits no steps: mask"},
      {"bad-nothing.so", changed(of_images, "[\"step:mask\"]", "[           ]"), "loads", "has no function `resolve`"},
      {"bad-nothing.so", changed(good, "\"abi\": \"1.0\"", "\"abi\": \"2.0\""), "manifest-abi", "says plugin ABI 2.0"},
      {"bad-nothing.so", changed(good, "step:mask", "step:maks"), "manifest-needs", "maks"},
      {"bad-nothing.so", changed(good, "step:mask", "step:exec"), "is-legal", "mask"},
  };
  for (const Case& one : cases) {
    INFO(one.file << ", " << one.check);
    const std::string file = setting.file(one.file, one.bytes);
    const Outcome outcome = check(setting, {"--json", "--rounds", "5", file});
    CHECK(faults_of(outcome, {one.check}, one.says) == "");
  }
}

TEST_CASE("a plugin whose options are described wrongly, or have a default that does not fit, is told which and why") {
  SLIPWAY_SETTING(Who::root);
  const std::string good = read_file(kBad + "/bad-schema.so");
  const auto result = [&](const std::string& bytes) {
    return check(setting, {"--json", "--rounds", "5", setting.file("bad-schema.so", bytes)});
  };
  CHECK(failures_in(result(good).output) == "");
  struct Case {
    const char* from;
    const char* to;
    const char* says;
    const char* check = "manifest-options";
  };
  for (const Case& one : {
           Case{"^[a-z]$", "^[a-z)$", "/options/properties/word/pattern this is no regular expression"},
           Case{"\"default\": \"a\"", "\"default\": \"A\"",
                "/options/properties/word/default the default does not fit: "},
           Case{"\"default\": 3", "\"default\": 9", "/options/properties/level/default the default does not fit: "},
           Case{"\"default\": \"up\"", "\"default\": \"no\"", "/options/properties/way/default", "manifest"},
           Case{"\"default\": [\"on\"]", "\"default\": [\"no\"]", "/options/properties/ways/default/0 the default "},
           Case{"\"maxItems\": 2", "\"maxItems\": 0", "/options/properties/ways/default the default does not fit: "},
       }) {
    INFO(one.to);
    CHECK(faults_of(result(changed(good, one.from, one.to)), {one.check}, one.says) == "");
  }
}

TEST_CASE("the tree of a plugin that cannot do without an option is looked at where --options gives it") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    INFO(to_text(who));
    const std::string file = kFixtures + "/fs-patched.so";
    const Outcome without = check(setting, {"--rounds", "5", file});
    CHECK(without.shell_status() == 0);
    CHECK_THAT(without.output, Catch::Contains("its option \"patches\" has no default; --options gives one"));
    REQUIRE(run(setting.command({"mkdir", setting.own("patch")})).shell_status() == 0);
    const std::string options = json({{"patches", {setting.own("patch")}}}).dump();
    const Outcome with = check(setting, {"--rounds", "5", "--lifecycle", "--options", options, file});
    CHECK(with.shell_status() == 0);
    CHECK_THAT(with.output, Catch::Contains("the tree of the reference image with --options"));
    CHECK_THAT(with.output, Catch::Contains("each of 3 steps failed once") && Catch::Contains(", 0 not applicable"));
  }
}

TEST_CASE("whichever step of a plugin's fails or is killed at, the kit finds nothing left") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    for (const std::string name : {"fs-overlay", "harden-proc"}) {
      INFO(name << " as " << to_text(who));
      const Outcome outcome = check(setting, {"--lifecycle", "--rounds", "5", kPlugins + "/" + name + ".so"});
      CHECK_THAT(outcome.output,
                 Catch::Contains("failing-steps           ok") && Catch::Contains("killed-at-steps         ok"));
      CHECK(outcome.shell_status() == 0);
    }
  }
}

TEST_CASE("each plugin whose calls break a promise fails the check that names which, and no other") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    for (const CallRow& row : kCallRows) {
      // Others mount nothing outside; and a process that stays is waited for.
      const bool is_roots = row.plugin == std::string("undo-mount") || row.plugin == std::string("undo-process");
      if (is_roots && who != Who::root) continue;
      INFO(row.plugin << " as " << to_text(who));
      const std::string made = setting.own("made");
      const Outcome outcome =
          check(setting, {"--json", "--lifecycle", "--time-limit", "5", "--rounds", "5", "--options",
                          json{{"path", made}}.dump(), kBad + "/bad-" + row.plugin + ".so"});
      if (row.check[0] == '\0') {
        CHECK(failures_in(outcome.output) == "");
        CHECK(outcome.shell_status() == 0);
        CHECK_FALSE(std::filesystem::exists(made));
      } else {
        CHECK(faults_of(outcome, {row.check}, row.says) == "");
      }
      std::filesystem::remove(made);
    }
  }
}

TEST_CASE("where a run with the plugin does not come to its program, the calls are not checked for that reason") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    const json bind{{"type", "bind"}, {"source", "/nonexistent/source"}, {"target", "/x"}};
    const json steps{call("make", "prepare", {{"arguments", {{"path", setting.own("made")}}}}).dump(), bind.dump()};
    const Outcome outcome = check(setting, {"--lifecycle", "--rounds", "5", "--options", json{{"steps", steps}}.dump(),
                                            kFixtures + "/fixture-calls.so"});
    INFO(outcome.output);
    CHECK_THAT(outcome.output, Catch::Contains("not checked: a run with it did not come to its program: ") &&
                                   Catch::Contains("/nonexistent/source"));
  }
}

TEST_CASE("plugins with calls in C, C++ and Rust conform, and so does the example") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    const std::string made = setting.own("made");
    for (const std::string name : {"calls-in-c", "calls-in-cpp", "calls-in-rust"}) {
      INFO(name << " as " << to_text(who));
      const Outcome outcome = check(setting, {"--json", "--lifecycle", "--rounds", "20", "--options",
                                              json{{"path", made}}.dump(), kFixtures + "/" + name + ".so"});
      CHECK(failures_in(outcome.output) == "");
      CHECK(outcome.shell_status() == 0);
      CHECK(outcome.output.find("not checked") == std::string::npos);
      CHECK_FALSE(std::filesystem::exists(made));
    }
  }
}

TEST_CASE("pseudo-keyring conforms, with a key of its caller's") {
  constexpr long kJoin = 1, kSession = -3;
  const long keyring = ::syscall(SYS_keyctl, kJoin, nullptr);
  if (keyring < 0 && (errno == EPERM || errno == ENOSYS)) SLIPWAY_SKIP("this kernel, or a filter, allows no keyctl(2)");
  REQUIRE(::syscall(SYS_add_key, "user", "slipway-check:db", "s3cret", 6, kSession) > 0);
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    INFO(to_text(who));
    const Outcome outcome =
        check(setting, {"--lifecycle", "--rounds", "20", "--options", R"({"secrets": ["db=slipway-check:db"]})",
                        kFixtures + "/pseudo-keyring.so"});
    INFO(outcome.output);
    CHECK(outcome.shell_status() == 0);
    for (const char* name : {"calls-survive", "calls-succeed", "calls-leak-nothing", "undo-again", "failing-steps"})
      CHECK(outcome.output.find(std::string("  ") + name + std::string(24 - std::string(name).size(), ' ') + "ok") !=
            std::string::npos);
  }
}

TEST_CASE("what cannot be looked at here is told as not checked, with the reason, and not as right") {
  SLIPWAY_SETTING(Who::root);
  // prctl(2) with PR_SET_SECCOMP is refused, as in a container whose runtime has it so; or does nothing and says 0.
  for (const char* answer : {"1", "0"}) {
    const Command command =
        setting.command({SLIPWAY_TEST_HINDER, "--no-new-privs", "--refuse",
                         std::to_string(SYS_prctl) + "/" + std::to_string(PR_SET_SECCOMP) + "=" + answer,
                         SLIPWAY_PROGRAM, "plugin", "check", kBad + "/bad-reads-file.so"});
    const Outcome outcome = run(command);
    INFO(outcome.output << outcome.errors);
    CHECK_THAT(outcome.output, Catch::Contains("touches-nothing         not checked: this process may not have its") &&
                                   Catch::Contains("contained               not checked: what it runs may change") &&
                                   Catch::Contains("conforms, as far as it was checked: ") &&
                                   Catch::Contains(", 3 not checked"));
    CHECK(outcome.shell_status() == 0);
  }
}

TEST_CASE("a plugin finds none of its caller's descriptors") {
  SLIPWAY_SETTING(Who::root);
  const std::string file = setting.file("of-the-caller", "");
  const Outcome outcome = setting.shell(std::string("'") + SLIPWAY_PROGRAM + "' plugin check --rounds 5 --json '" +
                                        kBad + "/bad-inherits.so' 7>'" + file + "'");
  CHECK(faults_of(outcome, {"touches-nothing"}, "plan calls write") == "");
  CHECK(read_file(file) == "");
}

TEST_CASE("the same report is there for people, as JSON and as JUnit's XML") {
  SLIPWAY_SETTING(Who::root);
  const std::string file = kBad + "/bad-prints.so";
  const std::string junit = setting.own("report.xml");
  const Outcome text = check(setting, {"--junit", junit, "--rounds", "5", file});
  CHECK(text.shell_status() == 1);
  CHECK_THAT(text.output, Catch::Contains("prints-nothing          failed: prints \"hello") &&
                              Catch::Contains("hint: host->report()") &&
                              Catch::Contains("bad-prints does not conform"));
  const std::string xml = read_file(junit);
  CHECK_THAT(xml, Catch::Contains("<testsuite name=\"load\"") && Catch::Contains("name=\"prints-nothing\">") &&
                      Catch::Contains("<failure message=\"prints &quot;hello"));
}

TEST_CASE("wrong usage of the kit is told as such, with status 2") {
  SLIPWAY_SETTING(Who::root);
  const std::string file = kBad + "/bad-nothing.so";
  for (const Words& words : std::vector<Words>{{},
                                               {"nowhere.so"},
                                               {"--seed", "x", file},
                                               {"--options", "[]", file},
                                               {"--time-limit", "0", file},
                                               {"--stage", "exec", file},
                                               {file, file}}) {
    const Outcome outcome = check(setting, words);
    CHECK(outcome.shell_status() == 2);
    CHECK(outcome.output == "");
    CHECK(outcome.errors != "");
  }
  const Outcome list = setting.plain({"plugin", "list", "--seed", "1"});
  CHECK(list.shell_status() == 2);
  CHECK_THAT(list.errors, Catch::Contains("plugin list has no use for: --seed"));
}
