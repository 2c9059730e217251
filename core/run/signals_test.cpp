#include "core/run/signals.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

using namespace slipway::run;

namespace {
constexpr std::uint64_t kSecond = 1'000'000'000;

bool is_blocked(int signal) {
  sigset_t mask;
  ::sigprocmask(SIG_SETMASK, nullptr, &mask);
  return ::sigismember(&mask, signal) == 1;
}
}  // namespace

TEST_CASE("signals are read one by one instead of doing what they do, until their keeper goes") {
  {
    auto signals = Signals::take();
    REQUIRE(signals);
    CHECK_FALSE(signals->next());
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT}) {
      REQUIRE(::raise(signal) == 0);
      CHECK(signals->next() == signal);
      CHECK_FALSE(signals->next());
    }
    const Signals moved(std::move(*signals));
    CHECK(is_blocked(SIGTERM));
    CHECK_FALSE(is_blocked(SIGCHLD));
  }
  CHECK_FALSE(is_blocked(SIGTERM));
}

TEST_CASE("what asks slipway to end is told from what is for the container") {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) CHECK(asks_to_end(signal));
  for (const int signal : {SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT}) CHECK_FALSE(asks_to_end(signal));
}

TEST_CASE("the third INT or TERM within two seconds means it") {
  struct Press {
    int signal;
    std::uint64_t at_ns;
    bool enough;
  };
  const auto presses = GENERATE(values<std::vector<Press>>({
      {{SIGINT, 10 * kSecond, false}, {SIGINT, 11 * kSecond, false}, {SIGINT, 12 * kSecond, true}},
      {{SIGINT, 10 * kSecond, false}, {SIGTERM, 10 * kSecond, false}, {SIGINT, 10 * kSecond, true}},
      {{SIGINT, 10 * kSecond, false}, {SIGINT, 11 * kSecond, false}, {SIGINT, 12 * kSecond + 1, false}},
      // The two that came last count, not the first.
      {{SIGINT, 10 * kSecond, false},
       {SIGINT, 19 * kSecond, false},
       {SIGINT, 20 * kSecond, false},
       {SIGINT, 21 * kSecond, true}},
      {{SIGINT, 10 * kSecond, false},
       {SIGHUP, 10 * kSecond, false},
       {SIGUSR1, 10 * kSecond, false},
       {SIGINT, 10 * kSecond, false}},
      // A clock that begins with the boot may stand at little.
      {{SIGINT, 1, false}, {SIGINT, 2, false}, {SIGINT, 3, true}},
  }));
  Impatience impatience;
  for (const Press& press : presses) CHECK(impatience.counts(press.signal, press.at_ns) == press.enough);
}
