#include "core/run/container.hpp"

#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "core/linux/clock.hpp"
#include "core/linux/namespaces.hpp"
#include "core/linux/process.hpp"
#include "core/run/child.hpp"
#include "core/run/fault.hpp"
#include "core/run/ids.hpp"
#include "core/run/image.hpp"
#include "core/run/journal.hpp"
#include "core/run/losses.hpp"
#include "core/run/planning.hpp"
#include "core/run/preparing.hpp"
#include "core/run/removal.hpp"
#include "core/run/signals.hpp"
#include "core/run/watch.hpp"
#include "core/run/wire.hpp"
#include "core/steps/steps.hpp"

namespace slipway::run {
namespace {

constexpr int kKilled = 128;                    // plus the signal's number
constexpr std::uint64_t kNewUser = 0x10000000;  // CLONE_NEWUSER
constexpr std::uint64_t kNewPid = 0x20000000;   // CLONE_NEWPID

// What an ordinary user without a user namespace would hear from the kernel is a bare "Operation not permitted".
Error explain_clone(Error error, const linux::IdMap& ids) {
  if (error.code == EPERM && ids.none() && ::geteuid() != 0) {
    error.hint = "an ordinary user needs a user namespace: \"isolation\": {\"user\": \"auto\"}";
  } else if (error.code == EPERM && !ids.none()) {
    error.hint =
        "user namespaces are held back here: look at /proc/sys/user/max_user_namespaces, "
        "/proc/sys/kernel/unprivileged_userns_clone and the security module's settings";
  } else if (error.code == ENOSPC) {
    error.hint = "a limit in /proc/sys/user is reached";
  }
  return error;
}

class Supervisor {
 public:
  Supervisor(const config::Request& request, const Wishes& wishes) : request_(request), wishes_(wishes) {}

  tl::expected<int, Failure> run() {
    auto status = make_and_watch();
    // Whatever happened: the child first, since its mounts hold what the journal lists.
    if (child_.pidfd) linux::end_now(child_);
    if (adopts_orphans_) linux::end_orphans();
    if (journal_) {
      if (auto undone = journal_->undo(remove_run_directory); !undone) {
        if (status) return tl::unexpected(failure_of(undone.error()));
        const Error& error = undone.error();  // beside the reason for which the run failed
        tell({{Severity::warning, {}, "", "what the run left stays for now: " + sentence(error), error.hint}});
      }
    }
    // Who asked for the end needs no error to be told of it.
    if (!status && asked_to_end_ != 0) return kKilled + asked_to_end_;
    return status;
  }

 private:
  tl::expected<int, Failure> make_and_watch() {
    auto signals = Signals::take();
    if (!signals) return tl::unexpected(failure_of(signals.error()));
    signals_.emplace(std::move(*signals));
    interruption_ = {&signals_->descriptor(), [this] { return is_asked_to_end(); }};
    auto store = open_store(wishes_.store);
    if (!store) return tl::unexpected(failure_of(store.error()));
    store_.emplace(std::move(*store));
    host_ = linux::probe_host();
    planning_.emplace(request_, *store_, interruption_, true);
    if (auto read = planning_->read(); !read) return tl::unexpected(read.error());
    if (auto started = start_child(); !started) return tl::unexpected(failure_of(started.error()));
    if (auto planned = make_plan(); !planned) return tl::unexpected(planned.error());
    if (auto prepared = prepare(); !prepared) return tl::unexpected(prepared.error());
    Watch watch(child_, control_, *signals_, std::move(early_signals_),
                [this](const ChildMessage& said) { return hear(said); });
    if (auto sent = send_plan(control_, planning_->child_steps(), results_, fault_); !sent)
      return tl::unexpected(watch.last_words());
    results_.clear();
    planning_->remember(host_);  // now that the child has its plan, so that nobody waits for it
    return watch.until_end();
  }

  // The child is made before the plan is ready: its namespaces come into being while this process plans.
  Result<void> start_child() {
    auto sockets = linux::make_socket_pair(linux::Socket::stream);
    if (!sockets) return tl::unexpected(sockets.error());
    const linux::IdMap& ids = planning_->ids();
    const std::uint64_t all = linux::namespace_flags(planning_->isolation().namespaces);
    // A pid namespace is made with its first process; a user namespace comes first of all, as it owns the others.
    const std::uint64_t at_clone = (all & kNewPid) | (ids.none() ? 0 : kNewUser);
    ChildSetup setup;
    setup.namespaces = all & ~kNewPid;
    setup.waits_for_ids = !ids.none();
    setup.may_set_groups = ids.none() || !ids.single();
    setup.tells_times = static_cast<bool>(wishes_.on_event);
    if (host_.terminal) {
      const char* term = ::secure_getenv("TERM");
      setup.term = term != nullptr ? term : "xterm";
    }
    if ((all & kNewPid) == 0) {
      // With a pid namespace the end of its first process ends all others; without one they would stay behind.
      adopts_orphans_ = true;
      if (auto adopting = linux::adopt_orphans(); !adopting) return adopting;
    }
    auto child = linux::clone_process(at_clone);
    if (!child) return tl::unexpected(explain_clone(child.error(), ids));
    if (child->pid == 0) {
      sockets->a.reset();
      setup.control = std::move(sockets->b);
      child_main(std::move(setup));
    }
    child_ = std::move(*child);
    control_ = std::move(sockets->a);
    if (ids.none()) return {};
    if (auto mapped = linux::write_id_maps(child_.pid, ids); !mapped) return mapped;
    return linux::write_all(control_, std::string_view(&kIdsAreMapped, 1));
  }

