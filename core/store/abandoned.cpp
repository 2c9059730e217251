#include "core/store/abandoned.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/linux/file_lock.hpp"
#include "core/linux/listing.hpp"
#include "core/store/records.hpp"

namespace slipway::store {
namespace {

// Who makes something has its folder for a moment; who holds it for longer than this is stopped, and all that he makes
// is his.
constexpr int kPatience_ms = 2000;

class Finder {
 public:
  Finder(const Store& store, const std::function<bool(const std::string&)>& is_spared)
      : store_(store), is_spared_(is_spared) {}

  Result<std::vector<Abandoned>> find() {
    const auto spared = [this](const std::string& name) { return is_spared_ && is_spared_(name); };
    const auto none = [](const std::string&) { return false; };
    auto done = find_directories("runs", Abandoned::Kind::run_directory, spared);
    if (done) done = find_directories("staging", Abandoned::Kind::staging, none);
    if (done) done = find_locks();
    for (const char* folder : {"images", "starts", "."}) {
      if (done) done = find_records(folder);
    }
    if (!done) return tl::unexpected(done.error());
    return std::move(found_);
  }

 private:
  // With the folder to oneself nobody is between making a directory in it and locking that.
  Result<void> find_directories(const char* folder, Abandoned::Kind kind,
                                const std::function<bool(const std::string&)>& is_spared) {
    const auto base = store_.open_folder(folder);
    if (!base) return tl::unexpected(base.error());
    const auto alone = linux::lock_within(*base, linux::Lock::exclusive, kPatience_ms);
    if (!alone) return tl::unexpected(alone.error());
    if (!*alone) return {};
    return linux::list(*base, [&](const std::string& name) {
      if (name.front() == '.' || is_spared(name)) return true;
      linux::Fd directory(::openat(base->get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (directory && linux::try_lock(directory, linux::Lock::exclusive).value_or(false)) {
        found_.push_back({kind, folder, name, std::move(directory)});
      }
      return true;
    });
  }

  Result<void> find_locks() {
    const auto base = store_.open_folder("locks");
    if (!base) return tl::unexpected(base.error());
    return linux::list(*base, [&](const std::string& name) {
      if (!name.ends_with(kUnpackLock)) return true;
      linux::Fd file(::openat(base->get(), name.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
      if (!file || !linux::try_lock(file, linux::Lock::exclusive).value_or(false)) return true;
      // Who held it may have removed it a moment ago; another of its name is another's.
      struct stat status {};
      if (::fstat(file.get(), &status) != 0 || status.st_nlink == 0) return true;
      found_.push_back({Abandoned::Kind::lock, "locks", name, std::move(file)});
      return true;
    });
  }

  Result<void> find_records(const char* folder) {
    const auto base = store_.open_folder(folder);
    if (!base && base.error().code == ENOENT) return {};  // starts/ comes with the first of them
    if (!base) return tl::unexpected(base.error());
    const auto alone = linux::lock_within(*base, linux::Lock::exclusive, kPatience_ms);
    if (!alone) return tl::unexpected(alone.error());
    if (!*alone) return {};
    Result<void> done;
    auto listed = linux::list(*base, [&](const std::string& name) {
      if (!is_half_written(name)) return true;
      auto lock = linux::duplicate(*base);
      if (!lock) done = tl::unexpected(lock.error());
      if (!lock) return false;
      found_.push_back({Abandoned::Kind::record, folder, name, std::move(*lock)});
      return true;
    });
    return done ? listed : done;
  }

  const Store& store_;
  const std::function<bool(const std::string&)>& is_spared_;
  std::vector<Abandoned> found_{};
};

}  // namespace

Result<std::vector<Abandoned>> find_abandoned(const Store& store,
                                              const std::function<bool(const std::string& run)>& is_spared) {
  return Finder(store, is_spared).find();
}

Result<void> remove_abandoned(const Store& store, const Abandoned& abandoned) {
  if (abandoned.kind == Abandoned::Kind::run_directory) return store.remove_run_directory(abandoned.name);
  if (abandoned.kind == Abandoned::Kind::staging) return store.remove_staging(abandoned.name);
  const auto base = store.open_folder(abandoned.folder.c_str());
  if (!base) return tl::unexpected(base.error());
  if (::unlinkat(base->get(), abandoned.name.c_str(), 0) != 0 && errno != ENOENT) {
    return failure(errno, "remove", store.path() + "/" + abandoned.folder + "/" + abandoned.name);
  }
  return {};
}

}  // namespace slipway::store
