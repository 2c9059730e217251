// Functions of plugins that `call` steps run: who has them, and entering one. Knows nothing of the process in which
// that happens; core/run gives each call one of its own.
#pragma once

#include <memory>
#include <slipway/steps.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/report/report.hpp"

namespace slipway::plan {

/// A plugin's file as another process finds it again: this very build, and no other that has its name by then.
struct Library {
  std::string plugin{};
  std::string path{};      ///< absolute
  std::string build_id{};  ///< hexadecimal digits
  friend bool operator==(const Library&, const Library&) = default;
};

/// What a function is called with.
struct CallWords {
  std::string function{};
  std::string arguments = "{}";  ///< a JSON object
  steps::Phase phase{};
  bool undoes = false;
  std::vector<int> inputs{};  ///< borrowed; -1 where one is not there any more
};

/// What it said and gave.
struct CallAnswer {
  struct Report {
    Severity severity{};
    std::string message{};
    std::string hint{};
  };
  bool went_well = false;  ///< else there is an error among the reports
  std::vector<Report> reports{};
  int result = -1;  ///< a descriptor of this process, as the plugin gave it
};

class Caller {
 public:
  Caller() = default;
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;
  virtual ~Caller() = default;

  /// Of a plugin that it can call; else null.
  [[nodiscard]] virtual const Library* library(std::string_view plugin) const = 0;
  /// Enters such a plugin. What escapes, crashes or hangs is for the caller to tell from the process's end.
  [[nodiscard]] virtual CallAnswer call(std::string_view plugin, const CallWords& words) const = 0;
};

/// Finds a library where it was and loads it, if it is that build and may be loaded at all (its owners). Runs its
/// constructors in this process.
Result<std::unique_ptr<Caller>> load_caller(const Library& library);
using LoadCaller = Result<std::unique_ptr<Caller>> (*)(const Library& library);

}  // namespace slipway::plan
