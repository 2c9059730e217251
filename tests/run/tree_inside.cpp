#include "tests/run/tree_inside.hpp"

#include <catch2/catch.hpp>

namespace slipway::tests {

std::map<std::string, std::string> tree_inside(const Runner& runner, const std::vector<std::string>& options,
                                               const std::string& image) {
  std::vector<std::string> words = options;
  words.insert(words.end(),
               {"--set", "pseudo=[]", "--set", "harden=[]", "--entrypoint", "probe", image, "describe", "/"});
  const Outcome outcome = runner.run(words);
  INFO(to_text(outcome));
  REQUIRE(outcome.shell_status() == 0);
  std::map<std::string, std::string> entries;
  for (std::string line : lines_of(outcome.output)) {
    if (line.starts_with(". ")) continue;
    // A name may hold blanks, so its first word finds it and the rest of the line tells it from others.
    const std::string word = line.substr(0, line.find(' '));
    const std::string itself = " same-as=" + word;
    if (const std::size_t at = line.find(itself + " "); at != std::string::npos) line.erase(at, itself.size());
    if (line.ends_with(itself)) line.erase(line.size() - itself.size());
    std::string key = word;
    while (entries.contains(key)) key += "+";
    entries[key] = line;
  }
  return entries;
}

std::string differences(const std::map<std::string, std::string>& one,
                        const std::map<std::string, std::string>& other) {
  std::string text;
  for (const auto& [name, entry] : one) {
    const auto found = other.find(name);
    if (found == other.end()) text += "only in the one: " + entry + "\n";
    if (found != other.end() && found->second != entry) text += entry + "\n  is in the other " + found->second + "\n";
  }
  for (const auto& [name, entry] : other) {
    if (!one.contains(name)) text += "only in the other: " + entry + "\n";
  }
  return text;
}

}  // namespace slipway::tests
