#include "tests/support/planned.hpp"

using namespace slipway::tests;
using nlohmann::json;

namespace {

std::string paths(const std::string& type, const json& options, const json& facts = facts_of_root()) {
  std::string line;
  const std::string steps = plan_of(SLIPWAY_PLUGIN, options, facts).steps;
  for (std::size_t at = 0; at < steps.size();) {
    const std::size_t end = steps.find('\n', at);
    const json step = json::parse(steps.substr(at, end - at));
    at = end + 1;
    if (step["type"] == type) line += step["path"].get<std::string>() + " ";
  }
  return line;
}

const std::string kReadonly = "/proc/bus /proc/fs /proc/irq /proc/sys /proc/sysrq-trigger ";
const std::string kMasked =
    "/proc/asound /proc/interrupts /proc/kcore /proc/keys /proc/latency_stats /proc/timer_list /proc/timer_stats "
    "/proc/sched_debug /proc/acpi /proc/scsi /sys/firmware ";

}  // namespace

TEST_CASE("B20: exactly these paths are read-only by default, and further ones come behind them") {
  CHECK(paths("readonly", json::object()) == kReadonly);
  CHECK(paths("readonly", {{"more_readonly", {"/proc/tty", "/etc"}}}) == kReadonly + "/proc/tty /etc ");
  CHECK(paths("readonly", {{"readonly", json::array()}, {"more_readonly", {"/etc"}}}) == "/etc ");
}

TEST_CASE("B21: exactly these paths are masked by default, on any kernel that facts were recorded of") {
  CHECK(paths("mask", json::object()) == kMasked);
  CHECK(paths("mask", {{"more_mask", {"/proc/version"}}}) == kMasked + "/proc/version ");
  CHECK(paths("mask", {{"mask", {"/proc/keys"}}, {"more_mask", {"/proc/version"}}}) == "/proc/keys /proc/version ");
  // Which of them a kernel has is found out where they are masked, never by what planned.
  json other = facts_of_user();
  other["host"]["kernel"] = "5.15.0";
  other["host"]["filesystems"] = {"proc"};
  CHECK(paths("mask", json::object(), other) == kMasked);
  CHECK(paths("mask", json::object(), json::object()) == kMasked);
}
