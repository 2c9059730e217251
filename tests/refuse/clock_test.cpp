// Clocks that jump and files from another time: nothing is believed that could be wrong, and nothing waits for it.
#include <catch2/catch.hpp>
#include <regex>

#include "tests/refuse/setting.hpp"
#include "tests/support/archive.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;

namespace {

// Times that a machine with a wrong clock leaves on its files.
const std::vector<std::string>& times() {
  static const std::vector<std::string> kTimes = {"1970-01-01 00:00:00 UTC", "1901-12-13 00:00:00 UTC",
                                                  "2038-01-19 03:14:08 UTC", "2100-01-01 00:00:00 UTC",
                                                  "2446-05-10 00:00:00 UTC", "tomorrow"};
  return kTimes;
}

void touch(const std::string& time, const std::vector<std::string>& paths) {
  std::vector<std::string> words = {"touch", "-h", "-d", time};
  words.insert(words.end(), paths.begin(), paths.end());
  REQUIRE(run({.arguments = words}).shell_status() == 0);
}

// The timing table of a run without its first line, whose name of the run may be of digits alone.
std::string durations(const std::string& errors) { return errors.substr(errors.find('\n') + 1); }

// A negative number, or one that the clock of the wall would give.
bool has_odd_number(const std::string& table) {
  return std::regex_search(table, std::regex("[^a-z]-[0-9]|\\b[0-9]{9,}\\b"));
}

ImageSpec saying(ImageSpec image, const std::string& word) {
  image.command = {"echo", word};
  return image;
}

}  // namespace

TEST_CASE("an image from the future or from long ago runs, and another one in its place is noticed") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    for (const std::string& time : times()) {
      INFO(time << " as " << to_text(who));
      // Of the same size and time, and in the same place: what tells them apart is when the file itself was changed.
      for (const std::string word : {"first", "other"}) {
        const std::string image = setting.archive(saying(setting.image(), word));
        touch(time, {image});
        for (int i = 0; i < 2; ++i) {
          const Outcome outcome = setting.slipway("run", {image});
          CHECK(outcome.output + outcome.errors == word + "\n");
        }
      }
    }
  }
}

TEST_CASE("a store and journals from another time are used and swept as any") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive();
    touch("1 hour ago", {image});
    for (const std::string& time : times()) {
      INFO(time << " as " << to_text(who));
      REQUIRE(setting.slipway("run", {image, "true"}).errors == "");
      const Watch before = setting.watch();
      const std::string& runtime = setting.runtime();
      const std::string journal = runtime + "/0123456789ab.journal";
      Command make = setting.command({"sh", "-c", "printf 'process\\t4194303\\t1\\n' > " + journal});
      REQUIRE(run(make).shell_status() == 0);
      touch(time, {journal, runtime, setting.store(), setting.store() + "/version"});
      make.arguments = {"sh", "-c", "touch -d '" + time + "' " + setting.store() + "/*/*"};
      REQUIRE(run(make).shell_status() == 0);
      const Outcome outcome = setting.slipway("run", {"--set", "rootfs.upper=disk", image, "echo", "now"});
      CHECK(outcome.output + outcome.errors == "now\n");
      CHECK(before.look().to_text() == "");
    }
  }
}

TEST_CASE("layers whose files have any time are unpacked with it, and timings stay sums of what passed") {
  SLIPWAY_SETTING(Who::root);
  ImageSpec image = standard_image();
  std::vector<TarEntry> entries;
  const std::vector<std::int64_t> seconds = {0, -1, 1, 2'147'483'648, 4'294'967'296, 32'503'680'000};
  for (const std::int64_t second : seconds) {
    entries.push_back(file("at" + std::to_string(entries.size()), "x"));
    entries.back().mtime = second;
  }
  image.layers.push_back({make_tar(entries)});
  const std::string archive = setting.file("image.tar", docker_save({image}, Layout::docker25));
  const Outcome outcome = setting.slipway("run", {"--timing", archive, "sh", "-c", "cat /at0 /at5"});
  CHECK(outcome.output == "xx");
  CHECK(outcome.shell_status() == 0);
  CHECK_THAT(outcome.errors, Catch::Contains("microseconds"));
  INFO(outcome.errors);
  CHECK_FALSE(has_odd_number(durations(outcome.errors)));
}

TEST_CASE("in a time namespace whose clocks stand elsewhere a run is timed and ends as usual") {
  SLIPWAY_SETTING(Who::root);
  const std::string image = setting.archive();
  for (const std::string offset : {"--monotonic=100000000", "--boottime=100000000"}) {
    Command command = setting.slipway_command({"run", "--store", setting.store(), "--timing", image, "echo", "now"});
    command.arguments.insert(command.arguments.begin(), {"unshare", "--time", offset, "--fork"});
    const Outcome outcome = run(command);
    INFO(offset << "\n" << outcome.errors);
    CHECK(outcome.output == "now\n");
    CHECK(outcome.shell_status() == 0);
    CHECK_FALSE(has_odd_number(durations(outcome.errors)));
  }
}
