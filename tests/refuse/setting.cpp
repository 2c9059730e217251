#include "tests/refuse/setting.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <sstream>
#include <stdexcept>

#include "tests/support/archive.hpp"
#include "tests/support/users.hpp"

namespace slipway::tests {
namespace {

constexpr const char* kRootsRuntime = "/run/slipway";

PrivateMounts private_mounts() {
  if (::geteuid() != 0) throw Setting::Missing{"needs root, to make a mount namespace"};
  return {};
}

// Lines of standard error that are neither the one error nor its hint.
std::string wrong_lines(const std::string& errors) {
  std::istringstream lines(errors);
  std::string wrong;
  int error_lines = 0;
  int hints = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("slipway: ") && line.find("error: ") != std::string::npos && ++error_lines == 1) continue;
    if (line.starts_with("  hint: ") && line.size() > 8 && error_lines == 1 && ++hints == 1) continue;
    wrong += "a line too much: " + line + "\n";
  }
  if (error_lines == 0) wrong += "no error\n";
  return wrong;
}

}  // namespace

const char* to_text(Who who) {
  if (who == Who::root) return "root";
  return who == Who::range ? "a user with a range" : "a user with one id";
}

int refusing_status(const std::string& verb) { return verb == "run" ? 125 : 1; }

const std::string& standard_archive() {
  static const std::string kArchive = docker_save({standard_image()}, Layout::docker25);
  return kArchive;
}

Setting::Setting(Who who) : who_(who), mounts_(private_mounts()) {
  uid_t uid = 0;
  gid_t gid = 0;
  if (who != Who::root) {
    auto user = who == Who::range ? user_with_range() : user_without_range();
    if (!user) throw Missing{user.error()};
    identity_ = user->identity();
    environment_ = user->environment();
    uid = user->uid;
    gid = user->gid;
  }
  home_ = scratch_.directory("home", uid, gid);
  runtime_ = scratch_.directory("runtime", uid, gid, 0700);
  if (who != Who::root) {
    (*environment_)["XDG_RUNTIME_DIR"] = runtime_;
    runtime_ += "/slipway";
    return;
  }
  // Root's place is a fixed one, so it is covered by a directory of the test's own.
  if (::mkdir(kRootsRuntime, 0700) != 0 && errno != EEXIST) throw std::runtime_error("cannot make /run/slipway");
  const Outcome bound = run({.arguments = {"mount", "--bind", runtime_, kRootsRuntime}, .mounts = &mounts_});
  if (bound.shell_status() != 0) throw std::runtime_error(bound.errors);
}

ImageSpec Setting::image() const {
  return standard_image(Packing::plain, who_ == Who::single ? Files::of_root : Files::of_several);
}

ImageSpec Setting::image_with(const std::vector<TarEntry>& entries) const {
  ImageSpec with_layer = image();
  with_layer.layers.push_back({make_tar(entries)});
  return with_layer;
}

std::string Setting::archive(const ImageSpec& image) const {
  return file("image.tar", docker_save({image}, Layout::docker25));
}

Command Setting::command(std::vector<std::string> words) const {
  return {.arguments = std::move(words),
          .environment = environment_,
          .directory = home_,
          .user = identity_,
          .mounts = &mounts_};
}

Outcome Setting::program(std::vector<std::string> words) const { return run(command(std::move(words))); }

Command Setting::slipway_command(std::vector<std::string> words) const {
  words.insert(words.begin(), SLIPWAY_PROGRAM);
  return command(std::move(words));
}

Outcome Setting::plain(std::vector<std::string> words) const { return run(slipway_command(std::move(words))); }

Outcome Setting::shell(const std::string& script) const { return program({"sh", "-c", script}); }

Outcome Setting::slipway(const std::string& verb, const std::vector<std::string>& words) const {
  std::vector<std::string> all{verb, "--store", store()};
  all.insert(all.end(), words.begin(), words.end());
  return plain(std::move(all));
}

Watch Setting::watch() const {
  // Records and layers are to be kept; what is being made and what one run wrote is not.
  return {&mounts_, {{runtime_, 2}, {store() + "/runs", 1}, {store() + "/staging", 1}, {home_, 1}}};
}

std::string Setting::faults_of(const Outcome& outcome, int status, const std::vector<std::string>& parts,
                               const Watch& watch, Ending ending) {
  std::string wrong = wrong_lines(outcome.errors);
  if (outcome.shell_status() != status) wrong += "status " + std::to_string(outcome.shell_status()) + "\n";
  if (!outcome.output.empty()) wrong += "standard output: " + outcome.output + "\n";
  for (const std::string& part : parts) {
    if (outcome.errors.find(part) == std::string::npos) wrong += "does not say: " + part + "\n";
  }
  Leftovers left = watch.look();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (ending == Ending::crash && !left.processes.empty() && std::chrono::steady_clock::now() < deadline) {
    left = watch.look();
  }
  if (!left.none()) wrong += "left: " + left.to_text();
  return wrong.empty() ? wrong : wrong + "standard error: " + outcome.errors;
}

void Setting::make_store() const {
  if (::access(store().c_str(), F_OK) == 0) return;
  const bool is_made = ::mkdir(store().c_str(), 0700) == 0;
  if (is_made && identity_ && ::chown(store().c_str(), identity_->uid, identity_->gid) == 0) return;
  if (!is_made || identity_) throw std::runtime_error("cannot make " + store());
}

std::string Setting::refusal(const std::string& verb, const std::vector<std::string>& words,
                             const std::vector<std::string>& parts, Ending ending) const {
  make_store();
  const Watch before = watch();
  return faults_of(slipway(verb, words), refusing_status(verb), parts, before, ending);
}

}  // namespace slipway::tests
