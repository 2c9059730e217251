// bash's words for what the commands take.
#include "core/cli/completion.hpp"

namespace slipway::cli {
namespace {

std::string bash_action(const Choice& choice) {
  switch (choice.kind) {
    case Choice::Kind::directory:
      return "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$current\")";
    case Choice::Kind::file:
      return "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f " +
             (choice.words.empty() ? "" : "-W '" + joined(choice.words) + "' ") + "-- \"$current\")";
    case Choice::Kind::word:
      return "mapfile -t COMPREPLY < <(compgen -W '" + joined(choice.words) + "' -- \"$current\")";
    case Choice::Kind::plugin:
    case Choice::Kind::stage_plugin:
      return "_slipway_plugins \"$stage\"";
    case Choice::Kind::path:
      return "_slipway_paths";
    case Choice::Kind::nothing:
      break;
  }
  return ":";
}

std::string if_behind(const Choice& place) {
  return place.behind.empty() ? "" : "[[ $before == @(" + joined(place.behind, "|") + ") ]] || return 0; ";
}

constexpr const char* kBashHead = R"(# bash completion for slipway; written by `slipway completion bash`.

# Asks of the plugins, also those of the directories that stand on the line.
_slipway_ask() {
  "${COMP_WORDS[0]}" plugin list "${dirs[@]}" "$@" 2>/dev/null
}

# Paths of options, as --set takes them. What stands behind a "=" is a word of its own to bash.
_slipway_paths() {
  local path
  while read -r path; do
    [[ $path != "$current"* ]] || COMPREPLY+=("$path")
  done < <(_slipway_ask --paths)
  if [[ $current == *=* ]]; then
    COMPREPLY=("${COMPREPLY[@]#*=}")
    ((${#COMPREPLY[@]} < 2)) || COMPREPLY=("${COMPREPLY[@]:1}")
  else
    compopt -o nospace
    mapfile -t COMPREPLY < <(printf '%s\n' "${COMPREPLY[@]%%=*}" | uniq)
    [[ -z ${COMPREPLY[0]-} ]] && COMPREPLY=() || COMPREPLY=("${COMPREPLY[@]/%/=}")
  fi
}

# Names of plugins, of one stage if it is given.
_slipway_plugins() {
  local name stage rest
  while read -r name stage rest; do
    [[ $name == NAME || ( -n $1 && $1 != "$stage" ) ]] || [[ $name != "$current"* ]] || COMPREPLY+=("$name")
  done < <(_slipway_ask)
}

_slipway() {
  # COMP_WORDBREAKS holds "=", so that --use rootfs=fs-copy arrives as four words: they are put together again.
  local -a words=() dirs=()
  local i glue=
  for ((i = 0; i <= COMP_CWORD; i++)); do
    if [[ $i -gt 1 && ( ${COMP_WORDS[i]} == = || -n $glue ) ]]; then
      words[${#words[@]} - 1]+=${COMP_WORDS[i]}
    else
      words+=("${COMP_WORDS[i]}")
    fi
    glue=
    [[ ${COMP_WORDS[i]} != = ]] || glue=yes
  done
  local last=$((${#words[@]} - 1)) command=${words[1]-} option= place=0 before= stage=
  local current=${words[last]}
  COMPREPLY=()
  if ((last <= 1)); then
)";

constexpr const char* kBashWalk = R"(
  # The option whose value is being typed, or how many words that are no options stand before.
  for ((i = 2; i < last; i++)); do
    if ((place > 0)) && [[ $ends == yes ]]; then
      place=$((place + 1))
    elif [[ " $valued " == *" ${words[i]} "* ]]; then
      if ((i + 1 == last)); then option=${words[i]}; fi
      [[ ${words[i]} != --plugin-dir || -z ${words[i + 1]-} ]] || dirs+=(--plugin-dir "${words[i + 1]}")
      i=$((i + 1))
    elif [[ ${words[i]} == --plugin-dir=?* ]]; then
      dirs+=("${words[i]}")
    elif [[ ${words[i]} != -* ]]; then
      place=$((place + 1)) before=${words[i]}
    fi
  done
  if [[ -z $option && $current == --*=* ]]; then
    option=${current%%=*}
    current=${current#*=}
  fi
  if [[ -n $option ]]; then
    if [[ $option == --use && $current == *=* ]]; then
      stage=${current%%=*}
      current=${current#*=}
    elif [[ $option == --use ]]; then
      compopt -o nospace
      mapfile -t COMPREPLY < <(compgen -S = -W 'image rootfs pseudo harden network exec' -- "$current")
      return
    fi
    case $command:$option in
)";

std::string bash_option_cases(const Command& command) {
  std::string text;
  for (const Option& option : shown_options(command)) {
    const Choice choice = choice_of(option.value);
    if (option.value.empty() || choice.kind == Choice::Kind::nothing) continue;
    std::vector<std::string> patterns;
    for (const std::string& name : split_names(option.names)) patterns.push_back(command.name + ":" + name);
    text += "      " + joined(patterns, " | ") + ") " + bash_action(choice) + " ;;\n";
  }
  return text;
}

std::string bash_command_case(const Command& command) {
  std::vector<std::string> names, valued;
  for (const Option& option : shown_options(command)) {
    for (const std::string& name : split_names(option.names)) {
      if (name.starts_with("--")) names.push_back(name);
      if (!option.value.empty()) valued.push_back(name);
    }
  }
  const bool ends = command.usage.starts_with("TARGET");
  return "    " + command.name + ") options='" + joined(names) + "' valued='" + joined(valued) +
         "' ends=" + (ends ? "yes" : "no") + " ;;\n";
}

}  // namespace

std::string bash_script(const std::vector<Command>& commands) {
  std::vector<std::string> names;
  names.reserve(commands.size());
  for (const Command& command : commands) names.push_back(command.name);
  std::string text = kBashHead;
  text += "    mapfile -t COMPREPLY < <(compgen -W '" + joined(names) + " --help --version' -- \"$current\")\n";
  text += "    return\n  fi\n  local options valued ends\n  case $command in\n";
  for (const Command& command : commands) text += bash_command_case(command);
  text += "    *) return ;;\n  esac\n";
  text += kBashWalk;
  for (const Command& command : commands) text += bash_option_cases(command);
  text += "    esac\n    return\n  fi\n";
  text +=
      "  if [[ $current == -* ]] && ! { ((place > 0)) && [[ $ends == yes ]]; }; then\n"
      "    mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$current\")\n    return\n  fi\n"
      "  case $command:$place in\n";
  for (const Command& command : commands) {
    const std::vector<Choice> places = places_of(command);
    for (std::size_t i = 0; i < places.size(); ++i) {
      text += "    " + command.name + ":" + std::to_string(i) + ") ";
      for (const Choice& other : places[i].others)
        text += "[[ $before == @(" + joined(other.behind, "|") + ") ]] && { " + bash_action(other) + "; return; }; ";
      text += if_behind(places[i]) + bash_action(places[i]) + " ;;\n";
    }
  }
  return text + "  esac\n}\ncomplete -F _slipway slipway\n";
}

}  // namespace slipway::cli
