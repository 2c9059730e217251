// Plugins that are wrong, or do not get along: what is said names them, their places and the remedy.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/refuse/setting.hpp"
#include "tests/support/archive.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;

namespace {

const std::string kFixtures = SLIPWAY_FIXTURES;

// A pipeline whose first sections are those that every case needs; `rest` begins at line 4.
std::string pipeline(const std::string& image, const std::string& rest) {
  return "{\n  \"plugin_dirs\": [\"" + kFixtures + "\", \"more\"],\n  \"image\": { \"source\": \"" + image + "\" },\n" +
         rest + "\n}\n";
}

std::string emits(const std::string& stage, const std::vector<std::string>& steps, const std::string& further = {}) {
  return "{ \"use\": \"emits-" + stage + "\", \"steps\": " + nlohmann::json(steps).dump() + further + " }";
}

const std::string kTmpfs = R"({"type":"mount","fstype":"tmpfs","target":"/tmp","options":["mode=1777"]})";
const std::string kDeep = R"({"type":"mount","fstype":"tmpfs","target":"/dev/deep"})";
const std::string kMakeDeep = R"({"type":"mkdir","target":"/dev/deep"})";
const std::string kTrue = R"({"type":"exec","args":["/bin/true"]})";

struct Row {
  const char* what;
  std::string rest;
  std::vector<std::string> parts;
};

std::vector<Row> rows() {
  return {
      {"two plugins mount over the same place",
       "  \"pseudo\": [\n    { \"use\": \"pseudo-standard\" },\n    " + emits("pseudo", {kTmpfs}) + "\n  ]",
       {"p.json:6:5: error: /pseudo/1: two steps take /tmp: mount: tmpfs on /tmp", "of pseudo-standard (",
        "p.json:5:5)", "of emits-pseudo (", "\"after\": [\"pseudo-standard:/tmp\"]", "\"replaces\""}},
      {"a mount hides an earlier one",
       "  \"pseudo\": [\n    " + emits("pseudo", {kMakeDeep, kDeep}) + ",\n    { \"use\": \"pseudo-standard\" }\n  ]",
       {"p.json:6:5: error: /pseudo/1: mount: tmpfs on /dev", "of pseudo-standard",
        "would hide /dev/deep, which emits-pseudo (", "p.json:5:5) made before",
        "let emits-pseudo come later: \"after\": [\"pseudo-standard:/dev\"]"}},
      {"`after` names what is not there",
       "  \"harden\": [ { \"use\": \"harden-proc\", \"after\": [\"pseudo-standard:/tpm\"] } ]",
       {"p.json:4:49: error: /harden/0/after/0: after names pseudo-standard:/tpm, and no step is called so",
        "did you mean pseudo-standard:/tmp?"}},
      {"a plugin is missing",
       "  \"rootfs\": { \"use\": \"fs-overlai\" }",
       {"p.json:4:22: error: /rootfs/use: find plugin fs-overlai: there is no fs-overlai.so in ", "(built-in)",
        kFixtures, "did you mean \"fs-overlay\"?", "slipway plugin list"}},
      {"a plugin has a path for a name",
       "  \"rootfs\": { \"use\": \"../fs-overlay\" }",
       {"p.json:4:22: error: /rootfs/use", "a plugin is named without a slash", "--plugin-dir"}},
      {"a plugin's code is of another ABI",
       "  \"exec\": { \"use\": \"broken-other-abi\" }",
       {"p.json:4:20: error: /exec/use: load plugin broken-other-abi: ",
        "its code is built for plugin ABI 2.0, its manifest says 1.0", "build it with this slipway's SDK"}},
      {"a plugin's manifest is of another ABI",
       "  \"exec\": { \"use\": \"other-abi\" }",
       {"p.json:4:20: error: /exec/use: use plugin other-abi: ", "is built for plugin ABI 2.0; this slipway has 1.0",
        "a slipway with plugin ABI 2"}},
      {"a plugin needs a step that is not there",
       "  \"exec\": { \"use\": \"needs-step\" }",
       {"p.json:4:20: error: /exec/use: use plugin needs-step: ",
        "needs the step type \"mounts\", which this slipway does not have", "did you mean \"mount\"?"}},
      {"a plugin needs a fact that is not there",
       "  \"exec\": { \"use\": \"needs-fact\" }",
       {"p.json:4:20: error: /exec/use: use plugin needs-fact: ",
        "needs the fact \"imago\", which this slipway does not have", "did you mean \"image\"?"}},
      {"a plugin's file has another name",
       "  \"exec\": { \"use\": \"renamed\" }",
       {"p.json:4:20: error: /exec/use: use plugin renamed: ", "its manifest says that it is \"emits-exec\"",
        "rename it to emits-exec.so"}},
      {"a plugin is no library",
       "  \"exec\": { \"use\": \"text\" }",
       {"p.json:4:20: error: /exec/use: use plugin text: ", "more/text.so: "}},
      {"a plugin needs a library by a relative path",
       "  \"exec\": { \"use\": \"relative\" }",
       {"p.json:4:20: error: /exec/use: use plugin relative: ",
        "more/relative.so: needs the library \"li/c.so.6\" by a path", "-Wl,-soname,NAME"}},
      {"a plugin serves another stage",
       "  \"rootfs\": { \"use\": \"emits-exec\" }",
       {"p.json:4:22: error: /rootfs/use: use plugin emits-exec: ",
        "serves the stage \"exec\", but is asked to serve \"rootfs\"", "name it in \"exec\""}},
      {"a plugin has no plan",
       "  \"exec\": { \"use\": \"broken-no-plan\" }",
       {"/exec/use: load plugin broken-no-plan: ", "has no function `plan`, which the stage \"exec\" calls"}},
      {"a plugin exports nothing",
       "  \"exec\": { \"use\": \"broken-no-symbol\" }",
       {"/exec/use: load plugin broken-no-symbol: ", "does not export slipway_plugin_1", "SLIPWAY_PLUGIN(Class)"}},
      {"a plugin throws",
       "  \"exec\": { \"use\": \"fixture-throws\" }",
       {"p.json:4:11: error: /exec: fixture-throws: ", "thrown on purpose"}},
      {"a plugin throws what is no exception",
       "  \"exec\": { \"use\": \"fixture-throws\", \"what\": \"number\" }",
       {"p.json:4:11: error: /exec: fixture-throws: "}},
      {"a plugin throws a failure at an option",
       "  \"exec\": {\n    \"use\": \"fixture-throws\",\n    \"what\": \"failure\"\n  }",
       {"p.json:6:13: error: /exec/what: fixture-throws: can't go on", "choose another word"}},
      {"a plugin emits an unknown step",
       "  \"harden\": [ " + emits("harden", {R"({"type":"maks","path":"/x"})"}) + " ]",
       {"p.json:4:15: error: /harden/0: emits-harden: plan: step: type is \"maks\", no step type of this slipway",
        "did you mean \"mask\"?"}},
      {"a plugin emits a step that its manifest does not name",
       "  \"exec\": { \"use\": \"needs-less\", \"steps\": [" + nlohmann::json(kTmpfs).dump() + "] }",
       {"p.json:4:11: error: /exec: needs-less: plan: step mount is not among what the manifest needs",
        "add \"step:mount\" to \"needs\" in plugin.json"}},
      {"a plugin emits a step with an unknown member",
       "  \"harden\": [ " + emits("harden", {R"({"type":"mask","path":"/x","pats":1})"}) + " ]",
       {"p.json:4:15: error: /harden/0: emits-harden: plan: step mask", "pats"}},
      {"a plugin emits a step that lacks a member",
       "  \"harden\": [ " + emits("harden", {R"({"type":"mask"})"}) + " ]",
       {"emits-harden: plan: step mask", "path"}},
      {"a plugin emits a step with a path that climbs",
       "  \"harden\": [ " + emits("harden", {R"({"type":"mask","path":"/a/../b"})"}) + " ]",
       {"emits-harden: plan: step mask: path", ".."}},
      {"a plugin emits what is no JSON",
       "  \"harden\": [ " + emits("harden", {"{"}) + " ]",
       {"emits-harden: plan: step", "JSON"}},
      {"a plugin uses a result that nobody makes",
       "  \"rootfs\": " + emits("rootfs", {R"({"type":"overlay","lower":["@layer7"],"target":"/"})"}),
       {"p.json:4:13: error: /rootfs: overlay: 1 layer on /", "uses @layer7, which no earlier step makes"}},
      {"no plugin makes the root",
       "  \"rootfs\": " + emits("rootfs", {}),
       {"error: /rootfs: no step makes the container's root /", "the plugin of the rootfs stage must"}},
      {"no plugin says what to run",
       "  \"exec\": " + emits("exec", {}),
       {"error: /exec: no step says which program to run", "must emit one exec step"}},
      {"a plugin says twice what to run",
       "  \"exec\": " + emits("exec", {kTrue, kTrue}),
       {"error: /exec: several steps say which program to run", "must emit one exec step"}},
      {"a plugin complains about an option",
       "  \"exec\": { \"use\": \"emits-exec\",\n    \"complaints\": [\n      \"is never right\"\n    ] }",
       {"p.json:6:7: error: /exec/complaints/0: emits-exec: is never right", "write something else"}},
      {"an option has a value that its schema refuses",
       "  \"rootfs\": { \"use\": \"fs-overlay\", \"upper\": \"dsk\" }",
       {"p.json:4:45: error: /rootfs/upper: ", "\"auto\", \"tmpfs\", \"disk\" or \"none\"", "did you mean \"disk\"?"}},
  };
}

// A copy of a fixture with its manifest changed; both texts have the same length, so the note stays whole.
std::string changed_plugin(const std::string& from, const std::string& to) {
  std::string bytes = read_file(kFixtures + "/emits-exec.so");
  const std::size_t at = bytes.find(from);
  if (at == std::string::npos || from.size() != to.size()) throw std::runtime_error("cannot change " + from);
  return bytes.replace(at, from.size(), to);
}

void add_changed_plugins(const Setting& setting) {
  (void)setting.scratch().directory("more", 0, 0);
  const std::string name = "\"name\": \"emits-exec\"";
  const auto named = [&](std::string bytes, const std::string& as) {
    return bytes.replace(bytes.find(name), name.size(), as + std::string(name.size() - as.size(), ' '));
  };
  setting.file("more/other-abi.so",
               named(changed_plugin("\"abi\": \"1.0\"", "\"abi\": \"2.0\""), "\"name\":\"other-abi\""));
  const auto needs = [&](const std::string& word) {
    const std::string first = "\"step:unpack\"";
    const std::string other = "\"" + word + "\"";
    return changed_plugin(first, other + std::string(first.size() - other.size(), ' '));
  };
  setting.file("more/needs-step.so", named(needs("step:mounts"), "\"name\":\"needs-step\""));
  setting.file("more/needs-fact.so", named(needs("fact:imago"), "\"name\":\"needs-fact\""));
  const std::string mount = "\"step:mount\"", write = "\"step:write\"";
  setting.file("more/needs-less.so", named(changed_plugin(mount, write), "\"name\":\"needs-less\""));
  setting.file("more/relative.so", named(changed_plugin("libc.so.6", "li/c.so.6"), "\"name\":\"relative\""));
  setting.file("more/renamed.so", read_file(kFixtures + "/emits-exec.so"));
  setting.file("more/text.so", "this is no library, though it lies among them\n");
}

}  // namespace

