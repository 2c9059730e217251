// Recipe B, rows 3, 4, 17 and 19: which namespaces, how mounts travel between them, and the name.
#include <catch2/catch.hpp>
#include <map>

#include "tests/recipes/shipped.hpp"

namespace slipway::tests {
namespace {

const std::string kLinks =
    "for name in mnt pid ipc uts net cgroup; do echo $name $(readlink /proc/self/ns/$name); done";

std::map<std::string, std::string> namespaces(const std::string& output) {
  std::map<std::string, std::string> found;
  for (const std::string& line : lines_of(output)) found[line.substr(0, line.find(' '))] = line;
  return found;
}

std::set<std::string> own_namespaces(const Shipped& recipe, const Words& options) {
  const auto outside = namespaces(tests::run(recipe.runner().plain({"sh", "-c", kLinks})).output);
  std::set<std::string> own;
  for (const auto& [name, link] : namespaces(recipe.inside(kLinks, options))) {
    if (link != outside.at(name)) own.insert(name);
  }
  return own;
}

// What goes on in root's mount namespace of a test, beside its containers.
Outcome beside(const Shipped& recipe, const std::string& script, const std::string& argument) {
  return tests::run(recipe.runner().plain({"sh", "-c", script, argument}));
}

// A container that runs `script`, and in which later lines of its input are commands.
class Conversation {
 public:
  // The container reads its commands from a FIFO that `path` names on the host and inside alike.
  Conversation(const Shipped& recipe, const Words& options, const std::string& path)
      : recipe_(recipe), directory_(path), program_(command(recipe, options)) {
    REQUIRE(program_.wait_for_output("up\n"));
  }

  void say(const std::string& line) {
    REQUIRE(beside(recipe_, "echo '" + line + "; echo done-" + std::to_string(++said_) + "' > $0/commands", directory_)
                .status == 0);
    REQUIRE(program_.wait_for_output("done-" + std::to_string(said_) + "\n"));
  }
  std::string end() {
    REQUIRE(beside(recipe_, "echo exit > $0/commands", directory_).status == 0);
    const Outcome outcome = program_.wait();
    CHECK(outcome.errors == "");
    return outcome.output;
  }

 private:
  static Command command(const Shipped& recipe, const Words& options) {
    return recipe.command(options,
                          {"/bin/sh", "-c", "echo up; while read -r line < /mnt/commands; do eval \"$line\"; done"});
  }

  const Shipped& recipe_;
  std::string directory_;
  Program program_;
  int said_ = 0;
};

}  // namespace

TEST_CASE("B3 mount, pid, cgroup, uts and net are the container's own, and ipc too unless it is taken from the list") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeB);
      CHECK(own_namespaces(recipe, {}) == std::set<std::string>{"mnt", "pid", "cgroup", "uts", "net", "ipc"});
      CHECK(own_namespaces(recipe, {"--set", R"(isolation.namespaces=["mount","pid","cgroup","uts","net"])"}) ==
            std::set<std::string>{"mnt", "pid", "cgroup", "uts", "net"});
      CHECK(own_namespaces(recipe, {"--set", R"(isolation.namespaces={"cgroup":"host","ipc":"host"})"}) ==
            std::set<std::string>{"mnt", "pid", "uts", "net"});
      CHECK(recipe.inside("echo $$") == "1\n");
    }
  }
}

TEST_CASE("B4 a mount made inside is not seen outside, whatever the propagation") {
  for (const Caller& caller : callers()) {
    for (const std::string propagation : {"slave", "private", "shared"}) {
      DYNAMIC_SECTION(caller.name << ": " << propagation) {
        const Shipped recipe(caller, kRecipeB);
        const std::string seen = recipe.runner().own("seen");
        REQUIRE(beside(recipe, "mkdir -m 0777 -p $0/sub && mkfifo $0/commands", seen).status == 0);
        if (caller.is_root()) REQUIRE(beside(recipe, "mount --bind $0 $0 && mount --make-shared $0", seen).status == 0);
        const Words options = {"--bind", seen + ":/mnt", "--set", "isolation.propagation=" + propagation};
        Conversation inside(recipe, options, seen);
        inside.say("mount -t tmpfs of-the-container /mnt/sub && touch /mnt/sub/inside && ls /mnt/sub");
        CHECK(beside(recipe, "ls $0/sub; grep -c of-the-container /proc/self/mountinfo", seen).output == "0\n");
        CHECK_THAT(inside.end(), Catch::Contains("inside\n"));
        if (caller.is_root()) REQUIRE(beside(recipe, "umount $0", seen).status == 0);
        CHECK(recipe.runner().leftovers() == "");
      }
    }
  }
}

