// Each recipe once by hand, with util-linux and tar, and once by slipway with the recipe's pipeline file: on one image,
// with one program that looks around inside. All that it sees is compared; what slipway does otherwise on purpose is
// listed here, with the row of the recipe that tells why.
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/recipes/differences.hpp"
#include "tests/run/harness.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

constexpr const char* kName = "slipway";
constexpr const char* kPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// What looks, and the tools of the image that the recipes and the looking need beyond those of the box.
std::vector<TarEntry> lookers() {
  std::vector<TarEntry> entries = {probe_entry(), file("bin/look", read_file(SLIPWAY_RECIPE_SCRIPTS "/look.sh"), 0755)};
  for (const char* applet : {"sed", "rmdir"}) entries.push_back(soft_link("bin/" + std::string(applet), "busybox"));
  return entries;
}

// One caller with a recipe's script and pipeline where they can be read, and a directory to work in by hand.
class Bench {
 public:
  Bench(const Caller& caller, const std::string& recipe)
      : runner(caller),
        script(runner.put(recipe + ".sh", read_file(SLIPWAY_RECIPE_SCRIPTS "/" + recipe + ".sh"))),
        pipeline(runner.put(recipe + ".json", read_file(SLIPWAY_EXAMPLES "/" + recipe + ".json"))),
        work(runner.own("work")) {
    REQUIRE(tests::run(runner.plain({"mkdir", work})).status == 0);
  }

  /// What the container of that command saw. Nothing is left of it, but what the recipe by hand keeps in its directory.
  Sight sight(Command command) const {
    // Recipe B keeps the caller's ipc namespace, in which other tests, and their queues, are.
    const std::string begin =
        "for name in mnt pid ipc uts net cgroup user time; do "
        "echo \"host $(readlink /proc/self/ns/$name)\"; done; exec \"$@\"";
    const Words words = {
        "sh", "-c", !runner.caller().is_root() ? begin : "exec unshare --ipc sh -c '" + begin + "' sh \"$@\"", "sh"};
    command.arguments.insert(command.arguments.begin(), words.begin(), words.end());
    const Outcome outcome = tests::run(command);
    INFO(to_text(outcome));
    CHECK(runner.leftovers() == "");
    CHECK(outcome.errors == "");
    REQUIRE(outcome.shell_status() == 0);
    return sight_of(outcome.output);
  }

  const Runner runner;
  const std::string script, pipeline, work;
};

// The first id of the range that /etc/subuid or /etc/subgid gives to that user; subuid(5).
std::uint64_t range_of(const std::string& file, const std::string& name) {
  for (const std::string& line : lines_of(read_file(file))) {
    if (line.starts_with(name + ":")) return std::stoull(line.substr(name.size() + 1));
  }
  return 0;
}

std::vector<Correction> corrections_of_a(const std::string& user) {
  const std::uint64_t uids = range_of("/etc/subuid", user), gids = range_of("/etc/subgid", user);
  const std::string first_uid = std::to_string(uids), first_gid = std::to_string(gids);
  // What the kernel shows of a file system's options are ids of the host's.
  const std::string tty = std::to_string(gids + 4);
  return {
      {"A2: unshare(1) leaves out the last id of the range",
       {"uid_map 1 " + first_uid + " 65535", "gid_map 1 " + first_gid + " 65535"},
       {"uid_map 1 " + first_uid + " 65536", "gid_map 1 " + first_gid + " 65536"}},
      {"A3: the cgroup namespace is only mentioned",
       {"namespace cgroup is the host's"},
       {"namespace cgroup is its own"}},
      {"A4: lo is left down",
       {"network 1: lo: <LOOPBACK> mtu 65536 qdisc noop qlen 1000",
        "network loopback: connect: Network is unreachable"},
       {"network 1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000",
        "network inet 127.0.0.1/8 scope host lo", "network inet6 ::1/128 scope host",
        "network valid_lft forever preferred_lft forever", "network valid_lft forever preferred_lft forever",
        "network loopback: 127.0.0.1 reached", "network loopback: ::1 reached"}},
      // net_namespace's owner of sysfs entries is taken when lo is made, and unshare(1) maps the ids only after that.
      {"A4: the network is made before there is a root inside, to whom its files in /sys could belong",
       {"write /sys/class/net/lo/tx_queue_len Permission denied"},
       {}},
      {"A6: whiteouts are files, so that what is deleted comes back",
       {"tree / etc/.wh.motd f 0644 0 0 0 1505", "tree / etc/motd f 0644 0 0 28 d6ae5f86644bd5f6",
        "tree / opt/cache/.wh..wh..opq f 0644 0 0 0 1505", "tree / opt/cache/old f 0644 0 0 27 9985d61f221b56d0"},
       {}},
      {"A7: an overlay's marks that an ordinary user cannot set",
       {"mount / overlay rw,relatime (4 layers)"},
       {"mount / overlay rw,relatime (4 layers userxattr)"}},
      {"A10: ptmx is for nobody; and terminals belong to the group tty where that has an id",
       {"mount /dev/pts devpts rw,nosuid,noexec,relatime (rw,mode=600,ptmxmode=000)",
        "tree /dev/pts ptmx c 0000 0 0 5:2"},
       {"mount /dev/pts devpts rw,nosuid,noexec,relatime (rw,gid=" + tty + ",mode=620,ptmxmode=666)",
        "tree /dev/pts ptmx c 0666 0 0 5:2"}},
      {"A14: one variable only", {}, {"variable GREETING=hello"}},
      {"A15: the image's directory is ignored", {"process directory /"}, {"process directory /opt"}},
  };
}

