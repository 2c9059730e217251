#include "sdk/host/guard.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace slipway::host {
namespace {

// What a signal handler may look at: plain memory that is there before the signal is.
struct Inside {
  volatile sig_atomic_t active = 0;
  std::array<char, 72> plugin{};
  std::array<char, 32> function{};
  long limit_ms = 0;
  int exit_status = 125;
};
Inside inside;

// The same for what stands around a line.
constexpr std::size_t kLongestFrame = 2048;
struct Frame {
  std::array<char, kLongestFrame> before{};
  std::array<char, kLongestFrame> behind{};
};
Frame frame;

// The handler's own stack, because a plugin that ran out of its stack is one of the cases.
constexpr std::size_t kStackSize = std::size_t{64} << 10U;
alignas(16) std::array<char, kStackSize> handler_stack;

template <std::size_t Size>
void copy(std::array<char, Size>& to, std::string_view from) {
  const std::size_t count = std::min(from.size(), Size - 1);
  std::copy_n(from.begin(), count, to.begin());
  to[count] = '\0';
}

// A line put together without malloc; signal-safety(7).
class Line {
 public:
  Line& operator<<(const char* text) {
    while (*text != '\0' && size_ < bytes_.size()) bytes_[size_++] = *text++;
    return *this;
  }
  Line& operator<<(long number) {
    std::array<char, 24> digits{};
    std::size_t at = digits.size() - 1;
    do {
      digits[--at] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number > 0);
    return *this << &digits[at];
  }
  // In one call, so that nothing comes between.
  void print() const {
    const bool is_framed = frame.before.front() != '\0';
    const char* const before = is_framed ? frame.before.data() : "slipway: error: ";
    const char* const behind = is_framed ? frame.behind.data() : "\n";
    std::array<iovec, 3> parts{};
    parts[0] = {const_cast<char*>(before), std::strlen(before)};
    parts[1] = {const_cast<char*>(bytes_.data()), size_};
    parts[2] = {const_cast<char*>(behind), std::strlen(behind)};
    const ssize_t written = ::writev(STDERR_FILENO, parts.data(), static_cast<int>(parts.size()));
    (void)written;  // there is nobody left to tell
  }

 private:
  std::array<char, 400> bytes_{};
  std::size_t size_ = 0;
};

// What _exit(2) does; see below why it is not called.
[[noreturn]] void end_process(int status) {
  while (true) ::syscall(SYS_exit_group, status);
}

void on_signal(int signal, siginfo_t* info, void* /*context*/) {
  const bool is_timer = signal == SIGVTALRM && info->si_code == SI_TIMER;
  if (signal == SIGVTALRM && !is_timer) return;
  if (inside.active == 0) {
    if (is_timer) return;  // it fired while the plugin returned
    // slipway's own crash: as if there were no handler. A fault happens again on return; the others are sent again.
    struct sigaction standard {};
    standard.sa_handler = SIG_DFL;
    ::sigaction(signal, &standard, nullptr);
    ::raise(signal);
    return;
  }
  Line line;
  line << "plugin " << inside.plugin.data();
  if (is_timer) {
    line << " hangs in " << inside.function.data() << ": no answer after " << inside.limit_ms << " ms";
  } else {
    const char* words = ::sigdescr_np(signal);
    line << " crashed in " << inside.function.data() << ": " << (words != nullptr ? words : "a fatal signal");
    if (signal == SIGABRT) line << " (abort, or an exception that nobody caught)";
  }
  line.print();
  end_process(inside.exit_status);
}

// exit() within a plugin would end the program with the plugin's status, as if all had gone well.
void exit_in_plugin() {
  if (inside.active == 0) return;
  Line line;
  line << "plugin " << inside.plugin.data() << " called exit in " << inside.function.data()
       << "; that is a bug of the plugin";
  line.print();
  end_process(inside.exit_status);
}

// Who stands at a breakpoint takes longer than any plugin may. Asked once: a process is begun under its debugger.
bool is_debugged() {
  static const bool kIsDebugged = [] {
    std::array<char, 1024> status{};
    const int file = ::open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    const ssize_t size = ::read(file, status.data(), status.size());
    ::close(file);
    const std::string_view text(status.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    constexpr std::string_view kTracer = "\nTracerPid:\t";
    const std::size_t at = text.find(kTracer);
    return at != std::string_view::npos && !text.substr(at + kTracer.size()).starts_with("0\n");
  }();
  return kIsDebugged;
}

bool make_timer(int signal, timer_t& timer) {
  struct sigevent event {};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = signal;
  return ::timer_create(CLOCK_MONOTONIC, &event, &timer) == 0;
}

void set_timer(timer_t timer, std::chrono::milliseconds limit) {
  struct itimerspec when {};
  when.it_value.tv_sec = static_cast<time_t>(limit.count() / 1000);
  when.it_value.tv_nsec = static_cast<long>(limit.count() % 1000) * 1'000'000;
  ::timer_settime(timer, 0, &when, nullptr);
}

void watch_exits() {
  static const bool kWatched = std::atexit(&exit_in_plugin) == 0 && std::at_quick_exit(&exit_in_plugin) == 0;
  (void)kWatched;
}

}  // namespace

}  // namespace slipway::host

