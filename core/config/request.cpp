#include "core/config/request.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "core/config/words.hpp"

namespace slipway::config {
namespace {

Result<Override> split(std::string_view argument, Override::Kind kind, const std::string& option,
                       const std::string& shape) {
  const std::size_t equals = argument.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return failure(0, "read " + option, printable(argument), "it is written " + option + " " + shape);
  }
  Override change;
  change.kind = kind;
  change.path = argument.substr(0, equals);
  change.value = argument.substr(equals + 1);
  change.label = option + " " + printable(change.path, 64);
  return change;
}

}  // namespace

Result<Override> parse_use(std::string_view argument) {
  return split(argument, Override::Kind::use, "--use", "STAGE=PLUGIN");
}

Result<Override> parse_set(std::string_view argument) {
  return split(argument, Override::Kind::set, "--set", "PATH=VALUE");
}

Result<Override> parse_env(std::string_view argument) {
  const std::string text(argument);
  // "=x", and what else is none, is told of with the pipeline's problems.
  const char* own = text.empty() || text.find('=') != std::string::npos ? nullptr : ::getenv(text.c_str());
  return Override{Override::Kind::environment, "", own != nullptr ? text + "=" + own : text, "-e", {}};
}

Result<Override> parse_unsetenv(std::string_view argument) {
  if (argument.empty() || argument.find('=') != std::string_view::npos) {
    return failure(0, "read --unsetenv", printable(argument.substr(0, argument.find('=')), 64),
                   "it is written --unsetenv NAME; -e NAME=VALUE sets a variable");
  }
  return Override{Override::Kind::environment, "", std::string(argument), "--unsetenv", {}};
}

Result<Override> parse_bind(std::string_view argument) {
  constexpr const char* kShape = "it is written --bind SRC:DST or SRC:DST:ro";
  constexpr const char* kColons = "a colon that belongs to a path is written \\:";
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < argument.size(); ++i) {
    const bool is_escaped = argument[i] == '\\' && i + 1 < argument.size() && argument[i + 1] == ':';
    if (is_escaped) ++i;
    if (argument[i] == ':' && !is_escaped)
      parts.emplace_back();
    else
      parts.back() += argument[i];
  }
  const std::string shown = printable(argument, 128);
  if (parts.size() > 3) return failure(0, "read --bind", shown, kColons);
  if (parts.size() < 2 || parts[0].empty()) return failure(0, "read --bind", shown, kShape);
  if (parts.size() == 3 && parts[2] != "ro" && parts[2] != "rw") {
    return failure(0, "read --bind", shown,
                   "behind the target stands ro, rw or nothing, not " + printable(parts[2], 32) + "; " + kColons);
  }
  if (!parts[1].starts_with('/')) {
    return failure(0, "read --bind", shown, "the target is an absolute path inside: /" + printable(parts[1], 64));
  }
  if (parts[1].find_first_not_of('/') == std::string::npos) {
    return failure(0, "read --bind", shown, "the container's root is the rootfs stage's: name a directory below it");
  }
  const bool only_read = parts.size() == 3 && parts[2] == "ro";
  Override change;
  change.kind = Override::Kind::bind;
  change.label = "--bind " + printable(parts[1], 64);
  change.words = {parts[0], parts[1], only_read ? "read_only" : "read_write"};
  return change;
}

Result<Override> parse_var(std::string_view argument) {
  auto change = split(argument, Override::Kind::set, "--var", "NAME=VALUE");
  if (!change) return change;
  if (!is_name(change->path)) return failure(0, "read --var", printable(argument, 64), kNameHint);
  change->path = "vars." + change->path;
  return change;
}

Target classify(const linux::Fd& fd) {
  constexpr off_t kFurthest = 64 * 1024;
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  std::array<char, 512> buffer{};
  for (off_t offset = 0; offset < kFurthest;) {
    const ssize_t count = ::pread(fd.get(), buffer.data(), buffer.size(), offset);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
    if (offset == 0 && bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
    if (const std::size_t first = bytes.find_first_not_of(" \t\r\n"); first != std::string_view::npos) {
      return bytes[first] == '{' || bytes[first] == '/' ? Target::pipeline_file : Target::image_source;
    }
    offset += count;
  }
  return Target::image_source;
}

}  // namespace slipway::config
