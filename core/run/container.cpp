#include "core/run/container.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "core/linux/clock.hpp"
#include "core/linux/namespaces.hpp"
#include "core/linux/process.hpp"
#include "core/run/child.hpp"
#include "core/run/fault.hpp"
#include "core/run/image.hpp"
#include "core/run/journal.hpp"
#include "core/run/preparing.hpp"
#include "core/run/removal.hpp"
#include "core/run/signals.hpp"
#include "core/run/warm_start.hpp"
#include "core/run/wire.hpp"
#include "core/steps/steps.hpp"

namespace slipway::run {
namespace {

constexpr int kOwnFailure = 125;
constexpr int kKilled = 128;                    // plus the signal's number
constexpr std::uint64_t kNewUser = 0x10000000;  // CLONE_NEWUSER
constexpr std::uint64_t kNewPid = 0x20000000;   // CLONE_NEWPID

Failure failure_of(const Error& error, int status = kOwnFailure) {
  return {status, {{Severity::error, {}, "", sentence(error), error.hint}}};
}

// Stage, plugin, step and reason in one sentence: "rootfs: fs-overlay: step 9, overlay: …: mount overlay: No space …".
Failure failure_of(const plan::PlannedStep& step, std::uint32_t number, const Error& error, int status) {
  std::string message = step.owner.stage + ": " + step.owner.plugin + ": step " + std::to_string(number) + ", " +
                        plan::to_text(step) + ": " + sentence(error);
  if (error.code != 0) message += " (" + errno_name(error.code) + ")";
  return {status, {{Severity::error, step.owner.place, "", std::move(message), error.hint}}};
}

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

// Passwords are given to programs by -e, or by what else changes exec.env, and a record of the start would keep them on
// disk.
bool says_secrets(const config::Request& request) {
  return std::any_of(request.overrides.begin(), request.overrides.end(), [](const config::Override& change) {
    return change.kind == config::Override::Kind::environment || change.path == "exec" ||
           change.path.starts_with("exec.env");
  });
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
    if (auto read = read_configuration(); !read) return tl::unexpected(read.error());
    if (auto started = start_child(); !started) return tl::unexpected(failure_of(started.error()));
    if (auto planned = make_plan(); !planned) return tl::unexpected(planned.error());
    if (auto prepared = prepare(); !prepared) return tl::unexpected(prepared.error());
    if (auto sent = send_plan(control_, child_steps_, results_, fault_); !sent) return child_gone();
    results_.clear();
    remember();
    return watch();
  }

  // Out of the store's record of an earlier start, else from the words themselves.
  tl::expected<void, Failure> read_configuration() {
    if (!says_secrets(request_)) key_ = start_key(request_);
    if (key_) warm_ = find_start(*store_, *key_);
    if (warm_) {
      isolation_ = warm_->isolation;
    } else if (auto read = read_blueprint(); !read) {
      return read;
    }
    auto ids = ids_of(isolation_);
    if (!ids) return tl::unexpected(failure_of(ids.error()));
    ids_ = std::move(*ids);
    return {};
  }

  tl::expected<void, Failure> read_blueprint() {
    auto blueprint = plan::Blueprint::read(request_);
    if (!blueprint) return tl::unexpected(Failure{kOwnFailure, blueprint.error()});
    blueprint_.emplace(std::move(*blueprint));
    isolation_ = blueprint_->isolation();
    return {};
  }

  // The child is made before the plan is ready: its namespaces come into being while this process plans.
  Result<void> start_child() {
    auto sockets = linux::make_socket_pair(linux::Socket::stream);
    if (!sockets) return tl::unexpected(sockets.error());
    const std::uint64_t all = linux::namespace_flags(isolation_.namespaces);
    // A pid namespace is made with its first process; a user namespace comes first of all, as it owns the others.
    const std::uint64_t at_clone = (all & kNewPid) | (ids_.none() ? 0 : kNewUser);
    ChildSetup setup;
    setup.namespaces = all & ~kNewPid;
    setup.waits_for_ids = !ids_.none();
    setup.may_set_groups = ids_.none() || !ids_.single();
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
    if (!child) return tl::unexpected(explain_clone(child.error(), ids_));
    if (child->pid == 0) {
      sockets->a.reset();
      setup.control = std::move(sockets->b);
      child_main(std::move(setup));
    }
    child_ = std::move(*child);
    control_ = std::move(sockets->a);
    if (ids_.none()) return {};
    if (auto mapped = linux::write_id_maps(child_.pid, ids_); !mapped) return mapped;
    return linux::write_all(control_, std::string_view(&kIdsAreMapped, 1));
  }

