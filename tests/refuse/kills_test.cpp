// Killed anywhere, nothing left: each process of a run, at each step and between any two.
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/refuse/aftermath.hpp"
#include "tests/support/archive.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

enum class Store { cold, warm };

std::size_t count_of_steps(const Setting& setting, Words words) {
  words.insert(words.begin(), "--json");
  const Outcome outcome = setting.slipway("plan", words);
  INFO(outcome.errors);
  REQUIRE(outcome.shell_status() == 0);
  return json::parse(outcome.output).at("steps").size();
}

Words with_fault(const std::string& fault, const Words& words) {
  Words all{"--fault", fault};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

std::string killed_supervisor(const Setting& setting, const Aftermath& aftermath, const std::string& where,
                              const Words& words, Cleaner cleaner) {
  const Outcome outcome = setting.slipway("run", with_fault(where + ":kill-supervisor", words));
  std::string wrong;
  if (outcome.signal != SIGKILL) wrong += "it was not killed: " + outcome.output + outcome.errors;
  wrong += aftermath.of_supervisor(cleaner);
  return wrong.empty() ? wrong : where + ": " + wrong;
}

// slipway itself lives, and tells of it.
std::string killed_other(const Setting& setting, const Aftermath& aftermath, const std::string& fault,
                         const Words& words, const std::string& what) {
  const Outcome outcome = setting.slipway("run", with_fault(fault, words));
  std::string wrong;
  if (outcome.shell_status() != 125) wrong += "status " + std::to_string(outcome.shell_status()) + "\n";
  if (!outcome.output.empty()) wrong += outcome.output;
  const bool one_error = outcome.errors.starts_with("slipway: ") && outcome.errors.find(what) != std::string::npos &&
                         outcome.errors.find("error: ", outcome.errors.find("error: ") + 1) == std::string::npos;
  if (!one_error) wrong += "says: " + outcome.errors;
  wrong += aftermath.of_others();
  return wrong.empty() ? wrong : fault + ": " + wrong;
}

constexpr const char* kChildDied = "the container's process ended before it became the program: killed by signal 9";

// Kills the supervisor and the child before each step, and lets a clean and a next run clear up in turns.
std::string at_each_step(Setting& setting, const Words& options, const std::string& target, Store store) {
  Words words = options;
  words.push_back(target);
  const std::size_t steps = count_of_steps(setting, words);
  REQUIRE(steps > 10);
  words.insert(words.end(), {"sh", "-c", "echo it ran"});
  if (store == Store::warm) REQUIRE(setting.slipway("run", words).output == "it ran\n");
  std::string wrong;
  for (std::size_t step = 1; step <= steps; ++step) {
    if (store == Store::cold) setting.forget_store();
    const Aftermath aftermath(setting, target);
    const std::string number = std::to_string(step);
    const Cleaner cleaner = step % 2 == 0 ? Cleaner::clean_command : Cleaner::next_run;
    wrong += killed_supervisor(setting, aftermath, number, words, cleaner);
    if (store == Store::warm) wrong += killed_other(setting, aftermath, number + ":kill-child", words, kChildDied);
  }
  CHECK(setting.slipway("run", words).output == "it ran\n");
  return wrong;
}

// Where the container's process is none any more, or has not begun, there is nothing of it to kill.
struct Moment {
  const char* name;
  bool needs_cold = false;  ///< a worker is at work only there
  bool needs_user = false;  ///< only in a user namespace
  bool needs_disk = false;  ///< only where a run has a directory
  bool has_child = true;    ///< the container's process is there, and is no program yet
};
constexpr std::array kMoments{
    Moment{.name = "cloned"},
    Moment{.name = "mapping", .needs_user = true},
    Moment{.name = "child-begun"},
    Moment{.name = "child-root", .needs_user = true},
    Moment{.name = "child-ready"},
    Moment{.name = "configured"},
    Moment{.name = "planning"},
    Moment{.name = "worker-made", .needs_cold = true},
    Moment{.name = "resolving", .needs_cold = true},
    Moment{.name = "resolved", .needs_cold = true},
    Moment{.name = "planned"},
    Moment{.name = "journalled"},
    Moment{.name = "staging", .needs_cold = true},
    Moment{.name = "staged", .needs_cold = true},
    Moment{.name = "unpacking", .needs_cold = true},
    Moment{.name = "unpacked", .needs_cold = true},
    Moment{.name = "committed", .needs_cold = true},
    Moment{.name = "directory", .needs_disk = true},
    Moment{.name = "prepared"},
    Moment{.name = "sent", .has_child = false},  // or it is: nobody knows how far it has come
    Moment{.name = "child-moved"},
    Moment{.name = "running", .has_child = false},
    Moment{.name = "ended", .has_child = false},
    Moment{.name = "undone", .has_child = false},
};

bool is_met(const Moment& moment, Who who, Store store) {
  if (moment.needs_cold && store == Store::warm) return false;
  return !moment.needs_user || who != Who::root;
}

std::string at_each_moment(Setting& setting, Who who, const std::string& target, Store store) {
  const Words words{"--set", "rootfs.upper=disk", target, "sh", "-c", "echo it ran"};
  std::string wrong;
  // In turns, so that for one of the callers or the other each of the two has had to clear up at each moment.
  bool cleans = who == Who::range;
  for (const Moment& moment : kMoments) {
    cleans = !cleans;
    if (!is_met(moment, who, store)) continue;
    const Cleaner cleaner = cleans ? Cleaner::clean_command : Cleaner::next_run;
    if (store == Store::cold) setting.forget_store();
    wrong += killed_supervisor(setting, Aftermath(setting, target), moment.name, words, cleaner);
    if (!moment.has_child) continue;
    if (store == Store::cold) setting.forget_store();
    const std::string fault = std::string(moment.name) + ":kill-child";
    wrong += killed_other(setting, Aftermath(setting, target), fault, words, kChildDied);
  }
  return wrong;
}

}  // namespace

