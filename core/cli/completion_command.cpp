#include <cstdio>
#include <sstream>

#include "core/cli/commands.hpp"
#include "core/cli/completion.hpp"
#include "core/cli/print.hpp"
#include "core/reference/reference.hpp"

namespace slipway::cli {
namespace {

constexpr const char* kExamples =
    "  eval \"$(slipway completion bash)\"                            for this shell\n"
    "  slipway completion zsh > ~/.zfunc/_slipway                   for all, with that directory in fpath\n"
    "  slipway completion fish > ~/.config/fish/completions/slipway.fish\n"
    "  slipway completion man | man -l -                            the page that man slipway shows\n";

}  // namespace

std::vector<std::string> split_names(const std::string& names) {
  std::vector<std::string> parts;
  std::istringstream stream(names);
  for (std::string name; std::getline(stream, name, ',');) parts.push_back(name);
  return parts;
}

std::string joined(const std::vector<std::string>& words, const char* between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

Choice choice_of(const std::string& value) {
  if (value == "DIR") return {Choice::Kind::directory, {}};
  if (value == "FILE" || value.starts_with("SRC:")) return {Choice::Kind::file, {}};
  if (value == "PLUGIN") return {Choice::Kind::plugin, {}};
  if (value == "PATH=VALUE") return {Choice::Kind::path, {}};
  if (value == "STAGE=PLUGIN") return {Choice::Kind::stage_plugin, {}};
  if (value.find('|') == std::string::npos) return {};
  Choice choice{Choice::Kind::word, {}};
  std::istringstream stream(value.substr(0, value.find(' ')));  // of two words the first
  for (std::string word; std::getline(stream, word, '|');) choice.words.push_back(word);
  return choice;
}

std::vector<Option> shown_options(const Command& command) {
  std::vector<Option> shown = {{"-h,--help", "", "print this help", {}}};
  for (const Option& option : command.options) {
    if (!option.help.empty()) shown.push_back(option);
  }
  return shown;
}

namespace {

// A topic, and behind it one of its names.
std::vector<Choice> places_of_reference() {
  using Kind = Choice::Kind;
  Choice topic{Kind::word, {reference::kTopics.begin(), reference::kTopics.end()}};
  Choice name;
  for (const std::string& each : topic.words) {
    Choice one{Kind::word, reference::names_of(each), {each}};
    if (name.words.empty()) {
      name = std::move(one);
    } else {
      name.others.push_back(std::move(one));
    }
  }
  return {std::move(topic), std::move(name)};
}

}  // namespace

// What stands behind a command's options, word by word.
std::vector<Choice> places_of(const Command& command) {
  using Kind = Choice::Kind;
  if (command.name == "plugin") {
    return {{Kind::word, {"list", "info", "explain", "new", "check"}},
            {Kind::plugin, {}, {"info", "explain"}, {{Kind::file, {}, {"check"}}}}};
  }
  if (command.name == "config") return {{Kind::word, {"dump", "schema"}}, {Kind::file, {}, {"dump"}}};
  if (command.name == "store") return {{Kind::word, {"layers"}}, {Kind::file, {}, {"layers"}}};
  if (command.name == "completion") return {{Kind::word, {"bash", "zsh", "fish", "man"}}};
  if (command.name == "reference") return places_of_reference();
  if (command.name == "compare") {
    const std::vector<std::string> results = {"show", "diff", "merge"};
    return {{Kind::file, results}, {Kind::file, {}, results}, {Kind::file, {}, results}, {Kind::file, {}, results}};
  }
  if (command.usage == "TARGET DIR") return {{Kind::file, {}}, {Kind::directory, {}}};
  if (command.usage.empty()) return {};
  return {{Kind::file, {}}};  // what follows a target is the container's
}

std::vector<Command> described_commands() {
  std::vector<Command> commands;
  commands.reserve(kCommands.size());
  for (const Entry& entry : kCommands) {
    commands.push_back(description_of(entry.function));
    commands.back().summary = entry.summary;
  }
  return commands;
}

int completion_command(int count, const char* const* words) {
  const Command command{"completion",
                        "bash | zsh | fish | man",
                        "Prints what a shell needs to complete slipway's words, or the page of man.",
                        kExamples,
                        {},
                        kUsage};
  const Words given = read_words(command, count, words);
  if (given.status >= 0) return given.status;
  const std::string wanted = given.rest.size() == 1 ? given.rest.front() : "";
  std::string text;
  if (wanted == "bash") text = bash_script(described_commands());
  if (wanted == "zsh") text = zsh_script(described_commands());
  if (wanted == "fish") text = fish_script(described_commands());
  if (wanted == "man") text = man_page(described_commands());
  if (given.rest.size() > 1) return too_many_words(command, given.rest[1]);
  if (given.rest.size() == 1 && text.empty())
    return no_subcommand(command, given.rest[0], {"bash", "zsh", "fish", "man"});
  if (text.empty()) {
    print_error({0, "completion takes bash, zsh, fish or man", "", "slipway completion --help"});
    return kUsage;
  }
  std::fputs(text.c_str(), stdout);
  return kOk;
}

}  // namespace slipway::cli
