#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>

#include "core/store/store.hpp"

#define XXH_INLINE_ALL
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wpedantic"
#include <xxhash.h>
#pragma GCC diagnostic pop

namespace slipway::store {
namespace {

std::string identity_of(const struct stat& status) {
  std::string text;
  for (const auto number :
       {static_cast<std::int64_t>(status.st_dev), static_cast<std::int64_t>(status.st_ino),
        static_cast<std::int64_t>(status.st_size), static_cast<std::int64_t>(status.st_mtim.tv_sec),
        static_cast<std::int64_t>(status.st_mtim.tv_nsec), static_cast<std::int64_t>(status.st_ctim.tv_sec),
        static_cast<std::int64_t>(status.st_ctim.tv_nsec)}) {
    text += std::to_string(number) + ":";
  }
  return text;
}

}  // namespace

std::string fingerprint(std::string_view text) {
  const XXH128_hash_t sum = XXH3_128bits(text.data(), text.size());
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const std::uint64_t half : {sum.high64, sum.low64}) {
    for (int shift = 60; shift >= 0; shift -= 4) hex += kDigits[(half >> static_cast<unsigned>(shift)) & 15U];
  }
  return hex;
}

namespace {

constexpr std::string_view kLayerFormat = "3";  // 1 had no record of what was lost, 2 no note of a top that is opaque
constexpr std::size_t kMapDigits = 16;

}  // namespace

std::string form_of(const linux::IdMap& map, Owners owners, const std::string& around) {
  if (map.none()) return std::string(kLayerFormat) + "-host-exact";
  return std::string(kLayerFormat) + "-" +
         fingerprint(map.to_text() + (around.empty() ? "" : " in " + around)).substr(0, kMapDigits) +
         (owners == Owners::squashed ? "-squashed" : "-exact");
}

bool is_form(std::string_view text) {
  if (text == form_of({}, Owners::exact)) return true;
  const std::string begin = std::string(kLayerFormat) + "-";
  if (!text.starts_with(begin)) return false;
  const std::string_view map = text.substr(begin.size(), kMapDigits);
  const std::string_view owners = text.substr(std::min(text.size(), begin.size() + kMapDigits));
  return map.size() == kMapDigits && map.find_first_not_of("0123456789abcdef") == std::string_view::npos &&
         (owners == "-squashed" || owners == "-exact");
}

bool is_squashed(std::string_view form) { return form.ends_with("-squashed"); }

Result<SourceKey> key_of_source(const linux::Fd& source, std::string_view options, std::string_view plugin) {
  struct stat status {};
  if (::fstat(source.get(), &status) != 0) return failure(errno, "look at the image's source");
  std::string text = identity_of(status);
  time_t changed = std::max(status.st_mtim.tv_sec, status.st_ctim.tv_sec);
  // All that an OCI layout can be changed to say stands there; its blobs are what their digests say.
  if (S_ISDIR(status.st_mode) && ::fstatat(source.get(), "index.json", &status, AT_SYMLINK_NOFOLLOW) == 0) {
    text += identity_of(status);
    changed = std::max({changed, status.st_mtim.tv_sec, status.st_ctim.tv_sec});
  }
  text.append(options).push_back('\0');
  text.append(plugin);
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  constexpr time_t kYoungest_s = 2;
  return SourceKey{fingerprint(text), now.tv_sec - changed <= kYoungest_s};
}

}  // namespace slipway::store
