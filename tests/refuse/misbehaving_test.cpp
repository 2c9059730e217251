// Plugins that end badly, in slipway's own process and, for the image stage, in the worker: the run ends with 125 and
// one error that names plugin and function, and nothing of it stays, no record for a later start either.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/refuse/setting.hpp"
#include "tests/support/archive.hpp"
#include "tests/support/process_state.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;
using nlohmann::json;

namespace {

using Words = std::vector<std::string>;

const std::string kFixtures = SLIPWAY_FIXTURES;

struct Row {
  const char* how;      // the option of fixture-misbehaves
  std::string in_plan;  // what is said behind the plugin's name
  std::string in_resolve;
  Ending ending = Ending::orderly;  // of slipway's own process; the worker's end is always orderly
};

Row crash(const char* how, const std::string& words) {
  return {how, " crashed in plan: " + words, " crashed in resolve: " + words, Ending::crash};
}

std::vector<Row> rows() {
  const std::string steps = ": resolve emitted a step; steps belong in plan";
  const std::string exits = " called exit in ";
  const std::string letters(80, 'x');
  return {
      crash("segv", "Segmentation fault"),
      crash("bus", "Bus error"),
      crash("fpe", "Floating point exception"),
      crash("trap", "Illegal instruction"),
      crash("abort", "Aborted"),
      crash("overflow", "Segmentation fault"),
      {"exit", exits + "plan", exits + "resolve", Ending::crash},
      {"quick-exit", exits + "plan", exits + "resolve", Ending::crash},
      {"direct-exit", exits + "plan", exits + "resolve", Ending::crash},
      {"c-exit", exits + "plan", exits + "resolve", Ending::crash},
      {"silent", ": plan failed without saying why (status 42)", ": resolve failed without saying why (status 42)"},
      {"near-option", ": plan read the option \"hwo\", which its manifest does not describe",
       ": resolve read the option \"hwo\", which its manifest does not describe"},
      {"unknown-step", ": plan: step: type is \"maks\", no step type of this slipway", steps},
      {"wrong-type", ": plan: step mask: path is the number 7; expected text", steps},
      {"no-object", ": plan: step is a list; expected an object", steps},
      {"no-text", ": plan: step is not JSON: it breaks off or goes wrong at byte 1", steps},
      {"no-utf8-step", ": plan: step is not JSON: it breaks off or goes wrong at byte 25", steps},
      {"nul-step", ": plan: step mask: path has a NUL byte in it", steps},
      {"no-utf8-fact", ": plan: fact \"image\" is not JSON", ": resolve: fact \"image\" is not JSON"},
      {"no-utf8-report", ": a\\xff\\x00\\x1b[2J\\x0ab", ": a"},
      {"odd-severity", ": oddly", ": oddly"},
      {"million-steps", ": plan emitted more than 10000 steps", steps},
      {"long-step", ": plan: step is 100000026 bytes long; a step has at most 1048576", steps},
      {"long-fact", ": plan: fact \"image\" is 100000002 bytes long; at most 16 MiB are taken",
       ": resolve: fact \"image\" is 100000002 bytes long; at most 16 MiB are taken"},
      {"long-name", ": plan: fact \"" + letters + "…\" is not among what the manifest provides",
       ": resolve: fact \"" + letters + "…\" is not among what the manifest provides"},
      {"long-read", ": plan read a pointer of 100000001 bytes", ": resolve read a pointer of 100000001 bytes"},
      {"long-report", ": " + letters, ": " + letters},
      {"deep-step", ": plan: step is 100000000 bytes long", steps},
      {"deep-fact", ": plan: fact \"image\" has lists and objects in each other, more than 128 deep",
       ": resolve: fact \"image\" has lists and objects in each other, more than 128 deep"},
      crash("host-functions", "Segmentation fault"),
      crash("host-context", "Segmentation fault"),
      // The worker has no second thread to have.
      {"thread", ": plan called slipway from another thread than the one that it was called on",
       ": resolve failed without saying why (status 1)"},
  };
}

// Which files a store has below these folders; directories of its own do not count.
std::string entries_of(const std::string& store, const Words& folders) {
  std::string found;
  for (const std::string& folder : folders) {
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(store + "/" + folder, none))
      found += folder + "/" + entry.path().filename().string() + "\n";
  }
  return found;
}

struct Stage {
  const char* stage;
  std::string plugin;
  Words forbidden;  // what must not be in the store; that an image was looked at rightly may be
};

const Stage kPlanning{"exec", "fixture-misbehaves", {"starts", "layers", "staging", "runs", "locks"}};
const Stage kImage{"image", "fixture-misbehaves-image", {"images", "starts", "layers", "staging", "runs", "locks"}};

