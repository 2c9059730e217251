#include "core/plan/finder.hpp"

#include <sys/stat.h>

#include <cerrno>

#include "core/linux/shell_words.hpp"
#include "core/plan/facts.hpp"

namespace slipway::plan {

Result<plugins::Finder> finder_for(const std::vector<std::string>& plugin_dirs) {
  auto builtin = plugins::builtin_directory();
  if (!builtin) return tl::unexpected(builtin.error());
  std::vector<plugins::Directory> all = {std::move(*builtin)};
  for (const std::string& directory : plugin_dirs) all.push_back({directory, false});
  return plugins::Finder(std::move(all), vocabulary());
}

Result<void> check_plugin_directory(const std::string& path) {
  constexpr const char* kDoing = "look for plugins in";
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) {
    const int code = errno;
    const std::string_view shells = linux::hint_to_shell_words(path);
    return failure(code, kDoing, path,
                   code != ENOENT   ? ""
                   : shells.empty() ? "name a directory that is there"
                                    : shells);
  }
  if (S_ISDIR(found.st_mode)) return {};
  return failure(ENOTDIR, kDoing, path, "name the directory that the plugin's file lies in");
}

}  // namespace slipway::plan
