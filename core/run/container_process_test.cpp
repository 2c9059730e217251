#include "core/run/container_process.hpp"

#include <pthread.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "core/linux/process_stat.hpp"
#include "tests/support/process_state.hpp"

using namespace slipway;
using namespace slipway::run;

namespace {

constexpr int kLimit_ms = 10'000;

pid_t start_sleeper() {
  const pid_t child = ::fork();
  if (child == 0) {
    (void)::signal(SIGTERM, SIG_DFL);  // the test framework has a handler of its own
    ::pause();
    ::_exit(0);
  }
  return child;
}

int status_of(pid_t child) {
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

void wait_without_taking(pid_t child) {
  siginfo_t info{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) == 0);
}

}  // namespace

TEST_CASE("a process that has ended is none, though nobody has asked for its status yet") {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  wait_without_taking(child);
  CHECK(container_process(child).start_time == 0);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  CHECK(container_process(child).start_time == 0);
  CHECK(container_process(::getpid()).start_time != 0);
}

TEST_CASE("a process whose main thread has left lives on in its others, and is ended with them") {
  const pid_t child = ::fork();
  if (child == 0) {
    pthread_t thread{};
    const auto stay = [](void*) -> void* {
      while (true) ::pause();
    };
    if (::pthread_create(&thread, nullptr, stay, nullptr) != 0) ::_exit(1);
    // As pthread_exit(3) does it, without unwinding: this thread alone.
    (void)::syscall(SYS_exit, 0);
  }
  REQUIRE(tests::eventually([child] { return tests::state_of(child) == 'Z'; }));
  const ContainerProcess process = container_process(child);
  CHECK(process.start_time != 0);
  CHECK(is_alive(process));
  CHECK(linux::is_running(child));
  CHECK(linux::mount_namespaces_of(child).all == linux::mount_namespaces_of(::getpid()).all);
  ::kill(child, SIGSTOP);
  CHECK(tests::eventually([child] { return !linux::is_running(child); }));
  CHECK(is_alive(process));
  CHECK(end_process(process, 0, kLimit_ms));
  CHECK_FALSE(is_alive(process));
  CHECK(WTERMSIG(status_of(child)) == SIGKILL);
}

TEST_CASE("a process survives being written down") {
  const ContainerProcess process{4711, 123456, SIGINT, 30};
  const std::string line = to_line(process);
  CHECK(process_of(std::string_view(line).substr(0, line.size() - 1)) == process);
  CHECK(process_of("process\t4711\t123456") == ContainerProcess{4711, 123456, 0, 0});  // of an earlier version
  for (const char* bad : {"process", "process\t1", "process\t1\t5\t15", "process\t0\t5\t0\t0", "process\tx\t5\t0\t0",
                          "process\t1\t5\t2\t0x", "process\t1\t5\t2\t"}) {
    CAPTURE(bad);
    CHECK_FALSE(process_of(bad));
  }
}

TEST_CASE("a process that is to be asked is asked to end, and killed only when it does not") {
  struct Case {
    bool hears;
    int patience_ms;
    int ended_by;
  };
  const auto [hears, patience_ms, ended_by] = GENERATE(Case{true, 3'600'000, SIGTERM}, Case{false, 0, SIGKILL});
  sigset_t term, before;
  ::sigemptyset(&term);
  ::sigaddset(&term, SIGTERM);
  REQUIRE(::sigprocmask(hears ? SIG_UNBLOCK : SIG_BLOCK, &term, &before) == 0);
  const pid_t child = start_sleeper();
  REQUIRE(::sigprocmask(SIG_SETMASK, &before, nullptr) == 0);
  ::kill(child, SIGSTOP);  // it hears nothing before it goes on
  ContainerProcess process = container_process(child);
  process.stop_signal = SIGTERM;
  CHECK(ask_to_end(process));
  CHECK(end_process(process, patience_ms, kLimit_ms));
  CHECK(WTERMSIG(status_of(child)) == ended_by);
}

TEST_CASE("a process is ended, and another of its number is not") {
  const pid_t child = start_sleeper();
  const ContainerProcess process = container_process(child);
  REQUIRE(is_alive(process));
  CHECK(end_process({process.pid, process.start_time + 1, 0, 0}, 0, kLimit_ms));
  CHECK(is_alive(process));
  CHECK(end_process(process, 0, kLimit_ms));
  CHECK_FALSE(is_alive(process));
  CHECK(end_process(process, 0, kLimit_ms));  // dead, and not waited for
  CHECK(WTERMSIG(status_of(child)) == SIGKILL);
  CHECK(end_process(process, 0, kLimit_ms));  // gone
}

TEST_CASE("whether a dead process had become a program can be told until it is waited for") {
  const pid_t forked = ::fork();
  if (forked == 0) ::_exit(0);
  wait_without_taking(forked);
  CHECK_FALSE(was_program(forked));
  (void)status_of(forked);
  const pid_t program = ::fork();
  if (program == 0) {
    ::execl("/bin/true", "true", nullptr);
    ::_exit(1);
  }
  wait_without_taking(program);
  CHECK(was_program(program));
  CHECK(status_of(program) == 0);
}
