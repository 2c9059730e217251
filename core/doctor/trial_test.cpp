#include "core/doctor/trial.hpp"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <cstddef>
#include <cstdlib>

#include "core/linux/clock.hpp"

using namespace slipway;
using namespace slipway::doctor;

namespace {

Check a_check(const std::string& detail) { return {"name", State::degraded, detail, "consequence", "remedy"}; }

}  // namespace

TEST_CASE("what was looked at apart comes back as it was") {
  const auto checks = look_apart("name", [] { return std::vector<Check>{a_check("line\nline"), a_check("")}; });
  REQUIRE(checks.size() == 2);
  CHECK(checks[0].detail == "line\nline");
  CHECK(checks[0].state == State::degraded);
  CHECK(checks[0].consequence == "consequence");
  CHECK(checks[0].nanoseconds > 0);
  CHECK(checks[1].detail.empty());
  CHECK(checks[1].remedy == "remedy");
}

TEST_CASE("a look that crashes, or hangs, is told as missing and leaves the others alone") {
  const auto crashed = look_apart("name", []() -> std::vector<Check> { ::_exit(3); });
  REQUIRE(crashed.size() == 1);
  CHECK(crashed[0].state == State::missing);
  CHECK(crashed[0].name == "name");
  CHECK(crashed[0].detail.find("ended without an answer") != std::string::npos);

  const std::uint64_t begin = linux::monotonic_ns();
  const auto hung = look_apart("name", []() -> std::vector<Check> {
    while (true) ::pause();
  });
  REQUIRE(hung.size() == 1);
  CHECK(hung[0].state == State::missing);
  CHECK(hung[0].detail.find("looking at it failed") != std::string::npos);
  constexpr std::uint64_t kFarTooLong_ns = 60'000'000'000;
  CHECK(linux::monotonic_ns() - begin < kFarTooLong_ns);
}

TEST_CASE("a trial's findings and failures come back whole") {
  const auto found = try_in_namespaces(0, {}, [] { return Result<Finds>(Finds{"one", "", "three"}); });
  REQUIRE(found);
  CHECK(*found == Finds{"one", "", "three"});
  const auto failed =
      try_in_namespaces(0, {}, []() -> Result<Finds> { return failure(EPERM, "do it", "to this", "no"); });
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == EPERM);
  CHECK(failed.error().doing == "do it");
  CHECK(failed.error().subject == "to this");
  CHECK(failed.error().hint == "no");
}

TEST_CASE("much that a trial finds arrives") {
  const std::string large(200'000, 'x');
  const auto found = try_in_namespaces(0, {}, [&] { return Result<Finds>(Finds{large, "end"}); });
  REQUIRE(found);
  CHECK(found->size() == 2);
  CHECK(found->front() == large);
}

TEST_CASE("a trial whose process dies before it has begun is an error, and no end of who tries") {
  const pid_t tries = ::fork();
  REQUIRE(tries >= 0);
  if (tries == 0) {
    // Kills whoever wants to be told of its parent's end, as each trial's process does first of all.
    std::array filter{sock_filter(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))),
                      sock_filter(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 3)),
                      sock_filter(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args))),
                      sock_filter(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_PDEATHSIG, 0, 1)),
                      sock_filter(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)),
                      sock_filter(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW))};
    const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) ::_exit(2);
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) ::_exit(2);
    constexpr int kTrials = 50;
    for (int i = 0; i < kTrials; ++i) {
      if (try_in_namespaces(0, linux::single_id_map(), [] { return Result<Finds>(Finds{}); })) ::_exit(1);
    }
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(tries, &status, 0) == tries);
  CHECK(status == 0);
}
