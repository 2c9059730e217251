// Where layers are made before they get their names: a directory of one run's own below staging/, the only one that its
// worker is given. Whatever the worker turns into, the rest of the store is not within its reach.
#pragma once

#include <functional>
#include <string>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"
#include "core/store/locks.hpp"
#include "core/store/losses.hpp"

namespace slipway::store {

/// Told the name of a directory below staging/ before it is made; its failure is the making's.
using Announce = std::function<Result<void>(const std::string& name)>;

class Staging {
 public:
  /// A new directory below the store's staging/. What dead runs with the same form have left comes to lie in it:
  /// their files may have owners whom only the form's id map can touch, so it is the worker who removes them.
  static Result<Staging> in_store(const linux::Fd& store, const std::string& form, const Announce& announce = {},
                                  const ShouldStop& should_stop = {});

  Staging(Staging&&) = default;
  Staging& operator=(Staging&&) = delete;
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  /// Removes what is left in it, as far as this process may; the rest goes with a later run.
  ~Staging();

  /// Open for reading, empty but for what the dead have left.
  [[nodiscard]] const linux::Fd& directory() const { return directory_; }

  /// What the worker left as `entry` becomes the layer of that name, if it is one: a directory of this user's with
  /// `tree` in it. The worker has synced it and has ended; nothing else that it says or does is relied on. What was
  /// lost is written down beside the tree, so that each run of the image can tell it.
  [[nodiscard]] Result<void> commit(const std::string& entry, const Losses& losses) const;

 private:
  Staging(linux::Fd layers, linux::Fd above, linux::Fd directory, std::string name)
      : layers_(std::move(layers)),
        above_(std::move(above)),
        directory_(std::move(directory)),
        name_(std::move(name)) {}

  linux::Fd layers_;
  linux::Fd above_;
  linux::Fd directory_;  // locked as long as it is open, here or in the worker
  std::string name_;
};

}  // namespace slipway::store
