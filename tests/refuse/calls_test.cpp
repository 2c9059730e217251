// Calls of plugins' functions that go wrong, and runs that are killed around them: one clear error, nothing left.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/refuse/aftermath.hpp"
#include "tests/refuse/setting.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

json call(const std::string& function, const std::string& phase, json more = json::object()) {
  more["type"] = "call";
  more["function"] = function;
  more["phase"] = phase;
  return more;
}

Words emitting(const std::vector<json>& steps, const std::string& directory = SLIPWAY_FIXTURES) {
  json texts = json::array();
  for (const json& step : steps) texts.push_back(step.dump());
  const json network = {{{"use", "fixture-calls"}, {"steps", texts}}};
  return {"--plugin-dir", directory, "--set", "network=" + network.dump()};
}

Words operator+(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

struct Row {
  const char* function;
  std::string says;
  json more = json::object();
};

std::vector<Row> rows() {
  const json named{{"as", "made"}};
  return {
      {"segv", "it crashed in PHASE: Segmentation fault"},
      {"abort", "it crashed in PHASE: Aborted (abort, or an exception that nobody caught)"},
      {"exit", "it ended its process with status 3 in PHASE"},
      {"hang", "it hangs in PHASE: no answer within 1 s", {{"timeout", 1}, {"undo", "none"}}},
      {"silent", "call failed without saying why (status 42)"},
      {"fail", "make room: No space left on device"},
      {"step", "call emitted a step; steps belong in plan"},
      {"long_words", ": " + std::string(512, 'x') + "\n"},
      {"no_result", "it gave no result, but the step has a name for one (as)", named},
      {"wrong_result", "its result is no open descriptor: 1000", named},
      {"close_all", "it ended its process with status 1 in PHASE"},
  };
}

std::string in_phase(std::string words, const std::string& phase) {
  const std::size_t at = words.find("PHASE");
  return at == std::string::npos ? words : words.replace(at, 5, phase);
}

// What SIGKILL of the supervisor at `where` leaves is taken back by slipway clean.
std::string killed(const Setting& setting, const std::string& where, const Words& words) {
  const Aftermath aftermath(setting, words.back());
  const Outcome outcome = setting.slipway("run", Words{"--fault", where + ":kill-supervisor"} + words + Words{"true"});
  std::string wrong;
  if (outcome.signal != SIGKILL) wrong += "it was not killed: " + outcome.output + outcome.errors;
  wrong += aftermath.of_supervisor(Cleaner::clean_command);
  return wrong.empty() ? wrong : where + ": " + wrong;
}

std::size_t count_of_steps(const Setting& setting, const Words& words) {
  const Outcome outcome = setting.slipway("plan", Words{"--json"} + words);
  INFO(outcome.errors);
  REQUIRE(outcome.shell_status() == 0);
  return json::parse(outcome.output).at("steps").size();
}

}  // namespace

TEST_CASE("a call that goes wrong ends the run with one error that names plugin, function and phase") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive();
    for (const std::string phase : {"prepare", "attach", "mount", "seal"}) {
      for (const Row& row : rows()) {
        INFO(to_text(who) << ", " << row.function << " in " << phase);
        const Words words = emitting({call(row.function, phase, row.more)}) + Words{image, "true"};
        CHECK(setting.refusal("run", words,
                              {"network: fixture-calls: step ", "call: " + std::string(row.function) + "(",
                               in_phase(row.says, phase)}) == "");
      }
    }
  }
}

TEST_CASE("what a call has made is taken back when a later step fails") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string made = setting.own("made");
    for (const std::string phase : {"prepare", "attach"}) {
      for (const std::string later : {"prepare", "attach", "mount", "seal"}) {
        if (phase == "attach" && later == "prepare") continue;
        INFO(to_text(who) << ", " << phase << " then " << later);
        const json arguments{{"arguments", {{"path", made}}}};
        const Words words =
            emitting({call("make", phase, arguments), call("fail", later)}) + Words{setting.archive(), "true"};
        CHECK(setting.refusal("run", words, {"make room: No space left on device"}) == "");
        CHECK_FALSE(fs::exists(made));
      }
    }
  }
}

