// The facts that earlier stages and slipway itself hand to a plugin, as plain structs and small views. Each member of
// them: slipway reference facts.
#ifndef SLIPWAY_FACTS_HPP
#define SLIPWAY_FACTS_HPP

#include <algorithm>
#include <map>
#include <slipway/reader.hpp>

namespace slipway {

/// One layer of the image; what else the fact knows of it (compression, where its bytes are) is slipway's business.
struct Layer {
  /// sha256:…, the digest of its uncompressed tar, which an unpack step takes; "in-place" of a directory used as it is.
  std::string diff_id{};

  static Layer read(const Reader& in, const std::string& at) { return {in.text(at + "/diff_id")}; }
};

/// How the image wants its program started. What an image does not say is empty.
struct Settings {
  /// The program and its first arguments.
  std::vector<std::string> entrypoint{};
  /// Further arguments, or the program where there is no entrypoint.
  std::vector<std::string> cmd{};
  /// The program's environment, each NAME=VALUE.
  std::vector<std::string> env{};
  /// USER[:GROUP], each a name of the image's or a number, as a user step takes it.
  std::string user{};
  /// The program's working directory.
  std::string workdir{};
  /// What the image says of itself, by name.
  std::map<std::string, std::string> labels{};
  /// The signal that asks the program to end, by name or number: SIGQUIT.
  std::string stop_signal{};

  static Settings read(const Reader& in, const std::string& at) {
    Settings settings;
    in.into(at + "/entrypoint", settings.entrypoint);
    in.into(at + "/cmd", settings.cmd);
    in.into(at + "/env", settings.env);
    in.into(at + "/user", settings.user);
    in.into(at + "/workdir", settings.workdir);
    in.into(at + "/stop_signal", settings.stop_signal);
    const std::string labels = at + "/labels";
    for (std::size_t i = 0; i < in.count(labels); ++i) {
      const std::string name = in.key(labels, i);
      in.into(labels + "/" + pointer_token(name), settings.labels[name]);
    }
    return settings;
  }
};

/// The image that the pipeline's image stage found.
struct Image {
  /// sha256:… of its configuration, or of the one layer of a flat tar; "directory" of a directory.
  std::string id{};
  /// How it wants its program started.
  Settings settings{};
  /// Its layers, the lowest first.
  std::vector<Layer> layers{};

  static Image read(const Reader& in, const std::string& at) {
    Image image;
    in.into(at + "/id", image.id);
    in.into(at + "/settings", image.settings);
    in.into(at + "/layers", image.layers);
    return image;
  }
};

/// What slipway found out about the host. Each question is one read, so that a cached plan depends only on the answers
/// that the plugin asked for.
class HostFact {
 public:
  explicit HostFact(const Reader& in) : in_(in) {}
  /// Of the host itself. Root of another user namespace that slipway was started in is an ordinary user.
  [[nodiscard]] bool is_root() const { return in_.find<std::string>("/facts/host/user") == "root"; }
  /// The release of the kernel, as uname(2) has it: "6.1.0".
  [[nodiscard]] std::string kernel() const { return in_.find<std::string>("/facts/host/kernel").value_or(""); }
  /// Whether a tmpfs takes user.* attributes (Linux 6.6), and so the writes of an overlay.
  [[nodiscard]] bool tmpfs_user_xattr() const { return yes("/facts/host/tmpfs_user_xattr"); }
  /// Whether the kernel has a type of file system ("mqueue"). Facts that do not tell are no reason to go without.
  [[nodiscard]] bool has_filesystem(std::string_view type) const {
    if (!filesystems_)
      filesystems_ = in_.find<std::vector<std::string>>("/facts/host/filesystems").value_or(std::vector<std::string>());
    return filesystems_->empty() || std::find(filesystems_->begin(), filesystems_->end(), type) != filesystems_->end();
  }
  /// Whether version 2 of control groups is in use on the host, alone or beside version 1.
  [[nodiscard]] bool cgroup2() const { return yes("/facts/host/cgroup2"); }
  /// Whether the container gets a terminal of its own.
  [[nodiscard]] bool terminal() const { return yes("/facts/host/terminal"); }

 private:
  [[nodiscard]] bool yes(std::string_view at) const { return in_.find<bool>(at).value_or(false); }
  Reader in_;
  mutable std::optional<std::vector<std::string>> filesystems_{};  // asked for once: there are dozens
};

/// Which namespaces the container has of its own, which of others it joins, and which ids are in them.
class IsolationFact {
 public:
  explicit IsolationFact(const Reader& in) : in_(in) {}
  /// Those that the container has of its own or joins, by the words of has_namespace().
  [[nodiscard]] std::vector<std::string> namespaces() const { return once(namespaces_, "/facts/isolation/namespaces"); }
  /// One of "mount", "pid", "ipc", "uts", "net", "cgroup", "user", "time"
  [[nodiscard]] bool has_namespace(std::string_view name) const {
    const auto& all = once(namespaces_, "/facts/isolation/namespaces");
    return std::find(all.begin(), all.end(), name) != all.end();
  }
  /// Whether the container shares this namespace with somebody else than the host; what is in it is theirs to set up.
  [[nodiscard]] bool joins(std::string_view name) const {
    const auto& all = once(joined_, "/facts/isolation/joined");
    return std::find(all.begin(), all.end(), name) != all.end();
  }
  /// "host" (no user namespace), "single" (one id of each kind) or "range".
  [[nodiscard]] std::string ids() const { return in_.find<std::string>("/facts/isolation/ids").value_or("host"); }
  /// Whether group 5 (tty) is one of the ids inside, which devpts can then be told.
  [[nodiscard]] bool maps_gid_5() const { return in_.find<bool>("/facts/isolation/maps_gid_5").value_or(false); }
  /// The container's host name; empty where it has none of its own, and where it is the one that the image's
  /// /etc/hostname says.
  [[nodiscard]] std::string hostname() const { return in_.find<std::string>("/facts/isolation/hostname").value_or(""); }
  /// Whether the host name is the first line of the container's own /etc/hostname.
  [[nodiscard]] bool hostname_of_image() const {
    return in_.find<bool>("/facts/isolation/hostname_of_image").value_or(false);
  }

 private:
  using Texts = std::optional<std::vector<std::string>>;
  const std::vector<std::string>& once(Texts& texts, std::string_view at) const {
    if (!texts) texts.emplace(in_.find<std::vector<std::string>>(at).value_or(std::vector<std::string>()));
    return *texts;
  }

  Reader in_;
  mutable Texts namespaces_{}, joined_{};  // read once: they are asked for again and again
};

}  // namespace slipway

#endif