TEST_CASE("plugins that are wrong or do not get along are refused with their names, places and the remedy") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive();
    add_changed_plugins(setting);
    for (const Row& row : rows()) {
      const std::string file = setting.file("p.json", pipeline(image, row.rest));
      for (const std::string verb : {"run", "plan", "check"}) {
        INFO(row.what << ", " << verb << " as " << to_text(who));
        CHECK(setting.refusal(verb, {file}, row.parts) == "");
      }
    }
  }
}

TEST_CASE("what a conflict's hint says mends it") {
  struct Case {
    const char* what;
    std::string rest;
  };
  const std::string standard = "{ \"use\": \"pseudo-standard\" }";
  const std::vector<Case> cases = {
      {"after", "  \"pseudo\": [ " + standard + ", " +
                    emits("pseudo", {kTmpfs}, R"(, "after": ["pseudo-standard:/tmp"])") + " ]"},
      {"replaces", "  \"pseudo\": [ " + standard + ", " +
                       emits("pseudo", {kTmpfs}, R"(, "replaces": ["pseudo-standard:/tmp"])") + " ]"},
      {"a mount that comes later", "  \"pseudo\": [ " +
                                       emits("pseudo", {kMakeDeep, kDeep}, R"(, "after": ["pseudo-standard:/dev"])") +
                                       ", " + standard + " ]"},
      {"two uses of one plugin, by their names",
       "  \"pseudo\": [ " + standard + ", " + emits("pseudo", {kMakeDeep, kDeep}, R"(, "name": "first")") + ", " +
           emits("pseudo", {kMakeDeep, kDeep}, R"(, "name": "second", "replaces": ["first:/dev/deep"])") + " ]"},
  };
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive();
    (void)setting.scratch().directory("more", 0, 0);
    for (const Case& one : cases) {
      INFO(one.what << " as " << to_text(who));
      const std::string file = setting.file("p.json", pipeline(image, one.rest));
      const Outcome plan = setting.slipway("plan", {file});
      CHECK(plan.errors == "");
      const Outcome run = setting.slipway("run", {file, "sh", "-c", "echo x > /tmp/x && cat /tmp/x"});
      CHECK(run.errors == "");
      CHECK(run.output == "x\n");
    }
  }
}

