// What the command line says of a pipeline: the target and the options that change it, shared by run, plan and check.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/cli/arguments.hpp"
#include "core/config/request.hpp"

namespace slipway::cli {

struct TargetOptions {
  std::vector<config::Override> overrides{};
  std::string store{};
  std::optional<Error> problem{};  ///< the first option that makes no sense
};

/// -e --env-file --unsetenv -w -u --group-add --entrypoint --bind --hostname --stop-signal --stop-timeout --end-with
/// --preserve-fds --init --use --set --var --plugin-dir --store
std::vector<Option> target_options(TargetOptions& options);
/// Those of them that choose a pipeline's plugins and options, for commands that run no program: --use --set --var
/// --plugin-dir --store
std::vector<Option> pipeline_options(TargetOptions& options);

/// --store DIR, made absolute; `problem` is the first option that makes no sense.
Option store_option(std::string& store, std::optional<Error>& problem);

/// The request for a target, told apart by content: a pipeline file or an image source. `command` is what is to run.
Result<config::Request> request_for(const std::string& target, std::vector<std::string> command,
                                    const TargetOptions& options);

}  // namespace slipway::cli
