#include <catch2/catch.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "core/config/test_catalogue.hpp"

namespace slipway::config {
namespace {

std::string dumped(const Request& request, bool places = false) {
  static TestCatalogue plugins;
  const auto pipeline = read_pipeline(request, plugins.catalogue());
  INFO(told(pipeline ? Findings{} : pipeline.error()));
  REQUIRE(pipeline);
  return dump(*pipeline, places);
}

const std::string kWhole = R"({
  "vars": {"word": "hello"},
  "image": {"source": "a.tar"},
  "rootfs": {"upper": "disk"},
  "harden": [{"use": "harden-proc", "name": "one", "masked": []}, {"use": "harden-proc", "after": ["x:y"]}],
  "exec": {"args": ["${word}", "$${word}"], "env": ["A=b"]},
  "isolation": {"namespaces": ["mount", "pid"], "user": "single"},
  "plugin_dirs": ["more"]
})";

TEST_CASE("a dump is a pipeline of its own that says the same and dumps the same") {
  for (const bool places : {false, true}) {
    const std::string first = dumped(request_for(kWhole), places);
    Request again = request_for(first);
    again.file = "/elsewhere/q.json";
    CHECK(dumped(again) == dumped(request_for(kWhole)));
  }
  const nlohmann::json whole = nlohmann::json::parse(dumped(request_for(kWhole)));
  CHECK(whole["image"]["source"] == "/etc/box/a.tar");
  CHECK(whole["pseudo"][0]["shm"]["size_bytes"] == 67108864);
  CHECK(whole["exec"]["args"] == nlohmann::json({"hello", "$${word}"}));
  CHECK(whole["harden"][0]["name"] == "one");
  CHECK(whole["plugin_dirs"] == nlohmann::json({"/etc/box/more"}));
  CHECK_FALSE(whole["isolation"].contains("hostname"));  // without an own uts namespace there is none
  CHECK_FALSE(whole.contains("vars"));
}

TEST_CASE("a dump with places says of each value where it was written") {
  const std::string text = dumped(request_for(kWhole, {set("rootfs.upper=none")}), true);
  for (const char* line :
       {"    \"use\": \"fs-overlay\",  // default\n", "    \"upper\": \"none\"  // --set rootfs.upper\n",
        "    \"source\": \"/etc/box/a.tar\",  // /etc/box/p.json:3:23\n",
        "      \"hello\",  // /etc/box/p.json:2:20\n"}) {
    INFO(text);
    CHECK(text.find(line) != std::string::npos);
  }
}

/// What an editor would say of a pipeline.
class Editor {
 public:
  Editor() {
    TestCatalogue plugins;
    std::vector<host::Manifest> manifests;
    for (const char* name : {"image-docker-save", "fs-overlay", "fs-copy", "pseudo-standard", "harden-proc",
                             "harden-seccomp", "net-loopback", "net-host", "exec-process"})
      manifests.push_back(plugins[name]);
    text_ = file_schema(manifests);
    schema_json_ = nlohmann::json::parse(text_);
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(valijson::adapters::NlohmannJsonAdapter(schema_json_), schema_);
  }

  [[nodiscard]] bool likes(const std::string& pipeline) const {
    const nlohmann::json value = nlohmann::json::parse(pipeline, nullptr, true, true);
    return valijson::Validator().validate(schema_, valijson::adapters::NlohmannJsonAdapter(value), nullptr);
  }

 private:
  std::string text_{};
  nlohmann::json schema_json_{};
  valijson::Schema schema_{};
};

TEST_CASE("the schema of pipeline files takes what the reader takes and refuses what it refuses") {
  const Editor editor;
  struct Row {
    bool right;
    std::string text;
  };
  const std::vector<Row> rows = {
      {true, R"({"image": {"source": "a.tar"}})"},
      {true, R"({"$schema": "x", "image": {"source": "a.tar"}, "rootfs": {"use": "fs-copy", "reflink": false}})"},
      {false, R"({"image": {"source": "a.tar"}, "rootfs": {"use": "fs-copy", "upper": "disk"}})"},
      {false, R"({"image": {"source": "a.tar"}, "rootfs": {"use": "fs-overlay", "upper": "dsk"}})"},
      {true,
       R"({"vars": {"u": "disk"}, "image": {"source": "a.tar"}, "rootfs": {"use": "fs-overlay", "upper": "${u}"}})"},
      {true,
       R"({"vars": {"n": 4096}, "image": {"source": "a.tar"}, "rootfs": {"use": "fs-overlay", "size_bytes": "${n}"}})"},
      {false, R"({"image": {"source": "a.tar"}, "rootfs": {"use": "fs-overlay", "size_bytes": "4096"}})"},
      {false, R"({"image": {"source": "a.tar"}, "rootfs": []})"},
      {true, R"({"image": {"source": "a.tar"}, "harden": [{"use": "harden-proc", "name": "n", "after": "a:b"}]})"},
      {true, R"({"image": {"source": "a.tar"}, "harden": {"use": "harden-proc"}})"},
      {false, R"({"image": {"source": "a.tar"}, "harden": [{"use": "harden-proc", "masked": [7]}]})"},
      {false, R"({"image": {"source": "a.tar"}, "hardn": []})"},
      {false, R"({"image": {"source": "a.tar"}, "isolation": {"user": "root"}})"},
      {true, R"({"image": {"source": "a.tar"}, "isolation": {"user": "none", "namespaces": ["mount", "time"]}})"},
      {false, R"({"image": {"source": "a.tar"}, "isolation": {"namespaces": ["user"]}})"},
      {false, R"({"image": {"source": "a.tar"}, "isolation": {"name": "x"}})"},
      {true, R"({"image": {"source": "a.tar"}, "exec": {"use": "exec-process", "user": 7}})"},
      {false, R"({"image": {"source": "a.tar"}, "exec": {"use": "exec-process", "user": []}})"},
      {true, R"({"vars": {"A-b_9": [1]}, "image": {"source": "a.tar"}})"},
      {false, R"({"vars": {"9": 1}, "image": {"source": "a.tar"}})"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(editor.likes(row.text) == row.right);
    CHECK(told(request_for(row.text)).empty() == row.right);
  }
  CHECK(editor.likes(dumped(request_for(kWhole))));
  CHECK(editor.likes(R"({"extends": ["a.json"], "image": {"source": "a.tar"}})"));
  CHECK_FALSE(editor.likes(R"({"extends": 7, "image": {"source": "a.tar"}})"));
}

}  // namespace
}  // namespace slipway::config
