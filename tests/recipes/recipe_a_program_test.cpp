// Recipe A, rows 2 to 4, 12, 14 and 15: namespaces, ids, network, name, environment, and the image's program.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <sstream>

#include "core/linux/fd.hpp"
#include "tests/recipes/shipped.hpp"

namespace slipway::tests {
namespace {

constexpr const char* kAllNamespaces =
    "for name in mnt pid ipc uts net cgroup user time; do echo $name $(readlink /proc/self/ns/$name); done";

std::map<std::string, std::string> namespaces(const std::string& output) {
  std::map<std::string, std::string> found;
  for (const std::string& line : lines_of(output)) found[line.substr(0, line.find(' '))] = line;
  return found;
}

// Those that a program inside has for itself.
std::set<std::string> own_namespaces(const Shipped& recipe, const Words& options = {}) {
  const auto outside = namespaces(tests::run(recipe.runner().plain({"sh", "-c", kAllNamespaces})).output);
  std::set<std::string> own;
  for (const auto& [name, link] : namespaces(recipe.inside(kAllNamespaces, options))) {
    if (link != outside.at(name)) own.insert(name);
  }
  return own;
}

// subuid(5): the first range of that user, as a line of uid_map.
std::string further_ids(const char* path, const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(name + ":")) continue;
    line = line.substr(name.size() + 1);
    return "1 " + line.replace(line.find(':'), 1, " ") + "\n";
  }
  return {};
}

std::string squeezed(const std::string& text) {
  std::istringstream words(text);
  std::string result;
  int count = 0;
  for (std::string word; words >> word;) result += word + (++count % 3 == 0 ? "\n" : " ");
  return result;
}

/// A listener on the host's loopback address.
struct Listener {
  Listener() : socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* where = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(socket.get(), where, sizeof address) == 0);
    REQUIRE(::listen(socket.get(), 1) == 0);
    socklen_t size = sizeof address;
    REQUIRE(::getsockname(socket.get(), where, &size) == 0);
    port = std::to_string(ntohs(address.sin_port));
  }
  linux::Fd socket;
  std::string port{};
};

}  // namespace

TEST_CASE("A2 the caller's id is root inside and the subordinate ranges follow, so that chown works") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeA);
      const std::string uids = squeezed(recipe.inside("cat /proc/self/uid_map"));
      const std::string gids = squeezed(recipe.inside("cat /proc/self/gid_map"));
      if (caller.is_root()) {
        CHECK(uids + gids == "0 0 4294967295\n0 0 4294967295\n");
      } else if (caller.user) {
        CHECK(uids == "0 " + std::to_string(caller.user->uid) + " 1\n" + further_ids("/etc/subuid", caller.user->name));
        CHECK(gids == "0 " + std::to_string(caller.user->gid) + " 1\n" + further_ids("/etc/subgid", caller.user->name));
      }
      CHECK(recipe.inside("id -u; id -g") == "0\n0\n");
      if (caller.is_single()) continue;
      if (!caller.is_root()) CHECK(lines_of(uids).size() >= 2);
      CHECK(recipe.inside("touch /f && chown 1000:50 /f && stat -c %u:%g /f") == "1000:50\n");
    }
  }
}

TEST_CASE(
    "A3 the program is PID 1 in namespaces of its own; a cgroup one is among them, and a time one is there to have") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeA);
      CHECK(recipe.inside("echo $$") == "1\n");
      std::set<std::string> expected = {"mnt", "net", "ipc", "pid", "uts", "cgroup"};
      if (!caller.is_root()) expected.insert("user");
      CHECK(own_namespaces(recipe) == expected);
      expected.insert("time");
      const std::string with_time = R"(isolation.namespaces=["mount","pid","ipc","uts","net","cgroup","time"])";
      CHECK(own_namespaces(recipe, {"--set", with_time}) == expected);
      // Exactly the recipe's.
      expected.erase("time");
      expected.erase("cgroup");
      CHECK(own_namespaces(recipe, {"--set", R"(isolation.namespaces=["mount","pid","ipc","uts","net"])"}) == expected);
    }
  }
}

TEST_CASE("A4 lo is up with both addresses, a listener inside is reached on it, and nothing else is reached") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeA);
      CHECK_THAT(recipe.inside("ip addr show lo"),
                 Catch::Contains(",UP") && Catch::Contains("127.0.0.1/8") && Catch::Contains("::1/128"));
      CHECK(recipe.inside("probe loopback; ls /sys/class/net") == "127.0.0.1 reached\n::1 reached\nlo\n");
      const Listener host;
      CHECK(recipe.inside("nc 127.0.0.1 " + host.port + " < /dev/null 2>&1 || echo not reached") ==
            "nc: can't connect to remote host (127.0.0.1): Connection refused\nnot reached\n");
      CHECK_THAT(recipe.inside("nc 192.0.2.1 80 < /dev/null 2>&1 || :"), Catch::Contains("Network is unreachable"));
    }
  }
}