TEST_CASE("an undo that goes wrong is told, gives 125, and leaves the journal for slipway clean") {
  struct Bad {
    const char* undo;
    const char* says;
  };
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    // It governs the call as well, which does something.
    constexpr int kTimeout_s = 3;
    const std::string hangs = "it hangs in its undo (prepare): no answer within " + std::to_string(kTimeout_s) + " s";
    for (const Bad& bad :
         {Bad{"hang", hangs.c_str()}, Bad{"segv", "it crashed in its undo (prepare): Segmentation fault"},
          Bad{"fail", "it does not want to go"}}) {
      INFO(to_text(who) << ", " << bad.undo);
      const std::string made = setting.own("made");
      const json arguments{{"arguments", {{"path", made}, {"undo", bad.undo}}}, {"timeout", kTimeout_s}};
      const Outcome outcome = setting.slipway(
          "run", emitting({call("make", "prepare", arguments)}) + Words{setting.archive(), "sh", "-c", "echo ran"});
      INFO(outcome.errors);
      CHECK(outcome.output == "ran\n");
      CHECK(outcome.shell_status() == 125);
      CHECK(outcome.errors.find("take back make of fixture-calls: ") != std::string::npos);
      CHECK(outcome.errors.find(bad.says) != std::string::npos);
      const Outcome cleaned = setting.slipway("clean", {});
      INFO(cleaned.errors);
      CHECK(cleaned.shell_status() == 1);
      CHECK(cleaned.errors.find(bad.says) != std::string::npos);
      CHECK(cleaned.errors.find(".journal)") != std::string::npos);
      for (const auto& journal : fs::directory_iterator(setting.runtime())) fs::remove(journal.path());
      fs::remove(made);
    }
  }
}

TEST_CASE("a run that is killed around its calls leaves nothing after slipway clean") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    INFO(to_text(who));
    const std::string image = setting.archive();
    const std::string made = setting.own("made");
    const auto makes = [&](const std::string& name, const std::string& phase) {
      return call("make", phase, {{"arguments", {{"path", made + name}}}});
    };
    const Words words =
        emitting({makes("1", "prepare"), makes("2", "attach"), call("spoil", "mount"), call("spoil", "seal")}) +
        Words{"--set", "rootfs.upper=disk", image};
    const std::size_t steps = count_of_steps(setting, words);
    std::vector<std::string> places = {"journalled", "calling", "called", "prepared",    "sent",       "running",
                                       "ended",      "undoing", "undone", "child-ready", "child-moved"};
    for (std::size_t step = 1; step <= steps; ++step) places.push_back(std::to_string(step));
    std::string wrong;
    for (const std::string& place : places) {
      wrong += killed(setting, place, words);
      for (const char* name : {"1", "2"}) {
        if (fs::exists(made + name)) wrong += place + ": " + made + name + " is still there\n";
      }
    }
    CHECK(wrong == "");
  }
}

TEST_CASE("a run whose container is killed around its calls takes back what they did") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive();
    const std::string made = setting.own("made");
    const auto makes = [&](const std::string& name, const std::string& phase) {
      return call("make", phase, {{"arguments", {{"path", made + name}}}});
    };
    const Words words =
        emitting({makes("1", "prepare"), makes("2", "attach"), call("spoil", "mount"), call("spoil", "seal")}) +
        Words{image, "true"};
    for (const std::string where : {"planned", "journalled", "calling", "called", "prepared", "sent", "child-moved"}) {
      INFO(to_text(who) << ", " << where);
      const Aftermath aftermath(setting, image);
      const Outcome outcome = setting.slipway("run", Words{"--fault", where + ":kill-child"} + words);
      INFO(outcome.errors);
      CHECK(outcome.shell_status() == 125);
      CHECK(outcome.errors.find("process ") != std::string::npos);
      CHECK(aftermath.of_others() == "");
      CHECK_FALSE(fs::exists(made + "1"));
      CHECK_FALSE(fs::exists(made + "2"));
    }
  }
}

