#include "core/compare/experiment/shell_words.hpp"

#include <optional>

namespace slipway::compare {
namespace {

constexpr std::string_view kDoing = "split a command into words";
constexpr std::string_view kOperators = "|&;<>()`$*?\n";
constexpr const char* kHint = "no shell reads it: quote the character, or write sh -c '…'";

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  Result<std::vector<std::string>> split() {
    while (at_ < text_.size() && problem_.empty()) step();
    if (problem_.empty()) finish();
    if (!problem_.empty()) return failure(0, kDoing, printable(text_), problem_);
    if (words_.empty()) return failure(0, kDoing, printable(text_), "there is no word in it");
    return std::move(words_);
  }

 private:
  void finish() {
    if (word_) words_.push_back(std::move(*word_));
    word_.reset();
  }

  std::string& word() {
    if (!word_) word_.emplace();
    return *word_;
  }

  void step() {
    const char letter = text_[at_++];
    if (letter == ' ' || letter == '\t') return finish();
    if (letter == '\'') return single();
    if (letter == '"') return twofold();
    if (letter == '\\') return escaped();
    // A comment and a home directory are such at a word's beginning alone.
    const bool is_begin = !word_ && (letter == '#' || letter == '~');
    if (is_begin || kOperators.find(letter) != std::string_view::npos) {
      problem_ = "a shell would not take " + printable(std::string_view(&letter, 1)) + " as it is; " + kHint;
      return;
    }
    word() += letter;
  }

  void escaped() {
    if (at_ == text_.size()) {
      problem_ = "nothing follows the last backslash";
      return;
    }
    word() += text_[at_++];
  }

  void single() {
    const std::size_t end = text_.find('\'', at_);
    if (end == std::string_view::npos) {
      problem_ = "a quote ' is not closed";
      return;
    }
    word() += text_.substr(at_, end - at_);
    at_ = end + 1;
  }

  void twofold() {
    std::string& to = word();
    for (; at_ < text_.size(); ++at_) {
      const char letter = text_[at_];
      if (letter == '"') {
        ++at_;
        return;
      }
      if (letter == '$' || letter == '`') {
        problem_ = std::string("a shell would expand what follows ") + letter + "; " + kHint;
        return;
      }
      // Before other characters a backslash within double quotes is itself.
      const bool escapes = letter == '\\' && at_ + 1 < text_.size() &&
                           std::string_view("$`\"\\").find(text_[at_ + 1]) != std::string_view::npos;
      to += escapes ? text_[++at_] : letter;
    }
    problem_ = "a quote \" is not closed";
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::optional<std::string> word_{};
  std::vector<std::string> words_{};
  std::string problem_{};
};

}  // namespace

Result<std::vector<std::string>> shell_words(std::string_view text) { return Splitter(text).split(); }

}  // namespace slipway::compare
