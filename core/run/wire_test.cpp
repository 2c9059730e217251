#include "core/run/wire.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <thread>

using namespace slipway;
using namespace slipway::run;

namespace {

linux::Pair sockets() {
  auto pair = linux::make_socket_pair(linux::Socket::stream);
  REQUIRE(pair);
  return std::move(*pair);
}

std::pair<dev_t, ino_t> identity(const linux::Fd& fd) {
  struct stat status {};
  REQUIRE(::fstat(fd.get(), &status) == 0);
  return {status.st_dev, status.st_ino};
}

// All that sending writes, without its descriptors: what a plan without results is on the wire.
std::string bytes_of(const std::string& steps, const Orders& orders) {
  auto pair = sockets();
  REQUIRE(send_plan(pair.a, steps, {}, orders));
  pair.a.reset();
  return linux::read_all(pair.b, 1U << 20U).value();
}

}  // namespace

TEST_CASE("a plan with more results than one message carries arrives whole") {
  const int count = GENERATE(0, 1, 253, 254, 300, 600);
  auto pair = sockets();
  std::map<std::string, linux::Fd> results;
  for (int i = 0; i < count; ++i) {
    auto pipe = linux::make_pipe();
    REQUIRE(pipe);
    results.emplace("layer" + std::to_string(i), std::move(pipe->a));
  }
  const std::string steps(100'000, 's');  // more than the socket's buffer may hold at once
  Result<void> sent;
  std::thread sender([&] {
    sent = send_plan(pair.a, steps, results,
                     {{17, ENOSPC}, false, true, Times::together, true, Likeness::size_alone, "xterm"});
  });
  auto plan = receive_plan(pair.b);
  sender.join();
  REQUIRE(sent);
  REQUIRE(plan);
  CHECK(plan->steps == steps);
  CHECK(plan->orders.fault.step == 17);
  CHECK(plan->orders.fault.code == ENOSPC);
  CHECK_FALSE(plan->orders.may_set_groups);
  CHECK(plan->orders.shifts);
  CHECK(plan->orders.times == Times::together);
  CHECK(plan->orders.has_terminal);
  CHECK(plan->orders.likeness == Likeness::size_alone);
  CHECK(plan->orders.term == "xterm");
  REQUIRE(plan->results.size() == results.size());
  for (const auto& [name, fd] : results) {
    CHECK(identity(plan->results.at(name)) == identity(fd));
    CHECK((::fcntl(plan->results.at(name).get(), F_GETFD) & FD_CLOEXEC) != 0);
  }
}

TEST_CASE("a plan that is cut off anywhere is refused, not waited for") {
  const std::string bytes = bytes_of("[some steps]", {});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    auto pair = sockets();
    REQUIRE(linux::write_all(pair.a, std::string_view(bytes).substr(0, size)));
    pair.a.reset();
    CHECK_FALSE(receive_plan(pair.b));
  }
}

TEST_CASE("a plan whose descriptors are missing or too few is refused") {
  auto pair = sockets();
  auto whole = sockets();
  std::map<std::string, linux::Fd> results;
  results.emplace("a", linux::duplicate(pair.a).value());
  results.emplace("b", linux::duplicate(pair.a).value());
  REQUIRE(send_plan(whole.a, "[]", results, {}));
  // Reading drops descriptors, so that the bytes alone are left.
  whole.a.reset();
  std::string bytes = linux::read_all(whole.b, 1U << 20U).value();
  bytes.pop_back();  // the byte that the descriptors came with
  const int sent = GENERATE(0, 1, 3);
  auto again = sockets();
  REQUIRE(linux::write_all(again.a, bytes));
  const std::vector<int> some(static_cast<std::size_t>(sent), again.b.get());
  REQUIRE(linux::send_descriptors(again.a, some));
  again.a.reset();
  CHECK_FALSE(receive_plan(again.b));
}

