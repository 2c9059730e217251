#include "core/cli/plugin_explain.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/cli/arguments.hpp"
#include "core/cli/print.hpp"

namespace slipway::cli {
namespace {

using plugins::Search;
using Verdict = Search::Verdict;
using Json = nlohmann::ordered_json;

// "rootfs plugin, version 1.0.0, ABI 1.0".
std::string described(const host::Manifest& manifest) {
  return manifest.stage + " plugin, version " + printable(manifest.version) + ", ABI " +
         std::to_string(manifest.abi_major) + "." + std::to_string(manifest.abi_minor);
}

std::string verdict_text(const Search::Look& look) {
  switch (look.verdict) {
    case Verdict::absent:
      return "there is none";
    case Verdict::unreadable:
      return "cannot be looked into: " + look.reason;
    case Verdict::taken:
      return "taken: " + described(*look.manifest);
    case Verdict::refused:
      return "refused, and nothing is looked for further on: " + printable(look.reason, 1024);
    case Verdict::passed_over:
      break;
  }
  return "passed over, as an earlier directory has one: " +
         (look.manifest ? described(*look.manifest) : "it could not be used either: " + printable(look.reason, 1024));
}

std::string lines_of(const Search::Look& look) {
  std::string text =
      "  " + printable(look.path, 4096) + (look.builtin ? " (built-in)" : "") + "\n      " + verdict_text(look) + "\n";
  if (look.verdict == Verdict::taken && !look.manifest->needs.empty()) {
    const std::size_t count = look.manifest->needs.size();
    text += "      this slipway has all that it needs: " + std::to_string(count) + (count == 1 ? " word" : " words") +
            ", which slipway plugin info shows\n";
  }
  if (!look.hint.empty()) text += "      hint: " + printable(look.hint, 1024) + "\n";
  return text;
}

std::string text_of(const Search& search, const std::string& name) {
  std::string text =
      printable(name) + ": looked for " + printable(name) + ".so, the first directory that has one counts\n";
  for (const Search::Look& look : search.looks) text += lines_of(look);
  text +=
      search.looks_at_owners
          ? "As root: the file and all directories above it must belong to root and be writable by no other; for the "
            "built-in directory also to the owner of slipway itself.\n"
          : "Owners are not looked at: this is not root.\n";
  return text;
}

Json json_of(const Search::Look& look) {
  Json json = {{"directory", printable(look.directory, 4096)},
               {"builtin", look.builtin},
               {"file", printable(look.path, 4096)},
               {"verdict", to_text(look.verdict)}};
  if (look.manifest) {
    json["stage"] = look.manifest->stage;
    json["version"] = look.manifest->version;
    json["needs"] = look.manifest->needs;
  }
  if (!look.reason.empty()) json["problem"] = printable(look.reason, 1024);
  if (!look.hint.empty()) json["remedy"] = printable(look.hint, 1024);
  return json;
}

Json json_of(const Search& search, const std::string& name) {
  Json looks = Json::array();
  Json taken = nullptr;
  for (const Search::Look& look : search.looks) {
    looks.push_back(json_of(look));
    if (look.verdict == Verdict::taken) taken = printable(look.path, 4096);
  }
  return {{"name", printable(name)},
          {"taken", std::move(taken)},
          {"owners_checked", search.looks_at_owners},
          {"looked_in", std::move(looks)}};
}

}  // namespace

int explain_plugin(plugins::Finder& finder, const std::string& name, bool json) {
  const Search search = finder.explain(name);
  const bool is_taken = std::any_of(search.looks.begin(), search.looks.end(),
                                    [](const Search::Look& look) { return look.verdict == Verdict::taken; });
  if (json) {
    std::puts(json_of(search, name).dump(2, ' ', false, Json::error_handler_t::replace).c_str());
  } else if (!search.looks.empty()) {
    std::fputs(text_of(search, name).c_str(), stdout);
  }
  if (search.problem) print_error(*search.problem);
  return is_taken ? kOk : kProblem;
}

}  // namespace slipway::cli