TEST_CASE("B4 a mount made outside afterwards is not seen inside when private, and is when slave or shared") {
  for (const Caller& caller : callers()) {
    if (!caller.is_root()) continue;  // who could mount outside
    for (const std::string propagation : {"slave", "private", "shared"}) {
      DYNAMIC_SECTION(propagation) {
        const Shipped recipe(caller, kRecipeB);
        const std::string seen = recipe.runner().own("seen");
        REQUIRE(beside(recipe, "mkdir -p $0/sub && mkfifo $0/commands && mount --bind $0 $0 && mount --make-shared $0",
                       seen)
                    .status == 0);
        // What is read-only inside stays that: a mount that the host makes later would not be.
        const Words options = {"--bind", seen + ":/mnt",
                               "--bind", seen + ":/only-read:ro",
                               "--set",  "isolation.propagation=" + propagation};
        Conversation inside(recipe, options, seen);
        REQUIRE(beside(recipe, "mount -t tmpfs later $0/sub && touch $0/sub/outside", seen).status == 0);
        inside.say("ls /mnt/sub /only-read/sub; grep -c later /proc/self/mountinfo");
        REQUIRE(beside(recipe, "umount $0/sub && umount $0", seen).status == 0);
        CHECK(inside.end() == (propagation == "private" ? "up\n/mnt/sub:\n\n/only-read/sub:\n0\ndone-1\n"
                                                        : "up\n/mnt/sub:\noutside\n\n/only-read/sub:\n1\ndone-1\n"));
      }
    }
  }
}

TEST_CASE("B17 the propagation of the container's / is as configured, and seen in mountinfo") {
  struct Row {
    const char* word;
    bool is_shared, is_slave;
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : {Row{"slave", false, true}, Row{"private", false, false}, Row{"shared", true, true}}) {
      DYNAMIC_SECTION(caller.name << ": " << row.word) {
        const Shipped recipe(caller, kRecipeB);
        // Only what came from a shared mount of the host's is a slave of anything; in a test's namespace none is.
        if (caller.is_root()) REQUIRE(beside(recipe, "mount --make-rshared /", "").status == 0);
        const Words options = {"--set", std::string("isolation.propagation=") + row.word};
        const Mount root = recipe.mounts(options).front();
        CHECK(root.target == "/");
        CHECK((root.tags.find("shared:") != std::string::npos) == row.is_shared);
        if (caller.is_root()) CHECK((root.tags.find("master:") != std::string::npos) == row.is_slave);
        if (caller.is_root()) REQUIRE(beside(recipe, "mount --make-rprivate /", "").status == 0);
      }
    }
  }
}

TEST_CASE("B19 the name is the one that the container's own /etc/hostname says") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeB);
      CHECK(recipe.inside("uname -n; cat /etc/hostname") == "slipway\nslipway\n");
      CHECK(recipe.inside("uname -n; cat /etc/hostname; tail -n1 /etc/hosts", {"--hostname", "lab"}) ==
            "lab\nlab\n::1\tlab\n");
      CHECK(recipe.inside("uname -n; cat /etc/hostname", {"--set", "isolation.hostname=image"}) ==
            "of-the-image\nof-the-image\n");
      const std::string file = recipe.runner().put("name", "of-a-file\nmore\n");
      CHECK(recipe.inside("uname -n; cat /etc/hostname",
                          {"--set", R"(isolation.hostname={"file":")" + file + R"("})"}) == "of-a-file\nof-a-file\n");
    }
  }
}

}  // namespace slipway::tests
