// Two hundred kills at random moments, of any process of a run. Runs under `./dev test --all` only; a failure is
// repeated with SLIPWAY_TEST_SEED.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <random>

#include "tests/refuse/aftermath.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;
using std::chrono::steady_clock;

namespace {

constexpr int kKills = 200;

unsigned chosen_seed() {
  const char* given = std::getenv("SLIPWAY_TEST_SEED");
  return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device()();
}

void add_descendants(pid_t pid, std::vector<pid_t>& found) {
  const std::string number = std::to_string(pid);
  std::ifstream children("/proc/" + number + "/task/" + number + "/children");
  for (pid_t child = 0; children >> child;) {
    found.push_back(child);
    add_descendants(child, found);
  }
}

struct Try {
  Who who = Who::root;
  bool cold = false, disk = false;
  bool supervisor = true;  ///< else any other process that there is at that moment
  Cleaner cleaner = Cleaner::clean_command;
  std::chrono::microseconds delay{0};

  [[nodiscard]] std::string to_text() const {
    return std::string(slipway::tests::to_text(who)) + (cold ? ", cold" : ", warm") + (disk ? ", disk" : ", tmpfs") +
           (supervisor ? ", the supervisor" : ", another process") +
           (cleaner == Cleaner::next_run ? ", the next run cleans" : ", clean cleans") + ", after " +
           std::to_string(delay.count()) + " us";
  }
};

class Kills {
 public:
  /// How long a run takes that is not killed.
  struct Lengths {
    std::chrono::microseconds cold{0}, warm{0};
  };
  Kills(unsigned seed, Lengths lengths) : random_(seed), lengths_(lengths) {}

  Try next(int number) {
    Try one;
    one.who = std::array{Who::root, Who::range, Who::single}.at(static_cast<std::size_t>(number % 3));
    one.cold = pick(3) == 0;
    one.disk = pick(2) == 0;
    one.supervisor = pick(3) != 0;
    one.cleaner = pick(2) == 0 ? Cleaner::next_run : Cleaner::clean_command;
    const auto length = one.cold ? lengths_.cold : lengths_.warm;
    one.delay = std::chrono::microseconds(pick(static_cast<unsigned>(length.count())));
    return one;
  }

  // The one to kill: the supervisor, or one of those that it has made.
  pid_t victim(const Try& one, pid_t supervisor) {
    std::vector<pid_t> others;
    if (!one.supervisor) add_descendants(supervisor, others);
    return others.empty() ? supervisor : others.at(pick(static_cast<unsigned>(others.size())));
  }

 private:
  unsigned pick(unsigned count) { return std::uniform_int_distribution<unsigned>(0, count - 1)(random_); }

  std::mt19937 random_;
  Lengths lengths_;
};

std::chrono::microseconds time_of_run(const Setting& setting, const std::string& image) {
  const auto begin = steady_clock::now();
  REQUIRE(setting.slipway("run", {image, "true"}).shell_status() == 0);
  return std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - begin);
}

std::string kill_once(Kills& kills, const Try& one, Setting& setting, const std::string& image) {
  if (one.cold) setting.forget_store();
  const Aftermath aftermath(setting, image);
  const std::string upper = one.disk ? "rootfs.upper=disk" : "rootfs.upper=tmpfs";
  Program program(setting.command({SLIPWAY_PROGRAM, "run", "--store", setting.store(), "--set", upper, image, "sh",
                                   "-c", "echo x > /x; chown 1:1 /x; echo it ran"}));
  const auto moment = steady_clock::now() + one.delay;
  while (steady_clock::now() < moment) {
  }
  (void)::kill(kills.victim(one, program.pid()), SIGKILL);
  const Outcome outcome = program.wait();
  if (outcome.signal == SIGKILL) return aftermath.of_supervisor(one.cleaner);
  std::string wrong = aftermath.of_others();
  const bool may_be = outcome.status == 0 || outcome.status == 1 || outcome.status == 125 || outcome.status == 137;
  if (!may_be || outcome.signal != 0) wrong += "status " + std::to_string(outcome.shell_status()) + "\n";
  if (outcome.status == 125 && !outcome.errors.starts_with("slipway: ")) wrong += "no error\n";
  return wrong.empty() ? wrong : wrong + outcome.errors;
}

}  // namespace

TEST_CASE("a kill at a random moment leaves nothing", "[.random]") {
  const unsigned seed = chosen_seed();
  WARN("SLIPWAY_TEST_SEED=" << seed);
  std::map<Who, std::unique_ptr<Setting>> settings;
  try {
    for (const Who who : {Who::root, Who::range, Who::single}) settings[who] = std::make_unique<Setting>(who);
  } catch (const Setting::Missing& missing) {
    SLIPWAY_SKIP(missing.reason);
  }
  std::map<Who, std::string> images;
  Kills::Lengths lengths;
  for (auto& [who, setting] : settings) {
    images[who] = setting->file("image.tar", standard_archive());
    lengths.cold = std::max(lengths.cold, time_of_run(*setting, images[who]));
    lengths.warm = std::max(lengths.warm, time_of_run(*setting, images[who]));
  }
  Kills kills(seed, lengths);
  for (int i = 0; i < kKills; ++i) {
    const Try one = kills.next(i);
    INFO("kill " << i << ": " << one.to_text());
    CHECK(kill_once(kills, one, *settings[one.who], images[one.who]) == "");
  }
}
