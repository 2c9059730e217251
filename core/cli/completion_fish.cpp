// fish's words for what the commands take.
#include "core/cli/completion.hpp"

namespace slipway::cli {
namespace {

std::string fish_option(const Command& command, const Option& option) {
  std::string text = "complete -c slipway -n '__slipway_at " + command.name + " options'";
  for (const std::string& name : split_names(option.names))
    text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  const Choice choice = choice_of(option.value);
  if (choice.kind == Choice::Kind::file) {
    text += " -r -F";
  } else if (choice.kind == Choice::Kind::directory) {
    text += " -x -a '(__fish_complete_directories)'";
  } else if (choice.kind == Choice::Kind::word) {
    text += " -x -a '" + joined(choice.words) + "'";
  } else if (choice.kind == Choice::Kind::plugin) {
    text += " -x -a '(__slipway_plugins)'";
  } else if (choice.kind == Choice::Kind::path) {
    text += " -x -a '(__slipway_ask --paths)'";
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

// Where the word that is being typed stands: among a command's options, or in one of its places.
constexpr const char* kAtHead = R"(function __slipway_at -a command where
    set -l words (commandline -opc)
    test (count $words) -gt 1; and test "$words[2]" = $command; or return 1
    set -e words[1..2]
    set -l valued
    set -l ends no
    switch $command
)";

constexpr const char* kAtTail = R"(    end
    set -l place 0
    set -l last
    set -l skip no
    for word in $words
        if test $ends = yes -a $place -gt 0
            set place (math $place + 1)
        else if test $skip = yes
            set skip no
        else if contains -- $word $valued
            set skip yes
        else if not string match -q -- '-*' $word
            set place (math $place + 1)
            set last $word
        end
    end
    if test $where = options
        test $ends = no -o $place -eq 0
    else
        test $place -eq $where; and begin; test (count $argv) -lt 3; or contains -- "$last" $argv[3..-1]; end
    end
end
)";

std::string at_function(const std::vector<Command>& commands) {
  std::string text = kAtHead;
  for (const Command& command : commands) {
    std::vector<std::string> valued;
    for (const Option& option : shown_options(command)) {
      const std::vector<std::string> names = split_names(option.names);
      if (!option.value.empty()) valued.insert(valued.end(), names.begin(), names.end());
    }
    text += "        case " + command.name + "\n            set valued " + joined(valued) + "\n";
    // What follows a target is the container's.
    if (command.usage.starts_with("TARGET")) text += "            set ends yes\n";
  }
  return text + kAtTail;
}

std::string fish_place(const Choice& choice) {
  switch (choice.kind) {
    case Choice::Kind::file:
      return choice.words.empty() ? "-F" : "-F -a '" + joined(choice.words) + "'";
    case Choice::Kind::directory:
      return "-a '(__fish_complete_directories)'";
    case Choice::Kind::word:
      return "-a '" + joined(choice.words) + "'";
    case Choice::Kind::plugin:
    case Choice::Kind::stage_plugin:
      return "-a '(__slipway_plugins)'";
    case Choice::Kind::path:
      return "-a '(__slipway_ask --paths)'";
    case Choice::Kind::nothing:
      break;
  }
  return "-f";
}

}  // namespace

std::string fish_script(const std::vector<Command>& commands) {
  std::string text = R"(# fish completion for slipway; written by `slipway completion fish`.
# Asks of the plugins, also those of the directories that stand on the line.
function __slipway_ask
    set -l words (commandline -opc)
    set -l dirs
    for i in (seq (count $words))
        if test "$words[$i]" = --plugin-dir -a $i -lt (count $words)
            set -a dirs --plugin-dir $words[(math $i + 1)]
        else if string match -q -- '--plugin-dir=?*' $words[$i]
            set -a dirs $words[$i]
        end
    end
    slipway plugin list $dirs $argv 2>/dev/null
end
function __slipway_plugins
    __slipway_ask | string replace -rf '^(\S+)\s.*' '$1' | string match -v NAME
end
function __slipway_stage_plugins
    __slipway_ask | string replace -rf '^(\S+)\s+(\S+)\s.*' '$2=$1' | string match -v 'STAGE=NAME'
end
)" + at_function(commands) +
                     R"(complete -c slipway -f
complete -c slipway -n __fish_use_subcommand -l help -d 'print help'
complete -c slipway -n __fish_use_subcommand -l version -d 'print the version'
)";
  for (const Command& command : commands) {
    text += "complete -c slipway -n __fish_use_subcommand -a " + command.name + " -d '";
    for (const char letter : command.summary) text += letter == '\'' ? std::string("\\'") : std::string{letter};
    text += "'\n";
    for (const Option& option : shown_options(command)) text += fish_option(command, option);
    const std::vector<Choice> places = places_of(command);
    for (std::size_t i = 0; i < places.size(); ++i) {
      std::vector<Choice> all = places[i].others;
      all.insert(all.begin(), places[i]);
      for (const Choice& one : all) {
        text += "complete -c slipway -n '__slipway_at " + command.name + " " + std::to_string(i) +
                (one.behind.empty() ? "" : " " + joined(one.behind)) + "' " + fish_place(one) + "\n";
      }
    }
  }
  return text;
}

}  // namespace slipway::cli
