// Signals to runs that call functions of plugins, or take back what those did.
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
