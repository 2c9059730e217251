#include "core/script/script.hpp"

#include <array>

#include "core/script/functions.hpp"
#include "core/script/quote.hpp"
#include "core/script/rendering.hpp"

namespace slipway::script {
namespace {

constexpr const char* kHead = R"sh(#!/bin/sh
# Does what `slipway run` would do, with the tools of util-linux and coreutils.
# For trusted images only. slipway works below descriptors and follows no link that an image puts in its way; these tools
# take paths and look each of them up anew, so an image that changes them meanwhile can lead them to files of the host's.
# The old root is covered and not taken away, what reads the standard streams has the caller's terminal, and
# signals are not passed on: the end of this script's process is the container's.
)sh";

constexpr const char* kOuter =
    R"sh(# shellcheck disable=SC1003,SC2016 # words of others stand as they are, quotes and dollars included
set -eu
umask 022
fail() { echo "$0: $*" >&2; exit 125; }
# Where a tool fails, it has said why.
trap 'exit 125' EXIT
PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
export PATH LC_ALL
)sh";

// A shell's child has those that are not closed on exec, and ls its own, the lowest free one.
constexpr const char* kDescriptors = R"sh(
# No descriptor of the caller's gets into the container. POSIX shells close those up to 9 alone.
exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-
above=''
open=$(ls /proc/self/fd)
for one in $open; do
  case $one in ??*) above="$above $one" ;; esac
done
[ -z "$above" ] || fail "descriptors above 9 are open and would get into the container, so close them before:$above"

)sh";

constexpr const char* kInner = R"sh(# shellcheck shell=sh disable=SC1003,SC2016
# What follows runs in the new namespaces. $1: the layers' directories.
set -eCu
exec 3<&-
fail() { echo "slipway script: $*" >&2; exit 125; }
trap 'exit 125' EXIT
layers=$1 shown=''
# Without looking at fstab, without helpers, and with paths as they are, which is what an ordinary user can have.
mount() { command mount -n -i -c "$@"; }

)sh";

constexpr const char* kBase = R"sh(
# A tmpfs for all that is made on the way. It covers a directory of the host's that nothing below needs, seen from here
# alone, and goes with this namespace.
for base in /mnt /media /srv /opt /tmp /var/tmp /run /sys ''; do
  [ -n "$base" ] || fail "no directory is left to work in"
  if ! [ -d "$base" ] || [ "$(realpath -- "$base")" != "$base" ]; then continue; fi
  case "
$needed
" in *"
$base
"* | *"
$base/"*) continue ;; esac
  break
done
mount -t tmpfs -o mode=0700,nosuid,nodev,noexec slipway "$base"
cd "$base"
mkdir root
)sh";

// umount(8) finds the tmpfs by its path, which for this shell still begins at the old root.
constexpr const char* kEnter = R"sh(
# The container's root over the old one.
cd ./root
mount --move . /
umount -l "$base"
)sh";

class Writer {
 public:
  explicit Writer(const Material& material) : material_(material) {
    to_.has_user_namespace = !material.ids.none();
    to_.may_set_groups = material.ids.none() || !material.ids.single();
    to_.has_process_namespace = makes_process_namespace(material.isolation);
  }

  Result<Script> write() {
    auto words = namespace_words(material_.isolation, material_.ids, material_.caller);
    if (!words) return tl::unexpected(words.error());
    const std::string inner = inner_text();
    const std::string end = end_word(inner);
    Script script;
    script.text = head() + kOuter + outer_text();
    script.text += "\n# The namespaces, and a shell in them, which reads the rest of this.\n";
    script.text += "trap - EXIT\nexec" + quoted_all(*words) + " /bin/sh /proc/self/fd/3 \"$layers\" 3<<'" + end + "'\n";
    script.text += inner + end + "\n";
    script.left_out = left_out();
    return script;
  }

 private:
  using Phase = steps::Phase;

  [[nodiscard]] std::string head() const {
    std::string text = kHead;
    text += "#\n" + comment("pipeline: " + material_.pipeline) + comment("image: " + material_.image);
    if (material_.holds_given_values) {
      text += comment(
          "It holds the values of variables that were given with -e, --set or --var: keep it private, as a file "
          "that is made with umask 077.");
    }
    for (const Rendering::LeftOut& one : to_.left_out()) {
      if (one.without == Without::weaker)
        text += comment("weaker than slipway run, without step " + std::to_string(one.step + 1) + ": " + one.what);
    }
    return text + "\n";
  }

  [[nodiscard]] std::string outer_text() const {
    const std::string uid = std::to_string(material_.caller.uid);
    return "[ \"$(id -u)\" = " + uid + " ] || fail \"this was made for the user " + uid + "\"\n" + kDescriptors +
           "# The image's layers, unpacked in slipway's store: the lowest first, one directory a line.\n"
           "layers=$(cd " +
           quoted(material_.directory) + " && exec" + quoted_all(material_.importing) + ")\n";
  }

  // In the order of the plan, but what the program has is found out while the host's tools can see the root.
  std::string inner_text() {
    std::string body;
    std::size_t i = 0;
    const std::vector<plan::PlannedStep>& steps = material_.plan.steps;
    std::string before_base;
    for (const plan::PlannedStep& step : steps) {
      if (step.phase == Phase::mount && std::holds_alternative<steps::Propagation>(step.step) && body.empty())
        before_base += rendered(step, i);
      else if (step.phase < Phase::mount)
        preparation_ += rendered(step, i);
      else if (step.phase < Phase::exec)
        body += rendered(step, i);
      else
        last_ += rendered(step, i);
      ++i;
    }
    std::string text = kInner + functions_text(to_.functions());
    text += before_base + needed_text() + kBase + preparation_ + body + kEnter;
    text += "cd -P \".${workdir-}\"\n";
    return text + last_;
  }

  std::string rendered(const plan::PlannedStep& step, std::size_t index) {
    to_.step = index;
    to_.as = step.common.as;
    std::visit([this](const auto& one) { render(one, to_); }, step.step);
    return "\n" + comment(std::to_string(index + 1) + " " + plan::to_text(step) + " (" + step.owner.name + ")") +
           to_.take_text();
  }

  // What the tmpfs must not cover.
  [[nodiscard]] std::string needed_text() const {
    std::string text = "\nneeded=$layers\n";
    for (const std::string& path : to_.host_paths)
      text += "needed=\"$needed\n$(realpath -m -- " + quoted(path) + ")\"\n";
    return text;
  }

  // A line that the text has not.
  static std::string end_word(const std::string& text) {
    std::string word = "INSIDE";
    while (("\n" + text).find("\n" + word + "\n") != std::string::npos) word += "_";
    return word;
  }

  [[nodiscard]] Findings left_out() const {
    Findings findings;
    for (const Rendering::LeftOut& one : to_.left_out()) {
      const plan::PlannedStep& step = material_.plan.steps.at(one.step);
      findings.push_back({one.without == Without::weaker ? Severity::error : Severity::warning, step.owner.place, "",
                          "step " + std::to_string(one.step + 1) + ", " + plan::to_text(step) +
                              ": ordinary tools leave out: " + printable(one.what),
                          ""});
    }
    return findings;
  }

  const Material& material_;
  Rendering to_{};
  std::string preparation_{}, last_{};
};

}  // namespace

Result<Script> make_script(const Material& material) {
  if (material.shifts_layers) {
    return failure(0, "say the ids of the container as a script", "isolation.user",
                   "the owners of root's layers are mapped by mounts (mount_setattr(2)), which mount(8) of util-linux "
                   "2.38 cannot do");
  }
  return Writer(material).write();
}

}  // namespace slipway::script
