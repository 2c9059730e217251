#include "core/run/container.hpp"

#include <unistd.h>

#include "core/linux/clock.hpp"
#include "core/linux/namespaces.hpp"
#include "core/linux/process.hpp"
#include "core/linux/streams.hpp"
#include "core/run/calls.hpp"
#include "core/run/early_signals.hpp"
#include "core/run/ending.hpp"
#include "core/run/explain.hpp"
#include "core/run/failure.hpp"
#include "core/run/fault.hpp"
#include "core/run/foreign_owners.hpp"
#include "core/run/head_start.hpp"
#include "core/run/ids.hpp"
#include "core/run/journal.hpp"
#include "core/run/losses.hpp"
#include "core/run/orders.hpp"
#include "core/run/planning.hpp"
#include "core/run/preparing.hpp"
#include "core/run/removal.hpp"
#include "core/run/runtime_directory.hpp"
#include "core/run/shifting.hpp"
#include "core/run/taking_back.hpp"
#include "core/run/watch.hpp"
#include "core/run/wire.hpp"
#include "core/steps/steps.hpp"
#include "core/store/kept.hpp"

namespace slipway::run {
namespace {

class Supervisor {
 public:
  Supervisor(const config::Request& request, const Wishes& wishes, HeadStart&& head, MakeColdStart make_cold)
      : request_(request), wishes_(wishes), make_cold_(make_cold), head_(std::move(head)) {}

  tl::expected<int, Failure> run() {
    last_ns_ = head_.begin_ns;
    auto status = make_and_watch();
    // Who asked has mostly caused the failure. Who asks from now on is told of it.
    if (!status && status.error().status != kNeedsColdStart) (void)interruption_.comes();
    const int asked_to_end = early_.asked_to_end();
    spent(Span::program);
    // Whatever happened: the child first, since its mounts hold what the journal lists.
    if (auto ended = head_.first.end([this] { return interruption_.comes(); }); !ended) {
      const Error& error = ended.error();
      tell({{Severity::warning, {}, "", "a process of the container lives on: " + sentence(error), error.hint}});
    }
    reached(Moment::ended);
    if (status && !kept_.empty()) keep();
    if (journal_) {
      LateSignals late(*head_.signals);
      status = with_problems(std::move(status), take_back(*journal_, planning_->caller(), late));
      // One that waits would end this process before it has told of the end.
      (void)late.give_up();
    }
    spent(Span::undo);
    tell_memory();
    // Who asked for the end needs no error to be told of it.
    if (!status && asked_to_end != 0) return kKilled + asked_to_end;
    return status;
  }

 private:
  // Of what could not be taken back: the run's failure, or told beside the reason for which it failed.
  tl::expected<int, Failure> with_problems(tl::expected<int, Failure> status,
                                           const std::vector<Error>& problems) const {
    Failure failure;
    for (const Error& error : problems) {
      if (!status)
        tell({{Severity::warning, {}, "", "what the run left stays for now: " + sentence(error), error.hint}});
      const Failure one = failure_of(error);
      failure.findings.insert(failure.findings.end(), one.findings.begin(), one.findings.end());
    }
    if (!status || problems.empty()) return status;
    return tl::unexpected(std::move(failure));
  }

