#include "core/cli/check_pipeline.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/print.hpp"
#include "core/cli/target.hpp"
#include "core/plan/crash.hpp"

namespace slipway::cli {

int check_command(int count, const char* const* words) {
  TargetOptions options;
  const Command command{"check",
                        "PIPELINE",
                        "Tells every problem of a pipeline file: syntax, keys, values, plugins, their options, and how "
                        "the stages go together. Says "
                        "nothing when all is well.",
                        "  slipway check pipeline.json\n  slipway check --set rootfs.upper=disk pipeline.json\n",
                        target_options(options),
                        kUsage};
  const Words given = read_all_words(command, count, words);
  if (given.status >= 0) return given.status;
  if (given.rest.size() > 1) return too_many_words(command, given.rest[1]);
  if (given.rest.empty()) {
    print_error({0, "check needs one pipeline file", "", "slipway check pipeline.json"});
    return kUsage;
  }
  auto request = request_for(given.rest.front(), {}, options);
  if (!request) {
    print_error(request.error());
    return kProblem;
  }
  if (!request->file) {
    print_error({0, "this is no pipeline file", printable(given.rest.front(), 200),
                 "a pipeline begins with { or a comment; an image is looked at by slipway plan"});
    return kProblem;
  }
  plan::write_crashes_by(&written);
  Findings notes;
  auto checked = check_pipeline(*request, notes);
  print_findings(notes);
  if (checked) return kOk;
  print_findings(checked.error());
  return kProblem;
}

}  // namespace slipway::cli
