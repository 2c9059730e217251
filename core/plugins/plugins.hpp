// Plugins as files: where they are looked for, which may be loaded, and loading them.
// Knows nothing of pipelines, of options or of what a plugin says.
#pragma once

#include <slipway/plugin.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"
#include "sdk/host/manifest.hpp"

namespace slipway::plugins {

struct Directory {
  std::string path{};
  bool builtin = false;
};

/// Where slipway's own plugins are: ../lib/slipway/plugins from the directory of the running program.
Result<Directory> builtin_directory();

/// A plugin whose manifest was read and found right. Nothing of it has run.
struct Found {
  host::Manifest manifest{};
  std::string path{};
  std::string identity{};  ///< device:inode:size:mtime:ctime in ns; what a cache knows the file by
  linux::Fd file{};        ///< what was checked, and what load() loads
};

/// One library in a plugin directory, for `plugin list`.
struct Listed {
  std::string name{};  ///< of the file, without .so
  std::string path{};
  bool builtin = false;
  bool hidden = false;  ///< an earlier directory has a plugin of that name
  std::optional<host::Manifest> manifest{};
  std::optional<Error> problem{};  ///< why it can't be used
};

/// How a plugin was looked for, for `plugin explain`.
struct Search {
  enum class Verdict {
    absent,       ///< the directory has none of that name
    unreadable,   ///< the directory itself is not there, or cannot be read
    taken,        ///< what a pipeline that names it gets
    refused,      ///< the first there is, and no good: nobody looks further
    passed_over,  ///< an earlier directory has one of that name
  };
  struct Look {
    std::string directory{};
    bool builtin = false;
    std::string path{};
    Verdict verdict = Verdict::absent;
    std::string reason{}, hint{};  ///< of what cannot be used, passed over or not
    std::optional<host::Manifest> manifest{};
  };
  std::vector<Look> looks{};  ///< in the order of looking
  bool looks_at_owners = false;
  std::optional<Error> problem{};  ///< there is none, or the name is no plugin's
};
/// "passed-over": how it is called in JSON.
const char* to_text(Search::Verdict verdict);

/// Whether the owners of a library and of the directories above it are looked at. `automatic`: where slipway runs as
/// root. `own`: always, and the caller's own are as good as root's; for a library that a user did not just name. `off`
/// is for a process that was handed what another one checked.
enum class Ownership { automatic, own, on, off };

class Finder {
 public:
  /// Directories in the order of looking: the built-in one first. `vocabulary`: the facts and abilities that there are.
  explicit Finder(std::vector<Directory> directories, host::Vocabulary vocabulary = {},
                  Ownership ownership = Ownership::automatic);

  /// The plugin of that name, which serves `stage`. Every refusal says what was looked for and where, what was found,
  /// and what mends it.
  Result<Found> find(std::string_view name, std::string_view stage);
  /// Which file find() would open for a name, and what a cache knows it by; its owners are looked at, its content is
  /// not.
  struct Whereabouts {
    std::string path{};
    std::string identity{};
  };
  Result<Whereabouts> locate(std::string_view name);
  /// The same for a plugin of any stage.
  Result<Found> find(std::string_view name);

  /// The same search as find()'s, told aloud, on to the last directory. Nothing of a plugin runs.
  Search explain(std::string_view name);

  /// Every *.so of every directory, by name.
  std::vector<Listed> list();

 private:
  struct Candidate {
    std::string path;
    const Directory* directory;
  };

  Result<Candidate> candidate_for(std::string_view name);
  Result<Found> open(std::string_view name, const Candidate& candidate);
  static bool is_file_name(std::string_view name);
  Error not_found(std::string_view name) const;
  Result<void> check_owners(std::string_view name, const Candidate& candidate, const struct stat* opened = nullptr);

  std::vector<Directory> directories_;
  host::Vocabulary vocabulary_;
  bool trusts_caller_;
  bool check_owners_;
  std::optional<uid_t> program_owner_{};
  std::set<std::string> safe_{};          // directories whose owners were found right
  std::set<std::string> safe_builtin_{};  // the same where the program's owner may own them
};

/// A plugin in this process, for as long as the process lives.
struct Loaded {
  std::string name{};
  std::string path{};
  const slipway_plugin* plugin = nullptr;
  std::string build_id{};  ///< of one that needs "step:call": what another process knows the library by

  /// The functions that the plugin has and this slipway knows, else null.
  [[nodiscard]] auto plan() const { return SLIPWAY_HAS(plugin, slipway_plugin, plan) ? plugin->plan : nullptr; }
  [[nodiscard]] auto resolve() const {
    return SLIPWAY_HAS(plugin, slipway_plugin, resolve) ? plugin->resolve : nullptr;
  }
  [[nodiscard]] auto call() const { return SLIPWAY_HAS(plugin, slipway_plugin, call) ? plugin->call : nullptr; }
};

/// Whether a plugin says that functions of its own are to be called as steps.
bool needs_calls(const host::Manifest& manifest);

/// Loads the very file that was checked: RTLD_NOW | RTLD_LOCAL, never unloaded. The file's descriptor stays open with
/// it. Loading runs the library's constructors: where these crash, exit or hang, the process ends with `crash_status`
/// and one line that names the plugin. Without a status they are left alone, for who watches over the process himself.
Result<Loaded> load(Found& found, std::optional<int> crash_status = std::nullopt);

}  // namespace slipway::plugins
