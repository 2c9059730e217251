// Root filesystem from an overlay of the image's layers; writes go to a tmpfs or to disk and vanish with the run.
#include <cstdint>
#include <limits>
#include <optional>
#include <slipway/plugin.hpp>

#include "options.hpp"

namespace {

using slipway::steps::Common;

struct FsOverlay {
  Options options;

  void plan(slipway::Plan& plan) const {
    const Options::Upper upper = chosen_upper(plan);
    std::vector<slipway::Handle> layers;
    for (const slipway::Layer& layer : plan.layers()) layers.push_back(plan.unpack(layer));
    if (layers.empty()) return plan.error("/facts/image/layers", "the image has no layer to make a root filesystem of");

    slipway::steps::Overlay overlay{.lower = slipway::reversed(layers), .target = {"/"}};
    if (upper == Options::Upper::disk) {
      if (!options.size.empty()) return plan.error("/options/size", "a size is for a tmpfs, but writes go to disk");
      overlay.upper = plan.scratch({.name = "upper"}, Common{.as = "upper", .from = "/options/upper"});
    }
    if (!options.size.empty()) {
      overlay.size = size_of(options.size);
      if (!overlay.size)
        return plan.error("/options/size", options.size + " is more than fits into a file system's size");
    }
    plan.overlay(overlay, Common{.from = "/options/upper"});
    // The mount points are made first, which needs a writable root; nothing can be written once the program runs.
    if (upper == Options::Upper::none) plan.readonly({.path = {"/"}}, Common{.from = "/options/upper"});
  }

 private:
  [[nodiscard]] Options::Upper chosen_upper(const slipway::Plan& plan) const {
    if (options.upper != Options::Upper::auto_) return options.upper;
    return plan.host().tmpfs_user_xattr() ? Options::Upper::tmpfs : Options::Upper::disk;
  }

  // Digits and perhaps one unit, as the schema has it; nothing where that is beyond what a file's size can be.
  static std::optional<slipway::steps::Size> size_of(const std::string& text) {
    constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
    constexpr std::uint64_t kTen = 10;
    constexpr std::uint64_t kKilo = 1024;
    std::uint64_t bytes = 0;
    const auto multiply = [&bytes](std::uint64_t factor, std::uint64_t plus) {
      if (bytes > (kMost - plus) / factor) return false;
      bytes = bytes * factor + plus;
      return true;
    };
    for (const char letter : text) {
      if (letter >= '0' && letter <= '9') {
        if (!multiply(kTen, static_cast<std::uint64_t>(letter - '0'))) return std::nullopt;
        continue;
      }
      for (const char unit : std::string_view("KMGT")) {
        if (!multiply(kKilo, 0)) return std::nullopt;
        if (unit == letter) break;
      }
    }
    return slipway::steps::Size{bytes};
  }
};

}  // namespace

SLIPWAY_PLUGIN(FsOverlay)
