// What is wrong with a comparison is told before the first run.
#include <filesystem>

#include "tests/compare/comparing.hpp"

namespace slipway::tests {
namespace {

struct Row {
  Words words;
  int status;
  Words told;
};

const std::string kTarget = "TARGET";

void check_row(const Runner& runner, const std::string& target, const Row& row) {
  Words words = row.words;
  for (std::string& word : words) word = word == kTarget ? target : word;
  const Outcome outcome = compare(runner, words);
  INFO(to_text(outcome));
  CHECK(outcome.shell_status() == row.status);
  CHECK(outcome.output == "");
  for (const std::string& part : row.told) {
    INFO(part);
    CHECK(contains(outcome.errors, part));
  }
  CHECK_FALSE(std::filesystem::exists(runner.store()));
}

void check_rows(const std::vector<Row>& rows) {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    const std::string target = runner.put("image.tar", read_file(shared(caller).box()));
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.told.front()) { check_row(runner, target, row); }
    }
  }
}

}  // namespace

TEST_CASE("an unknown factor or level is told with its nearest right word, and nothing is run") {
  check_rows({
      {{"--vary", "rotfs=fs-copy", kTarget},
       1,
       {"--vary rotfs=fs-copy", R"(did you mean "rootfs"?)", "nothing was run"}},
      {{"--vary", "rootfs=fs-overlay,fs-cpoy", kTarget},
       1,
       {"--vary rootfs=fs-cpoy", R"(did you mean "fs-copy"?)", "no valid pipeline is made by: rootfs=fs-cpoy"}},
      {{"--vary", "rootfs.uper=disk,tmpfs", kTarget}, 1, {"--vary rootfs.uper=disk", R"(did you mean "upper"?)"}},
      {{"--vary", "rootfs.upper=dsk,disk", kTarget}, 1, {"--vary rootfs.upper=dsk", R"(did you mean "disk"?)"}},
      {{"--vary", "rootfs=fs-copy,fs-overlay", "--exclude", "rootfs=fs-cpy", kTarget},
       1,
       {"unknown level of rootfs", "did you mean fs-copy?"}},
      {{"--vary", "rootfs=fs-copy,fs-overlay", "--baseline", "rotfs=fs-copy", kTarget},
       1,
       {"unknown factor", "did you mean rootfs?"}},
      {{"--against", "true", "--baseline", "ture", kTarget}, 1, {"unknown named variant", "did you mean true?"}},
      {{"--cache", "cold,wram", kTarget}, 1, {"unknown treatment", "did you mean warm?"}},
      {{"--measure", "wal", kTarget}, 1, {"there is no measure: wal", "did you mean wall?"}},
      {{"--variant", "bare=--set hraden=[]", kTarget},
       1,
       {R"(did you mean "harden"?)", "no valid pipeline is made by: bare"}},
  });
}

TEST_CASE("a combination that makes no valid pipeline is named, with the way to leave it out") {
  check_rows({
      {{"--vary", "rootfs=fs-overlay,fs-copy", "--vary", "rootfs.upper=tmpfs,disk", kTarget},
       1,
       {"no valid pipeline is made by: rootfs=fs-copy rootfs.upper=tmpfs; rootfs=fs-copy rootfs.upper=disk",
        "--exclude"}},
  });
}

TEST_CASE("words that make no sense are told with what is meant by them") {
  check_rows({
      {{"--vary", "rootfs", kTarget}, 2, {"FACTOR=LEVEL,LEVEL"}},
      {{"--vary", "rootfs=a", "--vary", "rootfs=b", kTarget}, 1, {"this factor is there twice"}},
      {{"--rounds", "0", kTarget}, 2, {"--rounds takes a whole number, not: 0"}},
      {{"--time", "fast", kTarget}, 2, {"--time takes a time, not: fast", "such as 90s"}},
      {{"--precision", "200%", kTarget}, 2, {"--precision takes a part, not: 200%"}},
      {{"--parallel", "0", kTarget}, 1, {"a whole number from 1"}},
      {{"--status", "256", kTarget}, 1, {"an exit status is a number from 0 to 255"}},
      {{"--differ", "outptu", kTarget}, 2, {R"(did you mean "output"?)"}},
      {{"--details", "much", kTarget}, 2, {"none, some or all"}},
      {{"--against", "echo $HOME", kTarget}, 2, {"a shell would not take $ as it is", "sh -c"}},
      {{"--against", "echo 'x", kTarget}, 2, {"a quote ' is not closed"}},
      {{"--round", "3", kTarget}, 2, {"there is no option --round", "--rounds"}},
      {{}, 1, {"compare needs a target"}},
      {{"-"}, 2, {"compare cannot read its target from standard input"}},
      {{"/no/such.tar"}, 1, {"/no/such.tar: No such file or directory"}},
      {{"--export-json", "/no/such/result.json", kTarget}, 1, {"/no/such"}},
      {{"--resume", "/no/such/notes"}, 1, {"/no/such/notes: No such file or directory"}},
      {{"--experiment", "/no/such.json"}, 1, {"read the experiment: /no/such.json"}},
  });
}

TEST_CASE("what is wrong with an experiment file is told with its place") {
  struct File {
    const char* text;
    Words told;
  };
  const std::vector<File> files = {
      {"{\"target\": \"x\",\n  \"rounds\": }", {"2:13: this is no JSON"}},
      {"[7]", {"expected an object, found a list"}},
      {"{}", {"it has no target"}},
      {R"({"target": "x", "rouns": 3})", {"rouns: there is no such member", R"(did you mean "rounds"?)"}},
      {R"({"target": "x", "target": "y"})", {"target is there twice"}},
      {R"({"target": "x", "rounds": "many"})", {R"(rounds: expected a whole number, found "many")"}},
      {R"({"target": "x", "factors": {"rootfs": "fs-copy"}})", {"factors.rootfs: expected a list of levels"}},
      {R"({"target": "x", "command": ["a", 7]})", {"command[1]: expected a string, found 7"}},
      {R"({"target": "x", "against": {"b": "echo $X"}})", {"against.b: ", "a shell would not take"}},
      {R"({"target": "x", "differ": ["all"]})", {"there is no result called: all"}},
      {R"({"target": "x", "time": "soon"})", {"time takes a time, not: soon"}},
  };
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    for (const File& file : files) {
      DYNAMIC_SECTION(caller.name << ": " << file.text) {
        const Outcome outcome = compare(runner, {"--experiment", runner.put("bad.json", file.text)});
        INFO(to_text(outcome));
        CHECK(outcome.shell_status() == 1);
        CHECK(contains(outcome.errors, "bad.json"));
        for (const std::string& part : file.told) {
          INFO(part);
          CHECK(contains(outcome.errors, part));
        }
      }
    }
  }
}

}  // namespace slipway::tests
