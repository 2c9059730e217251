#define BOOST_DLL_USE_STD_FS  // Boost's own file system library would have to be linked
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/dll/shared_library.hpp>
#include <cerrno>
#include <climits>
#include <deque>
#include <utility>

#include "core/linux/fd.hpp"
#include "core/plugins/plugins.hpp"
#include "sdk/host/entry.hpp"
#include "sdk/host/guard.hpp"

namespace slipway::plugins {
namespace {

constexpr const char* kMoreFiles = "raise the limit of open files: ulimit -n 1024";

struct Kept {
  boost::dll::shared_library library{};
  std::string path{};      // that the dynamic linker knows it by
  struct stat checked {};  // the file
};

// Libraries stay for the life of the process: the list is never destroyed, as unloading costs time and could take away
// code that a thread or a handler of the plugin's still runs.
std::deque<Kept>& libraries() {
  static auto* const kept = new std::deque<Kept>();
  return *kept;
}

bool same_file(const struct stat& a, const struct stat& b) { return a.st_dev == b.st_dev && a.st_ino == b.st_ino; }

// This process's own directory of /proc by its number. Debuggers open a library by the name that the dynamic linker has
// of it, and to them /proc/self is their own: gdb would wait for ever on a pipe of its own.
std::string own_directory() {
  std::array<char, 32> number{};  // no process has so long a one
  const ssize_t size = ::readlink("/proc/self", number.data(), number.size());
  return "/proc/" + (size > 0 ? std::string(number.data(), static_cast<std::size_t>(size)) : "self");
}

tl::unexpected<Error> replaced(const Found& found, const std::string& doing) {
  return failure(0, doing, found.path + ": was replaced while it was being loaded", "run it again");
}

bool leads_to(const std::string& path, const struct stat& checked) {
  struct stat named {};
  return ::stat(path.c_str(), &named) == 0 && same_file(checked, named);
}

// The dynamic linker takes a path that it knows for the library that it knows by it.
bool is_taken(const std::string& path, const struct stat& checked) {
  const auto is_other = [&](const Kept& kept) { return kept.path == path && !same_file(kept.checked, checked); };
  return std::any_of(libraries().begin(), libraries().end(), is_other);
}

// A path that leads to the checked file itself and not to what has its name by now: the real one as long as it does, by
// which a debugger finds the file and $ORIGIN its directory, else the descriptor's. Without /proc it is the name.
Result<std::string> path_to_load(const Found& found, const struct stat& checked, const std::string& doing) {
  const std::string descriptor = own_directory() + "/fd/" + std::to_string(found.file.get());
  std::array<char, PATH_MAX> real{};
  const ssize_t size = ::readlink(descriptor.c_str(), real.data(), real.size());
  if (size > 0 && real.front() == '/') {
    std::string path(real.data(), static_cast<std::size_t>(size));
    if (leads_to(path, checked) && !is_taken(path, checked)) return path;
  }
  if (leads_to(descriptor, checked)) return descriptor;
  if (!leads_to(found.path, checked)) return replaced(found, doing);
  return found.path.find('/') == std::string::npos ? "./" + found.path : found.path;
}

// dlerror(3) begins with the path as it was given, which says nothing to a user where it is a descriptor's.
std::string loading_problem(const std::string& given, const std::string& path) {
  const char* told = ::dlerror();  // NOLINT(concurrency-mt-unsafe): one thread loads
  std::string text = told != nullptr ? told : "the dynamic linker does not say why";
  if (const std::size_t at = text.find(given); at != std::string::npos) text.replace(at, given.size(), path);
  return text.starts_with(path) ? text : path + ": " + text;
}

// The constructors of a library are the plugin's code as its functions are, and a damaged file can make the dynamic
// linker itself go wrong.
boost::dll::shared_library open_library(const std::string& path, const std::string& plugin,
                                        std::optional<int> crash_status, std::error_code& problem) {
  boost::dll::shared_library library;
  const auto open = [&] {
    library.load(path, problem, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    return 0;
  };
  if (crash_status) {
    host::Guard guard;
    (void)guard.run(plugin, host::kLoading, open, host::kPatience, *crash_status);
  } else {
    (void)open();
  }
  return library;
}

// What a plugin has to have for its functions to be called, and for another process to take back what they did.
Result<void> check_calls(const slipway_plugin& plugin, const Found& found, const std::string& build_id,
                         const std::string& doing) {
  if (!SLIPWAY_HAS(&plugin, slipway_plugin, call) || plugin.call == nullptr) {
    return failure(0, doing, found.path + ": has no function `call`, which \"step:call\" in its needs is for",
                   "set it in slipway_plugin_1, or leave the word out");
  }
  if (!build_id.empty()) return {};
  return failure(0, doing, found.path + ": has no build id, by which the undo of its calls would find it again",
                 "link it with -Wl,--build-id, as slipway_add_plugin does");
}

}  // namespace

bool needs_calls(const host::Manifest& manifest) {
  const auto is_call = [](const std::string& word) { return word == "step:call" || word.starts_with("step:call."); };
  return std::any_of(manifest.needs.begin(), manifest.needs.end(), is_call);
}

Result<Loaded> load(Found& found, std::optional<int> crash_status) {
  const std::string doing = "load plugin " + found.manifest.name;
  struct stat checked {};
  if (::fstat(found.file.get(), &checked) != 0) return failure(errno, doing, found.path);
  auto path = path_to_load(found, checked, doing);
  if (!path) return tl::unexpected<Error>(path.error());
  std::error_code problem;
  boost::dll::shared_library library = open_library(*path, found.manifest.name, crash_status, problem);
  if (problem) {
    // The dynamic linker has told with words alone.
    const linux::Fd another(::open("/", O_PATH | O_CLOEXEC));
    if (!another && errno == EMFILE) return failure(EMFILE, doing, found.path, kMoreFiles);
    return failure(0, doing, loading_problem(*path, found.path),
                   "a plugin brings its own libraries or finds them on the host; see ldd " + found.path);
  }
  libraries().push_back({std::move(library), *path, checked});
  const boost::dll::shared_library& kept = libraries().back().library;
  // The dynamic linker has opened the path once more: what was put there in between is none of what was checked.
  if (!leads_to(*path, checked)) return replaced(found, doing);
  const bool calls = needs_calls(found.manifest);
  std::string build_id = calls ? host::read_build_id(found.file.get()) : std::string();
  // Where the path is the descriptor's and its number were given to another plugin, that path would lead to this
  // library: so the descriptor stays as long as the library does.
  (void)found.file.release();
  if (!kept.has(host::kPluginSymbol)) {
    return failure(0, doing, found.path + ": does not export " + host::kPluginSymbol, host::kHowToExport);
  }
  const auto& plugin = kept.get<const slipway_plugin>(host::kPluginSymbol);
  if (auto fine = host::check_entry(plugin, found.manifest); !fine)
    return failure(0, doing, found.path + ": " + fine.error().message, fine.error().hint);
  if (calls) {
    if (auto fine = check_calls(plugin, found, build_id, doing); !fine)
      return tl::unexpected<Error>(std::move(fine.error()));
  }
  return Loaded{found.manifest.name, found.path, &plugin, std::move(build_id)};
}

}  // namespace slipway::plugins
