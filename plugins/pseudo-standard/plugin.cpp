// The file systems and devices that every program expects: /proc, /sys, control groups, /dev with six devices, ptys,
// shared memory and message queues, /run, /tmp. A profile says which, and each has an option that changes it.
#include <slipway/plugin.hpp>

#include "profile.hpp"

namespace pseudo_standard {
namespace {

using slipway::IsolationFact;
using slipway::steps::Common;
using slipway::steps::MountFlag;

// What is asked again and again.
struct Facts {
  slipway::HostFact host;
  IsolationFact isolation;
};

struct PseudoStandard {
  Options options;

  void plan(slipway::Plan& plan) const {
    const Profile profile = profile_of(options.profile);
    const Facts facts{plan.host(), plan.isolation()};
    // Without a /dev of its own the container has the image's, and what would be made there is left out as well.
    bool has_dev = true;
    for (const FileSystem& standard : profile.mounts) {
      const bool is_below_dev = standard.mount.target.text.starts_with("/dev/");
      if (is_below_dev && !has_dev && wish_for(standard, plan) != Wish::asked) continue;
      const bool is_mounted = add(standard, facts, plan);
      if (standard.option != "dev") continue;
      has_dev = is_mounted;
      if (has_dev || options.nodes) devices(profile, facts, plan);
      if (has_dev || options.links) links(profile, plan);
    }
  }

 private:
  enum class Wish { off, standard, asked };

  static std::string pointer_to(const FileSystem& file_system) { return "/options/" + file_system.option; }

  static Wish wish_for(const FileSystem& standard, const slipway::Plan& plan) {
    const slipway_value given = plan.read().get(pointer_to(standard));
    if (given.kind == SLIPWAY_OBJECT) return Wish::asked;
    if (given.kind == SLIPWAY_BOOLEAN) return given.integer != 0 ? Wish::asked : Wish::off;
    return standard.included ? Wish::standard : Wish::off;
  }

  // One of its own, or one around slipway: then even root is not the host's.
  static bool is_in_user_namespace(const Facts& facts) {
    return facts.isolation.ids() != "host" || !facts.host.is_root();
  }

  // What one of these cannot be mounted for. Of the file systems that show a namespace the kernel gives a new one only
  // to that namespace's owner, and in a user namespace the container does not own what it shares with the host.
  static std::string obstacle(const FileSystem& standard, Wish wish, const Facts& facts) {
    const IsolationFact& isolation = facts.isolation;
    const std::string& type = standard.mount.fstype;
    if (!facts.host.has_filesystem(type)) return "the kernel has no file system " + type;
    if (type == "cgroup2" && !facts.host.cgroup2()) return "the host does not use version 2 of control groups";
    const std::string shows = type == "sysfs" ? "net" : type == "mqueue" ? "ipc" : type == "cgroup2" ? "cgroup" : "";
    // Whoever joins a namespace together with the user namespace that owns it may show it, too.
    const bool joins = isolation.joins(shows) && (isolation.ids() == "host" || isolation.joins("user"));
    if (shows.empty() || isolation.has_namespace(shows) || joins) return {};
    if (is_in_user_namespace(facts)) {
      return "the kernel gives no " + type + " of the host's " + shows + " namespace to a user namespace";
    }
    // The host's queues and groups are no business of a container that nobody meant to show them to.
    if (type != "sysfs" && wish == Wish::standard) return "it would show the host's " + shows + " namespace";
    return {};
  }

  // Whether it is mounted.
  static bool add(const FileSystem& standard, const Facts& facts, slipway::Plan& plan) {
    const IsolationFact& isolation = facts.isolation;
    const Wish wish = wish_for(standard, plan);
    if (wish == Wish::off) return false;
    const std::string at = pointer_to(standard);
    if (const std::string why = obstacle(standard, wish, facts); !why.empty()) {
      if (wish == Wish::asked) plan.error(at, standard.mount.target.text + " cannot be mounted: " + why, hint_for(why));
      return false;
    }
    const slipway::steps::Mount mount = changed(standard, isolation, plan);
    const Common common{.from = wish == Wish::asked ? at : std::string()};
    const bool is_refused = mount.fstype == "proc" && is_in_user_namespace(facts) && !isolation.has_namespace("pid") &&
                            !(isolation.joins("pid") && isolation.joins("user"));
    if (is_refused && isolation.joins("pid")) {
      // The host's would show what the container is not to see, and none at all would be a surprise.
      plan.error(wish == Wish::asked ? at : "/facts/isolation/namespaces",
                 "/proc cannot be mounted: the kernel gives no proc of a joined pid namespace to a user namespace that "
                 "does not own it",
                 R"(join its user namespace as well (isolation.user), or leave /proc out with "proc": false)");
      return false;
    }
    plan.mkdir({.target = mount.target}, common);
    if (is_refused) {
      // A new one is refused there, and the processes to be seen are the host's anyhow.
      plan.bind({.source = {"/proc"},
                 .target = mount.target,
                 .flags = mount.flags,
                 .submounts = slipway::steps::Submounts::taken},
                common);
    } else {
      plan.mount(mount, common);
    }
    return true;
  }

