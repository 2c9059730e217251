#include <algorithm>
#include <cstdio>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "core/cli/arguments.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/plugin_check.hpp"
#include "core/cli/plugin_explain.hpp"
#include "core/cli/plugin_paths.hpp"
#include "core/cli/print.hpp"
#include "core/plan/finder.hpp"
#include "core/plugins/new_plugin.hpp"

namespace slipway::cli {
namespace {

constexpr const char* kExamples =
    "  slipway plugin list                what there is, from which file\n"
    "  slipway plugin info fs-overlay     what a plugin does, and its options\n"
    "  slipway plugin explain net-mine --plugin-dir build     where it is looked for, and which one is taken\n"
    "  slipway plugin new fs-mine --stage rootfs              a folder that builds a plugin, in C++\n"
    "  slipway plugin new harden-mine --stage harden --lang rust --dir src/harden-mine\n"
    "  slipway plugin check build/fs-mine.so                  whether a plugin keeps its contract\n"
    "  slipway plugin check --lifecycle --junit report.xml build/fs-mine.so\n"
    "  slipway plugin check --options '{\"upper\": \"disk\"}' --seed 7 --rounds 5000 build/fs-mine.so\n";

constexpr std::size_t kLongestText = 8192;  // of what a manifest says in one place

struct PluginOptions {
  std::vector<std::string> directories{};
  bool json = false;
  bool paths = false;
  plugins::NewPlugin wanted{};
  std::string of_new{};  ///< an option that was given and belongs to `new` alone
  PluginCheck check{};
};

// What a file or its manifest says must not move the cursor or make a row.
void add_row(std::string& text, const std::string& name, const std::string& stage, const std::string& version,
             const std::string& rest) {
  const auto padded = [](const std::string& given, std::size_t width) {
    std::string word = printable(given);
    word.append(word.size() < width ? width - word.size() : 0, ' ');
    return word;
  };
  text += padded(name, 20) + "  " + padded(stage, 8) + "  " + padded(version, 8) + "  " + printable(rest) + "\n";
}

// One object a plugin; what cannot be used says why.
nlohmann::ordered_json to_json(const plugins::Listed& plugin) {
  nlohmann::ordered_json json = {{"name", printable(plugin.name)}, {"file", printable(plugin.path)}};
  if (plugin.problem) {
    json["problem"] = printable(sentence(*plugin.problem));
    json["remedy"] = printable(plugin.problem->hint);
    return json;
  }
  json["stage"] = plugin.manifest->stage;
  json["version"] = plugin.manifest->version;
  json["description"] = plugin.manifest->description;
  return json;
}

int list(plugins::Finder& finder, bool json) {
  if (json) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const plugins::Listed& plugin : finder.list()) {
      if (!plugin.hidden) all.push_back(to_json(plugin));
    }
    std::puts(all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
    return kOk;
  }
  std::string text;
  add_row(text, "NAME", "STAGE", "VERSION", "FILE");
  for (const plugins::Listed& plugin : finder.list()) {
    if (plugin.hidden) continue;
    if (plugin.problem) {
      add_row(text, plugin.name, "-", "-", plugin.path + ": cannot be used: " + sentence(*plugin.problem));
    } else {
      add_row(text, plugin.name, plugin.manifest->stage, plugin.manifest->version, plugin.path);
    }
  }
  std::fputs(text.c_str(), stdout);
  return kOk;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text.empty() ? "nothing" : text;
}

std::string type_of(const nlohmann::json& schema) {
  if (schema.contains("enum")) {
    std::string words;
    for (const nlohmann::json& word : schema["enum"]) words += (words.empty() ? "" : " | ") + word.dump();
    return words;
  }
  if (schema.contains("oneOf")) {
    std::string choices;
    for (const nlohmann::json& choice : schema["oneOf"]) choices += (choices.empty() ? "" : " or ") + type_of(choice);
    return choices;
  }
  if (schema.value("type", "") == "object" && schema.contains("properties")) {
    std::string members;
    for (const auto& [name, unused] : schema["properties"].items()) members += (members.empty() ? "" : ", ") + name;
    return "object of " + members;
  }
  if (schema.value("type", "") == "array" && schema.contains("items")) return "list of " + type_of(schema["items"]);
  return schema.value("type", "any");
}

std::string options_text(const nlohmann::json& schema) {
  if (!schema.contains("properties") || schema["properties"].empty()) return "Options: none\n";
  std::string text = "Options:\n";
  for (const auto& [name, option] : schema["properties"].items()) {
    text += "  " + printable(name) + ": " + printable(type_of(option), kLongestText);
    if (option.contains("default")) text += ", default " + printable(option["default"].dump(), kLongestText);
    text += "\n      " + printable(option.value("description", ""), kLongestText) + "\n";
  }
  return text;
}

int info(plugins::Finder& finder, const std::string& name, bool json) {
  auto found = finder.find(name);
  if (!found) {
    print_error(found.error());
    return kProblem;
  }
  const host::Manifest& manifest = found->manifest;
  std::string text;
  if (json) {
    text = nlohmann::json::parse(manifest.text, nullptr, false).dump(2) + "\n";
  } else {
    text = manifest.name + " " + printable(manifest.version) + ", stage " + manifest.stage + ", ABI " +
           std::to_string(manifest.abi_major) + "." + std::to_string(manifest.abi_minor) + "\n" +
           printable(manifest.description, kLongestText) + "\n\nFile: " + printable(found->path) +
           "\nNeeds: " + joined(manifest.needs) + "\nProvides: " + joined(manifest.provides) +
           (manifest.privileges.empty() ? "" : "\nPrivileges: " + joined(manifest.privileges)) + "\n" +
           options_text(*manifest.options);
  }
  std::fputs(text.c_str(), stdout);
  return kOk;
}

int make(const plugins::NewPlugin& wanted) {
  if (wanted.stage.empty()) {
    print_error({0, "plugin new needs a stage", "",
                 "slipway plugin new " + printable(wanted.name, 64) +
                     " --stage rootfs, or image, pseudo, harden, network, exec"});
    return kUsage;
  }
  const auto made = plugins::make_plugin_folder(wanted);
  if (!made) {
    print_error(made.error());
    return kProblem;
  }
  std::printf("made a plugin for the stage %s in %s; its code is %s. To build and test it:\n%s", wanted.stage.c_str(),
              made->language.c_str(), made->source.c_str(), made->commands.c_str());
  return kOk;
}

int look(const PluginOptions& options, const std::vector<std::string>& named) {
  for (const std::string& directory : options.directories) {
    if (auto fine = plan::check_plugin_directory(directory); !fine) {
      print_error(fine.error());
      return kProblem;
    }
  }
  auto finder = plan::finder_for(options.directories);
  if (!finder) {
    print_error(finder.error());
    return kProblem;
  }
  if (options.paths) {
    std::fputs(paths_of_options(*finder).c_str(), stdout);
    return kOk;
  }
  if (named[0] == "list") return list(*finder, options.json);
  if (named[0] == "explain") return explain_plugin(*finder, named[1], options.json);
  return info(*finder, named[1], options.json);
}

// --stage and its like say which plugin is made, so that only `new` can mean them.
std::vector<Option> options_of(PluginOptions& options) {
  const auto of_new = [&options](const char* name, std::string& to) {
    return [&options, name, &to](const std::string& value) {
      options.of_new = name;
      to = value;
    };
  };
  std::vector<Option> all = {
      {"--plugin-dir", "DIR", "a further directory of plugins; may be repeated",
       [&](const std::string& directory) { options.directories.push_back(directory); }},
      {"--json", "", "print JSON; info: the manifest", [&](const std::string&) { options.json = true; }},
      {"--paths", "", "list: the options of all instead, as --set names them, with their words",
       [&](const std::string&) { options.paths = true; }},
      {"--stage", "image|rootfs|pseudo|harden|network|exec", "new: which stage it serves",
       of_new("--stage", options.wanted.stage)},
      {"--lang", "c++|c|rust", "new: its language (default: c++)", of_new("--lang", options.wanted.language)},
      {"--dir", "DIR", "new: the folder that is made (default: its name)", of_new("--dir", options.wanted.directory)}};
  std::vector<Option> of_check = options_of(options.check);
  std::move(of_check.begin(), of_check.end(), std::back_inserter(all));
  return all;
}

// An option that was given and is another subcommand's; empty where there is none.
std::string stray_of(const PluginOptions& options, const std::string& word) {
  if (word != "new" && !options.of_new.empty()) return options.of_new;
  if (word != "check" && !options.check.given.empty()) return options.check.given;
  if (word == "new" && options.json) return "--json";
  if (options.paths && (word != "list" || options.json)) return "--paths";
  const bool looks = word == "list" || word == "info" || word == "explain";
  return looks || options.directories.empty() ? "" : "--plugin-dir";
}

struct Subcommand {
  const char* word;
  const char* usage;
  const char* summary;
  std::vector<std::string> options;
};

const std::vector<Subcommand>& subcommands() {
  static const std::vector<Subcommand> all = {
      {"list", "", "Shows the plugins that pipelines can use.", {"--plugin-dir", "--json", "--paths"}},
      {"info", "NAME", "Tells what a plugin does, and its options.", {"--plugin-dir", "--json"}},
      {"explain", "NAME", "Tells where a plugin is looked for, and which one is taken.", {"--plugin-dir", "--json"}},
      {"new", "NAME", "Makes a folder that builds a plugin.", {"--stage", "--lang", "--dir"}},
      {"check",
       "FILE",
       "Tells whether a plugin's library keeps slipway's contract.",
       {"--json", "--options", "--seed", "--rounds", "--time-limit", "--lifecycle", "--junit"}}};
  return all;
}

// Of all that the command says of itself, what is one subcommand's.
Command about(const Subcommand& one, const Command& all) {
  Command its{"plugin " + std::string(one.word), one.usage, one.summary, {}, {}, all.usage_status};
  for (Option option : all.options) {
    if (std::find(one.options.begin(), one.options.end(), option.names) == one.options.end()) continue;
    const std::string begin = std::string(one.word) + ": ";
    if (option.help.starts_with(begin)) option.help.erase(0, begin.size());
    its.options.push_back(std::move(option));
  }
  std::istringstream lines(all.examples);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("  slipway " + its.name + " ")) its.examples += line + "\n";
  }
  return its;
}

