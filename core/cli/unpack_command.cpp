#include "core/cli/blueprint.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/print.hpp"
#include "core/cli/target.hpp"
#include "core/run/failure.hpp"
#include "core/run/unpack.hpp"

namespace slipway::cli {

int unpack_command(int count, const char* const* words) {
  TargetOptions options;
  const Command command{
      "unpack",
      "TARGET DIR",
      "Puts the merged tree of all layers of an image into an empty directory, deletions carried out.",
      "  slipway unpack image.tar ./root\n",
      pipeline_options(options),
      kUsage};
  const Words given = read_all_words(command, count, words);
  if (given.status >= 0) return given.status;
  if (given.rest.size() > 2) return too_many_words(command, given.rest[2]);
  if (given.rest.size() < 2) {
    print_error({0, "unpack needs an image and a directory", "", "slipway unpack image.tar ./root"});
    return kUsage;
  }
  auto blueprint = read_blueprint(given.rest[0], options);
  if (!blueprint) return kProblem;
  Findings notes;
  auto done = run::unpack_image(*blueprint, options.store, given.rest[1], notes);
  print_findings(notes);
  if (done) return *done == 0 ? kOk : run::kKilled + *done;
  print_findings(done.error());
  return kProblem;
}

}  // namespace slipway::cli
