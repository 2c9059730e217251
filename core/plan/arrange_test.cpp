#include <catch2/catch.hpp>

#include "core/plan/start_record.hpp"
#include "core/plan/test_plans.hpp"
#include "core/steps/steps.hpp"

using namespace slipway;
using namespace slipway::plan;
using namespace slipway::plan::tests;

namespace {

std::vector<std::string> labels_of(const Plan& plan) {
  std::vector<std::string> labels;
  for (const PlannedStep& step : plan.steps) labels.push_back(step.owner.name + ":" + steps::label_of(step.step));
  return labels;
}

std::vector<std::string> arranged(std::vector<PlannedStep> steps) {
  Plan plan = plan_with(std::move(steps));
  const Findings findings = arrange(plan);
  for (const Finding& finding : findings) UNSCOPED_INFO(to_text(finding));
  CHECK(findings.empty());
  return labels_of(plan);
}

// The one thing that is wrong with these steps, as a user reads it.
std::string problem_of(std::vector<PlannedStep> steps) {
  Plan plan = plan_with(std::move(steps));
  const Findings findings = arrange(plan);
  std::string all;
  for (const Finding& finding : findings) all += to_text(finding) + "\n";
  return findings.size() == 1 ? to_text(findings.front()) : std::to_string(findings.size()) + " findings\n" + all;
}

PlannedStep mask(const std::string& path, const std::string& owner) {
  return planned(steps::Mask{{path}}, steps::Phase::seal, owner);
}

using Labels = std::vector<std::string>;

}  // namespace

TEST_CASE("steps are carried out phase by phase and otherwise in the order given") {
  CHECK(arranged({mask("/a", "one"), mount("/b", "two"), unpack("layer"), mask("/c", "three"), mount("/d", "four")}) ==
        Labels{"fs:unpack", "fs:/", "two:/b", "four:/d", "one:/a", "three:/c", "exec:exec"});
}

TEST_CASE("the user changes before the environment learns its home and the working directory is entered") {
  const auto confine = [](steps::Step step) { return planned(std::move(step), steps::Phase::confine, "x"); };
  CHECK(arranged({confine(steps::Workdir{{"/srv"}}), confine(steps::Environment{}), confine(steps::User{"app"})}) ==
        Labels{"fs:/", "x:user", "x:environment", "x:workdir", "exec:exec"});
}

TEST_CASE("after moves a step behind what it names, by place or by result, and nothing else") {
  CHECK(arranged({mount("/a", "one", 1, {.after = {"three:/c"}}), mount("/b", "two"), mount("/c", "three")}) ==
        Labels{"fs:/", "two:/b", "three:/c", "one:/a", "exec:exec"});
  PlannedStep waits = unpack("a", "one");
  waits.common.after = {"two:b"};
  CHECK(arranged({std::move(waits), unpack("b", "two")}) == Labels{"two:unpack", "one:unpack", "fs:/", "exec:exec"});
  CHECK(arranged({mount("/a", "one", 1, {.after = {"two:/b"}}), mount("/b", "two", 1, {.after = {"three:/c"}}),
                  mount("/c", "three")}) == Labels{"fs:/", "three:/c", "two:/b", "one:/a", "exec:exec"});
}

TEST_CASE("after that cannot be kept is refused with the reason") {
  CHECK(
      problem_of({mount("/x", "bystander", 9, {.after = {"two:/b"}}), mount("/a", "one", 1, {.after = {"two:/b"}}),
                  mount("/b", "two", 2, {.after = {"three:/c"}}), mount("/c", "three", 3, {.after = {"one:/a"}})}) ==
      "p.json:1:1: error: /pseudo/one: after cannot be kept: these wait for each other in a circle: mount: tmpfs on /a "
      "of one (p.json:1:1), mount: tmpfs on /b of two (p.json:2:1), mount: tmpfs on /c of three (p.json:3:1)\n"
      "  hint: leave \"after\" out at one of them");
  const std::string later = problem_of({mount("/a", "one", 7, {.after = {"two:/b"}}), mask("/b", "two")});
  CHECK(later.find("p.json:7:1: error: /pseudo/one: after cannot be kept for mount: tmpfs on /a") == 0);
  CHECK(later.find("it names a step of a later phase") != std::string::npos);
}

