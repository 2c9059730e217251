#include "core/cli/run_as_told.hpp"

#include <utility>

#include "core/cli/arguments.hpp"
#include "core/cli/print.hpp"

namespace slipway::cli {

int run_as_told(RunWords words, const MakeTelling& make_telling, run::MakeColdStart cold, run::FirstProcess early) {
  // What is to be killed at some moment has to know of it from its beginning.
  if (words.fault) early = {};
  run::HeadStart head = run::HeadStart::make(std::move(early));
  auto request = request_for(words.name, std::move(words.command), words.target);
  if (!request) {
    print_error(request.error());
    return kRunFailed;
  }
  run::Wishes wishes = wishes_of(words);
  const Telling telling = make_telling(wishes);
  const auto tell = [&](const Finding& finding) {
    if (tells(words, finding)) telling.finding(finding);
  };
  wishes.on_warning = tell;
  wishes.on_kept = telling.kept;
  Timing timing;
  if (words.timing) listen(timing, wishes);
  const auto status = run::run_container(*request, wishes, std::move(head), cold);
  if (!status && status.error().status == run::kNeedsColdStart) return run::kNeedsColdStart;
  if (words.timing) telling.timing(timing);
  if (status) return *status;
  for (const Finding& finding : status.error().findings) tell(finding);
  return status.error().status;
}

}  // namespace slipway::cli
