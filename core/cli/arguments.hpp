// The words of one command: which options it has, and reading them. getopt_long(3) stands behind this.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace slipway::cli {

/// Exit statuses; see "Exit status" in docs/manual.md.
inline constexpr int kOk = 0;
inline constexpr int kProblem = 1;
inline constexpr int kUsage = 2;
inline constexpr int kRunFailed = 125;

struct Option {
  std::string names{};                                    ///< "-w,--workdir"
  std::string value{};                                    ///< what it takes, for the help: "DIR"; empty for a flag
  std::string help{};                                     ///< empty: not shown
  std::function<void(const std::string&)> take{};         ///< called in the order typed; with "" for a flag
  std::function<void(const std::string&)> take_second{};  ///< where it takes two words ("FORM DIR"): the second
};

struct Command {
  std::string name{};      ///< "run"
  std::string usage{};     ///< what stands behind the options: "TARGET [COMMAND [ARG...]]"
  std::string summary{};   ///< one sentence
  std::string examples{};  ///< for the end of --help
  std::vector<Option> options{};
  int usage_status = kUsage;
};

struct Words {
  std::vector<std::string> rest{};  ///< everything from the first word that is no option
  int status = -1;                  ///< 0 or more: the command is over (help was asked for, or the usage was wrong)
};

/// Options stand before the first other word; what follows belongs to that word, dashes or not. Prints help to
/// standard output, and a usage error to standard error.
Words read_words(const Command& command, int count, const char* const* words);
/// The same where options may stand before, between and behind the other words: for commands that pass nothing on to a
/// program.
Words read_all_words(const Command& command, int count, const char* const* words);

/// What the last of an option's own words says, whatever is wrong with the others; empty where it is not among them.
/// Nothing is taken or printed.
std::string value_among(const Command& command, const std::string& names, int count, const char* const* words);

/// Whether a word is written like one of the command's options: "--json", "--set=x".
bool is_option_of(const Command& command, const std::string& word);

/// Each prints what is wrong, and yields the status for wrong usage: a word more than the command takes, and one that
/// is none of its subcommands.
int too_many_words(const Command& command, const std::string& first);
int no_subcommand(const Command& command, const std::string& word, const std::vector<std::string>& known);

/// What a command tells read_words() of itself; nothing of it is carried out. Its options' `take` are empty.
Command description_of(int (*command)(int, const char* const*));

}  // namespace slipway::cli
