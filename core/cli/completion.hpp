// What shells and man(1) have to know of the commands, made from what --help is made of.
#pragma once

#include <string>
#include <vector>

#include "core/cli/arguments.hpp"

namespace slipway::cli {

/// What can stand in an option's or a command's place for a word, as far as a shell can help with it.
struct Choice {
  enum class Kind { nothing, file, directory, word, plugin, stage_plugin, path };
  Kind kind = Kind::nothing;          ///< path: of an option, with its value
  std::vector<std::string> words{};   ///< of `word`; of `file` words that may stand there, too
  std::vector<std::string> behind{};  ///< a place's: the words one of which has to stand before it, where not any does
  std::vector<Choice> others{};       ///< what stands there behind another word
};
Choice choice_of(const std::string& value);
/// What stands behind a command's options, word by word.
std::vector<Choice> places_of(const Command& command);

/// The parts of "-w,--workdir": "-w" and "--workdir".
std::vector<std::string> split_names(const std::string& names);

std::string joined(const std::vector<std::string>& words, const char* between = " ");

/// Without what --help does not show.
std::vector<Option> shown_options(const Command& command);

/// In the order of `slipway --help`.
std::vector<Command> described_commands();

std::string bash_script(const std::vector<Command>& commands);
std::string zsh_script(const std::vector<Command>& commands);
std::string fish_script(const std::vector<Command>& commands);

/// slipway(1), in mdoc(7).
std::string man_page(const std::vector<Command>& commands);

}  // namespace slipway::cli
