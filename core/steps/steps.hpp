// How each step type behaves: what it looks like to people, what must hold before anything acts, and how it acts.
// One file a type, of the same name as its shape in the SDK. Knows nothing of plans, plugins or processes.
#pragma once

#include <optional>
#include <slipway/steps.hpp>
#include <string>
#include <vector>

#include "core/report/report.hpp"
#include "core/steps/inside.hpp"

namespace slipway::steps {

/// What a step takes for itself inside the container. Two owners of one path are a conflict.
struct Claim {
  enum class Kind { mount, node };
  Kind kind = Kind::mount;
  std::string path{};
};

/// What steps of the prepare phase ask of the supervisor, which has the store, the worker and the journal.
class Preparation {
 public:
  Preparation() = default;
  Preparation(const Preparation&) = delete;
  Preparation& operator=(const Preparation&) = delete;
  virtual ~Preparation() = default;
  /// The directory of an unpacked layer, held for the run.
  virtual Result<linux::Fd> layer(const std::string& diff_id) = 0;
  /// A new directory of the run's own in the store, journalled.
  virtual Result<linux::Fd> scratch(const std::string& name, Afterwards afterwards) = 0;
  /// Fills the result `into` with what the results `layers`, the top one first, show together; a descriptor of it.
  virtual Result<linux::Fd> copy(const std::vector<Reference>& layers, const Reference& into) = 0;
  /// The container's user namespace; no descriptor where it has none.
  virtual Result<linux::Fd> user_namespace() = 0;
};

/// One line for people, without the type's name: "proc on /proc (nosuid,nodev,noexec)".
std::string summary(const Step& step);
/// The step's type on the wire.
std::string_view type_of(const Step& step);
/// What is wrong with the arguments beyond their types; empty when nothing is.
std::string problem_of(const Step& step);
std::optional<Claim> claim_of(const Step& step);
/// The names of the results that it uses.
std::vector<std::string> references_of(const Step& step);
/// "owner:LABEL" is how others name it in `after` and `replaces`: its claim's path, else a call's function, else its
/// type.
std::string label_of(const Step& step);

/// Whether it may bring directories of the host into the container, in which nothing is to be made.
bool shows_host_tree(const Step& step);

/// What a call takes of its run's journal, where it is named if it is to be taken back; 0: it is not. One that is has
/// some room beside its arguments for what else is told of it.
std::size_t journal_bytes_of(const Step& step, Phase phase);
/// And what all calls of a plan may take together.
inline constexpr std::size_t kMostJournalBytes = std::size_t{1} << 20U;

/// The names that `inputs` of a call may have without an earlier step that makes them, in that phase.
bool is_containers(std::string_view reference, Phase phase);

/// Carries out a step of the prepare phase; its result. Calls are carried out by core/run.
Result<linux::Fd> apply(const Step& step, Preparation& preparation);
/// Carries out a step of the mount, seal, confine or exec phase. A successful exec does not return.
Result<void> apply(const Step& step, Inside& inside);

// One by one, each in the file of its name.
std::string summary(const Bind&);
std::string summary(const Call&);
std::string summary(const Copy&);
std::string summary(const Environment&);
std::string summary(const Exec&);
std::string summary(const File&);
std::string summary(const Hostname&);
std::string summary(const LinkUp&);
std::string summary(const Mask&);
std::string summary(const Mkdir&);
std::string summary(const Mknod&);
std::string summary(const Mount&);
std::string summary(const Open&);
std::string summary(const Overlay&);
std::string summary(const Propagation&);
std::string summary(const Readonly&);
std::string summary(const Scratch&);
std::string summary(const Symlink&);
std::string summary(const Unpack&);
std::string summary(const User&);
std::string summary(const Workdir&);
std::string summary(const Write&);

Result<void> apply(const Bind&, Inside&);
Result<void> apply(const Environment&, Inside&);
Result<void> apply(const Exec&, Inside&);
Result<void> apply(const File&, Inside&);
Result<void> apply(const Hostname&, Inside&);
Result<void> apply(const LinkUp&, Inside&);
Result<void> apply(const Mask&, Inside&);
Result<void> apply(const Mkdir&, Inside&);
Result<void> apply(const Mknod&, Inside&);
Result<void> apply(const Mount&, Inside&);
Result<void> apply(const Overlay&, Inside&);
Result<void> apply(const Propagation&, Inside&);
Result<void> apply(const Readonly&, Inside&);
Result<void> apply(const Symlink&, Inside&);
Result<void> apply(const User&, Inside&);
Result<void> apply(const Workdir&, Inside&);
Result<void> apply(const Write&, Inside&);

Result<linux::Fd> apply(const Copy&, Preparation&);
Result<linux::Fd> apply(const Open&, Preparation&);
Result<linux::Fd> apply(const Scratch&, Preparation&);
Result<linux::Fd> apply(const Unpack&, Preparation&);

std::string problem_of(const Bind&);
std::string problem_of(const Call&);
std::string problem_of(const Copy&);
std::string problem_of(const Environment&);
std::string problem_of(const Exec&);
std::string problem_of(const File&);
std::string problem_of(const Hostname&);
std::string problem_of(const LinkUp&);
std::string problem_of(const Mount&);
std::string problem_of(const Open&);
std::string problem_of(const Overlay&);
std::string problem_of(const Scratch&);
std::string problem_of(const User&);

}  // namespace slipway::steps
