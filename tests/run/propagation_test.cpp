// Mounts made while a container runs, by the host below what is bound, and by the container; mount_namespaces(7).
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/run/mount_table.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

/// Who starts containers, and with what user namespace: root has one with ranges too, whose results of the prepare
/// phase are mounts that come from the host's mount namespace.
struct Starter {
  std::string name{};
  Caller caller{};
  Words options{};
};

std::vector<Starter> starters() {
  std::vector<Starter> all;
  for (const Caller& caller : callers()) {
    all.push_back({caller.name, caller, {}});
    if (!caller.is_root()) continue;
    all.push_back({caller.name + " with ranges",
                   caller,
                   {"--set", R"(isolation.user={"uids":["0:200000:65536"],"gids":["0:200000:65536"]})"}});
  }
  return all;
}

Words joined(const std::vector<Words>& parts) {
  Words all;
  for (const Words& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

/// A shared directory of the host's, in a mount namespace of its own that stands for the host's.
class SharedPlace {
 public:
  explicit SharedPlace(const Runner& runner) : runner_(runner), path_(runner.own("shared")) {
    host("mkdir $0; mount -t tmpfs -o mode=0755 place $0; mount --make-shared $0");
    host("mkdir -m 0777 $0/later $0/inside; mkfifo -m 0666 $0/go");
  }
  /// `path`, which is the caller's, as a mount of its own; empty else.
  SharedPlace(const Runner& runner, std::string path) : runner_(runner), path_(std::move(path)) {
    host("mount --bind $0 $0; mount --make-shared $0");
  }
  ~SharedPlace() { (void)run({.arguments = {"umount", "-R", path_}, .mounts = &mounts_}); }
  SharedPlace(const SharedPlace&) = delete;
  SharedPlace& operator=(const SharedPlace&) = delete;
  SharedPlace(SharedPlace&&) = delete;
  SharedPlace& operator=(SharedPlace&&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  /// What root's shell says there.
  std::string host(const std::string& script) const {
    const Outcome outcome = run({.arguments = {"sh", "-ec", script, path_}, .mounts = &mounts_});
    INFO(script << "\n" << to_text(outcome));
    REQUIRE(outcome.shell_status() == 0);
    return outcome.output;
  }
  /// The caller's slipway.
  [[nodiscard]] Command command(const Words& words) const { return in_it(runner_.command(words)); }
  [[nodiscard]] Command in_it(Command command) const {
    command.mounts = &mounts_;
    return command;
  }

 private:
  const Runner& runner_;
  std::string path_;
  PrivateMounts mounts_{};
};

struct Row {
  const char* propagation;
  bool is_bound_by_pipeline;
  bool is_seen_inside;
};
const std::vector<Row> kRows = {{"slave", false, true},   {"slave", true, true},   {"private", false, false},
                                {"private", true, false}, {"shared", false, true}, {"shared", true, true}};

Words binding(const Row& row, const std::string& source) {
  if (!row.is_bound_by_pipeline) return {"--bind", source + ":/data"};
  return {"--set", R"(pseudo=[{"use":"pseudo-standard"},{"use":"pseudo-binds","binds":[{"source":")" + source +
                       R"(","target":"/data"}]}])"};
}

// Mounts something below the bind, waits until the host has done the same, and looks.
constexpr const char* kInside =
    "mount -t tmpfs inner /data/inside && echo x > /data/inside/made-inside && echo ready && read -r word < /data/go "
    "&& "
    "ls /data/later /data/inside && grep -c ' /data/later ' /proc/self/mountinfo; :";

}  // namespace