TEST_CASE("of steps that replace one another in a row the last one stands, and a circle is refused") {
  CHECK(arranged({mount("/a", "one", 1, {.replaces = {"two:/b"}}), mount("/b", "two", 2, {.replaces = {"three:/c"}}),
                  mount("/c", "three")}) == Labels{"fs:/", "one:/a", "exec:exec"});
  CHECK(
      problem_of({mount("/a", "one", 1, {.replaces = {"two:/b"}}), mount("/b", "two", 2, {.replaces = {"one:/a"}})}) ==
      "p.json:1:1: error: /pseudo/one: replaces cannot be kept: these replace each other in a circle, and none would "
      "be left: mount: tmpfs on /a of one (p.json:1:1), mount: tmpfs on /b of two (p.json:2:1)\n"
      "  hint: leave \"replaces\" out at one of them");
  const std::string covered =
      problem_of({mount("/x", "bystander", 9), mount("/a", "one", 1, {.replaces = {"bystander:/x", "two:/b"}}),
                  mount("/b", "two", 2, {.replaces = {"one:/a"}})});
  CHECK(covered.find("in a circle") != std::string::npos);
  CHECK(covered.find("bystander") == std::string::npos);
  // A directory and the mount on it have one label.
  const steps::Common own{.replaces = {"one:/a"}};
  CHECK(problem_of(
            {planned(steps::Mkdir{.target = {"/a"}}, steps::Phase::mount, "one", 1, own), mount("/a", "one", 1, own)})
            .find("replace each other in a circle") != std::string::npos);
}

TEST_CASE("replaces takes out what it names, wherever that stands") {
  CHECK(arranged({mount("/a", "one"), mount("/b", "two"), mount("/a", "three", 1, {.replaces = {"one:/a"}})}) ==
        Labels{"fs:/", "two:/b", "three:/a", "exec:exec"});
  CHECK(arranged({mask("/b", "two"), mount("/a", "one", 1, {.replaces = {"two:/b"}})}) ==
        Labels{"fs:/", "one:/a", "exec:exec"});
}

TEST_CASE("a label that names nothing is refused with the nearest one") {
  const std::string near = problem_of({mount("/a", "one", 3, {.after = {"tow:/b"}}), mount("/b", "two")});
  CHECK(near ==
        "p.json:3:1: error: /pseudo/one: after names tow:/b, and no step is called so\n"
        "  hint: did you mean two:/b?");
  CHECK(problem_of({mount("/a", "one", 3, {.replaces = {"x"}})}).find("steps are called OWNER:LABEL") !=
        std::string::npos);
  // Said once, though the pipeline's `after` stands at each step of the plugin.
  CHECK(problem_of({mount("/a", "one", 3, {.after = {"x"}}), mount("/b", "one", 3, {.after = {"x"}})})
            .find("p.json:3:1: error") == 0);
  // Where the pipeline itself says it, its place is told.
  Plan plan = plan_with({mount("/a", "one", 3, {.after = {"x"}})});
  plan.labels[{"one", "x"}] = {"pseudo", "one", "one", "/pseudo/0/after/0", {Place::Source::file, "p.json", 9, 8}};
  CHECK(to_text(arrange(plan).front()).find("p.json:9:8: error: /pseudo/0/after/0: after names x") == 0);
}

TEST_CASE("a label of which one half is right is told the other") {
  const auto hint_to = [](const std::string& label) {
    return problem_of({mount("/a", "one", 3, {.replaces = {label}}), mount("/b/c", "two"), mount("/d", "two")});
  };
  CHECK(hint_to("/b/c").find("did you mean two:/b/c?") != std::string::npos);
  CHECK(hint_to("something:/d").find("did you mean two:/d?") != std::string::npos);
  CHECK(hint_to("two:/elsewhere").find("as in pseudo-standard:/dev/shm; two has /b/c, /d") != std::string::npos);
}

