#include "core/plan/blueprint.hpp"

#include <algorithm>
#include <cerrno>
#include <map>
#include <nlohmann/json.hpp>

#include "core/config/config.hpp"
#include "core/plan/ask.hpp"
#include "core/plan/callers.hpp"
#include "core/plan/crash.hpp"
#include "core/plan/facts.hpp"
#include "core/plan/finder.hpp"

namespace slipway::plan {

struct Blueprint::Parts {
  std::optional<plugins::Finder> finder{};
  std::map<std::string, plugins::Found> found{};    // by plugin; a map, because the pipeline points at the manifests
  std::map<std::string, plugins::Loaded> loaded{};  // by plugin
  config::Pipeline pipeline{};
  int crash_status = 1;

  Result<const host::Manifest*> find(const std::string& name, const std::string& stage) {
    const auto known = found.find(name);
    if (known != found.end() && known->second.manifest.stage == stage) return &known->second.manifest;
    auto fresh = finder->find(name, stage);
    if (!fresh) return tl::unexpected(fresh.error());
    return &found.insert_or_assign(name, std::move(*fresh)).first->second.manifest;
  }

  Result<void> look_in(const std::vector<std::string>& directories) {
    auto found_finder = finder_for(directories);
    if (!found_finder) return tl::unexpected(found_finder.error());
    finder.emplace(std::move(*found_finder));
    return {};
  }

  [[nodiscard]] const config::StageUse& image() const {
    // The reader of pipelines lets none pass without an image stage, and puts it first.
    return pipeline.stages.front();
  }

  // What is said of it when it ends the process, but for what it did.
  [[nodiscard]] Finding crash_of(const config::StageUse& use) const {
    const std::string pointer = use.pointer + "/use";
    return {Severity::error,
            pipeline.place_of(pointer),
            pointer,
            {},
            "slipway plugin check " + found.at(use.use).path +
                " calls it in a process of its own, and tells when it does so"};
  }

