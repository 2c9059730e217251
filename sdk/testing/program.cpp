// slipway-plugin-test: the harness for plugins in C, Rust and whatever else makes a library.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "sdk/testing/held.hpp"

namespace {

using namespace slipway::testing;
namespace fs = std::filesystem;

constexpr const char* kHelp =
    R"(Tests a plugin without privileges and without a container: options and facts in, steps out.

Usage: slipway-plugin-test PLUGIN.so CASES...
       slipway-plugin-test PLUGIN.so [--options JSON] [--facts FACTS] [--archive DIR | --directory DIR] [--golden FILE]
       slipway-plugin-test --list-facts | --print-facts FACTS

Each directory of CASES has files NAME.case.json; what comes of each is compared with NAME.expected.json beside it:
  {"options": {…}, "facts": "rootless", "set": {"/isolation/hostname": "x"}}
  {"options": {…}, "archive": [{"name": "manifest.json", "text": "…"}, {"name": "a", "symlink": "b"}]}

Options:
  --options JSON     what stands beside "use" in a pipeline (default: {})
  --facts FACTS      recorded facts by name (default: root), or a file, which has a slash in its name
  --archive DIR      for an image plugin: the files below DIR, as the entries of an archive
  --directory DIR    for an image plugin: the files below DIR, as a directory
  --golden FILE      compare with FILE instead of printing
  --list-facts       the names of the recorded facts
  --print-facts F    recorded facts, as JSON
  -h, --help         this

With SLIPWAY_UPDATE_GOLDEN=1 in the environment expected files are written instead of compared.
Exit status: 0 as expected, 1 not so, or the plugin failed, 2 usage, 125 the plugin crashed or did not return.

Examples:
  slipway-plugin-test build/harden-mine.so test/cases
  slipway-plugin-test build/harden-mine.so --options '{"paths": ["/proc/keys"]}' --facts rootless
  SLIPWAY_UPDATE_GOLDEN=1 slipway-plugin-test build/harden-mine.so test/cases
)";

struct Usage {
  std::string message{};
};

struct Arguments {
  std::string plugin{};
  std::vector<std::string> cases{};
  std::optional<std::string> options{}, facts{}, archive{}, directory{}, golden{}, print_facts{};
  bool list_facts = false, help = false;

  [[nodiscard]] bool is_one_call() const { return options || facts || archive || directory || golden; }
};

Arguments read(int count, char** words) {
  Arguments arguments;
  const std::vector<std::pair<std::string_view, std::optional<std::string>*>> valued = {
      {"--options", &arguments.options}, {"--facts", &arguments.facts},
      {"--archive", &arguments.archive}, {"--directory", &arguments.directory},
      {"--golden", &arguments.golden},   {"--print-facts", &arguments.print_facts}};
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    const auto option =
        std::find_if(valued.begin(), valued.end(), [&](const auto& each) { return each.first == word; });
    if (option != valued.end()) {
      if (i + 1 == count) throw Usage{std::string(word) + " lacks its value"};
      *option->second = words[++i];
    } else if (word == "--list-facts") {
      arguments.list_facts = true;
    } else if (word == "-h" || word == "--help") {
      arguments.help = true;
    } else if (word.starts_with('-')) {
      throw Usage{std::string(word) + ": unknown option"};
    } else if (arguments.plugin.empty()) {
      arguments.plugin = word;
    } else {
      arguments.cases.emplace_back(word);
    }
  }
  return arguments;
}

Facts facts_from(const std::string& name) {
  return name.find('/') == std::string::npos ? facts(name) : Facts::read(name);
}

Source source_below(const std::string& top, Source::Kind kind) {
  std::vector<fs::path> paths;
  std::error_code problem;
  for (fs::recursive_directory_iterator at(top, problem), end; !problem && at != end; at.increment(problem))
    paths.push_back(at->path());
  if (problem) throw Error(top + ": " + problem.message());
  std::sort(paths.begin(), paths.end());
  Source source(kind);
  for (const fs::path& path : paths) {
    const std::string name = path.lexically_relative(top).string();
    const fs::file_status status = fs::symlink_status(path);
    if (fs::is_symlink(status)) source.symlink(name, fs::read_symlink(path).string());
    if (fs::is_directory(status)) source.directory(name + "/");
    if (fs::is_regular_file(status)) source.file(name, content_of(path.string()));
  }
  return source;
}

void print(std::FILE* to, const std::string& text) { (void)std::fwrite(text.data(), 1, text.size(), to); }

int call_once(const Plugin& plugin, const Arguments& arguments) {
  const std::string options = arguments.options.value_or("{}");
  Outcome outcome;
  if (plugin.stage() != "image") {
    if (arguments.archive || arguments.directory) throw Usage{"--archive and --directory are for image plugins"};
    outcome = plugin.plan(options, facts_from(arguments.facts.value_or("root")));
  } else {
    if (!arguments.archive == !arguments.directory)
      throw Usage{"an image plugin is shown either --archive DIR or --directory DIR"};
    outcome = plugin.resolve(options, arguments.archive ? source_below(*arguments.archive, Source::Kind::archive)
                                                        : source_below(*arguments.directory, Source::Kind::directory));
  }
  if (!arguments.golden) {
    print(stdout, outcome.json());
    print(stderr, outcome.told());
    return outcome.ok ? 0 : 1;
  }
  const std::string differs = difference(*arguments.golden, outcome);
  print(stderr, differs);
  return differs.empty() ? 0 : 1;
}

int call_cases(const Plugin& plugin, const std::vector<std::string>& directories) {
  int status = 0;
  for (const std::string& directory : directories) {
    for (const CaseResult& result : run_cases(plugin, directory)) {
      print(stdout, (result.difference.empty() ? "ok      " : "FAILED  ") + result.name + "\n" + result.difference);
      if (!result.difference.empty()) status = 1;
    }
  }
  return status;
}

int run(const Arguments& arguments) {
  if (arguments.help) {
    print(stdout, kHelp);
    return 0;
  }
  if (arguments.list_facts) {
    for (const std::string& name : names_of_facts()) print(stdout, name + "\n");
    return 0;
  }
  if (arguments.print_facts) {
    print(stdout, nlohmann::json::parse(facts_from(*arguments.print_facts).json()).dump(2) + "\n");
    return 0;
  }
  if (arguments.plugin.empty()) throw Usage{"which plugin?"};
  if (arguments.is_one_call() && !arguments.cases.empty())
    throw Usage{"a directory of cases says itself which options and facts there are"};
  const Plugin plugin = guarded(Plugin::load(arguments.plugin));
  return arguments.cases.empty() ? call_once(plugin, arguments) : call_cases(plugin, arguments.cases);
}

}  // namespace

int main(int count, char** words) {
  try {
    return run(read(count, words));
  } catch (const Usage& usage) {
    print(stderr, "slipway-plugin-test: " + usage.message + " (--help tells more)\n");
    return 2;
  } catch (const std::exception& problem) {
    print(stderr, std::string("slipway-plugin-test: ") + problem.what() + "\n");
    return 1;
  }
}
