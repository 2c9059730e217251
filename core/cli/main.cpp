// slipway-full: every command of slipway, and the starts of which there is no record yet. Finds the command and leaves
// the rest to it.
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <string_view>

#include "core/cli/arguments.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/print.hpp"
#include "core/cli/surroundings.hpp"

namespace slipway::cli {
namespace {

struct Entry {
  std::string_view name;
  int (*function)(int, const char* const*);
  int usage_status;
};
constexpr std::array kCommands = {
    Entry{"run", &run_command, kRunFailed},   Entry{"plan", &plan_command, kUsage},
    Entry{"check", &check_command, kUsage},   Entry{"plugin", &plugin_command, kUsage},
    Entry{"unpack", &unpack_command, kUsage}, Entry{"clean", &clean_command, kUsage},
    Entry{"doctor", &doctor_command, kUsage}, Entry{"inspect", &inspect_command, kUsage},
};

constexpr const char* kHelp =
    "slipway composes containers out of stage plugins.\n"
    "\n"
    "Usage: slipway COMMAND [OPTIONS] ...\n"
    "\n"
    "  run TARGET [COMMAND [ARG...]]   run a container from a pipeline file or an image archive\n"
    "  plan TARGET                     show what a run would do, step by step\n"
    "  check PIPELINE                  tell every problem of a pipeline file\n"
    "  inspect IMAGE                   what an image's source is and holds, without importing it\n"
    "  plugin list | info NAME         show the plugins and their options\n"
    "  unpack IMAGE DIR                the merged tree of an image's layers\n"
    "  clean                           remove what runs that were killed have left\n"
    "  doctor                          what runs depend on here, and how to mend what is missing\n"
    "\n"
    "slipway COMMAND --help tells a command's options, with examples.\n";

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
    std::fputs(kHelp, stderr);
    return kUsage;
  }
  const std::string_view word = words[1];
  if (word == "--help" || word == "-h" || word == "help") {
    std::fputs(kHelp, stdout);
    return kOk;
  }
  if (word == "--version") {
    std::puts("slipway " SLIPWAY_VERSION);
    return kOk;
  }
  for (const Entry& entry : kCommands) {
    if (entry.name == word) return entry.function(count - 1, words + 1);
  }
  return unknown_command(word);
}

// Half an answer that counts as a whole one is worse than none.
int write_out(int status) {
  errno = 0;
  const bool is_written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (is_written || status != kOk) return status;
  print_error({errno, "write to standard output", "", ""});
  return kProblem;
}

int run_main(int count, const char* const* words) {
  if (!make_usual()) return kProblem;
  // Room for all that is usually printed, so that it is written at the end, where the reason of a failure is known.
  static std::array<char, std::size_t{1} << 18U> buffer;
  (void)std::setvbuf(stdout, buffer.data(), _IOFBF, buffer.size());
  return write_out(dispatch(count, words));
}

}  // namespace
}  // namespace slipway::cli

int main(int count, char** words) {
  const int status = slipway::cli::run_main(count, words);
  // Without unloading plugins and running destructors, which costs a start 0.4 ms and brings nothing.
  ::_exit(status);
}
