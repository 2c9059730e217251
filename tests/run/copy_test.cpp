// fs-copy: the tree is that of an overlay, entry by entry, and belongs to its run alone.
#include <poll.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>

#include "tests/run/harness.hpp"
#include "tests/run/rich_image.hpp"
#include "tests/run/tree_inside.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;
namespace fs = std::filesystem;

const Words kCopy = {"--use", "rootfs=fs-copy"};

Words with(const Words& options, const Words& more) {
  Words words = options;
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

// Of a hundred layers most say something of one directory.
ImageSpec image_of_many_layers() {
  ImageSpec image = box_image();
  for (int i = 0; i < 90; ++i) {
    const std::string number = std::to_string(i);
    std::vector<TarEntry> entries = {directory("shared/"), file("shared/" + number, number),
                                     directory("own/" + number)};
    if (i % 3 == 2) entries.push_back(file("shared/.wh." + std::to_string(i - 2)));
    image.layers.push_back({make_tar(entries)});
  }
  return image;
}

TEST_CASE("a copy is the same tree as an overlay of the same layers, entry by entry") {
  struct Row {
    const char* name;
    ImageSpec image;
  };
  const std::vector<Row> rows = {{"standard", standard_image()},
                                 {"rich", rich_image()},
                                 {"knotty", knotty_image()},
                                 {"of many layers", image_of_many_layers()}};
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.name) {
        const Runner runner(caller);
        ImageSpec image = row.image;
        image.layers.push_back({make_tar({probe_entry()})});
        const std::string archive = runner.put("image.tar", docker_save({image}, Layout::docker25));
        const auto overlay = tree_inside(runner, {"--use", "rootfs=fs-overlay"}, archive);
        CHECK(overlay.size() > 20);
        CHECK(differences(overlay, tree_inside(runner, kCopy, archive)) == "");
      }
    }
  }
}

TEST_CASE("holes of the image's files are holes in a copy") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      const std::string archive = runner.put("image.tar", docker_save({knotty_image()}, Layout::docker25));
      const Outcome outcome = runner.run(with(kCopy, {archive, "stat", "-c", "%s %b", "/sparse"}));
      INFO(to_text(outcome));
      const std::size_t blank = outcome.output.find(' ');
      REQUIRE(blank != std::string::npos);
      CHECK(outcome.output.substr(0, blank) == std::to_string(std::size_t{9} << 20U));
      CHECK(std::stoul(outcome.output.substr(blank)) < 200);
    }
  }
}

TEST_CASE("what a program writes into a copy reaches neither layers nor other runs, and goes with its run") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string script =
          "cat /etc/hello; echo changed >> /etc/hello; rm -r /home; mkdir -p /new/deep; chmod 0 /new; cat /etc/hello";
      for (int i = 0; i < 2; ++i) {
        CHECK(runner.inside(script, kCopy) == "hello from the image\nhello from the image\nchanged\n");
      }
      CHECK(runner.inside("cat /etc/hello; ls -d /home") == "hello from the image\n/home\n");
    }
  }
}

TEST_CASE("the second start with fs-copy begins from a record, and needs no worker") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const Words words = with(kCopy, {"--timing", runner.box(), "cat", "/etc/hello"});
      const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
      Outcome outcome = runner.run(words);
      // No record is kept of an archive that has changed within the last two seconds.
      while (outcome.errors.find("from a record") == std::string::npos) {
        REQUIRE(std::chrono::steady_clock::now() < limit);
        outcome = runner.run(words);
      }
      CHECK(outcome.output == "hello from the image\n");
      CHECK(outcome.shell_status() == 0);
    }
  }
}

TEST_CASE("a read-only copy cannot be written to, and mount points that the image lacks are made all the same") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const Outcome outcome =
          runner.run(with(kCopy, {"--set", "rootfs.read_only=true", runner.box(), "sh", "-c",
                                  "echo x > /new; echo x > /etc/hello; echo fine > /tmp/x; cat /tmp/x /etc/hello"}));
      INFO(to_text(outcome));
      CHECK(outcome.output == "fine\nhello from the image\n");
      const Words errors = lines_of(outcome.errors);
      CHECK(errors.size() == 2);
      for (const std::string& line : errors) CHECK_THAT(line, Catch::EndsWith("Read-only file system"));
    }
  }
}

