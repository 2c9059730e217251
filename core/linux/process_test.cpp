#include "core/linux/process.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>

using namespace slipway::linux;

namespace {

template <class Function>
Process start(Function function) {
  auto process = clone_process(0);
  REQUIRE(process);
  if (process->pid == 0) {
    function();
    ::_exit(99);
  }
  return std::move(*process);
}

[[noreturn]] void wait_for_ever() {
  while (true) ::pause();
}

}  // namespace

TEST_CASE("how a process ended is told as a shell tells it") {
  const auto exited = wait_for(start([] { ::_exit(7); }));
  REQUIRE(exited);
  CHECK(exited->shell_status() == 7);
  const auto killed = wait_for(start([] { (void)::raise(SIGKILL); }));
  REQUIRE(killed);
  CHECK(killed->signal == SIGKILL);
  CHECK(killed->shell_status() == 137);
}

TEST_CASE("a signal reaches a process by its descriptor, and one that is gone is an error") {
  const Process process = start(wait_for_ever);
  REQUIRE(send_signal(process, SIGUSR1));
  CHECK(wait_for(process)->signal == SIGUSR1);
  CHECK(send_signal(process, SIGUSR1).error().code == ESRCH);
  CHECK_FALSE(wait_for(process));
}

TEST_CASE("ending a process leaves no zombie, and ending it twice does nothing") {
  Process process = start(wait_for_ever);
  const pid_t pid = process.pid;
  end_now(process);
  CHECK_FALSE(process.pidfd);
  CHECK(::waitpid(pid, nullptr, WNOHANG) == -1);
  end_now(process);
}