  tl::expected<void, Failure> make_plan() {
    if (warm_) {
      if (auto warm = warm_image(*store_, *warm_, host_, ids_)) {
        if (auto plan = plan::plan_from(warm_->preparation)) {
          image_.emplace(std::move(warm->image));
          layers_ = std::move(warm->layers);
          plan_ = std::move(*plan);
          child_steps_ = std::move(warm_->child);
          return choose_fault();
        }
      }
      // The image, the host or the store is not what it was: from the beginning.
      warm_.reset();
      if (auto read = read_blueprint(); !read) return read;
    }
    blueprint_->on_crash_end_with(kOwnFailure);
    if (auto loaded = blueprint_->load(); !loaded) return tl::unexpected(Failure{kOwnFailure, loaded.error()});
    auto image = resolve_image(*store_, *blueprint_, ids_, interruption_);
    if (!image) return tl::unexpected(Failure{kOwnFailure, image.error()});
    image_.emplace(std::move(*image));
    Findings notes = image_->notes;
    auto plan = blueprint_->plan({image_->text, host_, ids_}, notes);
    tell(notes);
    if (!plan) return tl::unexpected(Failure{kOwnFailure, plan.error()});
    plan_ = std::move(*plan);
    child_steps_ = plan::child_steps_text(plan_);
    may_remember_ = notes.empty();  // what has to be said again must be found out again
    return choose_fault();
  }

  // After the child has its plan, so that nobody waits for it.
  void remember() {
    if (warm_ || !may_remember_ || !key_ || !blueprint_) return;
    keep_start(*store_, *key_, *blueprint_, plan_, facts_fingerprint(image_->text, host_, ids_));
  }

  // A recorded start has only the steps that are carried out here; the others are looked up when something is said of
  // them.
  void need_whole_plan() {
    if (!warm_ || warm_->whole.empty()) return;
    if (auto plan = plan::plan_from(warm_->whole)) plan_ = std::move(*plan);
    warm_->whole.clear();
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

  tl::expected<void, Failure> choose_fault() {
    if (wishes_.fault || wishes_.on_event) need_whole_plan();
    if (!wishes_.fault) return {};
    if (auto fault = fault_in(plan_, *wishes_.fault)) {
      fault_ = *fault;
      return {};
    }
    return tl::unexpected(failure_of(
        Error{0, "the plan has no such step to make fail", wishes_.fault->type, "slipway plan lists its steps"}));
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
    ImageLayers layers(image_->fact, [&]() -> Result<std::vector<store::Layer>> {
      if (!layers_.empty()) return std::move(layers_);
      return bring_in_layers(*store_, *blueprint_, *image_, ids_, interruption_, notes);
    });
    Preparing preparing(*store_, layers, *journal_, ids_.to_text(), child_.pid);
    for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
      const plan::PlannedStep& step = plan_.steps[i];
      if (step.phase != steps::Phase::prepare) continue;
      const auto number = static_cast<std::uint32_t>(i + 1);
      if (fault_.step == number) {
        return tl::unexpected(
            failure_of(step, number, {fault_.code, "made to fail", "", "--fault asked for this"}, kOwnFailure));
      }
      const std::uint64_t begin = linux::monotonic_ns();
      auto result = steps::apply(step.step, preparing);
      if (!result) return tl::unexpected(failure_of(step, number, result.error(), kOwnFailure));
      if (wishes_.on_event) wishes_.on_event({number, &step, linux::monotonic_ns() - begin});
      if (!step.common.as.empty()) results_.insert_or_assign(step.common.as, std::move(*result));
    }
    tell(notes);
    locks_ = layers.take_locks();
    return {};
  }

