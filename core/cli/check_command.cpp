#include "core/cli/commands.hpp"
#include "core/cli/print.hpp"
#include "core/cli/target.hpp"
#include "core/plan/blueprint.hpp"
#include "core/plan/crash.hpp"
#include "core/run/ids.hpp"

namespace slipway::cli {

namespace {

// An image of which nothing is known but that it has a layer: what the stages say of their options and of each other
// does not depend on more, and check needs neither the image nor a worker that way.
constexpr const char* kSomeImage =
    R"({"id": "", "name": "", "settings": {}, "layers": [{"diff_id":
        "sha256:0000000000000000000000000000000000000000000000000000000000000000"}]})";

tl::expected<void, Findings> check(const config::Request& request) {
  plan::write_crashes_by(&written);
  auto blueprint = plan::Blueprint::read(request);
  if (!blueprint) return tl::unexpected(blueprint.error());
  if (auto loaded = blueprint->load(); !loaded) return loaded;
  auto ids = run::ids_of(blueprint->isolation());
  if (!ids) return tl::unexpected(Findings{{Severity::error, {}, "", sentence(ids.error()), ids.error().hint}});
  Findings notes;
  auto plan = blueprint->plan({kSomeImage, linux::probe_host(), *ids, linux::known_filesystems()}, notes);
  print_findings(notes);
  if (!plan) return tl::unexpected(plan.error());
  return {};
}

}  // namespace

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
  auto checked = check(*request);
  if (checked) return kOk;
  print_findings(checked.error());
  return kProblem;
}

}  // namespace slipway::cli
