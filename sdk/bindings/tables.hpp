// The tables of the step types as data, for what is written from them in other languages.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace slipway::bindings {

/// What a member holds, as other languages tell it apart.
enum class Kind : std::uint8_t { text, texts, reference, references, integer, octal, object, word, words };

struct Word {
  std::string type{};                     ///< "MountFlag"
  std::vector<std::string_view> words{};  ///< in the order of their values
};

struct Member {
  std::string_view name{};
  std::string_view meaning{};
  Kind kind = Kind::text;
  bool is_required = false;
  bool may_be_absent = false;   ///< there is no default that could be written down
  long long standard = 0;       ///< of a number, a mode, a word
  std::string type_of_words{};  ///< of a word
  std::string_view usual{};     ///< of a word that need not be given: the one that then counts
};

/// What it is for, and what counts when it is not given.
std::string told(const Member& member);

struct Type {
  std::string name{};       ///< "LinkUp"
  std::string_view word{};  ///< "link_up"
  std::string_view meaning{};
  std::string phases{};  ///< "mount or seal"
  std::vector<Member> members{};
};

/// In the order of the words on the wire.
std::vector<Type> all_types();
/// Every enumeration of theirs, and the phases; each once, in the order of their first use.
std::vector<Word> all_words();

/// Broken into lines of at most 116 columns, each after the first behind `next`.
std::string wrapped(const std::string& text, const std::string& next);

std::string in_c();
std::string in_rust();

}  // namespace slipway::bindings
