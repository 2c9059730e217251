#include <fcntl.h>

#include <cerrno>

#include "core/config/collector.hpp"
#include "core/config/config.hpp"
#include "core/config/merge.hpp"
#include "core/config/override.hpp"
#include "core/config/parse.hpp"
#include "core/config/sections.hpp"
#include "core/config/words.hpp"
#include "core/linux/fd.hpp"

namespace slipway::config {
namespace {

using nlohmann::json;

Result<std::string> read_file(const std::string& path) {
  linux::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return failure(errno, "read the pipeline");
  return linux::read_all(file, kLargestText + 1);
}

void start_with_builtin(Value& document, const Request& request, Collector& collector) {
  Parsed parsed = parse(builtin_pipeline(), 0, collector);
  document.value = std::move(parsed.value);
  document.places.take(std::move(parsed.origins));
  document.value["image"]["use"] = request.image_plugin;
  document.places.put("/image/use", Origin{});
}

bool lay_file_over(Value& document, const Request& request, Collector& collector) {
  if (!request.file) return true;
  const std::uint32_t source = document.places.add({Place::Source::file, *request.file, {}});
  Result<std::string> text = request.file_text ? Result<std::string>(*request.file_text) : read_file(*request.file);
  if (!text) {
    const std::string why =
        text.error().code == EFBIG ? "the text is larger than 1 MiB" : errno_words(text.error().code);
    collector.at({source, 0}, {}, "the pipeline cannot be read: " + why);
    return false;
  }
  const std::string_view kept = document.places.set_text(source, std::move(*text));
  Parsed parsed = parse(kept, source, collector);
  if (!parsed.complete) return false;
  if (!parsed.value.is_object()) {
    collector.at(parsed.origins.at("").value, {}, "a pipeline is an object in braces, found " + describe(parsed.value));
    return false;
  }
  merge(document, std::move(parsed.value), std::move(parsed.origins));
  return true;
}

void take_image_source(Value& document, const Request& request) {
  if (!request.image_source) return;
  const Spot spot{document.places.add({Place::Source::command_line, printable(*request.image_source, 256), {}}), 0};
  json& image = document.value["image"];
  if (!image.is_object()) return;
  image["source"] = *request.image_source;
  document.places.forget("/image/source");
  document.places.put("/image/source", Origin{spot, 0});
}

}  // namespace

tl::expected<Pipeline, Findings> read_pipeline(const Request& request, const Catalogue& catalogue, Check check) {
  Collector collector;
  Value document;
  start_with_builtin(document, request, collector);
  if (!lay_file_over(document, request, collector)) {
    return tl::unexpected<Findings>(std::move(collector).findings(document.places));
  }
  take_image_source(document, request);
  for (const Override& change : request.overrides) {
    apply_override(document, change, collector);
    // The source that the command line names is meant for whichever plugin reads it.
    if (change.kind == Override::Kind::use && change.path == "image") take_image_source(document, request);
  }

  Pipeline pipeline;
  Sections sections(document, collector);
  sections.check_keys();
  pipeline.plugin_dirs = sections.plugin_dirs();
  if (catalogue.look_in) catalogue.look_in(pipeline.plugin_dirs);
  pipeline.stages = sections.stages(catalogue, check);
  pipeline.isolation = sections.isolation(pipeline.stages);
  if (!collector.empty()) return tl::unexpected<Findings>(std::move(collector).findings(document.places));
  pipeline.places = std::move(document.places);
  return pipeline;
}

}  // namespace slipway::config
