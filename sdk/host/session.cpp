#include "sdk/host/session.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <slipway/text.hpp>

namespace slipway::host {
namespace {

using nlohmann::json;

// A plugin is trusted, but a loop that never ends must not take the host's memory with it.
constexpr std::size_t kMostSteps = 65536;
constexpr std::size_t kMostReports = 1000;
constexpr std::size_t kLongestFact = std::size_t{16} << 20U;

std::string_view view(slipway_text text) {
  return text.size == 0 || text.data == nullptr ? std::string_view()
                                                : std::string_view(text.data, static_cast<std::size_t>(text.size));
}
slipway_text to_c(std::string_view text) { return {text.data(), text.size()}; }

// RFC 6901, section 4: the token up to the next "/", unescaped.
std::string next_token(std::string_view& pointer) {
  pointer.remove_prefix(1);
  std::string token;
  while (!pointer.empty() && pointer.front() != '/') {
    if (pointer.starts_with("~1") || pointer.starts_with("~0")) {
      token += pointer[1] == '1' ? '/' : '~';
      pointer.remove_prefix(2);
    } else {
      token += pointer.front();
      pointer.remove_prefix(1);
    }
  }
  return token;
}

const json* element(const json& list, std::string_view token) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  const bool number = error == std::errc{} && end == token.data() + token.size();
  if (!number || (token.size() > 1 && token.front() == '0') || index >= list.size()) return nullptr;
  return &list[index];
}

bool is_bytes(const json& value) {
  if (!value.is_object() || value.size() != 1) return false;
  const auto found = value.find("base64");
  return found != value.end() && found->is_string();
}

std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

// "step bind: target is "x"; expected …", at the option that asked for the step.
Report about_step(std::string_view text, const Problem& problem) {
  Report report;
  const json step = text.size() > kLongestStep ? json() : json::parse(text.begin(), text.end(), nullptr, false);
  report.message = "step";
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

// The functions that the plugin calls. They are C's, so nothing may be thrown through them.
struct Session::Callbacks {
  static Session& of(const slipway_host* host) { return *static_cast<Session*>(host->context); }

  template <class Function>
  static std::int32_t status_of(Function function) noexcept {
    try {
      return function() ? 0 : 1;
    } catch (...) {  // out of memory; the plugin ends with a failure that finish() tells of
      return 1;
    }
  }

  static std::int32_t get(const slipway_host* host, slipway_text at, slipway_value* out) {
    return status_of([&] {
      *out = slipway_value{};
      if (!view(at).empty() && !view(at).starts_with('/')) {
        of(host).say(SLIPWAY_ERROR, "", "the plugin read \"" + std::string(view(at)) + "\", which is no JSON pointer",
                     "a pointer begins with \"/\"");
        return false;
      }
      if (const json* value = of(host).look_up(view(at))) of(host).fill(*value, *out);
      return true;
    });
  }

  static std::int32_t key(const slipway_host* host, slipway_text at, std::uint64_t index, slipway_text* out) {
    return status_of([&] {
      *out = slipway_text{};
      const json* value = of(host).look_up(view(at));
      if (value == nullptr || !value->is_object() || index >= value->size()) return false;
      *out = to_c(std::next(value->begin(), static_cast<std::ptrdiff_t>(index)).key());
      return true;
    });
  }

  static std::int32_t as_json(const slipway_host* host, slipway_text at, slipway_text* out) {
    return status_of([&] {
      *out = slipway_text{};
      const json* value = of(host).look_up(view(at));
      if (value == nullptr) return false;
      *out = to_c(of(host).keep(dump(*value)));
      return true;
    });
  }

  static std::int32_t step(const slipway_host* host, slipway_text text) {
    return status_of([&] { return of(host).add_step(view(text)); });
  }

  static std::int32_t fact(const slipway_host* host, slipway_text name, slipway_text text) {
    return status_of([&] { return of(host).add_fact(view(name), view(text)); });
  }

  static void report(const slipway_host* host, std::int32_t severity, slipway_text at, slipway_text message,
                     slipway_text hint) {
    status_of([&] {
      const bool known = severity >= SLIPWAY_ERROR && severity <= SLIPWAY_DEBUG;
      of(host).say(known ? severity : std::int32_t{SLIPWAY_ERROR}, std::string(view(at)), std::string(view(message)),
                   std::string(view(hint)));
      return true;
    });
  }

  static const void* ability(const slipway_host* host, slipway_text name) {
    const void* found = nullptr;
    status_of([&] {
      if (of(host).ability) found = of(host).ability(view(name));
      return true;
    });
    return found;
  }
};

Session::Session(const json& document, Entry entry) : document_(document), entry_(entry) {
  abi_.struct_size = sizeof(slipway_host);
  abi_.abi_major = SLIPWAY_ABI_MAJOR;
  abi_.abi_minor = SLIPWAY_ABI_MINOR;
  abi_.context = this;
  abi_.get = &Callbacks::get;
  abi_.key = &Callbacks::key;
  abi_.json = &Callbacks::as_json;
  abi_.step = &Callbacks::step;
  abi_.fact = &Callbacks::fact;
  abi_.report = &Callbacks::report;
  abi_.ability = &Callbacks::ability;
}

bool Session::finish(std::int32_t status) {
  const bool told = std::any_of(reports.begin(), reports.end(),
                                [](const Report& report) { return report.severity == SLIPWAY_ERROR; });
  if (status != 0 && !told) {
    say(SLIPWAY_ERROR, "", "the plugin failed without saying why (status " + std::to_string(status) + ")",
        "that is a bug of the plugin: it calls report() before it fails");
  }
  return status == 0 && !told;
}

void Session::say(int severity, std::string at, std::string message, std::string hint) {
  if (reports.size() < kMostReports) {
    reports.push_back({severity, std::move(at), std::move(message), std::move(hint)});
  }
}

bool Session::add_step(std::string_view text) {
  if (entry_ != Entry::plan) {
    say(SLIPWAY_ERROR, "", "the plugin emitted a step while it resolved the image", "steps belong in plan");
    return false;
  }
  if (steps.size() >= kMostSteps) {
    say(SLIPWAY_ERROR, "", "the plugin emitted more than " + std::to_string(kMostSteps) + " steps");
    return false;
  }
  auto decoded = decode_step(text);
  if (!decoded) {
    for (const Problem& problem : decoded.error()) {
      Report report = about_step(text, problem);
      say(SLIPWAY_ERROR, std::move(report.at), std::move(report.message), std::move(report.hint));
    }
    return false;
  }
  steps.push_back(std::move(*decoded));
  return true;
}

bool Session::add_fact(std::string_view name, std::string_view text) {
  const std::string fact = "fact \"" + std::string(name) + "\"";
  if (provides && std::find(provides->begin(), provides->end(), name) == provides->end()) {
    say(SLIPWAY_ERROR, "", fact + " is not among what the manifest provides", suggest(name, *provides));
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
  json value = json::parse(text.begin(), text.end(), nullptr, false);
  if (value.is_discarded()) {
    say(SLIPWAY_ERROR, "", fact + " is not JSON");
    return false;
  }
  facts.emplace_back(name, std::move(value));
  return true;
}

const json* Session::look_up(std::string_view at) {
  if (reads.find(at) == reads.end()) reads.emplace(at);
  if (!at.empty() && at.front() != '/') return nullptr;
  const json* value = &document_;
  while (!at.empty() && value != nullptr) {
    const std::string token = next_token(at);
    if (value->is_object()) {
      const auto found = value->find(token);
      value = found == value->end() ? nullptr : &*found;
    } else {
      value = value->is_array() ? element(*value, token) : nullptr;
    }
  }
  return value;
}

void Session::fill(const json& value, slipway_value& out) {
  switch (value.type()) {
    case json::value_t::null:
      out.kind = SLIPWAY_NULL;
      break;
    case json::value_t::boolean:
      out.kind = SLIPWAY_BOOLEAN;
      out.integer = value.get<bool>() ? 1 : 0;
      break;
    case json::value_t::number_unsigned:
      out.real = value.get<double>();
      // What does not fit an int64_t is told as a real number rather than wrapped.
      out.kind = SLIPWAY_REAL;
      if (value.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) break;
      [[fallthrough]];
    case json::value_t::number_integer:
      out.kind = SLIPWAY_INTEGER;
      out.integer = value.get<std::int64_t>();
      out.real = static_cast<double>(out.integer);
      break;
    case json::value_t::number_float:
      out.kind = SLIPWAY_REAL;
      out.real = value.get<double>();
      break;
    case json::value_t::string:
      out.kind = SLIPWAY_TEXT;
      out.text = to_c(value.get_ref<const std::string&>());
      break;
    case json::value_t::array:
      out.kind = SLIPWAY_ARRAY;
      out.count = value.size();
      break;
    default:
      out.kind = SLIPWAY_OBJECT;
      out.count = value.size();
      if (is_bytes(value)) {  // bytes that are not UTF-8, in their JSON form
        if (auto bytes = from_base64(value["base64"].get_ref<const std::string&>())) {
          out.kind = SLIPWAY_TEXT;
          out.count = 0;
          out.text = to_c(keep(std::move(*bytes)));
        }
      }
      break;
  }
}

std::string_view Session::keep(std::string text) { return kept_.emplace_back(std::move(text)); }

}  // namespace slipway::host
