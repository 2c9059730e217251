#include "core/cli/target.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <iterator>
#include <system_error>

namespace slipway::cli {
namespace {

using Kind = config::Override::Kind;

constexpr std::size_t kLargestPipeline = std::size_t{2}
                                         << 20U;  // the reader of pipelines has a closer bound, and words for it

Option simple(TargetOptions& options, Kind kind, const char* names, const char* value, const char* help) {
  const std::string all = names;
  const std::string label = all.substr(0, all.find(','));
  return {all, value, help, [&options, kind, label](const std::string& given) {
            options.overrides.push_back({kind, "", given, label, {}});
          }};
}

Option at_path(TargetOptions& options, Kind kind, const char* path, const char* name, const char* value,
               const char* help) {
  return {name, value, help, [&options, kind, path, name](const std::string& given) {
            options.overrides.push_back({kind, path, given, name, {}});
          }};
}

Option to_list(TargetOptions& options, const char* path, const char* name, const char* value, const char* help) {
  return at_path(options, Kind::append, path, name, value, help);
}

Option parsed(TargetOptions& options, Result<config::Override> (*parse)(std::string_view), const char* name,
              const char* value, const char* help) {
  return {name, value, help, [&options, parse](const std::string& given) {
            auto change = parse(given);
            if (change) {
              options.overrides.push_back(std::move(*change));
            } else if (!options.problem) {
              options.problem = change.error();
            }
          }};
}

constexpr const char* kBindHint = "a file or directory of the host is bound with --bind SRC:DST[:ro]; -v is --verbose";

// "./src:/src", behind a "-v" that was meant as docker's.
bool is_bind(const std::string& target) { return target.find(":/") != std::string::npos; }

}  // namespace

// A store is written down with what has to be removed from it, for a later slipway that runs elsewhere. Nothing is
// collapsed: "a/.." is not where "a" is a link.
Option store_option(std::string& store, std::optional<Error>& problem) {
  return {"--store", "DIR",
          "the store of images and layers (default: /var/lib/slipway for root, else $XDG_DATA_HOME/slipway)",
          [&store, &problem](const std::string& given) {
            std::error_code code;
            const std::filesystem::path here = std::filesystem::current_path(code);
            if (given.empty()) {
              problem = Error{0, "the store's path is empty", "", "--store DIR"};
            } else if (given.front() == '/') {
              store = given;
            } else if (code) {
              problem = Error{code.value(), "find the current directory for --store", printable(given), ""};
            } else {
              store = (here / given).string();
            }
          }};
}

std::vector<Option> pipeline_options(TargetOptions& options) {
  return {
      parsed(options, &config::parse_use, "--use", "STAGE=PLUGIN", "another plugin for a stage; may be repeated"),
      parsed(options, &config::parse_set, "--set", "PATH=VALUE",
             "an option of the pipeline, as in rootfs.upper=disk; may be repeated"),
      parsed(options, &config::parse_var, "--var", "NAME=VALUE",
             "a value for a variable of the pipeline file; may be repeated"),
      simple(options, Kind::plugin_dir, "--plugin-dir", "DIR", "a further directory of plugins; may be repeated"),
      store_option(options.store, options.problem),
  };
}

std::vector<Option> target_options(TargetOptions& options) {
  std::vector<Option> all = {
      parsed(options, &config::parse_env, "-e,--env", "NAME[=VALUE]",
             "a variable of the program's environment, NAME alone with your own value; may be repeated"),
      to_list(options, "exec.env_files", "--env-file", "FILE",
              "variables, one a line, read at each start; may be repeated"),
      parsed(options, &config::parse_unsetenv, "--unsetenv", "NAME",
             "takes a variable of the image's or the pipeline's away; may be repeated"),
      simple(options, Kind::workdir, "-w,--workdir", "DIR", "the program's working directory"),
      simple(options, Kind::user, "-u,--user", "USER[:GROUP]", "the program's user, by name in the image or by number"),
      to_list(options, "exec.groups", "--group-add", "GROUP",
              "a further group, by name in the image or by number; may be repeated"),
      simple(options, Kind::entrypoint, "--entrypoint", "PROGRAM",
             "instead of the image's entrypoint; empty removes it"),
      parsed(options, &config::parse_bind, "--bind", "SRC:DST[:ro]",
             "a file or directory of the host, seen inside at DST; may be repeated"),
      simple(options, Kind::hostname, "--hostname", "NAME", "the container's host name"),
      at_path(options, Kind::text, "exec.stop_signal", "--stop-signal", "SIGNAL",
              "what slipway ends the container with (default: the image's, else TERM)"),
      at_path(options, Kind::set, "exec.stop_timeout", "--stop-timeout", "SECONDS",
              "how long it then waits before it kills (default: 10)"),
      to_list(options, "exec.end_with", "--end-with", "terminal|parent",
              "ends the container when its terminal, or the process that started slipway, goes; may be repeated"),
      at_path(options, Kind::set, "exec.preserve_fds", "--preserve-fds", "N",
              "passes N open descriptors on to the program: 3 to 2+N"),
      {"--init", "", "a small init as the first process, which reaps and passes signals on; nothing of the image's",
       [&options](const std::string&) {
         options.overrides.push_back({Kind::set, "exec.init", "true", "--init", {}});
       }},
  };
  std::vector<Option> others = pipeline_options(options);
  std::move(others.begin(), others.end(), std::back_inserter(all));
  return all;
}

Result<config::Request> request_for(const std::string& target, std::vector<std::string> command,
                                    const TargetOptions& options) {
  if (options.problem) return tl::unexpected(*options.problem);
  constexpr const char* kHint =
      "name a pipeline file or an image's source: an archive of docker save, an OCI image layout, a root filesystem in "
      "a "
      "tar or a directory, or - for an archive on standard input";
  if (target.empty()) return failure(0, "the target's name is empty", "", kHint);
  config::Request request;
  struct stat found {};
  const bool is_input = target == "-";
  if (!is_input && ::stat(target.c_str(), &found) != 0)
    return failure(errno, "open", target, errno != ENOENT ? "" : is_bind(target) ? kBindHint : kHint);
  // Opened here, a FIFO would have a reader and lose it again, and its writer would be killed by that.
  const bool is_file = !is_input && !S_ISFIFO(found.st_mode) && !S_ISDIR(found.st_mode);
  const linux::Fd file(is_file ? ::open(target.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1);
  if (is_file && !file) return failure(errno, "open", target);
  if (is_file && config::classify(file) == config::Target::pipeline_file) {
    auto text = linux::read_all(file, kLargestPipeline);
    if (!text) return failure(text.error().code, "read", target);
    request.file = target;
    request.file_text = std::move(*text);
  } else {
    request.image_source = target;
  }
  request.overrides = options.overrides;
  // One "--" directly after the target only separates; the command's own dashes stay.
  if (!command.empty() && command[0] == "--") command.erase(command.begin());
  if (!command.empty()) request.overrides.push_back({Kind::arguments, "", "", "the command", std::move(command)});
  return request;
}

}  // namespace slipway::cli
