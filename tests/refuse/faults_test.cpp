// Any step can be made to fail: whichever it is, one error names it and nothing of the run is left.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/refuse/setting.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;
using nlohmann::json;

namespace {

struct Errno {
  const char* name;
  const char* words;
};
constexpr std::array kErrnos{Errno{"ENOSPC", "No space left on device"}, Errno{"EPERM", "Operation not permitted"},
                             Errno{"ENODEV", "No such device"}, Errno{"EIO", "Input/output error"}};

json steps_of(const Setting& setting, std::vector<std::string> words) {
  words.insert(words.begin(), "--json");
  const Outcome outcome = setting.slipway("plan", words);
  REQUIRE(outcome.errors.empty());
  REQUIRE(outcome.shell_status() == 0);
  return json::parse(outcome.output).at("steps");
}

std::vector<std::string> parts_for(const json& step, const Errno& code) {
  const json& owner = step.at("owner");
  return {owner.at("stage").get<std::string>() + ": " + owner.at("plugin").get<std::string>() + ": step " +
              step.at("number").dump() + ", " + step.at("type").get<std::string>() + ":",
          std::string(code.words) + " (" + code.name + ")", "--fault asked for this"};
}

// Makes each step of the plan fail; all that went wrong.
std::string try_each_step(Setting& setting, const std::vector<std::string>& options, const std::string& image,
                          bool cold) {
  std::vector<std::string> words = options;
  words.push_back(image);
  const json steps = steps_of(setting, words);
  REQUIRE(steps.size() > 30);
  words.insert(words.end(), {"sh", "-c", "echo it ran"});
  std::string wrong;
  for (const json& step : steps) {
    if (cold) setting.forget_store();
    const auto number = step.at("number").get<std::size_t>();
    const Errno& code = kErrnos.at(number % kErrnos.size());
    std::vector<std::string> with_fault{"--fault", std::to_string(number) + ":" + code.name};
    with_fault.insert(with_fault.end(), words.begin(), words.end());
    const std::string one = setting.refusal("run", with_fault, parts_for(step, code));
    if (!one.empty()) wrong += "step " + std::to_string(number) + ": " + one;
  }
  return wrong;
}

}  // namespace

TEST_CASE("whichever step fails, one error names it and nothing is left") {
  const Who who = GENERATE(Who::root, Who::range);
  const bool cold = GENERATE(true, false);
  SLIPWAY_SETTING(who);
  const std::string image = setting.file("image.tar", standard_archive());
  if (!cold) REQUIRE(setting.slipway("run", {image, "true"}).shell_status() == 0);
  INFO(to_text(who) << (cold ? ", cold store" : ", warm store"));
  CHECK(try_each_step(setting, {}, image, cold) == "");
  CHECK(setting.slipway("run", {image, "sh", "-c", "echo it ran"}).output == "it ran\n");
}

TEST_CASE("whichever step fails, nothing is left of a run that writes to disk") {
  const Who who = GENERATE(Who::root, Who::range);
  SLIPWAY_SETTING(who);
  const std::string image = setting.file("image.tar", standard_archive());
  REQUIRE(setting.slipway("run", {image, "true"}).shell_status() == 0);
  INFO(to_text(who));
  CHECK(try_each_step(setting, {"--set", "rootfs.upper=disk"}, image, false) == "");
}

TEST_CASE("whichever step fails, nothing is left of a run on a copy of the layers") {
  const Who who = GENERATE(Who::root, Who::range);
  SLIPWAY_SETTING(who);
  const std::string image = setting.file("image.tar", standard_archive());
  REQUIRE(setting.slipway("run", {image, "true"}).shell_status() == 0);
  INFO(to_text(who));
  CHECK(try_each_step(setting, {"--use", "rootfs=fs-copy", "--set", "rootfs.keep=true"}, image, false) == "");
}

TEST_CASE("a fault can be asked for by step type, with any errno") {
  struct Row {
    const char* wish;
    std::vector<std::string> parts;
  };
  const auto row = GENERATE(values<Row>({
      {"ENODEV@overlay", {"rootfs: fs-overlay: step ", ", overlay: 3 layers on /", "No such device (ENODEV)"}},
      {"EINVAL@unpack", {"rootfs: fs-overlay: step 1, unpack: ", "Invalid argument (EINVAL)"}},
      {"EACCES@user", {"exec: exec-process: step ", ", user: root", "Permission denied (EACCES)"}},
      {"E2BIG@exec", {"exec: exec-process: step ", ", exec: ", "Argument list too long (E2BIG)"}},
      {"EMFILE@mask", {"harden: harden-proc: step ", ", mask: /proc/", "Too many open files (EMFILE)"}},
      {"EBUSY@hostname", {"isolation: slipway: step ", ", hostname: ", "Device or resource busy (EBUSY)"}},
      {"EOPNOTSUPP@link_up", {"network: net-loopback: step ", ", link_up: lo", "Operation not supported"}},
  }));
  const Who who = GENERATE(Who::root, Who::range);
  SLIPWAY_SETTING(who);
  const std::string image = setting.file("image.tar", standard_archive());
  INFO(to_text(who) << ", " << row.wish);
  CHECK(setting.refusal("run", {"--fault", row.wish, image, "true"}, row.parts) == "");
}

TEST_CASE("a step that fails leaves nothing where slipway tells its steps") {
  const Who who = GENERATE(Who::root, Who::range);
  SLIPWAY_SETTING(who);
  const std::string image = setting.file("image.tar", standard_archive());
  const Watch before = setting.watch();
  const Outcome outcome = setting.slipway("run", {"--log-format", "json", "--fault", "EIO@symlink", image, "true"});
  CHECK(outcome.shell_status() == 125);
  CHECK(outcome.output.empty());
  const std::size_t last = outcome.errors.rfind('\n', outcome.errors.size() - 2);
  const json line = json::parse(outcome.errors.substr(last + 1), nullptr, false);
  REQUIRE(line.is_object());
  CHECK(line.value("level", "") == "error");
  CHECK(line.value("message", "").find("Input/output error (EIO)") != std::string::npos);
  for (const auto& path : before.look().paths) CHECK(path.find("/store") != std::string::npos);
  CHECK(before.look().mounts.empty());
  CHECK(before.look().processes.empty());
}

TEST_CASE("a wish for a fault that makes no sense is a usage error") {
  const auto wish = GENERATE(values<std::string>({"", "17", ":ENOSPC", "17:", "17:ENONSENSE", "x:ENOSPC", "0:ENOSPC",
                                                  "-1:ENOSPC", "99999999999999999999:ENOSPC", "17:0", "17:-5",
                                                  "@overlay", "ENOSPC@", "ENONSENSE@overlay", "0@overlay"}));
  SLIPWAY_SETTING(Who::root);
  const std::string image = setting.file("image.tar", standard_archive());
  INFO("--fault '" << wish << "'");
  CHECK(setting.refusal("run", {"--fault", wish, image, "true"}, {"--fault takes a step and an errno", "17:ENOSPC"}) ==
        "");
}

TEST_CASE("a wish for a step that the plan has not is refused before anything acts") {
  const auto wish = GENERATE(values<std::string>({"5000:ENOSPC", "ENOSPC@mknode", "ENOSPC@scratch"}));
  const Who who = GENERATE(Who::root, Who::range);
  SLIPWAY_SETTING(who);
  const std::string image = setting.file("image.tar", standard_archive());
  INFO("--fault '" << wish << "', " << to_text(who));
  CHECK(setting.refusal("run", {"--fault", wish, image, "true"},
                        {"the plan has no such step to make fail", "slipway plan lists its steps"}) == "");
}