Words words_for(const Stage& stage, const std::string& plugin, const std::string& how, const std::string& image) {
  Words words{"--plugin-dir",         kFixtures, "--use", std::string(stage.stage) + "=" + plugin, "--set",
              "image.source=" + image};
  if (!how.empty()) words.insert(words.end(), {"--set", std::string(stage.stage) + ".how=" + how});
  return words;
}

int count_of(const std::string& text, const std::string& part) {
  int count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// A directory with a copy of the plugin whose constructor does what the word says.
std::string with_constructor(const Setting& setting, const std::string& plugin, const std::string& word) {
  const std::string none = "constructor:none";
  std::string bytes = read_file(kFixtures + "/" + plugin + ".so");
  const std::size_t at = bytes.find(none);
  REQUIRE(at != std::string::npos);
  bytes.replace(at, none.size(), "constructor:" + word);
  const std::string name = word + "-" + plugin;
  const std::string directory = setting.scratch().directory(name, 0, 0);
  setting.file(name + "/" + plugin + ".so", bytes);
  return directory;
}

// What is wrong with how a plugin's misbehaviour ended, for `run` and for `plan`.
void check(Setting& setting, const Stage& stage, const std::string& plugin, const std::string& how,
           const std::string& says, Ending ending) {
  const std::string image = setting.archive();
  const std::string pipeline = setting.file("pipeline.json", "{}");
  for (const std::string verb : {"run", "plan"}) {
    INFO(verb << ", " << plugin << " " << how);
    setting.forget_store();
    Words words = words_for(stage, plugin, how, image);
    words.push_back(pipeline);
    CHECK(setting.refusal(verb, words, {plugin + says}, ending) == "");
    CHECK(entries_of(setting.store(), stage.forbidden) == "");
  }
}

}  // namespace

TEST_CASE("a plugin that misbehaves ends the run with one error that names it and its function, and leaves nothing") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    INFO(to_text(who));
    for (const Row& row : rows()) {
      check(setting, kPlanning, kPlanning.plugin, row.how, row.in_plan, row.ending);
      check(setting, kImage, kImage.plugin, row.how, row.in_resolve, Ending::orderly);
    }
  }
}

TEST_CASE("who asked for a plugin that crashes is told with it, in the form that was asked for") {
  SLIPWAY_SETTING(Who::root);
  const std::string pipeline = setting.file("p.json", json({{"image", {{"source", setting.archive()}}},
                                                            {"plugin_dirs", {kFixtures}},
                                                            {"exec", {{"use", "fixture-misbehaves"}, {"how", "segv"}}}})
                                                          .dump());
  const std::string says = "plugin fixture-misbehaves crashed in plan: Segmentation fault";
  for (const std::string verb : {"run", "plan"}) {
    INFO(verb);
    CHECK_THAT(setting.slipway(verb, {pipeline}).errors,
               Catch::StartsWith("slipway: " + pipeline + ":1:") &&
                   Catch::Contains(": error: /exec/use: " + says + "\n  hint: slipway plugin check "));
  }
  const json line = json::parse(setting.slipway("run", {"--log-format", "json", pipeline}).errors, nullptr, false);
  REQUIRE(line.is_object());
  CHECK(line["level"] == "error");
  CHECK(line["message"] == says);
  CHECK(line["pointer"] == "/exec/use");
  CHECK_THAT(line["place"].get<std::string>(), Catch::StartsWith(pipeline + ":1:"));
  CHECK_THAT(line["hint"].get<std::string>(), Catch::StartsWith("slipway plugin check "));
  CHECK(line["time"].is_string());
}

TEST_CASE("an exception that escapes from a plugin ends the run in the same way") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    // Which runtime meets it first depends on whether the plugin has its own: both name plugin and function.
    check(setting, kPlanning, "fixture-escapes", "", " ", Ending::crash);
    check(setting, kImage, "fixture-escapes-image", "", " ", Ending::orderly);
  }
}

TEST_CASE("a plugin without the function of its stage is refused before any code of it runs") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    check(setting, kPlanning, "broken-no-plan", "", ": ", Ending::orderly);
    check(setting, kImage, "broken-no-resolve", "",
          ": broken-no-resolve.so: has no function `resolve`, which the stage \"image\" calls", Ending::orderly);
  }
}

TEST_CASE("a plugin that says a million wrong things is quoted once") {
  SLIPWAY_SETTING(Who::root);
  const std::string image = setting.archive();
  const Words words = words_for(kPlanning, kPlanning.plugin, "million-wrong-steps", image);
  const std::string pipeline = setting.file("pipeline.json", "{}");
  Words all = words;
  all.push_back(pipeline);
  const Outcome outcome = setting.slipway("run", all);
  CHECK(outcome.shell_status() == 125);
  CHECK(outcome.output == "");
  CHECK(std::count(outcome.errors.begin(), outcome.errors.end(), '\n') == 3);
  CHECK_THAT(outcome.errors, Catch::Contains("fixture-misbehaves: plan: step: type is \"maks\"") &&
                                 Catch::EndsWith("fixture-misbehaves: plan had 999999 more to report\n"));
}

