#include "core/run/child.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "core/linux/clock.hpp"
#include "core/linux/mount.hpp"
#include "core/plan/plan.hpp"
#include "core/run/child_calls.hpp"
#include "core/run/child_terminal.hpp"
#include "core/run/failure.hpp"
#include "core/run/guard.hpp"
#include "core/run/under_init.hpp"
#include "core/run/wire.hpp"
#include "core/steps/steps.hpp"

namespace slipway::run {
namespace {

class Child {
 public:
  explicit Child(ChildSetup setup) : setup_(std::move(setup)) {}

  [[noreturn]] void run() {
    if (auto ready = get_ready(); !ready) fail(0, ready.error());
    auto received = receive_plan(setup_.control);
    if (!received) ::_exit(kOwnFailure);  // the supervisor is gone, or has told the user why there is no plan
    orders_ = std::move(received->orders);
    inside_.results = std::move(received->results);
    inside_.has_terminal = orders_.has_terminal;
    inside_.term = orders_.term;
    inside_.may_set_groups = orders_.may_set_groups;
    inside_.results_are_mounts = orders_.shifts;
    inside_.detached.insert(orders_.detached.begin(), orders_.detached.end());
    auto steps = plan::child_steps_from(received->steps);
    if (!steps) fail(0, steps.error());
    inside_.notes_mounts = std::any_of(
        steps->begin(), steps->end(), [](const plan::NumberedStep& step) { return steps::shows_host_tree(step.step); });
    kept_for_calls_ = results_for_seal(*steps);
    for (const plan::NumberedStep& step : *steps) {
      if (const auto* exec = std::get_if<steps::Exec>(&step.step))
        after_passed_on_ += static_cast<unsigned>(exec->preserve_fds);
    }
    for (const plan::NumberedStep& step : *steps) carry_out(step);
    fail(0, Error{0, "the plan has no program to run", "", ""});
  }

 private:
  Result<void> get_ready() {
    pass(Moment::child_begun);
    if (auto tied = tie_to_supervisor(); !tied) return tied;
    if (setup_.mapped) {
      // Who maps the ids holds the other end, and nobody writes.
      if (auto end = linux::read_all(setup_.mapped, 0); !end) return tl::unexpected(end.error());
      setup_.mapped.reset();
      // Its ids were the overflow ids until now; from here on it is root of its user namespace.
      if (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0)
        return failure(errno, "become root of the user namespace");
      pass(Moment::child_root);
      if (auto tied = tie_to_supervisor(); !tied) return tied;
    }
    if (setup_.namespaces != 0 && ::unshare(static_cast<int>(setup_.namespaces)) != 0) {
      return failure(errno, "make the container's namespaces", "",
                     errno == ENOSPC ? "a limit in /proc/sys/user is reached" : "");
    }
    if (setup_.guard) {
      if (auto told = tell_guard(setup_.guard); !told) return told;
      setup_.guard.reset();
    }
    // A session of its own: keys typed at the supervisor's terminal reach the container through the supervisor alone.
    (void)::setsid();
    ::umask(0);
    pass(Moment::child_ready);
    if (setup_.caller != nullptr) (void)send_message(setup_.control, {ChildMessage::Kind::ready, 0, 0, 0, {}});
    return {};
  }

  // Comes by a moment at which a test may have a process killed.
  void pass(Moment moment) const {
    if (const Victim victim = victim_at(moment); victim != Victim::none) have_killed(victim);
  }

  // Asks the supervisor to kill itself, or this process, which as the first of its pid namespace cannot do it. Where
  // the supervisor's end should end this one too and does not, it goes on as it would have.
  void have_killed(Victim victim) const {
    ChildMessage message;
    message.kind = ChildMessage::Kind::kill;
    message.victim = victim;
    (void)send_message(setup_.control, message);
    pollfd control{setup_.control.get(), POLLRDHUP, 0};
    constexpr int kLimit_ms = 10'000;
    (void)::poll(&control, 1, kLimit_ms);
  }

