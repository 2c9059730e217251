// Words of the command line that nobody meant: every option of every command, found in the command's own help.
#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>

#include "tests/refuse/setting.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;

namespace {

constexpr std::size_t kLongestWord = 131'071;  // MAX_ARG_STRLEN; execve(2)

struct Option {
  std::string name{};
  bool takes_value = false;
};

// "  -e,--env NAME=VALUE             a variable…", each name for itself.
std::vector<Option> options_of(const Setting& setting, const std::string& verb) {
  const Outcome help = setting.plain({verb, "--help"});
  REQUIRE(help.shell_status() == 0);
  std::vector<Option> options;
  std::istringstream lines(help.output);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("  -")) continue;
    const std::string names = line.substr(2, line.find(' ', 2) - 2);
    const bool takes_value = line.size() > names.size() + 3 && line[names.size() + 3] != ' ';
    std::istringstream each(names);
    for (std::string name; std::getline(each, name, ',');) options.push_back({name, takes_value});
  }
  return options;
}

const std::vector<std::string>& verbs() {
  static const std::vector<std::string> kVerbs = {"run",     "plan",   "check", "config", "plugin",
                                                  "inspect", "unpack", "clean", "doctor", "completion"};
  return kVerbs;
}

int usage_status(const std::string& verb) { return verb == "run" ? 125 : 2; }

// The words that stand behind a command's options.
std::vector<std::string> rest_of(const Setting& setting, const std::string& verb, const std::string& image) {
  if (verb == "doctor" || verb == "clean") return {};
  if (verb == "completion") return {"bash"};
  if (verb == "config") return {"schema"};
  if (verb == "plugin") return {"info", "fs-overlay"};
  if (verb == "unpack") return {image, setting.own("tree")};
  if (verb == "run") return {image, "true"};
  return {image};
}

// What is wrong with an outcome that may be a success: nothing crashed, hung or said too much.
std::string faults_of(const Outcome& outcome) {
  std::string faults;
  if (outcome.signal != 0) faults += "signal " + std::to_string(outcome.signal) + "\n";
  if (outcome.timed_out) faults += "hung\n";
  const std::vector<int> known = {0, 1, 2, 125, 126, 127};
  if (std::find(known.begin(), known.end(), outcome.status) == known.end())
    faults += "status " + std::to_string(outcome.status) + "\n";
  constexpr std::size_t kReadable = 10'000;
  if (outcome.errors.size() > kReadable) faults += "a message of " + std::to_string(outcome.errors.size()) + " bytes\n";
  const auto is_unprintable = [](char letter) { return letter != '\n' && static_cast<unsigned char>(letter) < 0x20; };
  if (std::any_of(outcome.errors.begin(), outcome.errors.end(), is_unprintable)) faults += "control characters\n";
  if (outcome.errors.find('\xFF') != std::string::npos) faults += "bytes that are no text\n";
  std::size_t errors = 0;
  for (std::size_t at = 0; (at = outcome.errors.find("error: ", at)) != std::string::npos; ++at) ++errors;
  if (errors != (outcome.status == 0 ? 0 : 1)) faults += std::to_string(errors) + " errors\n";
  return faults.empty() ? faults : faults + outcome.errors.substr(0, kReadable);
}

struct Garbage {
  const char* what;
  std::string value;
};

const std::vector<Garbage>& garbage() {
  static const std::vector<Garbage> kGarbage = {
      {"empty", ""},
      {"as long as a word can be", std::string(kLongestWord - 100, 'x')},
      {"a long assignment", "rootfs.upper=" + std::string(kLongestWord - 200, '[')},
      {"a long path", std::string(50'000, '/') + std::string(50'000, '.')},
      {"not UTF-8", "\xFF\xFE=\xC0\xAF"},
      {"what a terminal obeys", "\x1b[2J\x07\x1b]0;x\x07=\r"},
      {"lines", "a\nslipway: warning: b\n"},
      {"an option", "--store"},
      {"two dashes", "--"},
      {"signs", "=:=%s%n${x}$(y)`z`/../"},
  };
  return kGarbage;
}

}  // namespace

