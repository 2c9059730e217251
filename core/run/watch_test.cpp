#include "core/run/watch.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <functional>

using namespace slipway;
using namespace slipway::run;

namespace {

// All that a message is on the socket.
std::string bytes_of(const ChildMessage& message) {
  auto pair = linux::make_socket_pair(linux::Socket::stream);
  REQUIRE(pair);
  REQUIRE(send_message(pair->a, message));
  pair->a.reset();
  return linux::read_all(pair->b, 1U << 20U).value();
}

// Watches a process that says this and ends so.
tl::expected<int, Failure> watched(std::string_view says, const std::function<void()>& ends) {
  auto signals = Signals::take();
  REQUIRE(signals);
  auto pair = linux::make_socket_pair(linux::Socket::stream);
  REQUIRE(pair);
  auto child = linux::clone_process(0);
  REQUIRE(child);
  if (child->pid == 0) {
    (void)linux::send_all(pair->b, says);
    pair->b.reset();
    ends();
    ::_exit(0);
  }
  pair->b.reset();
  const auto hear = [](const ChildMessage& said) -> std::optional<Failure> {
    if (said.kind != ChildMessage::Kind::failed) return std::nullopt;
    return failure_of(said.error, said.status);
  };
  const Orphans none;
  Ending ending;
  Watch watch(
      *child, none, pair->a, *signals, ending, {}, hear, [] {}, "");
  return watch.until_end();
}

constexpr const char* kDiedEarly = "the container's process ended before it became the program: ";

}  // namespace

TEST_CASE("a process that ends before it is the program is told of, whatever of its last word arrives") {
  const std::string whole = bytes_of({ChildMessage::Kind::failed, 125, 0, 0, {EIO, "do the thing", "it", "a hint"}});
  const std::string done = bytes_of({ChildMessage::Kind::step_done, 0, 1, 0, {}});
  const auto is_killed = [] { (void)::raise(SIGKILL); };
  const auto exits = [] { ::_exit(125); };
  // Once for ever one that lives on: what it then says is nothing that could be understood.
  const auto stays = [] { (void)::pause(); };
  struct Row {
    const char* name;
    std::string says;
    std::function<void()> ends;
    std::string told;
  };
  const std::string killed = std::string(kDiedEarly) + "killed by signal 9";
  const std::string exited = std::string(kDiedEarly) + "exit status 125";
  const std::vector<Row> rows = {{"nothing said, killed", "", is_killed, killed},
                                 {"nothing said, ended", "", exits, exited},
                                 {"a step done, ended", done, exits, exited},
                                 {"cut off in the head, killed", whole.substr(0, 7), is_killed, killed},
                                 {"cut off in the head, ended", whole.substr(0, 7), exits, exited},
                                 {"cut off in the text, killed", whole.substr(0, whole.size() - 1), is_killed, killed},
                                 {"cut off in the text, ended", done + whole.substr(0, 40), exits, exited},
                                 {"cut off, and lives on", whole.substr(0, 7), stays, killed},
                                 {"the whole word", whole, exits, "do the thing: it: Input/output error"}};
  for (const Row& row : rows) {
    DYNAMIC_SECTION(row.name) {
      const auto status = watched(row.says, row.ends);
      REQUIRE_FALSE(status);
      CHECK(status.error().status == 125);
      REQUIRE(status.error().findings.size() == 1);
      CHECK_THAT(status.error().findings[0].message, Catch::Contains(row.told));
    }
  }
}

TEST_CASE("a process that became the program yields that one's status, its crash among them") {
  const auto run = [](const char* script) {
    return watched("", [script] { ::execl("/bin/sh", "sh", "-c", script, nullptr); });
  };
  CHECK(run("exit 125").value() == 125);
  CHECK(run("exit 0").value() == 0);
  CHECK(run("kill -9 $$").value() == 128 + SIGKILL);
}
