#include "core/run/flow.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace slipway::run {

std::string_view Flow::read() {
  if (!wants_to_read()) return {};
  const ssize_t got = ::read(from_, buffer_.data() + end_, buffer_.size() - end_);
  if (got > 0) {
    end_ += static_cast<std::size_t>(got);
    last_ = buffer_[end_ - 1];
    return {buffer_.data() + end_ - got, static_cast<std::size_t>(got)};
  }
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return {};
  end_code_ = got < 0 ? errno : 0;
  open_ = false;
  return {};
}

void Flow::write() {
  if (!wants_to_write()) return;
  const ssize_t put = ::write(to_, buffer_.data() + begin_, std::min(end_ - begin_, most_));
  if (put < 0) {
    if (errno == EAGAIN || errno == EINTR) return;
    broken_ = true;
    begin_ = end_ = 0;
    return;
  }
  begin_ += static_cast<std::size_t>(put);
  if (begin_ == end_) begin_ = end_ = 0;
}

bool Flow::add(std::string_view bytes) {
  if (buffer_.size() - end_ < bytes.size()) return false;
  std::memcpy(buffer_.data() + end_, bytes.data(), bytes.size());
  end_ += bytes.size();
  return true;
}

}  // namespace slipway::run
