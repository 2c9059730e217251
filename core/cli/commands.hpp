// One function a command; each returns the exit status. `words` begin with the command's own name.
#pragma once

#include <array>
#include <string_view>

namespace slipway::cli {

int run_command(int count, const char* const* words);
int plan_command(int count, const char* const* words);
int check_command(int count, const char* const* words);
int plugin_command(int count, const char* const* words);
int inspect_command(int count, const char* const* words);
int unpack_command(int count, const char* const* words);
int store_command(int count, const char* const* words);
int compare_command(int count, const char* const* words);
int config_command(int count, const char* const* words);
int clean_command(int count, const char* const* words);
int doctor_command(int count, const char* const* words);
int reference_command(int count, const char* const* words);
int completion_command(int count, const char* const* words);

struct Entry {
  std::string_view name;
  std::string_view words;    ///< what it is called with, in short
  std::string_view summary;  ///< a line's rest, for lists of the commands
  int (*function)(int, const char* const*);
};
inline constexpr std::array kCommands = {
    Entry{"run", "TARGET [COMMAND [ARG...]]", "run a container", &run_command},
    Entry{"plan", "TARGET [COMMAND [ARG...]]", "show what a run would do, step by step", &plan_command},
    Entry{"check", "PIPELINE", "tell every problem of a pipeline file", &check_command},
    Entry{"compare", "TARGET [COMMAND [ARG...]]", "measure variants of a pipeline against each other",
          &compare_command},
    Entry{"config", "dump TARGET | schema", "a pipeline as one whole file; the schema of pipeline files for editors",
          &config_command},
    Entry{"plugin", "list | info | explain | new | check", "show the plugins; begin a new one, and check it",
          &plugin_command},
    Entry{"inspect", "TARGET", "what an image is and holds, without importing it", &inspect_command},
    Entry{"unpack", "TARGET DIR", "the merged tree of an image's layers", &unpack_command},
    Entry{"store", "layers TARGET", "where the store has an image's layers, brought in if need be", &store_command},
    Entry{"clean", "", "remove what runs that were killed have left", &clean_command},
    Entry{"doctor", "", "what runs depend on here, and how to mend what is missing", &doctor_command},
    Entry{"reference", "[TOPIC [NAME]]", "what plugins are written with: steps, phases, facts, stages",
          &reference_command},
    Entry{"completion", "bash | zsh | fish | man", "what a shell or man has to know of slipway", &completion_command},
};

}  // namespace slipway::cli
