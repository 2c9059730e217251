// sha256 while bytes pass by.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace slipway::unpack {

class Digest {
 public:
  Digest();
  void add(const void* data, std::size_t size);
  /// "sha256:…"; once.
  std::string finish();

 private:
  struct Free {
    void operator()(void* context) const;
  };
  std::unique_ptr<void, Free> context_;
};

}  // namespace slipway::unpack
