// What a person at the terminal is told who has made a usual mistake: one error, at its cause, with what to write.
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/refuse/setting.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;

namespace {

constexpr const char* kHint = "\n  hint: ";

}  // namespace

TEST_CASE("a value that is wrong is told with one that is right") {
  SLIPWAY_SETTING(Who::range);
  const std::string image = setting.archive();
  struct Row {
    const char* words;
    std::vector<std::string> parts;
  };
  const std::vector<Row> rows = {
      {"exec.groups=audio", {"/exec/groups: expected a list, found \"audio\"", "a list is written [\"audio\"]"}},
      {R"(exec.env={"A":"b"})", {"/exec/env: expected a list, found an object", "written [\"NAME=VALUE\", …]"}},
      {R"(exec.env=["=b"])", {"/exec/env/0: expected text as in \"NAME=VALUE\", found \"=b\""}},
      {R"(harden={"mask":["proc/kcore"]})",
       {"/harden/mask/0: expected text as in \"/proc/keys\", found \"proc/kcore\""}},
      {R"(pseudo.0={"shm":{"size":"12Q"}})", {"/pseudo/0/shm/size: expected text as in \"64M\", found \"12Q\""}},
      {"rootfs.size=12Q", {"/rootfs/size: expected text as in \"512M\", found \"12Q\"", "half of the memory"}},
  };
  for (const Row& row : rows) {
    INFO(row.words);
    CHECK(setting.refusal("run", {"--set", row.words, image, "true"}, row.parts) == "");
  }
  const std::string file = setting.file("p.json", R"({"exec": {"args": ["sh"]}})");
  CHECK(setting.refusal("run", {file},
                        {"p.json:1:1: error: /image: no image is named", "--set image.source=image.tar"}) == "");
}

TEST_CASE("what a plugin says of the isolation stands where the isolation is said") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive();
    setting.make_store();
    INFO(to_text(who));
    const std::vector<std::string> said = {"error: /isolation/namespaces: net-loopback: there is no network namespace",
                                           "\"net\" to isolation.namespaces"};
    CHECK(setting.refusal("run", {"--set", R"(isolation.namespaces=["mount"])", image, "true"},
                          {"--set isolation.namespaces: " + said[0], said[1]}) == "");
    const std::string file = setting.file(
        "p.json", R"({"isolation": {"namespaces": ["mount", "pid"]}, "image": {"source": ")" + image + "\"}}");
    CHECK(setting.refusal("run", {file, "true"}, {"p.json:1:30: " + said[0], said[1]}) == "");
  }
}

TEST_CASE("a path with what only a shell expands says so") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive();
    setting.make_store();
    for (const std::string source : {"~/src", "$HOME/src"}) {
      INFO(source << " as " << to_text(who));
      CHECK(setting.refusal("run", {"--bind", source + ":/src", image, "true"},
                            {"open on the host: No such file", "slipway expands neither ~ nor $NAME"}) == "");
      const std::string file = setting.file("p.json", R"({"image": {"source": ")" + source + "\"}}");
      CHECK(setting.refusal("run", {file}, {"open the image: ", "slipway expands neither ~ nor $NAME"}) == "");
      CHECK(setting.refusal("run", {"--plugin-dir", source, image, "true"}, {"slipway expands neither ~ nor $NAME"}) ==
            "");
    }
  }
}

TEST_CASE("a wrong directory of plugins is told once, and not each plugin that it may have") {
  SLIPWAY_SETTING(Who::root);
  const std::string image = setting.archive();
  CHECK(setting.refusal("run", {"--plugin-dir", "/nowhere", "--use", "exec=mine", image, "true"},
                        {"--plugin-dir: error: /plugin_dirs/0: ", "/nowhere: No such file", kHint}) == "");
  const std::string file = setting.file(
      "p.json", R"({"plugin_dirs": ["nowhere"], "exec": {"use": "mine"}, "image": {"source": ")" + image + "\"}}");
  CHECK(setting.refusal("check", {file}, {"p.json:1:18: error: /plugin_dirs/0: ", kHint}) == "");
}

TEST_CASE("a label that names no step is one error with the step that was meant") {
  for (const char* label : {"pseudo-standard:/dev/shn", "pseudo-standrd:/dev/shm", "/dev/shm"}) {
    SLIPWAY_SETTING(Who::range);
    const std::string file = setting.file("p.json", R"({"image": {"source": ")" + setting.archive() + R"("},
      "pseudo": [{"use": "pseudo-standard"}, {"use": "pseudo-binds", "replaces": [")" +
                                                        label + R"("],
        "binds": [{"source": "/etc", "target": "/dev/shm"}]}]})");
    INFO(label);
    CHECK(setting.refusal("check", {file},
                          {"p.json:2:83: error: /pseudo/1/replaces/0: ", "did you mean pseudo-standard:/dev/shm?"}) ==
          "");
  }
}

TEST_CASE("what is no host name is refused, wherever it is written") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive();
    for (const std::string name : {"a b", "-x", "a..b", "a/b"}) {
      INFO(name << " as " << to_text(who));
      const std::string said = "error: /isolation/hostname: \"" + name + "\" is no host name";
      CHECK(setting.refusal("run", {"--hostname", name, image, "true"}, {"--hostname: " + said, kHint}) == "");
      const std::string names = setting.file("name", "# comment\n" + name + "\n");
      const std::string file = setting.file(
          "p.json", R"({"isolation": {"hostname": {"file": "name"}}, "image": {"source": ")" + image + "\"}}");
      CHECK(setting.refusal("run", {file, "true"}, {"p.json:1:28: " + said, kHint}) == "");
    }
    setting.file("name", "\n# hostname(5) skips this\n  box-7 \nmore\n");
    CHECK(setting
              .slipway("run", {"--set", R"(isolation.hostname={"file":")" + setting.scratch().path() + "/name\"}",
                               image, "uname", "-n"})
              .output == "box-7\n");
  }
}

TEST_CASE("a program that was copied without what belongs to it says where it looks") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    const std::filesystem::path own = setting.scratch().directory("alone", 0, 0, 0755);
    const std::filesystem::path built = std::filesystem::path(SLIPWAY_PROGRAM).parent_path().parent_path();
    std::filesystem::create_directory(own / "bin");
    std::filesystem::copy_file(SLIPWAY_PROGRAM, own / "bin/slipway");
    setting.make_store();
    const std::vector<std::string> words = {"run", "--store", setting.store(), setting.archive(), "true"};
    const auto faults = [&] {
      Command command = setting.slipway_command(words);
      command.arguments.front() = own / "bin/slipway";
      const Watch before = setting.watch();
      return Setting::faults_of(run(command), 125, {"looks beside its own file", kHint}, before);
    };
    CHECK(faults() == "");
    std::filesystem::copy(built / "libexec", own / "libexec", std::filesystem::copy_options::recursive);
    CHECK(faults() == "");
  }
}
