// The built slipway in the hands of each kind of caller: who runs it, on which store, with which image.
// After every run it checks that nothing was left. Knows nothing of slipway's inside.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/archive.hpp"
#include "tests/support/leftovers.hpp"
#include "tests/support/process.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/users.hpp"

namespace slipway::tests {

/// Somebody who starts containers.
struct Caller {
  enum class Ids { host, range, single };  ///< what a container of theirs has: no user namespace, many ids, one id
  std::string name{};
  Ids ids = Ids::host;
  std::optional<User> user{};  ///< to become; the process's own when there is none
  [[nodiscard]] bool is_root() const { return ids == Ids::host; }
  [[nodiscard]] bool is_single() const { return ids == Ids::single; }
};

/// Those that SLIPWAY_TEST_CALLERS names: "root", or "user", which is one with a range of subordinate ids and one
/// without. A process that is not root can be itself only. Warns of a skip for each that cannot be had.
const std::vector<Caller>& callers();

/// The standard image, and a layer with programs that look at the container from inside (/bin/probe, see probe.c) and
/// some that cannot be run. Its command says "the image's own command". All files belong to root, so that no caller is
/// told of owners that have no id.
ImageSpec box_image();
/// The entry /bin/probe, for other images.
TarEntry probe_entry();

/// One caller's slipway with a store, a runtime directory and files of its own, all of which go with it.
class Runner {
 public:
  explicit Runner(const Caller& caller);
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  Runner(Runner&&) = delete;
  Runner& operator=(Runner&&) = delete;

  [[nodiscard]] const Caller& caller() const { return caller_; }
  /// A file that the caller can read; its path.
  std::string put(std::string_view name, std::string_view bytes) const;
  /// The box image's archive, written at the first call.
  const std::string& box();
  /// A directory of the caller's.
  [[nodiscard]] std::string own(std::string_view name) const { return own_ + "/" + std::string(name); }
  [[nodiscard]] std::string store() const { return own("store"); }

  /// What starts `slipway WORDS…` as the caller, with its store where the command takes one.
  [[nodiscard]] Command command(const std::vector<std::string>& words) const;
  /// Any program as the caller.
  [[nodiscard]] Command plain(std::vector<std::string> words) const;
  /// Runs it, and checks that it leaves nothing.
  Outcome slipway(const std::vector<std::string>& words) const;
  /// `slipway run WORDS…`.
  Outcome run(std::vector<std::string> words) const;
  /// `slipway run OPTIONS… BOX sh -c SCRIPT`; must succeed without a word on standard error, and yields the output.
  std::string inside(const std::string& script, const std::vector<std::string>& options = {});
  /// What is there that was not there when this was made: mounts, processes, journals, run directories.
  [[nodiscard]] std::string leftovers() const;

  /// Use a slipway other than the built one from now on.
  void use_program(std::string path) { program_ = std::move(path); }

 private:
  Caller caller_;
  Scratch scratch_{};
  std::unique_ptr<PrivateMounts> mounts_{};  // root's, with a /run of its own
  std::string own_, program_, box_{};
  std::unique_ptr<Watch> watch_{};
};

/// One for each caller that all tests of this program share, for those that do not care what the store holds.
Runner& shared(const Caller& caller);

/// The built program, where that caller can run it: a copy when the build directory is closed to it.
std::string program_for(const Caller& caller);

/// Copies the directories that make a slipway into `to`; the path of the program.
std::string copy_slipway(const std::string& to);

std::vector<std::string> lines_of(const std::string& text);
/// For messages: status, output and errors of a run.
std::string to_text(const Outcome& outcome);

}  // namespace slipway::tests
