// What a library does when it is loaded and called: in processes of their own, with limits.
#include <algorithm>

#include "core/check/jobs.hpp"
#include "core/check/subject.hpp"
#include "core/check/watch.hpp"

namespace slipway::check {
namespace {

constexpr Layer kLayer = Layer::load;

struct Adder {
  Report& report;

  // A failure where something was found.
  bool add(const char* name, const std::string& found, const std::string& fine, const std::string& remedy) const {
    report.add(kLayer, name, found.empty() ? Verdict::ok : Verdict::failed, found.empty() ? fine : found,
               found.empty() ? "" : remedy);
    return found.empty();
  }
  bool add(const char* name, const std::vector<std::string>& found, const std::string& before, const std::string& fine,
           const std::string& remedy) const {
    return add(name, found.empty() ? "" : before + listed(found, 4), fine, remedy);
  }
  void skip(const char* name, const std::string& why) const { report.add(kLayer, name, Verdict::not_checked, why); }
};

std::vector<std::string> with(const std::vector<std::string>& words, std::string_view part, bool wanted) {
  std::vector<std::string> found;
  for (const std::string& word : words) {
    if ((word.find(part) != std::string::npos) == wanted) found.push_back(word);
  }
  return found;
}

constexpr std::string_view kSilent = "without saying why";
constexpr std::string_view kThread = "another thread";

// Another host's outcome must be this one's.
std::vector<std::string> different(const Seen& first, const Seen& others) {
  std::vector<std::string> found;
  for (const auto& [name, outcome] : others.outcomes) {
    const std::size_t at = name.find(": ");
    const auto same = first.outcomes.find(at == std::string::npos ? name : name.substr(at + 2));
    if (same != first.outcomes.end() && same->second != outcome) found.push_back(name);
  }
  return found;
}

std::string leak_of(const Seen& seen) {
  constexpr double kNoticeable = 48;
  if (seen.bytes_a_call < kNoticeable) return {};
  return "every call leaves " + std::to_string(static_cast<long>(seen.bytes_a_call)) + " bytes behind, as " +
         std::to_string(seen.calls) + " calls showed";
}

void add_watched(const Adder& to, const Subject& subject, const Seen& seen) {
  const std::string function = subject.function();
  const std::string acts =
      "a plugin plans and the core acts: read what slipway tells (options, facts), and emit a step";
  if (seen.is_watched) {
    to.add("loading-does-nothing", seen.tried_loading, "its constructors call ", "no system call of a constructor's",
           "make it when it is asked for, within " + function);
    to.add("touches-nothing", seen.tried_calling, function + " calls ", "no system call in any of the cases", acts);
  } else {
    std::string why = why_unwatched();
    if (why.empty())
      why = "this process may not have its system calls filtered (seccomp(2)); a container may forbid it";
    to.skip("loading-does-nothing", why);
    to.skip("touches-nothing", why);
  }
  to.add("prints-nothing", seen.output.empty() ? "" : "prints \"" + printable(seen.output, 120) + "\"",
         "neither to standard output nor to standard error", "host->report() says things with their place");
  to.add("one-thread", with(seen.complaints, kThread, true), "", "slipway is called on its own thread",
         "call back on the thread that entered " + function);
  to.add("says-why-it-fails", with(seen.complaints, kSilent, true), "", "each failure has a report",
         "host->report() before a status that is not 0");
}

void add_elsewhere(const Adder& to, const Seen& seen) {
  std::vector<std::string> changed = seen.changed_loading;
  changed.insert(changed.end(), seen.changed_calling.begin(), seen.changed_calling.end());
  struct Trait {
    const char* check;
    const char* name;
    const char* remedy;
  };
  constexpr Trait kTraits[] = {
      // NOLINT(*-avoid-c-arrays)
      {"keeps-directory", "the current directory", "never chdir: paths in options are absolute"},
      {"keeps-umask", "the umask", "the steps that make files take a mode"},
      {"keeps-locale", "the locale", "use functions that take a locale_t, or none: texts are UTF-8"},
      {"keeps-environment", "the environment", "emit an environment step"},
      {"keeps-signals", "signal handlers", "leave signals to slipway"},
      {"keeps-signal-mask", "blocked signals", "leave signals to slipway"},
      {"keeps-limits", "resource limits", "leave limits to slipway"},
      {"leaves-no-thread", "threads", "join each thread before returning; better, have none"},
      {"leaves-no-process", "child processes", "start none"},
      {"leaves-no-descriptor", "open descriptors", "close what is opened; better, open nothing"},
  };
  for (const Trait& trait : kTraits) {
    std::vector<std::string> found = with(changed, trait.name, true);
    const std::vector<std::string> more = with(seen.changed_by_more, trait.name, true);
    if (found.empty()) found = more;
    const bool is_processes = std::string_view(trait.check) == "leaves-no-process";
    if (found.empty() && is_processes && !seen.left.empty()) found = {"left running: " + seen.left};
    to.add(trait.check, found, "changes ", std::string(trait.name) + " as before", trait.remedy);
  }
  to.add("leaves-no-memory", leak_of(seen), "as much in use after " + std::to_string(seen.calls) + " calls as before",
         "free what is allocated, also where it fails; ASan tells where it comes from");
}

}  // namespace

bool check_load(const Subject& subject, Report& report) {
  const Adder to{report};
  const std::vector<Case> cases = reference_cases(subject);
  const auto watched = call_watched(subject, cases);
  if (!watched) return to.add("loads", sentence(watched.error()), "", watched.error().hint);
  if (watched->why_free.empty()) {
    to.add("contained", "", "what it runs can neither change files nor reach other processes", "");
  } else {
    to.skip("contained", "what it runs may change files and reach other processes: " + watched->why_free);
  }
  if (!to.add("loads", watched->refused.empty() || watched->is_loaded ? "" : watched->refused,
              "in a process of its own", "see ldd and readelf -d of the file"))
    return false;
  const bool has_loaded = watched->is_loaded;
  const std::string function = subject.function();
  if (!to.add("survives", watched->died, std::to_string(cases.size()) + " cases of options and hosts",
              has_loaded ? "gdb --args slipway plugin check …; set follow-fork-mode child"
                         : "a constructor runs at every load: do nothing in one"))
    return false;
  add_watched(to, subject, *watched);

  const auto elsewhere = call_elsewhere(subject, cases);
  if (!elsewhere) return to.add("survives-elsewhere", sentence(elsewhere.error()), "", elsewhere.error().hint);
  if (to.add("survives-elsewhere", elsewhere->died, "another environment, directory and umask, and many calls",
             "it may depend on one of them"))
    add_elsewhere(to, *elsewhere);

  const auto versions = call_from_other_versions(subject, {cases.begin(), cases.begin() + 1});
  if (!versions) return to.add("other-versions", sentence(versions.error()), "", versions.error().hint);
  const std::vector<std::string> others = different(*watched, *versions);
  const std::string apart = others.empty() ? "" : "another outcome with " + listed(others, 2);
  to.add("other-versions", versions->died.empty() ? apart : versions->died,
         "the same with an older and a newer slipway",
         "read a member of slipway_host only where SLIPWAY_HAS says it is there");

  const auto nonsense = call_with_nonsense(subject, cases);
  if (!nonsense) return to.add("survives-nonsense", sentence(nonsense.error()), "", nonsense.error().hint);
  to.add("survives-nonsense", nonsense->died,
         std::to_string(subject.wishes.rounds) + " documents by chance (--seed " + std::to_string(subject.wishes.seed) +
             ")",
         "look at the kind of what host->get() gives before using it; the same again: --seed " +
             std::to_string(subject.wishes.seed) + " --rounds " + std::to_string(subject.wishes.rounds));
  // Options that don't fit the schema never come to a plugin, so it need not find words for them.
  to.add("nonsense-is-reported", with(with(nonsense->complaints, kSilent, true), "/options", false), "",
         "each failure has a report", "host->report() before a status that is not 0");
  return true;
}

}  // namespace slipway::check
