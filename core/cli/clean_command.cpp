#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/cli/commands.hpp"
#include "core/cli/print.hpp"
#include "core/cli/target.hpp"
#include "core/run/clean.hpp"

namespace slipway::cli {
namespace {

using Kind = run::Cleaned::Kind;

constexpr const char* kExamples =
    "  slipway clean                  says what it removes, and nothing when there is nothing\n"
    "  slipway clean --dry-run        says what it would remove\n"
    "  slipway clean --store /srv/s   looks through that store\n"
    "  slipway clean --kept           removes the directories that runs were asked to keep, too\n"
    "  slipway clean --layers         removes what another version of slipway has left in the store, too\n";

struct CleanOptions {
  std::string store{};
  std::optional<Error> problem{};  ///< with --store
  bool dry_run = false, json = false, kept = false, layers = false;
};

Command describe(CleanOptions& options) {
  Command command{"clean",
                  "",
                  "Removes what runs that were killed have left: processes, directories, journals. Living runs and "
                  "what they share are not touched.",
                  kExamples,
                  {store_option(options.store, options.problem)},
                  kUsage};
  command.options.push_back({"-n,--dry-run", "", "only tell", [&](const std::string&) { options.dry_run = true; }});
  command.options.push_back({"--json", "", "print a JSON list", [&](const std::string&) { options.json = true; }});
  command.options.push_back({"--kept", "", "also remove what runs were asked to keep (rootfs.keep of fs-copy)",
                             [&](const std::string&) { options.kept = true; }});
  command.options.push_back({"--layers", "", "also remove layers that this version of slipway cannot use",
                             [&](const std::string&) { options.layers = true; }});
  return command;
}

const char* words_for(Kind kind) {
  switch (kind) {
    case Kind::process:
      return "process";
    case Kind::run_directory:
      return "what a run wrote,";
    case Kind::staging:
      return "half-made layers,";
    case Kind::lock:
      return "lock";
    case Kind::record:
      return "half-written record";
    case Kind::kept:
      return "what a run kept,";
    case Kind::layer:
      return "unusable layer";
    case Kind::journal:
      break;
  }
  return "journal";
}

std::string line_for(const run::Cleaned& cleaned, bool dry_run) {
  const bool is_process = cleaned.kind == Kind::process;
  std::string line = is_process ? (dry_run ? "would end " : "ended ") : (dry_run ? "would remove " : "removed ");
  line += words_for(cleaned.kind);
  line += " " + printable(cleaned.subject, 4096);
  if (is_process) line += " of run " + cleaned.run;
  return line + "\n";
}

nlohmann::ordered_json json_for(const run::Cleaned& cleaned, bool dry_run) {
  nlohmann::ordered_json object = {{"what", to_text(cleaned.kind)}};
  if (cleaned.kind == Kind::process) {
    object["pid"] = std::stoi(cleaned.subject);
  } else {
    object["path"] = cleaned.subject;
  }
  if (!cleaned.run.empty()) object["run"] = cleaned.run;
  object["done"] = !dry_run;
  return object;
}

}  // namespace

int clean_command(int count, const char* const* words) {
  CleanOptions options;
  const Command command = describe(options);
  const Words given = read_words(command, count, words);
  if (given.status >= 0) return given.status;
  if (!given.rest.empty()) return too_many_words(command, given.rest.front());
  if (options.problem) {
    print_error(*options.problem);
    return kUsage;
  }
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  run::CleanWishes wishes;
  wishes.store = options.store;
  wishes.acts = !options.dry_run;
  wishes.kept = options.kept;
  wishes.layers = options.layers;
  wishes.on_cleaned = [&](const run::Cleaned& cleaned) {
    if (options.json) list.push_back(json_for(cleaned, options.dry_run));
    if (!options.json) std::fputs(line_for(cleaned, options.dry_run).c_str(), stdout);
  };
  const std::vector<Error> problems = run::clean(wishes);
  using Json = nlohmann::ordered_json;
  if (options.json) std::puts(list.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
  for (const Error& problem : problems) print_error(problem);
  return problems.empty() ? kOk : kProblem;
}

}  // namespace slipway::cli