  tl::expected<int, Failure> make_and_watch() {
    if (!head_.signals) return tl::unexpected(failure_of(head_.signals.error()));
    interruption_ = {&head_.signals->descriptor(), [this] { return is_asked_to_end(); }};
    auto store = open_store(wishes_.store);
    if (!store) return tl::unexpected(failure_of(store.error()));
    store_.emplace(std::move(*store));
    host_ = linux::probe_host_quickly();
    if (wishes_.tty != Wishes::Tty::automatic) host_.terminal = wishes_.tty == Wishes::Tty::yes;
    planning_.emplace(request_, *store_, interruption_, make_cold_start(),
                      !wishes_.without.starts && !wishes_.without.images);
    if (auto read = planning_->read(host_); !read) return tl::unexpected(read.error());
    reached(Moment::configured);
    if (auto made = make_first_process(); !made) return tl::unexpected(failure_of(made.error()));
    if (child_tells_early(!ids_.none())) {
      if (auto said = receive_message(head_.first.control()); said && *said) (void)hear(**said);
    }
    spent(Span::read);
    if (auto planned = make_plan(); !planned) return tl::unexpected(planned.error());
    spent(Span::plan);
    // That it has ended is found out, and told, when it is to get its plan.
    const auto should_stop = [this] { return interruption_.comes(); };
    if (auto mapped = head_.first.finish_id_map(should_stop); !mapped && !linux::has_ended(head_.first.process())) {
      return tl::unexpected(failure_of(mapped.error()));
    }
    spent(Span::map_ids);
    if (auto prepared = prepare(); !prepared) return tl::unexpected(prepared.error());
    if (auto attached = attach(); !attached) return tl::unexpected(attached.error());
    reached(Moment::prepared);
    spent(Span::prepare);
    Watch watch(
        head_.first.process(), head_.first.orphans(), head_.first.control(), *head_.signals, ending_,
        early_.take_others(), [this](const ChildMessage& said) { return hear(said); }, [this] { spent(Span::start); },
        wishes_.killed_message);
    if (orders_.shifts) {
      auto shifted =
          shift_results(results_, planning_->plan(), planning_->isolation(), head_.first.process().pid, store_->path());
      if (!shifted) return tl::unexpected(failure_of(shifted.error()));
    }
    if (auto sent = send_plan(head_.first.control(), planning_->child_steps(), results_, orders_); !sent)
      return tl::unexpected(watch.last_words());
    reached(Moment::sent);
    results_.clear();
    if (wishes_.on_memory) memory_.worker = linux::peak_of_children();
    // The container's alone from here on: who reads from a pipe's other end is told when the container closes it.
    linux::close_passed_on(static_cast<int>(planning_->terms().preserve_fds));
    planning_->remember();  // now that the child has its plan, so that nobody waits for it
    auto status = watch.until_end();
    if (watch.ending()) memory_.container = watch.ending()->peak_bytes;
    return status;
  }

  std::unique_ptr<ColdStart> make_cold_start() {
    if (make_cold_ == nullptr) return nullptr;
    const auto records = wishes_.without.images ? ImageRecords::ignore : ImageRecords::use;
    return make_cold_(request_, *store_, interruption_, records);
  }

  // Unless the one that was made at the beginning will do.
  Result<void> make_first_process() {
    const config::Isolation& isolation = planning_->isolation();
    auto ids = isolation.user == config::Isolation::User::automatic ? head_.ids : ids_of(isolation);
    if (!ids) return tl::unexpected(ids.error());
    ids_ = std::move(*ids);
    layer_ids_ = layer_ids(isolation, ids_);
    const std::uint64_t namespaces = linux::namespace_flags(isolation.namespaces);
    // What was made before standard input was taken for the image still has it.
    // And what may have to call functions of plugins has them from its maker.
    first_caller_ = planning_->caller();
    const bool may_fit = isolation.joins.empty() && !planning_->has_taken_input() && first_caller_ == nullptr;
    if (may_fit && head_.first.fits(namespaces, ids_)) return {};
    (void)head_.first.end();
    auto joins = open_joins(isolation);
    if (!joins) return tl::unexpected(joins.error());
    auto first = FirstProcess::make(namespaces, ids_, *joins, first_caller_);
    if (!first) return tl::unexpected(first.error());
    head_.first = std::move(*first);
    return {};
  }

  tl::expected<void, Failure> make_plan() {
    Findings notes;
    reached(Moment::planning);
    auto planned = planning_->make_plan(ids_, notes);
    tell(notes);
    if (!planned) return planned;
    // A record was not true any more, and plugins are loaded only now.
    if (planning_->caller() != first_caller_) {
      if (auto made = make_first_process(); !made) return tl::unexpected(failure_of(made.error()));
    }
    if (wishes_.on_event) tell({{Severity::info, {}, "", "the image is: " + describe(planning_->image().fact), ""}});
    reached(Moment::planned);
    if (auto kept = keep_terms(); !kept) return tl::unexpected(failure_of(kept.error()));
    // It may have been due while nobody knew that it matters.
    if (ending_.due() != 0 && is_asked_to_end()) return tl::unexpected(Failure{});
    if (auto read = planning_->read_files(); !read) return tl::unexpected(failure_of(read.error()));
    orders_ = orders_for(planning_->isolation(), ids_, host_, when_to_tell_times());
    if (!wishes_.fault) return {};
    planning_->need_whole_plan();
    auto fault = aim(*wishes_.fault, planning_->plan());
    if (!fault) return tl::unexpected(failure_of(fault.error()));
    orders_.fault = *fault;
    return {};
  }

  [[nodiscard]] Times when_to_tell_times() const {
    if (!wishes_.on_event) return Times::untold;
    return wishes_.events_may_wait ? Times::together : Times::each;
  }

