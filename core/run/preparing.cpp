#include "core/run/preparing.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "core/run/moments.hpp"

namespace slipway::run {

// Written down before it is made.
Result<void> Preparing::make_run_directory() {
  if (auto noted = journal_.add({RunDirectory::Kind::written, journal_.run(), ids_, store_.path()}); !noted)
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

Result<linux::Fd> Preparing::scratch(const std::string& name) {
  if (!run_directory_) {
    if (auto made = make_run_directory(); !made) return tl::unexpected(made.error());
  }
  constexpr mode_t kOwnOnly = 0700;
  if (::mkdirat(run_directory_.get(), name.c_str(), kOwnOnly) != 0) return failure(errno, "make directory", name);
  linux::Fd directory(::openat(run_directory_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory) return failure(errno, "open directory", name);
  return directory;
}

}  // namespace slipway::run
