// A process as a journal names it, so that a later slipway finds this one and no other of its number.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/report/report.hpp"

namespace slipway::run {

/// The container's first process. A program that is set-id, or changes its ids itself, loses the death signal that ties
/// it to its supervisor (prctl(2), PR_SET_PDEATHSIG) and may outlive it: what it uses is then not swept. Or the process
/// of a call, which nobody asks.
struct ContainerProcess {
  pid_t pid = 0;
  std::uint64_t start_time = 0;      ///< in clock ticks since boot; tells it from another process of the same number
  std::uint32_t stop_signal = 0;     ///< how it is asked to end before it is killed; 0: it is not asked
  std::uint32_t stop_timeout_s = 0;  ///< and how long that is waited for; of a call: how long it may take
  friend bool operator==(const ContainerProcess&, const ContainerProcess&) = default;
};

/// A process as it is now; start_time 0: there is none, or it has ended and only waits to be waited for.
ContainerProcess container_process(pid_t pid);
bool is_alive(const ContainerProcess& process);
/// The process of a plugin's function, which leads a session and may take that long.
ContainerProcess process_of_call(pid_t pid, std::uint32_t timeout_s);
/// What the function of such a process started and left behind: the others of its session. None for any other process.
std::vector<ContainerProcess> started_by_call(const ContainerProcess& process);

/// Whether a process that has ended, and was not waited for, had become another program by exec.
bool was_program(pid_t pid);

/// Its stop signal, where it is to be asked. One that has ended is no error.
Result<void> ask_to_end(const ContainerProcess& process);
/// Waits for its end as long as that, else kills it and waits: its end is that of all processes of its pid namespace.
/// `limit_ms` is for the kernel to end what was killed. One that has ended is no error.
Result<void> end_process(const ContainerProcess& process, int patience_ms, int limit_ms);

/// As a line of a journal, and back; nullopt for a line that is none.
std::string to_line(const ContainerProcess& record);
std::optional<ContainerProcess> process_of(std::string_view line);

}  // namespace slipway::run
