// Ends before the end: what was measured stays, and is gone on with.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <thread>

#include "tests/compare/comparing.hpp"
#include "tests/support/pseudo_terminal.hpp"

namespace slipway::tests {
namespace {

/// A program that counts how often it was started, and the fourth time (after the check, and two blocks) does not end
/// as long as this lives.
class Stuck {
 public:
  explicit Stuck(const Runner& runner) : count_(runner.own("count")), flag_(runner.own("stuck")) {
    std::ofstream(flag_) << "";
  }
  ~Stuck() { (void)std::filesystem::remove(flag_); }
  Stuck(const Stuck&) = delete;
  Stuck& operator=(const Stuck&) = delete;

  [[nodiscard]] std::string command() const {
    return "sh -c 'n=$(cat " + count_ + " 2>/dev/null || echo 0); echo $((n + 1)) > " + count_ +
           "; while [ $n = 3 ] && [ -e " + flag_ + " ]; do sleep 0.05; done'";
  }
  [[nodiscard]] bool is_stuck() const {
    std::ifstream file(count_);
    int number = 0;
    return static_cast<bool>(file >> number) && number == 4;
  }

 private:
  std::string count_, flag_;
};

bool wait_until(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

Words stuck_words(const Runner& runner, const std::string& box, const Stuck& stuck, const Words& more) {
  Words words = {"--against", stuck.command(), "--rounds", "6", "--details", "none"};
  words.insert(words.end(), more.begin(), more.end());
  words.insert(words.end(), {box, "true"});
  return compare_words(runner, words);
}

std::size_t lines_in(const std::string& path) { return lines_of(read_file(path)).size(); }

}  // namespace

TEST_CASE("Ctrl-C keeps what was measured, tells it, and the comparison can be gone on with") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    const Stuck stuck(runner);
    const std::string notes = runner.own("notes");
    Program program(runner.command(stuck_words(runner, runner.box(), stuck, {"--notes", notes})));
    REQUIRE(wait_until([&] { return stuck.is_stuck(); }));
    program.signal(SIGINT);
    const Outcome outcome = program.wait();
    INFO(to_text(outcome));
    CHECK(outcome.shell_status() == 130);
    CHECK(contains(outcome.output, "2 whole blocks of 3 variants"));
    CHECK(contains(outcome.output, "interrupted"));
    CHECK(contains(outcome.errors, "slipway compare --resume " + notes));
    CHECK(lines_in(notes) >= 7);  // the head, and two blocks of three

    const Outcome rest = runner.slipway({"compare", "--resume", notes, "--json"});
    INFO(to_text(rest));
    CHECK(rest.shell_status() == 0);
    const json result = json::parse(rest.output);
    CHECK(result.at("runs").size() == 18);
    CHECK(result.at("ended") == "rounds");
    std::set<std::vector<int>> places;
    for (const auto& place : order_of(result)) places.insert({place[0], place[2]});
    CHECK(places.size() == 18);
    CHECK(lines_in(notes) == 19);
  }
}

TEST_CASE("a terminal shows how far it is and what is left, and nothing of that in the end; a pipe shows nothing") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      // Longer than the line stands before it is written anew.
      const Words words =
          compare_words(runner, {"--against", "sleep 0.3", "--rounds", "4", "--details", "none", runner.box(), "true"});
      PseudoTerminal terminal;
      Command command = runner.command(words);
      command.terminal = terminal.end_of_programs();
      (*command.environment)["TERM"] = "xterm";
      if (command.user) terminal.own_by(command.user->uid);
      Program program(command);
      CHECK(terminal.shows("\rthe same result? 1 of "));
      CHECK(terminal.shows("\rblock "));
      CHECK(terminal.shows(" s left\x1b[K"));
      CHECK(terminal.shows("4 whole blocks of 3 variants"));
      CHECK(program.wait().shell_status() == 0);
      const std::string& screen = terminal.screen();
      CHECK(screen.rfind("\r\x1b[K") > screen.rfind(" s left\x1b[K"));
      CHECK(screen.rfind("\r\x1b[K") < screen.find("4 whole blocks"));

      const Outcome piped = runner.slipway(words);
      CHECK(piped.shell_status() == 0);
      CHECK(piped.errors == "");
      CHECK_FALSE(contains(piped.output, "\x1b"));
    }
  }
}

