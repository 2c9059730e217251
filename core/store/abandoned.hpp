// What runs that were killed have left in a store. Whoever is alive holds a lock on what it makes, so what can be
// locked here belongs to nobody any more. Knows nothing of journals or processes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/store/store.hpp"

namespace slipway::store {

/// Stays locked as long as this lives, so that nobody else finds it, or begins to use it.
struct Abandoned {
  enum class Kind {
    run_directory,  ///< runs/<name>
    staging,        ///< staging/<name>
    lock,           ///< locks/<name> of an unpacking
    record,         ///< a file of images/, starts/ or the store itself that was half written
  };
  Kind kind = Kind::record;
  std::string folder{};  ///< below the store; "." for itself
  std::string name{};
  linux::Fd lock{};
};

/// `is_spared`: run directories that are known to be in use though nobody holds them.
Result<std::vector<Abandoned>> find_abandoned(const Store& store,
                                              const std::function<bool(const std::string& run)>& is_spared);

/// As far as this process may.
Result<void> remove_abandoned(const Store& store, const Abandoned& abandoned);

}  // namespace slipway::store