  // The container must not outlive its supervisor. A change of ids clears the setting (prctl(2)), so this is called
  // again after each; the socket tells whether the supervisor died in between.
  Result<void> tie_to_supervisor() const {
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return failure(errno, "tie the container to its supervisor");
    pollfd control{setup_.control.get(), POLLRDHUP, 0};
    if (::poll(&control, 1, 0) > 0 && (control.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0) ::_exit(kOwnFailure);
    return {};
  }

  void carry_out(const plan::NumberedStep& step) {
    enter_phase(step);
    const std::uint64_t begin = orders_.times != Times::untold ? linux::monotonic_ns() : 0;
    if (orders_.fault.step == step.number) meet(orders_.fault);
    if (const auto* exec = std::get_if<steps::Exec>(&step.step)) prepare_exec(*exec, step.number);
    if (auto done = apply(step); !done) {
      const bool is_exec = step.phase == steps::Phase::exec;
      fail(step.number, done.error(), is_exec ? inside_.exec_status : kOwnFailure);
    }
    if (std::holds_alternative<steps::User>(step.step)) {
      if (auto tied = tie_to_supervisor(); !tied) fail(step.number, tied.error());
    }
    if (orders_.times != Times::untold) tell_time(step.number, linux::monotonic_ns() - begin);
  }

  void tell_time(std::uint32_t step, std::uint64_t nanoseconds) {
    untold_ += to_bytes({ChildMessage::Kind::step_done, 0, step, nanoseconds, {}});
    if (orders_.times == Times::each) tell_times();
  }

  void tell_times() {
    if (!untold_.empty()) (void)linux::send_all(setup_.control, untold_);
    untold_.clear();
  }

  Result<void> apply(const plan::NumberedStep& step) {
    if (!std::holds_alternative<steps::Call>(step.step)) return steps::apply(step.step, inside_);
    return call_inside(step, setup_.caller, inside_, setup_.control);
  }

  void meet(const Fault& fault) {
    if (fault.victim != Victim::none) return have_killed(fault.victim);
    fail(fault.step, Error{fault.code, "made to fail", "", "--fault asked for this"});
  }

  // What the core does between steps: the base before the first mount, the new root after the last.
  void enter_phase(const plan::NumberedStep& step) {
    const bool spreads = std::holds_alternative<steps::Propagation>(step.step);
    if (step.phase == steps::Phase::mount && !inside_.base && !spreads) {
      if (auto made = steps::make_base(inside_); !made) fail(step.number, made.error());
    }
    if (step.phase > steps::Phase::mount && !entered_) {
      entered_ = true;
      if (orders_.has_terminal) {
        if (auto made = make_terminal(inside_.root, setup_.control, orders_.likeness); !made) fail(0, made.error());
      }
      if (auto in = linux::enter_root(inside_.root, inside_.base); !in) fail(step.number, in.error());
      let_go_of_host();
      pass(Moment::child_moved);
    }
    // What calls after the move were handed goes before a path of the image's choosing is looked up.
    if (step.phase > steps::Phase::seal && !kept_for_calls_.empty()) {
      kept_for_calls_.clear();
      let_go_of_host();
    }
  }

  // From here on paths of the image's choosing are looked up (the working directory, the program), and in the image
  // /proc/self/fd/N leads to whatever N is open on: the layers in the store, the library of a plugin, a directory that
  // the caller left open. So nothing stays open but the standard streams, what the caller passes on beside them, the
  // new root and the socket; and what calls of the seal phase have asked for, until they are made.
  void let_go_of_host() {
    std::erase_if(inside_.results, [this](const auto& result) { return !kept_for_calls_.contains(result.first); });
    inside_.base.reset();
    std::vector<int> kept = {setup_.control.get(), inside_.root.get()};
    for (const auto& [name, fd] : inside_.results) kept.push_back(fd.get());
    linux::close_all_but(after_passed_on_, std::move(kept));
  }

  void prepare_exec(const steps::Exec& exec, std::uint32_t number) {
    tell_times();
    if (exec.init == steps::Init::slipway) {
      if (auto begun = put_under_init(); !begun) fail(number, begun.error());
    }
    if (orders_.has_terminal) {
      if (auto taken = take_controlling_terminal(); !taken) fail(number, taken.error());
    }
    // Only the standard streams and what was passed on cross the exec; the socket's closing there is what tells the
    // supervisor of it.
    (void)::close_range(after_passed_on_, ~0U, CLOSE_RANGE_CLOEXEC);
    constexpr mode_t kUsualUmask = 022;
    ::umask(kUsualUmask);
    for (int signal = 1; signal < NSIG; ++signal) (void)::signal(signal, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
  }

  [[noreturn]] void fail(std::uint32_t step, const Error& error, int status = kOwnFailure) {
    tell_times();
    (void)send_message(setup_.control, {ChildMessage::Kind::failed, static_cast<std::uint8_t>(status), step, 0, error});
    ::_exit(status);
  }

  ChildSetup setup_;
  Orders orders_{};
  steps::Inside inside_{};
  std::string untold_{};                                 ///< messages of steps' times
  std::set<std::string, std::less<>> kept_for_calls_{};  ///< results
  bool entered_ = false;
  unsigned after_passed_on_ = STDERR_FILENO + 1;  ///< the first descriptor that the program does not get
};

}  // namespace

void child_main(ChildSetup setup) { Child(std::move(setup)).run(); }

}  // namespace slipway::run
