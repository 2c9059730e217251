// The words for signals, as an image's StopSignal and people write them.
#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct SignalWord {
  std::string_view word;
  int number;
};

// signal(7), without its synonyms but those that are in use.
inline constexpr std::array kSignalWords = {
    SignalWord{"HUP", SIGHUP},     SignalWord{"INT", SIGINT},       SignalWord{"QUIT", SIGQUIT},
    SignalWord{"ILL", SIGILL},     SignalWord{"TRAP", SIGTRAP},     SignalWord{"ABRT", SIGABRT},
    SignalWord{"IOT", SIGABRT},    SignalWord{"BUS", SIGBUS},       SignalWord{"FPE", SIGFPE},
    SignalWord{"KILL", SIGKILL},   SignalWord{"USR1", SIGUSR1},     SignalWord{"SEGV", SIGSEGV},
    SignalWord{"USR2", SIGUSR2},   SignalWord{"PIPE", SIGPIPE},     SignalWord{"ALRM", SIGALRM},
    SignalWord{"TERM", SIGTERM},   SignalWord{"CHLD", SIGCHLD},     SignalWord{"CONT", SIGCONT},
    SignalWord{"STOP", SIGSTOP},   SignalWord{"TSTP", SIGTSTP},     SignalWord{"TTIN", SIGTTIN},
    SignalWord{"TTOU", SIGTTOU},   SignalWord{"URG", SIGURG},       SignalWord{"XCPU", SIGXCPU},
    SignalWord{"XFSZ", SIGXFSZ},   SignalWord{"VTALRM", SIGVTALRM}, SignalWord{"PROF", SIGPROF},
    SignalWord{"WINCH", SIGWINCH}, SignalWord{"IO", SIGIO},         SignalWord{"POLL", SIGIO},
    SignalWord{"PWR", SIGPWR},     SignalWord{"SYS", SIGSYS},       SignalWord{"STKFLT", 16}};

inline constexpr int kFirstRealTime = 34;  // what the C library leaves of the kernel's 32; glibc's and musl's alike
inline constexpr int kLastSignal = 64;

// "sigterm" as "TERM".
inline std::string plain_signal_word(std::string_view text) {
  std::string word;
  for (const char letter : text) word += static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  return word.starts_with("SIG") ? word.substr(3) : word;
}

inline std::optional<int> signal_number_in(std::string_view digits) {
  int number = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || problem != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number >= 0 && number <= kLastSignal ? std::optional<int>(number) : std::nullopt;
}

/// The number of "SIGINT", "int", "2" or "RTMIN+3"; nullopt where there is no such signal.
inline std::optional<int> signal_of(std::string_view text) {
  if (const auto number = signal_number_in(text)) return *number > 0 ? number : std::nullopt;
  const std::string word = plain_signal_word(text);
  for (const SignalWord& known : kSignalWords) {
    if (known.word == word) return known.number;
  }
  const bool from_first = word.starts_with("RTMIN");
  if (!from_first && !word.starts_with("RTMAX")) return std::nullopt;
  const std::string_view rest = std::string_view(word).substr(5);
  if (rest.empty()) return from_first ? kFirstRealTime : kLastSignal;
  const auto steps = signal_number_in(rest.substr(1));
  if (rest.front() != (from_first ? '+' : '-') || !steps) return std::nullopt;
  const int number = from_first ? kFirstRealTime + *steps : kLastSignal - *steps;
  return number >= kFirstRealTime && number <= kLastSignal ? std::optional<int>(number) : std::nullopt;
}

/// How many letters are wrong, missing, too many, or have changed places with the one before.
inline std::size_t letters_apart(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> table(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        table[i][j] = i + j;
        continue;
      }
      const std::size_t change = table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      table[i][j] = std::min({table[i - 1][j] + 1, table[i][j - 1] + 1, change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) table[i][j] = std::min(table[i][j], table[i - 2][j - 2] + 1);
    }
  }
  return table[a.size()][b.size()];
}

/// The word that is most like this one.
inline std::string nearest_signal(std::string_view text) {
  const std::string word = plain_signal_word(text.substr(0, 32));
  std::string_view nearest = "TERM";
  std::size_t least = letters_apart(word, nearest);
  for (const SignalWord& known : kSignalWords) {
    const std::size_t here = letters_apart(word, known.word);
    if (here >= least) continue;
    least = here;
    nearest = known.word;
  }
  return "SIG" + std::string(nearest);
}