TEST_CASE("a label that names nothing is the one thing told, and not also the conflict that it was to settle") {
  const std::string problem = problem_of({mount("/a", "one", 3, {.replaces = {"two:/aa"}}), mount("/a", "two")});
  CHECK(problem ==
        "p.json:3:1: error: /pseudo/one: replaces names two:/aa, and no step is called so\n"
        "  hint: did you mean two:/a?");
}

TEST_CASE("a bind of what was opened is told by its path on the host") {
  PlannedStep opened = planned(steps::Open{{"/srv"}}, steps::Phase::prepare, "binds");
  opened.common.as = "srv-0-591";
  const auto bind = [](const char* owner) {
    return planned(steps::Bind{.source = {"@srv-0-591"}, .target = {"/b"}}, steps::Phase::mount, owner);
  };
  const std::string problem = problem_of({opened, bind("binds"), mount("/b", "two")});
  CHECK(problem.find("bind: /srv on /b") != std::string::npos);
  CHECK(problem.find('@') == std::string::npos);
  Plan plan = plan_with({opened, bind("binds")});
  REQUIRE(arrange(plan).empty());
  CHECK(to_table(plan).find("srv-0-591") == std::string::npos);
  const auto again = plan_from(plan_bytes(plan));
  REQUIRE(again);
  CHECK(to_table(*again) == to_table(plan));
}

TEST_CASE("two owners of one place are a conflict that names both and the remedy") {
  CHECK(problem_of({mount("/a", "one", 4), mount("/a", "two", 5)}) ==
        "p.json:5:1: error: /pseudo/two: two steps take /a: mount: tmpfs on /a of one (p.json:4:1), and mount: tmpfs "
        "on /a of "
        "two (p.json:5:1)\n"
        "  hint: one of them must say \"after\": [\"one:/a\"] or \"replaces\" it");
  CHECK(arranged({mount("/a", "one"), mount("/a", "two", 1, {.after = {"one:/a"}})}).size() == 4);
  // A file that a plugin makes to bind on is its own affair, a file of another plugin is not.
  const auto write = [](const std::string& owner) {
    return planned(steps::Write{.target = {"/a"}}, steps::Phase::mount, owner);
  };
  CHECK(arranged({write("one"), mount("/a", "one")}).size() == 4);
  CHECK(problem_of({write("one"), mount("/a", "two")}).find("two steps take /a: write: /a") != std::string::npos);
  CHECK(problem_of({write("one"), write("one")}).find("two steps take /a") != std::string::npos);
}

TEST_CASE("two owners that clash at many places are told of once, with the first place and how many more") {
  const std::string problem = problem_of({mount("/a", "one", 4), mount("/a/b", "one", 4), mount("/c", "one", 4),
                                          mount("/a", "two", 5), mount("/a/b", "two", 5), mount("/c", "two", 5)});
  CHECK(problem ==
        "p.json:5:1: error: /pseudo/two: two steps take /a: mount: tmpfs on /a of one (p.json:4:1), and mount: tmpfs "
        "on /a of "
        "two (p.json:5:1); they clash over 2 more paths\n"
        "  hint: one of them must say \"after\": [\"one:/a\"] or \"replaces\" it");
  Plan plan = plan_with({mount("/a", "one"), mount("/b", "one"), mount("/a", "two"), mount("/b", "two"),
                         mount("/a", "three"), mount("/b", "three")});
  CHECK(arrange(plan).size() == 3);  // one for each two of the three
  plan = plan_with({mount("/a", "one"), mount("/b", "one"), mount("/a", "one"), mount("/b", "one")});
  CHECK(arrange(plan).size() == 2);  // a plugin's own
}

