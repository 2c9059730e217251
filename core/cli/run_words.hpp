// What the command line of `slipway run` says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/cli/target.hpp"
#include "core/run/container.hpp"

namespace slipway::cli {

/// How -v and warnings are written.
enum class LogFormat : std::uint8_t { text, json };

struct RunWords {
  int status = -1;  ///< 0 or more: the command is over, and why has been printed
  TargetOptions target{};
  std::string name{};                  ///< of the pipeline file or the image archive
  std::vector<std::string> command{};  ///< what follows it
  bool verbose = false;
  LogFormat format = LogFormat::text;  ///< json implies verbose
  run::Wishes::Tty tty = run::Wishes::Tty::automatic;
  bool timing = false;
  std::string timing_file{};  ///< path; empty: none
  run::WithoutRecords without{};
  std::optional<run::FaultWish> fault{};
};

/// Whether they ask for JSON, which then holds for what is wrong with them, too.
bool ask_for_json(int count, const char* const* words);

RunWords read_run_words(int count, const char* const* words);

/// Whether a finding is told: infos only to who asked for more.
bool tells(const RunWords& words, const Finding& finding);

/// Without what is told to a log.
run::Wishes wishes_of(const RunWords& words);

}  // namespace slipway::cli
