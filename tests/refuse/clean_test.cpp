// slipway clean: ends and removes what killed runs have left, says so, and touches nothing of the living.
#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <list>
#include <nlohmann/json.hpp>

#include "tests/refuse/aftermath.hpp"
#include "tests/support/archive.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

// The standard image, and programs that are set-id: busybox drops its rights, but has lost the death signal by then.
const std::string& archive_with_set_id() {
  static const std::string kArchive = [] {
    ImageSpec image = standard_image();
    image.layers.push_back({make_tar({file("set-id/busybox", read_file("/bin/busybox"), 04755),
                                      file("set-id/probe", read_file(SLIPWAY_TEST_PROBE), 04755)})});
    return docker_save({image}, Layout::docker25);
  }();
  return kArchive;
}

Words run_words(const Setting& setting, const Words& words) {
  Words all{SLIPWAY_PROGRAM, "run", "--store", setting.store()};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

// Starts a run, kills its supervisor once the program has said so, and waits for that end.
void run_and_kill(const Setting& setting, const Words& words, const std::string& until) {
  Program program(setting.command(run_words(setting, words)));
  REQUIRE(program.wait_for_output(until));
  program.signal(SIGKILL);
  REQUIRE(program.wait().signal == SIGKILL);
}

std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) names.push_back(entry.path().filename());
  return names;
}

std::size_t count_of_lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

// As every user of such a store would find it: half-made and half-written things of somebody who is dead.
void leave_things(const Setting& setting, Who who) {
  std::string script = "cd '" + setting.store() +
                       "' && mkdir -p staging/form.01/layer/tree runs/0123456789ab/upper && "
                       "touch locks/layer.unpack images/key.new-0123456789abcdef starts/key.new-0123456789abcdef";
  INFO(to_text(who));
  REQUIRE(run(setting.command({"sh", "-c", script})).shell_status() == 0);
}

}  // namespace

TEST_CASE("where nothing was killed clean says and removes nothing") {
  const Who who = GENERATE(Who::root, Who::range, Who::single);
  SLIPWAY_SETTING(who);
  const std::string image = setting.file("image.tar", standard_archive());
  INFO(to_text(who));
  for (const bool has_store : {false, true}) {
    if (has_store) REQUIRE(setting.slipway("run", {image, "true"}).shell_status() == 0);
    const Outcome outcome = setting.slipway("clean", {});
    CHECK(outcome.shell_status() == 0);
    CHECK(outcome.output == "");
    CHECK(outcome.errors == "");
    CHECK(fs::exists(setting.store()) == has_store);
    CHECK(setting.slipway("clean", {"--json"}).output == "[]\n");
  }
}

TEST_CASE("a journal that cannot be read stops no run, stays, and is told of by clean") {
  struct Row {
    const char* name;
    const char* script;
    const char* told;
  };
  constexpr std::array kSpoilt{
      Row{"overwritten", "printf 'rubbish\\nprocess\\t' > ", ": line 1 is no record of a journal"},
      Row{"a directory", "mkdir ", ": it is not a regular file"},
      Row{"a link", "ln -s /etc/passwd ", ": Too many levels of symbolic links"},
      Row{"a FIFO", "mkfifo ", ": it is not a regular file"},
      Row{"too large", "head -c 17000000 /dev/zero > ", ": File too large"}};
  const Who who = GENERATE(Who::root, Who::range);
  for (const Row& row : kSpoilt) {
    DYNAMIC_SECTION(to_text(who) << ": " << row.name) {
      SLIPWAY_SETTING(who);
      const std::string image = setting.file("image.tar", standard_archive());
      REQUIRE(setting.slipway("run", {image, "true"}).shell_status() == 0);
      const std::string runtime = who == Who::root ? "/run/slipway" : setting.runtime();
      const std::string path = runtime + "/0123456789ab.journal";
      REQUIRE(setting.shell(row.script + path).shell_status() == 0);
      const Outcome ran = setting.slipway("run", {image, "echo", "ran"});
      CHECK(ran.shell_status() == 0);
      CHECK(ran.output == "ran\n");
      CHECK(ran.errors == "");
      for (const Words& words : {Words{"--dry-run"}, Words{}}) {
        const Outcome cleaned = setting.slipway("clean", words);
        CHECK(Setting::faults_of(cleaned, 1,
                                 {"slipway: error: read the journal: " + path + row.told,
                                  "hint: what its run left is not known: look at the file, remove it"},
                                 setting.watch()) == "");
      }
      REQUIRE(setting.shell("test -e " + path + " && rm -r " + path).shell_status() == 0);
      const Outcome cleaned = setting.slipway("clean", {});
      CHECK(cleaned.shell_status() == 0);
      CHECK(cleaned.errors == "");
    }
  }
}

