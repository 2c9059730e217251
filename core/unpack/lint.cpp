#include "core/unpack/lint.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

namespace slipway::unpack {
namespace {

struct Oddity {
  const char* what;
  const char* hint;
  std::uint64_t count = 0;
  std::string first{};

  void note(const std::string& name) {
    if (count++ == 0) first = printable(name, 200);
  }
};

// "./a//b/" is "a/b", as whoever unpacks it has it.
std::string plain(std::string_view name) {
  std::string made;
  while (!name.empty()) {
    const std::size_t slash = std::min(name.find('/'), name.size());
    const std::string_view part = name.substr(0, slash);
    name.remove_prefix(std::min(slash + 1, name.size()));
    if (part.empty() || part == ".") continue;
    made.append(made.empty() ? "" : "/").append(part);
  }
  return made;
}

std::string above(const std::string& name) {
  const std::size_t slash = name.rfind('/');
  return slash == std::string::npos ? std::string() : name.substr(0, slash);
}

bool is_of_a_root(std::string_view name) {
  constexpr std::array<std::string_view, 5> kUsual = {"bin", "sbin", "usr", "etc", "lib"};
  return std::find(kUsual.begin(), kUsual.end(), name) != kUsual.end();
}

}  // namespace

std::vector<store::PluginReport> misplaced_root(Source& tree) {
  std::string below;
  std::uint64_t index = 0;
  while (const SourceEntry* entry = tree.entry(index++)) {
    const std::string name = plain(entry->name);
    const std::size_t slash = name.find('/');
    const std::string top = name.substr(0, slash);
    if (is_of_a_root(top)) return {};
    if (slash == std::string::npos || !below.empty()) continue;
    const std::string rest = name.substr(slash + 1);
    if (is_of_a_root(rest.substr(0, rest.find('/')))) below = top;
  }
  if (below.empty()) return {};
  return {{Severity::warning, "/options/source",
           "nothing at its top looks like a root filesystem, and what is in " + printable(below, 200) + "/ does",
           "was the directory above it packed or named?"}};
}

std::vector<store::PluginReport> lint(Source& archive) {
  Oddity repeated{"names stand there more than once", "the last of them counts"};
  Oddity orphans{"names stand there before their directory, or without it",
                 "what is missing is made, of root and with mode 0755"};
  std::set<std::string> seen;
  std::uint64_t index = 0;
  while (const SourceEntry* entry = archive.entry(index++)) {
    const std::string name = plain(entry->name);
    if (name.empty()) continue;
    if (const std::string parent = above(name); !parent.empty() && !seen.contains(parent)) orphans.note(name);
    if (!seen.insert(name).second) repeated.note(name);
  }
  std::vector<store::PluginReport> reports;
  for (const Oddity& odd : {repeated, orphans}) {
    if (odd.count == 0) continue;
    reports.push_back({Severity::warning, "/options/source",
                       std::to_string(odd.count) + " " + odd.what + ", the first of them " + odd.first, odd.hint});
  }
  return reports;
}

}  // namespace slipway::unpack
