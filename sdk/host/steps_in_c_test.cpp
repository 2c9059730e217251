// What slipway/steps.h has a plugin in C hand over is what the same step in C++ hands over.
#include <slipway/steps.h>

#include <array>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <slipway/plugin.hpp>
#include <string>

using namespace slipway;
using nlohmann::json;

namespace {

std::string handed_over;

std::int32_t take(const slipway_host* /*host*/, slipway_text step) {
  handed_over.assign(step.data, static_cast<std::size_t>(step.size));
  return handed_over.find("refused") == std::string::npos ? 0 : 1;
}

slipway_host host_that_takes() {
  slipway_host host{};
  host.struct_size = sizeof host;
  host.step = &take;
  return host;
}

template <class Function, class Step>
json planned(Function plan, const Step& step, const slipway_common* common = nullptr) {
  const slipway_host host = host_that_takes();
  CHECK(plan(&host, &step, common) == 0);
  return json::parse(handed_over);
}

template <class S>
json in_cpp(const S& step, const steps::Common& common = {}, std::optional<steps::Phase> phase = {}) {
  return json::parse(step_json(step, common, phase));
}

slipway_text words(const char* text) { return slipway_words(text); }

}  // namespace

TEST_CASE("a step in C whose members are all zeros has the defaults of the same step in C++") {
  CHECK(planned(&slipway_plan_bind, slipway_step_bind{}) == in_cpp(steps::Bind{}));
  CHECK(planned(&slipway_plan_call, slipway_step_call{}) == in_cpp(steps::Call{}));
  CHECK(planned(&slipway_plan_copy, slipway_step_copy{})["layers"] == json::array());
  CHECK(planned(&slipway_plan_environment, slipway_step_environment{}) == in_cpp(steps::Environment{}));
  CHECK(planned(&slipway_plan_exec, slipway_step_exec{}) == in_cpp(steps::Exec{}));
  CHECK(planned(&slipway_plan_file, slipway_step_file{}) == in_cpp(steps::File{}));
  CHECK(planned(&slipway_plan_hostname, slipway_step_hostname{}) == in_cpp(steps::Hostname{}));
  CHECK(planned(&slipway_plan_link_up, slipway_step_link_up{}) == in_cpp(steps::LinkUp{}));
  CHECK(planned(&slipway_plan_mask, slipway_step_mask{}) == in_cpp(steps::Mask{}));
  CHECK(planned(&slipway_plan_mkdir, slipway_step_mkdir{}) == in_cpp(steps::Mkdir{}));
  CHECK(planned(&slipway_plan_mknod, slipway_step_mknod{}) == in_cpp(steps::Mknod{}));
  CHECK(planned(&slipway_plan_mount, slipway_step_mount{}) == in_cpp(steps::Mount{}));
  CHECK(planned(&slipway_plan_open, slipway_step_open{}) == in_cpp(steps::Open{}));
  CHECK(planned(&slipway_plan_overlay, slipway_step_overlay{}) == in_cpp(steps::Overlay{}));
  CHECK(planned(&slipway_plan_propagation, slipway_step_propagation{}) == in_cpp(steps::Propagation{}));
  CHECK(planned(&slipway_plan_readonly, slipway_step_readonly{}) == in_cpp(steps::Readonly{}));
  CHECK(planned(&slipway_plan_scratch, slipway_step_scratch{}) == in_cpp(steps::Scratch{}));
  CHECK(planned(&slipway_plan_symlink, slipway_step_symlink{}) == in_cpp(steps::Symlink{}));
  CHECK(planned(&slipway_plan_unpack, slipway_step_unpack{}) == in_cpp(steps::Unpack{}));
  CHECK(planned(&slipway_plan_user, slipway_step_user{}) == in_cpp(steps::User{}));
  CHECK(planned(&slipway_plan_workdir, slipway_step_workdir{}) == in_cpp(steps::Workdir{}));
  CHECK(planned(&slipway_plan_write, slipway_step_write{}) == in_cpp(steps::Write{}));
}

TEST_CASE("every kind of member is written in C as in C++") {
  const std::array<std::int32_t, 2> flags{SLIPWAY_MOUNT_FLAG_NOSUID, SLIPWAY_MOUNT_FLAG_NOSYMFOLLOW};
  const std::array<slipway_text, 2> texts{words("one"), slipway_text{"\xff", 1}};
  slipway_step_mount mount{};
  mount.fstype = words("tmpfs");
  mount.target = words("/a");
  mount.flags = {flags.data(), flags.size()};
  mount.options = {texts.data(), texts.size()};
  CHECK(planned(&slipway_plan_mount, mount) ==
        in_cpp(steps::Mount{.fstype = "tmpfs",
                            .target = {"/a"},
                            .flags = {steps::MountFlag::nosuid, steps::MountFlag::nosymfollow},
                            .options = {"one", "\xff"}}));

  const std::array<slipway_text, 2> inputs{words("@one"), words("@root")};
  slipway_step_call call{};
  call.function = words("make");
  call.arguments = words(R"({"path":"/x"})");
  call.inputs = {inputs.data(), inputs.size()};
  call.timeout = slipway_number_of(60);
  call.undo = SLIPWAY_UNDO_NONE;
  const std::array<slipway_text, 1> after{words("other:step")};
  slipway_common common{};
  common.phase = SLIPWAY_PHASE_PREPARE;
  common.as = words("made");
  common.from = words("/options/x");
  common.after = {after.data(), after.size()};
  common.replaces = {after.data(), after.size()};
  CHECK(planned(&slipway_plan_call, call, &common) == in_cpp(steps::Call{.function = "make",
                                                                         .arguments = arguments({{"path", "/x"}}),
                                                                         .inputs = {{"one"}, {"root"}},
                                                                         .timeout = 60,
                                                                         .undo = steps::Undo::none},
                                                             {"made", "/options/x", {"other:step"}, {"other:step"}},
                                                             steps::Phase::prepare));

  slipway_step_mknod node{};
  node.target = words("/dev/x");
  node.kind = SLIPWAY_NODE_KIND_BLOCK;
  node.minor = slipway_number_of(7);
  node.mode = slipway_number_of(04640);
  CHECK(planned(&slipway_plan_mknod, node) == in_cpp(steps::Mknod{{"/dev/x"}, steps::NodeKind::block, 0, 7, {04640}}));
}

TEST_CASE("a number of C's that is no word of an enumeration is refused, not taken for a default") {
  slipway_step_bind bind{};
  bind.access = 77;
  CHECK(planned(&slipway_plan_bind, bind)["access"] == "");
}

TEST_CASE("a step that slipway refuses makes the function in C fail") {
  const slipway_host host = host_that_takes();
  slipway_step_mask mask{};
  mask.path = words("/refused");
  CHECK(slipway_plan_mask(&host, &mask, nullptr) != 0);
}
