#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>

#include "core/doctor/look.hpp"
#include "core/doctor/probes.hpp"
#include "core/doctor/trial.hpp"
#include "core/linux/host.hpp"
#include "core/linux/namespaces.hpp"
#include "core/steps/steps.hpp"

namespace slipway::doctor {
namespace {

// Those of the default pipeline.
constexpr std::array kNamespaces = {"mount", "pid", "ipc", "uts", "net", "cgroup"};

Result<Finds> nothing() { return Finds{}; }

// The first act of a container in its mount namespace, which needs power that a security module may have taken away.
Result<Finds> spread_nothing() {
  steps::Inside inside;
  if (auto spread = steps::apply(steps::Propagation{}, inside); !spread) return tl::unexpected(spread.error());
  if (auto made = steps::make_base(inside); !made) return tl::unexpected(made.error());
  return Finds{};
}

}  // namespace

Check check_user_namespaces() {
  const bool is_root = linux::is_root_of_host();
  const linux::IdMap ids = is_root ? linux::IdMap{{{0, 0, 1}}, {{0, 0, 1}}} : linux::single_id_map();
  const State bad = is_root ? State::degraded : State::missing;
  const std::string consequence = is_root ? "ordinary users, and root's containers with a user namespace, cannot run"
                                          : "no container can be made by an ordinary user";
  if (auto made = try_in_namespaces(0, ids, nothing); !made) {
    const auto cause = why_no_namespaces(made.error().code, UserNamespace::wanted);
    return not_ok("user-namespaces", bad, cause, made.error(), consequence);
  }
  if (auto acted = try_in_namespaces(CLONE_NEWNS, ids, spread_nothing); !acted) {
    // Another kind's limit is that kind's to tell.
    if (acted.error().code != EPERM && acted.error().code != EACCES) return ok("user-namespaces", "can be made");
    const auto cause = why_no_power_inside(acted.error().code);
    return not_ok("user-namespaces", bad, cause, acted.error(), consequence);
  }
  const auto most = text_of("/proc/sys/user/max_user_namespaces");
  return ok("user-namespaces", "can be made" + (most ? ", at most " + *most : std::string()));
}

Check check_namespaces() {
  std::uint64_t all = 0;
  std::string words;
  for (const char* word : kNamespaces) {
    all |= linux::namespace_flag(word);
    words += (words.empty() ? "" : ", ") + std::string(word);
  }
  const linux::IdMap ids = simple_ids();
  auto made = try_in_namespaces(all, ids, nothing);
  if (made) return ok("namespaces", words);
  const Error whole = made.error();
  const bool is_users = !ids.none() && !try_in_namespaces(0, ids, nothing);
  if (is_users && whole.code != EAGAIN) {
    return trial_failed("namespaces", State::missing, whole, std::nullopt, "no container can be made");
  }
  std::string refused;
  for (const char* word : kNamespaces) {
    auto alone = try_in_namespaces(linux::namespace_flag(word), ids, nothing);
    if (!alone) refused += (refused.empty() ? "" : ", ") + std::string(word);
  }
  const auto cause = why_no_namespaces(whole.code, ids.none() ? UserNamespace::none : UserNamespace::wanted);
  Check check =
      not_ok("namespaces", State::missing, cause, whole, "no container can be made with namespaces of its own");
  if (!cause && !refused.empty()) check.detail += " (refused: " + refused + ")";
  return check;
}

}  // namespace slipway::doctor