TEST_CASE("a supervisor or a child that is killed at any step leaves nothing", "[steps]") {
  const Who who = GENERATE(Who::root, Who::range, Who::single);
  const auto upper = GENERATE(values<std::string>({"tmpfs", "disk"}));
  SLIPWAY_SETTING(who);
  const std::string image = setting.file("image.tar", standard_archive());
  INFO(to_text(who) << ", upper " << upper);
  CHECK(at_each_step(setting, {"--set", "rootfs.upper=" + upper}, image, Store::warm) == "");
}

TEST_CASE("a supervisor or a child that is killed at any step of a run on a copy leaves nothing", "[steps]") {
  const Who who = GENERATE(Who::root, Who::range, Who::single);
  SLIPWAY_SETTING(who);
  const std::string image = setting.file("image.tar", standard_archive());
  INFO(to_text(who));
  CHECK(at_each_step(setting, {"--use", "rootfs=fs-copy"}, image, Store::warm) == "");
}

TEST_CASE("a supervisor, a child or a copier that is killed around the copying leaves nothing", "[moments]") {
  const Who who = GENERATE(Who::root, Who::range, Who::single);
  SLIPWAY_SETTING(who);
  const std::string image = setting.file("image.tar", standard_archive());
  const Words words{"--use", "rootfs=fs-copy", image, "sh", "-c", "echo it ran"};
  REQUIRE(setting.slipway("run", words).output == "it ran\n");
  INFO(to_text(who));
  for (const std::string moment : {"copying", "copied"}) {
    for (const Cleaner cleaner : {Cleaner::clean_command, Cleaner::next_run})
      CHECK(killed_supervisor(setting, Aftermath(setting, image), moment, words, cleaner) == "");
    CHECK(killed_other(setting, Aftermath(setting, image), moment + ":kill-child", words, kChildDied) == "");
  }
  CHECK(killed_other(setting, Aftermath(setting, image), "copying:kill-worker", words,
                     "the process that copies was killed by signal 9") == "");
  CHECK(setting.slipway("run", words).output == "it ran\n");
}

TEST_CASE("a supervisor that is killed at any step of an image's first run leaves nothing", "[steps]") {
  const Who who = GENERATE(Who::root, Who::range);
  SLIPWAY_SETTING(who);
  const std::string image = setting.file("image.tar", standard_archive());
  INFO(to_text(who));
  CHECK(at_each_step(setting, {"--set", "rootfs.upper=disk"}, image, Store::cold) == "");
}

TEST_CASE("a supervisor or a child that is killed between two steps leaves nothing", "[moments]") {
  const Who who = GENERATE(Who::root, Who::range, Who::single);
  const Store store = GENERATE(Store::cold, Store::warm);
  SLIPWAY_SETTING(who);
  const std::string image = setting.file("image.tar", standard_archive());
  if (store == Store::warm) REQUIRE(setting.slipway("run", {image, "true"}).shell_status() == 0);
  INFO(to_text(who) << (store == Store::cold ? ", cold store" : ", warm store"));
  CHECK(at_each_moment(setting, who, image, store) == "");
}

