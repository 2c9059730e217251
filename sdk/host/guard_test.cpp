#include "sdk/host/guard.hpp"

#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>

#include "tests/support/skip.hpp"

using slipway::host::Guard;

namespace {

struct Ended {
  int status = 0;
  std::string told;
};

// Runs the function in a process of its own, with standard error kept.
Ended in_a_process(const std::function<void()>& function) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::dup2(ends[1], STDERR_FILENO);
    function();
    ::_exit(0);
  }
  ::close(ends[1]);
  Ended ended;
  char buffer[512];
  for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof(buffer))) > 0;) {
    ended.told.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  REQUIRE(::waitpid(child, &ended.status, 0) == child);
  return ended;
}

std::int32_t run(std::int32_t (*function)()) {
  Guard guard;
  return guard.run("fs-bad", "plan", function, std::chrono::milliseconds(200));
}

volatile int depth = 0;
volatile int deepest = 1 << 30;
int fall(const volatile char* above) {
  volatile char here[4096];
  here[0] = above[0];
  depth = depth + 1;
  if (depth > deepest) return 0;
  return fall(here) + here[0] + depth;
}

}  // namespace

// The first of all, as the answer to whether there is a debugger is kept.
TEST_CASE("under a debugger a plugin has all the time that its author takes") {
  constexpr int kCannot = 3;
  const Ended ended = in_a_process([] {
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(errno == EPERM || errno == ENOSYS ? kCannot : 2);
    run([]() -> std::int32_t {
      const auto late = std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
      while (std::chrono::steady_clock::now() < late) {
      }
      return 0;
    });
  });
  if (WIFEXITED(ended.status) && WEXITSTATUS(ended.status) == kCannot)
    SLIPWAY_SKIP("this kernel, or a filter, allows no ptrace(2)");
  CHECK(WIFEXITED(ended.status));
  CHECK(WEXITSTATUS(ended.status) == 0);
  CHECK(ended.told.empty());
}

TEST_CASE("what a plugin returns is handed on") {
  CHECK(run([] { return std::int32_t{7}; }) == 7);
}

TEST_CASE("a plugin that ends the process is named, with its function and the reason") {
  struct Row {
    std::int32_t (*function)();
    const char* told;
  };
  const Row rows[] = {
      {[]() -> std::int32_t { return ::raise(SIGSEGV); },
       "slipway: error: plugin fs-bad crashed in plan: Segmentation fault\n"},
      {[]() -> std::int32_t { return ::raise(SIGFPE); },
       "slipway: error: plugin fs-bad crashed in plan: Floating point exception\n"},
      {[]() -> std::int32_t { return ::raise(SIGSYS); },
       "slipway: error: plugin fs-bad crashed in plan: Bad system call\n"},
      {[]() -> std::int32_t { std::abort(); },
       "slipway: error: plugin fs-bad crashed in plan: Aborted (abort, or an exception that nobody caught)\n"},
      {[]() -> std::int32_t { std::exit(0); },
       "slipway: error: plugin fs-bad called exit in plan; that is a bug of the plugin\n"},
      {[]() -> std::int32_t { std::quick_exit(3); },
       "slipway: error: plugin fs-bad called exit in plan; that is a bug of the plugin\n"},
      {[]() -> std::int32_t { ::_exit(3); },
       "slipway: error: plugin fs-bad called exit in plan; that is a bug of the plugin\n"},
      {[]() -> std::int32_t { std::_Exit(3); },
       "slipway: error: plugin fs-bad called exit in plan; that is a bug of the plugin\n"},
      {[]() -> std::int32_t { return fall("x"); },
       "slipway: error: plugin fs-bad crashed in plan: Segmentation fault\n"},
      {[]() -> std::int32_t { throw std::runtime_error("x"); },
       "slipway: error: plugin fs-bad let an exception escape from plan; that is a bug of the plugin\n"},
      {[]() -> std::int32_t {
         while (depth >= 0) depth = 0;
         return 0;
       },
       "slipway: error: plugin fs-bad hangs in plan: no answer after 200 ms\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.told);
    const Ended ended = in_a_process([&] { run(row.function); });
    CHECK(WIFEXITED(ended.status));
    CHECK(WEXITSTATUS(ended.status) == 125);
    CHECK(ended.told == row.told);
  }
}

TEST_CASE("a crash is told even where the caller has all signals blocked") {
  const Ended ended = in_a_process([] {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
    run([]() -> std::int32_t { return ::raise(SIGSEGV); });
  });
  CHECK(WIFEXITED(ended.status));
  CHECK(WEXITSTATUS(ended.status) == 125);
}

TEST_CASE("a plugin that hangs and holds back all signals, or ignores the timer's, is killed") {
  const std::function<std::int32_t()> rows[] = {
      []() -> std::int32_t {
        sigset_t all;
        sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
        while (true) ::pause();
      },
      []() -> std::int32_t {
        ::signal(SIGVTALRM, SIG_IGN);
        while (true) ::pause();
      },
  };
  for (const auto& row : rows) {
    const Ended ended = in_a_process([&] {
      Guard guard;
      guard.run("fs-bad", "plan", row, std::chrono::milliseconds(50));
    });
    CHECK(WIFSIGNALED(ended.status));
    CHECK(WTERMSIG(ended.status) == SIGKILL);
  }
}

TEST_CASE("a plugin that no timer can limit is not entered") {
  const Ended ended = in_a_process([] {
    const struct rlimit none { 0, 0 };
    if (::setrlimit(RLIMIT_SIGPENDING, &none) != 0) ::_exit(2);
    run([]() -> std::int32_t { ::_exit(3); });
  });
  CHECK(WIFEXITED(ended.status));
  CHECK(WEXITSTATUS(ended.status) == 125);
  CHECK(ended.told ==
        "slipway: error: plugin fs-bad is not entered in plan: no timer can be made to limit it: Resource temporarily "
        "unavailable (raise the limit of pending signals: ulimit -i)\n");
}

TEST_CASE("outside of a plugin the signals do what they did before") {
  const Ended ended = in_a_process([] {
    const Guard guard;
    ::raise(SIGBUS);
  });
  CHECK(WIFSIGNALED(ended.status));
  CHECK(WTERMSIG(ended.status) == SIGBUS);
  CHECK(ended.told.empty());
}

TEST_CASE("the caller's signal mask is as it was") {
  sigset_t before;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &before);
  run([] { return std::int32_t{0}; });
  sigset_t after;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &after);
  CHECK(sigismember(&before, SIGSEGV) == sigismember(&after, SIGSEGV));
  CHECK(sigismember(&after, SIGVTALRM) == 0);
}
