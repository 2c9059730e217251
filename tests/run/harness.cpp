#include "tests/run/harness.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace slipway::tests {

namespace fs = std::filesystem;

namespace {

bool has_subordinate_ids(const std::string& name) {
  std::ifstream ranges("/etc/subuid");
  for (std::string line; std::getline(ranges, line);) {
    if (line.starts_with(name + ":")) return true;
  }
  return false;
}

// An ordinary user who runs the tests is the only caller there is.
Caller myself() {
  const std::string uid = std::to_string(::geteuid());
  const char* name = std::getenv("USER");
  const bool range = has_subordinate_ids(uid) || (name != nullptr && has_subordinate_ids(name));
  return {"uid " + uid, range ? Caller::Ids::range : Caller::Ids::single, std::nullopt};
}

std::vector<Caller> find_callers() {
  const char* wanted = std::getenv("SLIPWAY_TEST_CALLERS");
  const bool root_ring = wanted == nullptr || std::string_view(wanted) == "root";
  const bool user_ring = wanted == nullptr || std::string_view(wanted) == "user";
  std::vector<Caller> found;
  if (::geteuid() != 0) {
    if (user_ring) found.push_back(myself());
    return found;
  }
  if (root_ring) found.push_back({"root", Caller::Ids::host, std::nullopt});
  if (user_ring) {
    if (auto user = user_with_range()) found.push_back({user->name, Caller::Ids::range, *user});
    if (auto user = user_without_range()) found.push_back({user->name, Caller::Ids::single, *user});
  }
  return found;
}

void must(const Outcome& outcome, const std::string& doing) {
  if (outcome.shell_status() != 0) throw std::runtime_error(doing + ": " + outcome.errors);
}

Command as(const Caller& caller, std::vector<std::string> words) {
  Command command{.arguments = std::move(words)};
  if (!caller.user) return command;
  command.user = caller.user->identity();
  command.environment = caller.user->environment();
  return command;
}

// A checkout below a home directory is closed to other users.
std::string copied_program() {
  static const Scratch kPlace;
  static const std::string kProgram = copy_slipway(kPlace.path());
  return kProgram;
}

}  // namespace

const std::vector<Caller>& callers() {
  static const std::vector<Caller> kCallers = find_callers();
  if (kCallers.empty()) WARN("SKIPPED: needs root, to start containers as root");
  return kCallers;
}

std::string program_for(const Caller& caller) {
  std::string built = SLIPWAY_TEST_BUILD "/bin/slipway";
  if (!caller.user) return built;
  static std::map<std::string, std::string> known;
  const auto [found, is_new] = known.emplace(caller.name, built);
  if (is_new && run(as(caller, {"test", "-x", built})).shell_status() != 0) found->second = copied_program();
  return found->second;
}

std::string copy_slipway(const std::string& to) {
  for (const char* part : {"bin/slipway", "libexec/slipway", "lib/slipway/plugins", "share/slipway"}) {
    const fs::path place = fs::path(to) / part;
    fs::create_directories(place.parent_path());
    fs::copy(fs::path(SLIPWAY_TEST_BUILD) / part, place, fs::copy_options::recursive);
  }
  return to + "/bin/slipway";
}

TarEntry probe_entry() { return file("bin/probe", read_file(SLIPWAY_TEST_PROBE), 0755); }

ImageSpec box_image() {
  ImageSpec image = standard_image(Packing::plain, Files::of_root);
  image.command = {"echo", "the image's own command"};
  const std::vector<TarEntry> more = {
      probe_entry(),
      file("bin/greet", "#!/bin/sh\necho \"greet:$*\"\n", 0755),
      file("bin/closed", "#!/bin/sh\n", 0644),
      file("bin/text", "this is no program\n", 0755),
      file("bin/orphan", "#!/no/such/interpreter\n", 0755),
      directory("bin/folder/"),
  };
  image.layers.push_back({make_tar(more)});
  return image;
}