  static std::string hint_for(const std::string& why) {
    return why.find("namespace") == std::string::npos
               ? "leave the option out: it is mounted where it can be"
               : "have a namespace of the container's own for it in isolation.namespaces, or leave the option out";
  }

  // As the profile has it, with what the option says instead.
  static slipway::steps::Mount changed(const FileSystem& standard, const IsolationFact& isolation,
                                       const slipway::Plan& plan) {
    const slipway::Reader& read = plan.read();
    const std::string at = pointer_to(standard);
    slipway::steps::Mount mount = standard.mount;
    if (const auto flags = read.find<std::vector<std::string>>(at + "/flags")) mount.flags = flags_of(*flags);
    std::string mode = standard.mode;
    std::string size = standard.size;
    read.into(at + "/mode", mode);
    read.into(at + "/size", size);
    if (!mode.empty()) mount.options.push_back("mode=" + mode);
    if (!size.empty()) mount.options.push_back("size=" + size);
    // The group tty; the kernel refuses a group that the user namespace does not map.
    if (mount.fstype == "devpts" && isolation.maps_gid_5()) mount.options.emplace_back("gid=5");
    if (const auto more = read.find<std::vector<std::string>>(at + "/options")) {
      mount.options.insert(mount.options.end(), more->begin(), more->end());
    }
    return mount;
  }

  static std::vector<MountFlag> flags_of(const std::vector<std::string>& words) {
    constexpr auto& kWords = slipway::steps::Words<MountFlag>::words;
    std::vector<MountFlag> flags;
    flags.reserve(words.size());
    for (const std::string& word : words) {
      flags.push_back(static_cast<MountFlag>(std::find(kWords.begin(), kWords.end(), word) - kWords.begin()));
    }
    return flags;
  }

  void devices(const Profile& profile, const Facts& facts, slipway::Plan& plan) const {
    const Options::Devices how = options.devices.value_or(profile.devices);
    const bool may_make = !is_in_user_namespace(facts);
    const bool bind = how == Options::Devices::bind || (how == Options::Devices::auto_ && !may_make);
    std::vector<std::string> names;
    names.reserve(kDevices.size());
    for (const Device& device : kDevices) names.emplace_back(device.name);
    if (options.nodes) names = *options.nodes;
    const Common common{.from = options.nodes ? "/options/nodes" : options.devices ? "/options/devices" : ""};
    for (const std::string& name : names) {
      const auto known =
          std::find_if(kDevices.begin(), kDevices.end(), [&](const Device& device) { return device.name == name; });
      const std::string path = "/dev/" + name;
      if (const std::size_t slash = name.rfind('/'); slash != std::string::npos) {
        plan.mkdir({.target = {"/dev/" + name.substr(0, slash)}}, common);
      }
      if (known != kDevices.end() && !bind) {
        plan.mknod({.target = {path}, .major = known->major, .minor = known->minor}, common);
      } else {
        plan.write({.target = {path}, .mode = {0666}}, common);
        plan.bind({.source = {path}, .target = {path}}, common);
      }
    }
  }

  void links(const Profile& profile, slipway::Plan& plan) const {
    const Common common{.from = options.links ? "/options/links" : ""};
    const std::vector<std::string> names = options.links ? names_of(*options.links) : profile.links;
    for (const std::string& name : names) {
      for (const Link& link : kLinks) {
        if (link.name == name) plan.symlink({std::string(link.target), {"/dev/" + name}}, common);
      }
    }
  }

  static std::vector<std::string> names_of(const std::vector<Options::Links>& links) {
    std::vector<std::string> names;
    names.reserve(links.size());
    for (const Options::Links link : links) {
      names.emplace_back(words_of(link).at(static_cast<std::size_t>(link)));
    }
    return names;
  }
};

}  // namespace
}  // namespace pseudo_standard

SLIPWAY_PLUGIN(pseudo_standard::PseudoStandard)
