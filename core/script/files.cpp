// Directories, files, links and device nodes.
#include <array>
#include <cstdio>

#include "core/script/quote.hpp"
#include "core/script/rendering.hpp"

namespace slipway::script {
namespace {

std::string octal(const steps::Mode& mode) {
  std::array<char, 16> text{};
  (void)std::snprintf(text.data(), text.size(), "%04o", mode.bits);
  return text.data();
}

}  // namespace

void render(const steps::Mkdir& step, Rendering& to) {
  to.call("make_dirs", octal(step.mode) + " " + quoted(step.target.text));
}

void render(const steps::Mknod& step, Rendering& to) {
  to.call("no_link", quoted(parent_of(step.target)));
  const std::string target = octal(step.mode) + " " + below_root(step.target);
  if (step.kind == steps::NodeKind::fifo) {
    to.line("mkfifo -m " + target);
  } else {
    to.line("mknod -m " + target + (step.kind == steps::NodeKind::block ? " b " : " c ") + std::to_string(step.major) +
            " " + std::to_string(step.minor));
  }
}

void render(const steps::Symlink& step, Rendering& to) {
  to.call("no_link", quoted(parent_of(step.link)));
  to.line("ln -s -T -- " + quoted(step.target) + " " + below_root(step.link));
}

void render(const steps::Write& step, Rendering& to) {
  to.call("no_link", quoted(step.target.text));
  to.line("printf %s " + quoted(step.text) + " >" + below_root(step.target));
  to.line("chmod " + octal(step.mode) + " " + below_root(step.target));
}

void render(const steps::File& step, Rendering& to) {
  const std::string name = "file" + std::to_string(to.files++);
  if (step.copy_of.text.empty()) {
    to.line("printf %s " + quoted(step.text) + " >" + name);
  } else {
    to.host_paths.insert(step.copy_of.text);
    const std::string source = quoted(step.copy_of.text);
    if (step.absent == steps::Absent::empty) {
      to.line("if [ -e " + source + " ]; then cat -- " + source + " >" + name + "; else : >" + name + "; fi");
    } else {
      to.line("cat -- " + source + " >" + name);
    }
  }
  to.line("chmod " + octal(step.mode) + " " + name);
  to.call("mount_point", "file " + quoted(step.target.text));
  to.line("mount --bind " + name + " \"root$at\"");
}

void render(const steps::Open& step, Rendering& to) {
  to.host_paths.insert(step.path.text);
  to.line("[ -e " + quoted(step.path.text) + " ] || fail " + quoted("the host has no such file: " + step.path.text));
  if (step.owners == steps::Owners::container && to.has_user_namespace) {
    to.leave_out("an id-mapped mount, so the files of " + step.path.text + " keep the owners that the host gives them",
                 Without::weaker);
  }
  if (!to.as.empty()) to.results[to.as] = quoted(step.path.text);
}

}  // namespace slipway::script