TEST_CASE("a copy that is kept is where slipway says, until clean is told to remove it") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string owner = caller.is_single() ? "0:0" : "1000:1000";
      const Outcome outcome = runner.run(with(
          kCopy, {"--set", "rootfs.keep=true", runner.box(), "sh", "-c",
                  "echo written > /mark; mkdir /a; echo x > /a/x; chown -R " + owner + " /a; chmod 0500 /a; exit 7"}));
      INFO(to_text(outcome));
      CHECK(outcome.shell_status() == 7);
      CHECK(outcome.output == "");
      REQUIRE(lines_of(outcome.errors).size() == 1);
      REQUIRE_THAT(outcome.errors, Catch::StartsWith("slipway: kept " + runner.store() + "/kept/"));
      const std::string path = lines_of(outcome.errors)[0].substr(std::string("slipway: kept ").size());
      CHECK(run(runner.plain({"cat", path + "/mark", path + "/etc/hello"})).output ==
            "written\nhello from the image\n");

      const std::string kept = fs::path(path).parent_path();
      const auto clean = [&](const Words& words) {
        return runner.slipway(with({"clean", "--store", runner.store()}, words));
      };
      CHECK(clean({}).output == "");
      CHECK(clean({"--kept", "-n"}).output == "would remove what a run kept, " + kept + "\n");
      CHECK(run(runner.plain({"test", "-e", path + "/mark"})).shell_status() == 0);
      CHECK_THAT(clean({"--kept", "-n", "--json"}).output, Catch::Contains("\"what\": \"kept\""));
      const Outcome removed = clean({"--kept"});
      CHECK(removed.output == "removed what a run kept, " + kept + "\n");
      CHECK(removed.errors == "");
      CHECK(run(runner.plain({"test", "-e", kept})).shell_status() == 1);
    }
  }
}

TEST_CASE("a run that fails keeps nothing") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const Outcome outcome = runner.run(with(kCopy, {"--set", "rootfs.keep=true", runner.box(), "no-such-program"}));
      INFO(to_text(outcome));
      CHECK(outcome.shell_status() == 127);
      CHECK_THAT(outcome.errors, !Catch::Contains("kept"));
      CHECK(run(runner.plain({"sh", "-c", "ls -A " + runner.store() + "/kept"})).output == "");
    }
  }
}

// Its copy takes long enough for a signal to come in the middle.
ImageSpec image_of_many_files() {
  ImageSpec image = box_image();
  std::vector<TarEntry> entries;
  for (int i = 0; i < 4'000; ++i)
    entries.push_back(file("many/" + std::to_string(i % 200) + "/" + std::to_string(i), "x"));
  image.layers.push_back({make_tar(entries)});
  return image;
}

bool is_copying(const Runner& runner) {
  std::error_code error;
  for (const auto& run : fs::directory_iterator(runner.store() + "/runs", error)) {
    if (fs::exists(run.path() / "copying", error)) return true;
  }
  return false;
}

// Starts a run of the image, and sends the signal while its layers are copied; nullopt: it came too late.
std::optional<Outcome> signal_while_copying(const Runner& runner, const std::string& archive, int signal) {
  const Words words = {archive, "sh", "-c", "trap 'exit 5' INT; sleep 60 & wait"};
  Program program(runner.command(with({"run"}, with(kCopy, words))));
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!is_copying(runner) && std::chrono::steady_clock::now() < limit) ::poll(nullptr, 0, 1);
  program.signal(signal);
  Outcome outcome = program.wait();
  if (outcome.shell_status() == 5) return std::nullopt;
  return outcome;
}

TEST_CASE("a signal ends a copy in the middle, and nothing is left of it") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      const std::string archive = runner.put("many.tar", docker_save({image_of_many_files()}, Layout::docker25));
      REQUIRE(runner.run({archive, "true"}).shell_status() == 0);
      std::optional<Outcome> outcome;
      for (int i = 0; i < 10 && !outcome; ++i) outcome = signal_while_copying(runner, archive, SIGINT);
      REQUIRE(outcome);
      INFO(to_text(*outcome));
      CHECK(outcome->shell_status() == 128 + SIGINT);
      CHECK(outcome->errors == "");
      CHECK(runner.leftovers() == "");
      // What is killed has no time to clear up.
      outcome = signal_while_copying(runner, archive, SIGKILL);
      REQUIRE(outcome);
      CHECK(outcome->signal == SIGKILL);
      CHECK(runner.slipway({"clean", "--store", runner.store()}).errors == "");
      CHECK(runner.run(with(kCopy, {archive, "sh", "-c", "ls /many | wc -l"})).output == "200\n");
    }
  }
}

}  // namespace
}  // namespace slipway::tests
