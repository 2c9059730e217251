#include "core/cli/commands.hpp"
#include "core/cli/print.hpp"
#include "core/cli/target.hpp"
#include "core/plan/blueprint.hpp"

namespace slipway::cli {

int check_command(int count, const char* const* words) {
  TargetOptions options;
  const Command command{"check",
                        "PIPELINE",
                        "Tells every problem of a pipeline file: syntax, keys, values, plugins and their options. Says "
                        "nothing when all is well.",
                        "  slipway check pipeline.json\n  slipway check --set rootfs.upper=disk pipeline.json\n",
                        target_options(options),
                        kUsage};
  const Words given = read_words(command, count, words);
  if (given.status >= 0) return given.status;
  if (given.rest.size() != 1) {
    print_error({0, "check needs one pipeline file", "", "slipway check pipeline.json"});
    return kUsage;
  }
  auto request = request_for(given.rest.front(), {}, options);
  if (!request) {
    print_error(request.error());
    return kProblem;
  }
  auto blueprint = plan::Blueprint::read(*request);
  if (blueprint) {
    if (auto loaded = blueprint->load(); loaded)
      return kOk;
    else
      print_findings(loaded.error());
    return kProblem;
  }
  print_findings(blueprint.error());
  return kProblem;
}

}  // namespace slipway::cli