  tl::expected<void, Failure> make_plan() {
    Findings notes;
    auto planned = planning_->make_plan(host_, notes);
    tell(notes);
    if (!planned) return planned;
    if (wishes_.fault || wishes_.on_event) planning_->need_whole_plan();
    if (!wishes_.fault) return {};
    const auto fault = fault_in(planning_->plan(), *wishes_.fault);
    if (!fault) {
      return tl::unexpected(failure_of(
          Error{0, "the plan has no such step to make fail", wishes_.fault->type, "slipway plan lists its steps"}));
    }
    fault_ = *fault;
    return {};
  }

  bool is_asked_to_end() {
    while (const auto signal = signals_->next()) {
      if (asks_to_end(*signal)) {
        asked_to_end_ = *signal;
        return true;
      }
      early_signals_.push_back(*signal);
    }
    return false;
  }

  tl::expected<void, Failure> prepare() {
    const std::string directory = runtime_directory();
    auto journal = Journal::begin(directory);
    if (!journal) return tl::unexpected(failure_of(journal.error()));
    journal_.emplace(std::move(*journal));
    if (wishes_.begun) wishes_.begun(journal_->run());
    for (const Error& error : sweep_journals(directory, remove_run_directory)) {
      tell({{Severity::warning, {}, "", "what a dead run left stays for now: " + sentence(error), error.hint}});
    }
    Findings notes;
    ImageLayers layers(planning_->image().fact, [&] { return planning_->layers(notes); });
    Preparing preparing(*store_, layers, *journal_, planning_->ids().to_text(), child_.pid);
    const std::vector<plan::PlannedStep>& steps = planning_->plan().steps;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (steps[i].phase != steps::Phase::prepare) continue;
      if (auto done = carry_out(steps[i], static_cast<std::uint32_t>(i + 1), preparing); !done) return done;
    }
    tell(notes);
    locks_ = layers.take_locks();
    return {};
  }

  tl::expected<void, Failure> carry_out(const plan::PlannedStep& step, std::uint32_t number, Preparing& preparing) {
    if (fault_.step == number) {
      return tl::unexpected(
          failure_of(step, number, {fault_.code, "made to fail", "", "--fault asked for this"}, kOwnFailure));
    }
    const std::uint64_t begin = linux::monotonic_ns();
    auto result = steps::apply(step.step, preparing);
    if (!result) return tl::unexpected(failure_of(step, number, result.error(), kOwnFailure));
    if (wishes_.on_event) wishes_.on_event({number, &step, linux::monotonic_ns() - begin});
    if (!step.common.as.empty()) results_.insert_or_assign(step.common.as, std::move(*result));
    return {};
  }

  std::optional<Failure> hear(const ChildMessage& said) {
    if (said.kind == ChildMessage::Kind::failed) planning_->need_whole_plan();
    const std::vector<plan::PlannedStep>& steps = planning_->plan().steps;
    const plan::PlannedStep* step = said.step >= 1 && said.step <= steps.size() ? &steps[said.step - 1] : nullptr;
    if (said.kind == ChildMessage::Kind::step_done) {
      if (step != nullptr && wishes_.on_event) wishes_.on_event({said.step, step, said.nanoseconds});
      return std::nullopt;
    }
    if (step == nullptr) return failure_of(said.error, said.status);
    const Error error = explain_user(said.error, planning_->ids(), planning_->isolation());
    return failure_of(*step, said.step, error, said.status);
  }

  void tell(const Findings& notes) const {
    if (!wishes_.on_warning) return;
    for (const Finding& note : notes) wishes_.on_warning(note);
  }

  const config::Request& request_;
  const Wishes& wishes_;
  std::optional<Signals> signals_{};
  Interruption interruption_{};
  int asked_to_end_ = 0;  ///< the signal that ended the waiting for a worker
  std::vector<int> early_signals_{};
  std::optional<store::Store> store_{};
  linux::HostAbilities host_{};
  std::optional<Planning> planning_{};
  linux::Process child_{};
  bool adopts_orphans_ = false;
  linux::Fd control_{};
  Fault fault_{};
  std::optional<Journal> journal_{};
  std::map<std::string, linux::Fd> results_{};
  std::vector<linux::Fd> locks_{};  // layers are held until the program has ended
};

}  // namespace

tl::expected<int, Failure> run_container(const config::Request& request, const Wishes& wishes) {
  return Supervisor(request, wishes).run();
}

tl::expected<Preview, Failure> preview(plan::Blueprint& blueprint, const std::string& store_path) {
  auto ids = ids_of(blueprint.isolation());
  if (!ids) return tl::unexpected(failure_of(ids.error()));
  auto store = open_store(store_path);
  if (!store) return tl::unexpected(failure_of(store.error()));
  if (auto loaded = blueprint.load(); !loaded) return tl::unexpected(Failure{kOwnFailure, loaded.error()});
  auto image = resolve_image(*store, blueprint, *ids, {});
  if (!image) return tl::unexpected(Failure{kOwnFailure, image.error()});
  const plan::Facts facts{image->text, linux::probe_host(), *ids};
  Findings notes;
  auto plan = blueprint.plan(facts, notes);
  if (!plan) return tl::unexpected(Failure{kOwnFailure, plan.error()});
  return Preview{std::move(*plan), blueprint.facts_text(facts)};
}

}  // namespace slipway::run
