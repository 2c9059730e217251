// A plugin's library entered as slipway enters it: options and facts in, steps and reports out. For units of plugins.
#pragma once

#include <dlfcn.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <slipway/step_json.hpp>
#include <string>

#include "sdk/host/session.hpp"

namespace slipway::tests {

struct PlannedByPlugin {
  std::string steps{};    ///< one a line, as they cross the border, without their phase
  std::string reports{};  ///< "/options/x: message | hint", one a line
};

/// Facts of a container of root's with all namespaces, on a host that has everything; for a test to change.
inline nlohmann::json facts_of_root() {
  return {{"host",
           {{"user", "root"},
            {"kernel", "6.1.0"},
            {"tmpfs_user_xattr", true},
            {"terminal", false},
            {"cgroup2", true},
            {"filesystems", {"proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup2", "overlay"}}}},
          {"isolation",
           {{"namespaces", {"mount", "pid", "ipc", "uts", "net", "cgroup"}},
            {"ids", "host"},
            {"maps_gid_5", true},
            {"hostname", "box"}}}};
}

inline nlohmann::json facts_of_user() {
  nlohmann::json facts = facts_of_root();
  facts["host"]["user"] = "ordinary";
  facts["isolation"]["ids"] = "range";
  facts["isolation"]["namespaces"].push_back("user");
  return facts;
}

inline PlannedByPlugin plan_of(const char* library, const nlohmann::json& options, const nlohmann::json& facts) {
  void* const handle = ::dlopen(library, RTLD_NOW | RTLD_LOCAL);
  REQUIRE(handle != nullptr);
  const auto* const plugin = static_cast<const slipway_plugin*>(::dlsym(handle, "slipway_plugin_1"));
  REQUIRE(plugin != nullptr);
  const nlohmann::json document = {{"options", options}, {"facts", facts}};
  host::Session session(document);
  const bool went_well = session.finish(plugin->plan(session.abi()));
  PlannedByPlugin planned;
  for (const host::DecodedStep& step : session.steps) {
    planned.steps += std::visit([&](const auto& one) { return step_json(one, step.common); }, step.step) + "\n";
  }
  for (const host::Report& report : session.reports) {
    planned.reports += report.at + ": " + report.message + (report.hint.empty() ? "" : " | " + report.hint) + "\n";
  }
  CHECK(went_well == planned.reports.empty());
  return planned;
}

}  // namespace slipway::tests
