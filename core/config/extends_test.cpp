#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/config/test_catalogue.hpp"

namespace slipway::config {
namespace {

/// Pipeline files in a directory of their own.
class Files {
 public:
  Files() {
    std::string name = std::filesystem::temp_directory_path() / "extends-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    directory_ = name;
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  Files(Files&&) = delete;
  Files& operator=(Files&&) = delete;
  ~Files() { std::filesystem::remove_all(directory_); }

  [[nodiscard]] std::string path(const std::string& name) const { return directory_ + "/" + name; }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << text;
  }
  [[nodiscard]] Request request(const std::string& name) const {
    Request request;
    request.file = path(name);
    return request;
  }
  /// Without the directory's name.
  [[nodiscard]] std::string told(const std::string& name) const {
    std::string text = config::told(request(name));
    for (auto at = text.find(directory_ + "/"); at != std::string::npos; at = text.find(directory_ + "/"))
      text.erase(at, directory_.size() + 1);
    return text;
  }

 private:
  std::string directory_{};
};

Pipeline read(const Request& request) {
  static TestCatalogue plugins;
  auto pipeline = read_pipeline(request, plugins.catalogue());
  INFO(told(pipeline ? Findings{} : pipeline.error()));
  REQUIRE(pipeline);
  return std::move(*pipeline);
}

const StageUse& stage(const Pipeline& pipeline, std::string_view name) {
  for (const StageUse& use : pipeline.stages) {
    if (use.stage == name) return use;
  }
  FAIL("no stage " << name);
  return pipeline.stages.front();
}

TEST_CASE("a file goes over those that it extends, each value with its own place and relative to its own file") {
  const Files files;
  files.write("base/base.json", R"({"image": {"source": "box.tar", "tag": "base"}, "rootfs": {"upper": "disk"}})");
  files.write("more.json", R"({"image": {"tag": "more"}})");
  files.write("p.json", R"({"extends": ["base/base.json", "more.json"], "isolation": {"hostname": "top"}})");
  const Pipeline pipeline = read(files.request("p.json"));
  CHECK(stage(pipeline, "image").options == nlohmann::json({{"source", files.path("base/box.tar")}, {"tag", "more"}}));
  CHECK(stage(pipeline, "rootfs").options["upper"] == "disk");
  CHECK(pipeline.isolation.hostname == "top");
  CHECK(to_text(pipeline.place_of("/image/tag")) == files.path("more.json") + ":1:19");
  CHECK(to_text(pipeline.place_of("/rootfs/upper")) == files.path("base/base.json") + ":1:69");
  REQUIRE(pipeline.extended.size() == 2);
  CHECK(pipeline.extended[0].path == files.path("base/base.json"));
  CHECK(pipeline.extended[1].text == R"({"image": {"tag": "more"}})");
}

TEST_CASE("files extend files, and another plugin drops what an extended file says for the old one") {
  const Files files;
  files.write("a.json", R"({"image": {"source": "a.tar"}, "rootfs": {"use": "fs-overlay", "upper": "disk"}})");
  files.write("b.json", R"({"extends": "a.json", "rootfs": {"use": "fs-copy"}})");
  files.write("c.json", R"({"extends": "b.json", "rootfs": {"reflink": false}})");
  const Pipeline pipeline = read(files.request("c.json"));
  CHECK(stage(pipeline, "rootfs").use == "fs-copy");
  CHECK(stage(pipeline, "rootfs").options == nlohmann::json({{"reflink", false}}));
}

TEST_CASE("two files may extend the same third one") {
  const Files files;
  files.write("a.json", R"({"image": {"source": "a.tar"}})");
  files.write("b.json", R"({"extends": "a.json"})");
  files.write("c.json", R"({"extends": "a.json"})");
  files.write("d.json", R"({"extends": ["b.json", "c.json"]})");
  CHECK(files.told("d.json").empty());
}

TEST_CASE("what cannot be extended is told where it is asked for") {
  const Files files;
  struct Row {
    std::string name, text, told;
  };
  const std::string shape = R"( | "extends": FILE or [FILE, ...], each relative to the file that says so)";
  const std::vector<Row> rows = {
      {"missing", R"({"extends": "none.json"})",
       R"(p.json:1:13: error: /extends: "none.json" cannot be read: No such file or directory)" + shape + "\n"},
      {"a directory", R"({"extends": "."})",
       R"(p.json:1:13: error: /extends: "." cannot be read: Is a directory)" + shape + "\n"},
      {"a number", R"({"extends": 7})", "p.json:1:13: error: /extends: expected a file, found 7" + shape + "\n"},
      {"an empty name", R"({"extends": ["a.json", ""]})",
       R"(p.json:1:24: error: /extends/1: expected a file, found "")" + shape + "\n"},
      {"itself", R"({"extends": "p.json"})",
       R"(p.json:1:13: error: /extends: "p.json" extends itself | a file may extend others, and they others, in no circle)"
       "\n"},
      {"a circle", R"({"extends": "circle.json"})",
       R"(circle.json:1:13: error: /extends: "p.json" extends itself | a file may extend others, and they others, in no circle)"
       "\n"},
      {"a variable", R"({"extends": "${base}.json"})",
       R"(p.json:1:13: error: /extends: a variable cannot choose the file that is extended, found "${base}.json" | files come first, and then the variables that they declare)"
       "\n"},
      {"no JSON", R"({"extends": "text"})",
       R"(text:1:1: error: expected an object in braces, found "hello" | a text stands in double quotes)"
       "\n"},
      {"a list of two wrong ones", R"({"extends": ["none.json", 7]})",
       R"(p.json:1:14: error: /extends/0: "none.json" cannot be read: No such file or directory)" + shape +
           "\np.json:1:27: error: /extends/1: expected a file, found 7" + shape + "\n"},
  };
  files.write("a.json", R"({"image": {"source": "a.tar"}})");
  files.write("circle.json", R"({"extends": "p.json"})");
  files.write("text", "hello");
  for (const Row& row : rows) {
    DYNAMIC_SECTION(row.name) {
      files.write("p.json", row.text);
      CHECK(files.told("p.json") == row.told);
    }
  }
}

TEST_CASE("a wrong value in an extended file is told at its place there") {
  const Files files;
  files.write("a.json", R"({"image": {"source": "a.tar"}, "rootfs": {"uper": "disk"}})");
  files.write("p.json", R"({"extends": "a.json"})");
  CHECK(files.told("p.json").starts_with(R"(a.json:1:43: error: /rootfs/uper: unknown option "uper" of "fs-overlay")"));
}

TEST_CASE("a chain of extended files has an end") {
  const Files files;
  for (int i = 0; i < 20; ++i)
    files.write(std::to_string(i) + ".json", R"({"extends": ")" + std::to_string(i + 1) + R"(.json"})");
  CHECK(files.told("0.json") ==
        "15.json:1:13: error: /extends: files extend one another more than 16 deep | have this file say what the "
        "innermost ones say\n");
}

}  // namespace
}  // namespace slipway::config
