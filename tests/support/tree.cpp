#include "tests/support/tree.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include "tests/support/archive.hpp"

namespace slipway::tests {
namespace {

std::string mode_and_owner(const struct stat& status) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), " %04o %u:%u", status.st_mode & 07777U, status.st_uid, status.st_gid);
  return text.data();
}

std::string xattrs_of(const std::string& path) {
  std::string list(65536, '\0');
  const ssize_t size = ::llistxattr(path.c_str(), list.data(), list.size());
  std::map<std::string, std::string> found;
  for (std::size_t at = 0; size > 0 && at < static_cast<std::size_t>(size);) {
    const std::string name = list.c_str() + at;
    at += name.size() + 1;
    std::string value(65536, '\0');
    const ssize_t length = ::lgetxattr(path.c_str(), name.c_str(), value.data(), value.size());
    if (length >= 0) found[name] = value.substr(0, static_cast<std::size_t>(length));
  }
  std::string text;
  for (const auto& [name, value] : found) text += " " + name + "=" + value;
  return text;
}

std::string content_of(const std::string& path, const struct stat& status) {
  constexpr off_t kShort = 64;
  if (status.st_size > kShort) return " size " + std::to_string(status.st_size);
  return " =" + read_file(path);
}

class Describer {
 public:
  explicit Describer(std::string root) : root_(std::move(root)) {}

  std::map<std::string, std::string> describe() {
    add("");
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root_)) {
      paths_.push_back(entry.path().string().substr(root_.size() + 1));
    }
    std::sort(paths_.begin(), paths_.end());
    for (const std::string& path : paths_) add(path);
    return std::move(tree_);
  }

 private:
  void add(const std::string& name) {
    const std::string path = name.empty() ? root_ : root_ + "/" + name;
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) throw std::runtime_error("cannot look at " + path);
    if (!S_ISDIR(status.st_mode) && status.st_nlink > 1) {
      const auto [first, is_first] = inodes_.emplace(status.st_ino, name);
      if (!is_first) {
        tree_[name] = "h " + first->second;
        return;
      }
    }
    tree_[name] = describe_one(path, status) + xattrs_of(path);
  }

  static std::string describe_one(const std::string& path, const struct stat& status) {
    switch (status.st_mode & S_IFMT) {
      case S_IFDIR:
        return "d" + mode_and_owner(status);
      case S_IFREG:
        return "f" + mode_and_owner(status) + content_of(path, status);
      case S_IFIFO:
        return "p" + mode_and_owner(status);
      case S_IFLNK:
        return "l " + std::to_string(status.st_uid) + ":" + std::to_string(status.st_gid) + " ->" +
               std::filesystem::read_symlink(path).string();
      default:
        return (S_ISCHR(status.st_mode) ? "c" : "b") + mode_and_owner(status) + " " +
               std::to_string(major(status.st_rdev)) + ":" + std::to_string(minor(status.st_rdev));
    }
  }

  std::string root_;
  std::vector<std::string> paths_{};
  std::map<ino_t, std::string> inodes_{};
  std::map<std::string, std::string> tree_{};
};

}  // namespace

std::map<std::string, std::string> describe_tree(const std::string& root) { return Describer(root).describe(); }

std::string to_text(const std::map<std::string, std::string>& tree) {
  std::string text;
  for (const auto& [name, what] : tree) text += name + ": " + what + "\n";
  return text;
}

}  // namespace slipway::tests