TEST_CASE("whatever value an option is given, it is taken or refused by one error, and nothing is left") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive();
    setting.make_store();
    for (const std::string& verb : verbs()) {
      for (const Option& option : options_of(setting, verb)) {
        if (!option.takes_value || option.name == "--store") continue;
        // The short name stands for the long one: one of the two with each value, as either user.
        const bool is_short = !option.name.starts_with("--");
        for (std::size_t i = is_short ? 1 : 0; i < garbage().size(); i += is_short ? 4 : 1) {
          const Garbage& word = garbage()[i];
          if (who != Who::root && (i % 3 != 0 || verb == "plan")) continue;
          std::vector<std::string> words = {verb};
          if (verb != "plugin" && verb != "doctor" && verb != "completion")
            words.insert(words.end(), {"--store", setting.store()});
          words.insert(words.end(), {option.name, word.value});
          const auto rest = rest_of(setting, verb, image);
          words.insert(words.end(), rest.begin(), rest.end());
          INFO(verb << " " << option.name << ": " << word.what << " as " << to_text(who));
          CHECK(faults_of(setting.plain(words)) == "");
          std::vector<std::string> remove = {"rm", "-rf", setting.own("tree")};
          if (verb == "unpack") (void)run({.arguments = remove});
        }
      }
    }
    const Watch after = setting.watch();
    CHECK(setting.refusal("run", {"--store", "", image}, {"the store's path is empty"}) == "");
    CHECK(after.look().none());
  }
}

TEST_CASE("an option without its value, with one too many or half written is a usage error") {
  SLIPWAY_SETTING(Who::root);
  const Watch before = setting.watch();
  const auto refused = [&](const std::string& verb, const std::vector<std::string>& words, const std::string& part) {
    std::vector<std::string> all = {verb};
    all.insert(all.end(), words.begin(), words.end());
    INFO(verb << " " << words.back().substr(0, 64));
    CHECK(Setting::faults_of(setting.plain(all), usage_status(verb), {part, "\n  hint: "}, before) == "");
  };
  for (const std::string& verb : verbs()) {
    const std::vector<Option> options = options_of(setting, verb);
    for (const Option& option : options) {
      if (option.takes_value) refused(verb, {option.name}, option.name + " needs a value");
      if (!option.name.starts_with("--")) continue;
      if (!option.takes_value) refused(verb, {option.name + "=yes"}, option.name + " takes no value");
      refused(verb, {option.name + "x"}, "there is no option " + option.name + "x");
      const std::string cut = option.name.substr(0, option.name.size() - 1);
      const auto is_cut = [&](const Option& other) { return other.name == cut; };
      if (std::none_of(options.begin(), options.end(), is_cut)) refused(verb, {cut}, "there is no option ");
    }
    refused(verb, {"--\x1b[31m"}, "there is no option --\\x1b[31m");
    refused(verb, {"--" + std::string(100'000, 'x')}, "there is no option --xxx");
    refused(verb, {"-\xFF"}, "there is no option -\\xff");
    refused(verb, {"-?"}, "there is no option -?");
    refused(verb, {"-:"}, "there is no option -:");
    refused(verb, {"-Z"}, "there is no option -Z");
  }
}

TEST_CASE("every command's help is its own, on standard output, and asked for anywhere among the options") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    const Watch before = setting.watch();
    const Outcome all = setting.plain({"--help"});
    CHECK(all.shell_status() == 0);
    CHECK(setting.plain({"help"}).output == all.output);
    CHECK(setting.plain({"-h"}).output == all.output);
    for (const std::string& verb : verbs()) {
      INFO(verb);
      CHECK(all.output.find("\n  " + verb + " ") != std::string::npos);
      const Outcome help = setting.plain({verb, "--help"});
      CHECK(help.shell_status() == 0);
      CHECK(help.errors == "");
      CHECK(help.output.find("Usage: slipway " + verb + " [OPTIONS]") != std::string::npos);
      CHECK(help.output.find("\nExamples:\n  ") != std::string::npos);
      CHECK(setting.plain({verb, "-h"}).output == help.output);
      for (const Option& option : options_of(setting, verb)) {
        if (!option.takes_value) CHECK(setting.plain({verb, option.name, "--help"}).output == help.output);
      }
    }
    CHECK(before.look().none());
  }
}

TEST_CASE("a flag may be repeated, and a word too many is a usage error of every command that runs no program") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive();
    setting.make_store();
    const Watch before = setting.watch();
    for (const std::string& verb : verbs()) {
      if (verb == "run" || verb == "plan") continue;
      INFO(verb << " as " << to_text(who));
      std::vector<std::string> words = {verb};
      const auto rest = rest_of(setting, verb, image);
      words.insert(words.end(), rest.begin(), rest.end());
      for (const std::string& word : {std::string("one-too-many"), std::string("\x1b[31m\xFF"), std::string()}) {
        words.push_back(word);
        CHECK(Setting::faults_of(setting.plain(words), 2, {"error: " + verb + " ", "\n  hint: slipway " + verb},
                                 before) == "");
        words.pop_back();
      }
    }
    for (const std::vector<std::string>& words : std::initializer_list<std::vector<std::string>>{
             {"clean", "-n", "--dry-run", "-n", "--store", setting.store()},
             {"doctor", "--json", "--json", "--store", setting.store()},
             {"plugin", "--json", "info", "fs-overlay", "--json"},
             {"plan", "--json", "--json", "--store", setting.store(), image}}) {
      INFO(words.front());
      const Outcome outcome = setting.plain(words);
      CHECK(outcome.shell_status() == 0);
      CHECK(outcome.errors == "");
    }
  }
}

