// The search for a plugin, told aloud: what is in each directory, and what becomes of it.
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/plugins/plugins.hpp"

namespace slipway::plugins {
namespace {

using Verdict = Search::Verdict;

Search::Look absent(const Directory& directory, std::string path) {
  Search::Look look{directory.path, directory.builtin, std::move(path), Verdict::absent, {}, {}, {}};
  if (::access(directory.path.c_str(), R_OK | X_OK) != 0) {
    look.verdict = Verdict::unreadable;
    look.reason = errno_words(errno);
  }
  return look;
}

}  // namespace

const char* to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::absent:
      return "absent";
    case Verdict::unreadable:
      return "unreadable";
    case Verdict::taken:
      return "taken";
    case Verdict::refused:
      return "refused";
    case Verdict::passed_over:
      break;
  }
  return "passed-over";
}

Search Finder::explain(std::string_view name) {
  Search search;
  search.looks_at_owners = check_owners_;
  const auto chosen = candidate_for(name);
  if (!chosen) search.problem = chosen.error();
  // What is no name of a plugin is looked for nowhere.
  if (search.problem && !is_file_name(name)) return search;
  for (const Directory& directory : directories_) {
    std::string path = directory.path + "/" + std::string(name) + ".so";
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) {
      search.looks.push_back(absent(directory, std::move(path)));
      continue;
    }
    const bool is_chosen = chosen && chosen->directory == &directory;
    Search::Look look{
        directory.path, directory.builtin, path, is_chosen ? Verdict::taken : Verdict::passed_over, {}, {}, {}};
    if (auto found = open(name, {path, &directory})) {
      look.manifest = std::move(found->manifest);
    } else {
      look.reason = sentence(found.error());
      look.hint = found.error().hint;
      if (is_chosen) look.verdict = Verdict::refused;
    }
    search.looks.push_back(std::move(look));
  }
  return search;
}

}  // namespace slipway::plugins
