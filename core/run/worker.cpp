#include "core/run/worker.hpp"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "core/doctor/cause.hpp"
#include "core/linux/id_mapping.hpp"
#include "core/linux/lookup.hpp"
#include "core/linux/mount.hpp"
#include "core/linux/program.hpp"
#include "core/run/moments.hpp"
#include "sdk/host/guard.hpp"
#include "sdk/host/nesting.hpp"

namespace slipway::run {
namespace {

using linux::Fd;
using store::Failed;

constexpr const char* kDoing = "start the worker that unpacks images";
constexpr const char* kPlace = "prepare descriptors";  // above a number that the limit may be below
constexpr std::string_view kMakeMounts = "make a mount namespace";
constexpr std::string_view kHandOver = "hand over the image for reading only";
constexpr int kCannotStart = 121;  // told apart from what the worker itself exits with

// What the child needs, ready before it is made: it allocates nothing.
struct ChildPlan {
  int program = -1;
  int error_output = -1;
  int nothing = -1;                                            // /dev/null
  std::array<int, store::kWorkerDescriptorEnd> descriptors{};  // by the number that they get
  int directory = -1;                                          // the one that it may write to
  bool own_ids = false;
  bool is_spool = false;
};

[[noreturn]] void end_child(const char* what) {
  // Its standard error is the supervisor's pipe.
  const char* why = ::strerrorname_np(errno);
  for (const char* text : {what, ": ", why == nullptr ? "unknown error" : why}) {
    if (::write(STDERR_FILENO, text, ::strlen(text)) < 0) break;
  }
  ::_exit(kCannotStart);
}

// Every descriptor first goes out of the way of the others, then to its own number.
void place_descriptors(const ChildPlan& plan) {
  constexpr int kAbove = 64;
  std::array<int, store::kWorkerDescriptorEnd> high{};
  high.fill(-1);
  for (std::size_t i = 0; i < high.size(); ++i) {
    if (plan.descriptors.at(i) >= 0) high.at(i) = ::fcntl(plan.descriptors.at(i), F_DUPFD_CLOEXEC, kAbove);
  }
  const int program = ::fcntl(plan.program, F_DUPFD_CLOEXEC, kAbove);
  if (program < 0) end_child(kPlace);
  ::dup2(plan.nothing, STDIN_FILENO);
  ::dup2(plan.nothing, STDOUT_FILENO);
  for (int number = store::kWorkerSocket; number < store::kWorkerDescriptorEnd; ++number) {
    const int from = high.at(static_cast<std::size_t>(number));
    if (from < 0) {
      ::close(number);
    } else if (::dup2(from, number) < 0) {
      end_child(kPlace);
    }
  }
  // Not yet: the one of the program is needed for a moment, and all of them close at exec.
  ::close_range(store::kWorkerDescriptorEnd, ~0U, CLOSE_RANGE_CLOEXEC);
  if (::dup2(program, kAbove - 1) < 0 || ::fcntl(kAbove - 1, F_SETFD, FD_CLOEXEC) < 0) end_child(kPlace);
}

// A worker that is taken over could give the file of a descriptor another owner or a set-id bit: the image is root's
// own file, and /dev/null is everybody's. So it gets them on read-only mounts, and there is no second way.
int read_only(const Fd& file, int flags) {
  auto opened = linux::open_read_only(file, flags);
  if (!opened) {
    errno = opened.error().code;
    end_child(kHandOver.data());
  }
  return opened->release();
}

// Only mounts of the mount namespace that one is in, and has power over, can be copied: root's are those of the host,
// a user's are those of the new namespace, where the file has to be found again. /dev/null is not a user's to change.
void hand_over_host_files(ChildPlan& plan) {
  Fd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!nothing) end_child("open /dev/null");
  plan.nothing = plan.own_ids ? nothing.release() : read_only(nothing, O_RDWR);
  int& source = plan.descriptors.at(store::kWorkerSource);
  if (source < 0 || plan.is_spool) return;  // a spool has no name, and nobody else ever sees it
  const Fd given(source);
  if (!plan.own_ids) {
    source = read_only(given, O_RDONLY);
    return;
  }
  auto again = linux::open_again_here(given);
  if (!again) {
    errno = again.error().code;
    end_child("find the image again");
  }
  source = read_only(*again, O_RDONLY);
}

[[noreturn]] void run_child(ChildPlan plan) {
  ::dup2(plan.error_output, STDERR_FILENO);
  // Before anything can go wrong in between; if the supervisor is gone already, the next read finds that out.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  char go = 0;
  const int socket = plan.descriptors.at(store::kWorkerSocket);
  if (::read(socket, &go, 1) != 1) ::_exit(kCannotStart);  // the id maps are written before this byte
  if (plan.own_ids) {
    // setgroups is denied where an ordinary user wrote the map; there is then nothing to give up.
    if (::setgroups(0, nullptr) != 0 && errno != EPERM) end_child("give up groups");
    if (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0) end_child("take the container's ids");
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a change of ids clears it; who waits for the next job finds the rest out
  }
  // The mount namespace is made here and not by clone, because it takes the working directory along: in it, the worker
  // can make of that directory a mount of its own. Descriptors stay with the mounts of the old namespace.
  const int moved = plan.directory >= 0 ? ::fchdir(plan.directory) : ::chdir("/");
  if (moved != 0) end_child("enter the worker's directory");
  if (!plan.own_ids) hand_over_host_files(plan);
  if (::unshare(CLONE_NEWNS) != 0) end_child(kMakeMounts.data());
  if (plan.own_ids) hand_over_host_files(plan);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  place_descriptors(plan);
  std::array<char, 15> name{"slipway-worker"};
  std::array<char*, 2> arguments{name.data(), nullptr};
  std::array<char*, 1> environment{nullptr};
  ::execveat(63, "", arguments.data(), environment.data(), AT_EMPTY_PATH);
  end_child("run slipway-worker");
}

tl::unexpected<Failed> failed(Error error) { return tl::unexpected(Failed{std::move(error), {}}); }

doctor::UserNamespace user_of(bool own_ids) {
  return own_ids ? doctor::UserNamespace::wanted : doctor::UserNamespace::none;
}

// What end_child() wrote: the act and errno's name.
void explain_words(const std::string& said, bool own_ids, Error& error) {
  const std::size_t colon = said.rfind(": ");
  const int code = colon == std::string::npos ? 0 : errno_of(said.substr(colon + 2)).value_or(0);
  if (said.starts_with(kMakeMounts) || code == ENOSPC) {  // a copy of a mount counts as a mount namespace, too
    error = with_cause(std::move(error), doctor::why_no_namespaces(code, user_of(own_ids)));
  } else if (code == EINVAL && said.starts_with(kHandOver)) {
    error.hint = "where something is mounted below a directory, only root can use it in place";
  } else if (code == EMFILE || (code == EINVAL && said.starts_with(kPlace))) {
    error = with_cause(std::move(error), doctor::why_no_more(EMFILE));
  }
}

int number_of(const Fd* fd) { return fd == nullptr ? -1 : fd->get(); }

}  // namespace

