#include "core/check/jobs.hpp"

#include <malloc.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "core/check/contain.hpp"
#include "core/check/state.hpp"
#include "core/check/watch.hpp"

namespace slipway::check {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

std::string dump(const json& value) { return value.dump(-1, ' ', true, json::error_handler_t::replace); }
void tell(const json& event) { answer(dump(event)); }

// The library in this process; ends the process where there is none.
void load(Plugin& plugin) {
  tell({{"now", "while it was loaded"}});
  const std::string problem = plugin.load();
  if (problem.empty()) return tell({{"loaded", true}});
  tell({{"refused", problem}});
  ::_exit(0);
}

Call called(Plugin& plugin, const Case& one, Host host = Host::this_one, const std::string& with = {}) {
  tell({{"now", with + one.name}});
  Call call = plugin.call(one, host);
  if (one.is_guessed) {  // what slipway says of a step is then the user's to mend; silence never is
    std::erase_if(call.complaints, [](const std::string& text) { return text.find(": step") != std::string::npos; });
  }
  if (!call.complaints.empty()) tell({{"complaints", call.complaints}, {"case", with + one.name}});
  return call;
}

void tell_outcome(const Case& one, const Call& call) {
  tell({{"case", one.name}, {"outcome", call.outcome}, {"ok", call.is_ok}});
}

void finish() {
  (void)std::fflush(nullptr);
  tell({{"finished", true}});
}

void append(std::vector<std::string>& to, const json& event, const char* name) {
  if (const auto found = event.find(name); found != event.end()) {
    for (const json& one : *found) to.push_back(one.get<std::string>());
  }
}

struct Told {
  Seen seen{};
  std::string now = "at its begin";
  bool is_finished = false;
  bool is_garbled = false;

  void take(const json& event) {
    now = event.value("now", now);
    seen.refused = event.value("refused", seen.refused);
    seen.is_loaded = event.value("loaded", seen.is_loaded);
    seen.is_watched = event.value("watched", seen.is_watched);
    seen.why_free = event.value("free", seen.why_free);
    seen.bytes_a_call = event.value("bytes_a_call", seen.bytes_a_call);
    seen.calls = event.value("calls", seen.calls);
    is_finished = event.value("finished", is_finished);
    append(seen.tried_loading, event, "tried_loading");
    append(seen.tried_calling, event, "tried_calling");
    append(seen.changed_loading, event, "changed_loading");
    append(seen.changed_calling, event, "changed_calling");
    append(seen.changed_by_more, event, "changed_by_more");
    append(seen.impure, event, "impure");
    const std::string name = event.value("case", "");
    std::vector<std::string> complaints;
    append(complaints, event, "complaints");
    for (const std::string& one : complaints)
      seen.complaints.push_back(std::string(one).append(" (").append(name).append(")"));
    if (!event.contains("outcome")) return;
    seen.outcomes[name] = event["outcome"].get<std::string>();
    seen.fine[name] = event.value("ok", false);
  }
};

// The guard's line without what stands before the plugin's doing, else how the process ended.
std::string cause_of(const Ran& ran, const Subject& subject) {
  const std::string begin = "slipway: error: plugin " + subject.name + " ";
  const std::size_t at = ran.errors.rfind(begin);
  if (at != std::string::npos) {
    const std::string line = ran.errors.substr(at + begin.size());
    return line.substr(0, line.find('\n'));
  }
  if (ran.has_timed_out) return "gave no answer in time";
  if (ran.ending.signal != 0)
    return std::string("was killed: ") + ::strsignal(ran.ending.signal);  // NOLINT(*-mt-unsafe)
  return "ended the process with status " + std::to_string(ran.ending.exit_status);
}

std::string printed(const Ran& ran) {
  std::string errors = ran.errors;
  if (const std::size_t at = errors.rfind("slipway: error: plugin "); at != std::string::npos) errors.resize(at);
  return ran.output + errors;
}

// So many calls at most take so long; a plugin that hangs is told by the guard long before.
milliseconds limit_for(const Subject& subject) { return subject.wishes.limit + std::chrono::seconds(50); }

Result<Seen> seen_of(const Subject& subject, const std::function<void()>& job) {
  auto ran = run_apart(
      [&] {
        tell({{"free", contain()}});
        job();
        finish();
      },
      limit_for(subject));
  if (!ran) return tl::unexpected(ran.error());
  Told told;
  std::istringstream lines(ran->answer);
  for (std::string line; std::getline(lines, line);) {
    const json event = json::parse(line, nullptr, false);
    if (!event.is_object()) continue;
    try {
      told.take(event);
    } catch (const json::exception&) {  // nothing of ours: the plugin has written there
      told.is_garbled = true;
    }
  }
  told.seen.left = ran->left;
  told.seen.output = printed(*ran);
  if (!told.is_finished && told.seen.refused.empty()) told.seen.died = cause_of(*ran, subject) + " (" + told.now + ")";
  if (told.is_garbled) told.seen.died = "wrote into a descriptor of slipway's (" + told.now + ")";
  return std::move(told.seen);
}

void put_elsewhere() {
  // The library, and all that is allocated, comes to lie at other addresses.
  // Small pieces first, as a library fits into a hole between others.
  constexpr std::size_t kSmall = std::size_t{16} << 10U;
  constexpr std::size_t kLarge = std::size_t{97} << 20U;
  const auto take = [](std::size_t size) {
    (void)::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  };
  for (int i = 0; i < 512; ++i) take(kSmall);
  take(kLarge);
  ::umask(027);
  ::setenv("LANG", "tlh_QO.UTF-8", 1);   // NOLINT(concurrency-mt-unsafe): one thread, as below
  ::setenv("TZ", "Pacific/Chatham", 1);  // NOLINT(concurrency-mt-unsafe)
  ::setenv("HOME", "/nonexistent", 1);   // NOLINT(concurrency-mt-unsafe)
  ::setenv("PATH", "/nonexistent", 1);   // NOLINT(concurrency-mt-unsafe)
  ::setenv("USER", "nobody-at-all", 1);  // NOLINT(concurrency-mt-unsafe)
}

std::size_t used_bytes() {
  const struct mallinfo2 now = ::mallinfo2();
  return now.uordblks + now.hblkhd;
}

// Until so many or so long.
void call_often(Plugin& plugin, const std::vector<Case>& cases) {
  constexpr std::size_t kCalls = 1000;
  constexpr std::chrono::seconds kLongest{2};
  for (const Case& one : cases) (void)plugin.call(one);
  const auto begin = std::chrono::steady_clock::now();
  const std::size_t before = used_bytes();
  std::size_t calls = 0;
  while (calls < kCalls && std::chrono::steady_clock::now() - begin < kLongest) {
    for (const Case& one : cases) (void)plugin.call(one);
    calls += cases.size();
  }
  const auto grown = static_cast<double>(used_bytes()) - static_cast<double>(before);
  tell({{"calls", calls}, {"bytes_a_call", grown / static_cast<double>(calls)}});
}

}  // namespace

