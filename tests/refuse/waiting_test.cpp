// What a run waits for, and that it does not wait for ever, nor deaf to who asks it to end.
#include <fcntl.h>
#include <sys/file.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>

#include "tests/refuse/setting.hpp"
#include "tests/support/archive.hpp"
#include "tests/support/process_state.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;
namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

// A folder of the store that somebody else keeps to himself, as a slipway does that is stopped at the wrong moment.
slipway::linux::Fd keep(const std::string& folder) {
  slipway::linux::Fd kept(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  REQUIRE(kept);
  REQUIRE(::flock(kept.get(), LOCK_EX | LOCK_NB) == 0);
  return kept;
}

// Whether a journal of this setting holds such a line.
bool is_listed(const Setting& setting, const std::string& word) {
  if (!fs::exists(setting.runtime())) return false;
  for (const auto& one : fs::directory_iterator(setting.runtime())) {
    if (read_file(one.path()).find("\n" + word + "\t") != std::string::npos) return true;
  }
  return false;
}

struct Row {
  const char* folder;
  const char* listed;  ///< what the journal says before the folder is entered
  bool is_cold;
};
constexpr std::array kRows{Row{"staging", "staging", true}, Row{"runs", "run-directory", false}};

Words run_words(const Setting& setting, const std::string& image) {
  return {"run", "--store", setting.store(), "--set", "rootfs.upper=disk", image, "true"};
}

}  // namespace

TEST_CASE("a run that waits for a folder of the store ends when it is asked to, and gives up in the end") {
  for (const Who who : kBoth) {
    for (const Row& row : kRows) {
      DYNAMIC_SECTION(to_text(who) << ": " << row.folder) {
        SLIPWAY_SETTING(who);
        const std::string image = setting.file("image.tar", standard_archive());
        REQUIRE(setting.plain(run_words(setting, image)).shell_status() == 0);
        if (row.is_cold) {
          for (const char* folder : {"/layers", "/starts"}) {
            for (const auto& one : fs::directory_iterator(setting.store() + folder)) fs::remove_all(one.path());
          }
        }
        const Watch watch = setting.watch();
        const auto kept = keep(setting.store() + "/" + row.folder);
        for (const int signal : {SIGINT, SIGTERM}) {
          Program program(setting.slipway_command(run_words(setting, image)));
          REQUIRE(eventually([&] { return is_listed(setting, row.listed); }));
          program.signal(signal);
          const Outcome outcome = program.wait();
          CHECK(outcome.shell_status() == 128 + signal);
          CHECK(outcome.errors == "");
          CHECK(watch.look().to_text() == "");
        }
        const Outcome outcome = setting.plain(run_words(setting, image));
        CHECK(Setting::faults_of(outcome, 125,
                                 {std::string("take the store's lock: ") + row.folder + ": Device or resource busy",
                                  "hint: another slipway holds it"},
                                 watch) == "");
      }
    }
  }
}

TEST_CASE("a run does not wait deaf for the folder of what a dead run was unpacking") {
  for (const Who who : kBoth) {
    DYNAMIC_SECTION(to_text(who)) {
      SLIPWAY_SETTING(who);
      const std::string image = setting.file("image.tar", standard_archive());
      setting.make_store();
      const Watch watch = setting.watch();
      Words words = run_words(setting, image);
      words.insert(words.begin() + 1, {"--fault", "staged:kill-supervisor"});
      REQUIRE(setting.plain(words).signal == SIGKILL);
      // Several of them: one alone does not show whether the others are waited for as well.
      constexpr std::size_t kDead = 5;
      const std::string dead = fs::directory_iterator(setting.runtime())->path().filename();
      const std::string directory = who == Who::root ? "/run/slipway" : setting.runtime();
      for (std::size_t i = 1; i < kDead; ++i) {
        const std::string copy = "00000000000" + std::to_string(i) + ".journal";
        REQUIRE(run(setting.command({"cp", "-p", directory + "/" + dead, directory + "/" + copy})).shell_status() == 0);
      }
      REQUIRE(is_listed(setting, "staging"));
      {
        const auto kept = keep(setting.store() + "/staging");
        Program program(setting.slipway_command(run_words(setting, image)));
        REQUIRE(eventually([&] {
          std::size_t journals = 0;
          for ([[maybe_unused]] const auto& one : fs::directory_iterator(setting.runtime())) ++journals;
          return journals == kDead + 1;
        }));
        program.signal(SIGTERM);
        const Outcome outcome = program.wait();
        CHECK(outcome.shell_status() == 128 + SIGTERM);
        CHECK(outcome.errors == "");
        // Nobody asks for the end: what is not swept is told of once, however much it is.
        const Outcome waited = setting.plain(run_words(setting, image));
        INFO(waited.errors);
        CHECK(waited.errors.find("stays for now") == waited.errors.rfind("stays for now"));
      }
      CHECK(setting.plain(run_words(setting, image)).shell_status() == 0);
      CHECK(watch.look().to_text() == "");
    }
  }
}

TEST_CASE("a helper for id maps that hangs is cut off, by who asks for the end or after a while") {
  SLIPWAY_SETTING(Who::range);
  const std::string image = setting.file("image.tar", standard_archive());
  const Words words{"run", "--store", setting.store(), image, "true"};
  REQUIRE(setting.plain(words).shell_status() == 0);
  const std::string program = GENERATE("/usr/bin/newuidmap", "/usr/bin/newgidmap");
  INFO(program);
  struct Kind {
    const char* name;
    const char* script;
    const char* process;  ///< its name then
  };
  const std::string own_name = program.substr(program.rfind('/') + 1);
  const Kind kind = GENERATE_COPY(Kind{"silent", "echo waiting >&2\nexec sleep 1000\n", "sleep"},
                                  Kind{"its output closed", "exec sleep 1000 2>&-\n", "sleep"},
                                  Kind{"talking", "while :; do echo waiting >&2; done\n", own_name.c_str()});
  INFO(kind.name);
  const std::string hangs = setting.file("hangs", std::string("#!/bin/sh\n") + kind.script);
  fs::permissions(hangs, fs::perms::all);
  REQUIRE(run({.arguments = {"mount", "--bind", hangs, program}, .mounts = setting.mounts()}).shell_status() == 0);
  const Watch watch = setting.watch();
  for (const int signal : {SIGINT, SIGTERM}) {
    Program slipway(setting.slipway_command(words));
    REQUIRE(eventually([&] { return !descendants_named(kind.process).empty(); }));
    slipway.signal(signal);
    const Outcome outcome = slipway.wait();
    CHECK(outcome.shell_status() == 128 + signal);
    CHECK(outcome.errors == "");
    CHECK(watch.look().to_text() == "");
  }
  const Outcome outcome = setting.plain(words);
  CHECK(Setting::faults_of(outcome, 125, {program + ": Connection timed out", "hint: it hung and was ended"}, watch) ==
        "");
}
