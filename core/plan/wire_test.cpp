#include <catch2/catch.hpp>
#include <set>

#include "core/plan/start_record.hpp"
#include "core/plan/test_plans.hpp"
#include "core/steps/steps.hpp"
#include "sdk/host/codec.hpp"

using namespace slipway;
using namespace slipway::plan;
using namespace slipway::plan::tests;

namespace {

const std::string kNotUtf8 = "\xff\xfe /\x80 caf\xe9";

// One of every type, with every member set to what is not its default.
std::vector<PlannedStep> one_of_each() {
  using namespace steps;
  const auto make = [](Step step, Phase phase) { return planned(std::move(step), phase, "x"); };
  return {
      make(Unpack{"sha256:" + std::string(64, 'a')}, Phase::prepare),
      make(Copy{{{"a"}, {"b"}}, {"tree"}}, Phase::prepare),
      make(Scratch{"upper", Afterwards::kept}, Phase::prepare),
      make(Overlay{{{"a"}, {"b"}}, {"upper"}, Size{4096}, {"/"}}, Phase::mount),
      make(Mount{"tmpfs", {"/a"}, kNotUtf8, {MountFlag::ro, MountFlag::nosymfollow}, {"mode=1777", kNotUtf8}},
           Phase::mount),
      make(Bind{{"@a"}, {"/a"}, Access::read_only, {MountFlag::noexec}}, Phase::mount),
      make(Bind{{"@b"}, {"/b"}, Access::read_only, {}, Create::missing, Submounts::taken, Owners::container},
           Phase::mount),
      make(Open{{"/srv"}, Owners::container}, Phase::prepare),
      make(File{{"/etc/x"}, kNotUtf8, {"/etc/y"}, Absent::empty, {0600}}, Phase::mount),
      make(Bind{{"/dev/null"}, {"/dev/null"}, Access::read_write, {}}, Phase::mount),
      make(Mkdir{{"/m"}, {01777}}, Phase::mount),
      make(Mknod{{"/n"}, NodeKind::block, 8, 1, {0600}}, Phase::mount),
      make(Symlink{kNotUtf8, {"/l"}}, Phase::mount),
      make(Write{{"/w"}, "\n\t\xff", {0400}}, Phase::mount),
      make(Propagation{Scope::root, Spread::shared}, Phase::mount),
      make(Hostname{"box"}, Phase::mount),
      make(LinkUp{"lo"}, Phase::mount),
      make(Call{"make", {R"({"a":["\u00e9"]})"}, {{"a"}, {"root"}}, 30, Undo::none}, Phase::seal),
      make(Mask{{"/proc/kcore"}}, Phase::seal),
      make(Readonly{{"/proc/sys"}}, Phase::seal),
      make(User{"app:staff", {"wheel", "9"}}, Phase::confine),
      make(Environment{{"A=b", "B=" + kNotUtf8}, EnvDefaults::none, {"A=a", "C"}, {"/x.env"}}, Phase::confine),
      make(Workdir{{"/srv"}}, Phase::confine),
      make(Exec{{"/bin/sh", "-c", kNotUtf8, ""}, Init::slipway, 64, 86400, {EndWith::parent, EndWith::terminal}, 3},
           Phase::exec),
  };
}

}  // namespace

TEST_CASE("every step type travels to the child and arrives as it was, with its number") {
  Plan plan;
  plan.steps = one_of_each();
  std::set<std::string_view> types;
  for (const PlannedStep& step : plan.steps) types.insert(steps::type_of(step.step));
  CHECK(types.size() == std::variant_size_v<steps::Step>);

  auto received = child_steps_from(child_steps_bytes(plan));
  INFO((received ? "" : sentence(received.error())));
  REQUIRE(received);
  std::size_t at = 0;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const PlannedStep& sent = plan.steps[i];
    if (sent.phase == steps::Phase::prepare) continue;
    REQUIRE(at < received->size());
    const NumberedStep& step = received->at(at++);
    INFO(steps::type_of(sent.step));
    CHECK(step.number == i + 1);
    CHECK(step.phase == sent.phase);
    CHECK(step.plugin == (steps::type_of(sent.step) == "call" ? sent.owner.plugin : ""));
    CHECK(host::encode_step_text({step.step, step.phase, {}}) == host::encode_step_text({sent.step, sent.phase, {}}));
  }
  CHECK(at == received->size());
  CHECK(std::get<steps::Exec>(received->back().step).args[2] == kNotUtf8);
}

