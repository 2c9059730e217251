// OCI image layouts, as a directory and as a tar.
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/run/harness.hpp"
#include "tests/run/source_runs.hpp"
#include "tests/support/oci_layout.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

#if defined(__x86_64__)
constexpr const char* kThisMachine = "linux/amd64";
constexpr const char* kAnother = "linux/arm64";
#else
constexpr const char* kThisMachine = "linux/arm64";
constexpr const char* kAnother = "linux/amd64";
#endif

ImageSpec saying(const std::string& word, Packing packing = Packing::plain) {
  ImageSpec image = box_image();
  for (ImageLayer& layer : image.layers) layer.packing = packing;
  image.layers.push_back({make_tar({file("etc/word", word + "\n")}), packing});
  image.command = {"cat", "/etc/word"};
  return image;
}

std::string put_directory(const Runner& runner, const std::string& name, const OciFiles& files) {
  const std::string path = runner.own(name);
  write_oci_directory(path, files);
  return path;
}

}  // namespace

TEST_CASE("A1: an OCI layout gives its container as a directory and as a tar, in every compression") {
  struct Row {
    const char* word;
    Packing packing;
  };
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      Words directories;
      for (const Row& row : {Row{"plain", Packing::plain}, Row{"gzip", Packing::gzip}, Row{"zstd", Packing::zstd}}) {
        INFO(row.word);
        const OciFiles files = oci_layout({{saying(row.word, row.packing), "box:1", ""}});
        const std::string directory = directories.emplace_back(put_directory(runner, row.word, files));
        const std::string tar = runner.put(std::string(row.word) + ".tar", oci_tar(files));
        const std::string packed = runner.put(std::string(row.word) + ".tar.gz", pack(oci_tar(files), Packing::gzip));
        for (const std::string& source : {directory, tar, packed}) {
          for (const Words& use : {Words{}, Words{"--use", "image=image-oci"}}) {
            Words words = use;
            words.push_back(source);
            const Outcome outcome = runner.run(words);
            CHECK(outcome.output == std::string(row.word) + "\n");
            CHECK(outcome.errors == "");
          }
        }
      }
      const std::string layers = layers_of(runner);
      for (const std::string& directory : directories) settle(runner, {"run", "--timing", directory});
      CHECK(layers_of(runner) == layers);
      // Another index is another image, although the directory is the same.
      write_oci_directory(directories.front(), oci_layout({{saying("changed"), "", ""}}));
      CHECK(runner.run({directories.front()}).output == "changed\n");
      CHECK(runner.slipway({"unpack", directories.front(), runner.own("tree")}).errors == "");
      CHECK(read_file(runner.own("tree") + "/etc/word") == "changed\n");
    }
  }
}

TEST_CASE("an image of a layout is chosen by tag or digest, and by platform") {
  const OciFiles files = oci_layout({{saying("one"), "docker.io/library/box:1", ""},
                                     {saying("latest"), "box:latest", ""},
                                     {saying("here"), "many", kThisMachine},
                                     {saying("there"), "many", kAnother}});
  struct Row {
    const char* name;
    Words options;
    std::string output, error;
  };
  const std::string other = std::string("image.platform=") + kAnother;
  const std::vector<Row> rows = {
      {"a tag", {"--set", "image.image=docker.io/library/box:1"}, "one\n", ""},
      {"the end of a tag", {"--set", "image.image=box:1"}, "one\n", ""},
      {"latest goes without saying", {"--set", "image.image=box"}, "latest\n", ""},
      {"this machine's platform", {"--set", "image.image=many"}, "here\n", ""},
      {"another platform", {"--set", "image.image=many", "--set", other}, "there\n", ""},
      {"none", {}, "", "the layout holds 3 images and none is chosen"},
      {"an unknown one", {"--set", "image.image=box:2"}, "", "the layout holds no image \"box:2\""},
      {"a platform that is not there",
       {"--set", "image.image=many", "--set", "image.platform=linux/s390x"},
       "",
       "the image is not made for linux/s390x"},
  };
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    const std::string directory = put_directory(runner, "several", files);
    for (const Row& row : rows) {
      INFO(caller.name << ": " << row.name);
      Words words = row.options;
      words.push_back(directory);
      const Outcome outcome = runner.run(words);
      CHECK(outcome.output == row.output);
      CHECK_THAT(outcome.errors, Catch::Contains(row.error));
      CHECK(outcome.shell_status() == (row.error.empty() ? 0 : 125));
    }
  }
}