TEST_CASE("a plugin's warning is told with its place, and the container runs") {
  SLIPWAY_SETTING(Who::root);
  const std::string image = setting.archive();
  (void)setting.scratch().directory("more", 0, 0);
  const std::string file = setting.file(
      "p.json", pipeline(image, "  \"harden\": [ { \"use\": \"emits-harden\",\n    \"warnings\": [\"is odd\"] } ]"));
  const Outcome outcome = setting.slipway("run", {file, "echo", "ran"});
  CHECK(outcome.output == "ran\n");
  CHECK(outcome.errors == "slipway: " + file + ":5:18: warning: /harden/0/warnings/0: emits-harden: is odd\n");
}

TEST_CASE("root loads no plugin that another user could have changed") {
  SLIPWAY_SETTING(Who::root);
  const std::string image = setting.archive();
  const std::string theirs = setting.scratch().directory("more", 1000, 1000);
  setting.file("more/emits-exec.so", read_file(kFixtures + "/emits-exec.so"));
  CHECK(setting.refusal("run", {"--plugin-dir", theirs, "--use", "exec=emits-exec", image, "true"},
                        {"use plugin emits-exec: ", theirs}) == "");
}

TEST_CASE("two uses of one plugin in a list need names") {
  SLIPWAY_SETTING(Who::root);
  const std::string image = setting.archive();
  (void)setting.scratch().directory("more", 0, 0);
  const std::string file = setting.file(
      "p.json", pipeline(image, "  \"harden\": [ { \"use\": \"harden-proc\" }, { \"use\": \"harden-proc\" } ]"));
  CHECK(setting.refusal("check", {file}, {"p.json:4:", "/harden/1", "\"name\""}) == "");
}
