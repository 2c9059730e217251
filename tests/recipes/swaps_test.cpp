// Exchanging one stage of a recipe leaves everything else inside as it was, and exchanging all of them makes it the
// other recipe. What a program sees is compared entry by entry.
#include <array>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/recipes/sight_inside.hpp"

namespace slipway::tests {
namespace {

using Json = nlohmann::json;
using Names = std::set<std::string>;

const std::array kStages = {"image", "rootfs", "pseudo", "harden", "network", "exec"};

Json pipeline_of(const Recipe& recipe) {
  const std::string text = read_file(std::string(SLIPWAY_EXAMPLES "/") + recipe.pipeline);
  return Json::parse(text, nullptr, true, /*ignore_comments=*/true);
}

std::string set(const std::string& stage, const Json& value) { return stage + "=" + value.dump(); }

// Paths are relative to the current directory there, and to the file in a file.
Json with_whole_path(Json image, const Shipped& shipped) {
  image["source"] =
      shipped.pipeline().substr(0, shipped.pipeline().rfind('/') + 1) + image["source"].get<std::string>();
  return image;
}

// Names of `inside` that begin with one of these.
Names beginning(const Inside& inside, const std::vector<std::string>& begins) {
  Names names;
  for (const auto& [name, value] : inside) {
    for (const std::string& begin : begins) {
      if (name.starts_with(begin)) names.insert(name);
    }
  }
  return names;
}

Names together(Names one, const Names& other) {
  one.insert(other.begin(), other.end());
  return one;
}

}  // namespace

TEST_CASE("the files of both recipes say the same but for what stands in their stages") {
  Json a = pipeline_of(kRecipeA), b = pipeline_of(kRecipeB);
  for (const std::string stage : kStages) {
    INFO(stage);
    for (const Json& recipe : {a, b}) {
      const Json& entries = recipe.at(stage);
      for (const Json& entry : entries.is_array() ? entries : Json::array({entries})) CHECK(entry.contains("use"));
    }
    a.erase(stage);
    b.erase(stage);
  }
  CHECK(a == b);
}

TEST_CASE("another image plugin for the same image changes its settings alone, which a flat tar has not") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& a = shipped(caller, kRecipeA);
      const Shipped& b = shipped(caller, kRecipeB);
      const Json flat = with_whole_path(pipeline_of(kRecipeB)["image"], a);
      const Json archive = with_whole_path(pipeline_of(kRecipeA)["image"], b);
      {
        const Inside before = look_inside(a), after = look_inside(a, {"--set", set("image", flat)});
        INFO(changes_to_text(before, after));
        CHECK(changes(before, after) == Names{"env PATH", "env GREETING"});
      }
      const Inside before = look_inside(b), after = look_inside(b, {"--set", set("image", archive)});
      INFO(changes_to_text(before, after));
      CHECK(changes(before, after) == Names{"env PATH", "env GREETING"});
    }
  }
}

TEST_CASE("another rootfs plugin changes what is mounted on / and nothing in it") {
  for (const Caller& caller : callers()) {
    for (const auto& [recipe, rootfs] : {std::pair{kRecipeA, "fs-copy"}, std::pair{kRecipeB, "fs-overlay"}}) {
      DYNAMIC_SECTION(caller.name << ": " << recipe.pipeline) {
        const Shipped& one = shipped(caller, recipe);
        const Inside before = look_inside(one);
        const Inside after = look_inside(one, {"--use", std::string("rootfs=") + rootfs});
        INFO(changes_to_text(before, after));
        CHECK(changes(before, after) == Names{"mount /"});
        CHECK(beginning(before, {"tree "}).size() > 60);
      }
    }
  }
}

