// Owners of an image's files that have no id in the container: named before the start of every run, and what helps; or
// the run does not start. For callers with one id, and with a range that is too small.
#include <catch2/catch.hpp>
#include <sstream>

#include "tests/run/harness.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

TarEntry owned(TarEntry entry, std::uint64_t uid, std::uint64_t gid) {
  entry.uid = uid;
  entry.gid = gid;
  return entry;
}

// Files of six owners, one of them beyond the usual 65536 ids when `highest` is.
ImageSpec owners_image(std::uint64_t highest = 65534) {
  ImageSpec image = box_image();
  image.tags = {"owners:latest"};
  image.layers.push_back({make_tar({directory("owners/"), owned(file("owners/app"), 1000, 50),
                                    owned(soft_link("owners/link", "app"), 1000, 1000)})});
  image.layers.push_back({make_tar({owned(file("owners/mail", "", 02755), 0, 8), owned(file("owners/kept"), 0, 0),
                                    owned(file("owners/last", "", 04755), highest, highest)})});
  return image;
}

const std::string kLook = "cd /owners; stat -c '%n %u:%g %a' *";

std::string noted(const std::string& highest) {
  return "slipway: warning: 4 files of the image belong to root inside, because the owner has no id here: /owners/app "
         "(1000:50), /owners/link (1000:1000), /owners/mail (0:8) and 1 more\n  hint: as root: usermod --add-subuids " +
         highest;
}

// What usermod would do, as lines for both files: NAME:FIRST:COUNT.
struct Range {
  std::string subuid, subgid;
};

std::string line_for(const std::string& hint, const std::string& option, const std::string& name) {
  const std::size_t at = hint.find(option + " ");
  if (at == std::string::npos) return {};
  std::istringstream numbers(hint.substr(at + option.size() + 1));
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  char dash = 0;
  numbers >> first >> dash >> last;
  return name + ":" + std::to_string(first) + ":" + std::to_string(last - first + 1) + "\n";
}

Range range_in(const std::string& hint, const std::string& name) {
  return {line_for(hint, "--add-subuids", name), line_for(hint, "--add-subgids", name)};
}

// /etc/subuid and /etc/subgid as one run sees them: the host's with lines added.
class OwnRanges {
 public:
  explicit OwnRanges(const Range& range) {
    give("subuid", range.subuid);
    give("subgid", range.subgid);
  }
  [[nodiscard]] const PrivateMounts& mounts() const { return mounts_; }

 private:
  void give(const std::string& name, const std::string& lines) {
    write_file(directory_ / name, read_file("/etc/" + name) + lines);
    const Outcome bound =
        run({.arguments = {"mount", "--bind", directory_ / name, "/etc/" + name}, .mounts = &mounts_});
    if (bound.shell_status() != 0) throw std::runtime_error(bound.errors);
  }
  TemporaryDirectory directory_{};
  PrivateMounts mounts_{};
};

Outcome run_with(const Runner& runner, const OwnRanges& ranges, Words words) {
  words.insert(words.begin(), "run");
  Command command = runner.command(words);
  command.mounts = &ranges.mounts();
  Outcome outcome = run(command);
  CHECK(runner.leftovers() == "");
  return outcome;
}

// The layers in a store and what is being made: nothing may come of a run that was refused.
std::string layers_of(const Runner& runner) {
  const std::string store = runner.store();
  return run(runner.plain({"sh", "-c", "ls " + store + "/layers " + store + "/starts " + store + "/staging"})).output;
}

TEST_CASE("who has one id is told before every start which owners the image loses, and which range would keep them") {
  for (const Caller& caller : callers()) {
    if (!caller.is_single()) continue;
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const std::string image = runner.put("owners.tar", docker_save({owners_image()}, Layout::docker25));
      const auto told = [&](Words words) {
        words.insert(words.end(), {image, "sh", "-c", kLook});
        const Outcome outcome = runner.run(words);
        INFO(to_text(outcome));
        CHECK(outcome.shell_status() == 0);
        CHECK(outcome.output == "app 0:0 644\nkept 0:0 644\nlast 0:0 4755\nlink 0:0 777\nmail 0:0 2755\n");
        CHECK_THAT(outcome.errors, Catch::StartsWith(noted("")));
        CHECK(lines_of(outcome.errors).size() == 2);
      };
      told({});                              // unpacks
      told({});                              // from the record of the start
      told({"--set", "rootfs.upper=disk"});  // from the layers
      told({"--set", "isolation.ids=\"squash\""});
    }
  }
}

