// From a configuration to a plan: the pipeline with the plugins that it names, ready to be asked.
// Free of JSON, so that who only runs compiles quickly.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "core/config/isolation.hpp"
#include "core/config/request.hpp"
#include "core/linux/fd.hpp"
#include "core/linux/host.hpp"
#include "core/linux/id_map.hpp"
#include "core/plan/caller.hpp"
#include "core/plan/plan.hpp"
#include "core/report/report.hpp"

namespace slipway::plan {

/// What stages are told besides their options.
struct Facts {
  std::string image{};  ///< the image fact as JSON text
  linux::HostAbilities host{};
  linux::IdMap ids{};
  std::vector<std::string> filesystems{};  ///< linux::known_filesystems()
};

/// The plugin of the image stage, which the worker loads.
struct ImageUse {
  std::string plugin{};
  std::string library{};   ///< path
  std::string identity{};  ///< device, inode, size and time of the library
  std::string options{};   ///< JSON text
  std::string source{};    ///< path of the image source; empty where the plugin has no such option
  std::string pointer{};
};

/// A file that the pipeline extends.
struct ExtendedFile {
  std::string path{};
  std::string text{};
};

/// A plugin's library, as the pipeline names it and as a cache knows it.
struct PluginFile {
  std::string name{};
  std::string path{};
  std::string identity{};
};

class Blueprint {
 public:
  /// Reads the pipeline and the manifests of its plugins. `check` says whether options are held against their schemas.
  static tl::expected<Blueprint, Findings> read(const config::Request& request, bool check_options = true);
  Blueprint(Blueprint&&) noexcept;
  Blueprint& operator=(Blueprint&&) noexcept;
  Blueprint(const Blueprint&) = delete;
  Blueprint& operator=(const Blueprint&) = delete;
  ~Blueprint();

  [[nodiscard]] const config::Isolation& isolation() const;
  [[nodiscard]] ImageUse image() const;
  /// The image plugin's library, opened and checked, not loaded.
  [[nodiscard]] const linux::Fd& image_library() const;
  /// The options that its manifest describes.
  [[nodiscard]] std::vector<std::string> image_options() const;
  /// The files of all plugins, and the directories besides the built-in one in which they were looked for.
  [[nodiscard]] std::vector<PluginFile> plugin_files() const;
  [[nodiscard]] const std::vector<std::string>& plugin_dirs() const;
  /// What was read besides the pipeline file itself.
  [[nodiscard]] std::vector<ExtendedFile> extended() const;
  /// Whether nothing of it must be kept on disk.
  [[nodiscard]] bool may_hold_secrets() const;
  /// The pipeline as one file; see config::dump().
  [[nodiscard]] std::string text(bool places) const;
  [[nodiscard]] Place place_of(std::string_view pointer) const;

  /// What this process ends with when a plugin crashes while it plans; 1 until this is called.
  void on_crash_end_with(int status);
  /// Loads the plugins that plan.
  tl::expected<void, Findings> load();

  /// Whether a manifest says that functions of its plugin are to be called as steps ("step:call"); known before load().
  [[nodiscard]] bool may_call() const;
  /// Enters them, in this process and those that it makes; after load().
  [[nodiscard]] Result<std::unique_ptr<Caller>> caller() const;
  /// Asks the stages in order and arranges what they say. Warnings and infos of plugins are added to `notes`.
  tl::expected<Plan, Findings> plan(const Facts& facts, Findings& notes);
  /// The same from facts recorded elsewhere: the "facts" of `slipway plan --json`.
  tl::expected<Plan, Findings> plan_recorded(const std::string& facts_json, Findings& notes);
  /// Facts as the stages see them, as JSON text.
  [[nodiscard]] std::string facts_text(const Facts& facts) const;

 private:
  struct Parts;
  explicit Blueprint(std::unique_ptr<Parts> parts);
  tl::expected<Plan, Findings> plan_with(nlohmann::json&& facts, Findings& notes);
  std::unique_ptr<Parts> parts_;
};

}  // namespace slipway::plan
