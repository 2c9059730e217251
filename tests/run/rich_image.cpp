#include "tests/run/rich_image.hpp"

#include "tests/run/harness.hpp"

namespace slipway::tests {

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

}  // namespace slipway::tests
