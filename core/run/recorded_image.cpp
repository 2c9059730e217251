#include "core/run/recorded_image.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>

#include "core/linux/shell_words.hpp"
#include "core/run/explain.hpp"

namespace slipway::run {
namespace {

Result<linux::Fd> open_file(const plan::ImageUse& use) {
  if (use.source.empty()) {
    return failure(0, "the pipeline names no image", "",
                   "give image.source in the file, or --set image.source=image.tar");
  }
  // Before it is opened: what a FIFO's writer has begun would be lost, and kill it. Whatever is there a moment later is
  // looked at once more, when it is open.
  struct stat found {};
  if (::stat(use.source.c_str(), &found) != 0) {
    const int code = errno;
    return failure(code, "open the image", use.source, code == ENOENT ? linux::hint_to_shell_words(use.source) : "");
  }
  if (!S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode))
    return failure(0, "the image is no file, directory or pipe", use.source, "docker save -o image.tar IMAGE");
  linux::Fd source(::open(use.source.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!source) return failure(errno, "open the image", use.source);
  return source;
}

}  // namespace

bool Interruption::comes() const {
  if (descriptor == nullptr || !*descriptor) return false;
  // Not by what can be read: who asked for the end once is not heard a second time.
  return is_meant ? is_meant() : linux::has_input(*descriptor);
}

Result<void> wait_for_input(const linux::Fd& file, const Interruption& interruption, const char* doing) {
  const int stop = interruption.descriptor == nullptr ? -1 : interruption.descriptor->get();
  std::array<pollfd, 2> waiting = {pollfd{file.get(), POLLIN, 0}, pollfd{stop, POLLIN, 0}};
  while (waiting[0].revents == 0) {
    if (::poll(waiting.data(), waiting.size(), -1) < 0) {
      if (errno != EINTR) return failure(errno, doing);
      continue;
    }
    if (waiting[1].revents != 0 && (!interruption.is_meant || interruption.is_meant())) return failure(EINTR, doing);
  }
  return {};
}

Result<store::Store> open_store(const std::string& path) {
  auto place = path.empty() ? store::Store::default_path() : Result<std::string>(path);
  if (!place) return tl::unexpected(place.error());
  auto store = store::Store::open(*place);
  if (!store) return tl::unexpected(explain_store(store.error(), *place));
  return store;
}

Result<ImageSource> look_at_source(const plan::ImageUse& use) {
  auto file = open_file(use);
  if (!file) return tl::unexpected(file.error());
  auto key = store::key_of_source(*file, use.options, use.plugin + " " + use.identity);
  if (!key) return tl::unexpected(key.error());
  struct stat found {};
  if (::fstat(file->get(), &found) != 0) return failure(errno, "look at the image", use.source);
  if (!S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode)) return failure(ESTALE, "look at the image", use.source);
  return ImageSource{std::move(*file), std::move(*key), static_cast<std::uint64_t>(found.st_size), false,
                     S_ISDIR(found.st_mode)};
}

std::optional<ResolvedImage> recorded_image(const store::Store& store, ImageSource& source) {
  if (!source.key) return std::nullopt;
  auto known = store.find_image(source.key->key);
  if (!known || !*known) return std::nullopt;
  // A record is as strange as the archive that it came from, and is read with the same distrust.
  auto fact = store::parse_image_fact(**known, source.sizes());
  if (!fact) return std::nullopt;
  return ResolvedImage{std::move(**known), std::move(*fact), std::move(source.file)};
}

// A file that changes while it is read must not be remembered under the key that it had before.
bool is_unchanged(const plan::ImageUse& use, const ImageSource& source) {
  if (!source.key) return false;
  const auto again = store::key_of_source(source.file, use.options, use.plugin + " " + use.identity);
  return again && again->key == source.key->key && !source.key->too_young;
}

std::optional<ResolvedImage> recorded_image(const store::Store& store, const plan::ImageUse& use) {
  auto source = look_at_source(use);
  if (!source) return std::nullopt;
  return recorded_image(store, *source);
}

std::string describe(const store::ImageFact& image) {
  constexpr std::size_t kShortDigest = 19;  // "sha256:" and twelve digits, as Docker shows it
  constexpr std::size_t kLongestName = 256;
  std::string text = image.kind.empty() ? "image" : printable(image.kind, kLongestName);
  if (!image.name.empty()) text += ", " + printable(image.name, kLongestName);
  if (image.is_in_place()) return text + ", used in place";
  const std::size_t count = image.layers.size();
  return text + ", " + std::to_string(count) + (count == 1 ? " layer, " : " layers, ") +
         printable(image.id.substr(0, kShortDigest), kLongestName);
}

Result<store::Layer> layer_in_place(const ResolvedImage& image) {
  auto tree = linux::duplicate(image.source);
  if (!tree) return tl::unexpected(tree.error());
  return store::Layer{std::move(*tree), {}};
}

Result<linux::Fd> ImageLayers::directory(const std::string& diff_id) {
  if (layers_.empty()) {
    auto in = bring_in_();
    if (!in) return tl::unexpected(in.error());
    layers_ = std::move(*in);
  }
  for (std::size_t i = 0; i < layers_.size() && i < image_.layers.size(); ++i) {
    if (image_.layers[i].diff_id == diff_id) return linux::duplicate(layers_[i].tree);
  }
  return failure(0, "the image has no such layer", diff_id);
}

std::vector<linux::Fd> ImageLayers::take_locks() {
  std::vector<linux::Fd> locks;
  for (store::Layer& layer : layers_) locks.push_back(std::move(layer.lock));
  return locks;
}

}  // namespace slipway::run
