// sdk/rust/src/steps.rs
#include <cctype>

#include "sdk/bindings/tables.hpp"

namespace slipway::bindings {
namespace {

constexpr std::string_view kHead =
    R"(//! Every step type as a struct with named members. Written by sdk-bindings from the tables of the step types:
//! `./dev bindings` renews it.
//!
//! ```ignore
//! plan.add(steps::Mask { path: "/proc/keys".into() });
//! let made = plan.add(Step::of(steps::Call { function: "make".into(), ..Default::default() }).named("made"));
//! plan.add(steps::Bind { source: made.into(), target: "/made".into(), ..Default::default() });
//! ```
use crate::boundary::{Handle, Step};
use crate::json::Object;
)";

// read_only: ReadOnly
std::string camel(std::string_view word) {
  std::string text;
  bool is_first = true;
  for (const char letter : word) {
    if (letter != '_') text += is_first ? static_cast<char>(std::toupper(static_cast<unsigned char>(letter))) : letter;
    is_first = letter == '_';
  }
  return text;
}

std::string enumeration(const Word& word) {
  std::string text = "\n#[derive(Clone, Copy, Debug, PartialEq, Eq)]\npub enum " + word.type + " {\n";
  std::string words;
  for (const std::string_view value : word.words) {
    text += "    " + camel(value) + ",\n";
    words += "            " + word.type + "::" + camel(value) + " => \"" + std::string(value) + "\",\n";
  }
  return text + "}\nimpl " + word.type + " {\n    pub fn word(self) -> &'static str {\n        match self {\n" + words +
         "        }\n    }\n}\n";
}

const Word& word_called(const std::vector<Word>& all, const std::string& type) {
  for (const Word& one : all) {
    if (one.type == type) return one;
  }
  return all.front();
}

struct InRust {
  std::string type{};
  std::string standard{};
  std::string differs{};  ///< whether a step has another value
  std::string writing{};  ///< of Step
};

InRust in_rust_of(const Member& member, const std::vector<Word>& all) {
  const std::string name(member.name);
  const std::string number = std::to_string(member.standard);
  const auto member_with = [&](const char* function, const std::string& value) {
    return std::string(".") + function + "(\"" + name + "\", " + value + ")";
  };
  const std::string texts = "Vec::new()";
  const std::string filled = "!step." + name + ".is_empty()";
  switch (member.kind) {
    case Kind::texts:
      return {"Vec<Vec<u8>>", texts, filled, member_with("texts", "step." + name)};
    case Kind::reference:
      return {"Handle", "Handle::default()", filled, member_with("text", "Vec::from(step." + name + ")")};
    case Kind::references:
      return {"Vec<Handle>", texts, filled, member_with("texts", "step." + name + ".into_iter().map(Vec::from)")};
    case Kind::integer:
      if (member.may_be_absent)
        return {"Option<i64>", "None", "step." + name + ".is_some()",
                member_with("integer", "step." + name + ".unwrap_or(0)")};
      return {"i64", number, "step." + name + " != " + number, member_with("integer", "step." + name)};
    case Kind::octal: {
      std::string digits;
      for (long long bits = member.standard; bits != 0; bits /= 8)
        digits.insert(digits.begin(), static_cast<char>('0' + bits % 8));
      return {"u32", "0o" + digits, "step." + name + " != 0o" + digits,
              member_with("text", "format!(\"{:04o}\", step." + name + ")")};
    }
    case Kind::object:
      return {"Object", "Object::new()", filled, member_with("object", "step." + name)};
    case Kind::word: {
      const Word& word = word_called(all, member.type_of_words);
      const std::string standard = word.type + "::" + camel(word.words.at(static_cast<std::size_t>(member.standard)));
      return {word.type, standard, "step." + name + " != " + standard, member_with("text", "step." + name + ".word()")};
    }
    case Kind::words:
      return {"Vec<" + member.type_of_words + ">", texts, filled,
              member_with("texts", "step." + name + ".iter().map(|one| one.word())")};
    default:
      return {"Vec<u8>", texts, filled, member_with("text", "step." + name)};
  }
}

std::string struct_and_step(const Type& type, const std::vector<Word>& all) {
  std::string members;
  std::string standards;
  std::string body;
  for (const Member& member : type.members) {
    const InRust rust = in_rust_of(member, all);
    const std::string name(member.name);
    members += "    /// " + wrapped(told(member), "    /// ") + "\n    pub " + name + ": " + rust.type + ",\n";
    standards += "            " + name + ": " + rust.standard + ",\n";
    body += member.is_required
                ? "        made = made" + rust.writing + ";\n"
                : "        if " + rust.differs + " {\n            made = made" + rust.writing + ";\n        }\n";
  }
  const std::string& name = type.name;
  return "\n/// " + std::string(type.word) + ": " + std::string(type.meaning) + "; " + type.phases +
         "\n#[derive(Clone)]\npub struct " + name + " {\n" + members + "}\nimpl Default for " + name +
         " {\n    fn default() -> " + name + " {\n        " + name + " {\n" + standards +
         "        }\n    }\n}\nimpl From<" + name + "> for Step {\n    fn from(step: " + name +
         ") -> Step {\n        let mut made = Step::new(\"" + std::string(type.word) + "\");\n" + body +
         "        made\n    }\n}\n";
}

}  // namespace

std::string in_rust() {
  const std::vector<Word> words = all_words();
  std::string text(kHead);
  for (const Word& word : words) text += enumeration(word);
  for (const Type& type : all_types()) text += struct_and_step(type, words);
  return text;
}

}  // namespace slipway::bindings
