// Images that lack the directories which a container needs, or have something else in their place. See links_test.cpp
// for links of every kind; here each place meets each of what it may hold, on each kind of root filesystem.
#include <catch2/catch.hpp>

#include "tests/refuse/setting.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/tree.hpp"

using namespace slipway::tests;

namespace {

using Words = std::vector<std::string>;

struct RootKind {
  const char* name;
  Words options;
};
const std::vector<RootKind> kRoots = {{"an overlay", {}},
                                      {"a copy", {"--use", "rootfs=fs-copy"}},
                                      {"a read-only overlay", {"--set", "rootfs.upper=none"}}};

const Words kPlaces = {"etc", "proc", "dev", "sys", "run", "tmp"};

Words words_of(const RootKind& root, const std::string& image, const Words& command) {
  Words words = root.options;
  words.insert(words.end(), {"-u", "0", image});
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

// As mount points, and that the container's own files are there.
constexpr const char* kLook = "test -d /proc/1 && test -c /dev/null && cat /etc/hostname && ls -d /sys /run /tmp";

}  // namespace

TEST_CASE("B6: an image without one of the directories that a container needs starts, and gets it for the run") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    setting.make_store();
    for (const RootKind& root : kRoots) {
      for (const std::string& place : kPlaces) {
        INFO("/" << place << " on " << root.name << " as " << to_text(who));
        const std::string image = setting.archive_with({file(".wh." + place)});
        const Watch watch = setting.watch();
        const Outcome outcome = setting.slipway("run", words_of(root, image, {"sh", "-c", kLook}));
        CHECK(outcome.errors == "");
        CHECK(outcome.output == "slipway\n/run\n/sys\n/tmp\n");
        CHECK(watch.look().none());
      }
    }
  }
}

TEST_CASE("B6: an image with a file in the place of such a directory is refused by the name of the place") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    for (const RootKind& root : kRoots) {
      for (const std::string& place : kPlaces) {
        INFO("/" << place << " on " << root.name << " as " << to_text(who));
        const std::string image = setting.archive_with({file(place, "a file\n")});
        CHECK(setting.refusal("run", words_of(root, image, {"true"}), {": /" + place, "(ENOTDIR)"}) == "");
      }
    }
  }
}

TEST_CASE("B6: an image with a link to a directory of the host in such a place is refused, and nothing is made there") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string outside = setting.scratch().directory("outside", 0, 0, 0777);
    setting.file("outside/hosts", "as it was\n");
    setting.file("outside/null", "as it was\n");
    const auto before = describe_tree(outside);
    for (const RootKind& root : kRoots) {
      for (const std::string& place : kPlaces) {
        for (const std::string& target : {outside, "../../../../../.." + outside}) {
          INFO("/" << place << " -> " << target << " on " << root.name << " as " << to_text(who));
          const std::string image = setting.archive_with({soft_link(place, target)});
          CHECK(setting.refusal("run", words_of(root, image, {"true"}), {": /" + place}) == "");
        }
      }
    }
    CHECK(describe_tree(outside) == before);
  }
}
