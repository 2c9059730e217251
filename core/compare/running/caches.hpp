// The caches that a run finds: brought into a state that is the same for all runs of a treatment.
// Knows nothing of variants.
#pragma once

#include <set>
#include <string>

#include "core/linux/fd.hpp"

namespace slipway::compare {

class Caches {
 public:
  /// `store` is the one that runs use; where it is empty, the usual one. `target`: an image's source.
  Caches(std::string store, std::string target) : store_(std::move(store)), target_(std::move(target)) {}
  Caches(Caches&&) = delete;
  Caches& operator=(Caches&&) = delete;
  Caches(const Caches&) = delete;
  Caches& operator=(const Caches&) = delete;
  /// Removes the store of cold runs.
  ~Caches();

  /// A store with nothing in it, beside the usual one: on the same file system, so that it is as fast. Its path.
  Result<std::string> empty_store();
  /// What it holds after a run, in bytes on disk.
  [[nodiscard]] double stored_bytes() const;
  /// The kernel's cache of files, as far as this process may. Counts how often it was done.
  void drop_pages();
  [[nodiscard]] std::size_t drops() const { return drops_; }

  /// What could not be done here, in sentences.
  [[nodiscard]] const std::set<std::string>& notes() const { return notes_; }

 private:
  Result<void> make_private();
  void drop_target();

  std::string store_, target_;
  std::string private_{};
  linux::Fd directory_{};
  std::size_t drops_ = 0;
  std::set<std::string> notes_{};
};

}  // namespace slipway::compare
