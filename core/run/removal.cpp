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
namespace {

// Files of subordinate ids belong to nobody that an ordinary user is; as root of a user namespace that maps them the
// same user may remove them.
Result<void> remove_inside(const store::Store& store, const RunDirectory& record, const linux::IdMap& ids) {
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
    ::_exit(store.remove_run_directory(record.run) ? 0 : 1);
  }
  pipe->a.reset();
  if (auto mapped = linux::write_id_maps(process->pid, ids); !mapped) {
    linux::end_now(*process);
    return mapped;
  }
  auto told = linux::write_all(pipe->b, "m");
  auto ending = linux::wait_for(*process);
  if (!told) return told;
  if (!ending) return tl::unexpected(ending.error());
  if (ending->shell_status() == 0) return {};
  return failure(EACCES, "remove what the run wrote", store.path() + "/runs/" + record.run);
}

}  // namespace

Result<void> remove_run_directory(const RunDirectory& record) {
  auto store = store::Store::open(record.store);
  if (!store) return tl::unexpected(store.error());
  auto ids = linux::IdMap::from_text(record.ids);
  if (!ids) return tl::unexpected(ids.error());
  auto removed = store->remove_run_directory(record.run);
  const bool may_not = !removed && (removed.error().code == EACCES || removed.error().code == EPERM);
  if (!may_not || ids->none()) return removed;
  return remove_inside(*store, record, *ids);
}

}  // namespace slipway::run
