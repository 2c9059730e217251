// slipway::testing: a plugin under test, without privileges and with any test framework. Options and facts in; steps,
// facts and reports out, as values.
//
//   namespace testing = slipway::testing;
//   const auto plugin = testing::Plugin::load("build/fs-mine.so");
//   const auto planned = plugin.plan(R"({"upper": "tmpfs"})", testing::facts("rootless"));
//   CHECK(planned.ok);
//   CHECK(planned.all<slipway::steps::Overlay>().size() == 1);
//   CHECK(testing::difference("test/rootless.json", planned) == "");
//
// The library behind it is slipway::testing (CMake). Authors in C and Rust have the same as a program,
// slipway-plugin-test.
#ifndef SLIPWAY_TESTING_HPP
#define SLIPWAY_TESTING_HPP

#include <slipway/plugin.h>

#include <cstdint>
#include <map>
#include <memory>
#include <slipway/steps.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::testing {

/// Thrown where there is nothing to test: no such file, no plugin, text that is not JSON. What a plugin itself says or
/// does wrong is never thrown; it is an Outcome.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message) : std::runtime_error(message) {}
};

/// What slipway and the earlier stages tell a plugin: {"host": …, "image": …, "isolation": …}.
class Facts {
 public:
  Facts() = default;
  /// JSON text, with comments where one likes them; also what `slipway plan --json` prints, as its "facts" are.
  explicit Facts(std::string_view json);
  static Facts read(const std::string& path);

  /// Puts a JSON value in a place: set("/isolation/hostname", "\"box\"") is what a plugin then reads as
  /// /facts/isolation/hostname.
  Facts& set(std::string_view at, std::string_view json);
  Facts& erase(std::string_view at);
  [[nodiscard]] const std::string& json() const { return json_; }

 private:
  std::string json_ = "{}";
};

/// Facts that come with the SDK (share/slipway/facts, where each says what host it stands for): "root", "rootless",
/// "one-id", "hybrid-cgroups", "cgroups-v1", "no-overlay", "old-kernel", "recent-kernel".
Facts facts(std::string_view name);
std::vector<std::string> names_of_facts();

/// What an image plugin is shown: an archive's entries in their order, or the files of a directory.
class Source {
 public:
  enum class Kind : std::uint8_t { archive, directory };
  explicit Source(Kind kind = Kind::archive) : kind_(kind) {}

  Source& file(std::string name, std::string_view content);
  Source& directory(std::string name);
  Source& symlink(std::string name, std::string target);
  Source& hard_link(std::string name, std::string target);

  /// What a plugin would read there: for looking at what an image fact points to. Throws an Error where nothing is.
  [[nodiscard]] std::string bytes(std::uint64_t offset, std::uint64_t size, std::uint32_t source = 0) const;

  struct Entry {
    std::string name{};
    std::string link{};
    char type = 'f';  ///< as slipway_entry has it
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint32_t source = 0;
  };
  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }

 private:
  Source& add(Entry entry, std::string_view content);

  Kind kind_;
  std::vector<Entry> entries_{};
  std::vector<std::string> files_{};  ///< the archive alone, or each file of the directory
};

/// One step of a plan, read and checked as slipway does it.
struct Step {
  steps::Step step{};
  steps::Phase phase{};
  steps::Common common{};
  [[nodiscard]] std::string json() const;
};

enum class Severity : std::uint8_t { error, warning, info, debug };

/// What the plugin reported, or what slipway says about what it did.
struct Report {
  Severity severity = Severity::error;
  std::string at{};  ///< "/options/upper", "/facts/host/kernel", or empty
  std::string message{};
  std::string hint{};
  /// `error: /options/upper: is "disc" | did you mean "disk"?`
  [[nodiscard]] std::string text() const;
};

/// What came of one call.
struct Outcome {
  bool ok = false;  ///< slipway would go on: status 0, no step refused, no error reported
  std::vector<Step> steps{};
  std::map<std::string, std::string> facts{};  ///< those that the plugin handed over, as JSON text
  std::vector<Report> reports{};
  std::vector<std::string> reads{};  ///< every pointer that it read, there or not; sorted

  /// Steps of one type, in their order: all<slipway::steps::Mask>().
  template <class S>
  [[nodiscard]] std::vector<S> all() const {
    std::vector<S> found;
    for (const Step& each : steps) {
      if (const S* one = std::get_if<S>(&each.step)) found.push_back(*one);
    }
    return found;
  }
  /// The reports, one a line.
  [[nodiscard]] std::string told() const;
  /// Canonical: the same for the same outcome, one step a line. What a golden file holds.
  [[nodiscard]] std::string json() const;
};

class Plugin {
 public:
  /// A library, as slipway takes it: manifest, words of its "needs" and exported symbol are looked at first. It is
  /// never unloaded.
  static Plugin load(const std::string& path);
  /// One that is linked into the test: Plugin(slipway_plugin_1, the text of its plugin.json).
  Plugin(const slipway_plugin& plugin, std::string_view manifest);

  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] const std::string& stage() const;
  [[nodiscard]] const std::string& manifest() const;  ///< as JSON text

  /// `options` is the JSON object that stands beside "use" in a pipeline. They are held against the manifest's schema,
  /// and defaults filled in; where they don't fit, the outcome tells it and the plugin is not called.
  [[nodiscard]] Outcome plan(std::string_view options, const Facts& facts) const;
  /// For the stage `image`; its fact is outcome.facts.at("image"). `facts` are seldom of use here.
  [[nodiscard]] Outcome resolve(std::string_view options, const Source& source, const Facts& facts = {}) const;

  struct Held;
  explicit Plugin(std::shared_ptr<const Held> held) : held_(std::move(held)) {}
  [[nodiscard]] const Held& held() const { return *held_; }

 private:
  std::shared_ptr<const Held> held_;
};

/// Empty where the file holds exactly this; else what differs, line by line, and how to take it. With
/// SLIPWAY_UPDATE_GOLDEN=1 in the environment the file is written instead.
std::string difference(const std::string& golden, std::string_view text);
inline std::string difference(const std::string& golden, const Outcome& outcome) {
  return difference(golden, outcome.json());
}

/// Tests as files: each NAME.case.json of a directory is called, and its outcome compared with NAME.expected.json.
///   {"options": {"upper": "tmpfs"},                      what stands beside "use"
///    "facts": "rootless",                                recorded ones, a file ("./mine.json"), or an object
///    "set": {"/isolation/hostname": "x"},                changes to them; null takes away
///    "archive": [{"name": "a", "text": "…"}]}            for image plugins; or "directory": […]
/// An entry of a source has beside its "name" a "text", "base64", "file" (whose content it has), "symlink", "hard_link"
/// or "directory": true.
struct CaseResult {
  std::string name{};
  std::string difference{};  ///< empty: as expected
};
/// Throws an Error where there is no case, or one that can't be read.
std::vector<CaseResult> run_cases(const Plugin& plugin, const std::string& directory);

}  // namespace slipway::testing

#endif
