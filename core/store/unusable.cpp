#include "core/store/unusable.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>

#include "core/linux/file_lock.hpp"
#include "core/linux/listing.hpp"
#include "core/linux/random.hpp"
#include "core/store/entry.hpp"

namespace slipway::store {
namespace {

// As layer_entry() makes it.
bool is_of_this_format(const std::string& name) {
  const std::size_t dot = name.find('.');
  return dot != std::string::npos && is_digest("sha256:" + name.substr(0, dot)) && is_form(name.substr(dot + 1));
}

bool has_tree(const linux::Fd& layers, const std::string& name) {
  struct stat found {};
  return ::fstatat(layers.get(), (name + "/tree").c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(found.st_mode);
}

std::string lock_of(const std::string& name) { return "locks/" + name + ".lock"; }
std::string making_of(const std::string& name) { return "locks/" + name + std::string(kUnpackLock); }

std::size_t longest_part(const std::string& path) { return path.size() - path.rfind('/') - 1; }

}  // namespace

Result<std::vector<std::string>> unusable_layers(const Store& store) {
  const auto layers = store.open_folder("layers");
  if (!layers) return tl::unexpected(layers.error());
  std::vector<std::string> names;
  auto listed = linux::list(*layers, [&](const std::string& name) {
    if (!is_of_this_format(name) || !has_tree(*layers, name)) names.push_back(name);
    return true;
  });
  if (!listed) return tl::unexpected(listed.error());
  return names;
}

Result<std::optional<UnusedLayer>> UnusedLayer::take(const Store& store, const std::string& name) {
  constexpr const char* kDoing = "lock a layer";
  const int top = store.directory().get();
  // As every slipway takes them: first what keeps others from making it, then what its users share.
  const std::string making = making_of(name), use = lock_of(name);
  // A name for which no slipway could make a lock is no layer of any.
  if (longest_part(making) > NAME_MAX || longest_part(use) > NAME_MAX) return UnusedLayer(store, name, {}, {});
  linux::Fd made(::openat(top, making.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600));
  if (!made) return failure(errno, kDoing, store.path() + "/" + making);
  const auto is_unmade = linux::try_lock(made, linux::Lock::exclusive);
  if (!is_unmade) return failure(is_unmade.error().code, kDoing, store.path() + "/" + making);
  struct stat found {};
  if (!*is_unmade || ::fstat(made.get(), &found) != 0 || found.st_nlink == 0) return std::nullopt;
  UnusedLayer layer(store, name, std::move(made), {});
  layer.use_ = linux::Fd(::openat(top, use.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  // Without such a file nobody uses it, and who would make one waits.
  if (!layer.use_ && errno != ENOENT) return failure(errno, kDoing, store.path() + "/" + use);
  if (layer.use_) {
    const auto is_unused = linux::try_lock(layer.use_, linux::Lock::exclusive);
    if (!is_unused) return failure(is_unused.error().code, kDoing, store.path() + "/" + use);
    if (!*is_unused) return std::nullopt;
  }
  return layer;
}

UnusedLayer::~UnusedLayer() {
  if (making_) ::unlinkat(store_.directory().get(), making_of(name_).c_str(), 0);
}

Result<std::string> UnusedLayer::take_out() {
  const int top = store_.directory().get();
  const std::string from = "layers/" + name_;
  const auto failed = [&] { return failure(errno, "remove a layer", store_.path() + "/" + from); };
  moved_ = linux::Fd(::openat(top, from.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  std::string name;
  if (moved_) {
    constexpr std::size_t kNameBytes = 8;
    const auto suffix = linux::random_hex(kNameBytes);
    if (!suffix) return tl::unexpected(suffix.error());
    name = "unusable." + *suffix;
    // Before it gets there: what nobody holds there belongs to the dead.
    if (auto locked = linux::lock(moved_, linux::Lock::exclusive); !locked) return tl::unexpected(locked.error());
    if (::renameat(top, from.c_str(), top, ("staging/" + name).c_str()) != 0) return failed();
  } else if (::unlinkat(top, from.c_str(), 0) != 0) {
    return failed();
  }
  if (use_) ::unlinkat(top, lock_of(name_).c_str(), 0);
  return name;
}

}  // namespace slipway::store
