#include "core/doctor/doctor.hpp"

#include <algorithm>

#include "core/doctor/probes.hpp"
#include "core/doctor/trial.hpp"
#include "core/linux/host.hpp"

namespace slipway::doctor {
namespace {

using Look = std::function<std::vector<Check>()>;

Look one(Check (*check)()) {
  return [check] { return std::vector<Check>{check()}; };
}

}  // namespace

const char* to_text(State state) {
  switch (state) {
    case State::ok:
      return "ok";
    case State::degraded:
      return "degraded";
    case State::missing:
      break;
  }
  return "missing";
}

Check not_ok(std::string name, State state, const std::optional<Cause>& cause, const Error& error,
             std::string consequence) {
  Check check{std::move(name), state, sentence(error), std::move(consequence), error.hint};
  if (cause) {
    check.detail = cause->what;
    check.remedy = cause->remedy;
  }
  if (check.remedy.empty()) check.remedy = "look at the kernel's log (dmesg) for what refused it";
  return check;
}

Check trial_failed(std::string name, State state, const Error& error, const std::optional<Cause>& cause,
                   std::string consequence) {
  // Namespaces and processes have lines of their own, which say why there are none.
  if (error.doing == kMakeProcess || error.doing == kMakeNamespaces) {
    return {std::move(name), state, "not tried: there are no namespaces to try it in", std::move(consequence),
            "mend limits, user-namespaces and namespaces first"};
  }
  return not_ok(std::move(name), state, cause, error, std::move(consequence));
}

linux::IdMap default_ids() { return linux::automatic_id_map().value_or(linux::single_id_map()); }

linux::IdMap simple_ids() { return linux::is_root_of_host() ? linux::IdMap{} : linux::single_id_map(); }

std::vector<Check> examine(const Subject& subject) {
  const std::vector<std::pair<std::string, Look>> looks = {
      {"kernel", one(check_kernel)},
      {"limits", one(check_limits)},
      {"user-namespaces", one(check_user_namespaces)},
      {"namespaces", one(check_namespaces)},
      {"subordinate-ids", one(check_subordinate_ids)},
      {"id-map-helpers", one(check_map_helpers)},
      {"mount-api", one(check_mount_api)},
      {"overlay", one(check_overlay)},
      {"tmpfs-attributes", one(check_tmpfs_attributes)},
      {"mapped-mounts", [&] { return std::vector<Check>{check_mapped_mounts(subject.store)}; }},
      {"proc", check_filesystems},
      {"devices", one(check_devices)},
      {"cgroups", one(check_cgroups)},
      {"landlock", one(check_landlock)},
      {"seccomp", one(check_seccomp)},
      {"init", one(check_init)},
      {"store", [&] { return check_store(subject.store); }},
      {"runtime-directory", [&] { return std::vector<Check>{check_runtime_directory(subject.runtime_directory)}; }},
      {"worker", [&] { return std::vector<Check>{check_worker(subject)}; }},
      {"plugins", [&] { return check_plugins(subject); }},
  };
  std::vector<Check> all;
  for (const auto& [name, look] : looks) {
    for (Check& check : look_apart(name, look)) all.push_back(std::move(check));
  }
  return all;
}

bool run_works(const std::vector<Check>& checks) {
  return std::none_of(checks.begin(), checks.end(), [](const Check& check) { return check.state == State::missing; });
}

}  // namespace slipway::doctor