TEST_CASE("clean tells one line for each thing that it removes, and the second one nothing") {
  const Who who = GENERATE(Who::root, Who::range, Who::single);
  SLIPWAY_SETTING(who);
  const std::string image = setting.file("image.tar", standard_archive());
  REQUIRE(setting.slipway("run", {image, "true"}).shell_status() == 0);
  // A record of the start would still be in the making when the program has begun.
  const Words words{"--set", "rootfs.upper=disk", "--no-record", "starts", image, "sh", "-c", "echo up; sleep 40"};
  run_and_kill(setting, words, "up");
  REQUIRE(happens_within(kGraceTime, [] { return descendants().empty(); }));
  leave_things(setting, who);
  const std::string store = setting.store();
  const std::string journal = names_in(setting.runtime()).at(0);
  const std::string run = journal.substr(0, journal.find('.'));
  const Words parts = {"what a run wrote, " + store + "/runs/" + run + "\n",
                       "journal " + (who == Who::root ? "/run/slipway" : setting.runtime()) + "/" + journal + "\n",
                       "what a run wrote, " + store + "/runs/0123456789ab\n",
                       "half-made layers, " + store + "/staging/form.01\n",
                       "lock " + store + "/locks/layer.unpack\n",
                       "half-written record " + store + "/images/key.new-0123456789abcdef\n",
                       "half-written record " + store + "/starts/key.new-0123456789abcdef\n"};
  INFO(to_text(who));

  const Outcome dry = setting.slipway("clean", {"--dry-run"});
  CHECK(dry.shell_status() == 0);
  CHECK(dry.errors == "");
  CHECK(count_of_lines(dry.output) == parts.size());
  for (const std::string& part : parts) CHECK_THAT(dry.output, Catch::Contains("would remove " + part));

  const json listed = json::parse(setting.slipway("clean", {"-n", "--json"}).output);
  REQUIRE(listed.size() == parts.size());
  CHECK(listed[0] == json{{"what", "run-directory"}, {"path", store + "/runs/" + run}, {"run", run}, {"done", false}});
  CHECK(listed[1].at("what") == "journal");

  const Outcome wet = setting.slipway("clean", {});
  CHECK(wet.shell_status() == 0);
  CHECK(wet.errors == "");
  CHECK(count_of_lines(wet.output) == parts.size());
  for (const std::string& part : parts) CHECK_THAT(wet.output, Catch::Contains("removed " + part));

  const Outcome again = setting.slipway("clean", {});
  CHECK(again.shell_status() == 0);
  CHECK(again.output == "");
  CHECK(names_in(setting.runtime()).empty());
  CHECK(names_in(store + "/runs").empty());
  CHECK(names_in(store + "/staging").empty());
  CHECK(unfinished(store).empty());
  CHECK(setting.slipway("run", {image, "sh", "-c", "echo fine"}).output == "fine\n");
}

TEST_CASE("a set-id program outlives its supervisor, and clean ends it") {
  const Who who = GENERATE(Who::root, Who::range);
  SLIPWAY_SETTING(who);
  const std::string image = setting.file("image.tar", archive_with_set_id());
  INFO(to_text(who));
  REQUIRE(setting.slipway("run", {image, "true"}).shell_status() == 0);
  const Aftermath aftermath(setting, image);
  struct Case {
    const char* what;
    const char* patience;  // s; more than this test has, where the program ends when it is asked to
    Words program;
  };
  const auto lives = GENERATE(
      Case{"a program that takes no signal", "0", {"busybox", "sh", "-c", "echo up; while true; do sleep 40; done"}},
      Case{"one that ends when it is asked to",
           "3600",
           {"busybox", "sh", "-c", "trap 'exit 0' TERM; echo up; while true; do sleep 40 & wait $!; done"}},
      // It looks like a dead one that nobody has waited for.
      Case{"one whose main thread has left", "0", {"probe", "thread"}});
  INFO(lives.what);
  Words words{"--set", "rootfs.upper=disk", "--stop-timeout", lives.patience, "-u", "app", image};
  words.push_back("/set-id/" + lives.program.front());
  words.insert(words.end(), lives.program.begin() + 1, lives.program.end());
  run_and_kill(setting, words, "up");
  // The next run is no moment to end another container, and what that one uses stays.
  CHECK(setting.slipway("run", {image, "sh", "-c", "echo fine"}).output == "fine\n");
  CHECK(aftermath.left().processes.size() >= 1);
  CHECK(names_in(setting.store() + "/runs").size() == 1);
  CHECK(names_in(setting.runtime()).size() == 1);

  CHECK_THAT(setting.slipway("clean", {"--dry-run"}).output, Catch::StartsWith("would end process "));
  CHECK(aftermath.left().processes.size() >= 1);
  const Outcome cleaned = setting.slipway("clean", {});
  INFO(cleaned.output << cleaned.errors);
  CHECK(cleaned.shell_status() == 0);
  CHECK_THAT(cleaned.output, Catch::StartsWith("ended process ") && Catch::Contains(" of run ") &&
                                 Catch::Contains("removed what a run wrote, ") && Catch::Contains("removed journal "));
  CHECK(happens_within(kGraceTime, [] { return descendants().empty(); }));
  CHECK(aftermath.left().to_text() == "");
}

