#include "core/run/container_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>

#include "core/linux/fd.hpp"
#include "core/linux/listing.hpp"
#include "core/linux/process.hpp"
#include "core/linux/process_stat.hpp"

namespace slipway::run {
namespace {

constexpr std::string_view kProcess = "process";

bool has_ended(const linux::Fd& pidfd, int limit_ms) {
  pollfd waiting{pidfd.get(), POLLIN, 0};
  return ::poll(&waiting, 1, limit_ms) > 0;
}

// Not open where it has ended.
Result<linux::Process> find(const ContainerProcess& process) {
  linux::Process found{process.pid, linux::Fd(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)))};
  if (!found.pidfd && errno != ESRCH) return failure(errno, "open process", std::to_string(process.pid));
  // Only now: from here on the descriptor is of the process that has this start time, or of one that is dead.
  if (!is_alive(process)) found.pidfd.reset();
  return found;
}

}  // namespace

ContainerProcess container_process(pid_t pid) {
  const linux::ProcessStat stat = linux::stat_of(pid);
  // One that has ended keeps its entry until its parent looks at it, and init may take its time.
  return {pid, stat.has_ended() ? 0 : stat.start_time};
}

bool is_alive(const ContainerProcess& process) {
  return process.start_time != 0 && container_process(process.pid).start_time == process.start_time;
}

ContainerProcess process_of_call(pid_t pid, std::uint32_t timeout_s) {
  ContainerProcess process = container_process(pid);
  process.stop_timeout_s = timeout_s;
  return process;
}

std::vector<ContainerProcess> started_by_call(const ContainerProcess& process) {
  std::vector<ContainerProcess> found;
  if (process.stop_signal != 0 || process.stop_timeout_s == 0 || process.start_time == 0) return found;
  const linux::ProcessStat leader = linux::stat_of(process.pid);
  if (leader.start_time != 0 && leader.start_time != process.start_time) return found;
  // Its number is nobody else's as long as its session has a member, but may be later on. So one of them must have been
  // started while the function may have run.
  const auto ticks = static_cast<std::uint64_t>(std::max(::sysconf(_SC_CLK_TCK), 1L));
  const std::uint64_t latest = process.start_time + (process.stop_timeout_s + std::uint64_t{1}) * ticks;
  bool is_its_own = false;
  const linux::Fd all(::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!all) return found;
  (void)linux::list(all, [&](const std::string& name) {
    pid_t pid = 0;
    const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (problem != std::errc{} || end != name.data() + name.size() || pid == process.pid) return true;
    const linux::ProcessStat stat = linux::stat_of(pid);
    if (stat.session != process.pid || stat.has_ended()) return true;
    is_its_own = is_its_own || (stat.start_time >= process.start_time && stat.start_time <= latest);
    found.push_back({pid, stat.start_time});
    return true;
  });
  if (!is_its_own) found.clear();
  return found;
}

bool was_program(pid_t pid) {
  // PF_FORKNOEXEC of the kernel's linux/sched.h: forked, and no exec since. The process accounting's AFORK is the same.
  constexpr std::uint64_t kForkedOnly = 0x40;
  const linux::ProcessStat stat = linux::stat_of(pid);
  return stat.start_time != 0 && (stat.flags & kForkedOnly) == 0;
}

Result<void> ask_to_end(const ContainerProcess& process) {
  if (process.stop_signal == 0) return {};
  auto found = find(process);
  if (!found || !found->pidfd) return found ? Result<void>() : tl::unexpected(found.error());
  auto sent = linux::send_signal(*found, static_cast<int>(process.stop_signal));
  (void)linux::send_signal(*found, SIGCONT);  // one that was stopped takes no signal before it goes on
  if (!sent && sent.error().code != ESRCH) return sent;
  return {};
}

Result<void> end_process(const ContainerProcess& process, int patience_ms, int limit_ms) {
  auto found = find(process);
  if (!found || !found->pidfd) return found ? Result<void>() : tl::unexpected(found.error());
  if (has_ended(found->pidfd, patience_ms)) return {};
  auto sent = linux::send_signal(*found, SIGKILL);
  if (!sent && sent.error().code != ESRCH) return sent;
  if (has_ended(found->pidfd, limit_ms)) return {};
  return failure(ETIMEDOUT, "wait for the end of process", std::to_string(process.pid),
                 "it was killed; call slipway clean again later");
}

std::string to_line(const ContainerProcess& record) {
  std::string line(kProcess);
  for (const std::uint64_t number : {static_cast<std::uint64_t>(record.pid), record.start_time,
                                     std::uint64_t{record.stop_signal}, std::uint64_t{record.stop_timeout_s}}) {
    line.append(1, '\t').append(std::to_string(number));
  }
  return line + '\n';
}

std::optional<ContainerProcess> process_of(std::string_view line) {
  if (!line.starts_with(kProcess)) return std::nullopt;
  line.remove_prefix(kProcess.size());
  ContainerProcess process;
  const auto take = [&line](auto& number) {
    if (!line.starts_with('\t')) return false;
    const auto [end, problem] = std::from_chars(line.data() + 1, line.data() + line.size(), number);
    line.remove_prefix(static_cast<std::size_t>(end - line.data()));
    return problem == std::errc{};
  };
  if (!take(process.pid) || !take(process.start_time) || process.pid <= 0) return std::nullopt;
  if (line.empty()) return process;  // as it was before anybody was asked
  const bool whole = take(process.stop_signal) && take(process.stop_timeout_s) && line.empty();
  return whole ? std::optional(process) : std::nullopt;
}

}  // namespace slipway::run
