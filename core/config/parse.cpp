#include "core/config/parse.hpp"

#include <deque>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "core/config/syntax.hpp"

namespace slipway::config {
namespace {

using nlohmann::json;

// An input iterator that tells how far the parser has read; nlohmann/json itself tells positions of errors only.
class Counting {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Counting(const char* at, const char** reached) : at_(at), reached_(reached) {}
  reference operator*() const { return *at_; }
  Counting& operator++() {
    *reached_ = ++at_;
    return *this;
  }
  Counting operator++(int) {
    Counting old = *this;
    ++*this;
    return old;
  }
  bool operator==(const Counting& other) const { return at_ == other.at_; }
  bool operator!=(const Counting& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  const char** reached_;
};

// The end of the number that begins at `at`, by the grammar of RFC 8259, section 6.
std::size_t number_end(std::string_view text, std::size_t at) {
  const auto is = [&](std::string_view set) {
    return at < text.size() && set.find(text[at]) != std::string_view::npos;
  };
  const auto digits = [&] {
    while (is("0123456789")) ++at;
  };
  if (is("-")) ++at;
  if (is("0"))
    ++at;
  else
    digits();
  if (is(".")) {
    ++at;
    digits();
  }
  if (is("eE")) {
    ++at;
    if (is("+-")) ++at;
    digits();
  }
  return at;
}

/// Receives nlohmann's events; builds the value and notes where each key and value began.
class Builder {
 public:
  Builder(std::string_view text, std::uint32_t source, const char* const* reached, Collector& collector,
          std::string pointer)
      : text_(text), source_(source), reached_(reached), collector_(collector), pointer_(std::move(pointer)) {}

  bool null() { return scalar(json(nullptr)); }
  bool boolean(bool value) { return scalar(json(value)); }
  bool number_integer(json::number_integer_t value) { return number(json(value)); }
  bool number_unsigned(json::number_unsigned_t value) { return number(json(value)); }
  bool number_float(json::number_float_t value, const json::string_t&) { return number(json(value)); }
  bool string(json::string_t& value) {
    refuse_nul(value, next_token());
    return scalar(json(std::move(value)));
  }
  bool binary(json::binary_t&) { return false; }  // comes in binary formats only

