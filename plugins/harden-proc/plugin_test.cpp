#include <catch2/catch.hpp>
#include <slipway/testing.hpp>

using namespace slipway::testing;
namespace steps = slipway::steps;

namespace {

const Plugin& plugin() {
  static const Plugin loaded = Plugin::load(SLIPWAY_PLUGIN);
  return loaded;
}

// The paths of all steps of a type.
template <class S>
std::string paths(const std::string& options, const Facts& told = facts("root")) {
  std::string line;
  const Outcome planned = plugin().plan(options, told);
  CHECK(planned.told() == "");
  for (const S& step : planned.all<S>()) line += step.path.text + " ";
  return line;
}

const std::string kReadonly = "/proc/bus /proc/fs /proc/irq /proc/sys /proc/sysrq-trigger ";
const std::string kMasked =
    "/proc/asound /proc/interrupts /proc/kcore /proc/keys /proc/latency_stats /proc/timer_list /proc/timer_stats "
    "/proc/sched_debug /proc/acpi /proc/scsi /sys/firmware ";

}  // namespace

TEST_CASE("B20: exactly these paths are read-only by default, and further ones come behind them") {
  CHECK(paths<steps::Readonly>("{}") == kReadonly);
  CHECK(paths<steps::Readonly>(R"({"more_readonly": ["/proc/tty", "/etc"]})") == kReadonly + "/proc/tty /etc ");
  CHECK(paths<steps::Readonly>(R"({"readonly": [], "more_readonly": ["/etc"]})") == "/etc ");
}

TEST_CASE("B21: exactly these paths are masked by default, on any kernel that facts were recorded of") {
  CHECK(paths<steps::Mask>("{}") == kMasked);
  CHECK(paths<steps::Mask>(R"({"more_mask": ["/proc/version"]})") == kMasked + "/proc/version ");
  CHECK(paths<steps::Mask>(R"({"mask": ["/proc/keys"], "more_mask": ["/proc/version"]})") ==
        "/proc/keys /proc/version ");
  // Which of them a kernel has is found out where they are masked, never by what planned.
  for (const std::string& host : names_of_facts()) CHECK(paths<steps::Mask>("{}", facts(host)) == kMasked);
  CHECK(paths<steps::Mask>("{}", Facts()) == kMasked);
}

TEST_CASE("the plan is a golden file, the same for each kind of host") {
  for (const char* host : {"root", "one-id", "old-kernel"})
    CHECK(difference(SLIPWAY_GOLDEN "/default.json", plugin().plan("{}", facts(host))) == "");
}

TEST_CASE("a path that is none is refused at its place in the list") {
  CHECK(plugin().plan(R"({"mask": ["/proc/keys", "proc"]})", facts("root")).told() ==
        "error: /options/mask/1: is \"proc\"; expected text of the form ^/\n");
}
