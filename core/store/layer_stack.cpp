#include "core/store/layer_stack.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_set>

namespace slipway::store {
namespace {

constexpr int kOpenDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr const char* kDoing = "read a directory of the layer";

// What is mounted upon a layer is not of it, and overlay would not show it either.
linux::Fd open_directory(const linux::Fd& above, const std::string& name) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(kOpenDirectory);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
  return linux::Fd(static_cast<int>(::syscall(SYS_openat2, above.get(), name.c_str(), &how, sizeof how)));
}

enum class Kind { directory, other, deletion };

Result<Kind> kind_of(const linux::Fd& directory, const dirent& entry) {
  if (entry.d_type == DT_DIR) return Kind::directory;
  if (entry.d_type != DT_CHR && entry.d_type != DT_UNKNOWN) return Kind::other;
  struct stat status {};
  if (::fstatat(directory.get(), entry.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return failure(errno, "look at", entry.d_name);
  }
  if (S_ISDIR(status.st_mode)) return Kind::directory;
  return S_ISCHR(status.st_mode) && status.st_rdev == 0 ? Kind::deletion : Kind::other;
}

class Reading {
 public:
  explicit Reading(const LayerStack& stack) : stack_(stack) {}

  Result<std::vector<StackEntry>> read() {
    for (std::size_t layer = 0; layer < stack_.size(); ++layer) {
      if (auto done = read_one(layer); !done) return tl::unexpected(done.error());
    }
    return std::move(entries_);
  }

 private:
  Result<void> read_one(std::size_t layer) {
    const int copy = ::openat(stack_[layer].get(), ".", kOpenDirectory);
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(copy < 0 ? nullptr : ::fdopendir(copy), ::closedir);
    if (!stream) return failure(errno, kDoing);
    while (true) {
      errno = 0;
      const dirent* entry = ::readdir(stream.get());  // NOLINT(concurrency-mt-unsafe): a stream of our own
      if (entry == nullptr && errno != 0) return failure(errno, kDoing);
      if (entry == nullptr) return {};
      const std::string_view name = static_cast<const char*>(entry->d_name);
      if (name == "." || name == "..") continue;
      // Most directories lie in one layer alone, and then nothing has to be remembered.
      if (stack_.size() > 1 && !seen_.insert(std::string(name)).second) continue;
      auto kind = kind_of(stack_[layer], *entry);
      if (!kind) return tl::unexpected(kind.error());
      if (*kind != Kind::deletion) entries_.push_back({std::string(name), layer, *kind == Kind::directory});
    }
  }

  const LayerStack& stack_;
  std::unordered_set<std::string> seen_{};
  std::vector<StackEntry> entries_{};
};

}  // namespace

bool is_opaque(const linux::Fd& directory) {
  char value = 0;
  return ::fgetxattr(directory.get(), "user.overlay.opaque", &value, 1) == 1 && value == 'y';
}

Result<LayerStack> open_layers(const std::vector<const linux::Fd*>& layers) {
  LayerStack stack;
  for (const linux::Fd* layer : layers) {
    stack.emplace_back(::openat(layer->get(), ".", kOpenDirectory));
    if (!stack.back()) return failure(errno, "open a layer");
    if (stack.size() < layers.size() && is_opaque(stack.back())) break;
  }
  return stack;
}

Result<std::vector<StackEntry>> entries_of(const LayerStack& directory) { return Reading(directory).read(); }

Result<LayerStack> open_entry(const LayerStack& directory, const StackEntry& entry) {
  LayerStack stack;
  for (std::size_t layer = entry.layer; layer < directory.size(); ++layer) {
    linux::Fd opened = open_directory(directory[layer], entry.name);
    if (!opened && errno == ENOENT) continue;
    // A link, a file or a deletion hides all that is below it.
    if (!opened && !stack.empty() && (errno == ENOTDIR || errno == ELOOP)) break;
    if (!opened) {
      return failure(errno, "open a directory of the layer", "",
                     errno == EXDEV ? "something is mounted there: unmount it first" : "");
    }
    stack.push_back(std::move(opened));
    if (layer + 1 < directory.size() && is_opaque(stack.back())) break;
  }
  return stack;
}

}  // namespace slipway::store
