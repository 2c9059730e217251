#include "core/run/explain.hpp"

#include <cerrno>

#include "core/doctor/cause.hpp"

namespace slipway::run {
namespace {

using doctor::Cause;

struct OfStep {
  int code;
  const linux::IdMap& ids;
  const std::string& store;

  std::optional<Cause> operator()(const steps::Mount& step) const {
    return doctor::why_no_filesystem(step.fstype, code);
  }
  std::optional<Cause> operator()(const steps::Overlay& /*step*/) const {
    return doctor::why_no_filesystem("overlay", code);
  }
  std::optional<Cause> operator()(const steps::Bind& step) const {
    if (ids.none() || step.source.is_reference()) return std::nullopt;
    return doctor::why_no_bind(step.source.text, code);
  }
  std::optional<Cause> operator()(const steps::Copy& /*step*/) const {
    if (auto cause = doctor::why_no_more(code)) return cause;
    return in_store();
  }
  std::optional<Cause> operator()(const steps::Unpack& /*step*/) const { return in_store(); }
  std::optional<Cause> operator()(const steps::Scratch& /*step*/) const { return in_store(); }
  // These need power over the new namespaces and nothing else.
  std::optional<Cause> operator()(const steps::Propagation& /*step*/) const {
    return doctor::why_no_power_inside(code);
  }
  std::optional<Cause> operator()(const steps::Hostname& /*step*/) const { return doctor::why_no_power_inside(code); }
  std::optional<Cause> operator()(const steps::LinkUp& /*step*/) const { return doctor::why_no_power_inside(code); }
  template <class Other>
  std::optional<Cause> operator()(const Other& /*step*/) const {
    return std::nullopt;
  }

 private:
  [[nodiscard]] std::optional<Cause> in_store() const {
    return doctor::why_not_written(store, code, doctor::kOtherStore);
  }
};

}  // namespace

Error explain_namespaces(Error error, const linux::IdMap& ids) {
  const auto user = ids.none() ? doctor::UserNamespace::none : doctor::UserNamespace::wanted;
  const auto cause = doctor::why_no_namespaces(error.code, user);
  return doctor::with_cause(std::move(error), cause);
}

Error explain_id_map(Error error, const linux::IdMap& ids) {
  if (error.code == ETIMEDOUT) return error;  // it says all that is known
  auto cause = doctor::why_no_id_map(ids);
  if (!cause) cause = doctor::why_no_power_inside(error.code);
  return doctor::with_cause(std::move(error), cause);
}

Error explain_store(Error error, const std::string& path) {
  const auto cause = doctor::why_not_written(path, error.code, doctor::kOtherStore);
  return doctor::with_cause(std::move(error), cause);
}

Error explain_runtime_directory(Error error, const std::string& path) {
  const auto cause = doctor::why_not_written(path, error.code, doctor::kOtherRuntimeDirectory);
  return doctor::with_cause(std::move(error), cause);
}

Error explain_step(Error error, const steps::Step& step, const linux::IdMap& ids, const std::string& store) {
  auto cause = std::visit(OfStep{error.code, ids, store}, step);
  // The first step of a container also makes the mount that all others stand on.
  if (!cause && error.code == ENOSYS) cause = doctor::why_no_filesystem("tmpfs", error.code);
  return doctor::with_cause(std::move(error), cause);
}

Error explain_limits(Error error) {
  const bool is_limit = error.code == EMFILE || error.code == ENFILE;
  if (!is_limit || !error.hint.empty()) return error;
  const auto cause = doctor::why_no_more(error.code);
  return doctor::with_cause(std::move(error), cause);
}

}  // namespace slipway::run
