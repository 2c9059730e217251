#include "core/unpack/lint.hpp"

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

}  // namespace

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