TEST_CASE("another network plugin changes the network, and where it is the host's what shows it") {
  for (const Caller& caller : callers()) {
    for (const auto& [recipe, other] : {std::pair{kRecipeA, "net-none"}, std::pair{kRecipeB, "net-loopback"}}) {
      DYNAMIC_SECTION(caller.name << ": " << recipe.pipeline) {
        const Shipped& one = shipped(caller, recipe);
        const Inside before = look_inside(one), after = look_inside(one, {"--use", std::string("network=") + other});
        INFO(changes_to_text(before, after));
        CHECK(changes(before, after) == Names{"net lo"});
        const Inside hosts = look_inside(one, {"--use", "network=net-host"});
        Names expected = together(beginning(before, {"net "}), beginning(hosts, {"net "}));
        expected.insert("ns net");
        // The kernel gives a sysfs to the owner of the network namespace alone.
        if (!caller.is_root()) expected = together(expected, beginning(before, {"mount /sys"}));
        if (!caller.is_root()) expected = together(expected, beginning(hosts, {"mount /sys", "tree sys"}));
        Names found = changes(before, hosts);
        INFO(changes_to_text(before, hosts));
        for (const std::string& name : found) CHECK(expected.contains(name));
        CHECK(found.contains("ns net"));
      }
    }
  }
}

TEST_CASE("harden on or off changes its mounts below /proc and /sys and what they hide, and nothing else") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& a = shipped(caller, kRecipeA);
      const Shipped& b = shipped(caller, kRecipeB);
      const Inside soft_a = look_inside(a),
                   hard_a = look_inside(a, {"--set", set("harden", pipeline_of(kRecipeB)["harden"])});
      const Inside hard_b = look_inside(b), soft_b = look_inside(b, {"--set", "harden=[]"});
      for (const auto& [soft, hard] : {std::pair{soft_a, hard_a}, std::pair{soft_b, hard_b}}) {
        INFO(changes_to_text(soft, hard));
        Names expected = beginning(hard, {"mount /proc/", "mount /sys/firmware"});
        CHECK(expected.size() > 5);
        CHECK(hard.at("hidden /proc/interrupts") == "0");
        for (const std::string& name : beginning(hard, {"hidden "})) {
          if (soft.at(name) != "0") expected.insert(name);
        }
        CHECK(changes(soft, hard) == expected);
      }
    }
  }
}

TEST_CASE("another profile of pseudo-standard changes what is mounted and what lies in /dev, and nothing else") {
  for (const Caller& caller : callers()) {
    for (const auto& [recipe, profile] : {std::pair{kRecipeA, "recipe-b"}, std::pair{kRecipeB, "recipe-a"},
                                          std::pair{kRecipeA, "standard"}, std::pair{kRecipeB, "standard"}}) {
      DYNAMIC_SECTION(caller.name << ": " << recipe.pipeline << ", " << profile) {
        const Shipped& one = shipped(caller, recipe);
        const Inside before = look_inside(one);
        const Inside after = look_inside(one, {"--set", std::string("pseudo.0.profile=") + profile});
        INFO(changes_to_text(before, after));
        const Names found = changes(before, after);
        CHECK(found.size() > 4);
        // Where the one mounts something and the other does not, the image's own directory is to be seen.
        for (const std::string& name : found) {
          const bool is_uncovered = name.starts_with("tree ") && found.contains("mount /" + name.substr(5));
          CHECK((name.starts_with("mount /") || name.starts_with("dev ") || is_uncovered));
        }
        // What both profiles have in the same way.
        for (const char* name : {"mount /", "dev ./null", "dev ./fd", "dev ./ptmx"}) CHECK_FALSE(found.contains(name));
      }
    }
  }
}

TEST_CASE("recipe A with the stages of recipe B is recipe B, and the other way round") {
  for (const Caller& caller : callers()) {
    for (const auto& [from, to] : {std::pair{kRecipeA, kRecipeB}, std::pair{kRecipeB, kRecipeA}}) {
      DYNAMIC_SECTION(caller.name << ": " << from.pipeline << " to " << to.pipeline) {
        const Shipped& one = shipped(caller, from);
        const Shipped& other = shipped(caller, to);
        // In the file, where the lines are exchanged, and on the command line.
        Json exchanged = pipeline_of(from);
        Words options;
        for (const std::string stage : kStages) {
          exchanged[stage] = pipeline_of(to)[stage];
          const Json value = stage == "image" ? with_whole_path(exchanged[stage], one) : exchanged[stage];
          options.insert(options.end(), {"--set", set(stage, value)});
        }
        const Inside goal = look_inside(other);
        CHECK(changes(look_inside(one), goal).size() > 10);
        CHECK(changes_to_text(look_inside(one, one.runner().put("exchanged.json", exchanged.dump()), {}), goal) == "");
        CHECK(changes_to_text(look_inside(one, options), goal) == "");
      }
    }
  }
}

}  // namespace slipway::tests
