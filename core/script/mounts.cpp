// Mounts, and what is done to mounts.
#include <algorithm>

#include "core/script/quote.hpp"
#include "core/script/rendering.hpp"

namespace slipway::script {
namespace {

using steps::MountFlag;

std::string option_word(std::string flags, const std::string& more) {
  if (!flags.empty() && !more.empty()) flags += ",";
  flags += more;
  return flags.empty() ? "" : " -o " + quoted(flags);
}

std::string source_of(const steps::HostPath& source, const Rendering& to) {
  if (!source.is_reference()) return quoted(source.text);
  const auto found = to.results.find(std::string(source.reference()));
  return found == to.results.end() ? quoted(source.text) : found->second;
}

// "all" below it as well, or that "one" alone.
std::string reach_of(const steps::Bind& step) { return step.submounts == steps::Submounts::taken ? "all" : "one"; }

}  // namespace

void render(const steps::Mount& step, Rendering& to) {
  // Read-only is the mount, not the file system, which others may have mounted as well.
  std::vector<MountFlag> flags = step.flags;
  const bool is_read_only = std::erase(flags, MountFlag::ro) != 0;
  std::string options;
  for (const std::string& option : step.options) {
    if (option.find_first_of(",\"") != std::string::npos) {
      to.leave_out("the option " + option + ", which mount(8) would take for several", Without::weaker);
      continue;
    }
    options += (options.empty() ? "" : ",") + option;
  }
  to.call("no_link", quoted(step.target.text));
  to.line("mount -t " + quoted(step.fstype) + option_word(words_of(flags), options) + " " +
          quoted(step.source.empty() ? step.fstype : step.source) + " " + below_root(step.target));
  if (!is_read_only) return;
  to.line("mount" + option_word("remount,bind,ro", words_of(flags)) + " none " + below_root(step.target));
}

void render(const steps::Bind& step, Rendering& to) {
  if (step.source.is_reference() && !to.results.contains(std::string(step.source.reference())))
    return to.leave_out("the bind of " + step.source.text + ", which a call makes", Without::weaker);
  const std::string source = source_of(step.source, to);
  const bool taken = step.submounts == steps::Submounts::taken;
  const std::string how = taken ? "rbind" : "bind";
  if (!step.source.is_reference()) to.host_paths.insert(step.source.text);
  std::string target = below_root(step.target);
  std::string inside = quoted(step.target.text);
  if (step.create == steps::Create::missing) {
    to.call("bind", how + " " + source + " " + quoted(step.target.text));
    target = "\"root$at\"";
    inside = "\"$at\"";
  } else {
    if (step.target.text != "/") to.call("no_link", quoted(step.target.text));
    to.line("mount --" + how + " " + source + " " + target);
  }
  if (step.owners == steps::Owners::container) to.line("mount --make-private " + target);
  std::string flags = words_of(step.flags);
  if (step.access == steps::Access::read_only) flags += flags.empty() ? "ro" : ",ro";
  // What the host mounts later below comes in as the propagation says, but it would come without these flags.
  if (!flags.empty()) to.line((taken ? "mount --make-rprivate " : "mount --make-private ") + target);
  if (taken) to.call("uncover", source + " " + inside);
  if (!flags.empty()) to.call("add_flags", reach_of(step) + " " + flags + " " + target);
}

void render(const steps::Propagation& step, Rendering& to) {
  const std::string spread(steps::Words<steps::Spread>::words.at(static_cast<std::size_t>(step.spread)));
  to.line("mount --make-r" + spread + (step.scope == steps::Scope::root ? " root" : " /"));
}

void render(const steps::Readonly& step, Rendering& to) {
  if (step.path.text == "/") {
    to.call("add_flags", "one ro root");
  } else {
    to.call("make_read_only", quoted(step.path.text));
  }
}

void render(const steps::Mask& step, Rendering& to) { to.call("mask", quoted(step.path.text)); }

}  // namespace slipway::script
