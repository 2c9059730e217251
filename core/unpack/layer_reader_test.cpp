#include "core/unpack/layer_reader.hpp"

#include <fcntl.h>

#include <catch2/catch.hpp>
#include <clocale>

#include "core/unpack/digest.hpp"
#include "tests/support/archive.hpp"

using namespace slipway;
using namespace slipway::unpack;
using namespace slipway::tests;

namespace {

struct Outcome {
  std::vector<std::string> names{};
  std::string content{}, problem{};
};

store::Compression compression_of(Packing packing) {
  switch (packing) {
    case Packing::gzip:
      return store::Compression::gzip;
    case Packing::zstd:
      return store::Compression::zstd;
    case Packing::xz:
      return store::Compression::xz;
    case Packing::bzip2:
      return store::Compression::bzip2;
    case Packing::plain:
      break;
  }
  return store::Compression::none;
}

// The layer lies in the middle of the source, as in an image's archive.
Outcome read_layer(const std::string& bytes, store::Compression compression, const std::string& diff_id) {
  const TemporaryDirectory directory;
  write_file(directory / "source", "before" + bytes + "behind");
  const linux::Fd source(::open((directory / "source").c_str(), O_RDONLY | O_CLOEXEC));
  LayerReader reader(source, {diff_id, compression, {0, 6, bytes.size()}});
  Outcome outcome;
  Entry entry;
  while (true) {
    const auto more = reader.next(entry);
    if (!more) return {{}, {}, sentence(more.error())};
    if (!*more) break;
    outcome.names.push_back(entry.name);
    while (true) {
      const auto block = reader.content().next();
      if (!block) return {{}, {}, sentence(block.error())};
      if (!*block) break;
      outcome.content.append((*block)->data, (*block)->size);
    }
  }
  if (const auto digest = reader.check_digest(); !digest) outcome.problem = sentence(digest.error());
  return outcome;
}

std::string large_content() {
  std::string content;
  for (unsigned i = 0; content.size() < 300'000; ++i) content += std::to_string(i * 2654435761U);
  return content;
}

}  // namespace

TEST_CASE("layers are read plain, from gzip and from zstd") {
  const std::string content = large_content();
  const std::string tar = make_tar({directory("d/"), file("d/f", content)});
  for (const Packing packing : {Packing::plain, Packing::gzip, Packing::zstd, Packing::xz, Packing::bzip2}) {
    const Outcome outcome = read_layer(pack(tar, packing), compression_of(packing), digest(tar));
    CHECK(outcome.problem.empty());
    CHECK(outcome.names == std::vector<std::string>{"d/", "d/f"});
    CHECK(outcome.content == content);
  }
}

TEST_CASE("bytes behind the end of the tar count for the digest") {
  const std::string tar = make_tar({file("f", "x")}) + std::string(100'000, '\0') + "tail";
  CHECK(read_layer(tar, store::Compression::none, digest(tar)).problem.empty());
}

TEST_CASE("a layer that is not what its digest says is told with both digests") {
  const std::string tar = make_tar({file("f", "x")});
  const std::string expected = "sha256:" + std::string(64, '0');
  const Outcome outcome = read_layer(tar, store::Compression::none, expected);
  CHECK(outcome.problem == "unpack: the layer's content is not what the image names: its digest is " + digest(tar) +
                               ", expected " + expected);
}

TEST_CASE("truncated and damaged layers are errors, however they are packed") {
  const std::string tar = make_tar({file("first", "x"), file("second", large_content())});
  const auto problem = [&](const std::string& bytes, store::Compression compression) {
    return read_layer(bytes, compression, digest(tar)).problem;
  };
  const auto cut = [](const std::string& bytes) { return bytes.substr(0, bytes.size() * 2 / 3); };
  CHECK_THAT(problem(cut(tar), store::Compression::none),
             Catch::Contains("the layer's tar is damaged or truncated (at or after 'second')"));
  CHECK_THAT(problem(cut(pack(tar, Packing::gzip)), store::Compression::gzip),
             Catch::Contains("the layer's gzip data is damaged or truncated"));
  CHECK_THAT(problem(cut(pack(tar, Packing::zstd)), store::Compression::zstd),
             Catch::Contains("the layer's zstd data is damaged or truncated"));
  std::string damaged = tar;
  damaged[1024 + 3] = 'X';  // in the second header
  CHECK_THAT(problem(damaged, store::Compression::none), Catch::Contains("the layer's tar is damaged or truncated"));
  CHECK_THAT(problem("", store::Compression::none), Catch::Contains("the layer's tar is damaged or truncated"));
  CHECK_THAT(problem("this is no tar", store::Compression::none), Catch::Contains("the layer's tar is damaged"));
}

TEST_CASE("a layer that is packed otherwise than said is an error") {
  const std::string tar = make_tar({file("f", "x")});
  CHECK_THAT(read_layer(tar, store::Compression::gzip, digest(tar)).problem,
             Catch::Contains("is not compressed with gzip"));
  CHECK_THAT(read_layer(pack(tar, Packing::gzip), store::Compression::zstd, digest(tar)).problem,
             Catch::Contains("is not compressed with zstd"));
  CHECK_THAT(read_layer(pack(tar, Packing::gzip), store::Compression::none, digest(tar)).problem,
             Catch::Contains("damaged or truncated"));
}

TEST_CASE("a layer that unfolds beyond all reason is stopped") {
  // zstd packs zeros better than a thousand to one; gzip cannot.
  const std::string zeros(std::size_t{110} << 20U, '\0');
  const std::string tar = make_tar({file("zeros", zeros)});
  const Outcome outcome = read_layer(pack(tar, Packing::zstd), store::Compression::zstd, digest(tar));
  CHECK_THAT(outcome.problem, Catch::Contains("unfolds to more than 1000 times its size"));
}

TEST_CASE("a source that shrinks while it is read is an error") {
  const TemporaryDirectory directory;
  write_file(directory / "source", make_tar({file("f", "x")}).substr(0, 600));
  const linux::Fd source(::open((directory / "source").c_str(), O_RDONLY | O_CLOEXEC));
  LayerReader reader(source, {"", store::Compression::none, {0, 0, 4096}});
  Entry entry;
  const auto more = reader.next(entry);
  const auto checked = more ? reader.check_digest() : tl::unexpected(more.error());
  REQUIRE_FALSE(checked);
  CHECK_THAT(sentence(checked.error()), Catch::Contains("it became shorter meanwhile"));
}

TEST_CASE("sha256 is sha256") {
  Digest digest;
  digest.add("a", 1);
  digest.add("bc", 2);
  // FIPS 180-2, B.1
  CHECK(digest.finish() == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("names that are not UTF-8 are read as they are, in the worker's locale too") {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  std::setlocale(LC_ALL, "C.UTF-8");
  const std::string latin = "caf\xe9", long_latin = std::string(200, 'n') + "/caf\xe9", greek = "\xce\xba\xe1\xbd\xb9";
  const std::string decomposed = "e\xcc\x81";  // must not become one letter
  const std::string tar = make_tar({file(latin), file(long_latin), file(greek), file(decomposed)});
  const Outcome outcome = read_layer(tar, store::Compression::none, digest(tar));
  std::setlocale(LC_ALL, before.c_str());
  CHECK(outcome.problem.empty());
  CHECK(outcome.names == std::vector<std::string>{latin, long_latin, greek, decomposed});
}
