#include "core/cli/run_words.hpp"

#include <algorithm>
#include <string_view>

#include "core/cli/arguments.hpp"
#include "core/cli/print.hpp"

namespace slipway::cli {
namespace {

constexpr const char* kExamples =
    "  slipway run image.tar                          the image's own command\n"
    "  slipway run image.tar sh -c 'echo hello'       another command\n"
    "  slipway run -e LANG=C -w /srv -u app image.tar id\n"
    "  slipway run --bind ./src:/src:ro image.tar     a directory of the host's, to be read only\n"
    "  slipway run --set rootfs.upper=disk image.tar  writes go to disk, not to memory\n"
    "  slipway run --env-file ./server.env -e TOKEN image.tar server\n"
    "                                                 variables out of a file, and your own TOKEN\n"
    "  slipway run --end-with parent --stop-timeout 30 image.tar server\n"
    "                                                 ends with what started it, and has 30 seconds for that\n"
    "  slipway run --preserve-fds 1 image.tar server 3<key.pem\n"
    "                                                 an open descriptor is passed on\n"
    "  slipway run --init image.tar server            signals and orphans are taken care of\n"
    "  slipway run --tty no image.tar less            no terminal of its own, but yours\n"
    "  docker save IMAGE | slipway run - sh           an image on standard input\n"
    "  slipway run ./rootfs /bin/sh                   a root filesystem in a directory, which stays as it is\n"
    "  slipway run pipeline.json                      a pipeline file\n";

// Written by a process that outlives slipway, to a terminal that may stand anywhere in a line.
constexpr const char* kKilledMessage =
    "\r\nslipway: error: the run was killed; the terminal's modes are as they were before\r\n"
    "  hint: if the screen still looks wrong, type: reset\r\n";

constexpr const char* kLogFormat = "--log-format";

struct Given {
  std::string format{"text"};
  std::optional<std::string> tty{};
  std::optional<std::string> fault{};
  std::string no_such_record{};
};

Command describe(RunWords& words, Given& given) {
  Command command{"run",
                  "TARGET [COMMAND [ARG...]]",
                  "Runs a container from a pipeline file or an image: an archive, a layout, a tar or a directory.",
                  kExamples,
                  target_options(words.target),
                  kRunFailed};
  command.options.push_back(
      {"-v,--verbose", "", "tell each step and its time", [&](const std::string&) { words.verbose = true; }});
  command.options.push_back({kLogFormat, "text|json", "how -v and warnings are written; json implies -v",
                             [&](const std::string& word) { given.format = word; }});
  command.options.push_back(
      {"--tty", "yes|no",
       "whether the program gets a terminal of its own (default: where standard input, output and error are terminals)",
       [&](const std::string& word) { given.tty = word; }});
  command.options.push_back({"--timing", "", "tell where the time went, by phase and stage, after the run",
                             [&](const std::string&) { words.timing = true; }});
  command.options.push_back({"--timing-file", "FILE",
                             "the same for a program: each step's time and the processes' memory, as JSON",
                             [&](const std::string& path) { words.timing_file = path; }});
  command.options.push_back({"--no-record", "starts|images",
                             "find out anew what the store has a record of, and keep none; may be repeated",
                             [&](const std::string& word) {
                               if (word == "starts")
                                 words.without.starts = true;
                               else if (word == "images")
                                 words.without.images = true;
                               else
                                 given.no_such_record = word;
                             }});
  command.options.push_back({"--fault", "STEP:ERRNO", "", [&](const std::string& wish) { given.fault = wish; }});
  return command;
}

Result<void> take(RunWords& words, const Given& given) {
  if (given.format != "text" && given.format != "json")
    return failure(0, "--log-format takes text or json, not", printable(given.format, 64));
  if (given.format == "json") words.format = LogFormat::json;
  if (given.tty && *given.tty != "yes" && *given.tty != "no")
    return failure(0, "--tty takes yes or no, not", printable(*given.tty, 64));
  if (given.tty) words.tty = *given.tty == "yes" ? run::Wishes::Tty::yes : run::Wishes::Tty::no;
  if (!given.no_such_record.empty())
    return failure(0, "--no-record takes starts or images, not", printable(given.no_such_record, 64));
  if (words.command.empty())
    return failure(0, "run needs a target", "", "slipway run image.tar, or slipway run --help");
  words.name = words.command.front();
  words.command.erase(words.command.begin());
  if (!given.fault) return {};
  auto wish = run::parse_fault(*given.fault);
  if (!wish) return tl::unexpected(wish.error());
  words.fault = std::move(*wish);
  // Before the first process is made, which has moments of its own.
  if (words.fault->is_for_leaks) run::watch_for_leaks();
  if (words.fault->moment != run::Moment::none) run::wish_kill(words.fault->moment, words.fault->victim);
  return {};
}

}  // namespace

bool ask_for_json(int count, const char* const* words) {
  const auto speaks_of_it = [](std::string_view word) { return word.starts_with(kLogFormat); };
  if (std::none_of(words, words + count, speaks_of_it)) return false;
  RunWords unused;
  Given given;
  return value_among(describe(unused, given), kLogFormat, count, words) == "json";
}

RunWords read_run_words(int count, const char* const* words) {
  RunWords read;
  Given given;
  Words found = read_words(describe(read, given), count, words);
  read.status = found.status;
  if (read.status >= 0) return read;
  read.command = std::move(found.rest);
  if (auto taken = take(read, given); !taken) {
    print_error(taken.error());
    read.status = kRunFailed;
  }
  return read;
}

bool tells(const RunWords& words, const Finding& finding) {
  return finding.severity <= Severity::warning || words.verbose || words.format == LogFormat::json;
}

run::Wishes wishes_of(const RunWords& words) {
  run::Wishes wishes;
  wishes.store = words.target.store;
  wishes.tty = words.tty;
  wishes.killed_message = kKilledMessage;
  wishes.fault = words.fault;
  wishes.without = words.without;
  return wishes;
}

}  // namespace slipway::cli