  [[nodiscard]] Owner owner_of(const config::StageUse& use, const std::string& pointer) const {
    return {use.stage, use.use, use.name, pointer, pipeline.place_of(pointer)};
  }
};

Blueprint::Blueprint(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Blueprint::Blueprint(Blueprint&&) noexcept = default;
Blueprint& Blueprint::operator=(Blueprint&&) noexcept = default;
Blueprint::~Blueprint() = default;

tl::expected<Blueprint, Findings> Blueprint::read(const config::Request& request, bool check_options) {
  auto parts = std::make_unique<Parts>();
  std::optional<Error> trouble;
  config::Catalogue catalogue;
  catalogue.look_in = [&](const std::vector<std::string>& directories) {
    if (auto looked = parts->look_in(directories); !looked) trouble = looked.error();
  };
  catalogue.check_directory = [](const std::string& directory) -> std::optional<Error> {
    const auto fine = check_plugin_directory(directory);
    return fine ? std::nullopt : std::optional(fine.error());
  };
  catalogue.find = [&](const std::string& name, const std::string& stage) -> Result<const host::Manifest*> {
    if (trouble) return tl::unexpected(*trouble);
    return parts->find(name, stage);
  };
  auto pipeline =
      config::read_pipeline(request, catalogue, check_options ? config::Check::full : config::Check::cached);
  if (!pipeline) return tl::unexpected(pipeline.error());
  parts->pipeline = std::move(*pipeline);
  return Blueprint(std::move(parts));
}

const config::Isolation& Blueprint::isolation() const { return parts_->pipeline.isolation; }

Place Blueprint::place_of(std::string_view pointer) const { return parts_->pipeline.place_of(pointer); }

std::vector<PluginFile> Blueprint::plugin_files() const {
  std::vector<PluginFile> files;
  files.reserve(parts_->found.size());
  for (const auto& [name, found] : parts_->found) files.push_back({name, found.path, found.identity});
  return files;
}

std::vector<ExtendedFile> Blueprint::extended() const {
  std::vector<ExtendedFile> files;
  for (const config::ExtendedFile& file : parts_->pipeline.extended) files.push_back({file.path, file.text});
  return files;
}

bool Blueprint::may_hold_secrets() const { return parts_->pipeline.may_hold_secrets; }

std::string Blueprint::text(bool places) const { return config::dump(parts_->pipeline, places); }

const std::vector<std::string>& Blueprint::plugin_dirs() const { return parts_->pipeline.plugin_dirs; }

ImageUse Blueprint::image() const {
  const config::StageUse& use = parts_->image();
  const plugins::Found& found = parts_->found.at(use.use);
  ImageUse image{use.use, found.path, found.identity, use.options.dump(), "", use.pointer};
  if (const auto source = use.options.find("source"); source != use.options.end() && source->is_string()) {
    image.source = source->get<std::string>();
  }
  return image;
}

const linux::Fd& Blueprint::image_library() const { return parts_->found.at(parts_->image().use).file; }

std::vector<std::string> Blueprint::image_options() const {
  return host::option_names(parts_->found.at(parts_->image().use).manifest);
}

void Blueprint::on_crash_end_with(int status) { parts_->crash_status = status; }

tl::expected<void, Findings> Blueprint::load() {
  Findings findings;
  for (const config::StageUse& use : parts_->pipeline.stages) {
    if (use.stage == "image" || parts_->loaded.contains(use.use)) continue;
    const CrashLine line(parts_->crash_of(use));
    auto loaded = plugins::load(parts_->found.at(use.use), parts_->crash_status);
    if (!loaded) {
      const std::string pointer = use.pointer + "/use";
      findings.push_back({Severity::error, place_of(pointer), pointer, sentence(loaded.error()), loaded.error().hint});
      if (loaded.error().code == EMFILE) break;  // the same would be said of every further plugin
      continue;
    }
    parts_->loaded.emplace(use.use, std::move(*loaded));
  }
  if (!findings.empty()) return tl::unexpected(std::move(findings));
  return {};
}

bool Blueprint::may_call() const {
  const auto& stages = parts_->pipeline.stages;
  return std::any_of(stages.begin(), stages.end(), [](const config::StageUse& use) {
    return use.stage != "image" && plugins::needs_calls(*use.manifest);
  });
}

Result<std::unique_ptr<Caller>> Blueprint::caller() const {
  auto callers = std::make_unique<Callers>();
  for (const auto& [name, loaded] : parts_->loaded) {
    if (auto added = callers->add(loaded); !added) return tl::unexpected(added.error());
  }
  return callers;
}

std::string Blueprint::facts_text(const Facts& facts) const {
  return facts_json(facts, parts_->pipeline.isolation).dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

tl::expected<Plan, Findings> Blueprint::plan(const Facts& facts, Findings& notes) {
  return plan_with(facts_json(facts, parts_->pipeline.isolation), notes);
}

namespace {

Findings no_facts(const std::string& why) {
  return {{Severity::error,
           {},
           "",
           "these are no facts: " + why,
           "record them with slipway plan --print-facts TARGET > FILE"}};
}

}  // namespace

tl::expected<Plan, Findings> Blueprint::plan_recorded(const std::string& facts_json, Findings& notes) {
  nlohmann::json facts = recorded_facts(facts_json);
  if (!facts.is_object() || !facts.contains("image")) {
    return tl::unexpected(no_facts("an object with the member \"image\" is expected"));
  }
  // A pipeline file has an image too.
  if (!facts.contains("host") || !facts.contains("isolation")) {
    return tl::unexpected(no_facts("\"host\" and \"isolation\" are missing" +
                                   std::string(facts["image"].contains("source") ? "; is this a pipeline file?" : "")));
  }
  return plan_with(std::move(facts), notes);
}

tl::expected<Plan, Findings> Blueprint::plan_with(nlohmann::json&& facts, Findings& notes) {
  Plan plan;
  const auto place_of = [this](std::string_view pointer) { return parts_->pipeline.place_of(pointer); };
  add_first_isolation_steps(plan, parts_->pipeline.isolation, place_of);
  nlohmann::json document = {{"options", nullptr}, {"facts", std::move(facts)}};
  Findings problems;
  for (const config::StageUse& use : parts_->pipeline.stages) {
    if (use.stage == "image") continue;
    const Asked asked{use, parts_->loaded.at(use.use),
                      [&](const std::string& pointer) { return parts_->owner_of(use, pointer); }, parts_->crash_of(use),
                      parts_->crash_status};
    Findings said = ask(asked, document, plan);
    for (Finding& finding : said)
      (finding.severity == Severity::error ? problems : notes).push_back(std::move(finding));
  }
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  add_last_isolation_steps(plan, parts_->pipeline.isolation, place_of);
  Findings arranged = arrange(plan);
  if (has_errors(arranged)) return tl::unexpected(std::move(arranged));
  return plan;
}

}  // namespace slipway::plan
