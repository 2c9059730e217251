#include "sdk/host/session.hpp"

#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>

#include "sdk/host/values.hpp"

namespace slipway::host {
namespace {

using nlohmann::json;

// A plugin is trusted, but a loop that never ends must not take the host's memory, or its user's screen, with it.
constexpr std::size_t kMostSteps = 10000;  // of a whole plan
constexpr std::size_t kMostStepBytes = std::size_t{16} << 20U;
constexpr std::size_t kMostReports = 100;
constexpr std::size_t kLongestReport = 2048;
constexpr std::size_t kLongestPointer = 1024;
constexpr std::size_t kLongestFact = std::size_t{16} << 20U;

std::string_view view(slipway_text text) {
  return text.size == 0 || text.data == nullptr ? std::string_view()
                                                : std::string_view(text.data, static_cast<std::size_t>(text.size));
}
slipway_text to_c(std::string_view text) { return {text.data(), text.size()}; }

std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

// "plan: step bind: target is "x"; expected …", at the option that asked for the step.
Report about_step(std::string_view text, const Problem& problem) {
  Report report;
  const json step = text.size() > kLongestStep ? json() : parse_json(text).value_or(json());
  report.message = "plan: step";
  if (step.is_object()) {
    if (const auto type = step.find("type"); type != step.end() && type->is_string() && problem.at != "/type") {
      report.message += " " + type->get<std::string>();
    }
    if (const auto from = step.find("from"); from != step.end() && from->is_string())
      report.at = from->get<std::string>();
  }
  report.message += (problem.at.empty() ? " " : ": " + problem.at.substr(1) + " ") + problem.message;
  report.hint = problem.hint;
  return report;
}

}  // namespace

// What the plugin holds of a session. A plugin may keep the pointer beyond its call, so a seat is never freed: it is
// given to a later session, and without one its callbacks fail.
struct Session::Seat {
  slipway_host abi{};
  std::atomic<Session*> session{nullptr};
  std::atomic<pthread_t> thread{};
  std::atomic<bool> called_from_elsewhere{false};

  static Seat& take(Session& session) {
    static auto* const seats = new std::deque<Seat>();
    static std::mutex taking;
    const std::lock_guard lock(taking);
    auto free = std::find_if(seats->begin(), seats->end(), [](const Seat& seat) { return seat.session == nullptr; });
    Seat& seat = free == seats->end() ? seats->emplace_back() : *free;
    seat.thread = ::pthread_self();
    seat.called_from_elsewhere = false;
    seat.session = &session;
    return seat;
  }
};

// The functions that the plugin calls. They are C's, so nothing may be thrown through them.
struct Session::Callbacks {
  template <class Function>
  static std::int32_t status_of(const slipway_host* host, Function function) noexcept {
    auto& seat = *static_cast<Seat*>(host->context);
    if (::pthread_equal(seat.thread, ::pthread_self()) == 0) {
      seat.called_from_elsewhere = true;
      return 1;
    }
    Session* const session = seat.session;
    if (session == nullptr) return 1;
    try {
      return function(*session) ? 0 : 1;
    } catch (...) {  // out of memory; the plugin ends with a failure that finish() tells of
      return 1;
    }
  }

  static std::int32_t get(const slipway_host* host, slipway_text at, slipway_value* out) {
    return status_of(host, [&](Session& session) {
      *out = slipway_value{};
      if (!view(at).empty() && !view(at).starts_with('/')) {
        session.say(SLIPWAY_ERROR, "",
                    session.function() + " read " + shown_name(view(at)) + ", which is no JSON pointer",
                    "a pointer begins with \"/\"");
        return false;
      }
      if (!session.may_read(view(at))) return false;
      if (const json* value = session.look_up(view(at))) session.fill(*value, *out);
      return true;
    });
  }

  static std::int32_t key(const slipway_host* host, slipway_text at, std::uint64_t index, slipway_text* out) {
    return status_of(host, [&](Session& session) {
      *out = slipway_text{};
      const json* value = session.may_read(view(at)) ? session.look_up(view(at)) : nullptr;
      if (value == nullptr || !value->is_object() || index >= value->size()) return false;
      *out = to_c(std::next(value->begin(), static_cast<std::ptrdiff_t>(index)).key());
      return true;
    });
  }

