// slipway clean --layers: what another version of slipway has left among the layers goes, and what anybody uses stays.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/refuse/setting.hpp"
#include "tests/support/archive.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;
namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

Words entries_of(const Setting& setting, const std::string& folder) {
  Words names;
  for (const auto& entry : fs::directory_iterator(setting.store() + "/" + folder)) {
    names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// As version 2 of the format was called: "DIGEST.2-FORM".
std::string of_format_2(std::string entry) {
  entry.at(entry.find('.') + 1) = '2';
  return entry;
}

// What an image's layers are after slipway was replaced by a version with another format; their names.
Words make_outdated(const Setting& setting, const std::string& image) {
  REQUIRE(setting.slipway("run", {image, "true"}).shell_status() == 0);
  const std::string store = setting.store();
  Words outdated;
  for (const std::string& entry : entries_of(setting, "layers")) {
    outdated.push_back(of_format_2(entry));
    fs::rename(store + "/layers/" + entry, store + "/layers/" + outdated.back());
    fs::rename(store + "/locks/" + entry + ".lock", store + "/locks/" + outdated.back() + ".lock");
  }
  return outdated;
}

}  // namespace

TEST_CASE("layers of another format stay until clean is told to remove them, and then their locks go with them") {
  const Who who = GENERATE(Who::root, Who::range, Who::single);
  SLIPWAY_SETTING(who);
  INFO(to_text(who));
  const std::string image = setting.file("image.tar", standard_archive());
  const Words outdated = make_outdated(setting, image);
  REQUIRE(outdated.size() >= 2);
  REQUIRE(setting.slipway("run", {image, "true"}).shell_status() == 0);
  const Words both = entries_of(setting, "layers");
  CHECK(both.size() == 2 * outdated.size());

  CHECK(setting.slipway("clean", {}).output == "");
  const Outcome told = setting.slipway("clean", {"--layers", "--dry-run"});
  CHECK(entries_of(setting, "layers") == both);
  const Outcome cleaned = setting.slipway("clean", {"--layers"});
  INFO(told.output << cleaned.output << cleaned.errors);
  for (const std::string& name : outdated) {
    const std::string line = "unusable layer " + setting.store() + "/layers/" + name + "\n";
    CHECK(told.output.find("would remove " + line) != std::string::npos);
    CHECK(cleaned.output.find("removed " + line) != std::string::npos);
  }
  CHECK(cleaned.errors == "");
  CHECK(cleaned.shell_status() == 0);
  CHECK(entries_of(setting, "layers").size() == outdated.size());
  CHECK(entries_of(setting, "locks").size() == outdated.size());
  CHECK(entries_of(setting, "staging").empty());
  CHECK(setting.slipway("clean", {"--layers"}).output == "");
  // This version's are whole, and in use again without a worker.
  CHECK(setting.slipway("run", {image, "cat", "/etc/hello"}).output == "hello from the image\n");
}

TEST_CASE("a layer of another format that a slipway of that version uses or makes is left to it") {
  const Who who = GENERATE(Who::root, Who::range);
  const bool is_made = GENERATE(false, true);
  SLIPWAY_SETTING(who);
  INFO(to_text(who) << (is_made ? ", made" : ", used"));
  const std::string image = setting.file("image.tar", standard_archive());
  const Words outdated = make_outdated(setting, image);
  const std::string lock = setting.store() + "/locks/" + outdated.front() + (is_made ? ".unpack" : ".lock");
  Program other(
      setting.command({"flock", is_made ? "--exclusive" : "--shared", lock, "sh", "-c", "echo has it; sleep 60"}));
  REQUIRE(other.wait_for_output("has it"));
  const Outcome cleaned = setting.slipway("clean", {"--layers"});
  CHECK(cleaned.errors == "");
  CHECK(entries_of(setting, "layers") == Words{outdated.front()});
  CHECK(fs::exists(setting.store() + "/layers/" + outdated.front() + "/tree"));
}

TEST_CASE("what is no layer at all goes from among the layers, and links there are not followed") {
  SLIPWAY_SETTING(Who::root);
  const std::string image = setting.file("image.tar", standard_archive());
  REQUIRE(setting.slipway("run", {image, "true"}).shell_status() == 0);
  const Words layers = entries_of(setting, "layers");
  const std::string treeless = std::string(64, 'a') + ".3-host-exact";
  const std::string script = "cd '" + setting.store() + "/layers' && mkdir -p " + treeless + " .hidden/deep '" +
                             std::string(64, 'b') + ".3-zz' && echo text > stray && ln -s '" + setting.own("kept") +
                             "' link && mkdir '" + setting.own("kept") + "' && echo mine > '" +
                             setting.own("kept/file") + "'";
  REQUIRE(run(setting.command({"sh", "-c", script})).shell_status() == 0);
  const Outcome cleaned = setting.slipway("clean", {"--layers", "--json"});
  INFO(cleaned.output << cleaned.errors);
  CHECK(cleaned.shell_status() == 0);
  CHECK(cleaned.output.find(R"("what": "layer")") != std::string::npos);
  CHECK(entries_of(setting, "layers") == layers);
  CHECK(entries_of(setting, "staging").empty());
  CHECK(read_file(setting.own("kept/file")) == "mine\n");
}
