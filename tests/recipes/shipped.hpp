// Both recipes as shipped: the pipeline files of examples/, with the image that each begins from beside it, in the
// hands of each kind of caller.
#pragma once

#include <string>
#include <vector>

#include "tests/run/harness.hpp"
#include "tests/run/mount_table.hpp"

namespace slipway::tests {

using Words = std::vector<std::string>;

/// What both files know of themselves: "image-to-shell.json" begins from "image.tar".
struct Recipe {
  const char *pipeline, *source;
};
inline constexpr Recipe kRecipeA{"image-to-shell.json", "image.tar"};
inline constexpr Recipe kRecipeB{"rootfs-lab.json", "rootfs.tar"};

/// One image in the form that each recipe begins from, with the same tree in both: the box's programs, /bin/probe,
/// files in /etc, and directories for all mounts. The archive has it in three layers, of which the third deletes some
/// of what the second brings, and with the command that says "the image's own command".
ImageSpec layered_image();
std::string flat_image(const std::vector<TarEntry>& more = {});

/// One caller with a recipe in a directory.
class Shipped {
 public:
  Shipped(const Caller& caller, const Recipe& recipe);

  /// `slipway run OPTIONS… PIPELINE COMMAND…`; checks that nothing is left.
  [[nodiscard]] Outcome run(Words options, const Words& command) const;
  /// The same for `sh -c SCRIPT`; must succeed without a word on standard error, and yields the output.
  [[nodiscard]] std::string inside(const std::string& script, const Words& options = {}) const;
  /// The container's mount table as a program inside sees it.
  [[nodiscard]] std::vector<Mount> mounts(const Words& options = {}) const;
  /// What starts `slipway run OPTIONS… PIPELINE COMMAND…`, to be changed before it is run.
  [[nodiscard]] Command command(Words options, const Words& command) const;
  /// `slipway plan --json OPTIONS… PIPELINE`.
  [[nodiscard]] std::string plan(Words options = {}) const;
  /// Another image in the place of the one that the pipeline begins from.
  void begin_from(std::string_view bytes) const { (void)runner_.put(recipe_.source, bytes); }

  [[nodiscard]] const Caller& caller() const { return runner_.caller(); }
  [[nodiscard]] const Runner& runner() const { return runner_; }
  [[nodiscard]] const std::string& pipeline() const { return pipeline_; }

 private:
  Recipe recipe_;
  Runner runner_;
  std::string pipeline_{};
};

/// One for each caller and recipe that all tests of this program share, for those that do not care what the store
/// holds.
const Shipped& shipped(const Caller& caller, const Recipe& recipe);

/// "target type flags options" of each mount, with what is another one for each run or host taken out: where layers and
/// copies lie, and what the host says of its own devices.
std::string row_of(const Mount& mount);
std::multiset<std::string> whole_table(const std::vector<Mount>& mounts);
/// `tmpfs` and what mounts it for an ordinary user's container has these ids among its options.
std::string owner_options(const Caller& caller);

}  // namespace slipway::tests
