#include "core/cli/run_as_told.hpp"

#include <optional>
#include <utility>

#include "core/cli/arguments.hpp"
#include "core/cli/print.hpp"
#include "core/cli/timing_file.hpp"

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
  wishes.events_may_wait = !words.verbose && words.format == LogFormat::text;
  const Telling telling = make_telling(wishes);
  const auto tell = [&](const Finding& finding) {
    if (tells(words, finding)) telling.finding(finding);
  };
  wishes.on_warning = tell;
  wishes.on_kept = telling.kept;
  Timing timing;
  if (words.timing) listen(timing, wishes);
  std::optional<TimingFile> file;
  if (!words.timing_file.empty()) {
    auto opened = TimingFile::open(words.timing_file);
    if (!opened) {
      print_error(opened.error());
      return kRunFailed;
    }
    file.emplace(std::move(*opened));
    file->listen(wishes);
  }
  auto status = run::run_container(*request, wishes, std::move(head), cold);
  if (!status && status.error().status == run::kNeedsColdStart) return run::kNeedsColdStart;
  if (words.timing) telling.timing(timing);
  if (!status) {
    for (const Finding& finding : status.error().findings) tell(finding);
  }
  const int ended = status ? *status : status.error().status;
  if (!file) return ended;
  // The program has done its work: its status is worth more than the figures.
  if (auto written = file->write(ended); !written) print_error(written.error());
  return ended;
}

}  // namespace slipway::cli
