#include <fcntl.h>
#include <sched.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "core/doctor/look.hpp"
#include "core/doctor/probes.hpp"
#include "core/doctor/trial.hpp"
#include "core/linux/host.hpp"
#include "core/linux/id_mapping.hpp"
#include "core/linux/lookup.hpp"
#include "core/linux/mount.hpp"
#include "core/linux/process.hpp"
#include "core/steps/steps.hpp"

namespace slipway::doctor {
namespace {

using linux::Fd;
using steps::Inside;

Result<Inside> begin() {
  Inside inside;
  if (auto spread = steps::apply(steps::Propagation{}, inside); !spread) return tl::unexpected(spread.error());
  if (auto made = steps::make_base(inside); !made) return tl::unexpected(made.error());
  return inside;
}

Result<Fd> new_tmpfs() {
  auto filesystem = linux::NewFilesystem::open("tmpfs");
  if (!filesystem) return tl::unexpected(filesystem.error());
  return filesystem->create(0);
}

Result<Inside> begin_with_root() {
  auto inside = begin();
  if (!inside) return inside;
  auto root = new_tmpfs();
  if (!root) return tl::unexpected(root.error());
  if (auto attached = inside->attach(*root, {"/"}); !attached) return tl::unexpected(attached.error());
  return inside;
}

// A copy of a mount of the host, with a flag, attached.
Result<Finds> bind_device() {
  auto inside = begin_with_root();
  if (!inside) return tl::unexpected(inside.error());
  if (auto made = steps::apply(steps::Write{.target = {"/null"}}, *inside); !made) return tl::unexpected(made.error());
  const steps::Bind bind{.source = {"/dev/null"}, .target = {"/null"}, .access = steps::Access::read_only};
  if (auto bound = steps::apply(bind, *inside); !bound) return tl::unexpected(bound.error());
  return Finds{};
}

Result<Finds> make_device() {
  auto inside = begin_with_root();
  if (!inside) return tl::unexpected(inside.error());
  if (auto made = steps::apply(steps::Mkdir{.target = {"/dev"}}, *inside); !made) return tl::unexpected(made.error());
  const steps::Mknod null{.target = {"/dev/null"}, .kind = steps::NodeKind::character, .major = 1, .minor = 3};
  if (auto made = steps::apply(null, *inside); !made) return tl::unexpected(made.error());
  return Finds{};
}

// Linux 6.13 and later take layers as descriptors.
bool takes_descriptors(const Fd& layer) {
  auto overlay = linux::NewFilesystem::open("overlay");
  return overlay && overlay->set_descriptor("lowerdir+", layer).has_value();
}

}  // namespace

Result<Finds> mount_overlay(const std::string& below) {
  auto inside = begin();
  if (!inside) return tl::unexpected(inside.error());
  auto layer = new_tmpfs();
  if (!layer) return tl::unexpected(layer.error());
  // Overlay takes layers that a path leads to from this process's root, so the new tmpfs covers a directory that every
  // host has, here alone.
  const char* const place = below.starts_with("/dev") ? "/sys" : "/dev";
  if (auto attached = linux::attach_mount(*layer, place); !attached) return tl::unexpected(attached.error());
  Fd lower(::open(place, O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!lower) return failure(errno, "open", place);
  Finds finds{takes_descriptors(lower) ? "layers by descriptor" : "layers by path"};
  inside->results.emplace("layer", std::move(lower));
  steps::Overlay overlay{.lower = {{"layer"}}, .target = {"/"}};
  if (!below.empty()) {
    Fd further(::open(below.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!further) return failure(errno, "open", below);
    inside->results.emplace("below", std::move(further));
    overlay.lower.push_back({"below"});
  }
  if (auto mounted = steps::apply(overlay, *inside); !mounted) return tl::unexpected(mounted.error());
  return finds;
}

namespace {

// Needs a user namespace other than that of the file system: made, held open, and let go of.
Result<Fd> other_user_namespace() {
  auto hold = linux::make_pipe();
  if (!hold) return tl::unexpected(hold.error());
  auto child = linux::clone_process(CLONE_NEWUSER);
  if (!child) return tl::unexpected(child.error());
  if (child->pid == 0) {
    hold->b.reset();
    char byte = 0;
    (void)linux::read_exactly(hold->a, &byte, 1);  // ends when the parent does, at the latest
    ::_exit(0);
  }
  auto mapped = linux::write_id_maps(child->pid, linux::IdMap{{{0, ::geteuid(), 1}}, {{0, ::getegid(), 1}}});
  const std::string path = "/proc/" + std::to_string(child->pid) + "/ns/user";
  Fd opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const int code = errno;
  linux::end_now(*child);
  if (!mapped) return tl::unexpected(mapped.error());
  if (!opened) return failure(code, "open", path);
  return opened;
}

enum class On { file_system_of, tmpfs };

Result<Finds> map_ids(On on, const std::string& path) {
  auto user = other_user_namespace();
  if (!user) return tl::unexpected(user.error());
  auto inside = begin();
  if (!inside) return tl::unexpected(inside.error());
  const Fd source(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!source) return failure(errno, "open", path);
  auto copy = on == On::tmpfs ? new_tmpfs() : linux::clone_mount(source, linux::Below::left);
  if (!copy) return tl::unexpected(copy.error());
  if (auto mapped = linux::map_mount_ids(*copy, *user); !mapped) return tl::unexpected(mapped.error());
  return Finds{};
}

}  // namespace

Check check_mount_api() {
  auto tried = try_in_namespaces(CLONE_NEWNS, simple_ids(), bind_device);
  if (tried) return ok("mount-api", "new mounts, copies of mounts and their flags by descriptor");
  return trial_failed("mount-api", State::missing, tried.error(), why_no_filesystem("tmpfs", tried.error().code),
                      "nothing can be mounted for a container");
}

Check check_devices() {
  const bool is_root = linux::is_root_of_host();
  auto tried = try_in_namespaces(CLONE_NEWNS, simple_ids(), is_root ? make_device : bind_device);
  if (tried) return ok("devices", is_root ? "can be made" : "those of the host can be had");
  return trial_failed("devices", State::missing, tried.error(), std::nullopt,
                      "pseudo-standard, a part of the default run, cannot fill /dev");
}

Check check_overlay() {
  auto tried = try_in_namespaces(CLONE_NEWNS, simple_ids(), [] { return mount_overlay(""); });
  if (tried) return ok("overlay", "with userxattr, " + (tried->empty() ? std::string() : tried->front()));
  return trial_failed("overlay", State::missing, tried.error(), why_no_filesystem("overlay", tried.error().code),
                      "fs-overlay, which makes a container's root by default, cannot");
}

Check check_mapped_mounts(const std::string& store) {
  const std::string kName = "mapped-mounts";
  const bool is_root = linux::is_root_of_host();
  const std::string place = nearest_existing(store);
  auto tried = try_in_namespaces(CLONE_NEWNS, simple_ids(),
                                 [&] { return map_ids(is_root ? On::file_system_of : On::tmpfs, place); });
  const std::string where = is_root ? "on the file system of " + place : "on a tmpfs of one's own";
  if (tried) return ok(kName, where);
  Check check = trial_failed(kName, State::degraded, tried.error(), std::nullopt,
                             "a layer serves one id map only, and is unpacked again for another one; no default run "
                             "needs more");
  if (tried.error().code == EINVAL) {
    check.detail = "not " + where;
    check.remedy = "take a file system that has them: ext4, xfs, btrfs, or tmpfs since Linux 6.3";
  } else if (tried.error().code == EPERM) {
    check.detail = "not " + where + ", which belongs to a user namespace around this one";
    check.remedy = "run slipway outside of it, or take a file system that was mounted in it";
  }
  return check;
}

// The default run leaves out what the kernel was built without, /proc excepted.
bool is_left_out(const std::string& type, int code) {
  const std::vector<std::string> known = linux::known_filesystems();
  return code == ENODEV && type != "proc" && !known.empty() &&
         std::find(known.begin(), known.end(), type) == known.end();
}

std::vector<Check> check_filesystems() {
  struct Row {
    const char* type;
    std::vector<std::string> options;
    const char* place;
    const char* without;
  };
  const std::vector<Row> rows = {
      {"proc", {}, "/proc", "pseudo-standard, a part of the default run, cannot mount /proc"},
      {"sysfs", {}, "/sys", "pseudo-standard, a part of the default run, cannot mount /sys"},
      {"devpts", {"newinstance"}, "/dev/pts", "pseudo-standard, a part of the default run, cannot mount /dev/pts"},
      {"mqueue", {}, "/dev/mqueue", "pseudo-standard, a part of the default run, cannot mount /dev/mqueue"},
  };
  constexpr std::uint64_t kNamespaces = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC;
  // One word for each: an errno and the kernel's own words.
  auto tried = try_in_namespaces(kNamespaces, simple_ids(), [&]() -> Result<Finds> {
    auto inside = begin_with_root();
    if (!inside) return tl::unexpected(inside.error());
    Finds finds;
    for (const Row& row : rows) {
      if (auto made = steps::apply(steps::Mkdir{.target = {row.place}}, *inside); !made)
        return tl::unexpected(made.error());
      auto mounted =
          steps::apply(steps::Mount{.fstype = row.type, .target = {row.place}, .options = row.options}, *inside);
      finds.push_back(mounted ? "0" : std::to_string(mounted.error().code));
      finds.push_back(mounted ? "" : sentence(mounted.error()));
    }
    return finds;
  });
  std::vector<Check> checks;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    if (!tried) {
      const auto cause = why_no_filesystem("tmpfs", tried.error().code);
      checks.push_back(trial_failed(row.type, State::missing, tried.error(), cause, row.without));
    } else if (const std::string& code = (*tried)[2 * i]; code == "0") {
      checks.push_back(ok(row.type, "a new one for each container"));
    } else {
      const Error told{0, (*tried)[2 * i + 1], "", ""};  // which ends with the errno already
      const int number = std::atoi(code.c_str());
      const bool left_out = is_left_out(row.type, number);
      const std::string without = std::string("the default run goes without ") + row.place;
      checks.push_back(not_ok(row.type, left_out ? State::degraded : State::missing,
                              why_no_filesystem(row.type, number), told, left_out ? without : row.without));
    }
  }
  return checks;
}

}  // namespace slipway::doctor