TEST_CASE("who asks for the end is not kept waiting by a call that hangs") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    const std::string made = setting.own("made");
    for (const std::string phase : {"prepare", "attach", "mount", "seal"}) {
      INFO(to_text(who) << ", " << phase);
      const Aftermath aftermath(setting, setting.archive());
      const Words words = Words{"run", "--store", setting.store()} +
                          emitting({call("make", "prepare", {{"arguments", {{"path", made}}}}),
                                    call("hang", phase, {{"timeout", 3600}})}) +
                          Words{setting.archive(), "true"};
      Program program(setting.slipway_command(words));
      // Made before the other hangs, or is about to.
      CHECK(happens_within(std::chrono::seconds(30), [&] { return fs::exists(made); }));
      program.signal(SIGINT);
      const Outcome outcome = program.wait();
      CHECK(outcome.shell_status() == 130);
      CHECK(outcome.errors == "");
      CHECK(aftermath.of_others() == "");
      CHECK_FALSE(fs::exists(made));
    }
  }
}

TEST_CASE("signals to all processes of a job do not keep a run from taking back what its calls did") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    INFO(to_text(who));
    const std::string made = setting.own("made");
    std::vector<json> steps;
    for (int i = 0; i < 20; ++i)
      steps.push_back(call("make", "prepare", {{"arguments", {{"path", made + std::to_string(i)}}}}));
    Program program(setting.slipway_command(Words{"run", "--store", setting.store()} + emitting(steps) +
                                            Words{setting.archive(), "sh", "-c", "echo ran"}));
    CHECK(program.wait_for_output("ran\n"));
    // Process 1 of the container has no handler. No INT: the third of those means that nobody wants to wait.
    const bool goes = happens_within(std::chrono::seconds(30), [&] {
      (void)::kill(-program.pid(), SIGHUP);
      return !fs::exists(made + "0");
    });
    CHECK(goes);
    const Outcome outcome = program.wait();
    CHECK(outcome.errors == "");
    for (int i = 0; i < 20; ++i) CHECK_FALSE(fs::exists(made + std::to_string(i)));
    CHECK(fs::is_empty(setting.runtime()));
  }
}

TEST_CASE("who asks for the end while a run takes back what it did gets the program's status, or what went wrong") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    for (const std::string undo : {"wait", "wait_fail"}) {
      INFO(to_text(who) << ", " << undo);
      const std::string made = setting.own(undo);
      Program program(setting.slipway_command(
          Words{"run", "--store", setting.store()} +
          emitting({call("make", "prepare", {{"arguments", {{"path", made}, {"undo", undo}}}, {"timeout", 60}})}) +
          Words{setting.archive(), "sh", "-c", "exit 7"}));
      CHECK(happens_within(std::chrono::seconds(30), [&] { return fs::exists(made + ".undoing"); }));
      (void)::kill(-program.pid(), SIGINT);
      (void)::kill(-program.pid(), SIGHUP);
      std::ofstream(made + ".go").put('\n');
      const Outcome outcome = program.wait();
      CHECK(outcome.shell_status() == (undo == "wait" ? 7 : 125));
      if (undo == "wait") CHECK(outcome.errors == "");
      if (undo != "wait") CHECK(outcome.errors.find("it does not want to go") != std::string::npos);
      CHECK(fs::exists(made) == (undo != "wait"));
      for (const auto& journal : fs::directory_iterator(setting.runtime())) fs::remove(journal.path());
    }
  }
}