TEST_CASE("the range that the note names keeps all owners, and then there is no note") {
  for (const Caller& caller : callers()) {
    if (!caller.is_single() || !caller.user) continue;
    for (const std::uint64_t highest : {65534U, 200000U}) {
      DYNAMIC_SECTION(caller.name << ": " << highest) {
        Runner runner(caller);
        const std::string image = runner.put("owners.tar", docker_save({owners_image(highest)}, Layout::docker25));
        const Outcome before = runner.run({image, "true"});
        const OwnRanges ranges(range_in(before.errors, caller.name));
        for (const char* ids : {"squash", "exact"}) {
          const std::string set = std::string("isolation.ids=") + ids;
          const Outcome outcome = run_with(runner, ranges, {"--set", set, image, "sh", "-c", kLook});
          INFO(to_text(outcome));
          const std::string last = std::to_string(highest) + ":" + std::to_string(highest);
          CHECK(outcome.output ==
                "app 1000:50 644\nkept 0:0 644\nlast " + last + " 4755\nlink 1000:1000 777\nmail 0:8 2755\n");
          CHECK(outcome.errors == "");
        }
        // And without the range the squashed layers are still what they were.
        const Outcome after = runner.run({image, "stat", "-c", "%u", "/owners/app"});
        CHECK(after.output == "0\n");
        CHECK(after.errors == before.errors);
      }
    }
  }
}

TEST_CASE("a range that is too small for an image is told of as none is, and gives no set-id bit away") {
  for (const Caller& caller : callers()) {
    if (!caller.is_single() || !caller.user) continue;
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const std::string image = runner.put("owners.tar", docker_save({owners_image()}, Layout::docker25));
      const std::string small = caller.name + ":3000000000:1000\n";
      const OwnRanges ranges({small, small});
      for (int i = 0; i < 2; ++i) {
        const Outcome outcome = run_with(runner, ranges, {image, "sh", "-c", kLook});
        INFO(to_text(outcome));
        CHECK(outcome.output == "app 1000:50 644\nkept 0:0 644\nlast 0:0 755\nlink 1000:1000 777\nmail 0:8 2755\n");
        CHECK_THAT(outcome.errors,
                   Catch::StartsWith("slipway: warning: 1 file of the image belongs to root inside, because the owner "
                                     "has no id here: /owners/last (65534:65534)\n  hint: as root: usermod "
                                     "--add-subuids 3000001000-3000066535 --add-subgids 3000001000-3000066535 "));
      }
      const Outcome refused = run_with(runner, ranges, {"--set", "isolation.ids=exact", image, "true"});
      CHECK(refused.shell_status() == 125);
      CHECK_THAT(refused.errors, Catch::Contains("/owners/last (65534:65534)"));
      const Outcome user = run_with(runner, ranges, {"-u", "1001:1002", image, "true"});
      CHECK(user.shell_status() == 125);
      CHECK_THAT(user.errors, Catch::Contains("the container has no id for: user 1001 and group 1002\n  hint: as root: "
                                              "usermod --add-subuids 3000001000-"));
    }
  }
}

TEST_CASE(
    "with exact ids a run stops before it starts, names the same, and leaves nothing that a later one would use") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const std::string image = runner.put("owners.tar", docker_save({owners_image()}, Layout::docker25));
      const Words exact = {"--set", "isolation.ids=exact", image, "sh", "-c", kLook};
      if (!caller.is_single()) {
        const Outcome outcome = runner.run(exact);
        CHECK(outcome.output ==
              "app 1000:50 644\nkept 0:0 644\nlast 65534:65534 4755\nlink 1000:1000 777\nmail 0:8 2755\n");
        CHECK(outcome.errors == "");
        continue;
      }
      std::string before;
      for (int i = 0; i < 3; ++i) {
        if (i == 2) (void)runner.run({image, "true"});  // squashed layers of the image are no help, and no harm
        before = layers_of(runner);
        const Outcome outcome = runner.run(exact);
        INFO(to_text(outcome));
        CHECK(outcome.shell_status() == 125);
        CHECK(outcome.output == "");
        CHECK_THAT(
            outcome.errors,
            Catch::Contains(": keep the owners of the image's files: 4 files have owners without an id here: "
                            "/owners/app (1000:50), /owners/link (1000:1000), /owners/mail (0:8) and 1 more\n") &&
                Catch::Contains("hint: as root: usermod --add-subuids ") &&
                Catch::Contains("; or let root inside have them: --set isolation.ids=squash\n"));
        CHECK(lines_of(outcome.errors).size() == 2);
        if (i > 0) CHECK(layers_of(runner) == before);
      }
      CHECK_THAT(before, Catch::Contains("-squashed") && !Catch::Contains("-exact"));
    }
  }
}