WorkerResult<Worker> Worker::start(const WorkerContext& context) {
  const Fd program(::open(context.program.c_str(), O_PATH | O_CLOEXEC));
  // Its child could say no more than a number.
  if (!program || ::access(context.program.c_str(), X_OK) != 0) {
    const int code = errno;
    const bool is_missing = code == ENOENT || code == EACCES || code == ENOTDIR;
    return failed({code, kDoing, context.program,
                   is_missing ? std::string("is slipway installed completely? ") + linux::kBesideItself : ""});
  }
  auto sockets = linux::make_socket_pair(linux::Socket::stream);
  if (!sockets) return failed(sockets.error());
  auto complaints = linux::make_pipe();
  if (!complaints) return failed(complaints.error());
  Worker worker;
  worker.source_name_ = context.source_name;
  worker.plugin_name_ = context.plugin_name;
  struct stat status {};
  if (context.source != nullptr && ::fstat(context.source->get(), &status) == 0) {
    worker.source_size_ = static_cast<std::uint64_t>(status.st_size);
    worker.is_directory_ = S_ISDIR(status.st_mode);
  }
  if (context.spool != nullptr) {
    auto copy = linux::duplicate(*context.spool);
    if (!copy) return failed(copy.error());
    worker.spool_ = std::move(*copy);
  }
  if (context.interruption != nullptr && *context.interruption) {
    auto copy = linux::duplicate(*context.interruption);
    if (!copy) return failed(copy.error());
    worker.interruption_ = std::move(*copy);
    worker.is_meant_ = context.is_meant;
  }

  ChildPlan plan;
  plan.program = program.get();
  plan.error_output = complaints->b.get();
  plan.descriptors.fill(-1);
  plan.descriptors.at(store::kWorkerSocket) = sockets->b.get();
  plan.descriptors.at(store::kWorkerStaging) = number_of(context.staging);
  plan.descriptors.at(store::kWorkerSource) = number_of(context.source);
  plan.descriptors.at(store::kWorkerPlugin) = number_of(context.plugin);
  plan.descriptors.at(store::kWorkerTarget) = number_of(context.target);
  plan.descriptors.at(store::kWorkerSpool) = number_of(context.spool);
  plan.is_spool = context.is_spool;
  plan.directory = number_of(context.staging != nullptr ? context.staging : context.target);
  plan.own_ids = !context.map.none();
  worker.own_ids_ = plan.own_ids;
  constexpr std::uint64_t kNamespaces = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWPID;
  const std::uint64_t user = plan.own_ids ? std::uint64_t{CLONE_NEWUSER} : 0;
  auto process = linux::clone_process(kNamespaces | user);
  if (!process) {
    process.error().doing = kDoing;
    return failed(with_cause(process.error(), doctor::why_no_namespaces(process.error().code, user_of(plan.own_ids))));
  }
  if (process->pid == 0) {
    // Held open here as well, the supervisor's ends would never be closed, and who waits at the others would wait for
    // ever.
    sockets->a.reset();
    complaints->a.reset();
    run_child(plan);
  }
  worker.process_ = std::move(*process);
  worker.socket_ = std::move(sockets->a);
  worker.said_ = std::move(complaints->a);
  sockets->b.reset();
  complaints->b.reset();
  if (auto ready = worker.close_cage(context); !ready) return tl::unexpected(ready.error());
  return worker;
}

