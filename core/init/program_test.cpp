#include "core/init/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <functional>
#include <string>

namespace init = slipway::init;

namespace {

struct Pipe {
  std::array<int, 2> ends{};
  Pipe() { REQUIRE(::pipe2(ends.data(), 0) == 0); }
  void close_writer() const { ::close(ends[1]); }
  template <class T>
  void put(const T& value) const {
    (void)!::write(ends[1], &value, sizeof value);
  }
  /// False at the end.
  template <class T>
  bool take(T& value) const {
    return ::read(ends[0], &value, sizeof value) == ssize_t{sizeof value};
  }
};

/// Runs `program` as the child of the init, as core/run does it; the init's process.
pid_t start(const std::function<void()>& program) {
  const int file = ::memfd_create("slipway-init", MFD_CLOEXEC);
  const auto bytes = init::program();
  REQUIRE(::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    for (int signal = 1; signal < NSIG; ++signal) (void)std::signal(signal, SIG_DFL);  // the test framework has its own
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    program();
    ::_exit(0);
  }
  const std::string number = std::to_string(child);
  std::array<const char*, 3> arguments = {"slipway-init", number.c_str(), nullptr};
  std::array<const char*, 1> environment = {nullptr};
  ::syscall(SYS_execveat, file, "", arguments.data(), environment.data(), 0x1000 /* AT_EMPTY_PATH */);
  ::_exit(99);
}

int status_of(pid_t pid) {
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("the init is smaller than 64 KiB") {
  CHECK(init::program().size() > 100);
  CHECK(init::program().size() < 64U * 1024U);
}

TEST_CASE("the init ends with the status of its program, 128 and the signal's number when one killed it") {
  CHECK(status_of(start([] {})) == 0);
  CHECK(status_of(start([] { ::_exit(37); })) == 37);
  CHECK(status_of(start([] { ::kill(::getpid(), SIGKILL); })) == 128 + SIGKILL);
  CHECK(status_of(start([] { ::kill(::getpid(), SIGSEGV); })) == 128 + SIGSEGV);
}

TEST_CASE("the init passes signals on to its program") {
  const int signal = GENERATE(SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGTERM, SIGALRM, 40);
  const Pipe ready;
  const pid_t pid = start([&] {
    ready.put('x');
    while (true) ::pause();
  });
  char byte = 0;
  REQUIRE(ready.take(byte));
  ::kill(pid, signal);
  CHECK(status_of(pid) == 128 + signal);
}

TEST_CASE("the init reaps orphans, and its program's end is its own whatever else lives") {
  const Pipe life, told;
  const pid_t pid = start([&] {
    // An orphan that ends, and one that does not.
    if (::fork() == 0) {
      const pid_t orphan = ::fork();
      if (orphan != 0) {
        told.put(orphan);
        ::_exit(0);
      }
      ::_exit(0);
    }
    char byte = 0;
    (void)life.take(byte);
    ::_exit(5);
  });
  pid_t orphan = 0;
  REQUIRE(told.take(orphan));
  // Its number is free again once it has been waited for.
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (::kill(orphan, 0) == 0 && std::chrono::steady_clock::now() < limit) ::poll(nullptr, 0, 1);
  CHECK(::kill(orphan, 0) != 0);
  life.put('x');
  CHECK(status_of(pid) == 5);
}

TEST_CASE("the init holds no descriptor open that its program closes") {
  const Pipe streams, life;
  const pid_t pid = start([&] {
    life.close_writer();
    streams.close_writer();
    char byte = 0;
    (void)life.take(byte);
  });
  streams.close_writer();
  // It is not close-on-exec, so the init was executed with it.
  char byte = 0;
  CHECK_FALSE(streams.take(byte));
  life.close_writer();
  CHECK(status_of(pid) == 0);
}