std::vector<Correction> corrections_of_b() {
  return {
      {"B3: the host's ipc namespace is kept", {"namespace ipc is the host's"}, {"namespace ipc is its own"}},
      {"B10: terminals belong to the group tty where that has an id",
       {"mount /dev/pts devpts rw,relatime (rw,mode=620,ptmxmode=666)"},
       {"mount /dev/pts devpts rw,relatime (rw,gid=5,mode=620,ptmxmode=666)"}},
  };
}

}  // namespace

TEST_CASE("what two containers show differently is told, and so is a correction of what does not differ") {
  const std::string mountinfo = "mountinfo 9 1 0:5 / /dev rw,nosuid - tmpfs dev rw,size=64k\n";
  const std::string both = "host ipc:[1]\nhost net:[2]\nhostname a\n" + mountinfo;
  const Sight one = sight_of(both + "namespace ipc:[1]\nnamespace net:[3]\n");
  CHECK(one == Sight{"mount /dev tmpfs rw,nosuid (rw,size=64k)", "namespace ipc is the host's",
                     "namespace net is its own", "hostname a"});
  const Sight other = sight_of(both + "namespace ipc:[4]\nnamespace net:[5]\n");
  CHECK(unexplained(one, one, {}) == "");
  CHECK(unexplained(one, other, {}) ==
        "only by hand: namespace ipc is the host's\n"
        "only slipway: namespace ipc is its own\n");
  CHECK(unexplained(one, other, {{"B3", {"namespace ipc is the host's"}, {"namespace ipc is its own"}}}) == "");
  CHECK(unexplained(one, one, {{"B3", {"hostname b"}, {}}}) ==
        "not by hand, though a correction says so: hostname b\n");
}

TEST_CASE("recipe A by hand and its pipeline show a program the same, the recipe's mistakes apart") {
  ImageSpec image = standard_image();
  image.layers.push_back({make_tar(lookers())});
  image.command = {"/bin/sh", "/bin/look"};
  image.environment = {std::string("PATH=") + kPath, "GREETING=hello"};
  image.workdir = "/opt";
  const std::vector<TarEntry> entries = docker_save_entries({image}, Layout::legacy);
  std::string layers;
  for (const TarEntry& entry : entries) {
    if (entry.name.ends_with("/layer.tar")) layers += (layers.empty() ? "" : " ") + entry.name;
  }

  for (const Caller& caller : callers()) {
    if (caller.ids != Caller::Ids::range) continue;  // the recipe is for these alone
    const Bench bench(caller, "image-to-shell");
    const std::string archive = bench.runner.put("image.tar", make_tar(entries));
    const Sight by_hand = bench.sight(
        bench.runner.plain({"sh", bench.script, bench.work, archive, kName, layers, kPath, "/bin/sh", "/bin/look"}));
    const Sight slipway =
        bench.sight(bench.runner.command({"run", "--set", "image.source=" + archive, bench.pipeline}));
    CHECK(unexplained(by_hand, slipway, corrections_of_a(caller.name)) == "");
    CHECK(std::filesystem::is_empty(bench.work));
  }
}

TEST_CASE("recipe B by hand and its pipeline show a program the same, the recipe's mistakes apart") {
  const std::string base = standard_image(Packing::plain, Files::of_several).layers.front().tar;
  constexpr std::size_t kEndMark = 1024;
  const std::string flat = base.substr(0, base.size() - kEndMark) + make_tar(lookers());

  for (const Caller& caller : callers()) {
    if (!caller.is_root()) continue;  // the recipe is for root alone
    const Bench bench(caller, "rootfs-lab");
    Command command = bench.runner.plain({"sh", bench.script, bench.work, kName, "/bin/sh /bin/look"});
    command.environment = {{"PATH", kPath}, {"HOME", "/root"}};
    command.input = flat;
    const Sight by_hand = bench.sight(command);
    const std::string source = "image.source=" + bench.runner.put("root.tar", flat);
    const Sight slipway =
        bench.sight(bench.runner.command({"run", "--set", source, bench.pipeline, "/bin/sh", "/bin/look"}));
    CHECK(unexplained(by_hand, slipway, corrections_of_b()) == "");
  }
}

}  // namespace slipway::tests
