// That only one comparison of a user goes on at a time: two would measure each other.
#pragma once

#include <string>

#include "core/linux/fd.hpp"

namespace slipway::compare {

class Alone {
 public:
  /// Refuses while another one goes on, and tells its process. The lock lies in the runtime directory, and goes with
  /// its process however that ends.
  static Result<Alone> take();
  Alone(Alone&&) = default;
  Alone& operator=(Alone&&) = delete;
  Alone(const Alone&) = delete;
  Alone& operator=(const Alone&) = delete;
  ~Alone();

 private:
  Alone(linux::Fd directory, linux::Fd file) : directory_(std::move(directory)), file_(std::move(file)) {}
  linux::Fd directory_{}, file_{};
};

}  // namespace slipway::compare
