// Where a refusal is tested: a store, a runtime directory and a mount namespace of the test's own, for root or for a
// user; and the one check that every refusal must pass: one clear error, nothing on standard output, nothing left.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/archive.hpp"
#include "tests/support/leftovers.hpp"
#include "tests/support/process.hpp"
#include "tests/support/scratch.hpp"

namespace slipway::tests {

enum class Who { root, range, single };
inline constexpr std::array kEach{Who::root, Who::range, Who::single};
/// Where it makes no difference how many ids a container has.
inline constexpr std::array kBoth{Who::root, Who::range};
const char* to_text(Who who);

/// Whether slipway itself can end what it began, or dies on the spot, so that the kernel ends the container's process
/// (PR_SET_PDEATHSIG) some moments later.
enum class Ending { orderly, crash };

class Setting {
 public:
  /// Throws Missing with the reason where this host cannot be `who`.
  struct Missing {
    std::string reason;
  };
  explicit Setting(Who who);

  /// Writes a file that `who` may read, and returns its path.
  std::string file(std::string_view name, std::string_view bytes) const { return scratch_.write(name, bytes); }
  /// The path of `name` in a directory that belongs to `who`.
  [[nodiscard]] std::string own(std::string_view name) const { return home_ + "/" + std::string(name); }
  /// standard_image(), of whose owners nothing has to be told: where there is one id, all its files belong to root.
  [[nodiscard]] ImageSpec image() const;
  /// The same, with one more layer.
  [[nodiscard]] ImageSpec image_with(const std::vector<TarEntry>& entries) const;
  /// image(), written as docker save does; its path.
  [[nodiscard]] std::string archive() const { return archive(image()); }
  [[nodiscard]] std::string archive(const ImageSpec& image) const;
  [[nodiscard]] std::string archive_with(const std::vector<TarEntry>& entries) const {
    return archive(image_with(entries));
  }
  [[nodiscard]] const Scratch& scratch() const { return scratch_; }
  /// A fresh store from now on.
  void forget_store() { ++store_number_; }

  [[nodiscard]] std::string store() const { return home_ + "/store" + std::to_string(store_number_); }
  /// Where the journals lie.
  [[nodiscard]] const std::string& runtime() const { return runtime_; }
  [[nodiscard]] const PrivateMounts* mounts() const { return &mounts_; }
  /// Any program as `who`, where its slipway runs.
  [[nodiscard]] Command command(std::vector<std::string> words) const;

  /// `slipway VERB --store … WORDS`; the words may begin with further options.
  [[nodiscard]] Outcome slipway(const std::string& verb, const std::vector<std::string>& words) const;
  /// The same for verbs that take no --store.
  [[nodiscard]] Outcome plain(std::vector<std::string> words) const;
  /// An empty directory in its place, so that the store itself does not count as left.
  void make_store() const;
  /// What starts `slipway WORDS`, to be changed before it is run.
  [[nodiscard]] Command slipway_command(std::vector<std::string> words) const;
  /// The user that slipway is run as, unless that is root.
  [[nodiscard]] const std::optional<Identity>& identity() const { return identity_; }
  /// A script, with the same surroundings.
  [[nodiscard]] Outcome shell(const std::string& script) const;
  /// Mounts, processes, journals, and what a run keeps in a store, as they are now.
  [[nodiscard]] Watch watch() const;

  /// What is wrong with this outcome as a refusal: empty when standard output is empty, standard error is one error
  /// line with at most one hint, every one of `parts` is in it, the status is right, and `watch` sees nothing more.
  [[nodiscard]] static std::string faults_of(const Outcome& outcome, int status, const std::vector<std::string>& parts,
                                             const Watch& watch, Ending ending = Ending::orderly);
  /// Runs, and the same.
  [[nodiscard]] std::string refusal(const std::string& verb, const std::vector<std::string>& words,
                                    const std::vector<std::string>& parts, Ending ending = Ending::orderly) const;

 private:
  [[nodiscard]] Outcome program(std::vector<std::string> words) const;

  Who who_;
  Scratch scratch_{};
  std::optional<Identity> identity_{};
  std::optional<std::map<std::string, std::string>> environment_{};
  std::string home_{}, runtime_{};
  PrivateMounts mounts_{};
  int store_number_ = 0;
};

/// 125 for run, 1 for the others.
int refusing_status(const std::string& verb);

/// standard_image() as docker save writes it, made once.
const std::string& standard_archive();

}  // namespace slipway::tests

/// A Setting named `setting` for `who`, or the end of the test case with a note of what is missing.
#define SLIPWAY_SETTING(who)                                  \
  std::optional<slipway::tests::Setting> made_setting;        \
  try {                                                       \
    made_setting.emplace(who);                                \
  } catch (const slipway::tests::Setting::Missing& missing) { \
    SLIPWAY_SKIP(missing.reason);                             \
  }                                                           \
  slipway::tests::Setting& setting = *made_setting
