// Which namespaces a container has, whose, and which ids: as its own programs see it.
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/run/harness.hpp"

namespace slipway::tests {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

const Words kNamespaces = {"pid", "ipc", "uts", "net", "cgroup", "time", "mnt", "user"};

std::string links_script() {
  std::string script;
  for (const std::string& name : kNamespaces) script += "readlink /proc/self/ns/" + name + ";";
  return script;
}

std::map<std::string, std::string> by_name(const std::string& output) {
  std::map<std::string, std::string> links;
  for (const std::string& line : lines_of(output)) links[line.substr(0, line.find(':'))] = line;
  return links;
}

std::map<std::string, std::string> outside(const Runner& runner) {
  return by_name(run(runner.plain({"sh", "-c", links_script()})).output);
}

/// A container that runs until the end of the test, and its first process as the host numbers it.
class Neighbour {
 public:
  explicit Neighbour(Runner& runner) : program_(command(runner)) {
    REQUIRE(program_.wait_for_output("up\n"));
    std::ifstream children("/proc/" + std::to_string(program_.pid()) + "/task/" + std::to_string(program_.pid()) +
                           "/children");
    children >> pid_;
    REQUIRE(pid_ > 0);
  }

  [[nodiscard]] std::string process() const { return "process:" + std::to_string(pid_); }
  [[nodiscard]] std::string link(const std::string& name) const {
    return fs::read_symlink("/proc/" + std::to_string(pid_) + "/ns/" + name).string();
  }
  void end() {
    program_.signal(SIGTERM);
    (void)program_.wait();
  }

 private:
  static Command command(Runner& runner) {
    return runner.command(
        {"run", "--hostname", "neighbour", runner.box(), "sh", "-c", "trap 'exit 0' TERM; echo up; sleep 1000 & wait"});
  }

  Program program_;
  pid_t pid_ = 0;
};

}  // namespace

TEST_CASE("a list names the namespaces that are new, and an object says of each whose it is") {
  struct Row {
    std::string namespaces;
    Words own;
  };
  const std::vector<Row> rows = {
      {R"(["mount","pid","ipc","uts","net","cgroup"])", {"pid", "ipc", "uts", "net", "cgroup", "mnt"}},
      {R"(["mount","pid","ipc","uts","net","cgroup","time"])", {"pid", "ipc", "uts", "net", "cgroup", "time", "mnt"}},
      {R"(["mount","pid","net"])", {"pid", "net", "mnt"}},
      {R"({"ipc":"host"})", {"pid", "uts", "net", "cgroup", "mnt"}},
      {R"({"time":"new","uts":"host","cgroup":"host"})", {"pid", "ipc", "net", "time", "mnt"}},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.namespaces) {
        Runner& runner = shared(caller);
        const auto host = outside(runner);
        const auto inside = by_name(runner.inside(links_script(), {"--set", "isolation.namespaces=" + row.namespaces}));
        for (const std::string& name : kNamespaces) {
          INFO(name);
          const bool own =
              std::find(row.own.begin(), row.own.end(), name) != row.own.end() || (name == "user" && !caller.is_root());
          CHECK((inside.at(name) != host.at(name)) == own);
        }
      }
    }
  }
}

TEST_CASE("a container joins the namespaces of another one, and leaves no process in them") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      Neighbour neighbour(runner);
      const std::string process = neighbour.process();
      Words words = {"--set", R"(isolation.namespaces={"pid":")" + process + R"(","ipc":")" + process + R"(","uts":")" +
                                  process + R"(","net":")" + process + R"("})"};
      if (!caller.is_root()) words.insert(words.end(), {"--set", "isolation.user=" + process});
      words.insert(words.end(),
                   {runner.box(), "sh", "-c",
                    links_script() + "uname -n; grep -c . /proc/net/if_inet6; tr '\\0' ' ' </proc/1/cmdline; "
                                     "(sleep 2000 &) ; :"});
      const Outcome outcome = run(runner.command([&] {
        Words all = {"run"};
        all.insert(all.end(), words.begin(), words.end());
        return all;
      }()));
      INFO(to_text(outcome));
      CHECK(outcome.errors == "");
      REQUIRE(outcome.shell_status() == 0);
      const auto inside = by_name(outcome.output);
      for (const char* name : {"pid", "ipc", "uts", "net", "user"}) CHECK(inside.at(name) == neighbour.link(name));
      for (const char* name : {"mnt", "cgroup"}) CHECK(inside.at(name) != neighbour.link(name));
      CHECK_THAT(outcome.output, Catch::Contains("\nneighbour\n1\nsh -c trap"));  // and not the host's process 1
      CHECK(run({.arguments = {"pgrep", "-f", "^sleep 2000$"}}).output == "");
      neighbour.end();
      CHECK(runner.leftovers() == "");
    }
  }
}