  // Until the program's end: what the child has to say, signals to pass on, and the end itself.
  tl::expected<int, Failure> watch() {
    Impatience impatience;
    std::optional<Failure> failed;
    while (true) {
      std::array<pollfd, 3> watched{{{control_ ? control_.get() : -1, POLLIN, 0},
                                     {child_.pidfd.get(), POLLIN, 0},
                                     {signals_->descriptor().get(), POLLIN, 0}}};
      if (::poll(watched.data(), watched.size(), -1) < 0) {
        if (errno == EINTR) continue;
        return tl::unexpected(failure_of(Error{errno, "wait for the container", "", ""}));
      }
      if (watched[0].revents != 0) {
        if (auto told = hear_child()) failed = std::move(told);
        if (!control_) pass_early_signals();
        continue;  // all that it said comes before its end
      }
      if (watched[2].revents != 0) pass_signals(impatience);
      if (watched[1].revents != 0) return ended(std::move(failed));
    }
  }

  std::optional<Failure> hear_child() {
    auto message = receive_message(control_);
    if (!message || !*message) {
      control_.reset();  // it has become the program, or is dead
      return std::nullopt;
    }
    const ChildMessage& said = **message;
    if (said.kind == ChildMessage::Kind::failed) need_whole_plan();
    const plan::PlannedStep* step =
        said.step >= 1 && said.step <= plan_.steps.size() ? &plan_.steps[said.step - 1] : nullptr;
    if (said.kind == ChildMessage::Kind::step_done) {
      if (step != nullptr && wishes_.on_event) wishes_.on_event({said.step, step, said.nanoseconds});
      return std::nullopt;
    }
    if (step == nullptr) return failure_of(said.error, said.status);
    return failure_of(*step, said.step, said.error, said.status);
  }

  void pass_signals(Impatience& impatience) {
    while (const auto signal = signals_->next()) {
      const bool enough = impatience.counts(*signal, linux::monotonic_ns());
      (void)linux::send_signal(child_, enough ? SIGKILL : *signal);
    }
  }

  // What was meant for the container before it had its program.
  void pass_early_signals() {
    for (const int signal : std::exchange(early_signals_, {})) (void)linux::send_signal(child_, signal);
  }

  tl::expected<int, Failure> ended(std::optional<Failure> failed) {
    auto ending = linux::wait_for(child_);
    child_.pidfd.reset();
    if (failed) return tl::unexpected(std::move(*failed));
    if (!ending) return tl::unexpected(failure_of(ending.error()));
    return ending->shell_status();
  }

  // The child died before it could take the plan: what it said last is the reason.
  tl::expected<int, Failure> child_gone() {
    while (control_) {
      if (auto told = hear_child()) return tl::unexpected(std::move(*told));
    }
    return tl::unexpected(failure_of(Error{0, "the container's process ended before it had its plan", "", ""}));
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
  std::optional<std::string> key_{};
  std::optional<plan::StartRecord> warm_{};
  std::optional<plan::Blueprint> blueprint_{};  ///< unless this is a warm start
  config::Isolation isolation_{};
  linux::IdMap ids_{};
  linux::HostAbilities host_{};
  linux::Process child_{};
  bool adopts_orphans_ = false;
  linux::Fd control_{};
  std::optional<store::Store> store_{};
  std::optional<ResolvedImage> image_{};
  std::vector<store::Layer> layers_{};  ///< of a warm start, until they are asked for
  plan::Plan plan_{};
  std::string child_steps_{};
  bool may_remember_ = false;
  Fault fault_{};
  std::optional<Journal> journal_{};
  std::map<std::string, linux::Fd> results_{};
  std::vector<linux::Fd> locks_{};  // layers are held until the program has ended
};

}  // namespace

Result<linux::IdMap> ids_of(const config::Isolation& isolation) {
  switch (isolation.user) {
    case config::Isolation::User::automatic:
      return linux::automatic_id_map();
    case config::Isolation::User::single:
      return linux::single_id_map();
    case config::Isolation::User::none:
      break;
  }
  return linux::IdMap{};
}

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