TEST_CASE("what the supervisor alone is for does not travel") {
  Plan plan;
  plan.steps = {unpack("a"), exec()};
  plan.steps[1].common.after = {"x:y"};
  const std::string bytes = child_steps_bytes(plan);
  CHECK(bytes.find("unpack") == std::string::npos);
  CHECK(bytes.find("p.json") == std::string::npos);
  CHECK(bytes.find("x:y") == std::string::npos);
}

TEST_CASE("a plan that did not arrive whole is refused") {
  Plan plan;
  plan.steps = {root(), exec()};
  const std::string first = [&] {
    Plan one;
    one.steps = {root()};
    return child_steps_bytes(one);
  }();
  const std::string bytes = child_steps_bytes(plan);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    if (size == first.size()) continue;  // one step less is a plan too
    const auto steps = child_steps_from(std::string_view(bytes).substr(0, size));
    REQUIRE_FALSE(steps);
    CHECK(steps.error().doing == "read the plan");
  }
}

TEST_CASE("bytes that are no plan are refused, whatever they ask for") {
  Plan plan;
  plan.steps = one_of_each();
  const std::string bytes = child_steps_bytes(plan);
  // Each byte turned over: refused or another plan, but nothing else, and no memory for a length that is not there.
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string turned = bytes;
    turned[at] = static_cast<char>(~turned[at]);
    (void)child_steps_from(turned);
  }
  CHECK_FALSE(child_steps_from(std::string(64, '\xff')));
}

TEST_CASE("a recorded plan is what it was, and so is the record of a start") {
  Plan plan;
  plan.steps = one_of_each();
  plan.steps[0].common = {"layer0", "/options/x", {"a:b"}, {"c:d", "e:f"}};
  plan.steps[0].owner = {"rootfs", "fs-overlay", "name", "/rootfs", {Place::Source::file, "p.json", 3, 7}};
  const std::string bytes = plan_bytes(plan);
  const auto back = plan_from(bytes);
  REQUIRE(back);
  REQUIRE(back->steps.size() == plan.steps.size());
  CHECK(plan_bytes(*back) == bytes);
  CHECK(to_text(back->steps[0]) == to_text(plan.steps[0]));
  CHECK(to_text(back->steps[0].owner.place) == "p.json:3:7");

  StartRecord record;
  record.isolation.namespaces = {"mount", "pid"};
  record.isolation.joins = {{"net", "/run/netns/blue", 0}, {"ipc", "", 4711}};
  record.isolation.user = config::Isolation::User::ranges;
  record.isolation.ranges = {{{0, 1000, 1}, {1, 100000, 65536}}, {{0, 1000, 1}}};
  record.isolation.ids = config::Isolation::Ids::exact;
  record.isolation.propagation = config::Isolation::Propagation::shared;
  record.isolation.hostname = "box";
  record.extended = {{"base.json", "0123"}};
  record.terms = {2, 30, true, false, 3, true};
  record.image = {"image-docker-save", "/lib/x.so", "1:2", "{}", "/image.tar", "/image"};
  record.plugin_dirs = {"/a", "/b"};
  record.plugins = {{"fs-overlay", "/lib/y.so", "3:4"}};
  record.facts = "facts";
  record.losses = "losses";
  record.child = child_steps_bytes(plan);
  record.whole = bytes;
  const std::string written = to_bytes(record);
  const auto read = start_record_from(written);
  REQUIRE(read);
  CHECK(to_bytes(*read) == written);
  CHECK(read->isolation.hostname == "box");
  CHECK(read->isolation.joins == record.isolation.joins);
  CHECK(read->isolation.ranges == record.isolation.ranges);
  CHECK(read->isolation.propagation == config::Isolation::Propagation::shared);
  CHECK(read->extended.at(0).path == "base.json");
  CHECK(read->isolation.ids == config::Isolation::Ids::exact);
  CHECK(read->losses == "losses");
  CHECK(read->plugins.at(0).identity == "3:4");
  CHECK(read->whole == bytes);
  for (std::size_t size = 0; size < written.size(); ++size)
    CHECK_FALSE(start_record_from(std::string_view(written).substr(0, size)));
}