TEST_CASE("A12 the container has the name that the pipeline or the user gives it") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeA);
      const Words outside = {"uname", "-n"};
      const std::string host = tests::run(recipe.runner().plain(outside)).output;
      CHECK(recipe.inside("uname -n") == "slipway\n");
      CHECK(recipe.inside("uname -n; cat /proc/sys/kernel/hostname", {"--hostname", "box-7"}) == "box-7\nbox-7\n");
      CHECK(recipe.inside("hostname changed && uname -n") == "changed\n");
      CHECK(tests::run(recipe.runner().plain(outside)).output == host);
    }
  }
}

TEST_CASE("A14 the environment is all of the image's variables and no other") {
  ImageSpec image = layered_image();
  image.environment = {"PATH=/bin:/opt", "GREETING=hello world", "EMPTY=", "EQUALS=a=b", "LC_ALL=C"};
  const std::string seen = "PATH=/bin:/opt\nGREETING=hello world\nEMPTY=\nEQUALS=a=b\nLC_ALL=C\n";
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped recipe(caller, kRecipeA);
      const auto environment = [&](const Words& options) {
        Command command = recipe.command(options, {"/bin/cat", "/proc/1/environ"});
        (*command.environment)["SECRET"] = "of the host";
        (*command.environment)["TERM"] = "vt220";
        const Outcome outcome = tests::run(command);
        INFO(to_text(outcome));
        CHECK(outcome.shell_status() == 0);
        std::string text = outcome.output;
        std::replace(text.begin(), text.end(), '\0', '\n');
        return text;
      };
      recipe.begin_from(docker_save({image}, Layout::legacy));
      CHECK(environment({}) == seen);
      CHECK(environment({"--tty", "yes"}) == seen);
      CHECK(environment({"-e", "GREETING=bye", "-e", "MORE=1"}) ==
            "PATH=/bin:/opt\nGREETING=bye\nEMPTY=\nEQUALS=a=b\nLC_ALL=C\nMORE=1\n");
      image.environment.clear();
      recipe.begin_from(docker_save({image}, Layout::legacy));
      CHECK(environment({}) == "");
      // Anywhere else PATH and HOME are set where the image does not, and with a terminal TERM.
      const Words defaults = {"--set", "exec.env_defaults=true"};
      CHECK(environment(defaults) == "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nHOME=/root\n");
      CHECK_THAT(environment({"--set", "exec.env_defaults=true", "--tty", "yes"}),
                 Catch::Contains("PATH=") && Catch::Contains("HOME=/root") && Catch::Contains("TERM=vt220"));
      image.environment = {"PATH=/bin:/opt", "GREETING=hello world", "EMPTY=", "EQUALS=a=b", "LC_ALL=C"};
    }
  }
}

TEST_CASE("A15 the image's entrypoint, command, user and directory are obeyed, and each can be replaced") {
  struct Row {
    const char* name;
    Words options, command;
    std::string output;
  };
  for (const Caller& caller : callers()) {
    const std::string user = caller.is_single() ? "root" : "app", id = caller.is_single() ? "0:0" : "1000:1000";
    const Shipped recipe(caller, kRecipeA);
    ImageSpec image = layered_image();
    const std::string say = "echo \"$(id -u):$(id -g) $(pwd) $*\"";
    image.entrypoint = {"/bin/sh", "-c", say, "entry"};
    image.command = {"cmd", "two words"};
    image.user = user;
    image.workdir = "/opt/made/by/slipway";
    recipe.begin_from(docker_save({image}, Layout::legacy));
    const std::string at = " /opt/made/by/slipway ";
    for (const Row& row : {Row{"as the image says", {}, {}, id + at + "cmd two words\n"},
                           Row{"another command", {}, {"mine"}, id + at + "mine\n"},
                           Row{"another entrypoint", {"--entrypoint", "/bin/echo"}, {"x"}, "x\n"},
                           Row{"no entrypoint", {"--entrypoint", ""}, {"/bin/pwd"}, "/opt/made/by/slipway\n"},
                           Row{"another user", {"-u", "0:0"}, {}, "0:0" + at + "cmd two words\n"},
                           Row{"another directory", {"-w", "/tmp"}, {}, id + " /tmp cmd two words\n"}}) {
      DYNAMIC_SECTION(caller.name << ": " << row.name) {
        const Outcome outcome = recipe.run(row.options, row.command);
        CHECK(outcome.errors == "");
        CHECK(outcome.output == row.output);
      }
    }
  }
}

TEST_CASE("A15 the program's status is the run's") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeA);
      CHECK(recipe.run({}, {}).output == "the image's own command\n");
      CHECK(recipe.run({}, {"sh", "-c", "exit 42"}).shell_status() == 42);
      CHECK(recipe.run({}, {"no-such-program"}).shell_status() == 127);
    }
  }
}

}  // namespace slipway::tests