// Nobody hears of these two. A program's own functions come before libc's where a library looks for them, and so these
// are what a plugin calls. (One that makes the system call itself is not noticed: plugins are trusted code.)
extern "C" {
[[gnu::visibility("default")]] void _exit(int status) {
  slipway::host::exit_in_plugin();
  slipway::host::end_process(status);
}
[[gnu::visibility("default")]] void _Exit(int status) noexcept { ::_exit(status); }
}

namespace slipway::host {

void frame_lines(std::string_view before, std::string_view behind) {
  const bool fits = before.size() < kLongestFrame && behind.size() < kLongestFrame;
  copy(frame.before, fits ? before : std::string_view());
  copy(frame.behind, fits ? behind : std::string_view());
}

Guard::Guard() {
  watch_exits();
  stack_t stack{};
  stack.ss_sp = handler_stack.data();
  stack.ss_size = handler_stack.size();
  ::sigaltstack(&stack, &stack_before_);
  struct sigaction action {};
  action.sa_sigaction = &on_signal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  ::sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &action, &before_[i]);
  if (is_debugged()) return;
  has_timer_ = make_timer(SIGVTALRM, timer_);
  // What a plugin can hold back or ignore does not end it; SIGKILL it cannot.
  has_last_timer_ = has_timer_ && make_timer(SIGKILL, last_timer_);
  if (!has_last_timer_) timer_problem_ = errno;
}

Guard::~Guard() {
  if (has_timer_) ::timer_delete(timer_);
  if (has_last_timer_) ::timer_delete(last_timer_);
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &before_[i], nullptr);
  ::sigaltstack(&stack_before_, nullptr);
}

void Guard::begin(std::string_view plugin, std::string_view what, std::chrono::milliseconds limit, int exit_status) {
  copy(inside.plugin, plugin);
  copy(inside.function, what);
  inside.limit_ms = static_cast<long>(limit.count());
  inside.exit_status = exit_status;
  if (timer_problem_ != 0) die_without_timer();
  // The caller may have blocked every signal for a signalfd. A blocked fault kills without the handler.
  sigset_t ours;
  ::sigemptyset(&ours);
  for (const int signal : kSignals) ::sigaddset(&ours, signal);
  ::pthread_sigmask(SIG_UNBLOCK, &ours, &mask_before_);
  inside.active = 1;
  if (has_timer_) set_timer(timer_, limit);
  if (has_last_timer_) set_timer(last_timer_, limit + kGrace);
}

void Guard::end() {
  inside.active = 0;
  constexpr std::chrono::milliseconds kNever{0};
  if (has_timer_) set_timer(timer_, kNever);
  if (has_last_timer_) set_timer(last_timer_, kNever);
  ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

// A hang would be for ever. Each timer counts as a pending signal, of which a user may have so many; timer_create(2).
void Guard::die_without_timer() const {
  const char* why = ::strerrordesc_np(timer_problem_);
  Line line;
  line << "plugin " << inside.plugin.data() << " is not entered in " << inside.function.data()
       << ": no timer can be made to limit it: " << (why != nullptr ? why : "unknown error")
       << (timer_problem_ == EAGAIN ? " (raise the limit of pending signals: ulimit -i)" : "");
  line.print();
  end_process(inside.exit_status);
}

void Guard::die_of_exception() {
  Line line;
  line << "plugin " << inside.plugin.data() << " let an exception escape from " << inside.function.data()
       << "; that is a bug of the plugin";
  line.print();
  end_process(inside.exit_status);
}

}  // namespace slipway::host
