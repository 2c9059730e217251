#include "core/run/image.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "core/linux/program.hpp"
#include "core/run/explain.hpp"
#include "core/run/ids.hpp"
#include "core/run/image_source.hpp"
#include "core/run/losses.hpp"
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
  if (report.at.starts_with(kOptions)) pointer += printable(std::string_view(report.at).substr(kOptions.size()));
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

// What a worker reads: `spool` is where it unfolds a compressed source first.
struct WorkerSource {
  const linux::Fd& file;
  bool is_spool = false;
  std::optional<linux::Fd> spool{};
};

WorkerResult<Worker> start_worker(const plan::Blueprint& blueprint, const plan::ImageUse& use,
                                  const WorkerSource& source, const linux::Fd* staging, const linux::Fd* target,
                                  const linux::IdMap& ids, const Interruption& interruption) {
  auto program = linux::in_prefix("libexec/slipway/slipway-worker");
  if (!program) return tl::unexpected(WorkerFailure{program.error(), {}});
  WorkerContext context;
  context.program = std::move(*program);
  context.source = &source.file;
  context.is_spool = source.is_spool;
  context.spool = source.spool ? &*source.spool : nullptr;
  context.source_name = is_standard_input(use) ? "standard input" : use.source;
  context.staging = staging;
  context.target = target;
  if (staging == nullptr && target == nullptr) {  // to resolve; who only unpacks needs no plugin
    context.plugin = &blueprint.image_library();
    context.plugin_name = use.plugin;
    context.plugin_options = blueprint.image_options();
  }
  context.map = ids;
  context.owners = owners_of(blueprint.isolation());
  context.interruption = interruption.descriptor;
  context.is_meant = interruption.is_meant;
  return Worker::start(context);
}

// Of an image that is known already: what the store kept no spool of has to be unfolded anew.
Result<WorkerSource> source_of(const store::Store& store, const ResolvedImage& image) {
  WorkerSource source{image.source, image.is_spool, {}};
  if (!image.fact.unfolded || image.is_spool) return source;
  auto spool = spool_for(store, image.source);
  if (!spool) return tl::unexpected(spool.error());
  source.spool = std::move(*spool);
  return source;
}

// A directory that somebody else may write to is somebody else's word on what runs in here. And what belongs to an
// owner without an id inside cannot be changed there, not even in the overlay's upper directory (EOVERFLOW).
Result<void> check_in_place(const linux::Fd& directory, const std::string& path, const linux::IdMap& ids) {
  constexpr const char* kDoing = "use the directory in place";
  const std::string instead = "use a copy: tar -C " + printable(path, 256) + " -c . | slipway run -";
  struct stat found {};
  if (::fstat(directory.get(), &found) != 0) return failure(errno, kDoing, path);
  const bool has_owner = ids.none()
                             ? found.st_uid == ::geteuid()
                             : std::any_of(ids.uids.begin(), ids.uids.end(), [&](const linux::IdRange& range) {
                                 return found.st_uid >= range.outside && found.st_uid - range.outside < range.count;
                               });
  if (!has_owner) {
    return failure(0, kDoing,
                   path + " belongs to user " + std::to_string(found.st_uid) +
                       (ids.none() ? ", who may change it at any time" : ", who has no id in the container"),
                   instead);
  }
  // A group of the user's own, which many have, is no other.
  const mode_t others = ids.none() ? S_IWGRP | S_IWOTH : S_IWOTH;
  if ((found.st_mode & others) == 0) return {};
  return failure(0, kDoing, path + " can be written by other users", instead);
}

store::Losses sum_of(const store::LayerLosses& losses) {
  store::Losses sum;
  for (const auto& [diff_id, lost] : losses) sum += lost;
  return sum;
}

// The worker has left nothing where owners had to be exact and were not.
Result<void> check_owners(const store::LayerLosses& losses, const config::Isolation& isolation) {
  const store::Losses sum = sum_of(losses);
  if (owners_of(isolation) == store::Owners::squashed || sum.owners_lost == 0) return {};
  return tl::unexpected(lost_owners(sum, isolation));
}

}  // namespace

tl::expected<ResolvedImage, Findings> resolve_image(const store::Store& store, const plan::Blueprint& blueprint,
                                                    const linux::IdMap& ids, const Interruption& interruption,
                                                    ImageRecords records, const linux::Fd& input) {
  const plan::ImageUse use = blueprint.image();
  const Place place = blueprint.place_of(use.pointer + "/source");
  const auto failed = [&](const Error& error) { return tl::unexpected(as_findings(error, place, "")); };
  auto source = open_source(store, use, input, interruption);
  if (!source) return failed(source.error());
  if (records == ImageRecords::use) {
    if (auto known = recorded_image(store, *source)) return std::move(*known);
  }
  auto spool = spool_for(store, source->file);
  if (!spool) return failed(explain_store(spool.error(), store.path()));
  WorkerSource readable{source->file, source->is_spool, std::move(*spool)};
  auto worker =
      start_worker(blueprint, use, readable, nullptr, nullptr, layer_ids(blueprint.isolation(), ids), interruption);
  if (!worker) return tl::unexpected(as_findings(blueprint, use, worker.error()));
  auto resolution = worker->resolve("{\"options\":" + use.options + "}");
  if (!resolution) return tl::unexpected(as_findings(blueprint, use, resolution.error()));
  reached(Moment::resolved);
  if (records == ImageRecords::use && is_unchanged(use, *source)) {
    if (auto kept = store.keep_image(source->key->key, resolution->text); !kept)
      return failed(explain_store(kept.error(), store.path()));
  }
  const bool is_lasting = source->key.has_value();
  const bool is_spool = source->is_spool || readable.spool;
  ResolvedImage image{std::move(resolution->text),
                      std::move(resolution->fact),
                      readable.spool ? std::move(*readable.spool) : std::move(source->file),
                      is_spool,
                      is_lasting,
                      {}};
  for (const store::PluginReport& report : resolution->reports)
    image.notes.push_back(as_finding(blueprint, use, report));
  return image;
}

