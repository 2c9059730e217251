// A host that lacks something: mounts that cover files, limits, refused system calls; and slipway on it, as root or as
// a user. What a doctor says there, and what a run says.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/run/harness.hpp"

namespace slipway::tests {

enum class Who { root, range, single };
const char* to_text(Who who);

/// One line of a doctor's report.
struct Line {
  std::string name{}, state{}, detail{}, consequence{}, remedy{};
};

struct Report {
  std::vector<Line> lines{};
  bool works = false;
  int status = 0;
  std::string text{};  ///< as printed
  /// The first of that name; an empty one when there is none.
  [[nodiscard]] Line line(const std::string& name) const;
  [[nodiscard]] std::vector<std::string> names() const;
};

class Host {
 public:
  explicit Host(Who who);

  [[nodiscard]] const Caller& caller() const { return caller_; }
  [[nodiscard]] const Scratch& scratch() const { return scratch_; }
  /// A directory that belongs to the caller.
  [[nodiscard]] std::string own(const std::string& name) const { return home_ + "/" + name; }
  [[nodiscard]] std::string runtime() const { return caller_.is_root() ? "/run/slipway" : runtime_ + "/slipway"; }
  [[nodiscard]] const std::string& store() const { return store_; }
  void use_store(std::string path) { store_ = std::move(path); }
  /// The owner and group of what belongs to the caller.
  [[nodiscard]] uid_t uid() const { return caller_.user ? caller_.user->uid : 0; }
  [[nodiscard]] gid_t gid() const { return caller_.user ? caller_.user->gid : 0; }

  /// Any program as root in this host's mounts; must succeed.
  void root(std::vector<std::string> words) const;
  [[nodiscard]] Outcome try_root(std::vector<std::string> words) const;
  /// This text in the file's place.
  void cover(const std::string& file, const std::string& text, mode_t mode = 0644);
  /// A tmpfs with these files in the place of the directory.
  void cover_directory(const std::string& directory, const std::map<std::string, std::string>& files);
  /// Options of hinder.c for all that runs from now on.
  void hinder(const std::vector<std::string>& options);
  /// A copy of slipway of its own, which a test may spoil; its top directory.
  std::string use_copy();

  /// slipway as the caller; the words begin with the command.
  [[nodiscard]] Outcome slipway(const std::vector<std::string>& words) const { return slipway_without({}, words); }
  /// The same without these environment variables.
  [[nodiscard]] Outcome slipway_without(const std::vector<std::string>& variables,
                                        const std::vector<std::string>& words) const;
  /// `slipway doctor --json`, checked for its shape and that it leaves nothing.
  [[nodiscard]] Report doctor(std::vector<std::string> options = {}) const;
  /// `slipway run IMAGE true`.
  [[nodiscard]] Outcome run(std::vector<std::string> options = {}) const;
  /// The same with an image that no store holds yet.
  [[nodiscard]] Outcome run_other() const;

 private:
  Caller caller_{};
  Scratch scratch_{Scratch::On::disk};
  PrivateMounts mounts_{};
  std::string home_{}, runtime_{}, store_{}, program_{}, image_{};
  std::vector<std::string> hindrances_{};
  int covers_ = 0;
};

/// A kernel's or a file's state under which doctor and run say the same.
struct Expected {
  std::string name{};                ///< the line
  std::string state{};               ///< its state
  std::vector<std::string> parts{};  ///< of detail and remedy
};
/// What is wrong: empty when the line is as expected, the doctor's status fits, and a run works or fails with a hint of
/// that line's detail and remedy, just as the state says.
std::string faults_of(const Host& host, const Expected& expected);

}  // namespace slipway::tests