TEST_CASE("a third INT gives up what a run still takes back, and says what is left to slipway clean") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    INFO(to_text(who));
    const std::string made = setting.own("made"), hangs = setting.own("hangs"), fails = setting.own("fails");
    const std::vector<json> steps = {
        call("make", "prepare", {{"arguments", {{"path", made}}}}),
        call("make", "prepare", {{"arguments", {{"path", hangs}, {"undo", "hang"}}}, {"timeout", 3600}}),
        call("make", "prepare", {{"arguments", {{"path", fails}, {"undo", "fail"}}}})};
    Program program(setting.slipway_command(Words{"run", "--store", setting.store()} + emitting(steps) +
                                            Words{setting.archive(), "true"}));
    CHECK(happens_within(std::chrono::seconds(30), [&] { return fs::exists(hangs + ".undoing"); }));
    const std::string status = "/proc/" + std::to_string(program.pid()) + "/status";
    for (int i = 0; i < 3; ++i) {
      (void)::kill(program.pid(), SIGINT);
      // The kernel keeps one of them at a time. An ended process has none either.
      CHECK(happens_within(std::chrono::seconds(30),
                           [&] { return read_file(status).find("ShdPnd:\t0000000000000000") != std::string::npos; }));
    }
    const Outcome outcome = program.wait();
    INFO(outcome.errors);
    CHECK(outcome.shell_status() == 125);
    CHECK(outcome.errors.find("it does not want to go") != std::string::npos);
    const std::string given_up = "take back make of fixture-calls: the end was asked for three times";
    const std::size_t first = outcome.errors.find(given_up);
    CHECK(first != std::string::npos);
    CHECK(outcome.errors.find(given_up, first + 1) != std::string::npos);
    CHECK(fs::exists(made));
    CHECK_FALSE(fs::is_empty(setting.runtime()));
    for (const auto& journal : fs::directory_iterator(setting.runtime())) fs::remove(journal.path());
  }
}

TEST_CASE("slipway clean ends what a call's function had started before it takes back what that did") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    const std::string made = setting.own("made");
    const std::string image = setting.archive();
    for (const std::string phase : {"prepare", "attach"}) {
      INFO(to_text(who) << ", " << phase);
      const json arguments{{"arguments", {{"path", made}, {"helper", "yes"}, {"undo", "needs_lock"}}}};
      const Words words = emitting({call("make", phase, arguments)}) + Words{image, "true"};
      CHECK(setting.slipway("run", Words{"--fault", "prepared:kill-supervisor"} + words).signal == SIGKILL);
      CHECK(fs::exists(made));
      const Outcome would = setting.slipway("clean", {"--dry-run"});
      CHECK(would.output.find("would end process ") != std::string::npos);
      const Outcome cleaned = setting.slipway("clean", {});
      INFO(cleaned.errors << cleaned.output);
      CHECK(cleaned.shell_status() == 0);
      CHECK(cleaned.output.find("ended process ") != std::string::npos);
      CHECK_FALSE(fs::exists(made));
      CHECK(fs::is_empty(setting.runtime()));
    }
  }
}

TEST_CASE("a call whose process is killed fails its run, which takes back what there is") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    const std::string made = setting.own("made");
    for (const std::string phase : {"prepare", "attach"}) {
      const Words words =
          emitting({call("make", phase, {{"arguments", {{"path", made}}}})}) + Words{setting.archive(), "true"};
      CHECK(setting.refusal("run", Words{"--fault", "kill-worker@call"} + words,
                            {"it crashed in " + phase + ": Killed"}) == "");
      CHECK(setting.refusal("run", Words{"--fault", "ENOSPC@call"} + words, {"made to fail", "ENOSPC"}) == "");
      CHECK_FALSE(fs::exists(made));
    }
  }
}

