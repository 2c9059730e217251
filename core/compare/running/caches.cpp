#include "core/compare/running/caches.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <vector>

#include "core/linux/file_lock.hpp"
#include "core/linux/id_map.hpp"
#include "core/run/removal.hpp"
#include "core/store/remove_tree.hpp"
#include "core/store/store.hpp"

namespace slipway::compare {
namespace {

constexpr std::string_view kSuffix = "XXXXXX";
constexpr const char* kDrop = "/proc/sys/vm/drop_caches";

/// As the user, or as root of the user's own ids: layers hold files of subordinate ones.
Result<void> empty(const linux::Fd& directory, const std::string& path) {
  auto done = store::empty_directory(directory);
  if (done || !run::is_forbidden(done.error())) return done;
  const auto ids = linux::automatic_id_map();
  if (!ids || ids->none()) return done;
  const auto inside = run::do_inside(*ids, [&] { return store::empty_directory(directory).has_value(); });
  if (!inside) return tl::unexpected(inside.error());
  if (!*inside) return failure(EACCES, "empty the store of cold runs", path);
  return {};
}

std::string make_directory(const std::string& begin) {
  std::string path = begin + std::string(kSuffix);
  return ::mkdtemp(path.data()) == nullptr ? std::string() : path;
}

linux::Fd open_directory(const std::string& path) {
  return linux::Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

/// Stores of comparisons that were killed: this user's, and locked by nobody.
void remove_leftovers(const std::string& begin) {
  namespace fs = std::filesystem;
  const fs::path first(begin);
  std::vector<std::string> leftovers;
  std::error_code problem;
  for (fs::directory_iterator entry(first.parent_path(), problem), end; !problem && entry != end;
       entry.increment(problem)) {
    const std::string name = entry->path().filename().string();
    const std::string same = first.filename().string();
    if (name.size() == same.size() + kSuffix.size() && name.compare(0, same.size(), same) == 0)
      leftovers.push_back(entry->path().string());
  }
  for (const std::string& path : leftovers) {
    const linux::Fd directory = open_directory(path);
    struct stat found {};
    if (!directory || ::fstat(directory.get(), &found) != 0 || found.st_uid != ::geteuid()) continue;
    const auto locked = linux::try_lock(directory, linux::Lock::exclusive);
    if (locked && *locked && empty(directory, path)) (void)::rmdir(path.c_str());
  }
}

}  // namespace

Caches::~Caches() {
  if (!directory_) return;
  (void)empty(directory_, private_);
  (void)::rmdir(private_.c_str());
}

Result<void> Caches::make_private() {
  if (store_.empty()) {
    auto usual = store::Store::default_path();
    if (!usual) return tl::unexpected(usual.error());
    store_ = std::move(*usual);
  }
  remove_leftovers(store_ + ".cold-");
  private_ = make_directory(store_ + ".cold-");
  if (private_.empty()) {
    const char* elsewhere = ::secure_getenv("TMPDIR");
    private_ = make_directory(std::string(elsewhere != nullptr ? elsewhere : "/tmp") + "/slipway-cold-");
    if (private_.empty()) return failure(errno, "make a store for cold runs", store_ + ".cold-XXXXXX");
    notes_.insert("cold runs had their store in " + private_ + ", because none could be made beside " + store_ +
                  "; the two may be of different file systems");
  }
  directory_ = open_directory(private_);
  if (!directory_) return failure(errno, "open the store of cold runs", private_);
  // Held as long as this lives, so that nobody takes it for a leftover. Where there are no locks (NFS has none for
  // directories), nobody else can take one either.
  (void)linux::try_lock(directory_, linux::Lock::exclusive);
  return {};
}

Result<std::string> Caches::empty_store() {
  if (!directory_) {
    if (auto made = make_private(); !made) return tl::unexpected(made.error());
  }
  if (auto emptied = empty(directory_, private_); !emptied) return tl::unexpected(emptied.error());
  return private_ + "/store";  // a store's own locks are none of the one held here
}

double Caches::stored_bytes() const {
  double bytes = 0;
  std::error_code problem;
  using Walk = std::filesystem::recursive_directory_iterator;
  // Of a user's layers some directories may be closed to the user: what can be seen is counted.
  for (Walk walk(private_, std::filesystem::directory_options::skip_permission_denied, problem), end;
       !problem && walk != end; walk.increment(problem)) {
    struct stat found {};
    if (::lstat(walk->path().c_str(), &found) == 0) bytes += static_cast<double>(found.st_blocks) * 512;
  }
  return bytes;
}

void Caches::drop_pages() {
  ++drops_;
  ::sync();  // only what is written back can be dropped
  const linux::Fd file(::open(kDrop, O_WRONLY | O_CLOEXEC));
  const int code = errno;
  if (file && linux::write_all(file, "3\n")) return;
  notes_.insert("the page cache could not be dropped (" + std::string(kDrop) + ": " +
                errno_words(file ? EACCES : code) +
                "): runs that are \"cold\" or \"store-warm\" read from it, but for the image's own file");
  drop_target();
}

void Caches::drop_target() {
  const linux::Fd file(::open(target_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (file) (void)::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
}

}  // namespace slipway::compare
