#include "core/linux/granted_ids.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "core/linux/subordinate_ids.hpp"

namespace slipway::linux {
namespace {

std::string text_of(const char* path) {
  constexpr std::size_t kLargest = std::size_t{4} << 20U;
  const Fd file(::open(path, O_RDONLY | O_CLOEXEC));
  return file ? read_all(file, kLargest).value_or(std::string()) : std::string();
}

bool asks_directory_service() {
  const std::string text = "\n" + text_of("/etc/nsswitch.conf");
  const std::size_t at = text.find("\nsubid:");
  return at != std::string::npos;
}

}  // namespace

std::optional<std::string> why_not_granted(const IdRange& range, const Grantee& grantee, std::string_view file,
                                           std::string_view text) {
  if (range.count == 1 && range.outside == grantee.own_id) return std::nullopt;
  std::vector<SubordinateRange> given;
  for (const OwnedRange& one : subordinate_ranges(text)) {
    if (one.owner == grantee.name || one.owner == std::to_string(grantee.uid)) given.push_back(one.range);
  }
  std::sort(given.begin(), given.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string list;
  // Ranges that meet count as one, as for newuidmap.
  std::uint64_t next = range.outside;
  for (const SubordinateRange& one : given) {
    const std::uint64_t end = std::uint64_t{one.first} + one.count;
    if (one.first <= next) next = std::max(next, end);
    list += (list.empty() ? "" : ", ") + std::to_string(one.first) + " to " + std::to_string(end - 1);
  }
  if (next >= std::uint64_t{range.outside} + range.count) return std::nullopt;
  const std::string who = grantee.name.empty() ? "the user " + std::to_string(grantee.uid) : grantee.name;
  return std::string(file) + " gives " + who + (list.empty() ? " no range" : " the ids " + list);
}

std::optional<std::string> why_not_granted(const IdRange& range, IdKind kind) {
  if (::geteuid() == 0 || asks_directory_service()) return std::nullopt;
  const char* file = kind == IdKind::user ? "/etc/subuid" : "/etc/subgid";
  const std::uint32_t own_id = kind == IdKind::user ? ::geteuid() : ::getegid();
  return why_not_granted(range, {user_name(::geteuid()), ::geteuid(), own_id}, file, text_of(file));
}

}  // namespace slipway::linux
