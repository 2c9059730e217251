#include "core/run/flow.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <string>

#include "core/linux/fd.hpp"

using slipway::run::Flow;
namespace linux = slipway::linux;

namespace {

linux::Pair nonblocking_pipe() {
  auto pipe = linux::make_pipe();
  REQUIRE(pipe);
  for (const linux::Fd* end : {&pipe->a, &pipe->b}) REQUIRE(::fcntl(end->get(), F_SETFL, O_NONBLOCK) == 0);
  return std::move(*pipe);
}

std::string take(const linux::Fd& fd) {
  std::string bytes(1U << 20U, '\0');
  const ssize_t got = ::read(fd.get(), bytes.data(), bytes.size());
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

}  // namespace

TEST_CASE("a flow hands on every byte once and in order, whatever each end takes at a time") {
  const std::size_t most = GENERATE(as<std::size_t>{}, 1, 7, 4096, 65536);
  auto in = nonblocking_pipe(), out = nonblocking_pipe();
  Flow flow(in.a.get(), out.b.get(), most);
  std::string sent, got;
  for (int round = 0; round < 40; ++round) {
    const std::string part(997, static_cast<char>('a' + round % 26));
    sent += part;
    REQUIRE(linux::write_all(in.b, part));
    flow.read();
    flow.write();
    got += take(out.a);
  }
  in.b.reset();
  while (!flow.source_ended() || flow.wants_to_write()) {
    flow.read();
    flow.write();
    got += take(out.a);
  }
  CHECK((got == sent));
  CHECK(flow.end_code() == 0);
  CHECK_FALSE(flow.broken());
}

TEST_CASE("a flow whose target takes nothing stops reading once its buffer is full, and loses nothing") {
  auto in = nonblocking_pipe(), out = nonblocking_pipe();
  Flow flow(in.a.get(), out.b.get(), 65536);
  std::string block(4096, 'x');
  while (::write(out.b.get(), block.data(), block.size()) > 0) {
  }
  std::size_t fed = 0;
  for (int i = 0; i < 100; ++i) {
    const ssize_t put = ::write(in.b.get(), block.data(), block.size());
    if (put > 0) fed += static_cast<std::size_t>(put);
    flow.read();
    flow.write();
  }
  CHECK_FALSE(flow.wants_to_read());
  CHECK(flow.wants_to_write());
  const std::size_t before = take(out.a).size();
  in.b.reset();
  std::size_t got = 0;
  while (!flow.source_ended() || flow.wants_to_write()) {
    flow.read();
    flow.write();
    got += take(out.a).size();
  }
  CHECK(before > 0);
  CHECK(got == fed);
}

TEST_CASE("a flow knows that its target is gone, and what its source ended with") {
  (void)std::signal(SIGPIPE, SIG_IGN);
  auto in = nonblocking_pipe(), out = nonblocking_pipe();
  Flow flow(in.a.get(), out.b.get(), 65536);
  REQUIRE(linux::write_all(in.b, "x\ny"));
  flow.read();
  CHECK(flow.last() == 'y');
  flow.read();
  CHECK_FALSE(flow.source_ended());  // nothing for now is not the end
  out.a.reset();
  flow.write();
  CHECK(flow.broken());
  CHECK_FALSE(flow.wants_to_write());

  Flow closed(-1, out.b.get(), 1);
  closed.read();
  CHECK(closed.source_ended());
  CHECK(closed.end_code() == EBADF);
  CHECK(closed.add("\x04"));
  CHECK(closed.held() == 1);
  CHECK_FALSE(closed.add(std::string(1U << 20U, 'x')));
}
