#include "core/config/collector.hpp"
#include "core/config/config.hpp"
#include "core/config/extends.hpp"
#include "core/config/override.hpp"
#include "core/config/parse.hpp"
#include "core/config/sections.hpp"
#include "core/config/variables.hpp"

namespace slipway::config {
namespace {

using nlohmann::json;

void start_with_builtin(Value& document, const Request& request, Collector& collector) {
  Parsed parsed = parse(builtin_pipeline(), 0, collector);
  document.value = std::move(parsed.value);
  document.places.take(std::move(parsed.origins));
  document.value["image"]["use"] = request.image_plugin;
  document.places.put("/image/use", Origin{});
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
  Pipeline pipeline;
  if (!lay_files_over(document, request, collector, pipeline.extended)) {
    return tl::unexpected<Findings>(std::move(collector).findings(document.places));
  }
  take_image_source(document, request);
  for (const Override& change : request.overrides) {
    apply_override(document, change, collector);
    // The source that the command line names is meant for whichever plugin reads it.
    if (change.kind == Override::Kind::use && change.path == "image") take_image_source(document, request);
  }
  pipeline.may_hold_secrets = fill_in_variables(document, collector);

  Sections sections(document, collector);
  sections.check_keys();
  pipeline.plugin_dirs = sections.plugin_dirs(catalogue);
  if (catalogue.look_in) catalogue.look_in(pipeline.plugin_dirs);
  pipeline.stages = sections.stages(catalogue, check);
  pipeline.isolation = sections.isolation(pipeline.stages);
  for (ExtendedFile& file : sections.read_files()) pipeline.extended.push_back(std::move(file));
  if (!collector.empty()) return tl::unexpected<Findings>(std::move(collector).findings(document.places));
  pipeline.places = std::move(document.places);
  return pipeline;
}

}  // namespace slipway::config
