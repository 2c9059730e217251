// What `slipway reference` says of steps is what happens: each way to fail that is tried here stands in the step's
// table, with the errno that the message has. And what it says of stages is what `plugin check` looks at.
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/refuse/setting.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;
using nlohmann::json;

namespace {

using Words = std::vector<std::string>;

json reference(const Setting& setting, const Words& words) {
  Words all{"reference", "--json"};
  all.insert(all.end(), words.begin(), words.end());
  const Outcome outcome = setting.plain(all);
  INFO(outcome.errors);
  REQUIRE(outcome.status == 0);
  return json::parse(outcome.output);
}

enum class Whom { everybody, ordinary, with_ids };  // more than one of each kind

struct Row {
  const char* type;   // the step that fails: the last of these
  const char* code;   // of the message; empty where it has none
  const char* steps;  // of a pseudo plugin, or with an exec step of the exec plugin
  Whom whom = Whom::everybody;
};

constexpr auto kRows = std::to_array<Row>({
    {"bind", "ENOENT", R"({"type":"bind","source":"/no/such","target":"/opt"})"},
    {"bind", "ENOENT", R"({"type":"bind","source":"/etc","target":"/nope"})"},
    {"bind", "ENOENT", R"({"type":"bind","source":"/etc","target":"/proc/x","create":"missing"})"},
    {"bind", "EACCES", R"({"type":"bind","source":"/root/x","target":"/opt"})", Whom::ordinary},
    {"bind", "ENOTDIR", R"({"type":"bind","source":"/etc","target":"/bin/busybox/x"})"},
    {"bind", "ENOTDIR", R"({"type":"bind","source":"/etc","target":"/bin/busybox","create":"missing"})"},
    {"bind", "EISDIR", R"({"type":"bind","source":"/etc/passwd","target":"/opt","create":"missing"})"},
    {"bind", "EINVAL", R"({"type":"bind","source":"/etc/passwd","target":"/opt"})"},
    {"bind", "EINVAL", R"({"type":"bind","source":"/dev","target":"/opt"})", Whom::ordinary},
    {"bind", "ELOOP", R"({"type":"bind","source":"/etc/passwd","target":"/bin/sh"})"},
    {"bind", "EROFS", R"({"type":"bind","source":"/etc/passwd","target":"/sys/x","create":"missing"})"},
    {"bind", "", R"({"type":"bind","source":"/etc","target":"/opt"},
                    {"type":"bind","source":"/etc","target":"/opt/none","create":"missing"})"},
    {"copy", "", R"({"type":"open","path":"/etc","as":"s"},{"type":"copy","layers":["@s"],"into":"@s"})"},
    {"environment", "ENOENT", R"({"type":"environment","files":["/no/such"]},{"type":"exec","args":["true"]})"},
    {"environment", "EISDIR", R"({"type":"environment","files":["/etc"]},{"type":"exec","args":["true"]})"},
    {"exec", "ENOENT", R"({"type":"exec","args":["/nope"]})"},
    {"exec", "EACCES", R"({"type":"exec","args":["/bin"]})"},
    {"exec", "ENOTDIR", R"({"type":"exec","args":["/bin/busybox/x"]})"},
    {"exec", "ELOOP", R"({"type":"exec","args":["/proc/self/exe"]})"},
    {"exec", "ENOEXEC", R"({"type":"write","target":"/t","text":"x","mode":"0755"},{"type":"exec","args":["/t"]})"},
    {"exec", "", R"({"type":"exec","args":["/bin/true"],"preserve_fds":9})"},
    {"file", "ENOENT", R"({"type":"file","target":"/a","copy_of":"/no/such"})"},
    {"file", "EACCES", R"({"type":"file","target":"/a","copy_of":"/etc/shadow"})", Whom::ordinary},
    {"file", "EISDIR", R"({"type":"file","target":"/bin"})"},
    {"file", "ENOTDIR", R"({"type":"file","target":"/bin/busybox/x"})"},
    {"file", "EROFS", R"({"type":"file","target":"/sys/x"})"},
    {"file", "", R"({"type":"file","target":"/a","copy_of":"/etc"})"},
    {"hostname", "", R"({"type":"hostname","source":"image"})"},
    {"link_up", "ENODEV", R"({"type":"link_up","interface":"none9"})"},
    {"mask", "ELOOP", R"({"type":"mask","path":"/bin/sh"})"},
    {"mkdir", "ENOTDIR", R"({"type":"mkdir","target":"/bin/busybox/x"})"},
    {"mkdir", "ELOOP", R"({"type":"mkdir","target":"/proc/self/root/x"})"},
    {"mkdir", "ENOENT", R"({"type":"mkdir","target":"/proc/x"})"},
    {"mkdir", "EROFS", R"({"type":"mkdir","target":"/sys/x"})"},
    {"mknod", "EEXIST", R"({"type":"mknod","target":"/bin/busybox","kind":"fifo"})"},
    {"mknod", "EPERM", R"({"type":"mknod","target":"/n","major":1,"minor":3})", Whom::ordinary},
    {"mknod", "ENOENT", R"({"type":"mknod","target":"/nope/n","kind":"fifo"})"},
    {"mknod", "ENOTDIR", R"({"type":"mknod","target":"/bin/busybox/n","kind":"fifo"})"},
    {"mknod", "ELOOP", R"({"type":"mknod","target":"/proc/self/n","kind":"fifo"})"},
    {"mount", "ENODEV", R"({"type":"mount","fstype":"nofs","target":"/opt"})"},
    {"mount", "EPERM", R"({"type":"mount","fstype":"securityfs","target":"/opt"})", Whom::ordinary},
    {"mount", "EINVAL", R"({"type":"mount","fstype":"tmpfs","target":"/opt","options":["size=x"]})"},
    {"mount", "EINVAL", R"({"type":"mount","fstype":"tmpfs","target":"/bin/busybox"})"},
    {"mount", "ENOENT", R"({"type":"mount","fstype":"tmpfs","target":"/nope"})"},
    {"mount", "ENOTDIR", R"({"type":"mount","fstype":"tmpfs","target":"/bin/busybox/x"})"},
    {"mount", "ELOOP", R"({"type":"mount","fstype":"tmpfs","target":"/proc/self"})"},
    {"open", "ENOENT", R"({"type":"open","path":"/no/such","as":"x"})"},
    {"open", "EACCES", R"({"type":"open","path":"/root/x","as":"x"})", Whom::ordinary},
    {"open", "ENOTDIR", R"({"type":"open","path":"/etc/passwd/x","as":"x"})"},
    {"open", "EPERM", R"({"type":"open","path":"/etc","as":"x","owners":"container"})", Whom::ordinary},
    {"overlay", "EINVAL", R"({"type":"open","path":"/etc/passwd","as":"s"},
                             {"type":"overlay","lower":["@s"],"target":"/opt"})"},
    {"overlay", "ENOENT", R"({"type":"open","path":"/etc","as":"s"},
                             {"type":"overlay","lower":["@s"],"target":"/nope"})",
     Whom::with_ids},
    {"readonly", "ELOOP", R"({"type":"readonly","path":"/bin/sh"})"},
    {"readonly", "EINVAL", R"({"type":"propagation","spread":"unbindable"},{"type":"readonly","path":"/proc"})"},
    {"scratch", "EEXIST", R"({"type":"scratch","name":"a"},{"type":"scratch","name":"a"})"},
    {"symlink", "EEXIST", R"({"type":"symlink","target":"x","link":"/bin/busybox"})"},
    {"symlink", "ENOENT", R"({"type":"symlink","target":"x","link":"/nope/y"})"},
    {"symlink", "ENOTDIR", R"({"type":"symlink","target":"x","link":"/bin/busybox/y"})"},
    {"symlink", "ELOOP", R"({"type":"symlink","target":"x","link":"/proc/self/y"})"},
    {"unpack", "", R"({"type":"unpack","diff_id":"sha256:00"})"},
    {"user", "", R"({"type":"user","user":"nobody-here"},{"type":"exec","args":["true"]})"},
    {"user", "", R"({"type":"user","user":"4000000000"},{"type":"exec","args":["true"]})", Whom::ordinary},
    {"workdir", "ENOENT", R"({"type":"workdir","path":"/nope"},{"type":"exec","args":["true"]})"},
    {"workdir", "ENOTDIR", R"({"type":"workdir","path":"/bin/busybox"},{"type":"exec","args":["true"]})"},
    {"workdir", "ELOOP", R"({"type":"workdir","path":"/proc/self/root"},{"type":"exec","args":["true"]})"},
    {"workdir", "EACCES", R"({"type":"mkdir","target":"/q","mode":"0700"},{"type":"user","user":"1"},
                             {"type":"workdir","path":"/q"},{"type":"exec","args":["true"]})",
     Whom::with_ids},
    {"write", "EEXIST", R"({"type":"write","target":"/bin/busybox"})"},
    {"write", "ENOENT", R"({"type":"write","target":"/nope/y"})"},
    {"write", "ENOTDIR", R"({"type":"write","target":"/bin/busybox/y"})"},
    {"write", "ELOOP", R"({"type":"write","target":"/proc/self/y"})"},
});

