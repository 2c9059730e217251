#include "core/compare/outcome/load.hpp"

#include <fcntl.h>

#include "core/compare/outcome/outcome_json.hpp"
#include "core/linux/fd.hpp"

namespace slipway::compare {
namespace {

constexpr std::string_view kDoing = "read the result";
constexpr std::size_t kMostBytes = (256U << 20U) + 1;  // one more than read_outcome() takes, and tells of

}  // namespace

Result<Outcome> load_outcome(const std::string& path) {
  const linux::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return failure(errno, kDoing, path, "give a file that --export-json has written");
  const auto text = linux::read_all(file, kMostBytes);
  if (!text) return failure(text.error().code, kDoing, path, "give a file that --export-json has written");
  return read_outcome(*text, path);
}

}  // namespace slipway::compare
