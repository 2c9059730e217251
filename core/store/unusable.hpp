// What lies among a store's layers and is none to this slipway: of another version's form, without a tree, or nothing
// that a slipway makes. Knows nothing of who made it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/store/store.hpp"

namespace slipway::store {

/// The names below layers/.
Result<std::vector<std::string>> unusable_layers(const Store& store);

/// Something below layers/ that nobody can begin to use, or to make, while this lives.
class UnusedLayer {
 public:
  /// nullopt: another slipway, of whatever version, uses it, makes it or removes it.
  static Result<std::optional<UnusedLayer>> take(const Store& store, const std::string& name);

  UnusedLayer(UnusedLayer&&) = default;
  UnusedLayer& operator=(UnusedLayer&&) = delete;
  UnusedLayer(const UnusedLayer&) = delete;
  UnusedLayer& operator=(const UnusedLayer&) = delete;
  ~UnusedLayer();

  /// Out of layers/ at once, so that there is never half of one: a directory then lies below staging/, where it is what
  /// a dead run has left as soon as this goes. Yields its name there; empty for what is no directory, and gone.
  Result<std::string> take_out();

 private:
  UnusedLayer(const Store& store, std::string name, linux::Fd making, linux::Fd use)
      : store_(store), name_(std::move(name)), making_(std::move(making)), use_(std::move(use)) {}

  const Store& store_;
  std::string name_;
  linux::Fd making_, use_, moved_{};
};

}  // namespace slipway::store
