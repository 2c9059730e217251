#include "sdk/host/codec.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <slipway/step_json.hpp>
#include <utility>

#include "sdk/host/phases.hpp"
#include "sdk/host/values.hpp"

namespace slipway::host {
namespace {

using nlohmann::json;

// What the codec needs to know of a type at run time, made from its shape.
struct Type {
  std::string_view meaning;
  std::span<const steps::Phase> phases;
  std::vector<std::string> members;
  void (*decode)(const json&, steps::Step&, Problems&);
};

template <class S, class M>
void decode_member(const json& object, S& step, const steps::Field<S, M>& field, Problems& problems) {
  const auto found = object.find(field.name);
  const Spot spot{field.name, problems};
  if (found == object.end()) {
    if (field.need == steps::Need::required) spot.refuse("is missing: " + std::string(field.meaning));
    return;
  }
  read(*found, step.*field.member, spot);
  if constexpr (is_list<M>) {
    if (field.need == steps::Need::required && found->is_array() && found->empty()) {
      spot.refuse("is an empty list; expected at least one");
    }
  }
}

template <class S>
void decode_members(const json& object, steps::Step& step, Problems& problems) {
  S& shape = step.emplace<S>();
  std::apply([&](const auto&... field) { (decode_member(object, shape, field, problems), ...); },
             steps::Shape<S>::fields);
}

template <class S>
Type describe() {
  Type type{steps::Shape<S>::meaning, steps::Shape<S>::phases, {}, &decode_members<S>};
  std::apply([&](const auto&... field) { (type.members.emplace_back(field.name), ...); }, steps::Shape<S>::fields);
  return type;
}

struct Tables {
  std::vector<std::string> words;
  std::vector<Type> types;
};

template <class... S>
Tables make_tables(const std::variant<S...>* /*kind*/) {
  Tables tables;
  (tables.words.emplace_back(steps::Shape<S>::type), ...);
  (tables.types.push_back(describe<S>()), ...);
  return tables;
}

const Tables& tables() {
  static const Tables made = make_tables(static_cast<const steps::Step*>(nullptr));
  return made;
}

const Type* find_type(std::string_view word) {
  const auto& words = tables().words;
  const auto found = std::find(words.begin(), words.end(), word);
  return found == words.end() ? nullptr : &tables().types[static_cast<std::size_t>(found - words.begin())];
}

constexpr std::array<std::string_view, 6> kCommonMembers{"type", "phase", "as", "from", "after", "replaces"};

void refuse_unknown_members(const json& object, const Type& type, Problems& problems) {
  for (const auto& member : object.items()) {
    const std::string& name = member.key();
    if (std::find(type.members.begin(), type.members.end(), name) != type.members.end()) continue;
    if (std::find(kCommonMembers.begin(), kCommonMembers.end(), name) != kCommonMembers.end()) continue;
    std::vector<std::string> known = type.members;
    known.insert(known.end(), kCommonMembers.begin() + 1, kCommonMembers.end());
    Spot{name, problems}.refuse("is no member of this step", suggest(name, known));
  }
}

void decode_phase(const json& object, const Type& type, steps::Phase& phase, Problems& problems) {
  phase = type.phases.front();
  const auto found = object.find("phase");
  if (found == object.end()) return;
  const Spot spot{"phase", problems};
  const auto index = read_word(*found, steps::Words<steps::Phase>::words, spot);
  if (!index) return;
  phase = static_cast<steps::Phase>(*index);
  if (std::find(type.phases.begin(), type.phases.end(), phase) != type.phases.end()) return;
  std::string allowed;
  for (const steps::Phase each : type.phases) {
    allowed += (allowed.empty() ? "\"" : " or \"") + std::string(word_of(each)) + "\"";
  }
  spot.refuse("is " + shown(*found) + "; this type stands in " + allowed + " only");
}

void decode_labels(const json& object, std::string_view name, std::vector<std::string>& labels, Problems& problems) {
  const auto found = object.find(name);
  if (found == object.end()) return;
  const std::size_t before = problems.size();
  read(*found, labels, Spot{name, problems});
  if (problems.size() != before) return;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::size_t colon = labels[i].find(':');
    if (colon != std::string::npos && colon > 0 && colon + 1 < labels[i].size()) continue;
    Spot{name, problems, i}.refuse("is " + shown((*found)[i]) + "; expected owner:label", "\"pseudo-standard:dev\"");
  }
}

void decode_common(const json& object, steps::Common& common, Problems& problems) {
  if (const auto found = object.find("as"); found != object.end()) {
    const Spot spot{"as", problems};
    if (!found->is_string() || !is_result_name(found->get_ref<const std::string&>())) {
      spot.refuse("is " + shown(*found) + "; expected a name", "1 to 64 letters, digits, \"_\", \"-\" and \".\"");
    } else if (common.as = found->get<std::string>(); is_reserved(common.as)) {
      spot.refuse("is " + shown(*found) + ", a name that is slipway's own");
    }
  }
  if (const auto found = object.find("from"); found != object.end()) {
    const Spot spot{"from", problems};
    read(*found, common.from, spot);
    if (found->is_string() && !common.from.starts_with('/')) {
      spot.refuse("is " + shown(*found) + "; expected a JSON pointer", "\"/options/upper\"");
    }
  }
  decode_labels(object, "after", common.after, problems);
  decode_labels(object, "replaces", common.replaces, problems);
}

tl::unexpected<Problems> one_problem(std::string at, std::string message, std::string hint = {}) {
  return tl::unexpected<Problems>(Problems{{std::move(at), std::move(message), std::move(hint)}});
}

}  // namespace

