#include "tests/support/archive.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <openssl/evp.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace slipway::tests {

using Json = nlohmann::ordered_json;

namespace {

int add_filter(archive* writer, Packing packing) {
  switch (packing) {
    case Packing::gzip:
      return archive_write_add_filter_gzip(writer);
    case Packing::zstd:
      return archive_write_add_filter_zstd(writer);
    case Packing::xz:
      return archive_write_add_filter_xz(writer);
    case Packing::bzip2:
      return archive_write_add_filter_bzip2(writer);
    case Packing::plain:
      break;
  }
  return archive_write_add_filter_none(writer);
}

}  // namespace

std::string pack(std::string_view bytes, Packing packing) {
  if (packing == Packing::plain) return std::string(bytes);
  const std::unique_ptr<archive, int (*)(archive*)> writer(archive_write_new(), archive_write_free);
  std::string packed(bytes.size() + bytes.size() / 8 + 65536, '\0');
  std::size_t used = 0;
  archive_write_set_format_raw(writer.get());
  const int added = add_filter(writer.get(), packing);
  archive_write_set_bytes_in_last_block(writer.get(), 1);
  if (added != ARCHIVE_OK ||
      archive_write_open_memory(writer.get(), packed.data(), packed.size(), &used) != ARCHIVE_OK) {
    throw std::runtime_error("cannot pack: " + std::string(archive_error_string(writer.get())));
  }
  const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(archive_entry_new(), archive_entry_free);
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_pathname(entry.get(), "data");
  archive_write_header(writer.get(), entry.get());
  if (archive_write_data(writer.get(), bytes.data(), bytes.size()) < 0 ||
      archive_write_close(writer.get()) != ARCHIVE_OK) {
    throw std::runtime_error("cannot pack: " + std::string(archive_error_string(writer.get())));
  }
  packed.resize(used);
  return packed;
}

std::string digest_hex(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), sum.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("no sha256");
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += kDigits[sum.at(i) >> 4U];
    hex += kDigits[sum.at(i) & 15U];
  }
  return hex;
}

std::string digest(std::string_view bytes) { return "sha256:" + digest_hex(bytes); }

std::string config_of(const ImageSpec& image) {
  Json inner = Json::object();
  if (!image.user.empty()) inner["User"] = image.user;
  if (!image.environment.empty()) inner["Env"] = image.environment;
  if (!image.entrypoint.empty()) inner["Entrypoint"] = image.entrypoint;
  if (!image.command.empty()) inner["Cmd"] = image.command;
  if (!image.workdir.empty()) inner["WorkingDir"] = image.workdir;
  if (!image.stop_signal.empty()) inner["StopSignal"] = image.stop_signal;
  if (!image.labels.empty()) inner["Labels"] = image.labels;
  Json digests = Json::array();
  for (const ImageLayer& layer : image.layers) digests.push_back(digest(layer.tar));
  return Json{{"architecture", "amd64"},
              {"config", inner},
              {"created", "2024-01-01T00:00:00Z"},
              {"os", "linux"},
              {"rootfs", {{"type", "layers"}, {"diff_ids", digests}}}}
      .dump();
}

std::string id_of(const ImageSpec& image) { return digest(config_of(image)); }

namespace {

// Writes each thing once, as `docker save` does, and remembers where it stands.
class Writer {
 public:
  explicit Writer(Layout layout) : layout_(layout) {}

  void add_image(const ImageSpec& image) {
    const std::string config = config_of(image);
    Json paths = Json::array();
    Json descriptors = Json::array();
    for (const ImageLayer& layer : image.layers) {
      const std::string bytes = pack(layer.tar, layer.packing);
      paths.push_back(layout_ == Layout::docker25 ? add_blob(bytes) : add_legacy_layer(bytes));
      descriptors.push_back(
          {{"mediaType", media_type(layer.packing)}, {"digest", digest(bytes)}, {"size", bytes.size()}});
    }
    const std::string config_path = layout_ == Layout::docker25 ? add_blob(config) : digest_hex(config) + ".json";
    if (layout_ != Layout::docker25) entries_.push_back(file(config_path, config));
    manifest_.push_back({{"Config", config_path},
                         {"RepoTags", image.tags.empty() ? Json(nullptr) : Json(image.tags)},
                         {"Layers", paths}});
    if (layout_ == Layout::docker25) add_to_index(image, config, descriptors);
    for (const std::string& tag : image.tags) {
      const std::size_t colon = tag.rfind(':');
      repositories_[tag.substr(0, colon)][tag.substr(colon + 1)] = digest_hex(config);
    }
  }

  std::vector<TarEntry> finish() {
    if (layout_ == Layout::docker25) {
      entries_.push_back(file("index.json", Json{{"schemaVersion", 2}, {"manifests", index_}}.dump()));
      entries_.push_back(file("oci-layout", R"({"imageLayoutVersion":"1.0.0"})"));
    }
    entries_.push_back(file("manifest.json", manifest_.dump()));
    entries_.push_back(file("repositories", repositories_.dump()));
    return std::move(entries_);
  }

 private:
  static const char* media_type(Packing packing) {
    switch (packing) {
      case Packing::gzip:
        return "application/vnd.oci.image.layer.v1.tar+gzip";
      case Packing::zstd:
        return "application/vnd.oci.image.layer.v1.tar+zstd";
      case Packing::xz:
      case Packing::bzip2:  // OCI has no words for these
      case Packing::plain:
        break;
    }
    return "application/vnd.oci.image.layer.v1.tar";
  }