tl::expected<Inspection, Findings> inspect_image(const store::Store& store, const plan::Blueprint& blueprint,
                                                 const linux::IdMap& ids) {
  const plan::ImageUse use = blueprint.image();
  const Place place = blueprint.place_of(use.pointer + "/source");
  const auto failed = [&](const Error& error) { return tl::unexpected(as_findings(error, place, "")); };
  auto source = open_source(store, use, {}, {});
  if (!source) return failed(source.error());
  Inspection found;
  found.size = source->is_directory ? 0 : source->size;
  auto spool = spool_for(store, source->file);
  if (!spool) return failed(explain_store(spool.error(), store.path()));
  if (*spool) found.compression = store::compression_of_file(source->file).value_or(store::Compression::none);
  const WorkerSource readable{source->file, source->is_spool, std::move(*spool)};
  auto worker = start_worker(blueprint, use, readable, nullptr, nullptr, ids, {});
  if (!worker) return tl::unexpected(as_findings(blueprint, use, worker.error()));
  auto resolution = worker->resolve("{\"options\":" + use.options + "}", true);
  if (!resolution) return tl::unexpected(as_findings(blueprint, use, resolution.error()));
  found.image.text = std::move(resolution->text);
  found.image.fact = std::move(resolution->fact);
  for (const store::PluginReport& report : resolution->reports)
    found.image.notes.push_back(as_finding(blueprint, use, report));
  return found;
}

Result<std::vector<store::Layer>> bring_in_layers(const store::Store& store, const plan::Blueprint& blueprint,
                                                  const ResolvedImage& image, const linux::IdMap& container_ids,
                                                  const Interruption& interruption, const store::Announce& announce,
                                                  store::Losses& losses) {
  const linux::IdMap ids = layer_ids(blueprint.isolation(), container_ids);
  if (image.fact.is_in_place()) {
    auto shared = check_in_place(image.source, blueprint.image().source, ids);
    if (!shared) return tl::unexpected(shared.error());
    auto directory = layer_in_place(image);
    if (!directory) return tl::unexpected(directory.error());
    std::vector<store::Layer> layers;
    layers.push_back(std::move(*directory));
    return layers;
  }
  std::vector<std::string> diff_ids;
  diff_ids.reserve(image.fact.layers.size());
  for (const store::LayerSource& layer : image.fact.layers) diff_ids.push_back(layer.diff_id);
  const std::string form = layer_form(blueprint.isolation(), container_ids);
  const auto should_stop = [&] { return interruption.comes(); };
  const auto unpack = [&](std::span<const std::size_t> missing,
                          const linux::Fd& staging) -> Result<store::LayerLosses> {
    reached(Moment::staged);
    std::vector<store::LayerSource> wanted;
    wanted.reserve(missing.size());
    for (const std::size_t index : missing) wanted.push_back(image.fact.layers.at(index));
    auto source = source_of(store, image);
    if (!source) return tl::unexpected(source.error());
    auto worker = start_worker(blueprint, blueprint.image(), *source, &staging, nullptr, ids, interruption);
    if (!worker) return tl::unexpected(worker.error().error);
    auto unpacked = worker->unpack(wanted, form);
    if (!unpacked) return tl::unexpected(unpacked.error().error);
    reached(Moment::unpacked);
    if (auto kept = check_owners(unpacked->losses, blueprint.isolation()); !kept) return tl::unexpected(kept.error());
    return std::move(unpacked->losses);
  };
  auto layers = store.layers(diff_ids, form, unpack, should_stop, announce);
  reached(Moment::committed);
  if (!layers) return layers;
  for (const std::string& diff_id : std::set<std::string>(diff_ids.begin(), diff_ids.end())) {
    auto lost = store.losses_of(diff_id, form);
    if (!lost) return tl::unexpected(lost.error());
    losses += *lost;
  }
  return layers;
}

WorkerResult<store::Unpacked> merge_image(const store::Store& store, const plan::Blueprint& blueprint,
                                          const ResolvedImage& image, const linux::Fd& target, const linux::IdMap& ids,
                                          const Interruption& interruption, Findings& notes) {
  if (image.fact.is_in_place()) {
    return tl::unexpected(WorkerFailure{
        {0, "unpack", blueprint.image().source + " is a root filesystem already", "copy it with cp -a"}, {}});
  }
  auto source = source_of(store, image);
  if (!source) return tl::unexpected(WorkerFailure{source.error(), {}});
  auto worker = start_worker(blueprint, blueprint.image(), *source, nullptr, &target, ids, interruption);
  if (!worker) return tl::unexpected(worker.error());
  auto merged = worker->merge(image.fact.layers);
  if (!merged) return merged;
  if (auto kept = check_owners(merged->losses, blueprint.isolation()); !kept)
    return tl::unexpected(WorkerFailure{kept.error(), {}});
  for (Finding& note : loss_notes(sum_of(merged->losses), blueprint.isolation())) notes.push_back(std::move(note));
  return merged;
}

}  // namespace slipway::run
