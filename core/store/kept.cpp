#include "core/store/kept.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>

#include "core/linux/listing.hpp"
#include "core/store/remove_tree.hpp"

namespace slipway::store {
namespace {

constexpr const char* kFolder = "kept";

}  // namespace

Result<std::string> keep_run_directory(const Store& store, const std::string& run) {
  const std::string path = store.path() + "/" + kFolder + "/" + run;
  const int top = store.directory().get();
  // A store has it once something was kept.
  if (::mkdirat(top, kFolder, S_IRWXU) != 0 && errno != EEXIST) return failure(errno, "keep what the run wrote", path);
  const std::string from = "runs/" + run;
  const std::string to = std::string(kFolder) + "/" + run;
  if (::renameat(top, from.c_str(), top, to.c_str()) != 0) return failure(errno, "keep what the run wrote", path);
  return path;
}

Result<std::vector<std::string>> kept_runs(const Store& store) {
  std::vector<std::string> names;
  const auto folder = store.open_folder(kFolder);
  if (!folder && folder.error().code == ENOENT) return names;
  if (!folder) return tl::unexpected(folder.error());
  auto listed = linux::list(*folder, [&](const std::string& name) {
    names.push_back(name);
    return true;
  });
  if (!listed) return tl::unexpected(listed.error());
  return names;
}

Result<void> remove_kept(const Store& store, const std::string& run) {
  const auto folder = store.open_folder(kFolder);
  if (!folder) return tl::unexpected(folder.error());
  auto removed = remove_tree_at(*folder, run);
  if (!removed) removed.error().subject = store.path() + "/" + kFolder + "/" + removed.error().subject;
  return removed;
}

}  // namespace slipway::store
