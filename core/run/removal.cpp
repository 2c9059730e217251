#include "core/run/removal.hpp"

#include <fcntl.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "core/linux/id_map.hpp"
#include "core/linux/process.hpp"
#include "core/store/store.hpp"

namespace slipway::run {

Result<bool> do_inside(const linux::IdMap& ids, const std::function<bool()>& act) {
  auto pipe = linux::make_pipe();
  if (!pipe) return tl::unexpected(pipe.error());
  auto process = linux::clone_process(CLONE_NEWUSER);
  if (!process) return tl::unexpected(process.error());
  if (process->pid == 0) {
    pipe->b.reset();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    char byte = 0;
    if (!linux::read_exactly(pipe->a, &byte, 1)) ::_exit(1);
    if (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0) ::_exit(1);
    ::_exit(act() ? 0 : 1);
  }
  pipe->a.reset();
  if (auto mapped = linux::write_id_maps(process->pid, ids); !mapped) {
    linux::end_now(*process);
    return tl::unexpected(mapped.error());
  }
  auto told = linux::write_all(pipe->b, "m");
  auto ending = linux::wait_for(*process);
  if (!told) return tl::unexpected(told.error());
  if (!ending) return tl::unexpected(ending.error());
  return ending->shell_status() == 0;
}

Result<void> remove_run_directory(const RunDirectory& record) {
  auto found = store::Store::open_existing(record.store);
  if (!found) return tl::unexpected(found.error());
  if (!*found) return {};  // it went with its store
  const store::Store& store = **found;
  auto ids = linux::IdMap::from_text(record.ids);
  if (!ids) return tl::unexpected(ids.error());
  auto removed = store.remove_run_directory(record.run);
  const bool may_not = !removed && (removed.error().code == EACCES || removed.error().code == EPERM);
  if (!may_not || ids->none()) return removed;
  auto done = do_inside(*ids, [&] { return store.remove_run_directory(record.run).has_value(); });
  if (!done) return tl::unexpected(done.error());
  if (*done) return {};
  return failure(EACCES, "remove what the run wrote", record.store + "/runs/" + record.run);
}

}  // namespace slipway::run
