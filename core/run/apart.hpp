// A process of the supervisor's own that does one thing for it, as other ids: files of subordinate ids belong to nobody
// that an ordinary user is, and as root of a user namespace that has them the same user may make, change and remove
// them.
#pragma once

#include <functional>

#include "core/linux/fd.hpp"
#include "core/linux/id_map.hpp"
#include "core/linux/process.hpp"
#include "core/report/report.hpp"

namespace slipway::run {

class Apart {
 public:
  /// What the process does; its exit status. `maker` is its end of the socket.
  using Act = std::function<int(const linux::Fd& maker)>;
  /// `own`: keys that are typed at the terminal are its maker's alone, and what it starts can be told by its session.
  enum class Session { makers, own };

  /// Without ids it has its maker's. It waits until it is let go, and ends when its maker does. The calling process has
  /// one thread.
  static Result<Apart> make(const linux::IdMap& ids, const Act& act, Session session = Session::makers);
  Apart(Apart&&) = default;
  Apart& operator=(Apart&&) = delete;
  Apart(const Apart&) = delete;
  Apart& operator=(const Apart&) = delete;
  /// Kills it where it still lives.
  ~Apart();

  [[nodiscard]] Result<void> let_go() const;
  [[nodiscard]] const linux::Process& process() const { return process_; }
  [[nodiscard]] const linux::Fd& socket() const { return socket_; }
  Result<linux::Ending> wait();

 private:
  Apart(linux::Process process, linux::Fd socket) : process_(std::move(process)), socket_(std::move(socket)) {}

  linux::Process process_;
  linux::Fd socket_;
};

}  // namespace slipway::run
