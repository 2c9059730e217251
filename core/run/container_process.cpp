#include "core/run/container_process.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>

#include "core/linux/fd.hpp"
#include "core/linux/process.hpp"
#include "core/linux/process_stat.hpp"

namespace slipway::run {
namespace {

constexpr std::string_view kProcess = "process";

bool has_ended(const linux::Fd& pidfd, int limit_ms) {
  pollfd waiting{pidfd.get(), POLLIN, 0};
  return ::poll(&waiting, 1, limit_ms) > 0;
}

}  // namespace

ContainerProcess container_process(pid_t pid) {
  const linux::ProcessStat stat = linux::stat_of(pid);
  // One that has ended keeps its entry until its parent looks at it, and init may take its time.
  return {pid, stat.has_ended() ? 0 : stat.start_time};
}

bool is_alive(const ContainerProcess& process) {
  return process.start_time != 0 && container_process(process.pid) == process;
}

bool was_program(pid_t pid) {
  // PF_FORKNOEXEC of the kernel's linux/sched.h: forked, and no exec since. The process accounting's AFORK is the same.
  constexpr std::uint64_t kForkedOnly = 0x40;
  const linux::ProcessStat stat = linux::stat_of(pid);
  return stat.start_time != 0 && (stat.flags & kForkedOnly) == 0;
}

Result<void> end_process(const ContainerProcess& process, int limit_ms) {
  const std::string name = std::to_string(process.pid);
  const linux::Process found{process.pid, linux::Fd(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)))};
  if (!found.pidfd && errno == ESRCH) return {};
  if (!found.pidfd) return failure(errno, "open process", name);
  // Only now: from here on the descriptor is of the process that has this start time, or of one that is dead.
  if (!is_alive(process)) return {};
  auto sent = linux::send_signal(found, SIGKILL);
  if (!sent && sent.error().code != ESRCH) return sent;
  if (has_ended(found.pidfd, limit_ms)) return {};
  return failure(ETIMEDOUT, "wait for the end of process", name, "it was killed; call slipway clean again later");
}

std::string to_line(const ContainerProcess& record) {
  std::string line(kProcess);
  line.append(1, '\t').append(std::to_string(record.pid)).append(1, '\t').append(std::to_string(record.start_time));
  return line + '\n';
}

std::optional<ContainerProcess> process_of(std::string_view line) {
  if (!line.starts_with(kProcess)) return std::nullopt;
  line.remove_prefix(kProcess.size());
  ContainerProcess process;
  if (!line.starts_with('\t')) return std::nullopt;
  const auto pid = std::from_chars(line.data() + 1, line.data() + line.size(), process.pid);
  if (pid.ec != std::errc{} || pid.ptr == line.data() + line.size() || *pid.ptr != '\t') return std::nullopt;
  const auto time = std::from_chars(pid.ptr + 1, line.data() + line.size(), process.start_time);
  if (time.ec != std::errc{} || time.ptr != line.data() + line.size() || process.pid <= 0) return std::nullopt;
  return process;
}

}  // namespace slipway::run
