#include "core/check/pipeline.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace slipway::check {
namespace {

using nlohmann::json;

// By the mount's number, as there may be several at a place; proc_pid_mountinfo(5).
void add_mounts(std::vector<std::string>& to) {
  std::istringstream lines(read_text("/proc/self/mountinfo"));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string number, parent, device, root, place;
    words >> number >> parent >> device >> root >> place;
    to.push_back(std::string("the mount ").append(number).append(" on ").append(place));
  }
}

// "lo", "eth0" …; proc_net_dev(5).
void add_interfaces(std::vector<std::string>& to) {
  std::istringstream lines(read_text("/proc/self/net/dev"));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::size_t begin = line.find_first_not_of(' ');
    to.push_back("the network interface " + line.substr(begin, colon - begin));
  }
}

void add_entries(const std::string& directory, std::vector<std::string>& to) {
  std::error_code problem;  // of each step through it as well: what is listed may go at any moment
  for (std::filesystem::directory_iterator at(directory, problem), end; !problem && at != end; at.increment(problem))
    to.push_back(at->path().string());
}

}  // namespace

void Pipeline::make_image() {
  constexpr std::size_t kEnd = 1024;
  std::ofstream("image.tar", std::ios::binary)
      << tar_member("bin/", '5', "") + tar_member("bin/nothing", '0', "it is not run") + tar_member("etc/", '5', "") +
             tar_member("etc/passwd", '0', "root:x:0:0::/:/bin/sh\n") + tar_member("tmp/", '5', "") +
             std::string(kEnd, '\0');
}

std::vector<TriedStep> Pipeline::steps(std::string& why) const {
  const Ended plan = slipway(words({"plan", "--json"}));
  const json all = json::parse(plan.output, nullptr, false);
  std::vector<TriedStep> steps;
  const std::string with = options_.empty() ? "with its defaults" : "with --options " + printable(options_, 60);
  if (plan.status != 0 || !all.is_object()) {
    why = "a pipeline " + with + " can't be planned here: " + plan.errors.substr(0, plan.errors.find('\n'));
    return steps;
  }
  for (const json& step : all["steps"]) {
    const json& owner = step["owner"];
    if (owner["plugin"] != subject_.manifest.name || owner["stage"] != subject_.manifest.stage) continue;
    steps.push_back({step["number"].get<int>(), step["type"].get<std::string>(), step.value("phase", ""),
                     step.value("function", ""), step.value("arguments", json::object())});
  }
  if (steps.empty()) why = "it has no step in a pipeline " + with;
  return steps;
}

Ended Pipeline::run(const Words& options) const {
  Words all{"run"};
  all.insert(all.end(), options.begin(), options.end());
  all = words(std::move(all));
  all.emplace_back("/bin/nothing");
  return slipway(all);
}

Ended Pipeline::run_without() { return slipway({"run", "--store", "store", "image.tar", "/bin/nothing"}); }

Ended Pipeline::clean() { return slipway({"clean", "--store", "store"}); }

std::vector<std::string> Pipeline::traces() const {
  std::vector<std::string> all;
  // Root's runs are in namespaces of their own (trial.hpp). An ordinary user's are in the host's, where others mount
  // and make interfaces, and a plugin of his cannot.
  if (::geteuid() == 0) {
    add_mounts(all);
    add_interfaces(all);
  }
  for (const std::string& directory : {std::string("store/runs"), std::string("store/staging"), runtime_})
    add_entries(directory, all);
  return all;
}

Words Pipeline::words(Words first) const {
  first = with_plugin(subject_, std::move(first), options_.empty() ? "{}" : options_);
  first.emplace_back("image.tar");
  return first;
}

std::string difference(const std::vector<std::string>& before, const std::vector<std::string>& now) {
  for (const std::string& line : now) {
    if (std::find(before.begin(), before.end(), line) == before.end()) return line;
  }
  for (const std::string& line : before) {
    if (std::find(now.begin(), now.end(), line) == now.end()) return line + ", which is gone";
  }
  return {};
}

}  // namespace slipway::check