TEST_CASE("a mount that would hide an earlier one is refused, one below it is not") {
  CHECK(problem_of({mount("/a/b", "one", 4), mount("/a", "two", 5)}) ==
        "p.json:5:1: error: /pseudo/two: mount: tmpfs on /a of two (p.json:5:1) would hide /a/b, which one "
        "(p.json:4:1) made "
        "before\n"
        "  hint: let one come later: \"after\": [\"two:/a\"]");
  CHECK(arranged({mount("/a", "one"), mount("/a/b", "two")}).size() == 4);
  CHECK(arranged({mount("/ab", "one"), mount("/a", "two")}).size() == 4);
  CHECK(arranged({mount("/a/b", "one", 1, {.after = {"two:/a"}}), mount("/a", "two")}) ==
        Labels{"fs:/", "two:/a", "one:/a/b", "exec:exec"});
  Plan before_root;
  before_root.steps = {mount("/a", "one"), root(), exec()};
  CHECK(arrange(before_root).front().message.find("would hide /a") != std::string::npos);
}

TEST_CASE("a result is made once, before it is used, by a step that has one") {
  const auto overlay = [](const std::string& layer) {
    return planned(steps::Overlay{.lower = {{layer}}, .target = {"/x"}}, steps::Phase::mount, "o", 6);
  };
  CHECK(arranged({unpack("a"), overlay("a")}).size() == 4);
  CHECK(arranged({overlay("a"), unpack("a")}).size() == 4);  // prepared before anything is mounted
  CHECK(problem_of({unpack("a"), overlay("b")}).find("uses @b, which no earlier step makes") != std::string::npos);
  CHECK(problem_of({unpack("a", "one"), unpack("a", "two")})
            .find("two results are named a: by one (p.json:1:1) and by two") != std::string::npos);
  CHECK(problem_of({mount("/a", "one", 1, {.as = "a"})}).find("has no result to be named a") != std::string::npos);
  const auto bind = planned(steps::Bind{.source = {"@gone"}, .target = {"/x"}}, steps::Phase::mount, "b");
  CHECK(problem_of({bind}).find("uses @gone, which no earlier step makes") != std::string::npos);
}

TEST_CASE("a plan has one root and one program") {
  const auto findings_of = [](std::vector<PlannedStep> steps) {
    Plan plan;
    plan.steps = std::move(steps);
    std::string all;
    for (const Finding& finding : arrange(plan)) all += to_text(finding) + "\n";
    return all;
  };
  CHECK(findings_of({exec()}).find("error: /rootfs: no step makes the container's root /") == 0);
  CHECK(findings_of({root()}).find("error: /exec: no step says which program to run") == 0);
  CHECK(findings_of({root(), exec(), exec()}).find("error: /exec: several steps say which program to run") == 0);
  CHECK(findings_of({root(), root(), exec()}).find("two steps take /:") != std::string::npos);
  CHECK(findings_of({}).find("no step makes the container's root") != std::string::npos);
}

TEST_CASE("arguments that no schema can refuse are refused here") {
  const auto row = GENERATE(values<std::pair<steps::Step, const char*>>({
      {steps::Overlay{.target = {"/x"}}, "overlay: lower names no layer"},
      {steps::Mount{.fstype = "", .target = {"/x"}}, "mount: fstype is empty"},
      {steps::Mount{.fstype = "tmpfs", .target = {"/x"}, .options = {std::string(256, 'a')}}, "1 to 255 bytes"},
      {steps::Environment{.variables = {""}}, "environment: \"\" is not NAME=VALUE"},
      {steps::Environment{.variables = {"=x"}}, "is not NAME=VALUE"},
      {steps::Hostname{std::string(65, 'a')}, "hostname: "},
      {steps::LinkUp{std::string(16, 'a')}, "link_up: "},
  }));
  const std::string problem = problem_of({planned(row.first, steps::Phase::mount, "x", 8)});
  CHECK(problem.find("p.json:8:1: error: /pseudo/x: ") == 0);
  CHECK(problem.find(row.second) != std::string::npos);
}