Runner::Runner(const Caller& caller) : caller_(caller), program_(program_for(caller)) {
  const uid_t uid = caller.user ? caller.user->uid : ::geteuid();
  const gid_t gid = caller.user ? caller.user->gid : ::getegid();
  own_ = scratch_.directory("own", uid, gid);
  scratch_.directory("own/runtime", uid, gid, 0700);
  if (caller.is_root()) {
    mounts_ = std::make_unique<PrivateMounts>();
    must(tests::run({.arguments = {"mount", "-t", "tmpfs", "-o", "mode=0755", "run", "/run"}, .mounts = mounts_.get()}),
         "mount a tmpfs on /run");
  }
  watch_ = std::make_unique<Watch>(
      mounts_.get(),
      std::vector<Watch::Below>{{own("runtime/slipway"), 1}, {own("store/runs"), 1}, {own("store/staging"), 1}});
}

Runner::~Runner() {
  // Files of subordinate ids can be removed by nobody but root, and their owner in a user namespace.
  if (::geteuid() == 0 || caller_.ids != Caller::Ids::range) return;
  try {
    (void)tests::run({.arguments = {"unshare", "--user", "--map-root-user", "--map-auto", "rm", "-rf", own_}});
  } catch (const std::exception& error) {
    WARN("what the caller wrote was not removed: " << error.what());
  }
}

std::string Runner::put(std::string_view name, std::string_view bytes) const { return scratch_.write(name, bytes); }

const std::string& Runner::box() {
  if (box_.empty()) box_ = put("box.tar", docker_save({box_image()}, Layout::docker25));
  return box_;
}

Command Runner::plain(std::vector<std::string> words) const {
  Command command = as(caller_, std::move(words));
  command.mounts = mounts_.get();
  command.directory = own_;
  if (!command.environment) {
    command.environment.emplace();
    (*command.environment)["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    const char* home = std::getenv("HOME");
    (*command.environment)["HOME"] = home != nullptr ? home : "/";
  }
  (*command.environment)["XDG_RUNTIME_DIR"] = own("runtime");
  return command;
}

Command Runner::command(const std::vector<std::string>& words) const {
  std::vector<std::string> all = {program_};
  for (const std::string& word : words) {
    all.push_back(word);
    const bool takes_store =
        word == "run" || word == "plan" || word == "check" || word == "unpack" || word == "inspect" || word == "store";
    if (all.size() == 2 && takes_store) all.insert(all.end(), {"--store", store()});
  }
  return plain(std::move(all));
}

Outcome Runner::slipway(const std::vector<std::string>& words) const {
  Outcome outcome = tests::run(command(words));
  CHECK_FALSE(outcome.timed_out);
  CHECK(leftovers() == "");
  return outcome;
}

Outcome Runner::run(std::vector<std::string> words) const {
  words.insert(words.begin(), "run");
  return slipway(words);
}

std::string Runner::inside(const std::string& script, const std::vector<std::string>& options) {
  std::vector<std::string> words = options;
  words.insert(words.end(), {box(), "sh", "-c", script});
  const Outcome outcome = run(words);
  INFO(script << "\n" << to_text(outcome));
  CHECK(outcome.errors == "");
  REQUIRE(outcome.shell_status() == 0);
  return outcome.output;
}

std::string Runner::leftovers() const {
  std::string left = watch_->look().to_text();
  if (mounts_) {
    const std::vector<std::string> words = {"find", "/run", "-mindepth", "2"};
    left += tests::run({.arguments = words, .mounts = mounts_.get()}).output;
  }
  return left;
}

Runner& shared(const Caller& caller) {
  static std::map<std::string, std::unique_ptr<Runner>> runners;
  std::unique_ptr<Runner>& runner = runners[caller.name];
  if (!runner) {
    runner = std::make_unique<Runner>(caller);
    must(runner->run({runner->box(), "true"}), "fill the store of " + caller.name);
  }
  return *runner;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string to_text(const Outcome& outcome) {
  const std::string killed = outcome.signal != 0 ? ", killed by signal " + std::to_string(outcome.signal) : "";
  return "status " + std::to_string(outcome.shell_status()) + killed + "\nstandard output:\n" + outcome.output +
         "\nstandard error:\n" + outcome.errors;
}

}  // namespace slipway::tests
