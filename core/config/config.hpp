// Text -> pipeline: which plugin serves each stage with which options, and where each of them was written.
// Knows plugins by their manifests alone: loads none, and opens nothing but the pipeline file and those it extends.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "core/config/isolation.hpp"
#include "core/config/request.hpp"
#include "core/config/value.hpp"
#include "core/report/report.hpp"
#include "sdk/host/manifest.hpp"

namespace slipway::config {

/// One plugin of the pipeline.
struct StageUse {
  std::string stage{};
  std::string use{};
  std::string name{};        ///< as written, else the same as `use`; unique within its stage
  nlohmann::json options{};  ///< an object; defaults filled in, paths absolute
  std::string pointer{};     ///< where it stands: "/rootfs", "/harden/0"; an option's pointer begins with it
  std::vector<std::string> after{};
  std::vector<std::string> replaces{};
  const host::Manifest* manifest = nullptr;  ///< the catalogue's
};

/// A file that was read beside the pipeline file: one that it extends, directly or not, or one that a value names.
struct ExtendedFile {
  std::string path{};  ///< absolute, or relative to the current directory
  std::string text{};
};

struct Pipeline {
  std::vector<StageUse> stages{};  ///< in the order of kStages, a list's entries in their own
  Isolation isolation{};
  std::vector<std::string> plugin_dirs{};  ///< absolute
  std::vector<ExtendedFile> extended{};
  bool may_hold_secrets = false;  ///< --var gave something that went into "exec"
  Places places{};

  /// Where the pointer was written; an option that nobody wrote is at "default", a pointer into one at the option.
  [[nodiscard]] Place place_of(std::string_view pointer) const { return places.of_value(pointer); }
};

/// What reading a pipeline has to know about plugins.
struct Catalogue {
  /// Called once, before the first `find`, with the absolute "plugin_dirs" of the pipeline. May be empty.
  std::function<void(const std::vector<std::string>& plugin_dirs)> look_in{};
  /// What is wrong with one of them; unset: nothing is looked at.
  std::function<std::optional<Error>(const std::string& directory)> check_directory{};
  /// The manifest must live as long as the pipeline.
  std::function<Result<const host::Manifest*>(const std::string& name, const std::string& stage)> find{};
};

enum class Check {
  full,
  cached,  ///< the same text with the same plugins was right before: options are not held against their schemas
};

/// Reads the built-in pipeline, the file over it, and the overrides over both. All problems are told at once, sorted by
/// place; a pipeline comes back only without any.
tl::expected<Pipeline, Findings> read_pipeline(const Request& request, const Catalogue& catalogue,
                                               Check check = Check::full);

/// What is wrong with a JSON Schema of options: whatever lies outside of the subset that messages, the generated
/// options.hpp and the documentation know.
host::Problems check_schema(std::string_view schema);

/// The pipeline as one file that needs no other and no variable, as JSON text with each value, defaults included. With
/// `places` each line ends in a comment that says where its value was written; it can be read as a pipeline either way.
std::string dump(const Pipeline& pipeline, bool places);

/// One JSON Schema (draft 7) of pipeline files, made of the core's own words and each plugin's options, for editors.
std::string file_schema(const std::vector<host::Manifest>& plugins);

/// The pipeline that stands below every other one, as JSON.
std::string_view builtin_pipeline();

}  // namespace slipway::config