TEST_CASE("a worker that is killed is one error, and leaves nothing", "[moments]") {
  const Who who = GENERATE(Who::root, Who::range, Who::single);
  const auto fault = GENERATE(values<std::string>({"worker-made:kill-worker", "resolving:kill-worker",
                                                   "unpacking:kill-worker", "1:kill-worker", "kill-worker@unpack"}));
  SLIPWAY_SETTING(who);
  const std::string image = setting.file("image.tar", standard_archive());
  INFO(to_text(who));
  const Aftermath aftermath(setting, image);
  CHECK(killed_other(setting, aftermath, fault, {image, "true"}, "the worker was killed") == "");
}

TEST_CASE("a program that is killed is no error of slipway's", "[moments]") {
  const Who who = GENERATE(Who::root, Who::range);
  SLIPWAY_SETTING(who);
  const std::string image = setting.file("image.tar", standard_archive());
  REQUIRE(setting.slipway("run", {image, "true"}).shell_status() == 0);
  const Aftermath aftermath(setting, image);
  const Outcome outcome = setting.slipway("run", with_fault("running:kill-child", {image, "sleep", "40"}));
  CHECK(outcome.shell_status() == 128 + SIGKILL);
  CHECK(outcome.errors == "");
  CHECK(aftermath.of_others() == "");
}

TEST_CASE("without a pid namespace too, what a program has started does not outlive the supervisor", "[moments]") {
  SLIPWAY_SETTING(Who::root);
  const std::string image = setting.file("image.tar", standard_archive());
  const Words options{"--set", R"(isolation.namespaces=["mount","ipc","uts","net","cgroup"])", image};
  Words words{SLIPWAY_PROGRAM, "run", "--store", setting.store()};
  words.insert(words.end(), options.begin(), options.end());
  words.insert(words.end(), {"sh", "-c", "sleep 41 & setsid sleep 42 & (sleep 43 &); echo up; sleep 44"});
  const Aftermath aftermath(setting, image);
  Program program(setting.command(words));
  REQUIRE(program.wait_for_output("up"));
  program.signal(SIGKILL);
  CHECK(program.wait().signal == SIGKILL);
  CHECK(aftermath.of_supervisor(Cleaner::clean_command) == "");
  CHECK(at_each_step(setting, {options[0], options[1]}, image, Store::warm) == "");
}

TEST_CASE("without a pid namespace a process that lives in a thread alone does not outlive the supervisor",
          "[moments]") {
  SLIPWAY_SETTING(Who::root);
  const std::string image =
      setting.archive(setting.image_with({file("bin/probe", read_file(SLIPWAY_TEST_PROBE), 0755)}));
  Words words{SLIPWAY_PROGRAM, "run",   "--store",
              setting.store(), "--set", R"(isolation.namespaces=["mount","ipc","uts","net","cgroup"])"};
  words.insert(words.end(), {image, "sh", "-c", "probe thread & sleep 44"});
  const Aftermath aftermath(setting, image);
  Program program(setting.command(words));
  REQUIRE(program.wait_for_output("up"));
  program.signal(SIGKILL);
  CHECK(program.wait().signal == SIGKILL);
  CHECK(aftermath.of_supervisor(Cleaner::clean_command) == "");
}

TEST_CASE("a wish to kill a worker where none is at work is refused", "[moments]") {
  SLIPWAY_SETTING(Who::root);
  const std::string image = setting.file("image.tar", standard_archive());
  CHECK(setting.refusal("run", {"--fault", "kill-worker@overlay", image, "true"},
                        {"the plan has no such step to make fail"}) == "");
}

// Each as it is shipped, in a directory with the image of which it says that it lies beside it.
TEST_CASE("a supervisor or a child that is killed at any step of an example leaves nothing", "[examples]") {
  const Who who = GENERATE(Who::root, Who::range, Who::single);
  SLIPWAY_SETTING(who);
  std::size_t examples = 0;
  for (const auto& entry : fs::directory_iterator(SLIPWAY_EXAMPLES)) {
    if (entry.path().extension() != ".json") continue;
    ++examples;
    const std::string text = read_file(entry.path());
    const json image = json::parse(text, nullptr, true, /*ignore_comments=*/true).at("image");
    const bool is_flat = image.at("use") == "image-crane-export";
    setting.file(image.at("source").get<std::string>(),
                 is_flat ? setting.image().layers.front().tar : standard_archive());
    const std::string pipeline = setting.file(entry.path().filename().string(), text);
    INFO(to_text(who) << ", " << entry.path().filename().string());
    CHECK(at_each_step(setting, {}, pipeline, Store::warm) == "");
  }
  CHECK(examples >= 3);
}
