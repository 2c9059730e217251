#include "core/run/image.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "core/linux/program.hpp"
#include "core/run/worker.hpp"

namespace slipway::run {
namespace {

Findings as_findings(const Error& error, const Place& place, const std::string& pointer) {
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

Result<linux::Fd> open_source(const plan::ImageUse& use) {
  if (use.source.empty()) {
    return failure(0, "the pipeline names no image", "",
                   "give image.source in the file, or --set image.source=image.tar");
  }
  linux::Fd source(::open(use.source.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!source) return failure(errno, "open the image", use.source);
  struct stat found {};
  if (::fstat(source.get(), &found) != 0) return failure(errno, "look at the image", use.source);
  if (!S_ISREG(found.st_mode))
    return failure(0, "the image is not a regular file", use.source, "save it to a file first");
  return source;
}

Result<std::uint64_t> size_of(const linux::Fd& file) {
  struct stat found {};
  if (::fstat(file.get(), &found) != 0) return failure(errno, "look at the image");
  return static_cast<std::uint64_t>(found.st_size);
}

WorkerResult<Worker> start_worker(const plan::Blueprint& blueprint, const plan::ImageUse& use, const linux::Fd& source,
                                  const store::Store* store, const linux::Fd* target, const linux::IdMap& ids,
                                  const linux::Fd& interrupted) {
  auto program = linux::beside_program("../libexec/slipway/slipway-worker");
  if (!program) return tl::unexpected(WorkerFailure{program.error(), {}});
  WorkerContext context;
  context.program = std::move(*program);
  context.source = &source;
  context.source_name = use.source;
  if (store != nullptr) context.store = &store->directory();
  context.target = target;
  context.plugin = &blueprint.image_library();
  context.plugin_name = use.plugin;
  context.map = ids;
  if (interrupted) context.interruption = &interrupted;
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

Result<store::Store> open_store(const std::string& path) {
  if (!path.empty()) return store::Store::open(path);
  auto usual = store::Store::default_path();
  if (!usual) return tl::unexpected(usual.error());
  return store::Store::open(*usual);
}

tl::expected<ResolvedImage, Findings> resolve_image(const store::Store& store, const plan::Blueprint& blueprint,
                                                    const linux::IdMap& ids, const linux::Fd& interrupted) {
  const plan::ImageUse use = blueprint.image();
  const Place place = blueprint.place_of(use.pointer + "/source");
  const auto failed = [&](const Error& error) { return tl::unexpected(as_findings(error, place, "")); };
  auto source = open_source(use);
  if (!source) return failed(source.error());
  auto key = store::key_of_source(*source, use.options, use.plugin + " " + use.identity);
  if (!key) return failed(key.error());
  auto size = size_of(*source);
  if (!size) return failed(size.error());
  if (auto known = store.find_image(key->key); known && *known) {
    // A record is as strange as the archive that it came from, and is read with the same distrust.
    if (auto fact = store::parse_image_fact(**known, std::span(&*size, 1))) {
      return ResolvedImage{std::move(**known), std::move(*fact), std::move(*source), {}};
    }
  }
  auto worker = start_worker(blueprint, use, *source, nullptr, nullptr, ids, interrupted);
  if (!worker) return tl::unexpected(as_findings(blueprint, use, worker.error()));
  auto resolution = worker->resolve("{\"options\":" + use.options + "}");
  if (!resolution) return tl::unexpected(as_findings(blueprint, use, resolution.error()));
  if (!key->too_young) {
    if (auto kept = store.keep_image(key->key, resolution->text); !kept) return failed(kept.error());
  }
  ResolvedImage image{std::move(resolution->text), std::move(resolution->fact), std::move(*source), {}};
  for (const store::PluginReport& report : resolution->reports)
    image.notes.push_back(as_finding(blueprint, use, report));
  return image;
}

ImageLayers::ImageLayers(const store::Store& store, const plan::Blueprint& blueprint, const ResolvedImage& image,
                         const linux::IdMap& ids, const linux::Fd& interrupted)
    : store_(store), blueprint_(blueprint), image_(image), ids_(ids), interrupted_(interrupted) {}

Result<void> ImageLayers::bring_in() {
  for (const store::LayerSource& layer : image_.fact.layers) diff_ids_.push_back(layer.diff_id);
  const std::string form = store::form_of(ids_);
  auto layers = store_.layers(diff_ids_, form, [&](std::span<const std::size_t> missing) -> Result<void> {
    std::vector<store::LayerSource> wanted;
    for (const std::size_t index : missing) wanted.push_back(image_.fact.layers.at(index));
    auto worker = start_worker(blueprint_, blueprint_.image(), image_.source, &store_, nullptr, ids_, interrupted_);
    if (!worker) return tl::unexpected(worker.error().error);
    auto unpacked = worker->unpack(wanted, form);
    if (!unpacked) return tl::unexpected(unpacked.error().error);
    notes_ = loss_notes(unpacked->losses);
    return {};
  });
  if (!layers) return tl::unexpected(layers.error());
  layers_ = std::move(*layers);
  return {};
}

Result<linux::Fd> ImageLayers::directory(const std::string& diff_id) {
  if (layers_.empty()) {
    if (auto in = bring_in(); !in) return tl::unexpected(in.error());
  }
  const auto found = std::find(diff_ids_.begin(), diff_ids_.end(), diff_id);
  if (found == diff_ids_.end()) return failure(0, "the image has no such layer", diff_id);
  return linux::duplicate(layers_.at(static_cast<std::size_t>(found - diff_ids_.begin())).tree);
}

std::vector<linux::Fd> ImageLayers::take_locks() {
  std::vector<linux::Fd> locks;
  for (store::Layer& layer : layers_) locks.push_back(std::move(layer.lock));
  return locks;
}

Findings ImageLayers::take_notes() { return std::move(notes_); }

WorkerResult<store::Unpacked> merge_image(const plan::Blueprint& blueprint, const ResolvedImage& image,
                                          const linux::Fd& target, const linux::IdMap& ids, Findings& notes) {
  auto worker = start_worker(blueprint, blueprint.image(), image.source, nullptr, &target, ids, linux::Fd());
  if (!worker) return tl::unexpected(worker.error());
  auto merged = worker->merge(image.fact.layers);
  if (merged) {
    for (Finding& note : loss_notes(merged->losses)) notes.push_back(std::move(note));
  }
  return merged;
}

}  // namespace slipway::run