TEST_CASE("slipway clean loads only the very build that was called, and says so of another") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    const fs::path own(setting.file("fixture-calls.so", ""));
    const std::string directory = own.parent_path();
    const auto put = [&](const std::string& fixture) {
      fs::copy_file(std::string(SLIPWAY_FIXTURES) + "/" + fixture, own, fs::copy_options::overwrite_existing);
    };
    put("fixture-calls.so");
    const std::string made = setting.own("made");
    const Words words = emitting({call("make", "prepare", {{"arguments", {{"path", made}}}})}, directory) +
                        Words{setting.archive(), "true"};
    CHECK(setting.slipway("run", Words{"--fault", "prepared:kill-supervisor"} + words).signal == SIGKILL);
    CHECK(fs::exists(made));
    INFO(to_text(who));

    const Outcome would = setting.slipway("clean", {"--dry-run"});
    CHECK(would.output.find("would remove what a plugin did, make of fixture-calls\n") != std::string::npos);
    CHECK(fs::exists(made));

    fs::rename(own, own.string() + ".elsewhere");
    const Outcome gone = setting.slipway("clean", {});
    INFO(gone.errors);
    CHECK(gone.shell_status() == 1);
    CHECK(gone.errors.find("take back make of fixture-calls: ") != std::string::npos);
    CHECK(gone.errors.find("there is no fixture-calls.so in " + directory) != std::string::npos);

    fs::rename(own.string() + ".elsewhere", own);
    std::string bytes = read_file(own);
    const std::size_t note = bytes.find(std::string_view("\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0", 16));
    REQUIRE(note != std::string::npos);
    bytes[note + 16] = static_cast<char>(bytes[note + 16] ^ 1);
    std::ofstream(own, std::ios::binary) << bytes;
    const Outcome other = setting.slipway("clean", {});
    INFO(other.errors);
    CHECK(other.shell_status() == 1);
    CHECK(other.errors.find("is another build than the one that was called") != std::string::npos);
    CHECK(fs::exists(made));

    put("fixture-calls.so");
    const Outcome cleaned = setting.slipway("clean", {"--json"});
    INFO(cleaned.errors << cleaned.output);
    CHECK(cleaned.shell_status() == 0);
    CHECK(cleaned.output.find(R"("call": "make of fixture-calls")") != std::string::npos);
    CHECK_FALSE(fs::exists(made));
    CHECK(fs::is_empty(setting.runtime()));
  }
}

TEST_CASE("slipway clean tells of a plugin whose library ends badly while it is loaded for an undo") {
  struct Row {
    const char* word;
    const char* says;
  };
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    const std::string whole = read_file(SLIPWAY_FIXTURES "/fixture-calls.so");
    const std::string none = "constructor:none";
    const std::size_t at = whole.find(none);
    REQUIRE(at != std::string::npos);
    const fs::path own(setting.file("fixture-calls.so", whole));
    const std::string made = setting.own("made");
    const json more{{"arguments", {{"path", made}}}, {"timeout", 3}};
    const Words words = emitting({call("make", "prepare", more)}, own.parent_path()) + Words{setting.archive(), "true"};
    CHECK(setting.slipway("run", Words{"--fault", "prepared:kill-supervisor"} + words).signal == SIGKILL);
    for (const Row& row : {Row{"segv", "it crashed in its undo (prepare): Segmentation fault"},
                           Row{"exit", "it ended its process with status 0 in its undo (prepare)"},
                           Row{"abrt", "it crashed in its undo (prepare): Aborted"},
                           Row{"hang", "it hangs in its undo (prepare): no answer within 3 s"},
                           Row{"deaf", "it hangs in its undo (prepare): no answer within 3 s"}}) {
      setting.file("fixture-calls.so",
                   std::string(whole).replace(at, none.size(), std::string("constructor:") + row.word));
      const Outcome cleaned = setting.slipway("clean", {});
      INFO(to_text(who) << ", " << row.word << ": " << cleaned.errors);
      CHECK(cleaned.shell_status() == 1);
      CHECK(cleaned.errors.find("take back make of fixture-calls: ") != std::string::npos);
      CHECK(cleaned.errors.find(row.says) != std::string::npos);
      CHECK(fs::exists(made));
    }
    setting.file("fixture-calls.so", whole);
    CHECK(setting.slipway("clean", {}).shell_status() == 0);
    CHECK_FALSE(fs::exists(made));
  }
}