// Help is for the subcommand that stands before it, whatever else does: "slipway plugin check --help".
std::optional<Words> helped(const Command& all, int count, const char* const* words) {
  const auto is_help = [](std::string_view word) { return word == "--help" || word == "-h"; };
  if (count < 3 || std::none_of(words + 2, words + count, is_help)) return std::nullopt;
  const auto one = std::find_if(subcommands().begin(), subcommands().end(),
                                [&](const Subcommand& each) { return std::string_view(words[1]) == each.word; });
  if (one == subcommands().end()) return std::nullopt;
  return read_all_words(about(*one, all), count - 1, words + 1);
}

}  // namespace

int plugin_command(int count, const char* const* words) {
  PluginOptions options;
  const Command command{"plugin",
                        "list | info NAME | explain NAME | new NAME | check FILE",
                        "Shows the plugins that pipelines can use, begins new ones, and checks them.",
                        kExamples,
                        options_of(options),
                        kUsage};
  const auto help = helped(command, count, words);
  const Words given = help ? *help : read_all_words(command, count, words);
  if (given.status >= 0) return given.status;
  const std::vector<std::string>& named = given.rest;
  const std::vector<std::string> known{"list", "info", "explain", "new", "check"};
  if (!named.empty() && std::find(known.begin(), known.end(), named[0]) == known.end())
    return no_subcommand(command, named[0], known);
  const std::size_t wants = !named.empty() && named[0] != "list" ? 2 : 1;
  if (named.size() > wants) return too_many_words(command, named[wants]);
  if (named.size() < wants) {
    print_error(
        {0, "plugin takes list, or info, explain or new and a name, or check and a file", "", "slipway plugin --help"});
    return kUsage;
  }
  if (const std::string stray = stray_of(options, named[0]); !stray.empty()) {
    print_error({0, "plugin " + named[0] + " has no use for", stray, "slipway plugin --help"});
    return kUsage;
  }
  if (named[0] == "check") {
    options.check.wishes.file = named[1];
    return check_plugin_file(options.check, options.json);
  }
  if (named[0] != "new") return look(options, named);
  options.wanted.name = named[1];
  return make(options.wanted);
}

}  // namespace slipway::cli
