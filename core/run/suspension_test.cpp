#include "core/run/suspension.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <optional>

#include "tests/support/process_state.hpp"

using namespace slipway;
using tests::eventually;
using tests::state_of;

namespace {

// Stands still as soon as it is there, and tells its number.
void make_child(const linux::Fd& to, bool stops) {
  if (::fork() != 0) return;
  const pid_t self = ::getpid();
  (void)linux::write_all(to, &self, sizeof self);
  if (stops) (void)::raise(SIGSTOP);
  while (true) ::pause();
}

}  // namespace

TEST_CASE("a suspension stops a process and its descendants, and wakes those alone that it stopped") {
  auto numbers = linux::make_pipe();
  REQUIRE(numbers);
  auto first = linux::clone_process(0);
  REQUIRE(first);
  if (first->pid == 0) {
    (void)::setsid();
    make_child(numbers->b, false);
    make_child(numbers->b, true);
    while (true) ::pause();
  }
  pid_t one = 0, other = 0;
  REQUIRE(linux::read_exactly(numbers->a, &one, sizeof one));
  REQUIRE(linux::read_exactly(numbers->a, &other, sizeof other));
  REQUIRE(eventually([&] { return (state_of(one) == 'T') != (state_of(other) == 'T'); }));
  const pid_t stopped = state_of(one) == 'T' ? one : other;
  const pid_t running = stopped == one ? other : one;
  {
    const run::Suspension suspension(*first, {});
    CHECK(eventually([&] { return state_of(first->pid) == 'T' && state_of(running) == 'T'; }));
    CHECK(state_of(::getpid()) == 'R');
  }
  CHECK(eventually([&] { return state_of(first->pid) == 'S' && state_of(running) == 'S'; }));
  CHECK(state_of(stopped) == 'T');
  for (const pid_t pid : {one, other}) ::kill(pid, SIGKILL);
  linux::end_now(*first);
}
