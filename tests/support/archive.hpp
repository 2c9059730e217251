// Makes tars and image archives for tests: byte by byte, so that hostile and damaged ones can be made too.
// Knows nothing of slipway; what it writes follows pax(1), tar(5) and the layouts of `docker save`.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::tests {

enum class TarType : char {
  file = '0',
  hard_link = '1',
  symlink = '2',
  character = '3',
  block = '4',
  directory = '5',
  fifo = '6',
};

/// One entry, with all that pax can say of it.
struct TarEntry {
  std::string name{};  ///< any bytes; a NUL is written as it is
  TarType type = TarType::file;
  std::string content{};
  std::string link{};
  unsigned mode = 0644;
  std::uint64_t uid = 0, gid = 0;
  std::int64_t mtime = 1'700'000'000;
  std::uint32_t mtime_ns = 0;
  std::vector<std::pair<std::string, std::string>> xattrs{};
  std::uint32_t major = 0, minor = 0;
  /// Of a sparse file: where each piece of `content` lies (offset, length), and how long the file is.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> pieces{};
  std::uint64_t sparse_size = 0;
};

TarEntry file(std::string name, std::string content = {}, unsigned mode = 0644);
TarEntry directory(std::string name, unsigned mode = 0755);
TarEntry soft_link(std::string name, std::string target);
TarEntry hard_link(std::string name, std::string target);
TarEntry character_device(std::string name, std::uint32_t major, std::uint32_t minor);

/// A pax tar; `ended` adds the two zero blocks.
std::string make_tar(const std::vector<TarEntry>& entries, bool ended = true);

enum class Packing { plain, gzip, zstd, xz, bzip2 };
std::string pack(std::string_view bytes, Packing packing);

/// "sha256:…" and the bare digits.
std::string digest(std::string_view bytes);
std::string digest_hex(std::string_view bytes);

struct ImageLayer {
  std::string tar{};
  Packing packing = Packing::plain;
};

/// What `docker save` knows of one image.
struct ImageSpec {
  std::vector<std::string> tags{};
  std::vector<std::string> entrypoint{}, command{}, environment{};
  std::string user{}, workdir{}, stop_signal{};
  std::map<std::string, std::string> labels{};
  std::vector<ImageLayer> layers{};
};

/// The image's configuration as JSON text; its digest is the image's id.
std::string config_of(const ImageSpec& image);
std::string id_of(const ImageSpec& image);

enum class Layout {
  legacy,    ///< <id>/layer.tar with VERSION and json, repositories, <digest>.json
  linked,    ///< legacy, a layer that an earlier image has being a symlink ../<id>/layer.tar
  hard,      ///< legacy, such a layer being a hard link
  docker25,  ///< blobs/sha256/<digest>, index.json, oci-layout, manifest.json
};

/// The entries of the archive, so that a test can spoil them before make_tar().
std::vector<TarEntry> docker_save_entries(const std::vector<ImageSpec>& images, Layout layout);
std::string docker_save(const std::vector<ImageSpec>& images, Layout layout);

/// The entry of that name; throws when there is none.
TarEntry& entry_named(std::vector<TarEntry>& entries, std::string_view name);
void drop_entry(std::vector<TarEntry>& entries, std::string_view name);

/// Three layers: busybox with sh, id, echo …, /etc/passwd (root, app:1000:1000:/home/app), /etc/group and some files;
/// a whiteout of /etc/motd and an opaque /opt/cache; new files. Tagged "box:latest"; its command is /bin/sh,
/// its environment has PATH and GREETING=hello.
/// Throws when /bin/busybox (package busybox-static) is missing.
enum class Files {
  of_several,  ///< /home/app and what lies in it belong to app
  of_root,     ///< all of them: no caller has lost owners to be told of
};
ImageSpec standard_image(Packing packing = Packing::plain, Files files = Files::of_several);

/// A directory under /tmp that goes with its object, whatever lies in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

void write_file(const std::string& path, std::string_view bytes);
std::string read_file(const std::string& path);

}  // namespace slipway::tests
