#include <fcntl.h>
#include <sched.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/doctor/look.hpp"
#include "core/doctor/probes.hpp"
#include "core/doctor/trial.hpp"
#include "core/store/store.hpp"

namespace slipway::doctor {
namespace {

constexpr const char* kNoImages = "no image can be unpacked, so no container can run";

Check check_place(const std::string& path) {
  const std::string kName = "store";
  auto store = store::Store::open_existing(path);
  if (!store) {
    Check check =
        not_ok(kName, State::missing, why_not_written(path, store.error().code, kOtherStore), store.error(), kNoImages);
    if (store.error().hint.empty()) check.remedy = kOtherStore;
    return check;
  }
  const std::string there = nearest_existing(path);
  if (::access(there.c_str(), W_OK | X_OK) != 0) {
    const int code = errno;
    return not_ok(
        kName, *store ? State::degraded : State::missing, why_not_written(path, code, kOtherStore),
        {code, "write to", there, kOtherStore},
        *store ? "only images that it holds already can run, and nothing can be written to its disk" : kNoImages);
  }
  std::string format(store::kVersion);
  format.pop_back();  // the line's end
  return ok(kName, path + (*store ? ", format " + format : ", which the first run makes"));
}

struct Place {
  std::string there{}, type{}, point{};
};

Place place_of(const std::string& path) {
  Place place{nearest_existing(path), "", ""};
  for (const MountLine& mount : mounts()) {
    const bool is_above =
        mount.point == "/" || place.there == mount.point || place.there.starts_with(mount.point + "/");
    if (is_above && mount.point.size() >= place.point.size()) {
      place.point = mount.point;
      place.type = mount.type;
    }
  }
  return place;
}

bool is_over_network(const std::string& type) {
  constexpr std::array kTypes = {"nfs",  "nfs4",   "cifs", "smb3",  "9p",      "afs",
                                 "ceph", "lustre", "gfs2", "ocfs2", "virtiofs"};
  return type.starts_with("fuse") || std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

// On a file without a name, so that nothing is left even if this process is killed. ENOTSUP is the answer looked for;
// a file system without nameless files gives none.
bool refuses_attributes(const std::string& directory) {
  const linux::Fd file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  return file && ::fsetxattr(file.get(), "user.slipway.probe", "", 0, 0) != 0 && errno == ENOTSUP;
}

// Why the file system cannot hold a layer; code 0 where it can, or where that cannot be told.
Error overlay_problem(const std::string& directory) {
  // In a user namespace, a directory with mounts below it is no layer on any file system; those in the store have none.
  if (!mounts_below(directory).empty()) return {};
  auto tried = try_in_namespaces(CLONE_NEWNS, simple_ids(), [&] { return mount_overlay(directory); });
  if (tried) return {};
  // Whether there is overlay at all is another check's.
  if (!try_in_namespaces(CLONE_NEWNS, simple_ids(), [] { return mount_overlay(""); })) return {};
  return tried.error();
}

Check check_file_system(const std::string& path) {
  const std::string kName = "store-filesystem";
  const Place place = place_of(path);
  const std::string where = place.type + " on " + place.point;
  if (const Error problem = overlay_problem(place.there); problem.code != 0) {
    return {kName, State::missing, where + " cannot hold a layer of an overlay: " + sentence(problem),
            "fs-overlay, which makes a container's root by default, cannot", kOtherStore};
  }
  if (refuses_attributes(place.there)) {
    return {
        kName, State::degraded, where + " has no user attributes",
        R"(images in which a layer replaces a directory of another cannot be unpacked, and "upper": "disk" is refused)",
        std::string(kOtherStore) + ": ext4, xfs, btrfs, or tmpfs since Linux 6.6"};
  }
  if (is_over_network(place.type)) {
    return {kName, State::degraded, where + " is no local file system",
            R"(owners of subordinate ids may be refused there, and so may "upper": "disk")", kOtherStore};
  }
  return ok(kName, where + ", user attributes, layers of overlays");
}

Check check_space(const std::string& path) {
  const std::string kName = "store-space";
  constexpr std::uint64_t kLittle = std::uint64_t{256} << 20U;  // a small distribution's image, unpacked
  constexpr std::uint64_t kFewFiles = 10'000;
  const std::string there = nearest_existing(path);
  struct statvfs filesystem {};
  if (::statvfs(there.c_str(), &filesystem) != 0)
    return not_ok(kName, State::missing, std::nullopt, {errno, "look at", there, ""}, kNoImages);
  const bool is_root = ::geteuid() == 0;
  const std::uint64_t bytes = (is_root ? filesystem.f_bfree : filesystem.f_bavail) * filesystem.f_frsize;
  const std::uint64_t files = is_root ? filesystem.f_ffree : filesystem.f_favail;
  if (filesystem.f_blocks == 0) return ok(kName, "this file system has no bound of its own");
  const bool counts_files = filesystem.f_files != 0;  // btrfs and others make them as needed
  std::string detail = size_text(bytes) + " of " + size_text(filesystem.f_blocks * filesystem.f_frsize) + " free";
  if (counts_files && files < kFewFiles) detail += ", room for " + std::to_string(files) + " files";
  const std::string remedy = "remove something there, or " + std::string(kOtherStore);
  if (bytes == 0 || (counts_files && files == 0)) return {kName, State::missing, detail, kNoImages, remedy};
  if (bytes < kLittle || (counts_files && files < kFewFiles))
    return {kName, State::degraded, detail, "a further image may not fit", remedy};
  return ok(kName, detail);
}

}  // namespace

std::vector<Check> check_store(const std::string& store) {
  if (store.empty()) {
    return {{"store", State::missing, "neither XDG_DATA_HOME nor HOME is an absolute path", kNoImages, kOtherStore}};
  }
  return {check_place(store), check_file_system(store), check_space(store)};
}

}  // namespace slipway::doctor
