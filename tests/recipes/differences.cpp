#include "tests/recipes/differences.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>

#include "tests/run/mount_table.hpp"

namespace slipway::tests {
namespace {

// "NAME WHAT" -> {NAME, WHAT}
std::pair<std::string, std::string> first_word(const std::string& line) {
  const std::size_t space = line.find(' ');
  if (space == std::string::npos) return {line, ""};
  return {line.substr(0, space), line.substr(space + 1)};
}

// How many layers an overlay has and whether it keeps its marks where users may; not the paths, which are the makers'.
std::string overlay_options(const std::string& options) {
  std::string told;
  std::size_t layers = 0;
  std::istringstream words(options);
  for (std::string word; std::getline(words, word, ',');) {
    if (word.starts_with("lowerdir=")) {
      layers = static_cast<std::size_t>(std::count(word.begin(), word.end(), ':')) + 1;
    } else if (word.starts_with("lowerdir+=")) {
      ++layers;
    } else if (word == "userxattr") {
      told = " userxattr";
    }
  }
  return std::to_string(layers) + " layers" + told;
}

// Sizes and modes of what the container made for itself. How an empty read-only directory comes to hide another one is
// not to be seen inside, and what the kernel's own file systems are told is in their flags.
std::string options_of(const Mount& mount) {
  if (mount.type == "overlay") return overlay_options(mount.options);
  if (mount.root != "/" || is_below(mount.target, "/proc") || is_below(mount.target, "/sys")) return "";
  const bool own = mount.type == "tmpfs" || mount.type == "devpts" || mount.type == "mqueue" || mount.type == "proc";
  return own && mount.target != "/" ? mount.options : "";
}

std::string mount_line(const Mount& mount) {
  std::string line = "mount " + mount.target + " ";
  if (is_below(mount.target, "/etc")) {
    // The file lies on whatever file system its maker writes to, and has the flags that this one has.
    line += "a file " + mount.flags.substr(0, 2);
  } else if (mount.target == "/" && mount.type != "overlay") {
    line += "a directory " + mount.flags;
  } else {
    line += mount.type + " " + mount.flags;
    if (mount.root != "/") line += " from " + mount.root;
  }
  if (const std::string options = options_of(mount); !options.empty()) line += " (" + options + ")";
  for (const char* tag : {"shared:", "master:"}) {
    if (mount.tags.find(tag) != std::string::npos) line += std::string(" ") + tag;
  }
  return line;
}

}  // namespace

Sight sight_of(const std::string& told) {
  std::set<std::string> outside;
  Sight sight;
  for (const std::string& line : lines_of(told)) {
    const auto [subject, what] = first_word(line);
    if (subject == "host") {
      outside.insert(what);
    } else if (subject == "mountinfo") {
      for (const Mount& mount : parse_mounts(what)) sight.insert(mount_line(mount));
    } else if (subject == "namespace") {
      const std::string name = what.substr(0, what.find(':'));
      sight.insert("namespace " + name + (outside.contains(what) ? " is the host's" : " is its own"));
    } else {
      sight.insert(line);
    }
  }
  return sight;
}

std::string unexplained(const Sight& by_hand, const Sight& slipway, const std::vector<Correction>& corrections) {
  Sight only_by_hand, only_slipway, expected_by_hand, expected_slipway;
  const auto less = [](const Sight& from, const Sight& what) {
    Sight rest;
    std::set_difference(from.begin(), from.end(), what.begin(), what.end(), std::inserter(rest, rest.end()));
    return rest;
  };
  for (const Correction& correction : corrections) {
    expected_by_hand.insert(correction.by_hand.begin(), correction.by_hand.end());
    expected_slipway.insert(correction.slipway.begin(), correction.slipway.end());
  }
  only_by_hand = less(by_hand, slipway);
  only_slipway = less(slipway, by_hand);
  std::string text;
  const auto add = [&text](const char* who, const Sight& lines) {
    for (const std::string& line : lines) text += std::string(who) + ": " + line + "\n";
  };
  add("only by hand", less(only_by_hand, expected_by_hand));
  add("only slipway", less(only_slipway, expected_slipway));
  add("not by hand, though a correction says so", less(expected_by_hand, only_by_hand));
  add("not slipway, though a correction says so", less(expected_slipway, only_slipway));
  return text;
}

}  // namespace slipway::tests
