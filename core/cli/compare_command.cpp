#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "core/cli/arguments.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/compare_words.hpp"
#include "core/cli/print.hpp"
#include "core/compare/experiment/experiment_json.hpp"
#include "core/linux/program.hpp"

namespace slipway::cli {

// What is wrong with the words is told here; all else is done by compare_main.cpp.
int compare_command(int count, const char* const* given) {
  if (!asks_for_results(count, given)) {
    const CompareWords words = read_compare_words(count, given);
    if (words.status >= 0) return words.status;
    if (words.schema) {
      std::fputs(compare::experiment_schema().c_str(), stdout);
      return kOk;
    }
  }
  auto program = linux::in_prefix("libexec/slipway/slipway-compare");
  if (!program) {
    print_error(program.error());
    return kProblem;
  }
  ::execv(program->c_str(), const_cast<char* const*>(given));
  print_error({errno, "start", *program, linux::kBesideItself});
  return kProblem;
}

}  // namespace slipway::cli
