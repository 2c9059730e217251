// slipway as it is called: makes the starts that the store has a record of, which are most, and leaves everything else
// to the full program beside it. It loads nothing, so it is linked statically, and half of what a process costs before
// main() is saved; see docs/decisions/0016-two-programs.md.
#include <malloc.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <string_view>
#include <utility>

#include "core/cli/arguments.hpp"
#include "core/cli/before_libc.hpp"
#include "core/cli/print.hpp"
#include "core/cli/run_as_told.hpp"
#include "core/cli/surroundings.hpp"
#include "core/linux/program.hpp"
#include "core/run/warm_start.hpp"

namespace slipway::cli {
namespace {

constexpr int kFullProgram = -1;

// What there can be no record of, and what is told to a log, is the full program's.
bool may_do(const RunWords& words) {
  const bool tells = words.verbose || words.format != LogFormat::text;
  if (words.name == "-") return false;  // nothing tells what will come
  return !tells && !words.without.starts && !words.without.images && run::may_be_recorded(words.target.overrides);
}

int run_from_record(int count, const char* const* given, run::FirstProcess early) {
  if (ask_for_json(count, given)) return kFullProgram;
  RunWords words = read_run_words(count, given);
  if (words.status >= 0) return words.status;
  if (!may_do(words)) return kFullProgram;
  const auto print_all = [](run::Wishes&) -> Telling {
    return {&print_finding, [](const Timing& timing) { print_text(timing.to_table()); }, &print_kept};
  };
  const int status = run_as_told(std::move(words), print_all, nullptr, std::move(early));
  return status == run::kNeedsColdStart ? kFullProgram : status;
}

int become_full_program(char** words) {
  auto program = linux::in_prefix("libexec/slipway/slipway-full");
  if (!program) {
    print_error(program.error());
    return kRunFailed;
  }
  ::execv(program->c_str(), words);
  print_error(
      {errno, "start", *program, errno == ENOENT ? linux::kBesideItself : "slipway is not whole: install it again"});
  return kRunFailed;
}

// What is freed is used again, or the kernel gets it back with all else at the end. To give it back earlier costs a
// visit to each processor that this ran on.
void keep_memory() {
  constexpr int kAtOnce = 256 * 1024;
  (void)::mallopt(M_TRIM_THRESHOLD, INT_MAX);
  (void)::mallopt(M_TOP_PAD, kAtOnce);
}

int start(int count, char** words) {
  keep_memory();
  if (!make_usual()) return kProblem;
  if (count > 1 && std::string_view(words[1]) == "run") {
    if (const int status = run_from_record(count - 1, words + 1, take_first_process()); status != kFullProgram)
      return status;
  }
  return become_full_program(words);
}

}  // namespace
}  // namespace slipway::cli

int main(int count, char** words) {
  slipway::cli::go_on_as_first_process();
  const int status = slipway::cli::start(count, words);
  (void)std::fflush(stdout);
  ::_exit(status);
}
