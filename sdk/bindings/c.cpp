// sdk/include/slipway/steps.h
#include <algorithm>
#include <cctype>

#include "sdk/bindings/tables.hpp"

namespace slipway::bindings {
namespace {

constexpr std::string_view kHead =
    R"(/* Every step type as a struct with named members, and a function that plans it. Written by sdk-bindings from the tables
 * of the step types: `./dev bindings` renews it.
 *
 *   slipway_step_mask step = {.path = path.text};
 *   slipway_common common = {.from = slipway_words("/options/paths/0")};
 *   failed |= slipway_plan_mask(host, &step, &common);
 *
 * Of a member that is all zeros slipway takes the default. `common` may be NULL. Each function yields 0, or what makes
 * the plugin's own function fail: slipway has then said why. */
/* clang-format off */
#ifndef SLIPWAY_STEPS_H
#define SLIPWAY_STEPS_H
#include <slipway/step.h>
#ifdef __cplusplus
extern "C" {
#endif
)";

constexpr std::string_view kHandingOver = R"(
/* Adds what every step may carry, hands it over and frees it. */
static inline int32_t slipway_step_hand_over(const slipway_host* host, slipway_json* step,
                                             const slipway_common* common) {
  if (common != NULL) {
    if (common->phase != 0) slipway_json_text(step, "phase", slipway_phase_word(common->phase));
    slipway_step_text(step, "as", common->as);
    slipway_step_text(step, "from", common->from);
    slipway_step_texts(step, "after", common->after);
    slipway_step_texts(step, "replaces", common->replaces);
  }
  return slipway_json_step(host, step);
}
)";

constexpr std::string_view kFoot = R"(
#ifdef __cplusplus
}
#endif
#endif
)";

// MountFlag: mount_flag
std::string snake(const std::string& name) {
  std::string text;
  for (const char letter : name) {
    if (std::isupper(static_cast<unsigned char>(letter)) != 0 && !text.empty()) text += '_';
    text += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  return text;
}

std::string upper(std::string_view word) {
  std::string text(word);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  return text;
}

std::string constant(const Word& word, std::string_view value) {
  return "SLIPWAY_" + upper(snake(word.type)) + "_" + upper(value);
}

// An enumeration from 1, as 0 is the default; and its words.
std::string enumeration(const Word& word) {
  const std::string name = snake(word.type);
  std::string text = "\nenum slipway_" + name + " {\n";
  std::string words;
  for (std::size_t i = 0; i < word.words.size(); ++i) {
    const bool is_last = i + 1 == word.words.size();
    text += "  " + constant(word, word.words[i]) + " = " + std::to_string(i + 1) + (is_last ? "\n" : ",\n");
    words += "      \"" + std::string(word.words[i]) + (is_last ? "\"" : "\",\n");
  }
  const std::string count = std::to_string(word.words.size());
  return text + "};\nstatic inline slipway_text slipway_" + name + "_word(int32_t value) {\n" +
         "  static const char* const words[] = {\n" + words + "};\n" +
         "  return slipway_words(value >= 1 && value <= " + count + " ? words[value - 1] : \"\");\n}\n";
}

std::string type_in_c(const Member& member) {
  switch (member.kind) {
    case Kind::texts:
    case Kind::references:
      return "slipway_texts";
    case Kind::integer:
    case Kind::octal:
      return "slipway_number";
    case Kind::word:
      return "int32_t";
    case Kind::words:
      return "slipway_choices";
    default:
      return "slipway_text";
  }
}

// What stands beside a member: the type of its words, how a reference is written, and its meaning.
std::string comment_of(const Member& member) {
  std::string text;
  if (!member.type_of_words.empty()) text = "enum slipway_" + snake(member.type_of_words) + ": ";
  if (member.kind == Kind::reference || member.kind == Kind::references) text = "\"@name\": ";
  if (member.kind == Kind::object) text = "JSON: ";
  return text + told(member);
}

std::string writing(const Member& member) {
  const std::string name(member.name);
  const std::string arguments = "(&json, \"" + name + "\", step->" + name;
  const std::string words = ", &slipway_" + snake(member.type_of_words) + "_word);\n";
  switch (member.kind) {
    case Kind::texts:
    case Kind::references:
      return (member.is_required ? "  slipway_step_list" : "  slipway_step_texts") + arguments + ");\n";
    case Kind::integer:
      return "  slipway_step_number" + arguments + ");\n";
    case Kind::octal:
      return "  slipway_step_mode" + arguments + ");\n";
    case Kind::word:
      return "  slipway_step_choice" + arguments + words;
    case Kind::words:
      return "  slipway_step_choices" + arguments + words;
    case Kind::object:
      return "  slipway_step_value" + arguments + ");\n";
    default:
      return (member.is_required ? "  slipway_json_text" : "  slipway_step_text") + arguments + ");\n";
  }
}

std::string struct_and_function(const Type& type) {
  const std::string word(type.word);
  std::string members;
  std::string body;
  for (const Member& member : type.members) {
    members += "  /* " + wrapped(comment_of(member), "   * ") + " */\n  " + type_in_c(member) + " " +
               std::string(member.name) + ";\n";
    body += writing(member);
  }
  return "\n/* " + word + ": " + std::string(type.meaning) + "; " + type.phases + " */\ntypedef struct slipway_step_" +
         word + " {\n" + members + "} slipway_step_" + word + ";\nstatic inline int32_t slipway_plan_" + word +
         "(const slipway_host* host, const slipway_step_" + word + "* step,\n    const slipway_common* common) {\n" +
         "  slipway_json json = slipway_json_object();\n  slipway_json_text(&json, \"type\", slipway_words(\"" + word +
         "\"));\n" + body + "  return slipway_step_hand_over(host, &json, common);\n}\n";
}

}  // namespace

std::string in_c() {
  std::string text(kHead);
  for (const Word& word : all_words()) text += enumeration(word);
  text += kHandingOver;
  for (const Type& type : all_types()) text += struct_and_function(type);
  return text + std::string(kFoot);
}

}  // namespace slipway::bindings
