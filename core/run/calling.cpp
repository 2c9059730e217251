#include "core/run/calling.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "core/linux/clock.hpp"
#include "core/linux/message.hpp"
#include "core/plan/packed.hpp"
#include "core/run/moments.hpp"

namespace slipway::run {
namespace {

constexpr std::size_t kLongestText = 512, kMostReports = 16;
constexpr std::uint32_t kLargestAnswer = std::uint32_t{64} << 10U;
constexpr const char* kDoing = "call the plugin's function";

std::string phase_of(const Calling& calling) {
  const auto& words = steps::Words<steps::Phase>::words;
  const std::string phase(words.at(static_cast<std::size_t>(calling.words.phase)));
  return calling.words.undoes ? "in its undo (" + phase + ")" : "in " + phase;
}

std::string bytes_of(const plan::CallAnswer& answer) {
  plan::Packer packer;
  const std::size_t count = std::min(answer.reports.size(), kMostReports);
  packer.add_all(answer.went_well, count);
  for (std::size_t i = 0; i < count; ++i) {
    const plan::CallAnswer::Report& report = answer.reports[i];
    packer.add_all(report.severity, report.message.substr(0, kLongestText), report.hint.substr(0, kLongestText));
  }
  return std::move(packer.bytes());
}

Result<plan::CallAnswer> answer_from(std::string_view bytes) {
  plan::CallAnswer answer;
  plan::Unpacker unpacker(bytes);
  std::size_t count = 0;
  unpacker.get_all(answer.went_well, count);
  for (; count > 0 && unpacker.whole(); --count) {
    plan::CallAnswer::Report& report = answer.reports.emplace_back();
    unpacker.get_all(report.severity, report.message, report.hint);
  }
  if (!unpacker.at_end()) return failure(EPROTO, kDoing);
  return answer;
}

// The standard streams are there, as any program expects. Its input is at its end, without a path, which inside the
// container would be the image's; what it prints is nobody's output but goes where errors go.
bool set_streams() {
  auto pipe = linux::make_pipe();
  if (!pipe) return false;
  pipe->b.reset();
  return ::dup2(pipe->a.get(), STDIN_FILENO) >= 0 && ::dup2(STDERR_FILENO, STDOUT_FILENO) >= 0;
}

// What it can see of its caller is the same for the call and for an undo days later: the arguments alone.
bool become_plain() {
  constexpr mode_t kUsualUmask = 022;
  ::umask(kUsualUmask);
  for (int signal = 1; signal < NSIG; ++signal) {
    // What was typed while this process was still in the supervisor's group waits, and was meant for the supervisor.
    (void)::signal(signal, SIG_IGN);
    (void)::signal(signal, SIG_DFL);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  return ::clearenv() == 0 &&
         ::setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1) == 0 && ::chdir("/") == 0;
}

plan::CallAnswer problem(const Error& error) { return {false, {{Severity::error, sentence(error), error.hint}}, -1}; }

plan::CallAnswer enter(const Calling& calling, const GetCaller& get_caller) {
  auto caller = get_caller();
  if (!caller) return problem(caller.error());
  plan::CallAnswer answer = (*caller)->call(calling.plugin, calling.words);
  if (!answer.went_well || !calling.wants_result) {
    answer.result = -1;
  } else if (answer.result < 0) {
    return problem({0, "it gave no result, but the step has a name for one (as)", "", "that is a bug of the plugin"});
  } else if (::fcntl(answer.result, F_GETFD) < 0) {
    return problem(
        {0, "its result is no open descriptor: " + std::to_string(answer.result), "", "that is a bug of the plugin"});
  }
  return answer;
}

std::vector<int> open_descriptors() {
  constexpr int kLast = 4096;  // by number, as /proc may not be there inside
  std::vector<int> all;
  for (int descriptor = STDERR_FILENO + 1; descriptor < kLast; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) >= 0) all.push_back(descriptor);
  }
  return all;
}

plan::CallAnswer enter_watched(const Calling& calling, const GetCaller& get_caller) {
  const std::vector<int> before = open_descriptors();
  plan::CallAnswer answer = enter(calling, get_caller);
  std::string left;
  for (const int descriptor : open_descriptors()) {
    const bool is_new = std::find(before.begin(), before.end(), descriptor) == before.end();
    if (is_new && descriptor != answer.result) left += (left.empty() ? "" : ", ") + std::to_string(descriptor);
  }
  if (!answer.went_well || left.empty()) return answer;
  return problem({0, "it left descriptors open: " + left, "", "close what the function opens, but for its result"});
}

int act(const Calling& calling, const GetCaller& caller, const linux::Fd& maker) {
  std::vector<int> kept = {maker.get()};
  for (const int input : calling.words.inputs) {
    if (input >= 0) kept.push_back(input);
  }
  linux::close_all_but(STDERR_FILENO + 1, std::move(kept));
  if (!set_streams() || !become_plain()) return 1;
  const plan::CallAnswer answer = watches_for_leaks() ? enter_watched(calling, caller) : enter(calling, caller);
  const std::string text = bytes_of(answer);
  const auto size = static_cast<std::uint32_t>(text.size());
  std::string bytes(sizeof size, '\0');
  std::memcpy(bytes.data(), &size, sizeof size);
  bytes += text;
  const std::array<int, 1> result = {answer.result};
  return linux::send_with(maker, bytes, std::span(result).first(answer.result < 0 ? 0 : 1)) ? 0 : 1;
}