// Files of environments are read before the container is made, and their errors have no name.
bool has_named_errno(const Row& row) { return row.code[0] != '\0' && std::string_view(row.type) != "environment"; }

std::string pipeline_for(const Row& row, const std::string& image) {
  const json steps = json::parse("[" + std::string(row.steps) + "]");
  json texts = json::array();
  for (const json& step : steps) texts.push_back(step.dump());
  json pipeline = {{"plugin_dirs", {SLIPWAY_FIXTURES}}, {"image", {{"source", image}}}};
  const bool runs = steps.back()["type"] == "exec";
  if (runs) {
    pipeline["exec"] = {{"use", "emits-exec"}, {"steps", texts}};
  } else {
    pipeline["pseudo"] = json::array({{{"use", "pseudo-standard"}}, {{"use", "emits-pseudo"}, {"steps", texts}}});
  }
  return pipeline.dump();
}

std::string names_with(const json& list) {
  std::string names;
  for (const json& one : list) names += one["name"].get<std::string>() + " ";
  return names;
}

}  // namespace

TEST_CASE("what a step fails with stands in its table") {
  const Who who = GENERATE(from_range(kEach.begin(), kEach.end()));
  SLIPWAY_SETTING(who);
  const std::string image = setting.archive();
  const json steps = reference(setting, {"steps"});
  for (const Row& row : kRows) {
    if (row.whom == Whom::ordinary && who == Who::root) continue;
    if (row.whom == Whom::with_ids && who == Who::single) continue;
    INFO(to_text(who) << ": " << row.steps);
    const std::string pipeline = setting.file("pipeline.json", pipeline_for(row, image));
    const Outcome outcome = setting.slipway("run", {pipeline});
    INFO(outcome.errors);
    CHECK(outcome.status >= 125);
    // "(ENOENT)" is how a message names it.
    if (has_named_errno(row)) CHECK_THAT(outcome.errors, Catch::Contains("(" + std::string(row.code) + ")"));
    if (row.code[0] == '\0') CHECK_THAT(outcome.errors, !Catch::Matches(".*\\(E[A-Z]+\\)[^]*"));
    const auto step =
        std::find_if(steps.begin(), steps.end(), [&](const json& one) { return one["name"] == row.type; });
    REQUIRE(step != steps.end());
    const json& errors = (*step)["errors"];
    CHECK(std::any_of(errors.begin(), errors.end(), [&](const json& one) { return one["errno"] == row.code; }));
  }
}