WorkerResult<void> Worker::close_cage(const WorkerContext& context) {
  come_by(Moment::worker_made);
  if (!context.map.none()) {
    const auto should_stop = [this] { return linux::has_input(interruption_) && (!is_meant_ || is_meant_()); };
    if (auto written = linux::write_id_maps(process_.pid, context.map, should_stop); !written) {
      if (linux::has_ended(process_)) return failed(ending());
      if (written.error().code == ETIMEDOUT) return failed(written.error());
      return failed(with_cause(written.error(), doctor::why_no_id_map(context.map)));
    }
  }
  if (auto sent = linux::send_all(socket_, "g"); !sent) return failed(ending());
  if (context.plugin != nullptr) doing_ = "resolve the image";  // what it is loaded for
  auto answer = ask(store::Begin{context.map.to_text(), context.plugin == nullptr ? "" : context.plugin_name,
                                 context.staging != nullptr, context.target != nullptr, context.owners,
                                 context.spool != nullptr, context.plugin_options});
  if (!answer) {
    Failed refused = answer.error();
    const int code = refused.error.code;
    if (refused.error.hint.empty())
      refused.error = with_cause(std::move(refused.error), doctor::why_no_filesystem("tmpfs", code));
    return tl::unexpected(std::move(refused));
  }
  if (!std::holds_alternative<store::Ready>(*answer)) return failed({EPROTO, kDoing, context.program, ""});
  return {};
}

