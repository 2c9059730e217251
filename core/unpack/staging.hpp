// Where trees are made before they get their names: a directory that is locked as long as its maker lives, so that
// what the killed have left can be told from what others are making.
#pragma once

#include <string>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"

namespace slipway::unpack {

class Staging {
 public:
  /// A new directory below the store's staging/; those of dead makers with the same form (and so the same id map, in
  /// which alone they can be removed) go.
  static Result<Staging> in_store(const linux::Fd& store, const std::string& form);

  Staging(Staging&&) = default;
  Staging& operator=(Staging&&) = delete;
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  /// Removes what has not been moved away.
  ~Staging();

  [[nodiscard]] const linux::Fd& directory() const { return directory_; }

 private:
  Staging(linux::Fd above, linux::Fd directory, std::string name)
      : above_(std::move(above)), directory_(std::move(directory)), name_(std::move(name)) {}

  linux::Fd above_;
  linux::Fd directory_;
  std::string name_;
};

/// A new directory `name`, mode 0755, open for reading.
Result<linux::Fd> make_directory(const linux::Fd& above, const std::string& name);

}  // namespace slipway::unpack