tl::expected<DecodedStep, Problems> decode_step_object(const json& object) {
  if (!object.is_object()) return one_problem("", "is " + shown(object) + "; expected an object");
  const auto word = object.find("type");
  if (word == object.end()) return one_problem("/type", "is missing", suggest("", step_types()));
  const Type* type = word->is_string() ? find_type(word->get_ref<const std::string&>()) : nullptr;
  if (type == nullptr) {
    return one_problem("/type", "is " + shown(*word) + ", no step type of this slipway",
                       suggest(word->is_string() ? word->get_ref<const std::string&>() : "", step_types()));
  }
  DecodedStep decoded;
  Problems problems;
  refuse_unknown_members(object, *type, problems);
  type->decode(object, decoded.step, problems);
  decode_phase(object, *type, decoded.phase, problems);
  decode_common(object, decoded.common, problems);
  if (!problems.empty()) return tl::unexpected<Problems>(std::move(problems));
  return decoded;
}

tl::expected<DecodedStep, Problems> decode_step(std::string_view text) {
  if (text.size() > kLongestStep) {
    return one_problem("", "is " + std::to_string(text.size()) + " bytes long; a step has at most 1048576",
                       "hand over long text in a file, or on standard input");
  }
  const auto parsed = parse_json(text);
  if (!parsed) return tl::unexpected<Problems>(Problems{parsed.error()});
  return decode_step_object(*parsed);
}

std::string encode_step_text(const DecodedStep& decoded) {
  return std::visit([&](const auto& step) { return step_json(step, decoded.common, decoded.phase); }, decoded.step);
}

json encode_step(const DecodedStep& decoded) { return json::parse(encode_step_text(decoded)); }

std::string_view type_of(const steps::Step& step) { return tables().words[step.index()]; }

std::string_view word_of(steps::Phase phase) {
  return steps::Words<steps::Phase>::words.at(static_cast<std::size_t>(phase));
}

std::span<const std::string> step_types() { return tables().words; }

std::span<const std::string> step_members(std::string_view type) {
  const Type* found = find_type(type);
  return found == nullptr ? std::span<const std::string>() : std::span<const std::string>(found->members);
}

std::string_view step_meaning(std::string_view type) {
  const Type* found = find_type(type);
  return found == nullptr ? std::string_view() : found->meaning;
}

}  // namespace slipway::host