TEST_CASE("the checks that the reference tells of a stage are made for a plugin of it") {
  SLIPWAY_SETTING(Who::range);
  const json stages = reference(setting, {"stages"});
  constexpr std::array kPlugins{"image-docker-save", "fs-overlay",   "pseudo-standard",
                                "harden-proc",       "net-loopback", "exec-process"};
  REQUIRE(stages.size() == kPlugins.size());
  for (std::size_t i = 0; i < kPlugins.size(); ++i) {
    INFO(kPlugins.at(i));
    const Outcome outcome = setting.plain(
        {"plugin", "check", "--json", "--rounds", "1", std::string(SLIPWAY_PLUGINS) + "/" + kPlugins.at(i) + ".so"});
    const std::string made = names_with(json::parse(outcome.output)["checks"]);
    for (const json& check : stages[i]["checks"]) {
      const auto name = check.get<std::string>();
      // Asked for by an option of its own, which runs containers.
      if (name == "failing-steps" || name == "killed-at-steps") continue;
      CHECK_THAT(made, Catch::Contains(name + " "));
    }
  }
}

TEST_CASE("the reference names the nearest right word") {
  SLIPWAY_SETTING(Who::single);
  const auto refused = [&](const Words& words, const std::string& says, const std::string& hint) {
    Words all{"reference"};
    all.insert(all.end(), words.begin(), words.end());
    const Outcome outcome = setting.plain(all);
    INFO(outcome.errors);
    CHECK(outcome.status == 2);
    CHECK(outcome.output.empty());
    CHECK_THAT(outcome.errors, Catch::Contains(says));
    CHECK_THAT(outcome.errors, Catch::Contains(hint));
  };
  refused({"step"}, "has no topic: step", "did you mean slipway reference steps?");
  refused({"bind"}, "has no topic: bind", "slipway reference steps bind");
  refused({"exec"}, "has no topic: exec", "slipway reference steps exec, or slipway reference phases exec, or");
  refused({"steps", "bnid"}, "called: bnid", "did you mean slipway reference steps bind?");
  refused({"facts", "zzz"}, "called: zzz", "there are source, image, host, isolation");
  refused({"steps", "bind", "more"}, "more", "");
  refused({"--markdown", "steps", "bind"}, "whole pages", "slipway reference steps --markdown");
  refused({"--markdown", "--json"}, "whole pages", "slipway reference --markdown");
}
