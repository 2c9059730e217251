#include "core/config/request.hpp"

#include <unistd.h>

#include <cerrno>

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
