#include "core/linux/fd.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <thread>

using namespace slipway;
using namespace slipway::linux;

namespace {

bool is_open(int descriptor) { return ::fcntl(descriptor, F_GETFD) >= 0; }
bool closes_at_exec(const Fd& fd) { return (::fcntl(fd.get(), F_GETFD) & FD_CLOEXEC) != 0; }

Pair pipe_pair() {
  auto pair = make_pipe();
  REQUIRE(pair);
  return std::move(*pair);
}

}  // namespace

TEST_CASE("a descriptor is closed with its owner, once") {
  Pair pair = pipe_pair();
  const int a = pair.a.get();
  const int b = pair.b.get();
  {
    const Fd moved(std::move(pair.a));
    CHECK_FALSE(pair.a);
    CHECK(is_open(a));
  }
  CHECK_FALSE(is_open(a));
  pair.b = Fd();
  CHECK_FALSE(is_open(b));
  CHECK(pair.b.get() == -1);
  Fd released = duplicate(pipe_pair().b).value();
  const int kept = released.release();
  released.reset();
  CHECK(is_open(kept));
  ::close(kept);
}

TEST_CASE("whatever is opened here closes at exec") {
  Pair pipe = pipe_pair();
  CHECK(closes_at_exec(pipe.a));
  CHECK(closes_at_exec(pipe.b));
  CHECK(closes_at_exec(duplicate(pipe.a).value()));
  for (const Socket kind : {Socket::stream, Socket::packet}) {
    const auto sockets = make_socket_pair(kind);
    REQUIRE(sockets);
    CHECK(closes_at_exec(sockets->a));
    CHECK(closes_at_exec(sockets->b));
  }
  CHECK_FALSE(duplicate(Fd()));
}

TEST_CASE("reading to the end is bounded") {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{16384}, std::size_t{50000}}) {
    Pair pipe = pipe_pair();
    std::thread writer([&] {
      (void)write_all(pipe.b, std::string(size, 'x'));
      pipe.b.reset();
    });
    const auto read = read_all(pipe.a, 50000);
    writer.join();
    REQUIRE(read);
    CHECK(read->size() == size);
  }
  Pair pipe = pipe_pair();
  REQUIRE(write_all(pipe.b, "12345"));
  pipe.b.reset();
  CHECK(read_all(pipe.a, 4).error().code == EFBIG);
}

TEST_CASE("an end that comes too early is told apart from an error of the kernel") {
  Pair pipe = pipe_pair();
  REQUIRE(write_all(pipe.b, "123"));
  pipe.b.reset();
  std::string four(4, '\0');
  const auto read = read_exactly(pipe.a, four.data(), 4);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == 0);
  CHECK(read_exactly(Fd(), four.data(), 4).error().code == EBADF);
}

TEST_CASE("descriptors travel over a socket, in order, and close at exec there") {
  const std::size_t count = GENERATE(values<std::size_t>({0, 1, 2, kMostDescriptorsInMessage}));
  const auto sockets = make_socket_pair(Socket::packet);
  REQUIRE(sockets);
  std::vector<Pair> pipes;
  std::vector<int> sent;
  for (std::size_t i = 0; i < count; ++i) {
    pipes.push_back(pipe_pair());
    sent.push_back(pipes.back().b.get());
  }
  REQUIRE(send_descriptors(sockets->a, sent));
  const auto received = receive_descriptors(sockets->b, count);
  REQUIRE(received);
  REQUIRE(received->size() == count);
  for (std::size_t i = 0; i < count; ++i) {
    CHECK(closes_at_exec(received->at(i)));
    REQUIRE(write_all(received->at(i), std::to_string(i)));
    pipes[i].b.reset();
  }
  for (std::size_t i = 0; i < count; ++i) {
    std::string text(std::to_string(i).size(), '\0');
    REQUIRE(read_exactly(pipes[i].a, text.data(), text.size()));
    CHECK(text == std::to_string(i));
  }
}

TEST_CASE("another number of descriptors than expected is refused, and none of them stays open") {
  const auto [sent, expected] = GENERATE(values<std::pair<std::size_t, std::size_t>>({{0, 1}, {1, 0}, {2, 1}, {1, 2}}));
  const auto sockets = make_socket_pair(Socket::packet);
  REQUIRE(sockets);
  Pair pipe = pipe_pair();
  REQUIRE(send_descriptors(sockets->a, std::vector<int>(sent, pipe.b.get())));
  CHECK_FALSE(receive_descriptors(sockets->b, expected));
  pipe.b.reset();
  CHECK(read_all(pipe.a, 1) == std::string());  // the end: nobody holds the other side
}

TEST_CASE("what cannot be sent or received is an error, not a signal") {
  auto sockets = make_socket_pair(Socket::stream);
  REQUIRE(sockets);
  CHECK(send_descriptors(sockets->a, std::vector<int>(kMostDescriptorsInMessage + 1, 0)).error().code == E2BIG);
  sockets->b.reset();
  CHECK(send_descriptors(sockets->a, std::vector<int>{0}).error().code == EPIPE);
  CHECK_FALSE(receive_descriptors(sockets->a, 1));
}
