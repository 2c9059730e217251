#include "core/run/terminal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/run/child_terminal.hpp"
#include "core/run/interrupt_key.hpp"

namespace slipway::run {
namespace {

// A pipe that poll(2) calls writable takes PIPE_BUF bytes without waiting; pipe(7).
constexpr std::size_t kWithoutWaiting = 4096;
constexpr std::size_t kAnyNumber = 65536;
// More than a terminal can hold back (its buffers end at 640 KiB): what comes after that was written after the end.
constexpr std::size_t kMostLeft = std::size_t{1} << 20U;
// How often a run in the background looks whether it has come to the foreground: not every shell tells.
constexpr int kLookAgainMs = 200;

int either(const linux::Fd& own, int stream) { return own ? own.get() : stream; }

}  // namespace

IgnoredSignals::IgnoredSignals() {
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals.at(i), &ignore, &before_.at(i));
}

IgnoredSignals::~IgnoredSignals() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals.at(i), &before_.at(i), nullptr);
}

// The slave's end stays open here too: a program that closes its own streams, and opens /dev/tty later, does not look
// as if the terminal had gone.
Terminal::Terminal(linux::TerminalPair pair, std::string message)
    : pair_(std::move(pair)),
      user_(STDIN_FILENO, std::move(message)),
      own_input_(linux::open_again_nonblocking(STDIN_FILENO, O_RDONLY)),
      own_output_(linux::open_again_nonblocking(STDOUT_FILENO, O_WRONLY)),
      input_(either(own_input_, STDIN_FILENO), pair_.master.get(), kAnyNumber),
      output_(pair_.master.get(), either(own_output_, STDOUT_FILENO), own_output_ ? kAnyNumber : kWithoutWaiting) {}

void Terminal::begin() {
  begun_ = true;
  user_.take();
}

void Terminal::fill(std::span<pollfd> watched) const {
  for (pollfd& one : watched) one = {-1, 0, 0};
  if (!begun_ || !pair_.master) return;
  // What nothing is wanted of is left out altogether, or a hang-up there would wake poll(2) again and again.
  if (input_.wants_to_read() && user_.is_taken()) watched[0] = {either(own_input_, STDIN_FILENO), POLLIN, 0};
  const int events = (output_.wants_to_read() ? POLLIN : 0) | (input_.wants_to_write() ? POLLOUT : 0);
  if (events != 0) watched[1] = {pair_.master.get(), static_cast<short>(events), 0};
  if (output_.wants_to_write()) watched[2] = {either(own_output_, STDOUT_FILENO), POLLOUT, 0};
}

int Terminal::patience_ms() const { return begun_ && !user_.is_taken() ? kLookAgainMs : -1; }

int Terminal::serve(std::span<const pollfd> watched) {
  if (!begun_ || !pair_.master) return 0;
  int interrupts = 0;
  if (!user_.is_taken()) user_.take();
  if (watched[0].revents != 0) {
    const std::string_view typed = input_.read();
    if (user_.is_terminal()) interrupts = interrupts_in(typed, pair_.master);
    // Another job took the terminal between the look and the read.
    if (input_.source_ended() && input_.end_code() == EIO && !linux::in_foreground(STDIN_FILENO)) {
      input_.open_again();
      user_.give_back();
    }
  }
  if (input_.source_ended()) end_input();
  if (watched[1].revents != 0) {
    input_.write();
    output_.read();
  }
  if (watched[2].revents != 0) output_.write();
  if (output_.broken()) hang_up();
  return interrupts;
}

bool Terminal::ignores_interrupts(pid_t first) const { return pair_.master && goes_unheard(first, pair_.master); }

// What a person does who has nothing more to say: the key for the end of file, twice where a line has been begun, since
// the first one then only ends the line (termios(3), VEOF).
void Terminal::end_input() {
  if (input_over_) return;
  const auto modes = linux::modes_of(pair_.master.get());
  const char key = modes && modes->c_cc[VEOF] != 0 ? static_cast<char>(modes->c_cc[VEOF]) : '\x04';
  input_over_ = input_.add(std::string(input_.last() == '\n' ? 1 : 2, key));
}

// Nobody takes the output any more: to the container that is a terminal whose line was cut.
void Terminal::hang_up() {
  pair_.slave.reset();
  pair_.master.reset();
}

void Terminal::resize() const {
  if (pair_.master) copy_size_to(pair_.master);
}

void Terminal::pause() { user_.give_back(); }

void Terminal::go_on() {
  if (begun_) user_.take();
  resize();
}

void Terminal::redraw() const {
  const pid_t group = pair_.master ? linux::foreground_of(pair_.master.get()) : 0;
  if (group > 1) (void)::kill(-group, SIGWINCH);
}

void Terminal::drain(const Signals& signals, const Ending& ending) {
  if (!begun_ || !pair_.master) return;
  for (std::size_t room = kMostLeft; !output_.broken();) {
    const std::size_t before = output_.held();
    // The kernel hands over what is on its way before it says that there is nothing (n_tty_read).
    if (room > 0) output_.read();
    room -= std::min(room, output_.held() - before);
    if (!output_.wants_to_write()) return;
    std::array<pollfd, 2> watched{
        {{either(own_output_, STDOUT_FILENO), POLLOUT, 0}, {signals.descriptor().get(), POLLIN, 0}}};
    const int ready = ::poll(watched.data(), watched.size(), ending.patience_ms());
    if (ready == 0 || (ready < 0 && errno != EINTR)) return;
    if (watched[0].revents != 0) output_.write();
    while (const auto signal = signals.next()) {
      if (asks_to_end(*signal)) return;
    }
  }
}

}  // namespace slipway::run
