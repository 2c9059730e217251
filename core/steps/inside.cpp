#include "core/steps/inside.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "core/linux/lookup.hpp"
#include "core/linux/mount.hpp"

namespace slipway::steps {

Result<const linux::Fd*> Inside::result(std::string_view name) const {
  const auto found = results.find(std::string(name));
  if (found == results.end()) return failure(0, "use the result", "@" + std::string(name));
  return &found->second;
}

Result<linux::Fd> Inside::result_here(std::string_view name) const {
  auto given = result(name);
  if (!given) return tl::unexpected(given.error());
  if (!results_are_mounts) return linux::open_again_here(**given);
  const std::string directory = "@" + std::string(name);
  auto made = linux::make_directory_at(base, directory, 0700);
  if (!made) return tl::unexpected(made.error());
  if (*made) {
    auto place = linux::open_below(base, directory, O_PATH | O_DIRECTORY);
    if (!place) return place;
    if (auto attached = linux::attach_mount(**given, *place); !attached) return tl::unexpected(attached.error());
  }
  return linux::open_below(base, directory, O_PATH | O_DIRECTORY);
}

Result<void> Inside::attach(const linux::Fd& mount, const Path& target) {
  if (target.text == "/") {
    if (auto made = linux::make_directory_at(base, "root", 0755); !made) return tl::unexpected(made.error());
    auto place = linux::open_below(base, "root", O_PATH | O_DIRECTORY);
    if (!place) return tl::unexpected(place.error());
    if (auto attached = linux::attach_mount(mount, *place); !attached) return attached;
    auto opened = linux::open_below(base, "root", O_PATH | O_DIRECTORY);
    if (!opened) return tl::unexpected(opened.error());
    root = std::move(*opened);
    return {};
  }
  auto place = linux::open_below(root, target.text, O_PATH);
  if (!place) {
    const int code = place.error().code;
    return failure(code, "mount on", target.text,
                   code == ELOOP ? "the image has a link there, which slipway does not follow" : "");
  }
  if (auto attached = linux::attach_mount(mount, *place); !attached) {
    return failure(attached.error().code, "mount on", target.text);
  }
  return {};
}

Result<void> make_base(Inside& inside) {
  auto tmpfs = linux::NewFilesystem::open("tmpfs");
  if (!tmpfs) return tl::unexpected(tmpfs.error());
  for (const auto& [name, value] : {std::pair{"source", "slipway"}, std::pair{"mode", "0700"}}) {
    if (auto set = tmpfs->set(name, value); !set) return set;
  }
  auto mount = tmpfs->create(0);
  if (!mount) return tl::unexpected(mount.error());
  // On top of "/": no directory of the host is needed, and lookups from this process's root do not see it, because
  // they begin below it.
  if (auto attached = linux::attach_mount(*mount, "/"); !attached) return attached;
  inside.base = std::move(*mount);
  return {};
}

}  // namespace slipway::steps
