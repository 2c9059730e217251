// zsh's words for what the commands take.
#include "core/cli/completion.hpp"

namespace slipway::cli {
namespace {

// For within single quotes of a shell; `also` are further characters that mean something there.
std::string quoted(const std::string& text, const std::string& also = "") {
  std::string safe;
  for (const char letter : text) {
    if (letter == '\'') {
      safe += "'\\''";
      continue;
    }
    if (also.find(letter) != std::string::npos) safe += '\\';
    safe += letter;
  }
  return safe;
}

constexpr const char* kHead = R"sh(#compdef slipway
# zsh completion for slipway; written by `slipway completion zsh`.

# Asks of the plugins, also those of the directories that stand on the line.
_slipway_ask() {
  local -a dirs
  local i
  for ((i = 1; i < $#words; i++)); do
    [[ $words[i] == --plugin-dir ]] && dirs+=(--plugin-dir "${(Q)words[i+1]}")
    [[ $words[i] == --plugin-dir=?* ]] && dirs+=("${(Q)words[i]}")
  done
  slipway plugin list $dirs "$@" 2>/dev/null
}

_slipway_paths() {
  local -a lines
  lines=(${(f)"$(_slipway_ask --paths)"})
  if [[ $PREFIX == *=* ]]; then
    lines=(${(M)lines:#${PREFIX%%=*}=?*})
    compset -P '*='
    compadd -- ${lines#*=}
  else
    compadd -S = -- ${(u)lines%%=*}
  fi
}

_slipway_plugins() {
  local -a lines names
  lines=(${(f)"$(_slipway_ask)"})
  names=(${${lines[2,-1]}%% *})
  if [[ $PREFIX == *=* ]]; then
    compset -P '*='
  elif [[ ${words[CURRENT-1]} == --use ]]; then
    compadd -S = image rootfs pseudo harden network exec
    return
  fi
  compadd -a names
}

_slipway() {
  local curcontext=$curcontext state line
  local -a commands
  commands=(
)sh";

constexpr const char* kWords = R"sh(  )
  _arguments -C '(- *)'{-h,--help}'[print help]' '(- *)--version[print the version]' \
    '1:command:->command' '*::word:->words' && return
  case $state in
    command) _describe command commands ;;
    words)
      case $line[1] in
)sh";

std::string zsh_action(const Choice& choice) {
  switch (choice.kind) {
    case Choice::Kind::directory:
      return "_files -/";
    case Choice::Kind::file:
      return choice.words.empty() ? "_files" : "{ compadd -- " + joined(choice.words) + "; _files }";
    case Choice::Kind::word:
      return "(" + joined(choice.words) + ")";
    case Choice::Kind::plugin:
    case Choice::Kind::stage_plugin:
      return "_slipway_plugins";
    case Choice::Kind::path:
      return "_slipway_paths";
    case Choice::Kind::nothing:
      break;
  }
  return " ";
}

std::string zsh_place(const Choice& choice) {
  if (choice.behind.empty()) return zsh_action(choice);
  std::string text = "{ [[ -n ${words[(r)(" + joined(choice.behind, "|") + ")]} ]] && " + zsh_action(choice);
  for (const Choice& other : choice.others)
    text += " || [[ -n ${words[(r)(" + joined(other.behind, "|") + ")]} ]] && " + zsh_action(other);
  return text + " }";
}

std::string zsh_option(const Option& option) {
  const std::vector<std::string> names = split_names(option.names);
  std::string text = "        ";
  // Every option may come again; "repeated" is "*".
  if (names.size() > 1) {
    text += "'*'{" + joined(names, ",") + "}'";
  } else {
    text += "'*" + names.front();
  }
  text += "[" + quoted(option.help, "[]:\\") + "]";
  if (!option.value.empty()) text += ":" + quoted(option.value, ":\\") + ":" + zsh_action(choice_of(option.value));
  return text + "' \\\n";
}

}  // namespace

std::string zsh_script(const std::vector<Command>& commands) {
  std::string text = kHead;
  for (const Command& command : commands) text += "    '" + command.name + ":" + quoted(command.summary, ":\\") + "'\n";
  text += kWords;
  for (const Command& command : commands) {
    // Behind a target no word is an option of slipway's.
    const bool ends = command.usage.starts_with("TARGET");
    text += "      " + command.name + ")\n        _arguments " + (ends ? "-A \"-*\" " : "") + "\\\n";
    for (const Option& option : shown_options(command)) text += zsh_option(option);
    const std::vector<Choice> places = places_of(command);
    for (std::size_t i = 0; i < places.size(); ++i)
      text += "        '" + std::to_string(i + 1) + ":word:" + zsh_place(places[i]) + "' \\\n";
    if (ends) text += "        '*::words of the container: ' \\\n";
    text += "        && return ;;\n";
  }
  return text + "      esac ;;\n  esac\n}\n\n_slipway \"$@\"\n";
}

}  // namespace slipway::cli
