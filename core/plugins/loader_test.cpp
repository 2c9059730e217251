#include <dlfcn.h>
#include <sys/wait.h>

#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>

#include "core/plugins/support_test.hpp"
#include "sdk/host/entry.hpp"
#include "sdk/host/guard.hpp"
#include "sdk/host/session.hpp"

using namespace slipway;
using namespace slipway::plugins;
using namespace slipway::plugins::test;
using nlohmann::json;

namespace {

Result<Loaded> load_fixture(std::string_view name) {
  auto found = finder(kFixtures).find(name);
  INFO(told(found));
  REQUIRE(found);
  return load(*found);
}

// Options with the fixtures' defaults filled in, as the configuration would.
json options_of_cpp() {
  return json::parse(
      R"({"upper": "auto", "label": "l", "quoted": "q", "ratio": 0.5, "strict": true, "paths": ["/a", "/b;c"],
                         "flags": ["private"], "limits": {"open-files": 7}, "mounts": [{"target": "/m"}]})");
}

json document(const json& options) {
  return {{"options", options},
          {"facts", json::parse(R"({"image": {"id": "i", "layers": [{"diff_id": "sha256:a"}, {"diff_id": "sha256:b"}],
      "settings": {"env": ["A=B"], "labels": {"x/y": "z"}}}})")}};
}

struct Planned {
  bool well;
  std::vector<std::string> steps;
  std::string reports;
};

Planned plan(std::string_view name, const json& options) {
  const auto loaded = load_fixture(name);
  INFO(told(loaded));
  REQUIRE(loaded);
  const json given = document(options);
  host::Session session(given);
  const bool well = session.finish(loaded->plan()(session.abi()));
  Planned planned{well, {}, ""};
  for (const auto& step : session.steps) planned.steps.push_back(host::encode_step_text(step));
  for (const auto& report : session.reports) {
    planned.reports +=
        std::to_string(report.severity) + " " + report.at + ": " + report.message + " (" + report.hint + ")\n";
  }
  return planned;
}

}  // namespace

TEST_CASE("a plugin in C reads its options and emits steps") {
  const Planned planned = plan("fixture-c", json::parse(R"({"paths": ["/proc/kcore", "/proc/keys"]})"));
  CHECK(planned.reports.empty());
  CHECK(planned.well);
  CHECK(planned.steps ==
        std::vector<std::string>{R"({"type":"mask","path":"/proc/kcore","phase":"seal","from":"/options/paths/0"})",
                                 R"({"type":"mask","path":"/proc/keys","phase":"seal","from":"/options/paths/1"})"});
}

TEST_CASE("a plugin in C++ has its options as a struct, and typed steps") {
  const Planned planned = plan("fixture-cpp", options_of_cpp());
  CHECK(planned.reports.empty());
  CHECK(planned.well);
  CHECK(
      planned.steps ==
      std::vector<std::string>{
          R"({"type":"unpack","diff_id":"sha256:a","phase":"prepare","as":"layer0"})",
          R"({"type":"unpack","diff_id":"sha256:b","phase":"prepare","as":"layer1"})",
          R"({"type":"overlay","lower":["@layer1","@layer0"],"target":"/","phase":"mount","from":"/options/upper"})",
          R"({"type":"write","target":"/read","text":"label=l quoted=q upper=auto size=none strict paths=/a,/b;c private open=7 mount=/m:0","phase":"mount"})"});
}

TEST_CASE("an option's default in C++ is the one of the manifest") {
  json options = {{"label", "l"}, {"size", 5}};
  const Planned planned = plan("fixture-cpp", options);
  REQUIRE(planned.steps.size() == 4);
  CHECK(json::parse(planned.steps[3])["text"] ==
        "label=l quoted=a\"b\\c; [d]\n${e} upper=auto size=5 strict paths=/a,/b;c private open=1024");
}

TEST_CASE("what a plugin reports arrives with its place, and an error fails the call") {
  json options = options_of_cpp();
  options["strict"] = false;
  CHECK(plan("fixture-cpp", options).reports == "1 /options/strict: is off (switch it on)\n");
  CHECK(plan("fixture-cpp", options).well);
  options["strict"] = true;
  options["label"] = "bad";
  CHECK(plan("fixture-cpp", options).reports == "0 /options/label: is bad (choose another)\n");
  CHECK_FALSE(plan("fixture-cpp", options).well);
  options["label"] = "relative";
  CHECK_FALSE(plan("fixture-cpp", options).well);
  options["label"] = "missing";
  CHECK(plan("fixture-cpp", options).reports == "0 /facts/nowhere: is missing ()\n");
}

TEST_CASE("a plugin that throws has reported it") {
  CHECK(plan("fixture-throws", {{"what", "exception"}}).reports == "0 : the plugin threw: thrown on purpose ()\n");
  CHECK(plan("fixture-throws", {{"what", "failure"}}).reports ==
        "0 /options/what: can't go on (choose another word)\n");
  CHECK(plan("fixture-throws", {{"what", "number"}}).reports ==
        "0 : the plugin threw something that is no std::exception ()\n");
}

