// Steps as lines of a shell script that does the same with ordinary tools. One overload for each step type: a type
// without one does not compile.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <slipway/steps.hpp>
#include <string>
#include <vector>

namespace slipway::script {

/// Whether the container is weaker, or another, without what is left out.
enum class Without { weaker, as_strong };

class Rendering {
 public:
  struct LeftOut {
    std::size_t step = 0;  ///< its place in the plan, from 0
    std::string what{};
    Without without = Without::weaker;
  };

  /// What all lines depend on.
  bool has_user_namespace = false;
  bool may_set_groups = true;
  bool has_process_namespace = true;

  void line(const std::string& text) { text_ += text + "\n"; }
  /// That a line calls one of the script's functions.
  void need(const std::string& function) { functions_.insert(function); }
  /// Such a line.
  void call(const std::string& function, const std::string& arguments);
  /// A comment in its place.
  void leave_out(const std::string& what, Without without);

  /// Results of earlier steps by name: how a script names the directory or file, quoted.
  std::map<std::string, std::string> results{};
  std::string as{};      ///< the name of the step's own result
  std::size_t step = 0;  ///< which one it is, from 0
  std::size_t layers = 0, scratches = 0, files = 0;
  std::set<std::string> host_paths{};  ///< what the host must go on showing
  /// For the last line: set by the confine steps.
  std::vector<std::string> environment{};  ///< words, quoted
  bool has_account = false;
  bool may_change_ids = false;  ///< the account is not certainly root's

  [[nodiscard]] std::string take_text();
  [[nodiscard]] const std::set<std::string>& functions() const { return functions_; }
  [[nodiscard]] const std::vector<LeftOut>& left_out() const { return left_out_; }

 private:
  std::string text_{};
  std::set<std::string> functions_{};
  std::vector<LeftOut> left_out_{};
};

/// "root/proc", quoted: where a path of the container is for the script, which does its work beside the root.
std::string below_root(const steps::Path& path);
/// The directory that holds it, as the container has it: "/" for "/proc".
std::string parent_of(const steps::Path& path);
/// mount(8)'s words for flags, a comma between them.
std::string words_of(const std::vector<steps::MountFlag>& flags);

void render(const steps::Bind& step, Rendering& to);
void render(const steps::Call& step, Rendering& to);
void render(const steps::Copy& step, Rendering& to);
void render(const steps::Environment& step, Rendering& to);
void render(const steps::Exec& step, Rendering& to);
void render(const steps::File& step, Rendering& to);
void render(const steps::Hostname& step, Rendering& to);
void render(const steps::LinkUp& step, Rendering& to);
void render(const steps::Mask& step, Rendering& to);
void render(const steps::Mkdir& step, Rendering& to);
void render(const steps::Mknod& step, Rendering& to);
void render(const steps::Mount& step, Rendering& to);
void render(const steps::Open& step, Rendering& to);
void render(const steps::Overlay& step, Rendering& to);
void render(const steps::Propagation& step, Rendering& to);
void render(const steps::Readonly& step, Rendering& to);
void render(const steps::Scratch& step, Rendering& to);
void render(const steps::Symlink& step, Rendering& to);
void render(const steps::Unpack& step, Rendering& to);
void render(const steps::User& step, Rendering& to);
void render(const steps::Workdir& step, Rendering& to);
void render(const steps::Write& step, Rendering& to);

}  // namespace slipway::script
