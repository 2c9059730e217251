// slipway-full: every command of slipway, and the starts of which there is no record yet. Finds the command and leaves
// the rest to it.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>

#include "core/cli/arguments.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/output.hpp"
#include "core/cli/print.hpp"
#include "core/cli/surroundings.hpp"

namespace slipway::cli {
namespace {

std::string help() {
  constexpr std::size_t kColumn = 32;
  std::string text = "slipway composes containers out of stage plugins.\n\nUsage: slipway COMMAND [OPTIONS] ...\n\n";
  for (const Entry& entry : kCommands) {
    std::string words = std::string(entry.name) + (entry.words.empty() ? "" : " ") + std::string(entry.words);
    words.resize(std::max(words.size() + 2, kColumn), ' ');
    text += "  " + words + std::string(entry.summary) + "\n";
  }
  return text +
         "\nTARGET is a pipeline file, or an image's source: an archive, a directory, or - for standard input.\n"
         "slipway COMMAND --help tells a command's options, with examples.\n";
}

int unknown_command(std::string_view word) {
  std::vector<std::string> names;
  names.reserve(kCommands.size());
  for (const Entry& entry : kCommands) names.emplace_back(entry.name);
  const auto nearest = nearest_word(word, names);
  print_error({0, "there is no command", printable(word, 64),
               nearest ? "did you mean slipway " + *nearest + "?" : "slipway --help lists them"});
  return kUsage;
}

int dispatch(int count, const char* const* words) {
  if (count < 2) {
    std::fputs(help().c_str(), stderr);
    return kUsage;
  }
  const std::string_view word = words[1];
  if (word == "--help" || word == "-h" || word == "help") {
    std::fputs(help().c_str(), stdout);
    return kOk;
  }
  if (word == "--version" || word == "-V" || word == "version") {
    std::puts("slipway " SLIPWAY_VERSION);
    return kOk;
  }
  for (const Entry& entry : kCommands) {
    if (entry.name == word) return entry.function(count - 1, words + 1);
  }
  return unknown_command(word);
}

int run_main(int count, const char* const* words) {
  if (!make_usual()) return kProblem;
  gather_output();
  return write_out(dispatch(count, words));
}

}  // namespace
}  // namespace slipway::cli

int main(int count, char** words) {
  const int status = slipway::cli::run_main(count, words);
  // Without unloading plugins and running destructors, which costs a start 0.4 ms and brings nothing.
  ::_exit(status);
}
