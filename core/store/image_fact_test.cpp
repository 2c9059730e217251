#include "core/store/image_fact.hpp"

#include <array>
#include <catch2/catch.hpp>

using namespace slipway;
using namespace slipway::store;

namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');
constexpr std::array<std::uint64_t, 1> kSizes = {1000};

std::string with_layer(const std::string& layer) { return R"({"id":"x","layers":[)" + layer + "]}"; }

}  // namespace

TEST_CASE("a whole image fact is understood") {
  const auto fact = parse_image_fact(
      R"({"id":")" + kDigest + R"(","name":"box:latest","settings":{"entrypoint":["/e"],"cmd":["c"],"env":["A=b"],
          "user":"app","workdir":"/w","labels":{"k":"v"},"stop_signal":"SIGTERM"},
          "config":{"source":0,"offset":1,"size":9},
          "layers":[{"diff_id":")" +
          kDigest + R"(","compression":"gzip","source":0,"offset":512,"size":488}],"more":1})",
      kSizes);
  REQUIRE(fact);
  CHECK(fact->name == "box:latest");
  CHECK(fact->settings.entrypoint == std::vector<std::string>{"/e"});
  CHECK(fact->settings.labels.at("k") == "v");
  CHECK(fact->config == Range{0, 1, 9});
  REQUIRE(fact->layers.size() == 1);
  CHECK(fact->layers[0] == LayerSource{kDigest, Compression::gzip, {0, 512, 488}});
}

TEST_CASE("what is wrong with an image fact is named by its pointer") {
  struct Row {
    std::string json, expected;
  };
  const std::string layer = R"({"diff_id":")" + kDigest + R"(","compression":"none",)";
  const std::vector<Row> rows = {
      {"[]", " is no object"},
      {R"({"id":"x"})", "/layers is no list"},
      {R"({"layers":[]})", "/id is missing"},
      {R"({"id":"x","layers":[],"settings":{"env":"A=b"}})", "/settings/env is no list"},
      {R"({"id":"x","layers":[],"settings":{"env":["A\u0000"]}})", "/settings/env/0 has a NUL in it"},
      {R"({"id":"x","layers":[],"settings":{"user":7}})", "/settings/user is no text"},
      {R"({"id":"x","layers":[],"config":{"offset":0,"size":1}})", "/id is no digest, but the fact has a config"},
      {with_layer(R"({"diff_id":"sha256:../..","offset":0,"size":1})"),
       "/layers/0/diff_id is no digest (sha256: and 64 digits)"},
      {with_layer(layer + R"("offset":0,"size":1001})"), "/layers/0 lies outside the source"},
      {with_layer(layer + R"("offset":18446744073709551615,"size":2})"), "/layers/0 lies outside the source"},
      {with_layer(layer + R"("offset":-1,"size":2})"), "/layers/0/offset is no number of bytes"},
      {with_layer(layer + R"("source":3,"offset":0,"size":2})"),
       "/layers/0 lies in a file that the source does not have"},
      {with_layer(R"({"diff_id":")" + kDigest + R"(","compression":"lzma","offset":0,"size":2})"),
       "/layers/0/compression is none of none, gzip, zstd, xz, bzip2"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.json);
    const auto fact = parse_image_fact(row.json, kSizes);
    REQUIRE_FALSE(fact);
    CHECK(fact.error().subject == "/facts/image" + row.expected);
  }
}

TEST_CASE("a compressed source says itself how long it is when it is unfolded, a directory how long its files are") {
  const std::string layer = R"([{"diff_id":")" + kDigest + R"(","source":0,"offset":1000,"size":24}]})";
  const auto unfolded = parse_image_fact(R"({"id":"x","unfolded":1024,"layers":)" + layer, kSizes);
  REQUIRE(unfolded);
  CHECK(unfolded->unfolded == 1024);
  const auto directory =
      parse_image_fact(R"({"id":"x","files":[{"name":"blobs/sha256/a","size":1024}],"layers":)" + layer, {});
  REQUIRE(directory);
  CHECK(directory->layers.at(0).file == "blobs/sha256/a");
  CHECK_FALSE(parse_image_fact(R"({"id":"x","layers":)" + layer, {}));
  CHECK_FALSE(parse_image_fact(R"({"id":"x","files":[{"name":"a","size":1024}],"layers":)" + layer, kSizes));
}

TEST_CASE("a layer in place is a directory's, and its only one") {
  const std::string in_place = R"({"diff_id":"in-place"})";
  const auto fact = parse_image_fact(with_layer(in_place), {});
  REQUIRE(fact);
  CHECK(fact->is_in_place());
  CHECK_FALSE(parse_image_fact(with_layer(in_place), kSizes));
  CHECK_FALSE(parse_image_fact(with_layer(in_place + "," + in_place), {}));
  CHECK_FALSE(parse_image_fact(with_layer(R"({"diff_id":7})"), {}));
}

TEST_CASE("a digest may be missing for whoever finds it out, and for nobody else") {
  const std::string flat = R"({"layers":[{"offset":0,"size":1000}]})";
  CHECK(parse_image_fact(flat, kSizes, Digests::may_be_missing));
  CHECK_FALSE(parse_image_fact(flat, kSizes));
}

TEST_CASE("a compression is known by its word and by its first bytes") {
  for (const Compression one :
       {Compression::none, Compression::gzip, Compression::zstd, Compression::xz, Compression::bzip2}) {
    CHECK(compression_of(to_word(one)) == one);
  }
  CHECK(compression_of("lzma") == std::nullopt);
  CHECK(compression_by("BZh91AY") == Compression::bzip2);
  CHECK(compression_by("\x1f") == Compression::none);
  CHECK(compression_by("") == Compression::none);
}

TEST_CASE("an image of more layers than can be stacked is refused") {
  std::string layers;
  for (int i = 0; i < 129; ++i) {
    layers += (i == 0 ? "" : ",") + (R"({"diff_id":")" + kDigest + R"(","offset":0,"size":1})");
  }
  const auto fact = parse_image_fact(with_layer(layers), kSizes);
  REQUIRE_FALSE(fact);
  CHECK(fact.error().subject == "/facts/image/layers has 129 members; at most 128 layers can be stacked");
}

TEST_CASE("a fact that is no JSON is refused") { CHECK_FALSE(parse_image_fact("{", kSizes)); }
