#include "core/run/image.hpp"

#include <poll.h>

#include <cerrno>

#include "core/linux/program.hpp"
#include "core/run/explain.hpp"
#include "core/run/moments.hpp"
#include "core/run/worker.hpp"

namespace slipway::run {
namespace {

Findings as_findings(const Error& plain, const Place& place, const std::string& pointer) {
  const Error error = explain_limits(plain);
  std::string message = sentence(error);
  if (error.code != 0) message += " (" + errno_name(error.code) + ")";
  return {{Severity::error, place, pointer, std::move(message), error.hint}};
}

// What a plugin says of "/options/x" is about the image stage's own x.
Finding as_finding(const plan::Blueprint& blueprint, const plan::ImageUse& use, const store::PluginReport& report) {
  constexpr std::string_view kOptions = "/options";
  std::string pointer = use.pointer;
  if (report.at.starts_with(kOptions)) pointer += report.at.substr(kOptions.size());
  return {report.severity, blueprint.place_of(pointer), pointer, use.plugin + ": " + report.message, report.hint};
}

Findings as_findings(const plan::Blueprint& blueprint, const plan::ImageUse& use, const WorkerFailure& failure) {
  Findings findings;
  for (const store::PluginReport& report : failure.reports) findings.push_back(as_finding(blueprint, use, report));
  if (has_errors(findings)) return findings;
  for (Finding& finding : as_findings(failure.error, blueprint.place_of(use.pointer), ""))
    findings.push_back(std::move(finding));
  return findings;
}

WorkerResult<Worker> start_worker(const plan::Blueprint& blueprint, const plan::ImageUse& use, const linux::Fd& source,
                                  const linux::Fd* staging, const linux::Fd* target, const linux::IdMap& ids,
                                  const Interruption& interruption) {
  auto program = linux::in_prefix("libexec/slipway/slipway-worker");
  if (!program) return tl::unexpected(WorkerFailure{program.error(), {}});
  WorkerContext context;
  context.program = std::move(*program);
  context.source = &source;
  context.source_name = use.source;
  context.staging = staging;
  context.target = target;
  if (staging == nullptr && target == nullptr) {  // to resolve; who only unpacks needs no plugin
    context.plugin = &blueprint.image_library();
    context.plugin_name = use.plugin;
  }
  context.map = ids;
  context.interruption = interruption.descriptor;
  context.is_meant = interruption.is_meant;
  return Worker::start(context);
}

Findings loss_notes(const store::Losses& losses) {
  Findings notes;
  const auto note = [&](std::uint64_t count, const char* what, const char* hint) {
    if (count != 0) notes.push_back({Severity::warning, {}, "", std::to_string(count) + what, hint});
  };
  note(losses.devices_skipped, " device nodes of the image were left out",
       "an ordinary user cannot make them; /dev has its own");
  note(losses.ids_squashed, " files belong to root inside, because their owner has no id here",
       "a range of 65536 ids in /etc/subuid and /etc/subgid would keep their owners");
  note(losses.xattrs_dropped, " extended attributes of the image could not be kept", "");
  return notes;
}

}  // namespace

tl::expected<ResolvedImage, Findings> resolve_image(const store::Store& store, const plan::Blueprint& blueprint,
                                                    const linux::IdMap& ids, const Interruption& interruption,
                                                    ImageRecords records) {
  const plan::ImageUse use = blueprint.image();
  const Place place = blueprint.place_of(use.pointer + "/source");
  const auto failed = [&](const Error& error) { return tl::unexpected(as_findings(error, place, "")); };
  auto source = look_at_source(use);
  if (!source) return failed(source.error());
  if (records == ImageRecords::use) {
    if (auto known = recorded_image(store, *source)) return std::move(*known);
  }
  auto worker = start_worker(blueprint, use, source->file, nullptr, nullptr, ids, interruption);
  if (!worker) return tl::unexpected(as_findings(blueprint, use, worker.error()));
  auto resolution = worker->resolve("{\"options\":" + use.options + "}");
  if (!resolution) return tl::unexpected(as_findings(blueprint, use, resolution.error()));
  reached(Moment::resolved);
  if (records == ImageRecords::use && is_unchanged(use, *source)) {
    if (auto kept = store.keep_image(source->key.key, resolution->text); !kept)
      return failed(explain_store(kept.error(), store.path()));
  }
  ResolvedImage image{std::move(resolution->text), std::move(resolution->fact), std::move(source->file), {}};
  for (const store::PluginReport& report : resolution->reports)
    image.notes.push_back(as_finding(blueprint, use, report));
  return image;
}

Result<std::vector<store::Layer>> bring_in_layers(const store::Store& store, const plan::Blueprint& blueprint,
                                                  const ResolvedImage& image, const linux::IdMap& ids,
                                                  const Interruption& interruption, const store::Announce& announce,
                                                  Findings& notes) {
  std::vector<std::string> diff_ids;
  diff_ids.reserve(image.fact.layers.size());
  for (const store::LayerSource& layer : image.fact.layers) diff_ids.push_back(layer.diff_id);
  const std::string form = store::form_of(ids);
  const auto should_stop = [&] {
    if (interruption.descriptor == nullptr || !*interruption.descriptor) return false;
    pollfd waiting{interruption.descriptor->get(), POLLIN, 0};
    if (::poll(&waiting, 1, 0) <= 0) return false;
    return !interruption.is_meant || interruption.is_meant();
  };
  const auto unpack = [&](std::span<const std::size_t> missing, const linux::Fd& staging) -> Result<void> {
    reached(Moment::staged);
    std::vector<store::LayerSource> wanted;
    wanted.reserve(missing.size());
    for (const std::size_t index : missing) wanted.push_back(image.fact.layers.at(index));
    auto worker = start_worker(blueprint, blueprint.image(), image.source, &staging, nullptr, ids, interruption);
    if (!worker) return tl::unexpected(worker.error().error);
    auto unpacked = worker->unpack(wanted, form);
    if (!unpacked) return tl::unexpected(unpacked.error().error);
    reached(Moment::unpacked);
    for (Finding& note : loss_notes(unpacked->losses)) notes.push_back(std::move(note));
    return {};
  };
  auto layers = store.layers(diff_ids, form, unpack, should_stop, announce);
  reached(Moment::committed);
  return layers;
}

WorkerResult<store::Unpacked> merge_image(const plan::Blueprint& blueprint, const ResolvedImage& image,
                                          const linux::Fd& target, const linux::IdMap& ids,
                                          const Interruption& interruption, Findings& notes) {
  auto worker = start_worker(blueprint, blueprint.image(), image.source, nullptr, &target, ids, interruption);
  if (!worker) return tl::unexpected(worker.error());
  auto merged = worker->merge(image.fact.layers);
  if (merged) {
    for (Finding& note : loss_notes(merged->losses)) notes.push_back(std::move(note));
  }
  return merged;
}

}  // namespace slipway::run
