#include "core/check/check.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/check/subject.hpp"

namespace slipway::check {
namespace {

Result<std::string> absolute(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  if (!real) return failure(errno, "check the plugin", path, "name the library that is to be checked");
  // The file's own name, as it was given: a plugin's name is that, whatever a link leads to.
  const std::string directory = path.substr(0, path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
  const std::unique_ptr<char, decltype(&std::free)> base(
      ::realpath(directory.empty() ? "." : directory.c_str(), nullptr), &std::free);
  if (!base) return failure(errno, "check the plugin", path);
  return std::string(base.get()) + "/" + path.substr(directory.size());
}

std::string name_of(const std::string& path) {
  std::string name = path.substr(path.rfind('/') + 1);
  if (name.ends_with(".so")) name.resize(name.size() - 3);
  return name;
}

}  // namespace

std::string_view word_of(Layer layer) {
  constexpr std::string_view kWords[] = {"library", "load", "contract", "lifecycle"};  // NOLINT(*-avoid-c-arrays)
  return kWords[static_cast<std::size_t>(layer)];
}

std::string_view word_of(Verdict verdict) {
  constexpr std::string_view kWords[] = {"ok", "failed", "note", "not applicable",
                                         "not checked"};  // NOLINT(*-avoid-c-arrays)
  return kWords[static_cast<std::size_t>(verdict)];
}

void Report::add(Layer layer, std::string name, Verdict verdict, std::string text, std::string remedy) {
  outcomes.push_back({layer, std::move(name), verdict, std::move(text), std::move(remedy)});
}

std::size_t Report::count(Verdict verdict) const {
  return static_cast<std::size_t>(
      std::count_if(outcomes.begin(), outcomes.end(), [&](const Outcome& one) { return one.verdict == verdict; }));
}

bool Report::conforms() const { return count(Verdict::failed) == 0; }

std::string listed(const std::vector<std::string>& words, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < words.size() && i < most; ++i) text += (i == 0 ? "" : ", ") + printable(words[i], 80);
  if (words.size() > most) text += " and " + std::to_string(words.size() - most) + " more";
  return text;
}

Result<Report> check_plugin(const Wishes& wishes) {
  for (const std::string& options : wishes.options) {
    if (!nlohmann::json::parse(options, nullptr, false).is_object())
      return failure(0, "read --options", printable(options, 80),
                     R"(a JSON object, as in --options '{"upper": "disk"}')");
  }
  auto path = absolute(wishes.file);
  if (!path) return tl::unexpected(path.error());
  Subject subject{wishes};
  subject.path = std::move(*path);
  subject.name = name_of(subject.path);
  // O_NONBLOCK: what stands there may be a FIFO, and a FIFO would wait for a writer.
  subject.file = linux::Fd(::open(subject.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!subject.file) return failure(errno, "check the plugin", wishes.file);
  Report report{wishes.file, subject.name, wishes.seed, {}};
  if (!check_library(subject, report)) return report;
  report.plugin = subject.manifest.name;
  if (!check_load(subject, report)) return report;
  check_contract(subject, report);
  if (wishes.with_lifecycle) check_lifecycle(subject, report);
  return report;
}

}  // namespace slipway::check
