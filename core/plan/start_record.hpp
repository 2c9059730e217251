// What a start found out of its configuration, for the next start of the same words: reading the pipeline, checking
// options, loading plugins and asking them are what a start spends most on besides the kernel's own work.
// A record holds for the very same request, plugin files and facts; everything else is found out anew.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/config/isolation.hpp"
#include "core/config/request.hpp"
#include "core/plan/blueprint.hpp"
#include "core/plan/plan.hpp"
#include "core/plan/terms.hpp"
#include "core/report/report.hpp"

namespace slipway::plan {

/// A file that a pipeline extends, as it was.
struct KnownFile {
  std::string path{};
  std::string fingerprint{};  ///< of its text
};

struct StartRecord {
  config::Isolation isolation{};
  ImageUse image{};
  std::vector<std::string> plugin_dirs{};
  std::vector<PluginFile> plugins{};
  std::vector<KnownFile> extended{};
  std::string facts{};        ///< fingerprint of the facts that the stages were told
  std::string losses{};       ///< what the image loses under these ids, in the store's words; empty: nothing
  std::string preparation{};  ///< plan_bytes() of the steps of the prepare phase, which come first
  std::string child{};        ///< child_steps_bytes()
  Terms terms{};              ///< of that plan
  std::string whole{};        ///< plan_bytes() of the whole plan: for events and errors only
};

std::string to_bytes(const StartRecord& record);
Result<StartRecord> start_record_from(std::string_view bytes);

/// Steps with phases, names and owners, and back.
std::string plan_bytes(const Plan& plan);
Result<Plan> plan_from(std::string_view bytes);

/// All that the words of a request say, as one text: slipway's own file, the current directory, the pipeline file's
/// text, the changes of the command line in their order; of the environment's variables the names alone.
Result<std::string> text_of(const config::Request& request);

/// Whether each plugin would still be found as the very same file.
bool plugins_unchanged(const StartRecord& record);

}  // namespace slipway::plan
