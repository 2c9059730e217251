#include "tests/support/planned.hpp"

using namespace slipway::tests;
using nlohmann::json;

namespace {

// "mount /proc, mkdir /sys, …": what is made, without its arguments.
std::string outline(const json& options, const json& facts) {
  std::string line;
  const PlannedByPlugin planned = plan_of(SLIPWAY_PLUGIN, options, facts);
  CHECK(planned.reports.empty());
  for (std::size_t at = 0; at < planned.steps.size();) {
    const std::size_t end = planned.steps.find('\n', at);
    const json step = json::parse(planned.steps.substr(at, end - at));
    at = end + 1;
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
  CHECK(outline(none, facts_of_root()) == kFirst + kMade + ", " + kLinks + kLast);
  CHECK(outline(none, facts_of_user()) == kFirst + kBound + ", " + kLinks + kLast);
  CHECK(outline({{"devices", "bind"}}, facts_of_root()) == kFirst + kBound + ", " + kLinks + kLast);
  CHECK(outline({{"devices", "mknod"}, {"nodes", {"null", "net/tun"}}, {"links", json::array()}}, facts_of_user()) ==
        kFirst + "mknod /dev/null, write /dev/net/tun, bind /dev/net/tun" + kLast);
}

TEST_CASE("A9: the profiles take what their recipes take, and more where an option says so") {
  const std::string links = kLinks.substr(0, kLinks.find("symlink /dev/core")) + "symlink /dev/ptmx";
  CHECK(outline({{"profile", "recipe-a"}}, facts_of_root()) ==
        "mount /proc, mount /sys, mount /dev, " + kBound + ", " + links +
            ", mount /dev/pts, mount /dev/shm, mount /run, mount /tmp");
  CHECK(outline({{"profile", "recipe-b"}}, facts_of_root()) ==
        kFirst + kMade + ", " + kLinks + ", mount /dev/pts, mount /dev/shm, mount /dev/mqueue");
  CHECK(outline({{"profile", "recipe-a"}, {"mqueue", true}, {"cgroup", json::object()}}, facts_of_root()) ==
        kFirst + kBound + ", " + links + kLast);
  CHECK(outline({{"profile", "recipe-b"}, {"dev", false}}, facts_of_root()) ==
        "mount /proc, mount /sys, mount /sys/fs/cgroup");
}

TEST_CASE("B10: the terminals belong to the group tty only where that group is mapped") {
  json facts = facts_of_user();
  const json only_pts = {{"dev", false},    {"pts", {{"flags", {"nosuid"}}, {"mode", "0600"}, {"options", {"max=7"}}}},
                         {"proc", false},   {"sys", false},
                         {"cgroup", false}, {"run", false},
                         {"tmp", false}};
  const std::string begin =
      R"({"type":"mkdir","target":"/dev/pts","from":"/options/pts"})"
      "\n"
      R"({"type":"mount","fstype":"devpts","target":"/dev/pts","flags":["nosuid"],"options":["newinstance","ptmxmode=0666","mode=0600",)";
  CHECK(plan_of(SLIPWAY_PLUGIN, only_pts, facts).steps == begin + R"("gid=5","max=7"],"from":"/options/pts"})" + "\n");
  facts["isolation"]["maps_gid_5"] = false;
  CHECK(plan_of(SLIPWAY_PLUGIN, only_pts, facts).steps == begin + R"("max=7"],"from":"/options/pts"})" + "\n");
}

TEST_CASE("B11: what the kernel or the namespaces do not give is left out, and refused where it is asked for") {
  json facts = facts_of_user();
  facts["isolation"]["namespaces"] = {"mount", "uts", "user"};
  const std::string dev = kBound + ", " + kLinks;
  CHECK(outline(json::object(), facts) ==
        "bind /proc, mount /dev, " + dev + ", mount /dev/pts, mount /dev/shm, mount /run, mount /tmp");
  const PlannedByPlugin asked =
      plan_of(SLIPWAY_PLUGIN, {{"sys", true}, {"mqueue", json::object()}, {"cgroup", true}}, facts);
  const std::string hint =
      " | have a namespace of the container's own for it in isolation.namespaces, or leave the option out\n";
  CHECK(
      asked.reports ==
      "/options/sys: /sys cannot be mounted: the kernel gives no sysfs of the host's net namespace to a user "
      "namespace" +
          hint +
          "/options/cgroup: /sys/fs/cgroup cannot be mounted: the kernel gives no cgroup2 of the host's cgroup "
          "namespace to a user namespace" +
          hint +
          "/options/mqueue: /dev/mqueue cannot be mounted: the kernel gives no mqueue of the host's ipc namespace to a "
          "user namespace" +
          hint);
  // A joined one is shown where its owner is joined too; the host's processes are never shown in its place.
  facts["isolation"]["joined"] = {"pid", "user"};
  CHECK(outline(json::object(), facts).starts_with("mount /proc, "));
  facts["isolation"]["joined"] = {"pid"};
  const PlannedByPlugin foreign = plan_of(SLIPWAY_PLUGIN, json::object(), facts);
  CHECK(foreign.reports ==
        "/facts/isolation/namespaces: /proc cannot be mounted: the kernel gives no proc of a joined pid namespace to a "
        "user "
        "namespace that does not own it | join its user namespace as well (isolation.user), or leave /proc out with "
        "\"proc\": false\n");
  // Facts that were recorded before there were such facts say nothing against a file system.
  json old = facts_of_root();
  old["host"].erase("filesystems");
  old["host"].erase("cgroup2");
  CHECK(outline(json::object(), old) == "mount /proc, mount /sys, mount /dev, " + kMade + ", " + kLinks + kLast);
}
