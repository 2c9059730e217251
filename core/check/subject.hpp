// What is being checked, as far as it is known, and the layers of checks, each in a file of its own.
#pragma once

#include <string>
#include <vector>

#include "core/check/check.hpp"
#include "core/linux/fd.hpp"
#include "sdk/host/manifest.hpp"

namespace slipway::check {

struct Subject {
  const Wishes& wishes;
  std::string path{};  ///< absolute
  std::string name{};  ///< of the file, without .so
  linux::Fd file{};
  host::Manifest manifest{};
  std::vector<std::string> binds_to{};  ///< names of other libraries' functions

  [[nodiscard]] bool is_image() const { return manifest.stage == "image"; }
  [[nodiscard]] const char* function() const { return is_image() ? "resolve" : "plan"; }
};

/// Reads the file alone. Yields whether it can be loaded at all; the manifest is then known.
bool check_library(Subject& subject, Report& report);
/// Loads it, in processes of their own. Yields whether it answers, so that what comes next has a meaning.
bool check_load(const Subject& subject, Report& report);
void check_contract(const Subject& subject, Report& report);
/// Of the contract, for a rootfs plugin: runs containers.
void check_trees(const Subject& subject, Report& report);
void check_lifecycle(const Subject& subject, Report& report);

/// "a, b, c and 4 more"
std::string listed(const std::vector<std::string>& words, std::size_t most = 8);

}  // namespace slipway::check