void Worker::come_by(Moment moment) const {
  may_be_killed(Victim::worker, process_);
  reached(moment);
  may_be_killed(Victim::worker, {});
}

Worker::~Worker() { linux::end_now(process_); }

WorkerResult<store::Answer> Worker::ask(const store::Job& job) {
  if (!process_.pidfd) return failed({ESRCH, "ask the worker", "", ""});
  if (std::holds_alternative<store::Resolve>(job)) come_by(Moment::resolving);
  if (std::holds_alternative<store::Unpack>(job)) come_by(Moment::unpacking);
  if (!store::send_message(socket_, store::encode(job))) return failed(ending());
  auto answer = hear(never());
  // The worker ends such a plugin itself, unless that holds back all signals.
  while (answer && std::holds_alternative<store::InPlugin>(*answer)) {
    is_in_plugin_ = std::get<store::InPlugin>(*answer).is_entered;
    const auto patience = host::kPatience + 2 * host::kGrace;
    answer = hear(is_in_plugin_ ? std::chrono::steady_clock::now() + patience : never());
  }
  if (!answer) return answer;
  if (auto* refusal = std::get_if<Failed>(&*answer)) {
    if (!std::holds_alternative<store::Begin>(job) && !source_name_.empty()) {
      const std::string& subject = refusal->error.subject;
      refusal->error.subject = source_name_ + (subject.empty() ? "" : ": " + subject);
    }
    return tl::unexpected(std::move(*refusal));
  }
  return std::move(*answer);
}

WorkerResult<store::Answer> Worker::hear(Deadline deadline) {
  auto heard = wait_for_input(socket_, deadline);
  if (!heard) return failed(std::move(heard.error()));
  if (*heard == Waited::late) {
    linux::end_now(process_);
    return failed({0, doing_, source_name_ + ": plugin " + plugin_name_ + " hangs, with all signals held back", ""});
  }
  auto text = store::receive_message(socket_);
  if (!text && text.error().code == ECONNRESET) return failed(ending());
  auto answer = text ? store::decode_answer(*text) : tl::unexpected(text.error());
  if (answer) return std::move(*answer);
  // It does not keep to the protocol: whatever is in that process now is not trusted with another job.
  linux::end_now(process_);
  return failed(
      {answer.error().code, "understand the worker's answer", source_name_, "the archive may have harmed it"});
}

Result<Worker::Waited> Worker::wait_for_input(const Fd& from, Deadline deadline) {
  std::array<pollfd, 2> waiting = {pollfd{from.get(), POLLIN, 0}, pollfd{interruption_.get(), POLLIN, 0}};
  while (waiting[0].revents == 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    const int patience_ms = deadline == never() ? -1 : static_cast<int>(std::max<std::int64_t>(left.count(), 0));
    const int count = ::poll(waiting.data(), waiting.size(), patience_ms);
    if (count < 0) {
      if (errno != EINTR) return failure(errno, "wait for the worker", source_name_);
      continue;
    }
    if (count == 0 && patience_ms == 0) return Waited::late;
    if (waiting[1].revents != 0 && (!is_meant_ || is_meant_())) {
      linux::end_now(process_);
      return failure(EINTR, doing_, source_name_);
    }
  }
  return Waited::ready;
}