TEST_CASE("a plugin that ends badly while its library is loaded is named, and the command does not succeed") {
  struct Case {
    const char* word;
    std::string says;
  };
  const std::string loading = " in the loading of its library";
  const std::vector<Case> cases = {
      {"segv", " crashed" + loading + ": Segmentation fault"},
      {"exit", " called exit" + loading},
      {"abrt", " crashed" + loading + ": Aborted"},
  };
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive();
    const std::string pipeline = setting.file("pipeline.json", "{}");
    for (const Case& one : cases) {
      for (const Stage& stage : {kPlanning, kImage}) {
        const std::string directory = with_constructor(setting, stage.plugin, one.word);
        std::vector<Words> verbs = {{"run"}, {"plan"}, {"plan", "--json"}, {"plan", "--script"}};
        if (stage.stage == std::string("exec")) verbs.push_back({"check"});
        for (const Words& verb : verbs) {
          INFO(to_text(who) << ", " << verb.front() << " " << verb.back() << ", " << stage.plugin << " " << one.word);
          setting.forget_store();
          Words words(verb.begin() + 1, verb.end());
          words.insert(words.end(), {"--plugin-dir", directory, "--use", std::string(stage.stage) + "=" + stage.plugin,
                                     "--set", "image.source=" + image, pipeline});
          const Ending ending = stage.stage == std::string("exec") ? Ending::crash : Ending::orderly;
          CHECK(setting.refusal(verb.front(), words, {"plugin " + stage.plugin + one.says}, ending) == "");
          CHECK(entries_of(setting.store(), stage.forbidden) == "");
        }
      }
    }
  }
}

// Each of them takes the ten seconds that a plugin has, so they take them together.
TEST_CASE("a plugin that hangs, or has no end to report, is ended and named") {
  SLIPWAY_SETTING(Who::root);
  const std::string image = setting.archive();
  const std::string pipeline = setting.file("pipeline.json", "{}");
  const Watch watch = setting.watch();
  std::string script;
  int jobs = 0;
  const auto add = [&](const Stage& stage, const std::string& how, const std::string& directory) {
    std::string line =
        std::string("'") + SLIPWAY_PROGRAM + "' run --store '" + setting.own(std::to_string(++jobs)) + "'";
    for (const std::string& word : words_for(stage, stage.plugin, how, image))
      line += " '" + (word == kFixtures ? directory : word) + "'";
    script += "{ " + line + " '" + pipeline + "'; echo status $?; } &\n";
  };
  for (const Stage& stage : {kPlanning, kImage}) {
    for (const std::string how : {"hang", "endless-reports"}) add(stage, how, kFixtures);
    for (const std::string word : {"hang", "deaf"}) add(stage, "", with_constructor(setting, stage.plugin, word));
  }
  add(kImage, "", with_constructor(setting, kImage.plugin, "cut"));
  const Outcome outcome = setting.shell(script + "wait");
  // Nobody is left to tell of the one that holds back all signals in slipway's own process.
  CHECK(count_of(outcome.output, "status 125\n") == jobs - 1);
  CHECK(count_of(outcome.output, "status 137\n") == 1);
  CHECK(count_of(outcome.errors, "plugin fixture-misbehaves-image hangs, with all signals held back\n") == 1);
  CHECK(count_of(outcome.errors, "plugin fixture-misbehaves-image hangs, with its descriptors closed\n") == 1);
  const std::string patience = ": no answer after 10000 ms\n";
  for (const auto& [said, times] :
       {std::pair{"plugin fixture-misbehaves hangs in plan", 2},
        std::pair{"plugin fixture-misbehaves-image hangs in resolve", 2},
        std::pair{"plugin fixture-misbehaves hangs in the loading of its library", 1},
        std::pair{"plugin fixture-misbehaves-image hangs in the loading of its library", 1}}) {
    INFO(outcome.errors);
    CHECK(count_of(outcome.errors, said + patience) == times);
  }
  CHECK(count_of(outcome.errors, "slipway: ") == jobs - 1);
  for (int job = 1; job <= jobs; ++job) {
    CHECK(entries_of(setting.own(std::to_string(job)), {"starts", "layers", "staging", "runs", "locks"}) == "");
  }
  CHECK(eventually([&] { return watch.look().processes.empty(); }));  // the kernel ends what a crash leaves
}
