#include "core/cli/arguments.hpp"

#include <getopt.h>

#include <algorithm>
#include <cstdio>

#include "core/cli/habits.hpp"
#include "core/cli/print.hpp"
#include "core/report/report.hpp"

namespace slipway::cli {
namespace {

constexpr const char* kHelpNames = "-h,--help";
constexpr int kFirstIndex = 1000;  // getopt_long's answer for option i of the command, beyond every letter

// The parts of "-w,--workdir"; either may be missing.
struct Names {
  char letter = 0;
  std::string word{};  ///< without its dashes
};

Names names_of(const std::string& names) {
  Names parts;
  const std::size_t dashes = names.find("--");
  if (dashes != std::string::npos) parts.word = names.substr(dashes + 2);
  if (names.size() > 1 && names[1] != '-') parts.letter = names[1];
  return parts;
}

std::vector<std::string> long_names(const Command& command) {
  std::vector<std::string> names = {"--help"};
  for (const Option& option : command.options) {
    const std::string word = names_of(option.names).word;
    if (!option.help.empty() && !word.empty()) names.push_back("--" + word);
  }
  return names;
}

void print_help(const Command& command) {
  constexpr int kColumn = 32;
  std::printf("%s\nUsage: slipway %s [OPTIONS] %s\n\nOptions:\n", command.summary.c_str(), command.name.c_str(),
              command.usage.c_str());
  const auto line = [](const std::string& names, const std::string& help) {
    std::printf("  %-*s%s%s\n", kColumn - 1, names.c_str(), names.size() < kColumn ? " " : "  ", help.c_str());
  };
  line(kHelpNames, "print this help");
  for (const Option& option : command.options) {
    if (!option.help.empty()) line(option.names + (option.value.empty() ? "" : " " + option.value), option.help);
  }
  if (!command.examples.empty()) std::printf("\nExamples:\n%s", command.examples.c_str());
}

int wrong_usage(const Command& command, const std::string& message, const std::string& hint) {
  print_finding({Severity::error,
                 {},
                 "",
                 message,
                 hint.empty() ? "slipway " + command.name + " --help tells its options" : hint});
  return command.usage_status;
}

// A command's options in getopt_long(3)'s form, and one word after the other out of it.
class Reader {
 public:
  Reader(const Command& command, int count, const char* const* words)
      : command_(command), count_(count), words_(const_cast<char* const*>(words)) {
    // "+": the first word that is no option ends them. ":": what is wrong is worded here.
    letters_ = "+:h";
    for (const Option& option : command.options) names_.push_back(names_of(option.names));
    words_known_.push_back({"help", no_argument, nullptr, 'h'});
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const bool takes = !command.options[i].value.empty();
      if (names_[i].letter != 0) letters_ += std::string(1, names_[i].letter) + (takes ? ":" : "");
      if (!names_[i].word.empty()) {
        words_known_.push_back({names_[i].word.c_str(), takes ? required_argument : no_argument, nullptr,
                                kFirstIndex + static_cast<int>(i)});
      }
    }
    words_known_.push_back({nullptr, 0, nullptr, 0});
    ::opterr = 0;
    ::optind = 0;  // begin anew; the GNU library's way
  }

  Words read() {
    while (true) {
      const int at = std::max(::optind, 1);
      const int found = next();
      if (found == -1) break;
      const std::string typed = words_[at];
      if (found == ':' && typed.starts_with("--") && !is_whole(typed)) return refuse(typed);
      if (found == ':') return failed(printable(typed, 64) + " needs a value", option_of(::optopt).value);
      if (found == '?') return refuse(typed);
      // getopt_long takes any beginning of a word that is not ambiguous today, and may be tomorrow.
      if (typed.starts_with("--") && !is_whole(typed)) return refuse(typed);
      if (found == 'h') {
        print_help(command_);
        return {{}, kOk};
      }
      const Option& option = option_of(found);
      option.take(::optarg == nullptr ? "" : ::optarg);
      if (!option.take_second) continue;
      if (::optind >= count_) return failed(printable(typed, 64) + " needs two values", option.value);
      option.take_second(words_[::optind++]);
    }
    Words result;
    for (int i = ::optind; i < count_; ++i) result.rest.emplace_back(words_[i]);
    return result;
  }

