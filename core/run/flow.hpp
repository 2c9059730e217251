// Bytes on their way from one descriptor to another through a buffer, as far as neither end has to be waited for.
// Knows nothing of what they mean.
#pragma once

#include <poll.h>

#include <array>
#include <string_view>

namespace slipway::run {

class Flow {
 public:
  /// `most`: how many bytes may be written at once without waiting, once poll(2) says that the target takes some.
  Flow(int from, int to, std::size_t most) : from_(from), to_(to), most_(most) {}

  [[nodiscard]] bool wants_to_read() const { return open_ && end_ < buffer_.size(); }
  [[nodiscard]] bool wants_to_write() const { return begin_ != end_; }
  /// Takes what there is, and shows it. At its end, or where it cannot be read any more, the source is not asked again.
  std::string_view read();
  /// Hands on what the target takes now.
  void write();
  /// Puts bytes behind what was read; false where there is no room.
  bool add(std::string_view bytes);

  /// How many bytes are on their way.
  [[nodiscard]] std::size_t held() const { return end_ - begin_; }
  [[nodiscard]] bool source_ended() const { return !open_; }
  /// The target takes nothing any more.
  [[nodiscard]] bool broken() const { return broken_; }
  /// The last byte that was read; a line break before there is one.
  [[nodiscard]] char last() const { return last_; }
  /// EIO from a terminal may mean that another job has it now: the source is asked again.
  void open_again() { open_ = true; }
  /// What read(2) said when the source ended; 0 for the end of a file.
  [[nodiscard]] int end_code() const { return end_code_; }

 private:
  int from_, to_;
  std::size_t most_;
  std::array<char, 16384> buffer_{};
  std::size_t begin_ = 0, end_ = 0;
  bool open_ = true;
  bool broken_ = false;
  int end_code_ = 0;
  char last_ = '\n';
};

}  // namespace slipway::run
