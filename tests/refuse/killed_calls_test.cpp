// Runs that are killed around calls of plugins' functions, and slipway clean, which takes back what those did.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/refuse/aftermath.hpp"
#include "tests/refuse/calling.hpp"
#include "tests/refuse/setting.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

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
    constexpr int kTimeout_s = 6;
    const std::string hangs = "it hangs in its undo (prepare): no answer within " + std::to_string(kTimeout_s) + " s";
    const json more{{"arguments", {{"path", made}}}, {"timeout", kTimeout_s}};
    const Words words = emitting({call("make", "prepare", more)}, own.parent_path()) + Words{setting.archive(), "true"};
    CHECK(setting.slipway("run", Words{"--fault", "prepared:kill-supervisor"} + words).signal == SIGKILL);
    for (const Row& row : {Row{"segv", "it crashed in its undo (prepare): Segmentation fault"},
                           Row{"exit", "it ended its process with status 0 in its undo (prepare)"},
                           Row{"abrt", "it crashed in its undo (prepare): Aborted"}, Row{"hang", hangs.c_str()},
                           Row{"deaf", hangs.c_str()}}) {
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

TEST_CASE(
    "calls whose arguments do not fit a journal together are refused in the plan, and those that do are taken back") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    const std::string made = setting.own("made");
    // A journal writes a "%" as three letters.
    const auto pipeline = [&](std::size_t count) {
      json texts = json::array();
      for (std::size_t i = 0; i < count; ++i) {
        const json arguments{{"path", made + std::to_string(i)}, {"fill", std::string(60'000, '%')}};
        texts.push_back(call("make", "prepare", {{"arguments", arguments}}).dump());
      }
      const json whole{{"image", {{"source", setting.archive()}}},
                       {"network", {{{"use", "fixture-calls"}, {"steps", texts}}}}};
      return setting.file("pipeline.json", whole.dump());
    };
    const Words plugins{"--plugin-dir", SLIPWAY_FIXTURES};
    const std::string too_much = pipeline(6);
    for (const std::string verb : {"plan", "run"}) {
      INFO(to_text(who) << ", " << verb);
      CHECK(setting.refusal(verb, plugins + Words{too_much},
                            {"/network/0: ", "call: make(", " of fixture-calls: with its 600",
                             " bytes of arguments the calls that are taken back need 108", "may have 1048576",
                             "hand over long data as a descriptor"}) == "");
    }
    const Words fits = plugins + Words{pipeline(5)};
    CHECK(killed(setting, std::to_string(count_of_steps(setting, fits)), fits) == "");
    CHECK_FALSE(fs::exists(made + "0"));
    CHECK_FALSE(fs::exists(made + "4"));
  }
}
