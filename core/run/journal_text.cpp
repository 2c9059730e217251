#include "core/run/journal_text.hpp"

#include <array>

#include "core/run/journal.hpp"
#include "core/store/entry.hpp"

namespace slipway::run {
namespace {

constexpr std::string_view kRunDirectory = "run-directory";
constexpr std::string_view kStaging = "staging";

bool is_run_id(std::string_view text) {
  return text.size() == kRunIdDigits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char letter : text) {
    if (letter == '\t')
      safe += "%09";
    else if (letter == '\n')
      safe += "%0a";
    else if (letter == '%')
      safe += "%25";
    else
      safe += letter;
  }
  return safe;
}

std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 3) == "%09")
      plain += '\t';
    else if (text.substr(i, 3) == "%0a")
      plain += '\n';
    else if (text.substr(i, 3) == "%25")
      plain += '%';
    else {
      plain += text[i];
      continue;
    }
    i += 2;
  }
  return plain;
}

std::string to_line(const RunDirectory& record) {
  std::string line(record.kind == RunDirectory::Kind::written ? kRunDirectory : kStaging);
  for (const std::string& field : {record.name, record.ids, escaped(record.store)}) line.append(1, '\t').append(field);
  return line + '\n';
}

std::optional<RunDirectory> record_of(std::string_view line) {
  std::array<std::string_view, 4> fields{};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::size_t end = line.find('\t');
    if ((end == std::string_view::npos) != (i + 1 == fields.size())) return std::nullopt;
    fields.at(i) = line.substr(0, end);
    if (end != std::string_view::npos) line.remove_prefix(end + 1);
  }
  const bool is_written = fields[0] == kRunDirectory && is_run_id(fields[1]);
  const bool is_staging = fields[0] == kStaging && store::is_plain_name(fields[1]);
  if (!is_written && !is_staging) return std::nullopt;
  // From where a relative one was meant is not known any more.
  if (!fields[3].starts_with('/')) return std::nullopt;
  const auto kind = is_written ? RunDirectory::Kind::written : RunDirectory::Kind::staging;
  return RunDirectory{kind, std::string(fields[1]), std::string(fields[2]), unescaped(fields[3])};
}

}  // namespace slipway::run