TEST_CASE("of an option given twice the last one counts, and lists grow") {
  SLIPWAY_SETTING(Who::root);
  const std::string image = setting.archive();
  const std::string other = setting.own("another-store");
  const Outcome outcome = setting.plain({"run",        "--store",      "/nowhere",
                                         "--store",    other,          "-w",
                                         "/nowhere",   "-w",           "/bin",
                                         "-u",         "nobody-there", "-u",
                                         "1:2",        "-e",           "A=1",
                                         "-e",         "A=2",          "-e",
                                         "B=3",        "--hostname",   "one",
                                         "--hostname", "two",          image,
                                         "sh",         "-c",           "pwd; id -u; id -g; echo $A$B; hostname"});
  CHECK(outcome.errors == "");
  CHECK(outcome.output == "/bin\n1\n2\n23\ntwo\n");
}

TEST_CASE("a command or a target that is garbage is refused by one error") {
  SLIPWAY_SETTING(Who::root);
  for (const Garbage& word : garbage()) {
    INFO(word.what);
    if (word.value != "--store" && word.value != "--") {
      for (const char* verb : {"run", "plan", "check"}) CHECK(faults_of(setting.plain({verb, word.value})) == "");
    }
    const Outcome outcome = setting.plain({word.value});
    CHECK(faults_of(outcome) == "");
    CHECK(outcome.status == 2);
  }
}

TEST_CASE("a command line of nearly a megabyte reaches the program whole, and a longer one is refused") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    INFO(to_text(who));
    const std::string image = setting.archive();
    std::vector<std::string> words = {image, "sh", "-c", "echo $#", "sh"};
    words.resize(words.size() + 7, std::string(kLongestWord - 1, 'x'));
    for (int warm = 0; warm < 2; ++warm) {
      const Outcome outcome = setting.slipway("run", words);
      CHECK(outcome.errors == "");
      CHECK(outcome.output == "7\n");
    }
    words.resize(words.size() + 7, words.back());
    CHECK(setting.refusal("run", words, {"a step has at most 1048576", "\n  hint: "}) == "");
  }
}