  bool start_object(std::size_t) { return open(json::object(), true); }
  bool start_array(std::size_t) { return open(json::array(), false); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(json::string_t& name) {
    Frame& frame = stack_.back();
    key_offset_ = next_token();
    last_end_ = reached();
    after_key_ = true;
    refuse_nul(name, key_offset_);
    pointer_.resize(frame.pointer_size);
    pointer_ = member(pointer_, name);
    const auto [slot, fresh] = frame.node->get_ref<json::object_t&>().try_emplace(name);
    if (fresh) {
      slot_ = &slot->second;
    } else {
      duplicate(name);
    }
    frame.empty = false;
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) {
    const std::size_t opened = stack_.empty() ? 0 : stack_.back().opened;
    tell(explain_syntax(text_, last_end_, state(), opened));
    return false;
  }

  json root{};
  Places::Map origins{};

 private:
  struct Frame {
    json* node = nullptr;
    std::size_t pointer_size = 0;  // the container's own pointer is the beginning of pointer_
    std::size_t opened = 0;
    std::size_t entries = 0;
    bool is_object = false;
    bool empty = true;
  };

  std::size_t reached() const { return static_cast<std::size_t>(*reached_ - text_.data()); }

  // The token that the parser has just read begins behind the last one's end.
  std::size_t next_token() const {
    std::size_t at = skip_blank(text_, last_end_);
    while (at < text_.size() && (text_[at] == ',' || text_[at] == ':')) at = skip_blank(text_, at + 1);
    return at;
  }

  Before state() const {
    if (stack_.empty()) return root_seen_ ? Before::end : Before::start;
    const Frame& frame = stack_.back();
    if (after_key_) return Before::key;
    if (frame.is_object) return frame.empty ? Before::open_object : Before::object_member;
    return frame.empty ? Before::open_list : Before::list_entry;
  }

  void tell(SyntaxError error) {
    collector_.at({source_, static_cast<std::uint32_t>(error.offset)}, {}, std::move(error.message),
                  std::move(error.hint));
  }

  // No text that crosses the plugin boundary or reaches the kernel can hold one.
  void refuse_nul(const std::string& text, std::size_t offset) {
    if (text.find('\0') != std::string::npos) tell({offset, "a NUL character (\"\\u0000\") in a string", {}});
  }

  void duplicate(const std::string& name) {
    std::string hint;
    if (const auto first = origins.find(pointer_); discarded_at_ == 0 && first != origins.end()) {
      first_of_duplicate(first->second, hint);
    }
    collector_.at({source_, static_cast<std::uint32_t>(key_offset_)}, pointer_,
                  "the key \"" + printable(name, 64) + "\" stands twice in one object", std::move(hint));
    slot_ = &discarded_.emplace_back();
    if (discarded_at_ == 0) discarded_at_ = stack_.size();
  }

  void first_of_duplicate(const Origin& first, std::string& hint) const {
    std::size_t line = 1;
    for (const char c : text_.substr(0, first.key_offset)) line += c == '\n' ? 1 : 0;
    hint = "it is first written in line " + std::to_string(line) + "; keep one of the two";
  }

  // Where a value goes: the member whose key was read, or a new entry of the open list.
  json* place_for(std::size_t start) {
    std::size_t key_offset = start;
    json* target = &root;
    if (!stack_.empty()) {
      Frame& frame = stack_.back();
      if (frame.is_object) {
        key_offset = key_offset_;
        target = std::exchange(slot_, nullptr);
      } else {
        pointer_.resize(frame.pointer_size);
        pointer_ += '/';
        pointer_ += std::to_string(frame.entries++);
        target = &frame.node->get_ref<json::array_t&>().emplace_back();
      }
      frame.empty = false;
    }
    root_seen_ = true;
    after_key_ = false;
    if (discarded_at_ == 0) {
      origins.insert_or_assign(
          pointer_, Origin{{source_, static_cast<std::uint32_t>(start)}, static_cast<std::uint32_t>(key_offset)});
    }
    return target;
  }

  void settled() {
    if (discarded_at_ == stack_.size()) discarded_at_ = 0;
  }

  bool scalar(json&& value) {
    *place_for(next_token()) = std::move(value);
    last_end_ = reached();
    settled();
    return true;
  }

  // The parser has read one character past a number, except at the text's end.
  bool number(json&& value) {
    const std::size_t start = next_token();
    *place_for(start) = std::move(value);
    last_end_ = number_end(text_, start);
    settled();
    return true;
  }

  bool open(json&& container, bool is_object) {
    const std::size_t start = next_token();
    if (stack_.size() >= kDeepestNesting) {
      tell({start, "nested deeper than " + std::to_string(kDeepestNesting) + " levels", {}});
      return false;
    }
    json* node = place_for(start);
    *node = std::move(container);
    stack_.push_back(Frame{node, pointer_.size(), start, 0, is_object, true});
    last_end_ = reached();
    return true;
  }

  bool close() {
    pointer_.resize(stack_.back().pointer_size);
    stack_.pop_back();
    last_end_ = reached();
    settled();
    return true;
  }

  std::string_view text_;
  std::uint32_t source_;
  const char* const* reached_;
  Collector& collector_;
  std::vector<Frame> stack_;
  std::string pointer_;
  json* slot_ = nullptr;
  std::deque<json> discarded_;    // values of keys that stand there a second time
  std::size_t discarded_at_ = 0;  // depth of the object with such a key; 0 is none
  std::size_t key_offset_ = 0;
  std::size_t last_end_ = 0;
  bool after_key_ = false;
  bool root_seen_ = false;
};

}  // namespace

Parsed parse(std::string_view text, std::uint32_t source, Collector& collector, const std::string& pointer) {
  Parsed parsed;
  if (text.size() > kLargestText) {
    collector.at({source, 0}, {}, "the text is larger than 1 MiB", "a pipeline is a short text; is this another file?");
    return parsed;
  }
  // nlohmann/json takes a NUL byte for the text's end and would not look at what follows.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    collector.at({source, static_cast<std::uint32_t>(nul)}, {}, "a NUL byte", "is this another kind of file?");
    return parsed;
  }
  const char* reached = text.data();
  Builder builder(text, source, &reached, collector, pointer);
  parsed.complete = json::sax_parse(Counting(text.data(), &reached), Counting(text.data() + text.size(), &reached),
                                    &builder, json::input_format_t::json, true, true);
  parsed.value = std::move(builder.root);
  parsed.origins = std::move(builder.origins);
  return parsed;
}

}  // namespace slipway::config