// All that the function has started of its own goes with it; its session made it the group's leader.
void end_all(const linux::Process& process) { (void)::kill(-process.pid, SIGKILL); }

Error how_it_ended(const linux::Ending& ending, const Calling& calling) {
  if (ending.signal == 0) {
    return {0, "it ended its process with status " + std::to_string(ending.exit_status) + " " + phase_of(calling), "",
            "that is a bug of the plugin: its function returns"};
  }
  const char* words = ::sigdescr_np(ending.signal);
  std::string how = words != nullptr ? words : "signal " + std::to_string(ending.signal);
  if (ending.signal == SIGABRT) how += " (abort, or an exception that nobody caught)";
  return {0, "it crashed " + phase_of(calling) + ": " + how, "", ""};
}

bool has_bytes(const linux::Fd& socket) {
  char first = 0;
  return ::recv(socket.get(), &first, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

// True: there is an answer. False: it has ended without one.
Result<bool> wait_for_answer(const Apart& apart, const Calling& calling, const Interruption& interruption) {
  constexpr std::uint64_t kPerMillisecond = 1'000'000, kPerSecond = 1000;
  const std::uint64_t deadline = linux::monotonic_ns() + calling.timeout_s * kPerSecond * kPerMillisecond;
  const int stop = interruption.descriptor == nullptr ? -1 : interruption.descriptor->get();
  std::array<pollfd, 3> waiting = {pollfd{apart.socket().get(), POLLIN, 0},
                                   pollfd{apart.process().pidfd.get(), POLLIN, 0}, pollfd{stop, POLLIN, 0}};
  while (true) {
    const std::uint64_t now = linux::monotonic_ns();
    const int patience = now >= deadline ? 0 : static_cast<int>((deadline - now) / kPerMillisecond) + 1;
    const int count = ::poll(waiting.data(), waiting.size(), patience);
    if (count < 0 && errno != EINTR) return failure(errno, kDoing);
    if (count == 0 && patience == 0) {
      return failure(0,
                     "it hangs " + phase_of(calling) + ": no answer within " + std::to_string(calling.timeout_s) + " s",
                     "", "the step may say a longer \"timeout\"");
    }
    if (count <= 0) continue;
    if (has_bytes(apart.socket())) return true;
    // Asked first: who ends all processes of the run asks for the end as well, and it is no crash then.
    if (interruption.comes()) return failure(EINTR, kDoing);
    if (waiting[1].revents != 0) return has_bytes(apart.socket());  // it may have answered just before
    if (waiting[0].revents != 0) waiting[0].fd = -1;  // the function has closed it, and cannot answer any more
  }
}

Result<linux::Fd> receive(const Apart& apart, const TellReport& tell) {
  std::uint32_t size = 0;
  auto results = linux::receive_with(apart.socket(), &size, sizeof size);
  if (!results) return tl::unexpected(results.error());
  if (size > kLargestAnswer) return failure(EPROTO, kDoing);
  std::string text(size, '\0');
  if (auto read = linux::read_exactly(apart.socket(), text.data(), size); !read) return tl::unexpected(read.error());
  auto answer = answer_from(text);
  if (!answer) return tl::unexpected(answer.error());
  std::optional<Error> reason;
  for (plan::CallAnswer::Report& report : answer->reports) {
    const bool is_reason = !answer->went_well && !reason && report.severity == Severity::error;
    if (is_reason) reason = Error{0, printable(report.message), "", printable(report.hint)};
    if (!is_reason && tell) tell(report);
  }
  if (reason) return tl::unexpected(std::move(*reason));
  if (!answer->went_well) return failure(EPROTO, kDoing);
  return results->empty() ? linux::Fd() : std::move(results->front());
}

}  // namespace

Result<linux::Fd> call_apart(const Calling& calling, const GetCaller& caller, const Interruption& interruption,
                             const Announce& announce, const TellReport& tell) {
  auto apart = Apart::make(
      {}, [&](const linux::Fd& maker) { return act(calling, caller, maker); }, Apart::Session::own);
  if (!apart) return tl::unexpected(apart.error());
  if (announce) {
    if (auto announced = announce(apart->process()); !announced) return tl::unexpected(announced.error());
  }
  // One that was killed is told of below.
  (void)apart->let_go();
  auto answers = wait_for_answer(*apart, calling, interruption);
  if (!answers) {
    end_all(apart->process());
    return tl::unexpected(answers.error());
  }
  if (*answers) {
    auto result = receive(*apart, tell);
    if (!result) end_all(apart->process());
    return result;
  }
  end_all(apart->process());
  auto ending = apart->wait();
  if (!ending) return tl::unexpected(ending.error());
  return tl::unexpected(how_it_ended(*ending, calling));
}

}  // namespace slipway::run