TEST_CASE("a network namespace is joined by its file, and left as its maker set it up") {
  for (const Caller& caller : callers()) {
    if (!caller.is_root()) continue;
    Runner& runner = shared(caller);
    const std::string name = "slipway-" + std::to_string(::getpid());
    REQUIRE(run({.arguments = {"ip", "netns", "add", name}}).status == 0);
    const std::string file = "/run/netns/" + name;
    Command command = runner.command({"run", "--set", R"(isolation.namespaces={"net":")" + file + R"("})", runner.box(),
                                      "sh", "-c", "readlink /proc/self/ns/net; cat /sys/class/net/lo/operstate"});
    command.mounts = nullptr;  // where /run/netns is
    const Outcome outcome = run(command);
    const Outcome expected = run({.arguments = {"ip", "netns", "exec", name, "readlink", "/proc/self/ns/net"}});
    CHECK(run({.arguments = {"ip", "netns", "del", name}}).status == 0);
    CHECK(outcome.output == expected.output + "down\n");
    CHECK(outcome.errors == "");
  }
}

TEST_CASE("a namespace that cannot be joined is told of in one error") {
  struct Row {
    std::string option, told;
  };
  const std::vector<Row> rows = {
      {R"(isolation.namespaces={"net":"/no/such"})", "join the net namespace: /no/such: No such file or directory"},
      {R"(isolation.namespaces={"net":"/etc/passwd"})",
       "join the net namespace: /etc/passwd\n  hint: this file is no namespace"},
      {R"(isolation.namespaces={"net":"/proc/self/ns/uts"})",
       "join the net namespace: /proc/self/ns/uts\n  hint: this file is a namespace of another type"},
      {R"(isolation.namespaces={"ipc":"process:2147483647"})",
       "join the ipc namespace of process: 2147483647: No such process"},
      {R"(isolation.namespaces={"mount":"host"})", "the mount namespace is always a new one"},
      {R"(isolation.namespaces={"net":"process:x"})",
       R"(expected "new", "host", a file or "process:PID", found "process:x")"},
      {R"(isolation.namespaces={"nett":"new"})", R"(expected a namespace, found "nett")"},
      {R"(isolation.user={"uids":["1:100000:10"]})", "no range maps the id 0 inside"},
      {R"(isolation.user={"uids":["0:100000"]})", R"(expected INSIDE:OUTSIDE:COUNT, found "0:100000")"},
      {R"(isolation.user={"uids":["0:100000:10","5:200000:10"]})", "meets an earlier one of the list"},
      {R"(isolation.hostname={"file":"/no/such"})", R"("/no/such" cannot be read: No such file or directory)"},
      {"isolation.propagation=up", R"(expected "slave", "private" or "shared", found "up")"},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.option) {
        Runner& runner = shared(caller);
        const Outcome outcome = runner.run({"--set", row.option, runner.box(), "true"});
        INFO(to_text(outcome));
        CHECK(outcome.shell_status() == 125);
        CHECK_THAT(outcome.errors, Catch::Contains(row.told));
        CHECK(outcome.errors.find("error: ") == outcome.errors.rfind("error: "));
      }
    }
  }
}

TEST_CASE("an ordinary user cannot join what is not theirs, and hears why") {
  for (const Caller& caller : callers()) {
    if (caller.is_root()) continue;
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const Outcome outcome =
          runner.run({"--set", R"(isolation.namespaces={"net":"/proc/self/ns/net"})", runner.box(), "true"});
      INFO(to_text(outcome));
      CHECK(outcome.shell_status() == 125);
      CHECK_THAT(outcome.errors, Catch::Contains("join the net namespace: Operation not permitted") &&
                                     Catch::Contains("isolation.user"));
    }
  }
}

TEST_CASE("as root with ranges the ids are those of the ranges, and no second copy of a layer is made for them") {
  for (const Caller& caller : callers()) {
    if (!caller.is_root()) continue;
    Runner runner(caller);
    CHECK(runner.run({runner.box(), "true"}).shell_status() == 0);
    const auto layers = [&] {
      return std::distance(fs::directory_iterator(runner.store() + "/layers"), fs::directory_iterator());
    };
    const auto before = layers();
    for (const char* upper : {"auto", "disk", "none"}) {
      INFO(upper);
      const std::string script = "cat /proc/self/uid_map /proc/self/gid_map; stat -c '%u:%g' /bin/probe; [ " +
                                 std::string(upper) +
                                 " = none ] || { touch /new && chown 7:8 /new && stat -c '%u:%g' /new; }";
      const std::string output =
          runner.inside(script, {"--set", R"(isolation.user={"uids":["0:300000:1000"],"gids":["0:400000:500"]})",
                                 "--set", std::string("rootfs.upper=") + upper});
      std::istringstream words(output);
      std::string joined;
      for (std::string word; words >> word;) joined += word + " ";
      CHECK(joined == std::string("0 300000 1000 0 400000 500 0:0 ") + (*upper == 'n' ? "" : "7:8 "));
    }
    CHECK(layers() == before);
  }
}

