#include "core/linux/message.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <string>
#include <thread>

using namespace slipway;

TEST_CASE("bytes and descriptors come in one message, however many bytes") {
  for (const std::size_t size : {std::size_t{1}, std::size_t{100}, std::size_t{2} << 20U}) {
    auto pair = linux::make_socket_pair(linux::Socket::stream);
    REQUIRE(pair);
    const auto pipe = linux::make_pipe();
    REQUIRE(pipe);
    const std::string sent(size, 's');
    const std::vector<int> descriptors = {pipe->a.get(), pipe->b.get()};
    std::thread sender([&] { (void)linux::send_with(pair->a, sent, descriptors); });
    std::string got(size, '\0');
    const auto received = linux::receive_with(pair->b, got.data(), got.size());
    sender.join();
    REQUIRE(received);
    CHECK(got == sent);
    REQUIRE(received->size() == 2);
    struct stat one {
    }, other{};
    REQUIRE(::fstat(pipe->a.get(), &one) == 0);
    REQUIRE(::fstat(received->front().get(), &other) == 0);
    CHECK(one.st_ino == other.st_ino);
  }
}

TEST_CASE("a message may bring no descriptors, and an end before its bytes is told") {
  auto pair = linux::make_socket_pair(linux::Socket::stream);
  REQUIRE(pair);
  REQUIRE(linux::send_with(pair->a, "abc", {}));
  std::string got(3, '\0');
  const auto received = linux::receive_with(pair->b, got.data(), got.size());
  REQUIRE(received);
  CHECK(received->empty());
  CHECK(got == "abc");
  CHECK(linux::send_with(pair->a, "abc", std::vector<int>(linux::kMostDescriptorsInMessage + 1, 0)).error().code ==
        E2BIG);
  REQUIRE(linux::send_with(pair->a, "ab", {}));
  pair->a.reset();
  CHECK_FALSE(linux::receive_with(pair->b, got.data(), got.size()));
  CHECK_FALSE(linux::receive_with(pair->b, got.data(), got.size()));
}