TEST_CASE("B4: a mount that the host makes later shows up below a bind unless propagation is private") {
  if (::geteuid() != 0) SLIPWAY_SKIP("needs root, to mount as the host does");
  for (const Starter& starter : starters()) {
    for (const Row& row : kRows) {
      DYNAMIC_SECTION(starter.name << ": " << row.propagation << (row.is_bound_by_pipeline ? ", pseudo-binds" : "")) {
        Runner runner(starter.caller);
        const SharedPlace place(runner);
        const Words options = {"--set", std::string("isolation.propagation=") + row.propagation};
        const Words bind = binding(row, place.path());
        Program program(
            place.command(joined({{"run"}, starter.options, options, bind, {runner.box(), "sh", "-c", kInside}})));
        REQUIRE(program.wait_for_output("ready\n"));
        place.host("mount -t tmpfs later $0/later; echo x > $0/later/made-outside; echo go > $0/go");
        const Outcome outcome = program.wait();
        INFO(to_text(outcome));
        CHECK(outcome.errors == "");
        const std::string seen = row.is_seen_inside ? "made-outside\n" : "";
        CHECK(outcome.output ==
              "ready\n/data/inside:\nmade-inside\n\n/data/later:\n" + seen + (row.is_seen_inside ? "1\n" : "0\n"));
        // What the container mounts is its own affair, whatever the word.
        CHECK(place.host("ls $0/inside; grep -c \" $0/\" /proc/self/mountinfo") == "1\n");
      }
    }
  }
}

TEST_CASE("B17: a mount below a bind that the host takes away again goes inside as well, and only there") {
  if (::geteuid() != 0) SLIPWAY_SKIP("needs root, to mount as the host does");
  for (const Starter& starter : starters()) {
    DYNAMIC_SECTION(starter.name) {
      Runner runner(starter.caller);
      const SharedPlace place(runner);
      place.host("mount -t tmpfs later $0/later; echo x > $0/later/made-outside");
      const Words words = {"--bind",     place.path() + ":/data",
                           runner.box(), "sh",
                           "-c",         "ls /data/later; echo ready; read -r word < /data/go; ls /data/later"};
      Program program(place.command(joined({{"run"}, starter.options, words})));
      REQUIRE(program.wait_for_output("ready\n"));
      place.host("umount $0/later; echo go > $0/go");
      const Outcome outcome = program.wait();
      CHECK(outcome.errors == "");
      CHECK(outcome.output == "made-outside\nready\n");
      CHECK(place.host("ls $0") == "go\ninside\nlater\n");
    }
  }
}

TEST_CASE("a start and an end leave the host's mounts below a bind as they are") {
  if (::geteuid() != 0) SLIPWAY_SKIP("needs root, to mount as the host does");
  for (const Starter& starter : starters()) {
    for (const char* propagation : {"slave", "private", "shared"}) {
      for (const char* access : {"", ":ro"}) {
        DYNAMIC_SECTION(starter.name << ": " << propagation << access) {
          Runner runner(starter.caller);
          const SharedPlace place(runner);
          place.host("mount -t tmpfs later $0/later; mkdir $0/later/below; mount -t tmpfs below $0/later/below");
          const std::string before = place.host("cat /proc/self/mountinfo");
          const Words words = {"--set",      std::string("isolation.propagation=") + propagation,
                               "--bind",     place.path() + ":/data" + access,
                               runner.box(), "true"};
          const Outcome outcome = run(place.command(joined({{"run"}, starter.options, words})));
          INFO(to_text(outcome));
          CHECK(outcome.shell_status() == 0);
          CHECK(place.host("cat /proc/self/mountinfo") == before);
        }
      }
    }
  }
}

TEST_CASE("a store on a shared mount is one that every kind of root is made of, and none is left mounted there") {
  if (::geteuid() != 0) SLIPWAY_SKIP("needs root, to mount as the host does");
  for (const Starter& starter : starters()) {
    for (const char* rootfs : {"fs-copy", "fs-overlay"}) {
      DYNAMIC_SECTION(starter.name << ": " << rootfs) {
        Runner runner(starter.caller);
        const Words words =
            joined({starter.options,
                    {"--use", std::string("rootfs=") + rootfs, runner.box(), "sh", "-c", "echo x > /x; cat /x"}});
        REQUIRE(runner.run(words).output == "x\n");  // the store is made, with this caller's layers
        const SharedPlace place(runner, runner.store());
        const std::string before = place.host("cat /proc/self/mountinfo");
        for (int i = 0; i < 2; ++i) {
          const Outcome outcome = run(place.command(joined({{"run"}, words})));
          INFO(to_text(outcome));
          CHECK(outcome.errors == "");
          CHECK(outcome.output == "x\n");
          CHECK(place.host("cat /proc/self/mountinfo") == before);
        }
      }
    }
  }
}

