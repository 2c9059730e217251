#include "core/run/preparing.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "core/run/copying.hpp"
#include "core/run/moments.hpp"

namespace slipway::run {
namespace {

bool lies_in(const linux::Fd& above, const linux::Fd& directory) {
  struct stat wanted {
  }, found{};
  const linux::Fd parent(::openat(directory.get(), "..", O_PATH | O_DIRECTORY | O_CLOEXEC));
  return parent && ::fstat(above.get(), &wanted) == 0 && ::fstat(parent.get(), &found) == 0 &&
         wanted.st_dev == found.st_dev && wanted.st_ino == found.st_ino;
}

}  // namespace

// Written down before it is made.
Result<void> Preparing::make_run_directory() {
  if (auto noted = journal_.add({RunDirectory::Kind::written, journal_.run(), ids_.to_text(), store_.path()}); !noted)
    return noted;
  reached(Moment::directory);
  auto made = store_.make_run_directory(journal_.run(), [this] { return interruption_.comes(); });
  if (!made) return tl::unexpected(made.error());
  run_directory_ = std::move(*made);
  auto lock = linux::duplicate(run_directory_);
  if (!lock) return tl::unexpected(lock.error());
  journal_.keep(std::move(*lock));
  return {};
}

Result<linux::Fd> Preparing::scratch(const std::string& name, steps::Afterwards afterwards) {
  if (!run_directory_) {
    if (auto made = make_run_directory(); !made) return tl::unexpected(made.error());
  }
  constexpr mode_t kOwnOnly = 0700;
  if (::mkdirat(run_directory_.get(), name.c_str(), kOwnOnly) != 0) return failure(errno, "make directory", name);
  linux::Fd directory(::openat(run_directory_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory) return failure(errno, "open directory", name);
  if (afterwards == steps::Afterwards::kept) kept_.push_back(name);
  return directory;
}

Result<linux::Fd> Preparing::user_namespace() {
  if (child_ == 0) return linux::Fd();
  const std::string path = "/proc/" + std::to_string(child_) + "/ns/user";
  linux::Fd found(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!found) return failure(errno, "open", path);
  return found;
}

Result<const linux::Fd*> Preparing::result(const steps::Reference& reference) const {
  const auto found = results_.find(reference.name);
  if (found == results_.end()) return failure(0, "use the result", "@" + reference.name);
  return &found->second;
}

Result<linux::Fd> Preparing::copy(const std::vector<steps::Reference>& layers, const steps::Reference& into) {
  auto target = result(into);
  if (!target) return tl::unexpected(target.error());
  // Any result is a directory, but others' layers are not to be written to.
  if (!run_directory_ || !lies_in(run_directory_, **target))
    return failure(0, "copy into @" + into.name, "", "it is to be the result of a scratch step");
  CopyPlaces places{{}, **target, run_directory_};
  for (const steps::Reference& reference : layers) {
    auto layer = result(reference);
    if (!layer) return tl::unexpected(layer.error());
    places.layers.push_back(*layer);
  }
  auto lost = copy_layers(places, ids_, interruption_);
  if (!lost) return tl::unexpected(lost.error());
  losses_ += *lost;
  return linux::duplicate(**target);
}

}  // namespace slipway::run
