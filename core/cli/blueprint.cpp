#include "core/cli/blueprint.hpp"

#include <utility>

#include "core/cli/print.hpp"

namespace slipway::cli {

std::optional<plan::Blueprint> read_blueprint(const std::string& name, const TargetOptions& options) {
  auto request = request_for(name, {}, options);
  if (!request) {
    print_error(request.error());
    return std::nullopt;
  }
  auto blueprint = plan::Blueprint::read(*request);
  if (!blueprint) {
    print_findings(blueprint.error());
    return std::nullopt;
  }
  return std::move(*blueprint);
}

}  // namespace slipway::cli
