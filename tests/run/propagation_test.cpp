// Mounts made while a container runs, by the host below what is bound, and by the container; mount_namespaces(7).
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/run/mount_table.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

/// A shared directory of the host's, in a mount namespace of its own that stands for the host's.
class SharedPlace {
 public:
  explicit SharedPlace(const Runner& runner) : runner_(runner), path_(runner.own("shared")) {
    host("mkdir $0; mount -t tmpfs -o mode=0755 place $0; mount --make-shared $0");
    host("mkdir -m 0777 $0/later $0/inside; mkfifo -m 0666 $0/go");
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
  [[nodiscard]] Command command(const Words& words) const {
    Command command = runner_.command(words);
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
  for (const Caller& caller : callers()) {
    for (const Row& row : kRows) {
      DYNAMIC_SECTION(caller.name << ": " << row.propagation << (row.is_bound_by_pipeline ? ", pseudo-binds" : "")) {
        Runner runner(caller);
        const SharedPlace place(runner);
        Words words = {"run", "--set", std::string("isolation.propagation=") + row.propagation};
        const Words bind = binding(row, place.path());
        words.insert(words.end(), bind.begin(), bind.end());
        words.insert(words.end(), {runner.box(), "sh", "-c", kInside});
        Program program(place.command(words));
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
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const SharedPlace place(runner);
      place.host("mount -t tmpfs later $0/later; echo x > $0/later/made-outside");
      Program program(place.command({"run", "--bind", place.path() + ":/data", runner.box(), "sh", "-c",
                                     "ls /data/later; echo ready; read -r word < /data/go; ls /data/later"}));
      REQUIRE(program.wait_for_output("ready\n"));
      place.host("umount $0/later; echo go > $0/go");
      const Outcome outcome = program.wait();
      CHECK(outcome.errors == "");
      CHECK(outcome.output == "made-outside\nready\n");
      CHECK(place.host("ls $0") == "go\ninside\nlater\n");
    }
  }
}

}  // namespace slipway::tests
