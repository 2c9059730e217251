#include "core/plan/callers.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/plan/ask.hpp"
#include "core/plan/facts.hpp"
#include "sdk/host/codec.hpp"
#include "sdk/host/session.hpp"

namespace slipway::plan {
namespace {

constexpr const char* kRemedy =
    "install that build again; where what it made is gone already, remove the journal, which slipway clean names";

Result<std::string> absolute(const std::string& path) {
  if (path.starts_with('/')) return path;
  std::array<char, PATH_MAX> current{};
  if (::getcwd(current.data(), current.size()) == nullptr) return failure(errno, "find the current directory");
  return std::string(current.data()) + "/" + path;
}

slipway_text to_c(std::string_view text) { return {text.data(), text.size()}; }

CallAnswer answer_of(host::Session& session, std::int32_t status, int result) {
  CallAnswer answer;
  answer.went_well = session.finish(status);
  answer.result = answer.went_well ? result : -1;
  for (host::Report& report : session.reports)
    answer.reports.push_back({severity_of(report.severity), std::move(report.message), std::move(report.hint)});
  return answer;
}

CallAnswer refused(std::string message, std::string hint = {}) {
  return {false, {{Severity::error, std::move(message), std::move(hint)}}, -1};
}

}  // namespace

Result<void> Callers::add(const plugins::Loaded& loaded) {
  if (loaded.build_id.empty()) return {};
  auto path = absolute(loaded.path);
  if (!path) return tl::unexpected(path.error());
  known_.insert_or_assign(loaded.name, Known{{loaded.name, std::move(*path), loaded.build_id}, loaded.plugin});
  return {};
}

const Library* Callers::library(std::string_view plugin) const {
  const auto found = known_.find(plugin);
  return found == known_.end() ? nullptr : &found->second.library;
}

CallAnswer Callers::call(std::string_view plugin, const CallWords& words) const {
  const auto found = known_.find(plugin);
  if (found == known_.end()) return refused("the plugin has no functions to call");
  const nlohmann::json document = {{"arguments", nlohmann::json::parse(words.arguments, nullptr, false)}};
  if (!document["arguments"].is_object()) return refused("the arguments are no JSON object");
  host::Session session(document, words.undoes ? host::Session::Entry::undo : host::Session::Entry::call);
  std::int32_t result = -1;
  const std::vector<std::int32_t> inputs(words.inputs.begin(), words.inputs.end());
  const slipway_call call{sizeof(slipway_call),
                          words.undoes ? 1U : 0U,
                          to_c(words.function),
                          to_c(host::word_of(words.phase)),
                          inputs.data(),
                          inputs.size(),
                          &result};
  try {
    const std::int32_t status = found->second.plugin->call(session.abi(), &call);
    return answer_of(session, status, result);
  } catch (...) {
    // What was thrown belongs to the plugin's own C++ runtime; it can't be looked at.
    return refused("it let an exception escape", "that is a bug of the plugin");
  }
}

Result<std::unique_ptr<Caller>> load_caller(const Library& library) {
  const std::string doing = "load plugin " + library.plugin;
  const std::size_t slash = library.path.rfind('/');
  const std::string directory = library.path.substr(0, slash == std::string::npos ? 0 : slash);
  const auto builtin = plugins::builtin_directory();
  const bool is_builtin = builtin && builtin->path == directory;
  // Whoever has no say in what this user runs may have put something else there since the run, with the build id of the
  // one that was called: nobody looks at the command line of a cleaning.
  plugins::Finder finder({{directory, is_builtin}}, vocabulary(), plugins::Ownership::own);
  auto found = finder.find(library.plugin);
  if (!found) {
    Error error = std::move(found.error());
    if (::access(library.path.c_str(), F_OK) != 0) error.hint = kRemedy;
    return tl::unexpected<Error>(std::move(error));
  }
  const std::string build_id = host::read_build_id(found->file.get());
  if (build_id != library.build_id) {
    return failure(0, doing,
                   library.path + ": is another build than the one that was called (" +
                       (build_id.empty() ? "no build id" : build_id) + " and not " + library.build_id + ")",
                   kRemedy);
  }
  auto loaded = plugins::load(*found);
  if (!loaded) return tl::unexpected(loaded.error());
  auto callers = std::make_unique<Callers>();
  if (auto added = callers->add(*loaded); !added) return tl::unexpected(added.error());
  return callers;
}

}  // namespace slipway::plan
