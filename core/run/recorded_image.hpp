// The image of a run as the store remembers it: no plugin is loaded and no worker started.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/plan/blueprint.hpp"
#include "core/report/report.hpp"
#include "core/store/image_fact.hpp"
#include "core/store/store.hpp"

namespace slipway::run {

/// The store at `path`, or the user's default one.
Result<store::Store> open_store(const std::string& path);

struct ResolvedImage {
  std::string text{};  ///< the image fact as JSON
  store::ImageFact fact{};
  linux::Fd source{};
  bool is_spool = false;   ///< `source` is the store's own file, with the bytes that ranges count in
  bool is_lasting = true;  ///< the same words may find the same image again: it came through no pipe
  Findings notes{};        ///< warnings of the image plugin
};

/// "docker-save archive, box:latest, 3 layers, sha256:0123456789ab".
std::string describe(const store::ImageFact& image);

/// What ends the waiting for a worker, or for another run's: `descriptor` becomes readable, and `is_meant`, which reads
/// from it without waiting, says so, and says so ever after.
struct Interruption {
  const linux::Fd* descriptor = nullptr;
  std::function<bool()> is_meant{};
  /// Whether the waiting is to end; does not wait itself.
  [[nodiscard]] bool comes() const;
};

/// Waits until there is something to read, or the end; EINTR where the interruption comes first. Not in read(2): the
/// signals that ask to stop are blocked, and come through a descriptor. `doing` is for the error.
Result<void> wait_for_input(const linux::Fd& file, const Interruption& interruption, const char* doing);

/// What an image comes from, as it is now.
struct ImageSource {
  linux::Fd file{};
  std::optional<store::SourceKey> key{};  ///< absent of what came through a pipe: nothing tells that it is the same
  std::uint64_t size = 0;
  bool is_spool = false;      ///< `file` is the store's own (store/spool.hpp)
  bool is_directory = false;  ///< and no file, then
  /// For parse_image_fact().
  [[nodiscard]] std::span<const std::uint64_t> sizes() const { return {&size, is_directory ? 0U : 1U}; }
};
/// Of a file or a directory; there is no such source of anything else.
Result<ImageSource> look_at_source(const plan::ImageUse& use);
/// Whether it is still that: a file that changes while it is read must not be remembered under the key that it had.
bool is_unchanged(const plan::ImageUse& use, const ImageSource& source);

/// Whether records of images are used and kept.
enum class ImageRecords : std::uint8_t { use, ignore };

/// The image out of the store's record; nullopt where there is none for the source as it is now.
std::optional<ResolvedImage> recorded_image(const store::Store& store, const plan::ImageUse& use);
std::optional<ResolvedImage> recorded_image(const store::Store& store, ImageSource& source);

/// The directory that an image is, as a layer; nothing holds it.
Result<store::Layer> layer_in_place(const ResolvedImage& image);

/// The layers of a run, by digest: all of them are brought in when the first one is asked for.
class ImageLayers {
 public:
  using BringIn = std::function<Result<std::vector<store::Layer>>()>;
  /// `image` outlives it.
  ImageLayers(const store::ImageFact& image, BringIn bring_in) : image_(image), bring_in_(std::move(bring_in)) {}
  Result<linux::Fd> directory(const std::string& diff_id);
  /// Keep these as long as the layers are used.
  std::vector<linux::Fd> take_locks();

 private:
  const store::ImageFact& image_;
  BringIn bring_in_;
  std::vector<store::Layer> layers_{};
};

}  // namespace slipway::run
