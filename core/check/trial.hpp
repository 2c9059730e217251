// Containers started for the sake of a check: slipway itself with a store and a runtime directory that go with the
// process. To be used within run_apart().
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/check/subject.hpp"

namespace slipway::check {

using Words = std::vector<std::string>;

/// Its own runtime directory, for root in a mount namespace of its own; `why` says where there can be none.
std::string make_runtime(std::string& why);

/// For root a network namespace of its own, with nothing but lo, which is up: what comes and goes on the host is then
/// not taken for the plugin's. `why` as above.
void make_network(std::string& why);

struct Ended {
  int status = -1;
  std::string output{}, errors{};
};
/// slipway as its user would start it.
Ended slipway(const Words& words);
/// Why its containers would not use the library that is checked: one of slipway's own has its name. Empty: they would.
std::string hidden_by(const Subject& subject);

/// The words that have it use the plugin, with the store of this process; `options`, a JSON object, beside its
/// defaults. Where its stage takes a list it is the only one of that.
Words with_plugin(const Subject& subject, Words first, const std::string& options = "{}");

/// What its containers are asked with: its defaults, or, where it has an option that must be given, the first set that
/// was. `why` says that there is none.
std::string first_options(const Subject& subject, std::string& why);

/// Waits until all that began has ended; false when it does not.
bool all_ended(std::chrono::milliseconds patience = std::chrono::seconds(30));

std::string read_text(const std::string& path);

/// One member of a ustar archive; tar(5).
std::string tar_member(const std::string& name, char type, const std::string& content, const std::string& mode = "0755",
                       const std::string& link = {});

}  // namespace slipway::check