TEST_CASE("a head that asks for too much is refused before anything is made for it") {
  std::string bytes = bytes_of("[]", {});
  const auto field = GENERATE(values<std::size_t>({0, 4, 8}));
  const std::uint32_t much = 0x7fffffff;
  std::memcpy(&bytes[field], &much, sizeof much);
  auto pair = sockets();
  REQUIRE(linux::write_all(pair.a, bytes));
  const auto plan = receive_plan(pair.b);
  REQUIRE_FALSE(plan);
  CHECK(plan.error().doing == "receive the plan");
}

TEST_CASE("what the child says arrives with all its parts") {
  auto pair = sockets();
  const ChildMessage done{ChildMessage::Kind::step_done, 0, 7, 123'456'789'012, {}};
  const ChildMessage failed{ChildMessage::Kind::failed, 126, 9, 0, {ENOENT, "run", "/bin/\xff", "look"}};
  REQUIRE(send_message(pair.a, done));
  REQUIRE(send_message(pair.a, failed));
  pair.a.reset();
  const auto first = receive_message(pair.b);
  REQUIRE((first && *first));
  CHECK((*first)->kind == ChildMessage::Kind::step_done);
  CHECK((*first)->step == 7);
  CHECK((*first)->nanoseconds == 123'456'789'012);
  const auto second = receive_message(pair.b);
  REQUIRE((second && *second));
  CHECK((*second)->kind == ChildMessage::Kind::failed);
  CHECK((*second)->status == 126);
  CHECK((*second)->step == 9);
  CHECK((*second)->error.code == ENOENT);
  CHECK((*second)->error.doing == "run");
  CHECK((*second)->error.subject == "/bin/\xff");
  CHECK((*second)->error.hint == "look");
  const auto end = receive_message(pair.b);
  REQUIRE(end);
  CHECK_FALSE(*end);
}

TEST_CASE("long texts of the child are cut, so that it never needs more than the socket holds") {
  auto pair = sockets();
  REQUIRE(send_message(
      pair.a, {ChildMessage::Kind::failed, 125, 1, 0, {0, std::string(9999, 'd'), "s", std::string(9999, 'h')}}));
  const auto message = receive_message(pair.b);
  REQUIRE((message && *message));
  CHECK((*message)->error.doing == std::string(512, 'd'));
  CHECK((*message)->error.subject == "s");
  CHECK((*message)->error.hint == std::string(512, 'h'));
}

TEST_CASE("a message that is cut off is told from the end of all messages") {
  auto whole = sockets();
  REQUIRE(send_message(whole.a, {ChildMessage::Kind::failed, 125, 1, 0, {0, "doing", "subject", "hint"}}));
  whole.a.reset();
  const std::string bytes = linux::read_all(whole.b, 4096).value();
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    auto pair = sockets();
    REQUIRE(linux::write_all(pair.a, std::string_view(bytes).substr(0, size)));
    pair.a.reset();
    CHECK_FALSE(receive_message(pair.b));
  }
}

TEST_CASE("a terminal arrives as two descriptors between other messages") {
  auto pair = sockets();
  auto pipe = linux::make_pipe();
  REQUIRE(pipe);
  const auto first = identity(pipe->a);
  REQUIRE(send_message(pair.a, {ChildMessage::Kind::step_done, 0, 3, 7, {}}));
  REQUIRE(send_terminal(pair.a, {std::move(pipe->a), std::move(pipe->b)}));
  REQUIRE(send_message(pair.a, {ChildMessage::Kind::failed, 126, 4, 0, {ENOENT, "run", "x", "y"}}));
  pair.a.reset();
  CHECK(receive_message(pair.b).value()->kind == ChildMessage::Kind::step_done);
  CHECK(receive_message(pair.b).value()->kind == ChildMessage::Kind::terminal);
  auto ends = receive_terminal(pair.b);
  REQUIRE(ends);
  CHECK(identity(ends->master) == first);
  CHECK(ends->slave);
  CHECK(receive_message(pair.b).value()->status == 126);
  CHECK_FALSE(receive_message(pair.b).value());
}
