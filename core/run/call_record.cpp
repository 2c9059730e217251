#include "core/run/call_record.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/run/journal_text.hpp"

namespace slipway::run {
namespace {

constexpr std::string_view kCall = "call";
constexpr std::size_t kFields = 9, kMostInputs = 64;

template <class Number>
bool read(const std::string& text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto [at, problem] = std::from_chars(text.data(), end, number);
  return problem == std::errc{} && at == end;
}

}  // namespace

std::string to_text(const CallRecord& record) { return record.function + " of " + record.library.plugin; }

std::string to_line(const CallRecord& record) {
  std::string line(kCall);
  for (const std::string& field :
       {record.library.plugin, record.library.path, record.library.build_id, record.function,
        std::string(steps::Words<steps::Phase>::words.at(static_cast<std::size_t>(record.phase))),
        std::to_string(record.timeout_s), std::to_string(record.inputs), record.arguments}) {
    line.append(1, '\t').append(escaped(field));
  }
  return line + '\n';
}

std::optional<CallRecord> call_of(std::string_view line) {
  std::array<std::string, kFields> fields{};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::size_t end = line.find('\t');
    if ((end == std::string_view::npos) != (i + 1 == fields.size())) return std::nullopt;
    fields.at(i) = unescaped(line.substr(0, end));
    if (end != std::string_view::npos) line.remove_prefix(end + 1);
  }
  const auto& words = steps::Words<steps::Phase>::words;
  const auto* const phase = std::find(words.begin(), words.end(), fields[5]);
  CallRecord record{{fields[1], fields[2], fields[3]}, fields[4], {}, 0, 0, fields[8]};
  if (!read(fields[6], record.timeout_s) || !read(fields[7], record.inputs) || record.inputs > kMostInputs)
    return std::nullopt;
  if (fields[0] != kCall || !fields[2].starts_with('/') || phase == words.end()) return std::nullopt;
  record.phase = static_cast<steps::Phase>(phase - words.begin());
  return record;
}

}  // namespace slipway::run
