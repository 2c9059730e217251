#include "tests/run/rich_image.hpp"

#include "tests/run/harness.hpp"

namespace slipway::tests {
namespace {

TarEntry special(TarEntry entry, TarType type) {
  entry.type = type;
  return entry;
}

TarEntry sparse(const std::string& name) {
  TarEntry entry = file(name, "begin" + std::string(5000, 'm'));
  entry.pieces = {{0, 5}, {std::uint64_t{4} << 20U, 5000}};
  entry.sparse_size = std::uint64_t{9} << 20U;
  return entry;
}

}  // namespace

TarEntry owned(TarEntry entry, std::uint64_t uid, std::uint64_t gid) {
  entry.uid = uid;
  entry.gid = gid;
  return entry;
}

TarEntry timed(TarEntry entry, std::int64_t seconds, std::uint32_t nanoseconds) {
  entry.mtime = seconds;
  entry.mtime_ns = nanoseconds;
  return entry;
}

TarEntry attributed(TarEntry entry, const std::string& name, const std::string& value) {
  entry.xattrs.emplace_back(name, value);
  return entry;
}

ImageSpec rich_image() {
  ImageSpec image = box_image();
  TarEntry fifo = file("rich/fifo", "", 0600);
  fifo.type = TarType::fifo;
  const std::vector<TarEntry> lower = {
      timed(directory("./", 0711), 1'500'000'000, 0),
      directory("rich/", 01770),
      timed(file("rich/nanoseconds", "n"), 1'234'567'890, 123'456'789),
      timed(file("rich/before-1970", "b"), -1'000, 0),
      owned(file("rich/app", "a", 0640), 1000, 50),
      owned(file("rich/setid", "s", 06755), 7, 8),
      owned(soft_link("rich/link", "/nowhere/at/all"), 1000, 1000),
      file("rich/one", "same"),
      hard_link("rich/two", "rich/one"),
      attributed(file("rich/attribute", "x"), "user.colour", "blue"),
      attributed(directory("rich/attributed/"), "user.kind", "directory"),
      fifo,
      file("rich/empty", ""),
      file("rich/large", std::string(300'000, 'L')),
      file("rich/name with blanks and \xc3\xa9", "n"),
      directory("gone/"),
      file("gone/a", "a"),
      directory("gone/deep/"),
      file("gone/deep/b", "b"),
      directory("opaque/"),
      file("opaque/old", "old"),
      directory("opaque/kept/"),
      file("was-file", "f"),
      directory("was-directory/"),
      file("was-directory/x", "x"),
  };
  const std::vector<TarEntry> upper = {
      file(".wh.gone"),
      directory("opaque/", 0700),
      file("opaque/.wh..wh..opq"),
      file("opaque/new", "new"),
      directory("was-file/"),
      file("was-file/inside", "i"),
      file("was-directory", "now a file"),
      directory("rich/", 0751),
      file("rich/.wh.empty"),
  };
  image.layers.push_back({make_tar(lower)});
  image.layers.push_back({make_tar(upper)});
  return image;
}

ImageSpec knotty_image() {
  ImageSpec image = box_image();
  const std::string capability("\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);  // cap_net_bind_service=ep, xattr(7)
  image.layers.push_back({make_tar({
      directory("x/", 02775),
      file("x/one", "shared"),
      directory("y/"),
      hard_link("y/two", "x/one"),
      directory("y/z/"),
      hard_link("y/z/three", "x/one"),
      soft_link("x/soft", "one"),
      hard_link("y/soft", "x/soft"),
      special(file("x/fifo", ""), TarType::fifo),
      hard_link("y/fifo", "x/fifo"),
      sparse("sparse"),
      directory("real/"),
      file("real/x", "x"),
      soft_link("data", "real"),
      soft_link("absolute", "/real"),
      file("was-file", "f"),
      directory("again/"),
      file("again/low", "0"),
      directory("thrice/"),
      file("thrice/low", "0"),
      directory("nested/"),
      directory("nested/inner/"),
      file("nested/inner/low", "0"),
      file("nested/beside", "0"),
      directory("closed/", 0),
      file("closed/file", "c", 0),
      timed(directory("timed/"), 1'111'111'111, 7),
      attributed(file("able", "a", 0755), "security.capability", capability),
      directory("empty/", 01777),
      character_device("device", 1, 3),
      owned(file("large", std::string(3'000'000, 'L'), 04750), 1000, 50),
      file(std::string("odd \t\x01 \xff name"), "odd"),
      file("replaced", "old"),
      file("to-directory", "f"),
      directory("to-link/"),
      file("to-link/x", "x"),
  })});
  image.layers.push_back({make_tar({
      file("x/.wh.one"),
      directory("data/"),
      file("data/y", "y"),
      directory("absolute/"),
      file("absolute/z", "z"),
      file(".wh.again"),
      file(".wh.thrice"),
      file(".wh.never-was"),
      directory("nested/"),
      directory("nested/inner/"),
      file("nested/inner/.wh..wh..opq"),
      file("nested/inner/high", "1"),
      file(".wh.replaced"),
      file("replaced", "new"),
      directory("to-directory/", 0710),
      file("to-directory/x", "x"),
      soft_link("to-link", "x"),
      timed(directory("y/", 0705), 1'222'222'222, 999'999'999),
  })});
  image.layers.push_back({make_tar({
      directory("again/"),
      file("again/high", "2"),
      file("thrice", "now a file"),
      directory("nested/inner/"),
      file("nested/inner/top", "2"),
      hard_link("again/higher", "again/high"),
  })});
  return image;
}

ImageSpec image_with_opaque_top(const std::vector<TarEntry>& more) {
  const std::vector<TarEntry> hidden = {directory("./", 0711), directory("hidden/"), file("hidden/x", "x"),
                                        file("etc-like", "x"), directory("both/"),   file("both/low", "x")};
  const std::vector<TarEntry> above = {file("above", "a"), file(".wh.opt")};
  ImageSpec image = box_image();
  const std::string end_mark(1024, '\0');
  std::string marked = make_tar(more, false) + make_tar({directory("both/"), file("both/high", "y")}, false);
  for (const ImageLayer& layer : box_image().layers) marked += layer.tar.substr(0, layer.tar.size() - end_mark.size());
  image.layers = {{make_tar(hidden)}, {make_tar({file("etc-like-too", "x")})}, {marked + end_mark}, {make_tar(above)}};
  return image;
}

}  // namespace slipway::tests
