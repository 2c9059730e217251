#include "core/plan/crash.hpp"

#include <utility>

namespace slipway::plan {
namespace {

// No name of a file, and nothing that a format would write in another way.
constexpr const char* kHole = "<what the plugin did>";

std::function<std::string(const Finding&)>& writer_of_all() {
  static std::function<std::string(const Finding&)> writer;
  return writer;
}

}  // namespace

void write_crashes_by(std::function<std::string(const Finding&)> writer) { writer_of_all() = std::move(writer); }

CrashLine::CrashLine(Finding finding) {
  if (!writer_of_all()) return;
  finding.message = kHole;
  const std::string line = writer_of_all()(finding);
  const std::size_t at = line.find(kHole);
  if (at != std::string::npos)
    host::frame_lines(std::string_view(line).substr(0, at),
                      std::string_view(line).substr(at + std::string_view(kHole).size()));
}

}  // namespace slipway::plan
