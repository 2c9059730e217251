// fish's words for what the commands take.
#include "core/cli/completion.hpp"

namespace slipway::cli {
namespace {

std::string fish_option(const Command& command, const Option& option) {
  std::string text = "complete -c slipway -n '__fish_seen_subcommand_from " + command.name + "'";
  for (const std::string& name : split_names(option.names))
    text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  const Choice choice = choice_of(option.value);
  if (choice.kind == Choice::Kind::file) {
    text += " -r -F";
  } else if (choice.kind == Choice::Kind::directory) {
    text += " -x -a '(__fish_complete_directories)'";
  } else if (choice.kind == Choice::Kind::word) {
    text += " -x -a '" + joined(choice.words) + "'";
  } else if (choice.kind == Choice::Kind::stage_plugin) {
    text += " -x -a '(__slipway_stage_plugins)'";
  } else if (!option.value.empty()) {
    text += " -x";
  }
  // In fish's single quotes a backslash stands before a quote and before itself.
  std::string help;
  for (const char letter : option.help)
    help += letter == '\'' || letter == '\\' ? std::string{'\\', letter} : std::string{letter};
  return text + " -d '" + help + "'\n";
}

}  // namespace

std::string fish_script(const std::vector<Command>& commands) {
  std::string text = R"(# fish completion for slipway; written by `slipway completion fish`.
function __slipway_plugins
    slipway plugin list 2>/dev/null | string replace -rf '^(\S+)\s.*' '$1' | string match -v NAME
end
function __slipway_stage_plugins
    slipway plugin list 2>/dev/null | string replace -rf '^(\S+)\s+(\S+)\s.*' '$2=$1' | string match -v 'STAGE=NAME'
end
complete -c slipway -f
complete -c slipway -n __fish_use_subcommand -l help -d 'print help'
complete -c slipway -n __fish_use_subcommand -l version -d 'print the version'
)";
  for (const Command& command : commands) {
    text += "complete -c slipway -n __fish_use_subcommand -a " + command.name + " -d '";
    for (const char letter : command.summary) text += letter == '\'' ? std::string("\\'") : std::string{letter};
    text += "'\n";
    for (const Option& option : shown_options(command)) text += fish_option(command, option);
    std::vector<std::string> words;
    bool files = false;
    for (const Choice& choice : places_of(command)) {
      if (choice.kind == Choice::Kind::word) words.insert(words.end(), choice.words.begin(), choice.words.end());
      if (choice.kind == Choice::Kind::stage_plugin) words.emplace_back("(__slipway_plugins)");
      files = files || choice.kind == Choice::Kind::file;
    }
    const std::string here = "complete -c slipway -n '__fish_seen_subcommand_from " + command.name + "' ";
    if (files) text += here + "-F\n";
    if (!words.empty()) text += here + "-a '" + joined(words) + "'\n";
  }
  return text;
}

}  // namespace slipway::cli
