#include "core/cli/arguments.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "core/cli/print.hpp"
#include "core/report/report.hpp"

namespace slipway::cli {
namespace {

class HelpFormat final : public CLI::Formatter {
 public:
  explicit HelpFormat(const Command& command)
      : usage_("Usage: slipway " + command.name + " [OPTIONS] " + command.usage + "\n") {
    constexpr std::size_t kColumn = 34;
    column_width(kColumn);
  }
  std::string make_usage(const CLI::App* /*app*/, std::string /*name*/) const override { return usage_; }

 private:
  std::string usage_;
};

std::vector<std::string> long_names(const Command& command) {
  std::vector<std::string> names;
  for (const Option& option : command.options) {
    if (option.help.empty()) continue;
    const std::size_t at = option.names.find("--");
    if (at != std::string::npos) names.push_back(option.names.substr(at));
  }
  return names;
}

int wrong_usage(const Command& command, const std::string& message, const std::string& hint) {
  print_finding({Severity::error,
                 {},
                 "",
                 message,
                 hint.empty() ? "slipway " + command.name + " --help tells its options" : hint});
  return command.usage_status;
}

void add_option(CLI::App& app, const Option& option) {
  CLI::Option* added = nullptr;
  if (option.value.empty()) {
    added = app.add_flag_callback(
        option.names, [&option] { option.take(""); }, option.help);
  } else {
    added = app.add_option_function<std::string>(option.names, option.take, option.help);
    // Several times, each as it is met, so that what is typed later wins. A list would swallow the words behind it.
    added->type_name(option.value)
        ->type_size(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    added->trigger_on_parse();
  }
  if (option.help.empty()) added->group("");
}

}  // namespace

Words read_words(const Command& command, int count, const char* const* words) {
  CLI::App app(command.summary, "slipway " + command.name);
  app.prefix_command();
  app.set_help_flag("-h,--help", "print this help");
  app.formatter(std::make_shared<HelpFormat>(command));
  app.footer(command.examples.empty() ? "" : "Examples:\n" + command.examples);
  for (const Option& option : command.options) add_option(app, option);
  try {
    app.parse(count, words);
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help().c_str(), stdout);
    return {{}, kOk};
  } catch (const CLI::ParseError& error) {
    return {{}, wrong_usage(command, error.what(), "")};
  }
  Words result{app.remaining(), -1};
  if (!result.rest.empty() && result.rest[0].size() > 1 && result.rest[0][0] == '-') {
    const std::string word = result.rest[0].substr(0, result.rest[0].find('='));
    if (word == "--") {
      result.rest.erase(result.rest.begin());
      return result;
    }
    const std::vector<std::string> names = long_names(command);
    const auto nearest = nearest_word(word, names);
    result.status = wrong_usage(command, "there is no option " + printable(word, 64),
                                nearest ? "did you mean " + *nearest + "?" : "");
  }
  return result;
}

}  // namespace slipway::cli
