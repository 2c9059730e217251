// What a plugin reads of a session: values of the document by their JSON pointers.
#include <charconv>
#include <limits>
#include <slipway/text.hpp>

#include "sdk/host/session.hpp"

namespace slipway::host {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestPointer = 1024;
constexpr std::size_t kMostReads = 65536;
constexpr std::size_t kMostKeptBytes = std::size_t{64} << 20U;

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

// Where a pointer leads from `from`; null where there is nothing.
const json* walk(const json& from, std::string_view pointer) {
  const json* value = &from;
  while (!pointer.empty() && value != nullptr) {
    const std::string token = next_token(pointer);
    if (value->is_object()) {
      const auto found = value->find(token);
      value = found == value->end() ? nullptr : &*found;
    } else {
      value = value->is_array() ? element(*value, token) : nullptr;
    }
  }
  return value;
}

bool is_bytes(const json& value) {
  if (!value.is_object() || value.size() != 1) return false;
  const auto found = value.find("base64");
  return found != value.end() && found->is_string();
}

}  // namespace

bool Session::may_read(std::string_view at) {
  if (at.size() <= kLongestPointer && (reads.size() < kMostReads || reads.contains(at))) return true;
  return refuse_once(told_reads_, at.size() > kLongestPointer
                                      ? function() + " read a pointer of " + std::to_string(at.size()) + " bytes"
                                      : function() + " read more than " + std::to_string(kMostReads) + " places");
}

const json* Session::look_up(std::string_view at) {
  if (reads.find(at) == reads.end()) reads.emplace(at);
  if (at.empty()) return &document_;
  if (at.front() != '/') return nullptr;
  const std::size_t slash = at.rfind('/');
  if (last_holder_ == nullptr || last_at_ != at.substr(0, slash)) {
    last_holder_ = walk(document_, at.substr(0, slash));
    last_at_ = at.substr(0, slash);
  }
  return last_holder_ == nullptr ? nullptr : walk(*last_holder_, at.substr(slash));
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

std::string_view Session::keep(std::string text) {
  if (kept_bytes_ + text.size() > kMostKeptBytes) {
    refuse_once(told_kept_,
                function() + " asked for more than " + std::to_string(kMostKeptBytes >> 20U) + " MiB of text");
    return {};
  }
  kept_bytes_ += text.size();
  return kept_.emplace_back(std::move(text));
}

}  // namespace slipway::host