TEST_CASE("calls whose arguments fill a journal together are refused, where the one too many stands") {
  const auto call = [](steps::Phase phase, std::uint32_t line, char letter, steps::Undo undo = steps::Undo::called) {
    steps::Call step{.function = "f", .arguments = {"{\"x\":\"" + std::string(60'000, letter) + "\"}"}, .undo = undo};
    return planned(std::move(step), phase, "net-table", line);
  };
  std::vector<PlannedStep> steps;
  for (std::uint32_t i = 0; i < 17; ++i) steps.push_back(call(steps::Phase::prepare, i + 1, 'x'));
  std::vector<PlannedStep> later = steps;
  later.push_back(call(steps::Phase::attach, 18, 'x'));
  const std::string problem = problem_of(later);
  CHECK(problem.find("p.json:18:1: error: /pseudo/net-table: call: f({\"x\":\"xxx") == 0);
  CHECK(
      problem.find(" of net-table: with its 60008 bytes of arguments the calls that are taken back need 1098576 bytes "
                   "of the journal, and may have 1048576") != std::string::npos);
  // What is not taken back is in no journal.
  std::vector<PlannedStep> others = steps;
  others.push_back(call(steps::Phase::mount, 18, 'x'));
  others.push_back(call(steps::Phase::attach, 19, 'x', steps::Undo::none));
  CHECK(arranged(others).size() == steps.size() + 4);
  // A journal writes some letters as three bytes.
  steps.resize(5);
  for (PlannedStep& step : steps) step = call(steps::Phase::prepare, 1, '%');
  CHECK(arranged(steps).size() == steps.size() + 2);
  steps.push_back(call(steps::Phase::prepare, 7, '%'));
  CHECK(problem_of(steps).find("p.json:7:1: error: ") == 0);
}

TEST_CASE("all problems of a plan are told at once") {
  Plan plan = plan_with({mount("/a", "one"), mount("/a", "two"), mount("/b/c", "one"), mount("/b", "three"),
                         planned(steps::Bind{.source = {"@gone"}, .target = {"/x"}}, steps::Phase::mount, "b")});
  CHECK(arrange(plan).size() == 3);
}

TEST_CASE("a plugin gone wrong is stopped before its steps are looked at") {
  Plan plan;
  for (std::size_t i = 0; i <= kMostSteps; ++i) plan.steps.push_back(mount("/" + std::to_string(i), "one"));
  const Findings findings = arrange(plan);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].message == "more than 10000 steps in one plan");
}

TEST_CASE("what the command line binds stands instead of a plugin's mount, and of defaults that it would hide") {
  const auto typed = [](const std::string& target) {
    PlannedStep step = planned(steps::Bind{.source = {"/x"}, .target = {target}, .create = steps::Create::missing},
                               steps::Phase::mount, "binds");
    step.owner.place = {Place::Source::command_line, "--bind " + target, 0, 0};
    return step;
  };
  const auto by_default = [](const std::string& target) {
    PlannedStep step = mount(target, "default");
    step.owner.place = {Place::Source::builtin, "", 0, 0};
    return step;
  };
  CHECK(arranged({mount("/tmp", "one"), mount("/run", "one"), typed("/tmp")}) ==
        Labels{"fs:/", "one:/run", "binds:/tmp", "exec:exec"});
  CHECK(arranged({by_default("/etc/hosts"), by_default("/etcetera"), typed("/etc")}) ==
        Labels{"fs:/", "default:/etcetera", "binds:/etc", "exec:exec"});
  // What the user wrote in a file is not taken away behind their back.
  CHECK(problem_of({mount("/etc/hosts", "one"), typed("/etc")}).find("would hide /etc/hosts") != std::string::npos);
  const std::string twice = problem_of({typed("/a"), typed("/a")});
  CHECK(twice.find("two steps take /a") != std::string::npos);
  CHECK(twice.find("leave one of them out") != std::string::npos);
}
