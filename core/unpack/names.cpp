#include "core/unpack/names.hpp"

#include "core/unpack/limits.hpp"

namespace slipway::unpack {
namespace {
constexpr std::string_view kWhiteout = ".wh.";
constexpr std::string_view kBookkeeping = ".wh..wh.";
constexpr std::string_view kOpaque = ".wh..wh..opq";
constexpr const char* kHostile = "the image is damaged, or made to do harm; get it anew from where you trust";
}  // namespace

tl::unexpected<Error> refused(std::string_view name, std::string_view why, std::string hint) {
  return failure(0, "unpack", "entry '" + printable(name, 200) + "' " + std::string(why),
                 hint.empty() ? std::string(kHostile) : std::move(hint));
}

tl::unexpected<Error> failed_entry(int code, std::string_view doing, std::string_view name, const std::string& hint) {
  return failure(code, std::string(doing), "'" + printable(name, 200) + "'", hint);
}

Result<std::string> clean_name(std::string_view name) {
  if (name.empty()) return refused(name, "has no name");
  if (name.find('\0') != std::string_view::npos) return refused(name, "has a NUL in its name");
  if (name.size() > kLongestName) return refused(name, "has a name that is too long");
  std::string clean;
  clean.reserve(name.size());
  std::size_t depth = 0;
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t end = std::min(name.find('/', at), name.size());
    const std::string_view part = name.substr(at, end - at);
    at = end + 1;
    if (part.empty() || part == ".") continue;
    if (part == "..") return refused(name, "has '..' in its name");
    if (part.size() > kLongestPart) return refused(name, "has a name that is too long");
    if (++depth > kDeepestName) return refused(name, "lies too deep");
    if (!clean.empty()) clean += '/';
    clean += part;
  }
  return clean;
}

std::string_view parent_of(std::string_view clean) {
  const std::size_t slash = clean.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : clean.substr(0, slash);
}

std::string_view last_of(std::string_view clean) {
  const std::size_t slash = clean.rfind('/');
  return slash == std::string_view::npos ? clean : clean.substr(slash + 1);
}

Result<Meaning> meaning_of(std::string_view clean) {
  for (std::string_view parent = parent_of(clean); !parent.empty(); parent = parent_of(parent)) {
    const std::string_view part = last_of(parent);
    if (part.starts_with(kBookkeeping)) return Meaning{Special::ignored};
    if (part.starts_with(kWhiteout)) return refused(clean, "lies in a directory that marks a deletion");
  }
  const std::string_view last = last_of(clean);
  if (!last.starts_with(kWhiteout)) return Meaning{};
  if (last == kOpaque) return Meaning{Special::opaque};
  if (last.starts_with(kBookkeeping)) return Meaning{Special::ignored};
  const std::string_view hidden = last.substr(kWhiteout.size());
  if (hidden.empty() || hidden == "." || hidden == "..") return refused(clean, "marks a deletion of nothing");
  return Meaning{Special::whiteout, hidden};
}

}  // namespace slipway::unpack