TEST_CASE("a layout that is not what its digests say is one clear error") {
  const ImageSpec image = saying("x");
  const OciFiles whole = oci_layout({{image, "box:1", ""}});
  const std::string config = blob_of(config_of(image));
  const std::string layer = blob_of(image.layers.back().tar);
  std::string manifest;
  for (const auto& [name, bytes] : whole) {
    if (bytes.find("image.manifest.v1") != std::string::npos && name != "index.json") manifest = name;
  }
  REQUIRE(manifest != "");
  const auto changed = [](std::string& bytes) { bytes[bytes.size() / 2] ^= 1; };
  struct Row {
    const char* what;
    std::function<void(OciFiles&)> spoil;
    std::string part;
  };
  const std::vector<Row> rows = {
      {"no index", [](OciFiles& files) { files["index.json"] = "{}"; }, "index.json has no list of manifests"},
      {"an index that is no JSON", [](OciFiles& files) { files["index.json"] = "{"; }, "index.json is not JSON"},
      {"another version", [](OciFiles& files) { files["oci-layout"] = "{}"; }, "oci-layout is of no version 1"},
      {"no manifest", [&](OciFiles& files) { files.erase(manifest); }, "the layout has no file " + manifest},
      {"a longer manifest", [&](OciFiles& files) { files[manifest] += " "; }, "bytes long, and is said to be"},
      {"another manifest",
       [&](OciFiles& files) {
         std::string& text = files[manifest];
         text.replace(text.find("schemaVersion"), 13, "schemaversion");
       },
       "its content is not what the image names: its digest is"},
      {"another configuration",
       [&](OciFiles& files) {
         std::string& text = files[config];
         text.replace(text.find("amd64"), 5, "arm64");
       },
       "its content is not what the image names: its digest is"},
      {"no layer", [&](OciFiles& files) { files.erase(layer); }, "the layout has no file " + layer},
      {"another layer", [&](OciFiles& files) { changed(files[layer]); }, "layer sha256:"},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      INFO(caller.name << ": " << row.what);
      const Runner runner(caller);
      OciFiles files = whole;
      row.spoil(files);
      for (const std::string& source :
           {put_directory(runner, "spoiled", files), runner.put("spoiled.tar", oci_tar(files))}) {
        const Outcome outcome = runner.run({"--use", "image=image-oci", source});
        INFO(to_text(outcome));
        CHECK(outcome.shell_status() == 125);
        CHECK(outcome.output == "");
        CHECK_THAT(outcome.errors, Catch::Contains(row.part));
      }
    }
  }
}

TEST_CASE("a blob that is a link is read as long as it stays in the layout") {
  const ImageSpec image = saying("linked");
  const OciFiles files = oci_layout({{image, "", ""}});
  const std::string layer = blob_of(image.layers.back().tar);
  for (const Caller& caller : callers()) {
    INFO(caller.name);
    const Runner runner(caller);
    const std::string directory = put_directory(runner, "linked", files);
    namespace fs = std::filesystem;
    fs::rename(directory + "/" + layer, directory + "/aside");
    fs::create_symlink("../../aside", directory + "/" + layer);
    CHECK(runner.run({directory}).output == "linked\n");
    fs::rename(directory + "/aside", runner.own("outside"));
    fs::remove(directory + "/" + layer);
    fs::create_symlink("../../../outside", directory + "/" + layer);
    const Outcome outcome = runner.run({"--set", "image.image=", directory});
    CHECK(outcome.shell_status() == 125);
    CHECK_THAT(outcome.errors, Catch::Contains("the layout has no file " + layer));
  }
}

}  // namespace slipway::tests
