// A temporary directory for one test, removed with everything below it.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace slipway::tests {

class Scratch {
 public:
  enum class On { memory_or_disk, disk };  ///< /tmp, or /var/tmp, which outlives a boot and so is on no tmpfs
  /// Mode 0755, so that other users reach what a test puts there. Throws std::runtime_error.
  explicit Scratch(On where = On::memory_or_disk);
  /// Removes also what has odd modes; follows no link and enters no mount.
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  Scratch(Scratch&&) = delete;
  Scratch& operator=(Scratch&&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  /// The path of `name` below it.
  [[nodiscard]] std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }
  /// Writes a file below it and returns its path.
  std::string write(std::string_view name, std::string_view text, mode_t mode = 0644) const;
  /// Makes a directory below it, owned by that user, and returns its path.
  std::string directory(std::string_view name, uid_t uid, gid_t gid, mode_t mode = 0755) const;

 private:
  std::string path_;
};

}  // namespace slipway::tests
