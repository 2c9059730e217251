// Directories of the host's as layers, of owners that have no id in the container.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/refuse/setting.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

struct Owner {
  const char* whose;
  bool own_user, own_group;
  const char* says;
};
constexpr std::array kForeign{
    Owner{"another's", false, false, " belongs to 0:0, and the container has no id for user 0 and group 0"},
    Owner{"the user's, and another group's", true, false, ":0, and the container has no id for group 0"},
};

// A directory that everybody may read, all of whose files have that owner.
std::string tree_of(const Setting& setting, const std::string& inner, uid_t uid, gid_t gid) {
  const fs::path tree = setting.scratch() / (std::to_string(uid) + "-" + std::to_string(gid));
  const fs::path directory = tree / inner;
  fs::create_directories(directory);
  std::ofstream(directory / "patched") << "from the host\n";
  for (const fs::path& file : {tree, directory, directory / "patched"}) {
    REQUIRE(::lchown(file.c_str(), uid, gid) == 0);
    REQUIRE(::chmod(file.c_str(), 0755) == 0);
  }
  return tree.string();
}

std::string tree_of(const Setting& setting, const std::string& inner, const Owner& owner) {
  const Identity& user = *setting.identity();
  return tree_of(setting, inner, owner.own_user ? user.uid : 0, owner.own_group ? user.gid : 0);
}

std::vector<std::string> patched(const std::string& tree, const std::vector<std::string>& more) {
  const json rootfs{{"use", "fs-patched"}, {"patches", {tree}}};
  std::vector<std::string> words{"--plugin-dir", SLIPWAY_FIXTURES, "--set", "rootfs=" + rootfs.dump()};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

// The first of the ids that subuid(5) and subgid(5) give the user with a range, in either file.
std::uint32_t first_subordinate(const char* file) {
  const std::string beginning = "slipway-range:";
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(beginning)) return static_cast<std::uint32_t>(std::stoul(line.substr(beginning.size())));
  }
  return 0;
}

}  // namespace

TEST_CASE("a directory whose owner has no id in the container can be laid over an image, and / is root's then") {
  for (const Who who : {Who::range, Who::single}) {
    SLIPWAY_SETTING(who);
    for (const Owner& owner : kForeign) {
      INFO(to_text(who) << ", " << owner.whose);
      const std::string tree = tree_of(setting, "srv/www", owner);
      const Outcome seen = setting.slipway("run", patched(tree, {setting.archive(), "cat", "/srv/www/patched"}));
      CHECK(seen.output == "from the host\n");
      CHECK(seen.errors == "");
      // With a range there is an id for "nobody", and that is what the kernel calls an owner without one.
      if (who == Who::range) continue;
      CHECK(setting.slipway("run", patched(tree, {setting.archive(), "stat", "-c", "%u:%g", "/"})).output == "0:0\n");
    }
  }
}

TEST_CASE("a mount point in a directory whose owner has no id in the container is refused with the directory's name") {
  for (const Who who : {Who::range, Who::single}) {
    SLIPWAY_SETTING(who);
    for (const Owner& owner : kForeign) {
      INFO(to_text(who) << ", " << owner.whose);
      const std::string tree = tree_of(setting, "etc", owner);
      CHECK(setting.refusal("run", patched(tree, {setting.archive(), "true"}),
                            {"make the mount point: /etc/hosts", "hint: " + tree + "/etc", owner.says,
                             "use a copy of your own"}) == "");
    }
  }
}

TEST_CASE("a directory that has its owner's id in a user's range is refused with one id, and the hint is the range") {
  SLIPWAY_SETTING(Who::range);
  const std::string tree =
      tree_of(setting, "etc", first_subordinate("/etc/subuid") + 8, first_subordinate("/etc/subgid") + 8);
  const Outcome outcome =
      setting.slipway("run", patched(tree, {"--set", "isolation.user=single", setting.archive(), "true"}));
  CHECK(outcome.shell_status() == 125);
  CHECK_THAT(outcome.errors, Catch::Contains(tree + "/etc belongs to ") &&
                                 Catch::Contains(R"(: "isolation": {"user": "auto"} has one)"));
  CHECK(setting.slipway("run", patched(tree, {setting.archive(), "stat", "-c", "%u:%g", "/etc/patched"})).output ==
        "9:9\n");
}

TEST_CASE("a directory that cannot be a layer of an overlay is refused with the reason, and what can be done") {
  for (const Who who : {Who::root, Who::range, Who::single}) {
    SLIPWAY_SETTING(who);
    INFO(to_text(who));
    const std::string whole = who == Who::root ? ", the store with the image's layers, lies in /, and no layer"
                                               : " is mounted below /, and in a user namespace a mount stays locked";
    const auto refusal = [&](const std::string& directory, const std::vector<std::string>& parts) {
      return setting.refusal("run", patched(directory, {setting.archive(), "true"}), parts);
    };
    CHECK(refusal("/", {"fs-patched: step ", "hint: ", whole, "; use a directory "}) == "");
    const std::string outer = tree_of(setting, "inner", ::geteuid(), 0);
    CHECK(setting.refusal(
              "run",
              patched(outer,
                      {"--set", "rootfs.patches=" + json{outer, outer + "/inner"}.dump(), setting.archive(), "true"}),
              {"hint: " + outer + "/inner lies in " + outer + ", and no layer", "; name one of them"}) == "");
    CHECK(refusal("/proc", {"fs-patched: step ", "hint: ", "/proc"}) == "");
  }
}

TEST_CASE("of the owner and the group of a directory the one that has an id in the container is kept") {
  SLIPWAY_SETTING(Who::range);
  const Identity& user = *setting.identity();
  const std::uint32_t first_user = first_subordinate("/etc/subuid");
  const std::uint32_t first_group = first_subordinate("/etc/subgid");
  // Without an id for "nobody", by which the kernel calls who has none.
  const auto ranges = [](std::uint32_t own, std::uint32_t first) {
    return json{"0:" + std::to_string(own) + ":1", "1:" + std::to_string(first) + ":100"};
  };
  const json isolation{{"uids", ranges(user.uid, first_user)}, {"gids", ranges(user.gid, first_group)}};
  const auto root_of = [&](uid_t uid, gid_t gid) {
    const Outcome outcome = setting.slipway(
        "run", patched(tree_of(setting, "srv", uid, gid),
                       {"--set", "isolation.user=" + isolation.dump(), setting.archive(), "stat", "-c", "%u:%g", "/"}));
    INFO(outcome.errors);
    CHECK(outcome.shell_status() == 0);
    return outcome.output;
  };
  CHECK(root_of(first_user + 4, first_group + 6) == "5:7\n");
  CHECK(root_of(first_user + 4, 0) == "5:0\n");
  CHECK(root_of(0, first_group + 6) == "0:7\n");
  CHECK(root_of(0, 0) == "0:0\n");
}
