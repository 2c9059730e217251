// A configuration's problems: all at once, each with its place, and the same from every command.
#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>

#include "tests/refuse/setting.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;

namespace {

constexpr const char* kManyProblems = R"json({
  "image": { "source": 7 },
  "rootfs": { "use": "fs-overlay", "uper": "disk", "size": "12Q" },
  "pseudo": { "use": "pseudo-standart" },
  "harden": [ { "use": "harden-proc", "mask": ["proc/kcore", 5] } ],
  "netwerk": {},
  "exec": { "use": "exec-process", "env": "A=b", "workdir": "relative" },
  "isolation": {
    "namespaces": ["mount", "nett"],
    "user": "autto",
    "hostname": ""
  },
  "image": {}
}
)json";

std::vector<std::string> lines_of(const std::string& text, const std::string& with) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    if (line.find(with) != std::string::npos) lines.push_back(line);
  }
  return lines;
}

// "…p.json:LINE:COLUMN: …"
std::pair<int, int> place_of(const std::string& line) {
  const std::size_t at = line.find("p.json:") + 7;
  std::size_t used = 0;
  const int row = std::stoi(line.substr(at), &used);
  return {row, std::stoi(line.substr(at + used + 1))};
}

}  // namespace

TEST_CASE("check tells every problem of a pipeline at once, in the order of the file") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string file = setting.file("p.json", kManyProblems);
    const Outcome outcome = setting.plain({"check", file});
    INFO(outcome.errors);
    CHECK(outcome.shell_status() == 1);
    CHECK(outcome.output.empty());
    const std::vector<std::string> errors = lines_of(outcome.errors, "error: ");
    std::vector<std::pair<int, int>> places;
    for (const std::string& error : errors) {
      CHECK(error.starts_with("slipway: " + file + ":"));
      places.push_back(place_of(error));
    }
    CHECK(std::is_sorted(places.begin(), places.end()));
    const std::vector<std::string> expected = {
        "p.json:2:24: error: /image/source: ",    "p.json:3:36: error: /rootfs/uper: ",
        "p.json:3:60: error: /rootfs/size: ",     "p.json:4:22: error: /pseudo/use: ",
        "p.json:5:48: error: /harden/0/mask/0: ", "p.json:5:62: error: /harden/0/mask/1: ",
        "p.json:6:3: error: /netwerk: ",          "p.json:7:43: error: /exec/env: ",
        "p.json:7:61: error: /exec/workdir: ",    "p.json:9:29: error: /isolation/namespaces/1: ",
        "p.json:10:13: error: /isolation/user: ", "p.json:13:3: error: /image: ",
    };
    for (const std::string& part : expected) {
      INFO(part);
      CHECK(outcome.errors.find(part) != std::string::npos);
    }
    for (const char* part :
         {"did you mean \"upper\"?", "did you mean \"pseudo-standard\"?", "did you mean \"network\"?",
          "did you mean \"net\"?", "did you mean \"auto\"?", "expected \"auto\", \"none\" or \"single\""}) {
      INFO(part);
      CHECK(outcome.errors.find(part) != std::string::npos);
    }
    // The same from the others, with their own statuses.
    for (const std::string verb : {"run", "plan"}) {
      const Outcome other = setting.slipway(verb, {file});
      CHECK(other.errors == outcome.errors);
      CHECK(other.output.empty());
      CHECK(other.shell_status() == refusing_status(verb));
    }
  }
}

TEST_CASE("a pipeline file that is no JSON is refused at the place where it breaks") {
  struct Row {
    const char* text;
    std::vector<std::string> parts;
  };
  const std::vector<Row> rows = {
      {"{\n  \"rootfs\": { \"use\": \"fs-overlay\", }\n}\n",
       {"p.json:2:", "error: a comma in front of \"}\"", "take it away"}},
      {"{\n  \"rootfs\": {\n", {"p.json:", "error: "}},
      {"{\n  \"rootfs\": 'x'\n}", {"p.json:2:13: error: "}},
      {"{} {}", {"p.json:1:4: error: "}},
      {R"({ "image": { "source": "i.tar" }, "rootfs": [] })",
       {"p.json:1:45: error: /rootfs: expected an object", "one plugin"}},
      {R"({ "image": { "source": "i.tar", "source": "i.tar" } })",
       {"p.json:1:33: error: /image/source: the key \"source\" stands twice in one object", "keep one of the two"}},
      {"{ \"exec\": { \"args\": [\"a\\u0000b\"] }, \"image\": { \"source\": \"i.tar\" } }", {"error: "}},
  };
  SLIPWAY_SETTING(Who::root);
  setting.file("i.tar", "");
  for (const Row& row : rows) {
    const std::string file = setting.file("p.json", row.text);
    INFO(row.text);
    CHECK(setting.refusal("run", {file}, row.parts) == "");
  }
}

