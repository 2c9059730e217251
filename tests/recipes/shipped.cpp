#include "tests/recipes/shipped.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <map>
#include <memory>

namespace slipway::tests {
namespace {

constexpr std::size_t kEndMark = 1024;

// What is in both forms. Directories are there for all mounts, so that none has to be made in one recipe alone.
std::vector<TarEntry> common() {
  return {
      directory("./"),
      directory("bin/"),
      probe_entry(),
      directory("etc/"),
      directory("run/"),
      file("etc/hosts", "1.2.3.4 of-the-image\n", 0640),
      file("etc/hostname", "of-the-image\n"),
      file("etc/resolv.conf", "nameserver 1.2.3.4\n"),
      directory("opaque/"),
      file("opaque/new", "new\n"),
      file("etc/top", "third\n"),
      soft_link("bin/sed", "busybox"),
      soft_link("bin/nslookup", "busybox"),
  };
}

const std::string& base() {
  static const std::string kBase = standard_image(Packing::plain, Files::of_root).layers.front().tar;
  return kBase;
}

std::string without(const std::string& options, const std::vector<std::string>& begins) {
  std::string kept;
  std::istringstream words(options);
  for (std::string word; std::getline(words, word, ',');) {
    bool drop = false;
    for (const std::string& begin : begins) drop = drop || word.starts_with(begin);
    if (!drop) kept += (kept.empty() ? "" : ",") + word;
  }
  return kept;
}

}  // namespace

ImageSpec layered_image() {
  ImageSpec image;
  image.tags = {"box:latest"};
  image.command = {"echo", "the image's own command"};
  image.environment = {"PATH=/bin", "GREETING=hello"};
  const std::vector<TarEntry> second = {directory("./"),
                                        directory("etc/"),
                                        directory("gone/"),
                                        file("gone/file", "deleted by the third layer\n"),
                                        file("etc/top", "second\n"),
                                        file("etc/gone", "deleted by the third layer\n"),
                                        directory("opaque/"),
                                        file("opaque/old", "hidden by the third layer\n")};
  std::vector<TarEntry> third = common();
  for (const char* name : {".wh.gone", "etc/.wh.gone", "opaque/.wh..wh..opq"}) third.push_back(file(name));
  image.layers = {{base()}, {make_tar(second)}, {make_tar(third)}};
  return image;
}

std::string flat_image(const std::vector<TarEntry>& more) {
  std::vector<TarEntry> entries = common();
  entries.insert(entries.end(), more.begin(), more.end());
  return base().substr(0, base().size() - kEndMark) + make_tar(entries);
}

Shipped::Shipped(const Caller& caller, const Recipe& recipe) : recipe_(recipe), runner_(caller) {
  pipeline_ = runner_.put(recipe.pipeline, read_file(std::string(SLIPWAY_EXAMPLES "/") + recipe.pipeline));
  // Both images, so that a pipeline that begins from the other one can be tried as well.
  static const std::string kArchive = docker_save({layered_image()}, Layout::legacy);
  static const std::string kFlat = flat_image();
  (void)runner_.put(kRecipeA.source, kArchive);
  (void)runner_.put(kRecipeB.source, kFlat);
}

Command Shipped::command(Words options, const Words& command) const {
  options.insert(options.begin(), "run");
  options.push_back(pipeline_);
  options.insert(options.end(), command.begin(), command.end());
  return runner_.command(options);
}

Outcome Shipped::run(Words options, const Words& command) const {
  options.push_back(pipeline_);
  options.insert(options.end(), command.begin(), command.end());
  return runner_.run(options);
}

std::string Shipped::inside(const std::string& script, const Words& options) const {
  const Outcome outcome = run(options, {"/bin/sh", "-c", script});
  INFO(script << "\n" << to_text(outcome));
  CHECK(outcome.errors == "");
  REQUIRE(outcome.shell_status() == 0);
  return outcome.output;
}

std::vector<Mount> Shipped::mounts(const Words& options) const {
  return parse_mounts(inside("cat /proc/self/mountinfo", options));
}

std::string Shipped::plan(Words options) const {
  options.insert(options.begin(), {"plan", "--json"});
  options.push_back(pipeline_);
  const Outcome outcome = runner_.slipway(options);
  INFO(to_text(outcome));
  REQUIRE(outcome.shell_status() == 0);
  return outcome.output;
}

const Shipped& shipped(const Caller& caller, const Recipe& recipe) {
  static std::map<std::string, std::unique_ptr<Shipped>> known;
  std::unique_ptr<Shipped>& one = known[caller.name + " " + recipe.pipeline];
  if (!one) one = std::make_unique<Shipped>(caller, recipe);
  return *one;
}

std::string row_of(const Mount& mount) {
  const bool is_host_device = is_below(mount.target, "/dev") && mount.root != "/";
  if (is_host_device) return mount.target + " bound from " + mount.root;
  if (mount.target == "/" && mount.type != "overlay") return "/ a directory " + mount.flags;
  const std::string options = without(mount.options, {"lowerdir", "upperdir", "workdir", "datadir", "redirect_dir",
                                                      "uuid", "volatile", "inode64", "huge"});
  const std::string part = mount.root == "/" || mount.type == "overlay" ? "" : " its " + mount.root;
  return mount.target + part + " " + mount.type + " " + mount.flags + " " + options;
}

std::multiset<std::string> whole_table(const std::vector<Mount>& mounts) {
  std::multiset<std::string> rows;
  for (const Mount& mount : mounts) rows.insert(row_of(mount));
  return rows;
}

std::string owner_options(const Caller& caller) {
  if (caller.is_root()) return {};
  const uid_t uid = caller.user ? caller.user->uid : ::geteuid();
  const gid_t gid = caller.user ? caller.user->gid : ::getegid();
  return (uid != 0 ? ",uid=" + std::to_string(uid) : "") + (gid != 0 ? ",gid=" + std::to_string(gid) : "");
}

}  // namespace slipway::tests