Result<Seen> call_watched(const Subject& subject, const std::vector<Case>& cases) {
  return seen_of(subject, [&] {
    Plugin plugin(subject);
    tell({{"watched", begin_watch()}});
    load(plugin);
    tell({{"tried_loading", take_tried()}});
    for (const Case& one : cases) {
      const Call first = called(plugin, one);
      const Call second = plugin.call(one);
      tell_outcome(one, first);
      if (first.outcome != second.outcome) tell({{"impure", {one.name}}});
    }
    (void)std::fflush(nullptr);
    tell({{"tried_calling", take_tried()}});
  });
}

Result<Seen> call_elsewhere(const Subject& subject, const std::vector<Case>& cases) {
  return seen_of(subject, [&] {
    put_elsewhere();
    Plugin plugin(subject);
    const State before = look();
    load(plugin);
    const State loaded = look();
    tell({{"changed_loading", differences(before, loaded)}});
    for (const Case& one : cases) tell_outcome(one, called(plugin, one));
    const State once = look();
    tell({{"changed_calling", differences(loaded, once)}});
    tell({{"now", "called again and again"}});
    call_often(plugin, cases);
    tell({{"changed_by_more", differences(once, look())}});
  });
}

Result<Seen> call_from_other_versions(const Subject& subject, const std::vector<Case>& cases) {
  return seen_of(subject, [&] {
    Plugin plugin(subject);
    load(plugin);
    for (const Case& one : cases) {
      for (const auto& [host, words] :
           {std::pair{Host::oldest, "an ABI of 1.0: "}, std::pair{Host::newest, "a later ABI: "}}) {
        const Call call = called(plugin, one, host, words);
        tell({{"case", words + one.name}, {"outcome", call.outcome}});
      }
    }
  });
}

Result<Seen> call_unknown_function(const Subject& subject) {
  return seen_of(subject, [&] {
    Plugin plugin(subject);
    tell({{"watched", begin_watch()}});
    load(plugin);
    tell({{"now", "a call of a function that nobody has"}});
    const Call call = plugin.call_function("slipway-check-no-such-function");
    tell({{"case", "unknown"}, {"outcome", call.outcome}, {"ok", call.is_ok}});
    if (!call.complaints.empty()) tell({{"complaints", call.complaints}, {"case", "unknown"}});
  });
}

Result<Seen> call_with_nonsense(const Subject& subject, const std::vector<Case>& cases) {
  return seen_of(subject, [&] {
    Plugin plugin(subject);
    tell({{"watched", begin_watch()}});
    load(plugin);
    for (const Case& one : cases_without_facts(subject)) (void)called(plugin, one);
    Fuzzer fuzzer(cases, subject.wishes.seed);
    for (unsigned round = 1; round <= subject.wishes.rounds; ++round) {
      const std::string number = "round " + std::to_string(round) + ": ";
      tell({{"now", number + "making a document"}});
      (void)called(plugin, fuzzer.next(), Host::this_one, number);
    }
    tell({{"tried_calling", take_tried()}});
  });
}

}  // namespace slipway::check
