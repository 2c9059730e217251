// The facts that earlier stages and slipway itself hand to a plugin, as plain structs and small views.
#ifndef SLIPWAY_FACTS_HPP
#define SLIPWAY_FACTS_HPP

#include <algorithm>
#include <map>
#include <slipway/reader.hpp>

namespace slipway {

/// One layer of the image; what else the fact knows of it (compression, where its bytes are) is slipway's business.
struct Layer {
  std::string diff_id{};  ///< sha256:…, the digest of its uncompressed tar

  static Layer read(const Reader& in, const std::string& at) { return {in.text(at + "/diff_id")}; }
};

/// How the image wants its program started. What an image does not say is empty.
struct Settings {
  std::vector<std::string> entrypoint{};
  std::vector<std::string> cmd{};
  std::vector<std::string> env{};  ///< NAME=VALUE
  std::string user{};
  std::string workdir{};
  std::map<std::string, std::string> labels{};
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

struct Image {
  std::string id{};
  Settings settings{};
  std::vector<Layer> layers{};  ///< the lowest first

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
  [[nodiscard]] std::string kernel() const { return in_.find<std::string>("/facts/host/kernel").value_or(""); }
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
  [[nodiscard]] const std::vector<std::string>& namespaces() const {
    return once(namespaces_, "/facts/isolation/namespaces");
  }
  /// "mount", "pid", "ipc", "uts", "net", "cgroup", "user", "time"
  [[nodiscard]] bool has_namespace(std::string_view name) const {
    const auto& all = namespaces();
    return std::find(all.begin(), all.end(), name) != all.end();
  }
  /// Whether the container shares this namespace with somebody else than the host; what is in it is theirs to set up.
  [[nodiscard]] bool joins(std::string_view name) const {
    const auto& all = once(joined_, "/facts/isolation/joined");
    return std::find(all.begin(), all.end(), name) != all.end();
  }
  /// "host" (no user namespace), "single" (one id of each kind) or "range".
  [[nodiscard]] std::string ids() const { return in_.find<std::string>("/facts/isolation/ids").value_or("host"); }
  [[nodiscard]] bool maps_gid_5() const { return in_.find<bool>("/facts/isolation/maps_gid_5").value_or(false); }
  /// Empty where the container has none of its own, and where it is the one that the image's /etc/hostname says.
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
