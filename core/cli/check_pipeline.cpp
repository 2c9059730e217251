#include "core/cli/check_pipeline.hpp"

#include <utility>

#include "core/run/ids.hpp"

namespace slipway::cli {
namespace {

// An image of which nothing is known but that it has a layer: what the stages say of their options and of each other
// does not depend on more, and check needs neither the image nor a worker that way.
constexpr const char* kSomeImage =
    R"({"id": "", "name": "", "settings": {}, "layers": [{"diff_id":
        "sha256:0000000000000000000000000000000000000000000000000000000000000000"}]})";

}  // namespace

tl::expected<plan::Blueprint, Findings> check_pipeline(const config::Request& request, Findings& notes) {
  auto blueprint = plan::Blueprint::read(request);
  if (!blueprint) return tl::unexpected(blueprint.error());
  if (auto loaded = blueprint->load(); !loaded) return tl::unexpected(loaded.error());
  auto ids = run::ids_of(blueprint->isolation());
  if (!ids) return tl::unexpected(Findings{{Severity::error, {}, "", sentence(ids.error()), ids.error().hint}});
  auto plan = blueprint->plan({kSomeImage, linux::probe_host(), *ids, linux::known_filesystems()}, notes);
  if (!plan) return tl::unexpected(plan.error());
  return std::move(*blueprint);
}

}  // namespace slipway::cli
