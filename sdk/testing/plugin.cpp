// Finding out what a library is, and calling it.
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sdk/host/entry.hpp"
#include "sdk/host/guard.hpp"
#include "sdk/host/session.hpp"
#include "sdk/testing/held.hpp"
#include "sdk/testing/options.hpp"
#include "sdk/testing/shown_source.hpp"

namespace slipway::testing {
namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& what, const host::Problem& problem) {
  throw Error(what + ": " + problem.at + (problem.at.empty() ? "" : " ") + problem.message +
              (problem.hint.empty() ? "" : " (" + problem.hint + ")"));
}

[[noreturn]] void refuse_all(const std::string& what, const host::Problems& problems) {
  host::Problem all;
  for (const host::Problem& problem : problems) {
    if (!all.message.empty()) all.message += "; ";
    all.message += (problem.at.empty() ? "" : problem.at + " ") + problem.message;
    if (!problem.hint.empty()) all.hint += (all.hint.empty() ? "" : "; ") + problem.hint;
  }
  refuse(what, all);
}

std::string note_of(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw Error(path + ": " + std::strerror(errno));  // NOLINT(concurrency-mt-unsafe)
  const auto note = host::read_manifest_note(file);
  ::close(file);
  if (!note) refuse(path, note.error().problem);
  return *note;
}

host::Manifest manifest_of(const std::string& text, const std::string& what) {
  auto manifest = host::parse_manifest(text);
  if (!manifest) refuse_all(what, manifest.error());
  if (manifest->abi_major != SLIPWAY_ABI_MAJOR) {
    throw Error(what + ": its manifest says plugin ABI " + std::to_string(manifest->abi_major) + "; this slipway has " +
                std::to_string(SLIPWAY_ABI_MAJOR));
  }
  const host::Problems missing = host::missing_needs(*manifest, host::standard_vocabulary());
  if (!missing.empty()) refuse_all(what, missing);
  return std::move(*manifest);
}

std::shared_ptr<const Plugin::Held> hold(const slipway_plugin& entry, host::Manifest manifest,
                                         const std::string& what) {
  if (const auto fine = host::check_entry(entry, manifest); !fine) refuse(what, fine.error());
  auto held = std::make_shared<Plugin::Held>();
  held->entry = &entry;
  held->schema = *manifest.options;
  held->manifest = std::move(manifest);
  return held;
}

// Always guarded: a constructor that calls exit(0) would end the test program, and all would seem to be well.
const slipway_plugin* open_library(const std::string& path, const std::string& name) {
  // A name without a slash would be looked for in the system's directories.
  const std::string file = path.find('/') == std::string::npos ? "./" + path : path;
  void* library = nullptr;
  host::Guard guard;
  (void)guard.run(name, host::kLoading, [&] {
    library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    return 0;
  });
  if (library == nullptr) throw Error(::dlerror());  // NOLINT(concurrency-mt-unsafe): begins with the path
  const auto* const entry = static_cast<const slipway_plugin*>(::dlsym(library, host::kPluginSymbol));
  if (entry == nullptr) {
    throw Error(path + ": does not export " + host::kPluginSymbol + "\n  hint: " + host::kHowToExport);
  }
  return entry;
}

Severity severity_of(int severity) {
  return severity >= SLIPWAY_ERROR && severity <= SLIPWAY_DEBUG ? static_cast<Severity>(severity) : Severity::error;
}

// The options that the plugin is handed, or why it is not called.
json options_for(const Plugin::Held& held, std::string_view text, Outcome& outcome) {
  json options = parsed(text, "options");
  host::Problems problems;
  check_options(held.schema, options, problems);
  for (host::Problem& problem : problems) {
    outcome.reports.push_back(
        {Severity::error, std::move(problem.at), std::move(problem.message), std::move(problem.hint)});
  }
  if (problems.empty()) fill_defaults(held.schema, options);
  return options;
}

void take(host::Session& session, Outcome& outcome) {
  for (host::DecodedStep& step : session.steps) {
    outcome.steps.push_back({std::move(step.step), step.phase, std::move(step.common)});
  }
  for (const auto& [name, fact] : session.facts) {
    outcome.facts[name] = fact.dump(-1, ' ', false, json::error_handler_t::replace);
  }
  for (host::Report& report : session.reports) {
    outcome.reports.push_back(
        {severity_of(report.severity), std::move(report.at), std::move(report.message), std::move(report.hint)});
  }
  outcome.reads.assign(session.reads.begin(), session.reads.end());
  std::sort(outcome.reads.begin(), outcome.reads.end());
}

Outcome call(const Plugin::Held& held, host::Session::Entry entry, std::string_view options, json facts,
             const slipway_source* source) {
  const bool is_plan = entry == host::Session::Entry::plan;
  const char* const word = is_plan ? "plan" : "resolve";
  Outcome outcome;
  const host::Entered function = is_plan ? host::plan_of(*held.entry) : host::resolve_of(*held.entry);
  if (function == nullptr) {
    outcome.reports.push_back({Severity::error, "", std::string("the plugin has no function ") + word,
                               "its stage is \"" + held.manifest.stage + "\""});
    return outcome;
  }
  const json document = {{"options", options_for(held, options, outcome)}, {"facts", std::move(facts)}};
  if (!outcome.reports.empty()) return outcome;

  host::Session session(document, entry);
  session.needs = held.manifest.needs;
  session.provides = held.manifest.provides;
  session.options = host::option_names(held.manifest);
  if (source != nullptr) {
    session.ability = [source](std::string_view name) -> const void* {
      return name == "slipway.source.1" ? source : nullptr;
    };
  }
  if (held.is_guarded) {
    host::Guard guard;
    outcome.ok = session.finish(guard.run(held.manifest.name, word, [&] { return function(session.abi()); }));
  } else {
    outcome.ok = session.finish(function(session.abi()));
  }
  take(session, outcome);
  return outcome;
}

}  // namespace

Plugin Plugin::load(const std::string& path) {
  host::Manifest manifest = manifest_of(note_of(path), path);
  const slipway_plugin* const entry = open_library(path, manifest.name);
  return Plugin(hold(*entry, std::move(manifest), path));
}

Plugin::Plugin(const slipway_plugin& plugin, std::string_view manifest)
    : held_(hold(plugin, manifest_of(std::string(manifest), "the manifest"), "the plugin")) {}

const std::string& Plugin::name() const { return held_->manifest.name; }
const std::string& Plugin::stage() const { return held_->manifest.stage; }
const std::string& Plugin::manifest() const { return held_->manifest.text; }

Outcome Plugin::plan(std::string_view options, const Facts& facts) const {
  return call(*held_, host::Session::Entry::plan, options, json::parse(facts.json()), nullptr);
}

Outcome Plugin::resolve(std::string_view options, const Source& source, const Facts& facts) const {
  json told = json::parse(facts.json());
  told["source"] = fact_of(source);
  const ShownSource shown(source);
  return call(*held_, host::Session::Entry::resolve, options, std::move(told), shown.abi());
}

Plugin guarded(const Plugin& plugin) {
  auto held = std::make_shared<Plugin::Held>(plugin.held());
  held->is_guarded = true;
  return Plugin(std::move(held));
}

}  // namespace slipway::testing