// What the host mounts later on /data/NAME, with what a hidden path and a read-only one are there.
constexpr const char* kHardened =
    "mkdir -p -m 0777 $0/later/dir/below; mkdir $0/later/hidden; echo x > $0/later/hidden/secret";
const Words kMountedLater = {"later", "later/dir", "later/dir/below", "later/hidden"};

// What runs the words as a container does, once its script has been made for them.
Command by_script(const Runner& runner, const SharedPlace& place, const Words& words) {
  const Outcome script = run(place.command(joined({{"plan", "--script"}, words})));
  INFO(to_text(script));
  REQUIRE(script.shell_status() == 0);
  return place.in_it(runner.plain({"sh", runner.put("script.sh", script.output)}));
}

TEST_CASE("what is hardened in a bind stays so whatever the host mounts below, on or above it later") {
  if (::geteuid() != 0) SLIPWAY_SKIP("needs root, to mount as the host does");
  const Words harden = {"--set", R"(harden.harden-proc.more_readonly=["/data/later/dir"])", "--set",
                        R"(harden.harden-proc.more_mask=["/data/later/hidden"])"};
  const Words look = {"sh", "-c",
                      "echo ready; read -r word < /data/go; ls /data/later/hidden; "
                      "echo x > /data/later/dir/below/written"};
  for (const Starter& starter : starters()) {
    for (const std::string& mounted : kMountedLater) {
      for (const bool is_scripted : {false, true}) {
        if (is_scripted && !starter.options.empty()) continue;  // there is no script for id-mapped mounts
        DYNAMIC_SECTION(starter.name << ": " << mounted << (is_scripted ? ", by a script" : "")) {
          Runner runner(starter.caller);
          const SharedPlace place(runner);
          place.host(kHardened);
          const Words words =
              joined({starter.options, harden, {"--bind", place.path() + ":/data", runner.box()}, look});
          Program program(is_scripted ? by_script(runner, place, words) : place.command(joined({{"run"}, words})));
          REQUIRE(program.wait_for_output("ready\n"));
          place.host("mount -t tmpfs -o mode=0777 more $0/" + mounted + "; echo x > $0/" + mounted + "/secret");
          place.host(std::string("test -d $0/later/hidden || { ") + kHardened +
                     "; }; mkdir -p -m 0777 $0/later/dir/below");
          place.host("echo go > $0/go");
          const Outcome outcome = program.wait();
          INFO(to_text(outcome));
          CHECK(outcome.output == "ready\n");
          CHECK(outcome.errors.find("Read-only file system") != std::string::npos);
          CHECK(place.host("find $0 -name written") == "");
        }
      }
    }
  }
}

TEST_CASE("what is bound beside what is hardened in another bind goes on to follow the host") {
  if (::geteuid() != 0) SLIPWAY_SKIP("needs root, to mount as the host does");
  for (const Starter& starter : starters()) {
    DYNAMIC_SECTION(starter.name) {
      Runner runner(starter.caller);
      const SharedPlace place(runner);
      const Words words = {"--set",      R"(harden.harden-proc.more_readonly=["/other/later"])",
                           "--bind",     place.path() + ":/data",
                           "--bind",     place.path() + ":/other",
                           runner.box(), "sh",
                           "-c",         "echo ready; read -r word < /data/go; ls /data/later /other/later"};
      Program program(place.command(joined({{"run"}, starter.options, words})));
      REQUIRE(program.wait_for_output("ready\n"));
      place.host("mount -t tmpfs later $0/later; echo x > $0/later/made-outside; echo go > $0/go");
      const Outcome outcome = program.wait();
      INFO(to_text(outcome));
      CHECK(outcome.errors == "");
      CHECK(outcome.output == "ready\n/data/later:\nmade-outside\n\n/other/later:\n");
    }
  }
}

}  // namespace slipway::tests
