#include "core/run/foreign_owners.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "core/doctor/cause.hpp"
#include "core/linux/host.hpp"
#include "core/linux/lookup.hpp"
#include "core/steps/steps.hpp"

namespace slipway::run {
namespace {

struct Owned {
  std::string path{};
  uid_t uid = 0;
  gid_t gid = 0;
  bool lacks_uid = false, lacks_gid = false;
};

bool has_outside(const std::vector<linux::IdRange>& ranges, std::uint32_t id) {
  return std::any_of(ranges.begin(), ranges.end(), [id](const linux::IdRange& range) {
    return id >= range.outside && id - range.outside < range.count;
  });
}

std::string place_of(const steps::Step& step) {
  if (const auto* mkdir = std::get_if<steps::Mkdir>(&step)) return mkdir->target.text;
  const auto claim = steps::claim_of(step);
  return claim ? claim->path : "";
}

// The opened directories among an overlay's layers, the top one first.
std::vector<const steps::Open*> host_layers(const steps::Overlay& overlay, const plan::Plan& plan) {
  std::vector<const steps::Open*> layers;
  for (const steps::Reference& layer : overlay.lower) {
    for (const plan::PlannedStep& step : plan.steps) {
      const auto* open = std::get_if<steps::Open>(&step.step);
      // Others' owners are mapped: what is too much for that, the step that opens them says.
      if (open != nullptr && step.common.as == layer.name && open->owners == steps::Owners::host)
        layers.push_back(open);
    }
  }
  return layers;
}

// The owner of `inner` in the directory, where there is such a directory and the container lacks an id for its owner.
std::optional<Owned> foreign(const steps::Open& layer, const std::string& inner, const linux::IdMap& ids) {
  const linux::Fd top(::open(layer.path.text.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!top) return std::nullopt;
  const auto found = linux::open_inside(top, inner.empty() ? "." : inner, O_PATH | O_DIRECTORY);
  struct stat status {};
  if (!found || ::fstat(found->get(), &status) != 0) return std::nullopt;
  const bool lacks_uid = !has_outside(ids.uids, status.st_uid), lacks_gid = !has_outside(ids.gids, status.st_gid);
  if (!lacks_uid && !lacks_gid) return std::nullopt;
  return Owned{layer.path.text + inner, status.st_uid, status.st_gid, lacks_uid, lacks_gid};
}

// What is nearest to `place`, and in the uppermost layer, decides; to change it, what lies above it is copied up, too.
std::optional<Owned> foreign_around(const std::string& place, const plan::Plan& plan, const linux::IdMap& ids) {
  for (const plan::PlannedStep& step : plan.steps) {
    const auto* overlay = std::get_if<steps::Overlay>(&step.step);
    if (overlay == nullptr || overlay->target.text != "/") continue;
    const auto layers = host_layers(*overlay, plan);
    for (std::size_t end = place.rfind('/'); end != std::string::npos;
         end = end == 0 ? std::string::npos : place.rfind('/', end - 1)) {
      for (const steps::Open* layer : layers) {
        if (auto found = foreign(*layer, place.substr(0, end), ids)) return found;
      }
    }
  }
  return std::nullopt;
}

std::string remedy_for(const Owned& owned) {
  const auto automatic = linux::automatic_id_map();
  const bool is_better =
      automatic &&
      (automatic->none() || (has_outside(automatic->uids, owned.uid) && has_outside(automatic->gids, owned.gid)));
  if (is_better) return R"("isolation": {"user": "auto"} has one)";
  // Never another owner of what is there: it may be somebody's home, or a part of the system.
  return "use a copy of your own";
}

}  // namespace

Error explain_foreign_owner(Error error, const plan::PlannedStep& step, const plan::Plan& plan,
                            const linux::IdMap& ids) {
  const bool may_be = error.code == EOVERFLOW || error.code == EACCES || error.code == EPERM;
  const std::string place = may_be && error.hint.empty() && !ids.none() ? place_of(step.step) : "";
  const auto owned = place.empty() ? std::nullopt : foreign_around(place, plan, ids);
  if (!owned) return error;
  const auto named = [](const char* kind, std::uint32_t id) { return kind + std::to_string(id); };
  error.hint = printable(owned->path) + " belongs to " + std::to_string(owned->uid) + ":" + std::to_string(owned->gid) +
               ", and the container has no id for " + (owned->lacks_uid ? named("user ", owned->uid) : "") +
               (owned->lacks_uid && owned->lacks_gid ? " and " : "") +
               (owned->lacks_gid ? named("group ", owned->gid) : "") + ": " + remedy_for(*owned);
  return error;
}

Error explain_unfit_layer(Error error, const plan::PlannedStep& step, const plan::Plan& plan, const linux::IdMap& ids,
                          const std::string& store) {
  const auto* overlay = std::get_if<steps::Overlay>(&step.step);
  if (overlay == nullptr || !error.hint.empty()) return error;
  std::vector<std::string> directories;
  for (const steps::Open* layer : host_layers(*overlay, plan)) directories.push_back(layer->path.text);
  const auto user = ids.none() ? doctor::UserNamespace::none : doctor::UserNamespace::wanted;
  const int code = error.code;
  return doctor::with_cause(std::move(error), doctor::why_no_layers(directories, store, user, code));
}

}  // namespace slipway::run