TEST_CASE("unpack tells the lost owners too, and with exact ids leaves the directory as it was") {
  for (const Caller& caller : callers()) {
    if (!caller.is_single()) continue;
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const std::string image = runner.put("owners.tar", docker_save({owners_image()}, Layout::docker25));
      const Outcome refused = runner.slipway({"unpack", "--set", "isolation.ids=exact", image, runner.own("tree")});
      CHECK(refused.shell_status() == 1);
      CHECK_THAT(refused.errors, Catch::Contains("4 files have owners without an id here: /owners/app (1000:50)"));
      CHECK(run(runner.plain({"ls", runner.own(".")})).output.find("tree") == std::string::npos);
      const Outcome done = runner.slipway({"unpack", image, runner.own("tree")});
      CHECK(done.shell_status() == 0);
      CHECK_THAT(done.errors, Catch::StartsWith(noted("")));
      CHECK(run(runner.plain({"ls", runner.own("tree/owners")})).output == "app\nkept\nlast\nlink\nmail\n");
    }
  }
}

TEST_CASE("a plan says nothing of owners, whatever the store knows") {
  for (const Caller& caller : callers()) {
    if (!caller.is_single()) continue;
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const std::string image = runner.put("owners.tar", docker_save({owners_image()}, Layout::docker25));
      const Outcome before = runner.slipway({"plan", image});
      CHECK(before.errors == "");
      (void)runner.run({image, "true"});
      CHECK(runner.slipway({"plan", image}).output == before.output);
      CHECK(runner.slipway({"plan", "--set", "isolation.ids=exact", image}).errors == "");
    }
  }
}

TEST_CASE("a single id by choice is told how to have more") {
  for (const Caller& caller : callers()) {
    if (caller.is_single()) continue;
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const std::string image = runner.put("owners.tar", docker_save({owners_image()}, Layout::docker25));
      const Outcome outcome = runner.run({"--set", "isolation.user=single", image, "stat", "-c", "%u", "/owners/app"});
      INFO(to_text(outcome));
      CHECK(outcome.output == "0\n");
      CHECK_THAT(outcome.errors, Catch::Contains("4 files of the image belong to root inside") &&
                                     Catch::Contains("hint: \"isolation\": {\"user\": \"auto\"} "));
      const Outcome many = runner.run({image, "stat", "-c", "%u", "/owners/app"});
      CHECK(many.output == "1000\n");
      CHECK(many.errors == "");
    }
  }
}

TEST_CASE("a user of the image without an id in the container is refused with the range that would do") {
  struct Row {
    const char* user;
    const char* lacks;
  };
  const std::vector<Row> rows = {
      {"app", "user 1000 and group 1000"}, {"0:50", "group 50"}, {"7", "user 7"}, {"4000000000:1", "user 4000000000"}};
  for (const Caller& caller : callers()) {
    if (!caller.is_single()) continue;
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.user) {
        Runner& runner = shared(caller);
        const Outcome outcome = runner.run({"-u", row.user, runner.box(), "id"});
        INFO(to_text(outcome));
        CHECK(outcome.shell_status() == 125);
        CHECK_THAT(outcome.errors, Catch::Contains(std::string("the container has no id for: ") + row.lacks) &&
                                       Catch::Contains("hint: "));
        CHECK(lines_of(outcome.errors).size() == 2);
      }
    }
  }
}

}  // namespace
}  // namespace slipway::tests
