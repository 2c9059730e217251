// What the command line asks of the configuration. Free of JSON, so that the command line compiles quickly.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"
#include "sdk/host/stages.hpp"

namespace slipway::config {

/// The stages, in the order in which they plan.
inline constexpr auto kStages = host::kStageWords;

/// One change by the command line. `label` is the option as typed, and the place of what it writes: "-w".
struct Override {
  enum class Kind {
    use,          ///< path "rootfs" or "harden.0", value "fs-overlay"; value "a,b" for a stage that takes a list
    set,          ///< path "rootfs.upper", value JSON, else a string
    arguments,    ///< words -> exec.args
    entrypoint,   ///< value -> exec.entrypoint, a list of one; an empty value makes it an empty list
    environment,  ///< value "NAME=VALUE", or "NAME" to take it away, appended to exec.env
    workdir,      ///< value -> exec.workdir
    user,         ///< value -> exec.user
    hostname,     ///< value -> isolation.hostname
    plugin_dir,   ///< value, a directory, appended to plugin_dirs
    text,         ///< path "exec.stop_signal", value as it is
    append,       ///< path "exec.groups", value, appended to the list there
    bind,         ///< words source, target, access -> an entry of the binds of pseudo-binds, which joins where missing
  };
  Kind kind = Kind::set;
  std::string path{};
  std::string value{};
  std::string label{};
  std::vector<std::string> words{};
};

/// From the argument of --use, "STAGE=PLUGIN", and of --set, "PATH=VALUE".
Result<Override> parse_use(std::string_view argument);
Result<Override> parse_set(std::string_view argument);
/// From the argument of -e, "NAME=VALUE", or "NAME" for the caller's value: without one the variable is taken away.
Result<Override> parse_env(std::string_view argument);
/// From the argument of --unsetenv, "NAME".
Result<Override> parse_unsetenv(std::string_view argument);
/// From the argument of --bind, "SRC:DST[:ro|:rw]"; a colon of a path's own is written "\\:".
Result<Override> parse_bind(std::string_view argument);
/// From the argument of --var, "NAME=VALUE": a change of "vars".
Result<Override> parse_var(std::string_view argument);

struct Request {
  std::optional<std::string> file{};       ///< path of a pipeline file
  std::optional<std::string> file_text{};  ///< its text, where the caller has read it already
  std::optional<std::string> image_source{};
  std::string image_plugin = "image-auto";  ///< for image_source, and for a file that names none
  std::vector<Override> overrides{};        ///< in the order typed
};

/// What a target of the command line is, by its first byte that is not blank: "{" or a comment begins a pipeline.
enum class Target { image_source, pipeline_file };
/// Reads from the start without moving the descriptor's position; what cannot be read that way is an image source.
Target classify(const linux::Fd& fd);

}  // namespace slipway::config