TEST_CASE("an ordinary user's explicit ranges are those of subuid(5)") {
  for (const Caller& caller : callers()) {
    if (caller.ids != Caller::Ids::range) continue;
    Runner& runner = shared(caller);
    const std::string own = std::to_string(caller.user->uid) + ":1";
    const std::string file = "/etc/subuid gives " + caller.user->name + " the ids ";
    const std::vector<std::pair<std::string, std::string>> rows = {
        {R"({"uids":["0:1:1"]})", "/uids/0: the id 0 inside has to be your own id " + std::to_string(caller.user->uid)},
        {R"({"uids":["0:)" + own + R"(","1:1:5"]})", "/uids/1: the ids 1 to 5 are not yours to map: " + file},
        {R"({"uids":["0:)" + own + R"("],"gids":["0:1:5"]})", "/gids/0: the ids 1 to 5 are not yours to map: "}};
    for (const auto& [user, told] : rows) {
      const Outcome refused = runner.run({"--set", "isolation.user=" + user, runner.box(), "true"});
      INFO(to_text(refused));
      CHECK(refused.shell_status() == 125);
      CHECK_THAT(refused.errors, Catch::Contains("--set isolation.user: error: /isolation/user" + told));
      CHECK(refused.errors.find("error: ") == refused.errors.rfind("error: "));
    }
    const std::string group = std::to_string(caller.user->gid) + ":1";
    CHECK(runner.inside("grep -c . /proc/self/uid_map; id -u",
                        {"--set", R"(isolation.user={"uids":["0:)" + own + R"("],"gids":["0:)" + group + R"("]})"}) ==
          "1\n0\n");
  }
}

TEST_CASE("B19 the host name is a word, the first line of a file, or what the image's own /etc/hostname says") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      ImageSpec spec = box_image();
      spec.layers.push_back({make_tar({file("etc/hostname", "# a comment\n\n  of-the-image \nmore\n")})});
      const std::string image = runner.put("named.tar", docker_save({spec}, Layout::docker25));
      const std::string named = runner.put("name.txt", "of-a-file\n");
      const auto name = [&](const std::string& value) {
        const Outcome outcome = runner.run({"--set", "isolation.hostname=" + value, image, "uname", "-n"});
        INFO(to_text(outcome));
        CHECK(outcome.errors == "");
        return outcome.output;
      };
      CHECK(name("word") == "word\n");
      CHECK(name("image") == "of-the-image\n");
      CHECK(name(R"({"file":")" + named + R"("})") == "of-a-file\n");
      std::ofstream(named) << "changed\n";
      CHECK(name(R"({"file":")" + named + R"("})") == "changed\n");
      const Outcome none = runner.run({"--set", "isolation.hostname=image", runner.box(), "true"});
      CHECK(none.shell_status() == 125);
      CHECK_THAT(none.errors, Catch::Contains("/etc/hostname says none") && Catch::Contains("--hostname NAME"));
    }
  }
}

TEST_CASE("B17 the propagation of the container's mounts is as configured") {
  struct Row {
    std::string word;
    std::string field;  // of mountinfo: what stands between the options and the "-"
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : std::vector<Row>{{"slave", ""}, {"private", ""}, {"shared", "shared:"}}) {
      DYNAMIC_SECTION(caller.name << ": " << row.word) {
        const std::string root =
            shared(caller).inside("grep ' / / ' /proc/self/mountinfo", {"--set", "isolation.propagation=" + row.word});
        CHECK((root.find(" shared:") != std::string::npos) == !row.field.empty());
        CHECK(root.find(" master:") == std::string::npos);
      }
    }
  }
}

TEST_CASE("networks: net-none leaves lo down, net-host is the host's, and neither together with its contrary") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      CHECK(runner.inside("cat /sys/class/net/lo/operstate; ls /sys/class/net", {"--use", "network=net-none"}) ==
            "down\nlo\n");
      const auto host = outside(runner);
      CHECK(by_name(runner.inside(links_script(), {"--use", "network=net-host"})).at("net") == host.at("net"));
      const Outcome clash = runner.run(
          {"--use", "network=net-host", "--set", R"(isolation.namespaces=["mount","net"])", runner.box(), "true"});
      CHECK(clash.shell_status() == 125);
      CHECK_THAT(clash.errors, Catch::Contains("\"net-host\" keeps the host's \"net\" namespace"));
    }
  }
}

}  // namespace slipway::tests
