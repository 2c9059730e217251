#include "core/run/interrupt_key.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>

#include "core/linux/listing.hpp"
#include "core/linux/process_stat.hpp"
#include "core/linux/terminal.hpp"

namespace slipway::run {

int interrupts_in(std::string_view typed, const linux::Fd& master) {
  const auto modes = linux::modes_of(master.get());
  if (!modes || (modes->c_lflag & ISIG) == 0 || modes->c_cc[VINTR] == _POSIX_VDISABLE) return 0;
  return static_cast<int>(std::count(typed.begin(), typed.end(), static_cast<char>(modes->c_cc[VINTR])));
}

bool goes_unheard(pid_t first, const linux::Fd& master) {
  const pid_t group = linux::foreground_of(master.get());
  if (group <= 0 || linux::stat_of(first).group != group) return false;
  const linux::Fd proc(::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!proc) return false;
  bool is_heard = false;
  const auto listed = linux::list(proc, [&](const std::string& name) {
    pid_t pid = 0;
    const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (problem != std::errc{} || end != name.data() + name.size()) return true;
    is_heard = linux::stat_of(pid).group == group && linux::takes_signal(pid, SIGINT);
    return !is_heard;
  });
  return listed && !is_heard;
}

}  // namespace slipway::run
