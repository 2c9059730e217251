// What is done with a plugin in a process of its own, and what was seen of it: one function a way of looking.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/check/apart.hpp"
#include "core/check/cases.hpp"
#include "core/check/library.hpp"
#include "core/check/subject.hpp"

namespace slipway::check {

struct Seen {
  std::string died{};     ///< why the process did not come to its end: a crash, a hang …; in which case
  std::string refused{};  ///< why the library can't be loaded
  bool is_loaded = false;
  bool is_watched = false;
  std::string why_free{};  ///< why it was not kept from changing files and reaching other processes
  std::string output{};    ///< what it printed, to either stream
  std::string left{};      ///< processes that outlived it
  std::vector<std::string> tried_loading{}, tried_calling{};
  std::vector<std::string> changed_loading{}, changed_calling{}, changed_by_more{};
  std::vector<std::string> complaints{};          ///< with the case
  std::vector<std::string> impure{};              ///< cases whose outcome was another one the second time
  std::map<std::string, std::string> outcomes{};  ///< by case
  std::map<std::string, bool> fine{};             ///< by case: whether the plugin found nothing wrong
  double bytes_a_call = 0;                        ///< that many calls left behind
  std::size_t calls = 0;
};

/// Every case twice, with every system call watched.
Result<Seen> call_watched(const Subject& subject, const std::vector<Case>& cases);
/// Every case once, in another environment, directory and place in memory; then many times. The process is looked at
/// before and after.
Result<Seen> call_elsewhere(const Subject& subject, const std::vector<Case>& cases);
/// Every case with an older and a newer slipway.
Result<Seen> call_from_other_versions(const Subject& subject, const std::vector<Case>& cases);
/// A call of a function that no plugin has. Empty: it was refused with a report; else what is wrong.
Result<Seen> call_unknown_function(const Subject& subject);
/// Documents by chance, and those that lack a fact.
Result<Seen> call_with_nonsense(const Subject& subject, const std::vector<Case>& cases);

}  // namespace slipway::check