  // What the plan says of the program's end, and what it is to have open.
  Result<void> keep_terms() {
    const plan::Terms& terms = planning_->terms();
    if (auto open = linux::check_passed_on(static_cast<int>(terms.preserve_fds)); !open) return open;
    if (auto watched = ending_.watch(terms, head_.parent, head_.signals->descriptor()); !watched) return watched;
    if (ending_.either()) interruption_.descriptor = &ending_.either();
    return {};
  }

  bool is_asked_to_end() { return early_.ask_to_end(*head_.signals, ending_.due()); }

  tl::expected<void, Failure> prepare() {
    const std::string directory = runtime_directory();
    auto journal = Journal::begin(directory);
    if (!journal) return tl::unexpected(failure_of(explain_runtime_directory(journal.error(), directory)));
    journal_.emplace(std::move(*journal));
    // Before it gets its plan: until then it cannot become a program that outlives this process.
    if (auto child = container_process(head_.first.process().pid); child.start_time != 0) {
      child.stop_signal = planning_->terms().stop_signal;
      child.stop_timeout_s = planning_->terms().stop_timeout_s;
      if (auto noted = journal_->add(child); !noted) return tl::unexpected(failure_of(noted.error()));
    }
    reached(Moment::journalled);
    if (wishes_.begun) wishes_.begun({journal_->run(), planning_->is_recorded()});
    const auto remove = [this](const RunDirectory& record) {
      return remove_run_directory(record, [this] { return interruption_.comes(); });
    };
    const std::vector<Error> left = sweep_journals(directory, remove);
    if (early_.asked_to_end() != 0) return tl::unexpected(Failure{});
    for (const Error& error : left) {
      tell({{Severity::warning, {}, "", "what a dead run left stays for now: " + sentence(error), error.hint}});
    }
    Findings notes;
    const std::string ids = layer_ids_.to_text();
    const auto announce = [&](const std::string& staging) -> Result<void> {
      auto noted = journal_->add(RunDirectory{RunDirectory::Kind::staging, staging, ids, store_->path()});
      reached(Moment::staging);
      return noted;
    };
    ImageLayers layers(planning_->image().fact, [&] { return planning_->layers(announce, notes); });
    // Whose owners a step may have mapped.
    const pid_t child = ids_.none() ? 0 : head_.first.process().pid;
    Preparing preparing(*store_, layers, *journal_, layer_ids_, results_, interruption_, child);
    const auto act = [&](const plan::PlannedStep& step) {
      return is_call(step) ? call(step) : steps::apply(step.step, preparing);
    };
    if (auto done = carry_out(steps::Phase::prepare, act); !done) return done;
    for (Finding& note : loss_notes(preparing.losses(), planning_->isolation())) notes.push_back(std::move(note));
    tell(notes);
    kept_ = preparing.kept();
    locks_ = layers.take_locks();
    return {};
  }

  // All steps of the phase are calls.
  tl::expected<void, Failure> attach() {
    if (!has_steps(planning_->plan(), steps::Phase::attach)) return {};
    const auto hear_it = [this](const ChildMessage& said) { return hear(said); };
    if (auto ready = calls().wait_for_namespaces(hear_it); !ready) return ready;
    return carry_out(steps::Phase::attach, [this](const plan::PlannedStep& step) { return call(step); });
  }

  Calls calls() {
    return {planning_->caller(), head_.first, interruption_, [this](const Finding& said) { tell({said}); }};
  }

  Result<linux::Fd> call(const plan::PlannedStep& step) {
    auto result = calls().make(step, results_, *journal_);
    if (result && !step.common.as.empty()) orders_.detached.push_back(step.common.as);
    return result;
  }

  // Out of the reach of what the journal lists, which then finds nothing.
  void keep() const {
    auto path = store::keep_run_directory(*store_, journal_->run());
    if (!path) tell({{Severity::warning, {}, "", sentence(path.error()), path.error().hint}});
    if (!path || !wishes_.on_kept) return;
    for (const std::string& name : kept_) wishes_.on_kept(*path + "/" + name);
  }

  using Act = std::function<Result<linux::Fd>(const plan::PlannedStep&)>;

  tl::expected<void, Failure> carry_out(steps::Phase phase, const Act& act) {
    const std::vector<plan::PlannedStep>& steps = planning_->plan().steps;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (steps[i].phase != phase) continue;
      if (auto done = carry_out(steps[i], static_cast<std::uint32_t>(i + 1), act); !done) return done;
    }
    return {};
  }

