#include <algorithm>
#include <cstdio>

#include "core/cli/arguments.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/print.hpp"
#include "core/reference/reference.hpp"

namespace slipway::cli {
namespace {

constexpr const char* kExamples =
    "  slipway reference                     what there is to look up\n"
    "  slipway reference steps               all step types, a line each\n"
    "  slipway reference steps bind          one: members, defaults, units, errors\n"
    "  slipway reference facts image --json  for programs\n"
    "  slipway reference --markdown > reference.md\n";

std::vector<std::string> topics() { return {reference::kTopics.begin(), reference::kTopics.end()}; }

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// Somebody who says a name alone may mean a step, a fact or a stage.
int no_topic(const std::string& word) {
  std::string hint;
  for (const std::string_view topic : reference::kTopics) {
    const std::vector<std::string> names = reference::names_of(topic);
    if (std::find(names.begin(), names.end(), word) == names.end()) continue;
    hint += (hint.empty() ? "" : ", or ") + std::string("slipway reference ") + std::string(topic) + " " + word;
  }
  if (const auto nearest = nearest_word(word, topics()); hint.empty() && nearest)
    hint = "did you mean slipway reference " + *nearest + "?";
  print_error(
      {0, "the reference has no topic", printable(word, 64), hint.empty() ? "there are " + joined(topics()) : hint});
  return kUsage;
}

int no_name(const std::string& topic, const std::string& word) {
  const std::vector<std::string> names = reference::names_of(topic);
  const auto nearest = nearest_word(word, names);
  print_error(
      {0, "there is nothing among the " + topic + " called", printable(word, 64),
       nearest ? "did you mean slipway reference " + topic + " " + *nearest + "?" : "there are " + joined(names)});
  return kUsage;
}

}  // namespace

int reference_command(int count, const char* const* words) {
  bool json = false;
  bool markdown = false;
  const Command command{
      "reference",
      "[TOPIC [NAME]]",
      "Tells what plugins are written with: steps, phases, facts, stages, abilities.",
      kExamples,
      {{"--json", "", "print JSON", [&](const std::string&) { json = true; }},
       {"--markdown", "", "print a whole page: of a topic, or of all", [&](const std::string&) { markdown = true; }}},
      kUsage};
  const Words given = read_all_words(command, count, words);
  if (given.status >= 0) return given.status;
  if (given.rest.size() > 2) return too_many_words(command, given.rest[2]);
  const std::string topic = given.rest.empty() ? "" : given.rest[0];
  const std::string name = given.rest.size() < 2 ? "" : given.rest[1];
  const std::vector<std::string> known = topics();
  if (!topic.empty() && std::find(known.begin(), known.end(), topic) == known.end()) return no_topic(topic);
  if (const std::vector<std::string> names = reference::names_of(topic);
      !name.empty() && std::find(names.begin(), names.end(), name) == names.end()) {
    return no_name(topic, name);
  }
  if (markdown && (json || !name.empty())) {
    print_error({0, "--markdown prints whole pages", json ? "not JSON" : printable(name, 64),
                 "slipway reference " + topic + (topic.empty() ? "" : " ") + "--markdown"});
    return kUsage;
  }
  const std::string text = markdown ? reference::to_markdown(topic)
                           : json   ? reference::to_json(topic, name)
                                    : reference::to_text(topic, name);
  std::fputs(text.c_str(), stdout);
  return kOk;
}

}  // namespace slipway::cli
