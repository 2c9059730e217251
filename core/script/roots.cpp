// What a root is made of: layers, directories of the run's own, overlays and copies.
#include "core/script/quote.hpp"
#include "core/script/rendering.hpp"
#include "core/store/entry.hpp"

namespace slipway::script {
namespace {

std::string result_of(const steps::Reference& reference, const Rendering& to) {
  const auto found = to.results.find(reference.name);
  return found == to.results.end() ? quoted("@" + reference.name) : found->second;
}

// Leaves them in $lower, as overlay wants them.
void find_lower(const std::vector<steps::Reference>& layers, Rendering& to) {
  std::string names;
  for (const steps::Reference& layer : layers) names += (names.empty() ? "" : " ") + result_of(layer, to);
  to.call("lower_layers", names);
}

}  // namespace

// Bound to a short name beside the root: overlay takes one page of options, and a colon for the end of a path.
void render(const steps::Unpack& step, Rendering& to) {
  const std::string name = "layer" + std::to_string(to.layers++);
  if (step.diff_id == "in-place") {
    to.line("directory=$layers");
  } else {
    to.need("layer");
    to.line("directory=$(layer " + quoted(step.diff_id.substr(step.diff_id.find(':') + 1)) + ")");
    to.line("[ ! -e \"${directory%/*}/" + std::string(store::kOpaqueNote) + "\" ] || : >" + name + ".opaque");
  }
  to.line("mkdir " + name);
  to.line("mount --bind \"$directory\" " + name);
  if (!to.as.empty()) to.results[to.as] = name;
}

// In memory, so that it goes with the namespace.
void render(const steps::Scratch& step, Rendering& to) {
  const std::string name = "scratch" + std::to_string(to.scratches++);
  to.line("mkdir " + name);
  to.line("mount -t tmpfs -o mode=0700 scratch " + name);
  if (step.afterwards == steps::Afterwards::kept)
    to.leave_out("this directory is in memory, so it cannot be kept afterwards", Without::as_strong);
  if (!to.as.empty()) to.results[to.as] = name;
}

void render(const steps::Copy& step, Rendering& to) {
  const std::string into = result_of(step.into, to);
  // What they show together, with deletions carried out, is what an overlay of them shows, which takes two at least.
  find_lower(step.layers, to);
  to.line("mkdir together nothing");
  to.line("mount -t overlay -o \"userxattr,lowerdir=$lower:nothing\" overlay together");
  to.line("cp -a together/. " + into);
  to.line("umount together");
  to.line("rmdir together nothing");
  if (!to.as.empty()) to.results[to.as] = into;
}

void render(const steps::Overlay& step, Rendering& to) {
  std::string writes = "writes";
  if (step.upper.name.empty()) {
    to.line("mkdir writes");
    to.line("mount -t tmpfs -o mode=0700" + (step.size ? ",size=" + std::to_string(step.size->bytes) : "") +
            " tmpfs writes");
  } else {
    writes = result_of(step.upper, to);
  }
  find_lower(step.lower, to);
  const std::string top = result_of(step.lower.front(), to);
  const std::string upper = writes + "/upper";
  to.line("mkdir -m 0700 " + upper + " " + writes + "/work");
  const std::string like_top = " --reference=" + top + " " + upper;
  for (const char* likeness : {"chown", "chmod", "touch"}) to.line(likeness + like_top);
  to.line("mount -t overlay -o \"userxattr,lowerdir=$lower,upperdir=\"" + upper + ",workdir=" + writes +
          "/work overlay " + below_root(step.target));
}

}  // namespace slipway::script
