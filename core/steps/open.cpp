#include <fcntl.h>
#include <sys/mount.h>

#include <cerrno>

#include "core/linux/mount.hpp"
#include "core/linux/shell_words.hpp"
#include "core/steps/steps.hpp"

namespace slipway::steps {
namespace {

const char* hint_for_mapping(int code) {
  switch (code) {
    case EPERM:
      return "owners are mapped by root only, and not of what is mapped already: leave the owners as the host has them";
    case EINVAL:
    case EOPNOTSUPP:
      return "the file system there cannot map owners (mount_setattr(2), ID-mapped mounts): leave them as the host has "
             "them";
    default:
      return "";
  }
}

tl::unexpected<Error> not_mapped(int code) { return failure(code, "map the owners", "", hint_for_mapping(code)); }

// A mount of its own, without those below it, which would each need a map.
Result<linux::Fd> with_owners_of_container(const linux::Fd& source, Preparation& preparation) {
  auto users = preparation.user_namespace();
  if (!users) return tl::unexpected(users.error());
  auto mount = linux::clone_mount_apart(source, linux::Below::left, MS_PRIVATE);
  if (!mount) return not_mapped(mount.error().code);
  if (!*users) return mount;  // the container's ids are the host's
  if (auto mapped = linux::map_mount_ids(*mount, *users); !mapped) return not_mapped(mapped.error().code);
  return mount;
}

}  // namespace

std::string summary(const Open& step) {
  return step.path.text + (step.owners == Owners::container ? " with the container's owners" : "");
}

std::string problem_of(const Open& step) {
  return step.path.is_reference() ? "path is a path on the host, not a result" : "";
}

Result<linux::Fd> apply(const Open& step, Preparation& preparation) {
  linux::Fd source(::open(step.path.text.c_str(), O_PATH | O_CLOEXEC));
  if (const int code = errno; !source)
    return failure(code, "open on the host", "", code == ENOENT ? linux::hint_to_shell_words(step.path.text) : "");
  if (step.owners == Owners::host) return source;
  return with_owners_of_container(source, preparation);
}

}  // namespace slipway::steps
