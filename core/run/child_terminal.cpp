#include "core/run/child_terminal.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

#include "core/linux/lookup.hpp"
#include "core/linux/mount.hpp"
#include "core/linux/terminal.hpp"
#include "core/run/wire.hpp"

namespace slipway::run {
namespace {

constexpr const char* kDoing = "give the container a terminal";

tl::unexpected<Error> explained(const Error& error) {
  if (error.code == ENODEV || error.code == ENOENT) {
    return failure(error.code, kDoing, "/dev/pts",
                   "the terminal comes from a devpts of the container's own, and the plan mounts none there: use "
                   "pseudo-standard, or pass the streams as they are with --tty no");
  }
  return failure(error.code, kDoing, error.doing + (error.subject.empty() ? "" : " " + error.subject), error.hint);
}

// The console is this terminal too, as programs expect that write to it (console(4)). On a root that is read-only and
// has no such file there is none.
Result<void> show_on_console(const linux::Fd& root, const linux::Fd& slave) {
  const std::string console = "/dev/console";
  constexpr mode_t kMode = 0600;
  const auto made = linux::open_below(root, console, O_WRONLY | O_CREAT | O_EXCL | O_NOCTTY, kMode);
  if (!made && made.error().code == EROFS) return {};
  auto place = linux::open_below(root, console, O_PATH);
  if (!place) return tl::unexpected(place.error());
  auto mount = linux::clone_mount(slave, linux::Below::left);
  if (!mount) return tl::unexpected(mount.error());
  if (auto attached = linux::attach_mount(*mount, *place); !attached)
    return failure(attached.error().code, "mount on", console);
  return {};
}

void liken(const linux::Fd& slave, Likeness likeness) {
  copy_size_to(slave);
  if (const auto users = linux::modes_of(STDIN_FILENO)) {
    if (likeness == Likeness::size_and_modes) (void)linux::set_modes(slave.get(), *users);
  } else if (auto modes = linux::modes_of(slave.get())) {
    // Nobody types, so nobody has to see what was typed: as script(1) does it.
    modes->c_lflag &= ~static_cast<tcflag_t>(ECHO);
    (void)linux::set_modes(slave.get(), *modes);
  }
}

}  // namespace

void copy_size_to(const linux::Fd& terminal) {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (linux::is_terminal(stream)) return linux::copy_size(stream, terminal.get());
  }
}

Result<void> make_terminal(const linux::Fd& root, const linux::Fd& control, Likeness likeness) {
  auto pair = linux::new_terminal(root);
  if (!pair) return explained(pair.error());
  liken(pair->slave, likeness);
  if (auto shown = show_on_console(root, pair->slave); !shown) return explained(shown.error());
  if (auto sent = send_terminal(control, *pair); !sent) return sent;
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::dup2(pair->slave.get(), stream) < 0) return failure(errno, kDoing);
  }
  return {};
}

Result<void> take_controlling_terminal() {
  if (::ioctl(STDIN_FILENO, TIOCSCTTY, 0) != 0) return failure(errno, "make the terminal the container's own");
  return {};
}

}  // namespace slipway::run
