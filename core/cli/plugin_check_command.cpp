#include <fcntl.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <optional>

#include "core/cli/plugin_check.hpp"
#include "core/cli/print.hpp"
#include "core/linux/fd.hpp"

namespace slipway::cli {
namespace {

std::optional<std::uint64_t> number_of(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<void> write_junit(const std::string& path, const check::Report& report) {
  constexpr mode_t kMode = 0666;
  const linux::Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode));
  if (!file) return failure(errno, "write the report", path);
  auto written = linux::write_all(file, check::to_junit(report));
  if (!written) return failure(written.error().code, "write the report", path);
  return {};
}

}  // namespace

std::vector<Option> options_of(PluginCheck& check) {
  const auto number = [&check](const char* name, std::uint64_t most, auto set) {
    return [&check, name, most, set](const std::string& value) {
      check.given = name;
      const auto read = number_of(value);
      if (!read || *read > most) check.wrong = std::string(name) + " " + value;
      if (read) set(*read);
    };
  };
  constexpr std::uint64_t kMostRounds = 1'000'000;
  constexpr std::uint64_t kMostSeconds = 3600;
  return {{"--options", "JSON", "check: a further set of options to call the plugin with; may be repeated",
           [&check](const std::string& options) {
             check.given = "--options";
             check.wishes.options.push_back(options);
           }},
          {"--seed", "N", "check: where chance begins for documents made by it (default: 1)",
           number("--seed", UINT64_MAX, [&check](std::uint64_t seed) { check.wishes.seed = seed; })},
          {"--rounds", "N", "check: how many such documents (default: 200)",
           number("--rounds", kMostRounds,
                  [&check](std::uint64_t rounds) { check.wishes.rounds = static_cast<unsigned>(rounds); })},
          {"--time-limit", "SECONDS", "check: how long one call may take (default: 10, as in a run)",
           number("--time-limit", kMostSeconds,
                  [&check](std::uint64_t seconds) { check.wishes.limit = std::chrono::seconds(seconds); })},
          {"--lifecycle", "", "check: also run containers, with each step of its plan failing and killed at",
           [&check](const std::string&) {
             check.given = "--lifecycle";
             check.wishes.with_lifecycle = true;
           }},
          {"--junit", "FILE", "check: write the report there too, as JUnit's XML", [&check](const std::string& file) {
             check.given = "--junit";
             check.junit = file;
           }}};
}

int check_plugin_file(PluginCheck& check, bool json) {
  if (!check.wrong.empty() || check.wishes.limit.count() == 0) {
    print_error({0, "plugin check takes whole numbers",
                 check.wrong.empty() ? "--time-limit 0" : printable(check.wrong, 64),
                 "--seed 7 --rounds 1000 --time-limit 10"});
    return kUsage;
  }
  const auto report = check::check_plugin(check.wishes);
  if (!report) {
    print_error(report.error());
    return kUsage;
  }
  std::fputs((json ? check::to_json(*report) : check::to_text(*report)).c_str(), stdout);
  if (!check.junit.empty()) {
    if (auto written = write_junit(check.junit, *report); !written) {
      print_error(written.error());
      return kUsage;
    }
  }
  return report->conforms() ? kOk : kProblem;
}

}  // namespace slipway::cli