  std::string value_of(const std::string& names) {
    std::string value;
    for (int found = next(); found != -1; found = next()) {
      if (found == ':' || found == '?' || found == 'h') continue;
      if (option_of(found).names == names) value = ::optarg;
      if (option_of(found).take_second && ::optind < count_) ++::optind;
    }
    return value;
  }

 private:
  int next() { return ::getopt_long(count_, words_, letters_.c_str(), words_known_.data(), nullptr); }

  [[nodiscard]] bool takes_target() const { return command_.usage.starts_with("TARGET"); }

  [[nodiscard]] bool is_whole(const std::string& typed) const {
    const std::string word = typed.substr(2, typed.find('=') - 2);
    return word == "help" ||
           std::any_of(names_.begin(), names_.end(), [&](const Names& names) { return names.word == word; });
  }

  [[nodiscard]] const Option& option_of(int found) const {
    if (found >= kFirstIndex) return command_.options[static_cast<std::size_t>(found - kFirstIndex)];
    const auto named = std::find_if(names_.begin(), names_.end(),
                                    [&](const Names& names) { return names.letter == static_cast<char>(found); });
    return command_.options[static_cast<std::size_t>(named - names_.begin())];
  }

  [[nodiscard]] Words failed(const std::string& message, const std::string& hint) const {
    return {{}, wrong_usage(command_, message, hint)};
  }

  [[nodiscard]] Words refuse(const std::string& typed) const {
    const std::string word = typed.substr(0, typed.find('='));
    if (const char* instead = docker_habit(word); instead != nullptr && takes_target())
      return failed("there is no option " + printable(word, 64), instead);
    if (typed.starts_with("--") && word != typed && is_whole(typed))
      return failed(printable(word, 64) + " takes no value", "");
    const std::vector<std::string> names = long_names(command_);
    const auto nearest = typed.starts_with("--") ? nearest_word(word, names) : std::nullopt;
    return failed("there is no option " + printable(word, 64), nearest ? "did you mean " + *nearest + "?" : "");
  }

  const Command& command_;
  int count_;
  char* const* words_;
  std::string letters_{};
  std::vector<Names> names_{};
  std::vector<::option> words_known_{};
};

// Where a command that is asked for its description puts it.
Command* asked = nullptr;

}  // namespace

bool is_option_of(const Command& command, const std::string& word) {
  const std::vector<std::string> names = long_names(command);
  return std::find(names.begin(), names.end(), word.substr(0, word.find('='))) != names.end();
}

int too_many_words(const Command& command, const std::string& first) {
  return wrong_usage(command, command.name + " has too many words: " + printable(first, 64),
                     "slipway " + command.name + " takes " + (command.usage.empty() ? "options alone" : command.usage));
}

int no_subcommand(const Command& command, const std::string& word, const std::vector<std::string>& known) {
  const auto nearest = nearest_word(word, known);
  return wrong_usage(
      command, command.name + " has no subcommand " + printable(word, 64),
      nearest ? "did you mean " + *nearest + "?" : "slipway " + command.name + " takes " + command.usage);
}

Command description_of(int (*command)(int, const char* const*)) {
  Command description;
  asked = &description;
  const char* name = "";
  (void)command(1, &name);
  asked = nullptr;
  for (Option& option : description.options) option.take = nullptr;
  return description;
}

Words read_words(const Command& command, int count, const char* const* words) {
  if (asked != nullptr) {
    *asked = command;
    return {{}, kOk};
  }
  return Reader(command, count, words).read();
}

std::string value_among(const Command& command, const std::string& names, int count, const char* const* words) {
  return Reader(command, count, words).value_of(names);
}

Words read_all_words(const Command& command, int count, const char* const* words) {
  Words all;
  Words given = read_words(command, count, words);
  while (given.status < 0 && !given.rest.empty()) {
    all.rest.push_back(given.rest.front());
    std::vector<const char*> left = {words[0]};
    for (std::size_t i = 1; i < given.rest.size(); ++i) left.push_back(given.rest[i].c_str());
    given = read_words(command, static_cast<int>(left.size()), left.data());
  }
  all.status = given.status;
  return all;
}

}  // namespace slipway::cli
