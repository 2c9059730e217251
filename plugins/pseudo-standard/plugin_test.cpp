#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <slipway/testing.hpp>

using namespace slipway::testing;
using nlohmann::json;

namespace {

Outcome plan(const json& options, const Facts& told) {
  static const Plugin plugin = Plugin::load(SLIPWAY_PLUGIN);
  return plugin.plan(options.dump(), told);
}

// "mount /proc, symlink /dev/fd, …": what is made, without its arguments and the directories for it.
std::string outline(const json& options, const Facts& told) {
  std::string line;
  const Outcome planned = plan(options, told);
  CHECK(planned.told() == "");
  for (const Step& each : planned.steps) {
    const json step = json::parse(each.json());
    if (step["type"] == "mkdir") continue;
    line += (line.empty() ? "" : ", ") + step["type"].get<std::string>() + " " +
            step.value(step["type"] == "symlink" ? "link" : "target", "");
  }
  return line;
}

const std::string kLinks =
    "symlink /dev/fd, symlink /dev/stdin, symlink /dev/stdout, symlink /dev/stderr, symlink /dev/core, symlink "
    "/dev/ptmx";
const std::string kBound =
    "write /dev/null, bind /dev/null, write /dev/zero, bind /dev/zero, write /dev/full, bind /dev/full, write "
    "/dev/random, bind /dev/random, write /dev/urandom, bind /dev/urandom, write /dev/tty, bind /dev/tty";
const std::string kMade =
    "mknod /dev/null, mknod /dev/zero, mknod /dev/full, mknod /dev/random, mknod /dev/urandom, mknod /dev/tty";
const std::string kFirst = "mount /proc, mount /sys, mount /sys/fs/cgroup, mount /dev, ";
const std::string kLast = ", mount /dev/pts, mount /dev/shm, mount /dev/mqueue, mount /run, mount /tmp";

}  // namespace

TEST_CASE("B8: root's devices are made, an ordinary user's are the host's, and either can be asked for") {
  const json none = json::object();
  CHECK(outline(none, facts("root")) == kFirst + kMade + ", " + kLinks + kLast);
  CHECK(outline(none, facts("rootless")) == kFirst + kBound + ", " + kLinks + kLast);
  CHECK(outline({{"devices", "bind"}}, facts("root")) == kFirst + kBound + ", " + kLinks + kLast);
  CHECK(outline({{"devices", "mknod"}, {"nodes", {"null", "net/tun"}}, {"links", json::array()}}, facts("rootless")) ==
        kFirst + "mknod /dev/null, write /dev/net/tun, bind /dev/net/tun" + kLast);
}

TEST_CASE("A9: the profiles take what their recipes take, and more where an option says so") {
  const std::string links = kLinks.substr(0, kLinks.find("symlink /dev/core")) + "symlink /dev/ptmx";
  CHECK(outline({{"profile", "recipe-a"}}, facts("root")) ==
        "mount /proc, mount /sys, mount /dev, " + kBound + ", " + links +
            ", mount /dev/pts, mount /dev/shm, mount /run, mount /tmp");
  CHECK(outline({{"profile", "recipe-b"}}, facts("root")) ==
        kFirst + kMade + ", " + kLinks + ", mount /dev/pts, mount /dev/shm, mount /dev/mqueue");
  CHECK(outline({{"profile", "recipe-a"}, {"mqueue", true}, {"cgroup", json::object()}}, facts("root")) ==
        kFirst + kBound + ", " + links + kLast);
  CHECK(outline({{"profile", "recipe-b"}, {"dev", false}}, facts("root")) ==
        "mount /proc, mount /sys, mount /sys/fs/cgroup");
}

TEST_CASE("B10: the terminals belong to the group tty only where that group is mapped") {
  const json only_pts = {{"dev", false},    {"pts", {{"flags", {"nosuid"}}, {"mode", "0600"}, {"options", {"max=7"}}}},
                         {"proc", false},   {"sys", false},
                         {"cgroup", false}, {"run", false},
                         {"tmp", false}};
  for (const char* host : {"rootless", "one-id"}) {
    const auto mounts = plan(only_pts, facts(host)).all<slipway::steps::Mount>();
    REQUIRE(mounts.size() == 1);
    std::vector<std::string> options = {"newinstance", "ptmxmode=0666", "mode=0600", "gid=5", "max=7"};
    if (host == std::string("one-id")) options.erase(options.begin() + 3);
    CHECK(mounts[0].options == options);
  }
}

TEST_CASE("B11: what the kernel or the namespaces do not give is left out, and refused where it is asked for") {
  Facts told = facts("rootless").set("/isolation/namespaces", R"(["mount", "uts", "user"])");
  const std::string dev = kBound + ", " + kLinks;
  CHECK(outline(json::object(), told) ==
        "bind /proc, mount /dev, " + dev + ", mount /dev/pts, mount /dev/shm, mount /run, mount /tmp");
  const Outcome asked = plan({{"sys", true}, {"mqueue", json::object()}, {"cgroup", true}}, told);
  const std::string hint =
      " | have a namespace of the container's own for it in isolation.namespaces, or leave the option out\n";
  CHECK(
      asked.told() ==
      "error: /options/sys: /sys cannot be mounted: the kernel gives no sysfs of the host's net namespace to a user "
      "namespace" +
          hint +
          "error: /options/cgroup: /sys/fs/cgroup cannot be mounted: the kernel gives no cgroup2 of the host's cgroup "
          "namespace to a user namespace" +
          hint +
          "error: /options/mqueue: /dev/mqueue cannot be mounted: the kernel gives no mqueue of the host's ipc "
          "namespace to a "
          "user namespace" +
          hint);
  // A joined one is shown where its owner is joined too; the host's processes are never shown in its place.
  told.set("/isolation/joined", R"(["pid", "user"])");
  CHECK(outline(json::object(), told).starts_with("mount /proc, "));
  told.set("/isolation/joined", R"(["pid"])");
  CHECK(
      plan(json::object(), told).told() ==
      "error: /facts/isolation/namespaces: /proc cannot be mounted: the kernel gives no proc of a joined pid namespace "
      "to a user "
      "namespace that does not own it | join its user namespace as well (isolation.user), or leave /proc out with "
      "\"proc\": false\n");
  // Facts that were recorded before there were such facts say nothing against a file system.
  const Facts old = facts("root").erase("/host/filesystems").erase("/host/cgroup2");
  CHECK(outline(json::object(), old) == "mount /proc, mount /sys, mount /dev, " + kMade + ", " + kLinks + kLast);
}
