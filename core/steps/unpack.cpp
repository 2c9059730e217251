#include <utility>

#include "core/steps/steps.hpp"

namespace slipway::steps {

std::string summary(const Unpack& step) {
  constexpr std::size_t kShortDigest = 19;  // "sha256:" and twelve digits, as Docker shows it
  return "layer " + step.diff_id.substr(0, kShortDigest);
}

Result<linux::Fd> apply(const Unpack& step, Preparation& preparation) {
  auto layer = preparation.layer(step.diff_id);
  if (layer) return layer;
  // Whoever tells of this error names the step first. All layers are unpacked when the first one is asked for, so the
  // one that failed may be another, and then it is named.
  Error& error = layer.error();
  const std::string said = summary(step) + ": ";
  if (const std::size_t at = error.subject.find(said); at != std::string::npos) error.subject.erase(at, said.size());
  if (error.doing == "unpack" && !error.subject.empty()) error.doing = std::exchange(error.subject, {});
  return layer;
}

}  // namespace slipway::steps