TEST_CASE("a plugin that fails without a word is told of") {
  CHECK(plan("fixture-misbehaves", {{"how", "silent"}})
            .reports.starts_with("0 : plan failed without saying why (status 42)"));
}

TEST_CASE("an image plugin reads its source through the host and hands over the image") {
  const auto loaded = load_fixture("fixture-image");
  REQUIRE(loaded);
  REQUIRE(loaded->resolve() != nullptr);
  CHECK(loaded->plan() == nullptr);
  static const std::string id = "the-id";
  static const slipway_source source = {
      sizeof(slipway_source), 0,
      [](const slipway_host*, std::uint64_t index, slipway_entry* out) -> std::int32_t {
        if (index >= 2) return 1;
        *out = {};
        out->name = index == 0 ? slipway_text{"id", 2} : slipway_text{"a.tar", 5};
        return 0;
      },
      [](const slipway_host*, slipway_text name, slipway_entry* out) -> std::int32_t {
        *out = {};
        out->name = name;
        out->size = id.size();
        out->type = 'f';
        return name.size == 2 ? 0 : 1;
      },
      [](const slipway_host*, std::uint32_t, std::uint64_t offset, void* to, std::uint64_t size) -> std::int32_t {
        id.copy(static_cast<char*>(to), size, offset);
        return 0;
      }};
  const json given = document(json::object());
  host::Session session(given, host::Session::Entry::resolve);
  session.ability = [](std::string_view name) -> const void* { return name == "slipway.source.1" ? &source : nullptr; };
  CHECK(session.finish(loaded->resolve()(session.abi())));
  REQUIRE(session.facts.size() == 1);
  CHECK(session.facts[0].first == "image");
  CHECK(session.facts[0].second ==
        json::parse(R"({"id": "the-id", "layers": [{"diff_id": "id"}, {"diff_id": "a.tar"}]})"));

  host::Session without(given, host::Session::Entry::resolve);
  CHECK_FALSE(without.finish(loaded->resolve()(without.abi())));
  CHECK(without.reports.at(0).message == "slipway shows no image source (slipway.source.1)");
}

TEST_CASE("a binary of plugin ABI 1.0 that was built once still loads and plans") {
#if !defined(__x86_64__)
  WARN("SKIPPED: the kept binary is for x86-64");
#else
  auto found = finder(kFixtures).find("fixture-abi-1-0", "harden");
  INFO(told(found));
  REQUIRE(found);
  const auto loaded = load(*found);
  INFO(told(loaded));
  REQUIRE(loaded);
  const json given = {{"options", {{"path", "/proc/kcore"}}}};
  host::Session session(given);
  session.provides = found->manifest.provides;
  CHECK(loaded->plan()(session.abi()) == 0);
  REQUIRE(session.steps.size() == 1);
  CHECK(host::encode_step_text(session.steps[0]) ==
        R"({"type":"mask","path":"/proc/kcore","phase":"seal","from":"/options/path"})");
  REQUIRE(session.facts.size() == 1);
  CHECK(session.reports.at(0).severity == SLIPWAY_INFO);
#endif
}

TEST_CASE("what is wrong with a plugin's symbol is told") {
  const std::string at = kFixtures + "/";
  CHECK(told(load_fixture("broken-small")) ==
        "load plugin broken-small: " + at +
            "broken-small.so: slipway_plugin_1 says that it is 8 bytes long; expected at least 16 (its first member is "
            "sizeof(slipway_plugin))");
  CHECK(told(load_fixture("broken-other-abi")) == "load plugin broken-other-abi: " + at +
                                                      "broken-other-abi.so: its code is built for plugin ABI 2.0, its "
                                                      "manifest says 1.0 (build it with this slipway's "
                                                      "SDK)");
  CHECK(told(load_fixture("broken-no-plan")) ==
        "load plugin broken-no-plan: " + at +
            "broken-no-plan.so: has no function `plan`, which the stage \"exec\" calls (set it in slipway_plugin_1)");
  CHECK(told(load_fixture("broken-no-call")) ==
        "load plugin broken-no-call: " + at +
            "broken-no-call.so: has no function `call`, which \"step:call\" in its needs is for (set it in "
            "slipway_plugin_1, or leave the word out)");
  CHECK(told(load_fixture("broken-no-build-id")) ==
        "load plugin broken-no-build-id: " + at +
            "broken-no-build-id.so: has no build id, by which the undo of its calls would find it again (link it with "
            "-Wl,--build-id, as slipway_add_plugin does)");
  CHECK(told(load_fixture("broken-no-symbol")) == "load plugin broken-no-symbol: " + at +
                                                      "broken-no-symbol.so: does not export slipway_plugin_1 (" +
                                                      std::string(host::kHowToExport) + ")");
}

TEST_CASE("the linker's reason is told with the library's own name") {
  const TempDir dir;
  dir.fixture("fixture-c", "fixture-c", "libc.so.6", "libq.so.6");
  auto found = finder(dir.path()).find("fixture-c");
  REQUIRE(found);
  const std::string text = told(load(*found));
  CHECK(text.find("libq.so.6: cannot open shared object file") != std::string::npos);
  CHECK(text.find("/proc/") == std::string::npos);
}

