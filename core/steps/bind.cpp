#include <fcntl.h>
#include <linux/mount.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>

#include "core/linux/lookup.hpp"
#include "core/linux/mount.hpp"
#include "core/steps/mount_flags.hpp"
#include "core/steps/steps.hpp"
#include "core/steps/target.hpp"

namespace slipway::steps {
namespace {

linux::Below below_of(const Bind& step) {
  return step.submounts == Submounts::taken ? linux::Below::taken : linux::Below::left;
}

Result<linux::Fd> open_source(const Bind& step, const Inside& inside) {
  if (step.source.is_reference()) {
    return inside.result_here(step.source.reference());
  }
  linux::Fd source(::open(step.source.text.c_str(), O_PATH | O_CLOEXEC));
  if (!source) {
    return failure(errno, "open on the host", step.source.text,
                   errno == ENOENT ? "the host has no such file; see which it has, or leave it out" : "");
  }
  return source;
}

// Detached, as the host has it.
Result<linux::Fd> copy_mount(const Bind& step, const Inside& inside) {
  if (step.owners == Owners::container) {
    auto mapped = inside.result(step.source.reference());
    if (!mapped) return tl::unexpected(mapped.error());
    return linux::duplicate(**mapped);
  }
  auto source = open_source(step, inside);
  if (!source) return source;
  auto mount = linux::clone_mount(*source, below_of(step));
  if (!mount) {
    return failure(mount.error().code, "copy the mount of", step.source.text,
                   mount.error().code == EINVAL && step.submounts == Submounts::left
                       ? "what is mounted below it would be uncovered: take the mounts below along"
                       : "");
  }
  return mount;
}

// All of it before it is attached: a bind that is writable for a moment is writable.
Result<void> prepare_mount(const Bind& step, const linux::Fd& mount) {
  std::uint64_t attributes = attributes_of(step.flags);
  if (step.access == Access::read_only) attributes |= MOUNT_ATTR_RDONLY;
  // A copy receives what is mounted later below the original as the pipeline's propagation says (mount_namespaces(7)).
  // But these flags would not hold for that: below what is read-only there would be something that is writable.
  if (attributes == 0) return {};
  if (auto set = linux::set_mount_attributes(mount, attributes, 0, below_of(step), MS_PRIVATE); !set) {
    return failure(set.error().code, "set the flags of the bind of", step.source.text);
  }
  return {};
}

// The host's "/" has the base on top of it in this mount namespace, and a copy of the one brings a copy of the other.
Result<void> uncover(const Bind& step, const Inside& inside) {
  auto top = linux::open_inside(inside.root, step.target.text, O_PATH);
  if (!top) return tl::unexpected(top.error());
  struct stat found {};
  struct stat base {};
  if (::fstat(top->get(), &found) != 0 || ::fstat(inside.base.get(), &base) != 0)
    return failure(errno, "look at", step.target.text);
  if (found.st_dev != base.st_dev || !S_ISDIR(found.st_mode)) return {};
  const std::string link = "/proc/self/fd/" + std::to_string(top->get());
  if (::umount2(link.c_str(), MNT_DETACH) != 0) return failure(errno, "uncover the bind of", step.source.text);
  return {};
}

Result<void> attach(const Bind& step, const linux::Fd& mount, const Inside& inside) {
  struct stat found {};
  if (::fstat(mount.get(), &found) != 0) return failure(errno, "look at", step.source.text);
  auto place = open_target(inside, step.target, S_ISDIR(found.st_mode) ? TargetKind::directory : TargetKind::file);
  if (!place) return tl::unexpected(place.error());
  if (auto attached = linux::attach_mount(mount, *place); !attached) {
    return failure(attached.error().code, "mount on", step.target.text);
  }
  return {};
}

// The container's root out of the store is a mount as new as an overlay would be: how the file system with the store is
// mounted is the host's business. An ordinary user cannot take these flags off (mount_namespaces(7), "locked"), and
// without programs there is no container; without set-id programs there is one, as on any mount with nosuid.
Result<void> shed_flags(const linux::Fd& mount) {
  constexpr std::uint64_t kHosts = MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
  auto shed = linux::set_mount_attributes(mount, 0, kHosts, linux::Below::left);
  if (shed || shed.error().code != EPERM) return shed;
  struct statvfs found {};
  if (::fstatvfs(mount.get(), &found) == 0 && (found.f_flag & ST_NOEXEC) != 0) {
    return failure(EACCES, "make a root of a directory on a mount with noexec", "",
                   "choose another place with --store DIR, or --use rootfs=fs-overlay");
  }
  return {};
}

}  // namespace

std::string summary(const Bind& step) {
  return step.source.text + " on " + step.target.text + (step.access == Access::read_only ? " read-only" : "") +
         (step.owners == Owners::container ? " with the container's owners" : "") + text_of(step.flags);
}

std::string problem_of(const Bind& step) {
  if (step.owners == Owners::container && !step.source.is_reference()) {
    return "owners is container, but source is no result of an open step";
  }
  return {};
}

Result<void> apply(const Bind& step, Inside& inside) {
  auto mount = copy_mount(step, inside);
  if (!mount) return tl::unexpected(mount.error());
  if (step.source.is_reference() && step.target.text == "/") {
    if (auto shed = shed_flags(*mount); !shed) return shed;
  }
  if (auto prepared = prepare_mount(step, *mount); !prepared) return prepared;
  auto attached = step.create == Create::never ? inside.attach(*mount, step.target) : attach(step, *mount, inside);
  if (!attached) return attached;
  if (shows_host_tree(step)) inside.shows_host = true;
  if (step.submounts == Submounts::taken) return uncover(step, inside);
  return {};
}

bool shows_host_tree(const Step& step) {
  const auto* bind = std::get_if<Bind>(&step);
  return bind != nullptr && !(bind->source.text.starts_with("/dev/") && bind->create == Create::never);
}

}  // namespace slipway::steps