TEST_CASE("what a killed run wrote as another user is removed, with its journal or without") {
  const Who who = GENERATE(Who::root, Who::range);
  const bool has_journal = GENERATE(true, false);
  SLIPWAY_SETTING(who);
  const std::string image = setting.file("image.tar", standard_archive());
  INFO(to_text(who) << (has_journal ? ", with" : ", without"));
  REQUIRE(setting.slipway("run", {image, "true"}).shell_status() == 0);
  const Aftermath aftermath(setting, image);
  const char* script =
      "mkdir -p /a/b && touch /a/b/c && chown -R 1000:1000 /a && chmod 700 /a /a/b && echo up; sleep 40";
  run_and_kill(setting, {"--set", "rootfs.upper=disk", image, "sh", "-c", script}, "up");
  // As after a reboot: what lies in memory is gone.
  if (!has_journal) REQUIRE(fs::remove(setting.runtime() + "/" + names_in(setting.runtime()).at(0)));
  CHECK(aftermath.of_supervisor(Cleaner::clean_command) == "");
}

TEST_CASE("layers that were being made for other users' files are removed") {
  const Who who = GENERATE(Who::root, Who::range);
  const Cleaner cleaner = GENERATE(Cleaner::clean_command, Cleaner::next_run);
  const bool has_journal = GENERATE(true, false);
  SLIPWAY_SETTING(who);
  const std::string image = setting.file("image.tar", standard_archive());
  INFO(to_text(who) << (has_journal ? ", with" : ", without"));
  const Aftermath aftermath(setting, image);
  REQUIRE(setting.slipway("run", {"--fault", "unpacked:kill-supervisor", image, "true"}).signal == SIGKILL);
  REQUIRE(names_in(setting.store() + "/staging").size() == 1);
  if (!has_journal) REQUIRE(fs::remove(setting.runtime() + "/" + names_in(setting.runtime()).at(0)));
  CHECK(aftermath.of_supervisor(cleaner) == "");
}

TEST_CASE("clean leaves alone what living runs use, wherever their journals are") {
  const Who who = GENERATE(Who::root, Who::range);
  SLIPWAY_SETTING(who);
  const std::string image = setting.file("image.tar", standard_archive());
  INFO(to_text(who));
  REQUIRE(setting.slipway("run", {image, "true"}).shell_status() == 0);
  Program program(setting.command(run_words(setting, {"--set", "rootfs.upper=disk", image, "sh", "-c",
                                                      "trap 'cat /new /etc/hello; exit 5' TERM; echo x > /new; "
                                                      "echo up; sleep 40 & wait $!"})));
  REQUIRE(program.wait_for_output("up"));
  CHECK(setting.slipway("clean", {}).output == "");
  // One who has its journal elsewhere: it was started in another login.
  const std::string journal = setting.runtime() + "/" + names_in(setting.runtime()).at(0);
  const std::string elsewhere = setting.own("elsewhere");
  fs::rename(journal, elsewhere);
  CHECK(setting.slipway("clean", {}).output == "");
  fs::rename(elsewhere, journal);
  CHECK(names_in(setting.store() + "/runs").size() == 1);
  program.signal(SIGTERM);
  const Outcome outcome = program.wait();
  CHECK(outcome.output == "up\nx\nhello from the image\n");
  CHECK(outcome.shell_status() == 5);
  CHECK(outcome.errors == "");
}

TEST_CASE("runs and cleans at the same time do not disturb each other") {
  const Who who = GENERATE(Who::root, Who::range);
  SLIPWAY_SETTING(who);
  const std::string image = setting.file("image.tar", standard_archive());
  INFO(to_text(who));
  for (const bool cold : {true, false}) {
    std::list<Program> runs, cleans;
    for (int i = 0; i < 6; ++i) {
      runs.emplace_back(setting.command(
          run_words(setting, {"--set", "rootfs.upper=disk", image, "sh", "-c", "echo x > /x; cat /x"})));
      cleans.emplace_back(setting.command({SLIPWAY_PROGRAM, "clean", "--store", setting.store()}));
    }
    for (Program& clean : cleans) {
      const Outcome outcome = clean.wait();
      INFO((cold ? "cold: " : "warm: ") << outcome.output << outcome.errors);
      CHECK(outcome.shell_status() == 0);
      CHECK(outcome.output == "");
    }
    for (Program& one : runs) {
      const Outcome outcome = one.wait();
      INFO((cold ? "cold: " : "warm: ") << outcome.errors);
      CHECK(outcome.output == "x\n");
      CHECK(outcome.shell_status() == 0);
    }
  }
  CHECK(names_in(setting.store() + "/runs").empty());
  CHECK(names_in(setting.store() + "/staging").empty());
}
