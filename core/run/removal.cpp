#include "core/run/removal.hpp"

#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <optional>

#include "core/linux/file_lock.hpp"
#include "core/linux/id_map.hpp"
#include "core/linux/process.hpp"
#include "core/store/store.hpp"

namespace slipway::run {

namespace {

// The process of do_inside(). It ends with the one who made it, and does nothing after that one's end.
[[noreturn]] void act_inside(const linux::Fd& told, const std::function<bool()>& act) {
  char byte = 0;
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || !linux::read_exactly(told, &byte, 1)) ::_exit(1);
  if (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0) ::_exit(1);
  // A change of ids clears it; who ended in between has closed his end.
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) ::_exit(1);
  pollfd maker{told.get(), POLLRDHUP, 0};
  if (::poll(&maker, 1, 0) != 0) ::_exit(1);
  ::_exit(act() ? 0 : 1);
}

// nullopt where there is none any more; a descriptor that is not open where somebody else has it.
Result<std::optional<linux::Fd>> try_staging(const store::Store& store, const std::string& name,
                                             const store::ShouldStop& should_stop) {
  auto above = store.open_folder("staging");
  if (!above) return tl::unexpected(above.error());
  // Who would have made it is dead, or asks: there is nothing to wait for.
  if (::faccessat(above->get(), name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT) return std::nullopt;
  if (auto alone = store::take_lock(*above, linux::Lock::exclusive, "staging", should_stop); !alone)
    return tl::unexpected(alone.error());
  linux::Fd directory(::openat(above->get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory && errno == ENOENT) return std::nullopt;
  if (!directory) return failure(errno, "open", store.path() + "/staging/" + name);
  auto locked = linux::try_lock(directory, linux::Lock::exclusive);
  if (!locked) return tl::unexpected(locked.error());
  return *locked ? std::move(directory) : linux::Fd();
}

// Locked, so that no other run takes it over.
Result<std::optional<linux::Fd>> take_staging(const store::Store& store, const std::string& name,
                                              const store::ShouldStop& should_stop) {
  // A worker whose supervisor was killed ends as well, but some moments later.
  constexpr int kTries = 100, kPause_ms = 10;
  for (int i = 0; i < kTries; ++i) {
    auto taken = try_staging(store, name, should_stop);
    if (!taken || !*taken || **taken) return taken;
    if (should_stop && should_stop()) break;
    (void)::poll(nullptr, 0, kPause_ms);
  }
  return failure(EBUSY, "remove", store.path() + "/staging/" + name, "its worker has not ended yet");
}

Result<void> remove(const store::Store& store, const RunDirectory& record) {
  if (record.kind == RunDirectory::Kind::written) return store.remove_run_directory(record.name);
  return store.remove_staging(record.name);
}

}  // namespace

bool is_forbidden(const Error& error) { return error.code == EACCES || error.code == EPERM; }

Result<bool> do_inside(const linux::IdMap& ids, const std::function<bool()>& act) {
  auto sockets = linux::make_socket_pair(linux::Socket::stream);
  if (!sockets) return tl::unexpected(sockets.error());
  auto process = linux::clone_process(CLONE_NEWUSER);
  if (!process) return tl::unexpected(process.error());
  if (process->pid == 0) {
    sockets->b.reset();
    act_inside(sockets->a, act);
  }
  sockets->a.reset();
  if (auto mapped = linux::write_id_maps(process->pid, ids); !mapped) {
    linux::end_now(*process);
    return tl::unexpected(mapped.error());
  }
  auto told = linux::send_all(sockets->b, "m");
  auto ending = linux::wait_for(*process);
  if (!told) return tl::unexpected(told.error());
  if (!ending) return tl::unexpected(ending.error());
  return ending->shell_status() == 0;
}

Result<void> remove_run_directory(const RunDirectory& record, const store::ShouldStop& should_stop) {
  auto found = store::Store::open_existing(record.store);
  if (!found) return tl::unexpected(found.error());
  if (!*found) return {};  // it went with its store
  const store::Store& store = **found;
  auto ids = linux::IdMap::from_text(record.ids);
  if (!ids) return tl::unexpected(ids.error());
  std::optional<linux::Fd> lock;
  if (record.kind == RunDirectory::Kind::staging) {
    auto taken = take_staging(store, record.name, should_stop);
    if (!taken) return tl::unexpected(taken.error());
    if (!*taken) return {};
    lock = std::move(*taken);
  }
  auto removed = remove(store, record);
  if (removed || !is_forbidden(removed.error()) || ids->none()) return removed;
  auto done = do_inside(*ids, [&] { return remove(store, record).has_value(); });
  if (!done) return tl::unexpected(done.error());
  if (*done) return {};
  const std::string folder = record.kind == RunDirectory::Kind::staging ? "/staging/" : "/runs/";
  return failure(EACCES, "remove what the run wrote", record.store + folder + record.name);
}

}  // namespace slipway::run
