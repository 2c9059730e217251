#include "tests/doctor/host.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace slipway::tests {
namespace {

Caller caller_of(Who who) {
  if (who == Who::root) return {"root", Caller::Ids::host, std::nullopt};
  auto user = who == Who::range ? user_with_range() : user_without_range();
  if (!user) throw std::runtime_error(user.error());
  return {user->name, who == Who::range ? Caller::Ids::range : Caller::Ids::single, *user};
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

const char* to_text(Who who) {
  if (who == Who::root) return "root";
  return who == Who::range ? "a user with a range" : "a user without a range";
}

Line Report::line(const std::string& name) const {
  for (const Line& line : lines) {
    if (line.name == name) return line;
  }
  return {};
}

std::vector<std::string> Report::names() const {
  std::vector<std::string> all;
  for (const Line& line : lines) all.push_back(line.name);
  return all;
}

Host::Host(Who who) : caller_(caller_of(who)), program_(program_for(caller_)) {
  home_ = scratch_.directory("home", uid(), gid());
  runtime_ = scratch_.directory("runtime", uid(), gid(), 0700);
  store_ = own("store");
  ImageSpec image = standard_image();
  image.layers.resize(1);  // whose directories nothing replaces: any file system can hold it
  image_ = scratch_.write("image.tar", docker_save({image}, Layout::docker25));
  if (!caller_.is_root()) return;
  // Root's place is a fixed one, so it is covered by a directory of the test's own.
  root({"mount", "-t", "tmpfs", "-o", "mode=0755", "run", "/run"});
}

void Host::root(std::vector<std::string> words) const {
  const std::string first = words.front();
  const Outcome outcome = try_root(std::move(words));
  if (outcome.shell_status() != 0) throw std::runtime_error(first + ": " + outcome.errors);
}

Outcome Host::try_root(std::vector<std::string> words) const {
  return tests::run({.arguments = std::move(words), .mounts = &mounts_});
}

void Host::cover(const std::string& file, const std::string& text, mode_t mode) {
  root({"mount", "--bind", scratch_.write("cover" + std::to_string(++covers_), text, mode), file});
}

void Host::cover_directory(const std::string& directory, const std::map<std::string, std::string>& files) {
  const std::string cover = scratch_.directory("cover" + std::to_string(++covers_), 0, 0);
  for (const auto& [name, text] : files) scratch_.write("cover" + std::to_string(covers_) + "/" + name, text);
  root({"mount", "--bind", cover, directory});
}

void Host::hinder(const std::vector<std::string>& options) {
  hindrances_.insert(hindrances_.end(), options.begin(), options.end());
}

std::string Host::use_copy() {
  const std::string top = scratch_.directory("copy", 0, 0);
  program_ = copy_slipway(top);
  return top;
}

Outcome Host::slipway_without(const std::vector<std::string>& variables, const std::vector<std::string>& words) const {
  Command command{.arguments = {SLIPWAY_TEST_HINDER}, .directory = "/", .mounts = &mounts_};
  command.arguments.insert(command.arguments.end(), hindrances_.begin(), hindrances_.end());
  if (caller_.user) {
    command.arguments.insert(command.arguments.end(), {"--user", std::to_string(uid()) + ":" + std::to_string(gid())});
    command.environment = caller_.user->environment();
  } else {
    command.environment = {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}, {"HOME", "/root"}};
  }
  (*command.environment)["XDG_RUNTIME_DIR"] = runtime_;
  for (const std::string& variable : variables) command.environment->erase(variable);
  command.arguments.push_back(program_);
  command.arguments.insert(command.arguments.end(), words.begin(), words.end());
  return tests::run(command);
}

Report Host::doctor(std::vector<std::string> options) const {
  options.insert(options.begin(), {"doctor", "--json", "--store", store_});
  const Watch before(&mounts_, {{home_, 2}, {runtime_, 2}, {store_, 2}, {"/tmp", 1}});
  const Outcome outcome = slipway(options);
  INFO(tests::to_text(outcome));
  // Other tests work in /tmp at the same time; what a doctor would leave has its name.
  std::string left;
  for (const std::string& line : lines_of(before.look().to_text())) {
    if (!contains(line, "/tmp/") || contains(line, "/tmp/slipway-probe")) left += line + "\n";
  }
  CHECK(left == "");
  CHECK(outcome.errors == "");
  Report report;
  report.status = outcome.shell_status();
  report.text = outcome.output;
  const nlohmann::json json = nlohmann::json::parse(outcome.output, nullptr, false);
  REQUIRE(json.is_object());
  report.works = json.at("works");
  const bool is_nested = std::count(hindrances_.begin(), hindrances_.end(), "--user-namespace") != 0;
  CHECK(json.at("user") == (caller_.is_root() && !is_nested ? "root" : "ordinary"));
  CHECK(json.at("version").is_string());
  for (const nlohmann::json& entry : json.at("checks")) {
    CHECK(entry.size() == 5);
    report.lines.push_back(
        {entry.at("name"), entry.at("state"), entry.at("detail"), entry.at("consequence"), entry.at("remedy")});
  }
  return report;
}

Outcome Host::run(std::vector<std::string> options) const {
  options.insert(options.begin(), {"run", "--store", store_});
  options.insert(options.end(), {image_, "true"});
  return slipway(options);
}

Outcome Host::run_other() const {
  const std::string other = scratch_.write("other.tar", docker_save({standard_image()}, Layout::docker25));
  return slipway({"run", "--store", store_, other, "true"});
}

std::string faults_of(const Host& host, const Expected& expected) {
  const Report report = host.doctor();
  const Line line = report.line(expected.name);
  std::string faults;
  if (line.state != expected.state) faults += "its state is " + line.state + "\n";
  for (const std::string& part : expected.parts) {
    if (!contains(line.detail + "\n" + line.remedy, part)) faults += "it does not say: " + part + "\n";
  }
  const bool is_ok = expected.state == "ok";
  if (line.consequence.empty() != is_ok || line.remedy.empty() != is_ok) faults += "consequence or remedy\n";
  const bool is_missing = expected.state == "missing";
  if (report.works == is_missing || report.status != (is_missing ? 1 : 0)) {
    faults += "doctor ends with " + std::to_string(report.status) + "\n";
  }
  const Outcome run = host.run();
  if (!is_missing && run.shell_status() != 0) faults += "the run fails\n";
  if (is_missing) {
    if (run.shell_status() != 125) faults += "the run ends with " + std::to_string(run.shell_status()) + "\n";
    // The cause is the hint's, or the message's own where that says it already.
    if (!contains(run.errors, line.detail)) faults += "the run does not say: " + line.detail + "\n";
    if (!contains(run.errors, line.remedy)) faults += "the run does not say: " + line.remedy + "\n";
    std::size_t errors = 0;
    for (const std::string& told : lines_of(run.errors)) errors += contains(told, "error: ") ? 1U : 0U;
    if (errors != 1) faults += "the run tells " + std::to_string(errors) + " errors\n";
  }
  if (faults.empty()) return faults;
  return expected.name + ": " + faults + report.text + to_text(run);
}

}  // namespace slipway::tests
