#include "core/run/apart.hpp"

#include <linux/sched.h>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>

#include "core/linux/id_mapping.hpp"

namespace slipway::run {
namespace {

[[noreturn]] void act_apart(const linux::Fd& maker, bool has_ids, Apart::Session session, const Apart::Act& act) {
  char byte = 0;
  if (session == Apart::Session::own) (void)::setsid();  // who was just made leads no group, so it cannot fail
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || !linux::read_exactly(maker, &byte, 1)) ::_exit(1);
  if (has_ids && (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0)) ::_exit(1);
  // A change of ids clears it; who ended in between has closed his end.
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) ::_exit(1);
  pollfd end{maker.get(), POLLRDHUP, 0};
  if (::poll(&end, 1, 0) != 0) ::_exit(1);
  ::_exit(act(maker));
}

}  // namespace

Result<Apart> Apart::make(const linux::IdMap& ids, const Act& act, Session session) {
  auto sockets = linux::make_socket_pair(linux::Socket::stream);
  if (!sockets) return tl::unexpected(sockets.error());
  auto process = linux::clone_process(ids.none() ? 0 : CLONE_NEWUSER);
  if (!process) return tl::unexpected(process.error());
  if (process->pid == 0) {
    sockets->b.reset();
    act_apart(sockets->a, !ids.none(), session, act);
  }
  Apart apart(std::move(*process), std::move(sockets->b));
  if (ids.none()) return apart;
  if (auto mapped = linux::write_id_maps(apart.process_.pid, ids); !mapped) return tl::unexpected(mapped.error());
  return apart;
}

Apart::~Apart() { linux::end_now(process_); }

Result<void> Apart::let_go() const { return linux::send_all(socket_, "m"); }

Result<linux::Ending> Apart::wait() {
  auto ending = linux::wait_for(process_);
  process_.pidfd.reset();
  return ending;
}

}  // namespace slipway::run
