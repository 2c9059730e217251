#include "sdk/bindings/tables.hpp"

#include <algorithm>
#include <slipway/steps.hpp>
#include <type_traits>

namespace slipway::bindings {
namespace {

using namespace slipway::steps;

// A type's own name, which no table has, out of what the compiler calls this function.
template <class T>
std::string name_of() {
  const std::string_view whole = __PRETTY_FUNCTION__;
  const std::size_t at = whole.find("T = slipway::steps::") + std::string_view("T = slipway::steps::").size();
  return std::string(whole.substr(at, whole.find_first_of(";]", at) - at));
}

template <class E>
Word word_table() {
  return {name_of<E>(), {Words<E>::words.begin(), Words<E>::words.end()}};
}

template <class T>
struct ListOf : std::false_type {};
template <class T>
struct ListOf<std::vector<T>> : std::true_type {
  using One = T;
};

template <class M>
void describe(Member& member, const M& standard) {
  if constexpr (std::is_enum_v<M>) {
    member.kind = Kind::word;
    member.standard = static_cast<long long>(standard);
    member.type_of_words = name_of<M>();
    if (!member.is_required) member.usual = Words<M>::words.at(static_cast<std::size_t>(standard));
  } else if constexpr (ListOf<M>::value) {
    using One = typename ListOf<M>::One;
    describe(member, One{});
    member.usual = {};  // a list that is not given is an empty one
    member.kind = std::is_enum_v<One> ? Kind::words : std::is_same_v<One, Reference> ? Kind::references : Kind::texts;
  } else if constexpr (std::is_same_v<M, std::int64_t>) {
    member.kind = Kind::integer;
    member.standard = standard;
  } else if constexpr (std::is_same_v<M, std::optional<Size>>) {
    member.kind = Kind::integer;
    member.may_be_absent = true;
  } else if constexpr (std::is_same_v<M, Mode>) {
    member.kind = Kind::octal;
    member.standard = standard.bits;
  } else if constexpr (std::is_same_v<M, Object>) {
    member.kind = Kind::object;
  } else if constexpr (std::is_same_v<M, Reference>) {
    member.kind = Kind::reference;
  } else {
    static_assert(std::is_same_v<M, std::string> || std::is_same_v<M, Path> || std::is_same_v<M, HostPath>);
    member.kind = Kind::text;
  }
}

template <class S, class M>
Member member_of(const Field<S, M>& field) {
  Member member{field.name, field.meaning, {}, field.need == Need::required};
  describe(member, S{}.*field.member);
  return member;
}

template <class S>
Type type_of() {
  Type type{name_of<S>(), Shape<S>::type, Shape<S>::meaning};
  for (const Phase phase : Shape<S>::phases) {
    type.phases += (type.phases.empty() ? "" : ", ");
    type.phases += Words<Phase>::words.at(static_cast<std::size_t>(phase));
  }
  std::apply([&](const auto&... field) { (type.members.push_back(member_of(field)), ...); }, Shape<S>::fields);
  return type;
}

template <class M>
void add_words(std::vector<Word>& all) {
  if constexpr (ListOf<M>::value) {
    add_words<typename ListOf<M>::One>(all);
  } else if constexpr (std::is_enum_v<M>) {
    const Word word = word_table<M>();
    if (std::none_of(all.begin(), all.end(), [&](const Word& one) { return one.type == word.type; }))
      all.push_back(word);
  }
}

template <class S, class M>
void add_words_of(std::vector<Word>& all, const Field<S, M>& /*field*/) {
  add_words<M>(all);
}

template <class... S>
std::vector<Type> types_in(const std::variant<S...>* /*steps*/) {
  return {type_of<S>()...};
}

template <class... S>
std::vector<Word> words_in(const std::variant<S...>* /*steps*/) {
  std::vector<Word> all{word_table<Phase>()};
  (std::apply([&](const auto&... field) { (add_words_of(all, field), ...); }, Shape<S>::fields), ...);
  return all;
}

}  // namespace

std::vector<Type> all_types() { return types_in(static_cast<const Step*>(nullptr)); }
std::vector<Word> all_words() { return words_in(static_cast<const Step*>(nullptr)); }

std::string told(const Member& member) {
  std::string text(member.meaning);
  return member.usual.empty() ? text : text.append("; ").append(member.usual).append(" when absent");
}

std::string wrapped(const std::string& text, const std::string& next) {
  constexpr std::size_t kWidest = 116;
  std::string done;
  std::string line;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (!line.empty() && line.size() + word.size() + next.size() > kWidest) {
      done.append(line).append("\n").append(next);
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
    begin = end + 1;
  }
  return done + line;
}

}  // namespace slipway::bindings