  tl::expected<void, Failure> carry_out(const plan::PlannedStep& step, std::uint32_t number, const Act& act) {
    if (orders_.fault.step == number && orders_.fault.victim == Victim::worker) {
      wish_kill(Moment::calling, Victim::worker);
    } else if (orders_.fault.step == number && orders_.fault.victim != Victim::none) {
      kill_victim(orders_.fault.victim);
    } else if (orders_.fault.step == number) {
      return tl::unexpected(
          failure_of(step, number, {orders_.fault.code, "made to fail", "", "--fault asked for this"}, kOwnFailure));
    }
    const std::uint64_t begin = linux::monotonic_ns();
    auto result = act(step);
    if (!result) return tl::unexpected(failure_of(step, number, explained(step, result.error()), kOwnFailure));
    if (wishes_.on_event) wishes_.on_event({number, &step, linux::monotonic_ns() - begin});
    if (!step.common.as.empty()) results_.insert_or_assign(step.common.as, std::move(*result));
    return {};
  }

  std::optional<Failure> hear(const ChildMessage& said) {
    if (said.kind == ChildMessage::Kind::kill) {
      kill_victim(said.victim);
      return std::nullopt;
    }
    if (said.kind == ChildMessage::Kind::failed || said.kind == ChildMessage::Kind::step_done)
      planning_->need_whole_plan();
    const std::vector<plan::PlannedStep>& steps = planning_->plan().steps;
    const plan::PlannedStep* step = said.step >= 1 && said.step <= steps.size() ? &steps[said.step - 1] : nullptr;
    if (said.kind == ChildMessage::Kind::step_done) {
      if (step != nullptr && wishes_.on_event) wishes_.on_event({said.step, step, said.nanoseconds});
      return std::nullopt;
    }
    if (said.kind == ChildMessage::Kind::ready) return std::nullopt;
    if (said.kind == ChildMessage::Kind::note) {
      const plan::CallAnswer::Report report{static_cast<Severity>(said.status), said.error.doing, said.error.hint};
      if (step != nullptr) tell({finding_of(*step, report)});
      return std::nullopt;
    }
    if (step == nullptr) return failure_of(explain_namespaces(said.error, ids_), said.status);
    const bool is_fault = orders_.fault.step == said.step;
    return failure_of(*step, said.step, is_fault ? said.error : explained(*step, said.error), said.status);
  }

  [[nodiscard]] Error explained(const plan::PlannedStep& step, const Error& error) const {
    Error told = explain_step(explain_user(error, ids_, planning_->isolation()), step.step, ids_, store_->path());
    return explain_foreign_owner(std::move(told), step, planning_->plan(), ids_);
  }

  // Since the last time that this was asked.
  void spent(Span span) {
    if (!wishes_.on_span) return;
    const std::uint64_t now = linux::monotonic_ns();
    wishes_.on_span(span, now - std::exchange(last_ns_, now));
  }

  void tell_memory() {
    if (!wishes_.on_memory) return;
    memory_.supervisor = linux::peak_of_this_process();
    wishes_.on_memory(memory_);
  }

  void tell(const Findings& notes) const {
    if (!wishes_.on_warning) return;
    for (const Finding& note : notes) wishes_.on_warning(note);
  }

  const config::Request& request_;
  const Wishes& wishes_;
  MakeColdStart make_cold_;
  HeadStart head_;
  linux::IdMap ids_{};
  linux::IdMap layer_ids_{};  ///< what lies in the store has these
  Interruption interruption_{};
  Ending ending_{};
  EarlySignals early_{};
  std::optional<store::Store> store_{};
  linux::HostAbilities host_{};
  std::optional<Planning> planning_{};
  const plan::Caller* first_caller_ = nullptr;  ///< what the container's first process calls functions by
  Orders orders_{};
  std::uint64_t last_ns_ = 0;
  Memory memory_{};
  std::optional<Journal> journal_{};
  std::map<std::string, linux::Fd> results_{};
  std::vector<std::string> kept_{};  ///< directories of the run's own that outlive it
  std::vector<linux::Fd> locks_{};   // layers are held until the program has ended
};

}  // namespace

tl::expected<int, Failure> run_container(const config::Request& request, const Wishes& wishes, HeadStart head,
                                         MakeColdStart make_cold) {
  return Supervisor(request, wishes, std::move(head), make_cold).run();
}

}  // namespace slipway::run
