// Who reaches whom over the networks that a container can have: servers inside and outside, over TCP and over abstract
// Unix sockets, which belong to a network namespace as interfaces do; network_namespaces(7).
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>

#include "tests/run/harness.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

/// What listens until this goes, in a container or outside, and says who it is to all who connect.
class Server {
 public:
  Server(const Command& command, std::string name) : name_(std::move(name)), program_(command) {
    REQUIRE(program_.wait_for_output("ready\n"));
  }

  /// Its addresses, or why it has none, and who answered at each when it asked itself. Ends it.
  Words end() {
    program_.signal(SIGTERM);
    const Outcome outcome = program_.wait();
    INFO(to_text(outcome));
    CHECK(outcome.errors == "");
    CHECK(outcome.shell_status() == 0);
    return lines_of(outcome.output);
  }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string name_;
  Program program_;
};

// A server, and then its own client; `addresses` is where the three lines go that tell where it listens.
std::string serving(const std::string& probe, const std::string& name, const std::string& addresses) {
  return ": > " + addresses + "; " + probe + " serve " + name + " >> " + addresses + " & server=$!; " +
         "trap 'kill $server; wait $server; exit 0' TERM; until [ $(wc -l < " + addresses + ") = 3 ]; do :; done; " +
         probe + " reach $(grep -v bind " + addresses + "); echo ready; wait $server";
}

/// One caller, the probe where they can run it, and a directory in which servers inside and outside leave their
/// addresses.
class Networks {
 public:
  explicit Networks(const Caller& caller) : runner_(shared(caller)) {
    probe_ = runner_.put("probe", read_file(SLIPWAY_TEST_PROBE));
    std::filesystem::permissions(probe_, std::filesystem::perms{0755});
    place_ = runner_.own("addresses");
    REQUIRE(run(runner_.plain({"mkdir", "-p", place_})).status == 0);
    prefix_ = "slipway-" + std::to_string(::getpid()) + "-" + caller.name + "-";
  }

  [[nodiscard]] std::unique_ptr<Server> inside(const std::string& network, const std::string& name) {
    const std::string script = serving("probe", prefix_ + name, "/place/" + name);
    return std::make_unique<Server>(runner_.command({"run", "--use", "network=" + network, "--bind", place_ + ":/place",
                                                     runner_.box(), "sh", "-c", script}),
                                    prefix_ + name);
  }
  [[nodiscard]] std::unique_ptr<Server> outside(const std::string& name) {
    const std::string script = serving(probe_, prefix_ + name, place_ + "/" + name);
    return std::make_unique<Server>(runner_.plain({"sh", "-c", script}), prefix_ + name);
  }

  /// Who answers, asked from a container with that network, at the addresses that the server of that name left.
  [[nodiscard]] std::string from_inside(const std::string& network, const std::string& name) {
    const std::string script = "probe reach $(grep -v bind /place/" + name + ")";
    const Outcome outcome = run(runner_.command(
        {"run", "--use", "network=" + network, "--bind", place_ + ":/place:ro", runner_.box(), "sh", "-c", script}));
    INFO(to_text(outcome));
    CHECK(outcome.errors == "");
    REQUIRE(outcome.shell_status() == 0);
    return outcome.output;
  }
  [[nodiscard]] std::string from_outside(const std::string& name) const {
    return run(runner_.plain({"sh", "-c", "$0 reach $(grep -v bind $1)", probe_, place_ + "/" + name})).output;
  }
  [[nodiscard]] Runner& runner() const { return runner_; }

 private:
  Runner& runner_;
  std::string probe_, place_, prefix_;
};

// How many of the addresses were answered by the server of that name.
std::ptrdiff_t answers(const Words& lines, const std::string& name) {
  return std::count_if(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.ends_with(": reached " + name); });
}

std::ptrdiff_t answers(const std::string& told, const Server& server) { return answers(lines_of(told), server.name()); }

// The same where it has said so itself.
std::ptrdiff_t own_answers(Server& server) { return answers(server.end(), server.name()); }

}  // namespace

TEST_CASE("A4: with net-loopback a server is reached in its container, and neither from the host nor from another") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Networks networks(caller);
      const auto server = networks.inside("net-loopback", "inside");
      const auto host = networks.outside("outside");
      CHECK(answers(networks.from_outside("inside"), *server) == 0);
      CHECK(answers(networks.from_inside("net-loopback", "inside"), *server) == 0);
      CHECK(answers(networks.from_inside("net-none", "inside"), *server) == 0);
      CHECK(answers(networks.from_inside("net-host", "inside"), *server) == 0);
      // Nor does the container reach the host, or anything further away.
      CHECK(answers(networks.from_inside("net-loopback", "outside"), *host) == 0);
      CHECK(own_answers(*server) == 3);  // 127.0.0.1, ::1 and the abstract socket
      CHECK(own_answers(*host) == 3);
      CHECK(networks.runner().inside("probe reach 192.0.2.1:80") == "192.0.2.1:80: Network is unreachable\n");
    }
  }
}

TEST_CASE("with net-none nothing is reached over an address, in the container neither") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Networks networks(caller);
      const auto server = networks.inside("net-none", "inside");
      const auto host = networks.outside("outside");
      CHECK(answers(networks.from_outside("inside"), *server) == 0);
      CHECK(answers(networks.from_inside("net-none", "inside"), *server) == 0);
      CHECK(answers(networks.from_inside("net-none", "outside"), *host) == 0);
      // Processes of one container may still talk over Unix sockets.
      CHECK(own_answers(*server) == 1);
      CHECK(own_answers(*host) == 3);
      // ::1 is an address of lo, which has none as long as it is down.
      CHECK(networks.runner().inside("probe reach 127.0.0.1:80 [::1]:80 192.0.2.1:80", {"--use", "network=net-none"}) ==
            "127.0.0.1:80: Network is unreachable\n[::1]:80: Cannot assign requested address\n"
            "192.0.2.1:80: Network is unreachable\n");
    }
  }
}

TEST_CASE("with net-host a server inside is reached from the host, and one of the host's from inside") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Networks networks(caller);
      const auto server = networks.inside("net-host", "inside");
      const auto host = networks.outside("outside");
      CHECK(answers(networks.from_outside("inside"), *server) == 3);
      CHECK(answers(networks.from_inside("net-host", "inside"), *server) == 3);
      CHECK(answers(networks.from_inside("net-host", "outside"), *host) == 3);
      CHECK(answers(networks.from_inside("net-loopback", "inside"), *server) == 0);
      CHECK(answers(networks.from_inside("net-none", "inside"), *server) == 0);
      CHECK(own_answers(*server) == 3);
      CHECK(own_answers(*host) == 3);
      CHECK(networks.runner().leftovers() == "");
    }
  }
}

}  // namespace slipway::tests