  std::string add_blob(const std::string& bytes) {
    if (entries_.empty()) entries_ = {directory("blobs/"), directory("blobs/sha256/")};
    const std::string path = "blobs/sha256/" + digest_hex(bytes);
    if (written_.emplace(path, path).second) entries_.push_back(file(path, bytes));
    return path;
  }

  // The ids of the legacy layout are chains of digests; here any name that is new will do.
  std::string add_legacy_layer(const std::string& bytes) {
    const std::string id = digest_hex("layer " + std::to_string(count_++) + digest_hex(bytes));
    const std::string path = id + "/layer.tar";
    entries_.push_back(directory(id + "/"));
    entries_.push_back(file(id + "/VERSION", "1.0"));
    entries_.push_back(file(id + "/json", Json{{"id", id}}.dump()));
    const auto [earlier, is_new] = written_.emplace(digest_hex(bytes), path);
    if (is_new || layout_ == Layout::legacy) {
      entries_.push_back(file(path, bytes));
    } else if (layout_ == Layout::linked) {
      entries_.push_back(soft_link(path, "../" + earlier->second));
    } else {
      entries_.push_back(hard_link(path, earlier->second));
    }
    return path;
  }

  void add_to_index(const ImageSpec& image, const std::string& config, const Json& layers) {
    const std::string text = Json{
        {"schemaVersion", 2},
        {"mediaType", "application/vnd.oci.image.manifest.v1+json"},
        {"config",
         {{"mediaType", "application/vnd.oci.image.config.v1+json"},
          {"digest", digest(config)},
          {"size", config.size()}}},
        {"layers", layers}}.dump();
    add_blob(text);
    for (const std::string& tag : image.tags) {
      index_.push_back({{"mediaType", "application/vnd.oci.image.manifest.v1+json"},
                        {"digest", digest(text)},
                        {"size", text.size()},
                        {"annotations", {{"io.containerd.image.name", "docker.io/library/" + tag}}}});
    }
  }

  Layout layout_;
  std::vector<TarEntry> entries_{};
  std::map<std::string, std::string> written_{};
  Json manifest_ = Json::array(), index_ = Json::array(), repositories_ = Json::object();
  int count_ = 0;
};

}  // namespace

std::vector<TarEntry> docker_save_entries(const std::vector<ImageSpec>& images, Layout layout) {
  Writer writer(layout);
  for (const ImageSpec& image : images) writer.add_image(image);
  return writer.finish();
}

std::string docker_save(const std::vector<ImageSpec>& images, Layout layout) {
  return make_tar(docker_save_entries(images, layout));
}

ImageSpec standard_image(Packing packing, Files files) {
  const std::uint64_t app = files == Files::of_root ? 0 : 1000;
  std::vector<TarEntry> base = {directory("bin/"), file("bin/busybox", read_file("/bin/busybox"), 0755)};
  for (const char* applet :
       {"sh",    "id",   "echo",     "cat",   "ls",   "mount", "umount", "true",  "false",    "env", "pwd",
        "ps",    "grep", "hostname", "stat",  "rm",   "mkdir", "touch",  "sleep", "printenv", "ip",  "ifconfig",
        "mknod", "dd",   "df",       "test",  "kill", "wc",    "head",   "find",  "sysctl",   "tty", "readlink",
        "sort",  "tr",   "chmod",    "chown", "ln",   "nc",    "getopt", "uname", "whoami",   "seq", "cp"}) {
    base.push_back(soft_link(std::string("bin/") + applet, "busybox"));
  }
  for (const char* name : {"dev/", "etc/", "home/", "opt/", "opt/cache/", "proc/", "root/", "sys/", "tmp/", "var/"}) {
    base.push_back(directory(name, std::string_view(name) == "tmp/" ? 01777 : 0755));
  }
  base.push_back(file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:App:/home/app:/bin/sh\n"));
  base.push_back(file("etc/group", "root:x:0:\napp:x:1000:\nstaff:x:50:app\n"));
  base.push_back(file("etc/motd", "removed by the second layer\n"));
  base.push_back(file("opt/cache/old", "hidden by the second layer\n"));
  TarEntry home = directory("home/app/", 0750);
  home.uid = home.gid = app;
  base.push_back(home);

  const std::vector<TarEntry> changes = {directory("etc/"), file("etc/.wh.motd"), directory("opt/cache/"),
                                         file("opt/cache/.wh..wh..opq"), file("opt/cache/new", "new\n")};
  TarEntry notes = file("home/app/notes", "of app\n", 0640);
  notes.uid = notes.gid = app;
  const std::vector<TarEntry> last = {home, notes, file("etc/hello", "hello from the image\n"),
                                      hard_link("etc/hello.again", "etc/hello")};

  ImageSpec image;
  image.tags = {"box:latest"};
  image.command = {"/bin/sh"};
  image.environment = {"PATH=/bin", "GREETING=hello"};
  image.labels = {{"org.example.kind", "test"}};
  for (const auto& entries : {base, changes, last}) image.layers.push_back({make_tar(entries), packing});
  return image;
}

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = "/tmp/slipway-test-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream stream(path, std::ios::binary);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  if (!stream) throw std::runtime_error("cannot write " + path);
}

std::string read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace slipway::tests