TEST_CASE("notes of a comparison whose process was killed are gone on with") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    const Stuck stuck(runner);
    const std::string notes = runner.own("notes");
    Program program(runner.command(stuck_words(runner, runner.box(), stuck, {"--notes", notes})));
    REQUIRE(wait_until([&] { return stuck.is_stuck(); }));
    program.signal(SIGKILL);
    (void)program.wait();
    std::ofstream(notes, std::ios::app) << R"({"block": 3, "pla)" << std::flush;  // a line that it was writing
    const Outcome rest = run(runner.command({"compare", "--resume", notes, "--json"}));
    INFO(to_text(rest));
    CHECK(rest.shell_status() == 0);
    CHECK(json::parse(rest.output).at("runs").size() == 18);
    CHECK(lines_in(notes) == 19);
  }
}

TEST_CASE("notes are not gone on with when a pipeline has changed since") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    const Stuck stuck(runner);
    const std::string notes = runner.own("notes");
    const std::string pipeline = runner.put("pipeline.json", R"({"image": {"source": ")" + runner.box() + R"("}})");
    Program program(runner.command(stuck_words(runner, pipeline, stuck, {"--notes", notes})));
    REQUIRE(wait_until([&] { return stuck.is_stuck(); }));
    program.signal(SIGTERM);
    CHECK(program.wait().shell_status() == 143);
    const std::string before = read_file(notes);
    runner.put("pipeline.json", R"({"harden": [], "image": {"source": ")" + runner.box() + R"("}})");
    const Outcome rest = runner.slipway({"compare", "--resume", notes});
    INFO(to_text(rest));
    CHECK(rest.shell_status() == 1);
    CHECK(contains(rest.errors, "a variant is not what it was when it was measured"));
    CHECK(read_file(notes) == before);
  }
}

TEST_CASE("a second comparison is refused while one goes on, and told its process") {
  for (const Caller& caller : callers()) {
    Runner runner(caller);
    const Stuck stuck(runner);
    Program program(runner.command(stuck_words(runner, runner.box(), stuck, {})));
    REQUIRE(wait_until([&] { return stuck.is_stuck(); }));
    const Outcome second = run(runner.command(compare_words(runner, {"--rounds", "1", runner.box(), "true"})));
    INFO(to_text(second));
    CHECK(second.shell_status() == 1);
    CHECK(contains(second.errors, "another comparison goes on: process " + std::to_string(program.pid())));
    program.signal(SIGINT);
    const Outcome first = program.wait();
    INFO(to_text(first));
    CHECK(first.shell_status() == 130);
    const std::size_t named = first.errors.find("--resume ");
    REQUIRE(named != std::string::npos);
    const std::string notes = first.errors.substr(named + 9, first.errors.find(" goes on") - named - 9);
    CHECK(std::filesystem::remove(notes));
    CHECK(compare(runner, {"--rounds", "1", runner.box(), "true"}).shell_status() == 0);
  }
}

TEST_CASE("a full disk for notes or results is a clear error, and what was measured is told") {
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    const Outcome notes = compare(runner, {"--notes", "/dev/full", "--rounds", "1", runner.box(), "true"});
    INFO(to_text(notes));
    CHECK(notes.shell_status() == 1);
    CHECK(contains(notes.errors, "/dev/full: No space left on device"));

    const std::string kept = runner.own("kept-notes");
    const Outcome result =
        compare(runner, {"--notes", kept, "--export-csv", "/dev/full", "--rounds", "1", runner.box(), "true"});
    INFO(to_text(result));
    CHECK(result.shell_status() == 1);
    CHECK(contains(result.output, "1 whole block of 2 variants"));
    CHECK(contains(result.errors, "No space left on device"));
    CHECK(contains(result.errors, "--resume " + kept));
    CHECK(lines_in(kept) == 3);
    const Outcome again = compare(runner, {"--notes", kept, "--rounds", "1", runner.box(), "true"});
    CHECK(contains(again.errors, "there is something in it"));
    CHECK(lines_in(kept) == 3);
    std::filesystem::remove(kept);
  }
}

}  // namespace slipway::tests
