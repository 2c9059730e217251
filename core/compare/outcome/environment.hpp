// Where figures were measured: what of a host changes them. No name of a host, a user or a network is among it, so that
// results can be handed around.
#pragma once

#include <string>
#include <vector>

#include "core/compare/outcome/outcome.hpp"

namespace slipway::compare {

struct Places {
  std::string store{};    ///< the store's directory; need not be there yet
  std::string runtime{};  ///< where runs keep their journals
  std::string slipway{};  ///< the version that measures
  std::string root{};     ///< before /proc and /sys, for tests; empty: the host's own
};

/// What can be found out; what cannot is left out. Facts and their forms: docs/compare-results.md, "The environment".
Host look_at_host(const Places& places);

struct Difference {
  std::string what{};
  std::string first{}, second{};  ///< empty where one has no such fact
};

/// In what two hosts differ, in the facts' order. A load that is much the same is none.
std::vector<Difference> differences(const Host& first, const Host& second);
/// The same of any two tables of words: digests, for one.
std::vector<Difference> differences(const std::map<std::string, std::string, std::less<>>& first,
                                    const std::map<std::string, std::string, std::less<>>& second);

/// "kernel: 6.1.0 and 6.5.0", "swap: nothing and 2 GiB".
std::string in_words(const Difference& difference);

}  // namespace slipway::compare