TEST_CASE("slipway clean loads no library that another user could have put there") {
  SLIPWAY_SETTING(Who::range);
  const fs::path own(setting.file("fixture-calls.so", read_file(SLIPWAY_FIXTURES "/fixture-calls.so")));
  const std::string made = setting.own("made");
  const Words words = emitting({call("make", "prepare", {{"arguments", {{"path", made}}}})}, own.parent_path()) +
                      Words{setting.archive(), "true"};
  CHECK(setting.slipway("run", Words{"--fault", "prepared:kill-supervisor"} + words).signal == SIGKILL);
  const auto refuses = [&](const std::string& says) {
    const Outcome cleaned = setting.slipway("clean", {});
    INFO(cleaned.errors);
    CHECK(cleaned.shell_status() == 1);
    CHECK(cleaned.errors.find(says) != std::string::npos);
    CHECK(fs::exists(made));
  };
  REQUIRE(::chown(own.c_str(), 4711, 4711) == 0);
  refuses(own.string() + " belongs to user id 4711; here slipway loads only what you or root own");
  REQUIRE(::chown(own.c_str(), 0, 0) == 0);
  fs::permissions(own, fs::perms::group_write, fs::perm_options::add);
  refuses(own.string() + " can be written by its group; here slipway loads only what nobody else can change");
  REQUIRE(::chown(own.c_str(), setting.identity()->uid, setting.identity()->gid) == 0);
  fs::permissions(own, fs::perms::group_write, fs::perm_options::remove);
  const Outcome cleaned = setting.slipway("clean", {});
  INFO(cleaned.errors);
  CHECK(cleaned.shell_status() == 0);
  CHECK_FALSE(fs::exists(made));
}

TEST_CASE("a start names a dead run whose plugins it does not load, and leaves its journal to slipway clean") {
  SLIPWAY_SETTING(Who::root);
  const std::string made = setting.own("made");
  const std::string image = setting.archive();
  const Words words = emitting({call("make", "prepare", {{"arguments", {{"path", made}}}})}) + Words{image, "true"};
  CHECK(setting.slipway("run", Words{"--fault", "prepared:kill-supervisor"} + words).signal == SIGKILL);
  const Outcome next = setting.slipway("run", {image, "sh", "-c", "echo fine"});
  CHECK(next.output == "fine\n");
  const std::string begin = "slipway: warning: what a dead run left stays for now: take back what plugins did: ";
  INFO(next.errors);
  CHECK(next.errors.starts_with(begin));
  CHECK(next.errors.find(begin, 1) == std::string::npos);
  CHECK(next.errors.find("slipway clean") != std::string::npos);
  CHECK(fs::exists(made));
  CHECK(setting.slipway("clean", {}).shell_status() == 0);
  CHECK_FALSE(fs::exists(made));
}

TEST_CASE("a call step that cannot be carried out is refused in the plan, by name") {
  struct Wrong {
    json step;
    std::string says;
  };
  SLIPWAY_SETTING(Who::root);
  const std::string image = setting.archive();
  for (const Wrong& wrong : {
           Wrong{call("f", "confine"), R"(phase is "confine"; this type stands in)"},
           Wrong{call("f", "mount", {{"inputs", {"@nothing"}}}), "uses @nothing, which no earlier step makes"},
           Wrong{call("f", "mount", {{"inputs", {"@netns"}}}), "uses @netns, which no earlier step makes"},
           Wrong{call("f", "prepare", {{"inputs", {"@pidfd"}}}), "uses @pidfd, which no earlier step makes"},
           Wrong{call("f", "mount", {{"timeout", 0}}), "call: timeout is not within 1 to 3600 seconds"},
           Wrong{call("", "mount"), "call: function is a word of at most 64 bytes"},
           Wrong{call("f", "mount", {{"arguments", 5}}), "arguments is the number 5; expected an object"},
           Wrong{call("f", "mount", {{"arguments", {{"x", std::string(70000, 'x')}}}}),
                 "call: arguments are 70008 bytes"},
       }) {
    CHECK(setting.refusal("run", emitting({wrong.step}) + Words{image, "true"}, {"/network/0: ", wrong.says}) == "");
  }
  CHECK(setting.refusal(
            "run",
            {"--plugin-dir", SLIPWAY_FIXTURES, "--set",
             R"(network=[{"use":"emits-network","steps":["{\"type\":\"call\",\"function\":\"f\"}"]}])", image, "true"},
            {"emits-network: plan: step call is not among what the manifest needs"}) == "");
}
