#define BOOST_DLL_USE_STD_FS  // Boost's own file system library would have to be linked
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <boost/dll/shared_library.hpp>
#include <cerrno>
#include <deque>
#include <utility>

#include "core/linux/fd.hpp"
#include "core/plugins/plugins.hpp"
#include "sdk/host/entry.hpp"

namespace slipway::plugins {
namespace {

constexpr const char* kMoreFiles = "raise the limit of open files: ulimit -n 1024";

// Libraries stay for the life of the process: the list is never destroyed, as unloading costs time and could take away
// code that a thread or a handler of the plugin's still runs.
std::deque<boost::dll::shared_library>& libraries() {
  static auto* const kept = new std::deque<boost::dll::shared_library>();
  return *kept;
}

bool same_file(const struct stat& a, const struct stat& b) { return a.st_dev == b.st_dev && a.st_ino == b.st_ino; }

// A path that leads to the checked file itself and not to what has its name by now. Without /proc (in the worker's
// cage) it is the name, if that still leads to the same file.
Result<std::string> path_to_load(const Found& found, const std::string& doing) {
  struct stat checked {};
  struct stat named {};
  if (::fstat(found.file.get(), &checked) != 0) return failure(errno, doing, found.path);
  std::string path = "/proc/self/fd/" + std::to_string(found.file.get());
  if (::stat(path.c_str(), &named) == 0 && same_file(checked, named)) return path;
  if (::stat(found.path.c_str(), &named) != 0) return failure(errno, doing, found.path);
  if (same_file(checked, named)) return found.path.find('/') == std::string::npos ? "./" + found.path : found.path;
  return failure(0, doing, found.path + ": was replaced while it was being loaded", "run it again");
}

// dlerror(3) begins with the path as it was given, which says nothing to a user where it is a descriptor's.
std::string loading_problem(const std::string& given, const std::string& path) {
  const char* told = ::dlerror();  // NOLINT(concurrency-mt-unsafe): one thread loads
  std::string text = told != nullptr ? told : "the dynamic linker does not say why";
  if (const std::size_t at = text.find(given); at != std::string::npos) text.replace(at, given.size(), path);
  return text.starts_with(path) ? text : path + ": " + text;
}

}  // namespace

Result<Loaded> load(Found& found) {
  const std::string doing = "load plugin " + found.manifest.name;
  const auto path = path_to_load(found, doing);
  if (!path) return tl::unexpected<Error>(path.error());
  std::error_code problem;
  boost::dll::shared_library library;
  library.load(*path, problem, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  if (problem) {
    // The dynamic linker has told with words alone.
    const linux::Fd another(::open("/", O_PATH | O_CLOEXEC));
    if (!another && errno == EMFILE) return failure(EMFILE, doing, found.path, kMoreFiles);
    return failure(0, doing, loading_problem(*path, found.path),
                   "a plugin brings its own libraries or finds them on the host; see ldd " + found.path);
  }
  // The dynamic linker knows a library by the path that it was given. If the descriptor's number were given to another
  // plugin, that name would lead to this library: so the descriptor stays as long as the library does.
  (void)found.file.release();
  libraries().push_back(std::move(library));
  const boost::dll::shared_library& kept = libraries().back();
  if (!kept.has(host::kPluginSymbol)) {
    return failure(0, doing, found.path + ": does not export " + host::kPluginSymbol, "in C++: SLIPWAY_PLUGIN(Class)");
  }
  const auto& plugin = kept.get<const slipway_plugin>(host::kPluginSymbol);
  if (auto fine = host::check_entry(plugin, found.manifest); !fine)
    return failure(0, doing, found.path + ": " + fine.error().message, fine.error().hint);
  return Loaded{found.manifest.name, found.path, &plugin};
}

}  // namespace slipway::plugins
