#include "tests/refuse/aftermath.hpp"

#include <poll.h>
#include <sys/wait.h>

#include <filesystem>

namespace slipway::tests {
namespace {

namespace fs = std::filesystem;

// Orphans come to the test's process; those that have ended would be looked at again and again.
void take_orphans() {
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

std::string said_by(const Outcome& outcome, const std::string& what) {
  return what + ": status " + std::to_string(outcome.shell_status()) + "\n" + outcome.output + outcome.errors;
}

}  // namespace

bool happens_within(std::chrono::milliseconds limit, const std::function<bool()>& happens) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!happens()) {
    if (std::chrono::steady_clock::now() > end) return false;
    (void)::poll(nullptr, 0, 1);
  }
  return true;
}

std::vector<std::string> unfinished(const std::string& store) {
  std::vector<std::string> found;
  if (!fs::exists(store + "/version")) return found;
  for (const std::string folder : {"", "/images", "/starts", "/locks"}) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(store + folder, error)) {
      const std::string name = entry.path().filename();
      if (name.find(".new-") != std::string::npos || name.ends_with(".unpack")) found.push_back(entry.path());
    }
  }
  return found;
}

Aftermath::Aftermath(const Setting& setting, std::string target)
    : setting_(setting),
      target_(std::move(target)),
      watch_(setting.mounts(),
             {{setting.runtime(), 1}, {setting.store() + "/runs", 1}, {setting.store() + "/staging", 1}}) {
  for (std::string& path : unfinished(setting.store())) unfinished_before_.insert(std::move(path));
}

std::string Aftermath::unfinished_now() const {
  std::string text;
  for (const std::string& path : unfinished(setting_.store())) {
    if (!unfinished_before_.contains(path)) text += "unfinished " + path + "\n";
  }
  return text;
}

std::string Aftermath::of_supervisor(Cleaner cleaner) const {
  std::string wrong;
  if (!happens_within(kGraceTime, [&] { return descendants().empty(); })) {
    wrong += "outlived the supervisor by a second:\n" + left().to_text();
  }
  take_orphans();
  if (const Leftovers now = left(); !now.mounts.empty()) wrong += "mounts:\n" + now.to_text();
  if (cleaner == Cleaner::clean_command) {
    const Outcome cleaned = setting_.slipway("clean", {});
    if (cleaned.shell_status() != 0 || !cleaned.errors.empty()) wrong += said_by(cleaned, "clean");
    wrong += unfinished_now();
  } else {
    const Outcome next = setting_.slipway("run", {target_, "sh", "-c", "echo fine"});
    if (next.shell_status() != 0 || next.output != "fine\n") wrong += said_by(next, "the next run");
    if (next.errors.find("stays for now") != std::string::npos) wrong += said_by(next, "the next run");
  }
  return wrong + left().to_text();
}

std::string Aftermath::of_others() const { return left().to_text() + unfinished_now(); }

}  // namespace slipway::tests
