#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "core/linux/lookup.hpp"
#include "core/linux/mount.hpp"
#include "core/steps/steps.hpp"
#include "core/steps/target.hpp"

namespace slipway::steps {
namespace {

Result<std::string> content_of(const File& step) {
  constexpr std::size_t kLargest = std::size_t{1} << 20U;
  if (step.copy_of.text.empty()) return step.text;
  // O_NONBLOCK, so that nobody waits for the other end of a FIFO.
  const linux::Fd file(::open(step.copy_of.text.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file) {
    if (errno == ENOENT && step.absent == Absent::empty) return std::string();
    return failure(errno, "copy from the host", step.copy_of.text);
  }
  struct stat found {};
  if (::fstat(file.get(), &found) != 0) return failure(errno, "look at", step.copy_of.text);
  if (!S_ISREG(found.st_mode)) return failure(0, "copy from the host", step.copy_of.text, "it is no regular file");
  auto content = linux::read_all(file, kLargest);
  if (!content) return failure(content.error().code, "copy from the host", step.copy_of.text);
  return content;
}

}  // namespace

std::string summary(const File& step) {
  return step.target.text + (step.copy_of.text.empty() ? " (" + std::to_string(step.text.size()) + " bytes)"
                                                       : ", a copy of the host's " + step.copy_of.text);
}

std::string problem_of(const File& step) {
  if (step.copy_of.is_reference()) return "copy_of is a path on the host, not a result";
  if (!step.copy_of.text.empty() && !step.text.empty()) return "it has both a text and what to copy";
  return {};
}

Result<void> apply(const File& step, Inside& inside) {
  auto content = content_of(step);
  if (!content) return tl::unexpected(content.error());
  // On the base's tmpfs, which lives on under its binds when the base itself is gone. Its name is what mountinfo shows.
  const std::string name = "file" + std::to_string(inside.files++);
  const linux::Fd file(
      ::openat(inside.base.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, step.mode.bits));
  if (!file) return failure(errno, "make the file for", step.target.text);
  if (auto written = linux::write_all(file, *content); !written) {
    return failure(written.error().code, "write the file for", step.target.text);
  }
  auto mount = linux::clone_mount(file, linux::Below::left);
  if (!mount) return failure(mount.error().code, "copy the mount for", step.target.text);
  auto place = open_target(inside, step.target, TargetKind::file);
  if (!place) return tl::unexpected(place.error());
  if (auto attached = linux::attach_mount(*mount, *place); !attached) {
    return failure(attached.error().code, "mount on", step.target.text);
  }
  return {};
}

}  // namespace slipway::steps