// Why there is no answer. The worker's last words (a crashing plugin's name) come through its standard error.
Error Worker::ending() {
  socket_.reset();
  Error error{0, doing_, source_name_, ""};
  // Who closes the socket is about to end; but a plugin that is deaf to signals may have closed all that is open.
  const auto heard =
      wait_for_input(process_.pidfd, std::chrono::steady_clock::now() + host::kPatience + 2 * host::kGrace);
  if (!heard) return heard.error();
  if (*heard == Waited::late) {
    linux::end_now(process_);
    error.subject += ": " + (is_in_plugin_ ? "plugin " + plugin_name_ : std::string("the worker")) +
                     " hangs, with its descriptors closed";
    return error;
  }
  auto ended = linux::wait_for(process_);
  process_.pidfd.reset();
  std::array<char, 1024> words{};
  ::fcntl(said_.get(), F_SETFL, O_NONBLOCK);
  const ssize_t count = ::read(said_.get(), words.data(), words.size());
  std::string said(words.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  while (said.ends_with('\n')) said.pop_back();
  for (const char* begin : {"slipway: ", "error: "}) {
    if (said.starts_with(begin)) said.erase(0, std::strlen(begin));
  }
  std::string how = "the worker ended without an answer";
  if (ended && ended->signal == SIGKILL) {
    how = "the worker was killed";
    error.hint = "is there too little memory (see the kernel's log: dmesg), or did it work for more than an hour?";
  } else if (ended && ended->signal != 0) {
    how = "the worker crashed: " + std::string(::strsignal(ended->signal));
    error.hint = "the archive may be made to do harm; please report it";
  } else if (ended && ended->exit_status == kCannotStart) {
    error.doing = kDoing;
    how = "it did not come up";
  }
  explain_words(said, own_ids_, error);
  if (!said.empty()) how = printable(said);
  error.subject += (error.subject.empty() ? "" : ": ") + how;
  return error;
}

WorkerResult<Resolution> Worker::resolve(const std::string& document, bool lint) {
  doing_ = "resolve the image";
  auto answer = ask(store::Resolve{document, lint});
  if (!answer) return tl::unexpected(answer.error());
  auto* resolved = std::get_if<store::Resolved>(&*answer);
  if (resolved == nullptr) return failed({EPROTO, "understand the worker's answer", source_name_, ""});
  // Again, and on this side: what the worker has read may have taken it over.
  if (host::nests_too_deep(resolved->fact)) return failed({EPROTO, "read the image fact", source_name_, ""});
  const std::array<std::uint64_t, 1> sizes = {source_size_};
  auto fact = store::parse_image_fact(resolved->fact, std::span(sizes).first(is_directory_ ? 0 : 1));
  if (!fact) return tl::unexpected(Failed{fact.error(), resolved->reports});
  struct stat spool {};
  if (spool_ && ::fstat(spool_.get(), &spool) != 0) return failed({errno, "look at the image", source_name_, ""});
  const auto unfolded = spool_ ? std::optional(static_cast<std::uint64_t>(spool.st_size)) : std::nullopt;
  if (fact->unfolded != unfolded) return failed({EPROTO, "understand the worker's answer", source_name_, ""});
  return Resolution{std::move(*fact), std::move(resolved->fact), std::move(resolved->reports)};
}

WorkerResult<store::Unpacked> Worker::unpack(const std::vector<store::LayerSource>& layers, const std::string& form) {
  doing_ = "unpack the image";
  auto answer = ask(store::Unpack{layers, form});
  if (!answer) return tl::unexpected(answer.error());
  if (const auto* unpacked = std::get_if<store::Unpacked>(&*answer)) return *unpacked;
  return failed({EPROTO, "understand the worker's answer", source_name_, ""});
}

WorkerResult<store::Unpacked> Worker::merge(const std::vector<store::LayerSource>& layers) {
  doing_ = "unpack the image";
  auto answer = ask(store::Merge{layers});
  if (!answer) return tl::unexpected(answer.error());
  if (const auto* unpacked = std::get_if<store::Unpacked>(&*answer)) return *unpacked;
  return failed({EPROTO, "understand the worker's answer", source_name_, ""});
}

}  // namespace slipway::run
