// The store: image records, unpacked layers and run directories that the runs of one user share.
// Knows nothing of archives, digests or plugins; layers are put into it by the worker (core/unpack).
//
//   version            the format, kVersion
//   images/<key>       what an image plugin found in a source, as text
//   starts/<key>       what a start found out of its configuration, as text
//   layers/<digest>.<form>/tree
//   layers/<digest>.<form>/losses   what could not be kept of it; not there: nothing
//   locks/<entry>.lock    shared while a layer is in use; .unpack: exclusive while it is made
//   staging/           what is being made, on its way into layers/
//   runs/<run>/        what one run writes
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/linux/fd.hpp"
#include "core/linux/id_map.hpp"
#include "core/report/report.hpp"
#include "core/store/locks.hpp"
#include "core/store/losses.hpp"
#include "core/store/staging.hpp"

namespace slipway::store {

inline constexpr std::string_view kVersion = "1\n";
/// What the names of locks end in that are held while a layer is made.
inline constexpr std::string_view kUnpackLock = ".unpack";

/// How layers unpacked under an id map look on disk: the format's version, the map, and what became of owners without
/// an id in it. Layers of different forms never stand for each other. Without a map all owners are exact.
/// `around`: the map of this process's own user namespace, where that is not the host's.
std::string form_of(const linux::IdMap& map, Owners owners, const std::string& around = {});
bool is_squashed(std::string_view form);
/// Whether this version makes such a form.
bool is_form(std::string_view text);

/// "sha256:" and 64 lower-case hexadecimal digits.
bool is_digest(std::string_view text);

/// The directory of a layer below layers/: the digest's digits, a dot, the form.
std::string layer_entry(std::string_view diff_id, std::string_view form);

/// What makes a source the same as before.
struct SourceKey {
  std::string key{};
  /// Changed less than two seconds ago: a further change may leave its times as they are, so no record of it is kept.
  bool too_young = false;
};
/// From the opened file's device, inode, size and both times, the options, and the plugin's identity.
Result<SourceKey> key_of_source(const linux::Fd& source, std::string_view options, std::string_view plugin);

/// A short name for a text: equal for equal texts. Not cryptographic: who can make two texts meet can write into the
/// store anyway.
std::string fingerprint(std::string_view text);

/// An unpacked layer that cannot go away while this lives.
struct Layer {
  linux::Fd tree{};  ///< O_PATH
  linux::Fd lock{};
};

class Store {
 public:
  /// Makes what is missing. The directory must be the user's own, closed to others, and no symbolic link.
  static Result<Store> open(const std::string& path);
  /// Makes nothing; nullopt where there is no store.
  static Result<std::optional<Store>> open_existing(const std::string& path);
  /// /var/lib/slipway for root, else $XDG_DATA_HOME/slipway or ~/.local/share/slipway.
  static Result<std::string> default_path();

  [[nodiscard]] const linux::Fd& directory() const { return top_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  [[nodiscard]] Result<std::optional<std::string>> find_image(const std::string& key) const;
  /// Appears whole or not at all.
  [[nodiscard]] Result<void> keep_image(const std::string& key, std::string_view record) const;

  /// What an earlier start of the same words found out (plan/start_record.hpp); a bounded number of them is kept.
  [[nodiscard]] Result<std::optional<std::string>> find_start(const std::string& key) const;
  [[nodiscard]] Result<void> keep_start(const std::string& key, std::string_view record) const;

  /// nullopt: not there, or about to be removed. Never waits.
  [[nodiscard]] Result<std::optional<Layer>> find_layer(std::string_view diff_id, std::string_view form) const;

  /// What was lost when a layer was unpacked. The layer is there, and held.
  [[nodiscard]] Result<Losses> losses_of(std::string_view diff_id, std::string_view form) const;

  /// Whether nothing of lower layers is to be seen beside it. The layer is there, and held.
  [[nodiscard]] bool hides_lower_layers(std::string_view diff_id, std::string_view form) const;

  /// Given the indices of the layers that are missing, makes each of them in `staging` as layer_entry()/tree. When it
  /// returns, with what was lost of them, it has ended what wrote there.
  using Unpack = std::function<Result<LayerLosses>(std::span<const std::size_t> missing, const linux::Fd& staging)>;
  /// All the layers, in order. `unpack` is called, at most once, only for what neither was there nor is put there by
  /// another run in the meantime, with the locks held that keep others from doing the same; what it has made is
  /// looked at and moved to layers/ here.
  [[nodiscard]] Result<std::vector<Layer>> layers(std::span<const std::string> diff_ids, const std::string& form,
                                                  const Unpack& unpack, const ShouldStop& should_stop = {},
                                                  const Announce& announce = {}) const;

  /// runs/<id>, new, mode 0700, locked as long as what is returned is open: so others tell it from what the dead left.
  [[nodiscard]] Result<linux::Fd> make_run_directory(const std::string& id, const ShouldStop& should_stop = {}) const;
  /// With all that lies in it, as far as this process may; one that is not there is no error.
  [[nodiscard]] Result<void> remove_run_directory(const std::string& id) const;
  /// The same for staging/<name>.
  [[nodiscard]] Result<void> remove_staging(const std::string& name) const;
  /// One of the folders above, open for reading.
  [[nodiscard]] Result<linux::Fd> open_folder(const char* folder) const;

 private:
  Store(linux::Fd top, std::string path) : top_(std::move(top)), path_(std::move(path)) {}
  /// Of a directory that is there; false: no store was made in it yet.
  [[nodiscard]] Result<bool> check() const;
  [[nodiscard]] Result<void> prepare() const;
  [[nodiscard]] Result<std::optional<std::string>> find_record(const char* folder, const std::string& key) const;
  [[nodiscard]] Result<void> make_layers(std::span<const std::string> diff_ids, std::span<const std::size_t> missing,
                                         const std::string& form, const Unpack& unpack, const ShouldStop& should_stop,
                                         const Announce& announce) const;
  [[nodiscard]] Result<void> remove_below(const char* folder, const std::string& name) const;
  [[nodiscard]] Result<void> keep_record(const char* folder, const std::string& key, std::string_view record) const;
  [[nodiscard]] std::string inside(std::string_view name) const { return path_ + "/" + std::string(name); }

  linux::Fd top_;
  std::string path_;
};

}  // namespace slipway::store
