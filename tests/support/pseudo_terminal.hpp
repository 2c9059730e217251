// A terminal for tests: programs run on it, and the test is who sits there, types and reads.
// Knows nothing of slipway. What goes wrong in the terminal itself is thrown as std::runtime_error.
#pragma once

#include <sys/types.h>
#include <termios.h>

#include <functional>
#include <string>
#include <string_view>

#include "core/linux/fd.hpp"

namespace slipway::tests {

class PseudoTerminal {
 public:
  explicit PseudoTerminal(unsigned short rows = 24, unsigned short columns = 80);

  /// The end that programs have; Command::terminal takes it.
  [[nodiscard]] int end_of_programs() const { return slave_.get(); }
  void own_by(uid_t user) const;

  void type(std::string_view keys) const;
  /// Waits for `text` in what has been written since the last text that was waited for; false when it does not come.
  bool shows(std::string_view text);
  /// All that has been written so far.
  const std::string& screen();
  /// Waits until `happens`, reading on.
  bool becomes(const std::function<bool()>& happens);

  void resize(unsigned short rows, unsigned short columns) const;
  [[nodiscard]] termios modes() const;
  /// Whether keys are handed on one by one and not shown.
  [[nodiscard]] bool is_raw() const;
  [[nodiscard]] pid_t foreground() const;

 private:
  void read();
  linux::Fd master_{}, slave_{};
  std::string screen_{};
  std::size_t looked_at_ = 0;
};

}  // namespace slipway::tests