TEST_CASE("what is loaded is the file that was checked, whatever has its name by now") {
  const TempDir dir;
  dir.fixture("fixture-c", "fixture-c");
  auto found = finder(dir.path()).find("fixture-c");
  REQUIRE(found);
  const std::string other = dir.fixture("fixture-throws", "other");
  std::filesystem::rename(other, dir.path() + "/fixture-c.so");
  const auto loaded = load(*found);
  INFO(told(loaded));
  REQUIRE(loaded);
  const json given = document({{"paths", {"/proc/kcore"}}});
  host::Session session(given);
  CHECK(session.finish(loaded->plan()(session.abi())));
  CHECK(session.steps.size() == 1);
}

TEST_CASE("a library is known by its real path, for debuggers and for libraries beside it") {
  const TempDir dir;
  std::filesystem::create_directory(dir.path() + "/real");
  std::filesystem::create_directory_symlink("real", dir.path() + "/link");
  dir.write("real/fixture-c.so", bytes_of(kFixtures + "/fixture-c.so"));
  auto found = finder(dir.path() + "/link").find("fixture-c");
  REQUIRE(found);
  const auto loaded = load(*found);
  REQUIRE(loaded);
  Dl_info info{};
  REQUIRE(::dladdr(loaded->plugin, &info) != 0);
  CHECK(info.dli_fname == std::filesystem::canonical(dir.path()).string() + "/real/fixture-c.so");
}

TEST_CASE("a file that is put in the place of a loaded one is another library") {
  const TempDir dir;
  dir.fixture("fixture-c", "fixture-c");
  auto found = finder(dir.path()).find("fixture-c");
  REQUIRE(found);
  const auto first = load(*found);
  REQUIRE(first);
  const std::string other = dir.fixture("fixture-c", "other");
  std::filesystem::rename(other, dir.path() + "/fixture-c.so");
  found = finder(dir.path()).find("fixture-c");
  REQUIRE(found);
  const auto second = load(*found);
  REQUIRE(second);
  CHECK(first->plugin != second->plugin);
}

TEST_CASE("two plugins that are loaded one after the other are two libraries") {
  const auto first = load_fixture("fixture-c");
  const auto second = load_fixture("fixture-cpp");
  const auto again = load_fixture("fixture-c");
  REQUIRE((first && second && again));
  CHECK(first->plugin != second->plugin);
  CHECK(first->plugin == again->plugin);
}

TEST_CASE("a plugin that crashes, hangs or lets an exception escape ends the process with 125 and its name") {
  struct Row {
    const char* plugin;
    const char* how;
    const char* told;
  };
  const Row rows[] = {
      // Two C++ runtimes meet here. Where they are one (a shared runtime), the exception is caught and told as what it
      // is;
      // where they are not, unwinding ends in an abort.
      {"fixture-escapes", "", "slipway: error: plugin fixture-escapes "},
      {"fixture-misbehaves", "segv", "slipway: error: plugin fixture-misbehaves crashed in plan: Segmentation fault\n"},
      {"fixture-misbehaves", "overflow",
       "slipway: error: plugin fixture-misbehaves crashed in plan: Segmentation fault\n"},
      {"fixture-misbehaves", "abort",
       "slipway: error: plugin fixture-misbehaves crashed in plan: Aborted (abort, or an exception that nobody "
       "caught)\n"},
      {"fixture-misbehaves", "hang",
       "slipway: error: plugin fixture-misbehaves hangs in plan: no answer after 300 ms\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.plugin, row.how);
    const auto loaded = load_fixture(row.plugin);
    REQUIRE(loaded);
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      ::dup2(ends[1], STDERR_FILENO);
      const json given = document({{"how", row.how}});
      host::Session session(given);
      host::Guard guard;
      guard.run(
          row.plugin, "plan", [&] { return loaded->plan()(session.abi()); }, std::chrono::milliseconds(300));
      ::_exit(0);
    }
    ::close(ends[1]);
    std::string told;
    char buffer[512];
    for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof(buffer))) > 0;)
      told.append(buffer, static_cast<std::size_t>(got));
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 125);
    CHECK(told.starts_with(row.told));
    CHECK(told.find("plan") != std::string::npos);
    CHECK(std::count(told.begin(), told.end(), '\n') == 1);
  }
}

TEST_CASE("a plugin exports one symbol") {
  if (std::system("nm --version >/dev/null 2>&1") != 0) {
    WARN("SKIPPED: there is no nm (binutils)");
    return;
  }
  for (const auto& entry : std::filesystem::directory_iterator(kFixtures)) {
    if (entry.is_directory() || entry.path().filename() == "broken-no-symbol.so") continue;
    CAPTURE(entry.path().string());
    FILE* pipe = ::popen(("nm -D --defined-only '" + entry.path().string() + "'").c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string exports;
    char buffer[512];
    while (std::fgets(buffer, sizeof(buffer), pipe) != nullptr) exports += buffer;
    ::pclose(pipe);
    CHECK(std::count(exports.begin(), exports.end(), '\n') == 1);
    CHECK(exports.find(" slipway_plugin_1\n") != std::string::npos);
  }
}