TEST_CASE("options of the command line are refused by the words that were typed") {
  struct Row {
    std::vector<std::string> words;
    std::vector<std::string> parts;
  };
  const std::vector<Row> rows = {
      {{"--set", "rootfs.uper=disk"}, {"--set rootfs.uper", "did you mean"}},
      {{"--set", "rootfs.upper=dsk"}, {"--set rootfs.upper: error: /rootfs/upper: ", "did you mean \"disk\"?"}},
      {{"--set", "rootfs"}, {"read --set: rootfs", "--set PATH=VALUE"}},
      {{"--set", "harden.3.mask=[]"}, {"--set harden.3.mask"}},
      {{"--use", "rotfs=fs-overlay"}, {"--use rotfs", "did you mean \"rootfs\"?"}},
      {{"--use", "rootfs=fs-overlya"}, {"--use rootfs", "did you mean \"fs-overlay\"?"}},
      {{"--use", "rootfs=exec-process"}, {"serves the stage \"exec\""}},
      {{"-e", "=x"}, {"-e"}},
      {{"-w", "relative"}, {"-w", "relative"}},
      {{"--hostname", std::string(65, 'h')}, {"--hostname"}},
      {{"--no-such-option"}, {"there is no option --no-such-option"}},
      {{"--verbos"}, {"there is no option --verbos", "did you mean --verbose?"}},
      {{"--plugin-dir", "/", "--use", "exec=nowhere"}, {"find plugin nowhere", "there is no nowhere.so in "}},
  };
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive();
    for (const Row& row : rows) {
      std::vector<std::string> words = row.words;
      words.insert(words.end(), {image, "true"});
      INFO(row.words[0] << " " << row.words.back() << " as " << to_text(who));
      CHECK(setting.refusal("run", words, row.parts) == "");
    }
  }
}

TEST_CASE("a command that lacks its words is a usage error with an example") {
  struct Row {
    std::vector<std::string> words;
    int status;
    const char* part;
  };
  const std::vector<Row> rows = {{{"run"}, 125, "run needs a target"},
                                 {{"run", "--set"}, 125, "--set"},
                                 {{"plan"}, 2, "plan needs a target"},
                                 {{"check"}, 2, "check needs one pipeline file"},
                                 {{"check", "a", "b"}, 2, "check has too many words: b"},
                                 {{"unpack", "a"}, 2, "unpack needs an image and a directory"},
                                 {{"plugin"}, 2, "plugin takes list, or info, explain or new and a name"},
                                 {{"plugin", "info", "fs-overlai"}, 1, "did you mean \"fs-overlay\"?"},
                                 {{"runn"}, 2, "did you mean slipway run?"}};
  SLIPWAY_SETTING(Who::root);
  for (const Row& row : rows) {
    INFO(row.words.back());
    const Watch before = setting.watch();
    CHECK(Setting::faults_of(setting.plain(row.words), row.status, {row.part}, before) == "");
  }
}

TEST_CASE("a store that is not the user's own is refused") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive();
    const auto refused = [&](const std::string& store, const std::vector<std::string>& parts) {
      const Watch before = setting.watch();
      return Setting::faults_of(setting.plain({"run", "--store", store, image, "true"}), 125, parts, before);
    };
    INFO(to_text(who));
    CHECK(refused(setting.scratch().directory("theirs", 1234, 1234, 0755), {"/theirs belongs to user 1234"}) == "");
    CHECK(refused(setting.file("file", ""), {"open the store: ", "Not a directory"}) == "");
    CHECK(refused("/proc/nowhere/store", {"make the store's directory: ", "--store DIR"}) == "");
  }
}