  static std::int32_t as_json(const slipway_host* host, slipway_text at, slipway_text* out) {
    return status_of(host, [&](Session& session) {
      *out = slipway_text{};
      const json* value = session.may_read(view(at)) ? session.look_up(view(at)) : nullptr;
      if (value == nullptr) return false;
      *out = to_c(session.keep(dump(*value)));
      return out->data != nullptr;
    });
  }

  static std::int32_t step(const slipway_host* host, slipway_text text) {
    return status_of(host, [&](Session& session) { return session.add_step(view(text)); });
  }

  static std::int32_t fact(const slipway_host* host, slipway_text name, slipway_text text) {
    return status_of(host, [&](Session& session) { return session.add_fact(view(name), view(text)); });
  }

  static void report(const slipway_host* host, std::int32_t severity, slipway_text at, slipway_text message,
                     slipway_text hint) {
    status_of(host, [&](Session& session) {
      const bool known = severity >= SLIPWAY_ERROR && severity <= SLIPWAY_DEBUG;
      session.say(known ? severity : std::int32_t{SLIPWAY_ERROR}, view(at), view(message), view(hint));
      return true;
    });
  }

  static const void* ability(const slipway_host* host, slipway_text name) {
    const void* found = nullptr;
    status_of(host, [&](Session& session) {
      if (session.ability) found = session.ability(view(name));
      return true;
    });
    return found;
  }
};

std::string shown_name(std::string_view name) {
  constexpr std::size_t kLongestName = 80;
  return "\"" + std::string(name.substr(0, kLongestName)) + (name.size() > kLongestName ? "…" : "") + "\"";
}

Session::Session(const json& document, Entry entry) : document_(document), entry_(entry), seat_(Seat::take(*this)) {
  // Anew each time: the last plugin that had it could write to it.
  seat_.abi = {};
  seat_.abi.struct_size = sizeof(slipway_host);
  seat_.abi.abi_major = SLIPWAY_ABI_MAJOR;
  seat_.abi.abi_minor = SLIPWAY_ABI_MINOR;
  seat_.abi.context = &seat_;
  seat_.abi.get = &Callbacks::get;
  seat_.abi.key = &Callbacks::key;
  seat_.abi.json = &Callbacks::as_json;
  seat_.abi.step = &Callbacks::step;
  seat_.abi.fact = &Callbacks::fact;
  seat_.abi.report = &Callbacks::report;
  seat_.abi.ability = &Callbacks::ability;
}

Session::~Session() { seat_.session = nullptr; }

std::string Session::function() const {
  constexpr std::array<const char*, 4> kWords = {"plan", "resolve", "call", "undo"};
  return kWords.at(static_cast<std::size_t>(entry_));
}

const slipway_host* Session::abi() const { return &seat_.abi; }

bool Session::finish(std::int32_t status) {
  if (options) refuse_unknown_options();
  if (seat_.called_from_elsewhere) {
    say(SLIPWAY_ERROR, "", function() + " called slipway from another thread than the one that it was called on",
        "that is a bug of the plugin: slipway answers that thread alone, and only while " + function() + " runs");
  }
  if (status != 0 && !has_failed_) {
    say(SLIPWAY_ERROR, "", function() + " failed without saying why (status " + std::to_string(status) + ")",
        "that is a bug of the plugin: it calls report() before it fails");
  }
  if (reports_dropped_ > 0) {
    reports.push_back({has_failed_ ? SLIPWAY_ERROR : SLIPWAY_WARNING, "",
                       function() + " had " + std::to_string(reports_dropped_) + " more to report", ""});
  }
  return status == 0 && !has_failed_;
}

void Session::say(int severity, std::string_view at, std::string_view message, std::string_view hint) {
  has_failed_ = has_failed_ || severity == SLIPWAY_ERROR;
  const bool is_again = !reports.empty() && reports.back().severity == severity && reports.back().at == at &&
                        reports.back().message == message && reports.back().hint == hint;
  if (is_again || reports.size() >= kMostReports) {
    ++reports_dropped_;
    return;
  }
  const auto cut = [](std::string_view text) {
    return text.size() <= kLongestReport ? std::string(text) : std::string(text.substr(0, kLongestReport)) + "…";
  };
  reports.push_back({severity, std::string(at.substr(0, kLongestPointer)), cut(message), cut(hint)});
}

// Said once: a loop that does not look at what it is told would say it a million times.
bool Session::refuse_once(bool& told, const std::string& message) {
  if (!told) say(SLIPWAY_ERROR, "", message);
  told = true;
  return false;
}

bool Session::add_step(std::string_view text) {
  if (entry_ != Entry::plan) return refuse_once(told_steps_, function() + " emitted a step; steps belong in plan");
  if (steps.size() >= kMostSteps) {
    return refuse_once(told_steps_, "plan emitted more than " + std::to_string(kMostSteps) + " steps");
  }
  if (step_bytes_ + std::min(text.size(), kLongestStep) > kMostStepBytes) {
    return refuse_once(told_steps_,
                       "plan emitted steps of more than " + std::to_string(kMostStepBytes >> 20U) + " MiB in all");
  }
  step_bytes_ += std::min(text.size(), kLongestStep);
  // Not looked at again: that costs much more than to say it, and a loop would spend its plugin's time on it.
  if (refused_problems_ > 0 && text == refused_step_) {
    reports_dropped_ += refused_problems_;
    return false;
  }
  auto decoded = decode_step(text);
  if (!decoded) {
    constexpr std::size_t kLongestKept = 4096;
    if (text.size() <= kLongestKept) {
      refused_step_ = text;
      refused_problems_ = decoded.error().size();
    }
    for (const Problem& problem : decoded.error()) {
      const Report report = about_step(text, problem);
      say(SLIPWAY_ERROR, report.at, report.message, report.hint);
    }
    return false;
  }
  const std::string word = "step:" + std::string(type_of(decoded->step));
  if (needs && std::find(needs->begin(), needs->end(), word) == needs->end()) {
    const Report report = about_step(text, {"", "is not among what the manifest needs", ""});
    say(SLIPWAY_ERROR, report.at, report.message, "add \"" + word + "\" to \"needs\" in plugin.json");
    return false;
  }
  if (auto problem = problem_of_source(decoded->common.from)) {
    const Report report = about_step(text, *problem);
    say(SLIPWAY_ERROR, "", report.message, report.hint);
    return false;
  }
  steps.push_back(std::move(*decoded));
  return true;
}

bool Session::add_fact(std::string_view name, std::string_view text) {
  const std::string fact = function() + ": fact " + shown_name(name);
  if (entry_ >= Entry::call) {
    say(SLIPWAY_ERROR, "", fact + " comes too late", "facts belong in plan, and in an image plugin's resolve");
    return false;
  }
  if (provides && std::find(provides->begin(), provides->end(), name) == provides->end()) {
    std::string hint = suggest(name, *provides);
    if (hint.empty() || provides->empty()) hint = "add " + shown_name(name) + " to \"provides\" in plugin.json";
    say(SLIPWAY_ERROR, "", fact + " is not among what the manifest provides", hint);
    return false;
  }
  if (std::any_of(facts.begin(), facts.end(), [&](const auto& each) { return each.first == name; })) {
    say(SLIPWAY_ERROR, "", fact + " was handed over twice");
    return false;
  }
  if (text.size() > kLongestFact) {
    say(SLIPWAY_ERROR, "", fact + " is " + std::to_string(text.size()) + " bytes long; at most 16 MiB are taken");
    return false;
  }
  auto value = parse_json(text);
  if (!value) {
    say(SLIPWAY_ERROR, "", fact + " " + value.error().message);
    return false;
  }
  facts.emplace_back(name, std::move(*value));
  return true;
}

}  // namespace slipway::host
