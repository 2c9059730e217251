#include "core/check/library.hpp"

#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <new>
#include <optional>

#include "sdk/host/entry.hpp"
#include "sdk/host/session.hpp"
#include "sdk/testing/shown_source.hpp"

namespace slipway::check {
namespace {

using nlohmann::json;

json to_json(const host::Report& report) {
  return {{"severity", report.severity}, {"at", report.at}, {"message", report.message}, {"hint", report.hint}};
}

// Those of its reports that are slipway's own begin with the function that did it.
bool is_complaint(const host::Report& report, const std::string& function) {
  return report.message.starts_with(function + ": ") || report.message.starts_with(function + " ");
}

Call taken(host::Session& session, bool is_ok, const std::string& function) {
  Call call;
  call.is_ok = is_ok;
  json all = {{"ok", is_ok}, {"steps", json::array()}, {"facts", json::array()}, {"reports", json::array()}};
  for (const host::DecodedStep& step : session.steps) all["steps"].push_back(host::encode_step(step));
  for (const auto& [name, fact] : session.facts) all["facts"].push_back({{name, fact}});
  for (const host::Report& report : session.reports) {
    all["reports"].push_back(to_json(report));
    if (is_complaint(report, function)) call.complaints.push_back(report.message);
  }
  call.outcome = all.dump(-1, ' ', true, json::error_handler_t::replace);
  return call;
}

// A struct that lies before memory which nobody may read: who reads beyond its size crashes.
class EdgedHost {
 public:
  EdgedHost(const slipway_host& host, Host kind) {
    constexpr std::size_t kMore = 64;
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    memory_ = ::mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory_ == MAP_FAILED) throw std::bad_alloc();
    size_ = 2 * page;
    ::mprotect(static_cast<char*>(memory_) + page, page, PROT_NONE);
    const std::size_t size = sizeof(slipway_host) + (kind == Host::newest ? kMore : 0);
    char* const at = static_cast<char*>(memory_) + page - size;
    std::memset(at, 0x5a, size);
    std::memcpy(at, &host, sizeof(host));
    host_ = reinterpret_cast<slipway_host*>(at);  // NOLINT(*-reinterpret-cast): aligned, as sizes are multiples of 8
    host_->struct_size = static_cast<std::uint32_t>(size);
    host_->abi_minor = kind == Host::newest ? 99 : 0;
  }
  ~EdgedHost() { ::munmap(memory_, size_); }
  EdgedHost(const EdgedHost&) = delete;
  EdgedHost& operator=(const EdgedHost&) = delete;
  EdgedHost(EdgedHost&&) = delete;
  EdgedHost& operator=(EdgedHost&&) = delete;
  [[nodiscard]] const slipway_host* get() const { return host_; }

 private:
  void* memory_ = nullptr;
  std::size_t size_ = 0;
  slipway_host* host_ = nullptr;
};

// Code and manifest are built together, so they agree on the minor version as well.
std::string entry_problem(const slipway_plugin& plugin, const Subject& subject) {
  if (const auto fine = host::check_entry(plugin, subject.manifest); !fine) return fine.error().message;
  const auto& needs = subject.manifest.needs;
  const bool has_call = SLIPWAY_HAS(&plugin, slipway_plugin, call) && plugin.call != nullptr;
  if (!has_call && std::find(needs.begin(), needs.end(), "step:call") != needs.end())
    return "has no function `call`, which \"step:call\" in its needs is for";
  if (plugin.abi_minor == subject.manifest.abi_minor) return {};
  return "its code is built for plugin ABI " + std::to_string(plugin.abi_major) + "." +
         std::to_string(plugin.abi_minor) + ", its manifest says " + std::to_string(subject.manifest.abi_major) + "." +
         std::to_string(subject.manifest.abi_minor);
}

}  // namespace

std::string Plugin::load() {
  std::string problem;
  // Its constructors are the plugin's code as its functions are, so they are guarded as those.
  (void)guard_.run(
      subject_.name, "a constructor",
      [&] {
        void* const library = ::dlopen(subject_.path.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) {
          problem = ::dlerror();  // NOLINT(concurrency-mt-unsafe): one thread
          return 1;
        }
        plugin_ = static_cast<const slipway_plugin*>(::dlsym(library, host::kPluginSymbol));
        return 0;
      },
      subject_.wishes.limit, kDied);
  if (!problem.empty()) return problem;
  if (plugin_ == nullptr) return "does not export slipway_plugin_1";
  return entry_problem(*plugin_, subject_);
}

Call Plugin::call_function(const std::string& name) {
  const json document = {{"arguments", json::object()}};
  host::Session session(document, host::Session::Entry::call);
  std::int32_t result = -1;
  constexpr std::string_view kPhase = "prepare";
  const slipway_call call{
      sizeof(slipway_call), 0, {name.data(), name.size()}, {kPhase.data(), kPhase.size()}, nullptr, 0, &result};
  const std::int32_t status = guard_.run(
      subject_.name, "call", [&] { return plugin_->call(session.abi(), &call); }, subject_.wishes.limit, kDied);
  const bool is_ok = session.finish(status);
  return taken(session, is_ok, "call");
}

Call Plugin::call(const Case& one, Host kind) {
  host::Session session(one.document, subject_.is_image() ? host::Session::Entry::resolve : host::Session::Entry::plan);
  session.options = host::option_names(subject_.manifest);
  session.needs = subject_.manifest.needs;
  session.provides = subject_.manifest.provides;
  std::optional<testing::ShownSource> shown;
  if (one.source != nullptr) shown.emplace(*one.source);
  session.ability = [&shown](std::string_view name) -> const void* {
    return shown && name == "slipway.source.1" ? shown->abi() : nullptr;
  };
  const auto function = subject_.is_image() ? host::resolve_of(*plugin_) : host::plan_of(*plugin_);
  std::unique_ptr<EdgedHost> edged;
  if (kind != Host::this_one) edged = std::make_unique<EdgedHost>(*session.abi(), kind);
  const slipway_host* const host = edged ? edged->get() : session.abi();
  const std::int32_t status = guard_.run(
      subject_.name, subject_.function(), [&] { return function(host); }, subject_.wishes.limit, kDied);
  const bool is_ok = session.finish(status);
  return taken(session, is_ok, subject_.function());
}

}  // namespace slipway::check
