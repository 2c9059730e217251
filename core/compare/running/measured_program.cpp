#include "core/compare/running/measured_program.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "core/linux/clock.hpp"

extern "C" char** environ;

namespace slipway::compare {
namespace {

constexpr std::size_t kAtOnce = std::size_t{64} << 10U;
/// A program that writes without end must not keep the one who measures it from its clock and its signals.
constexpr int kMostReads = 16;
constexpr std::size_t kMostErrors = 4096;
constexpr std::size_t kLargestTiming = std::size_t{16} << 20U;
/// The number that the timing file has in the program, and how the program is told of it.
constexpr int kTimingNumber = 3;
constexpr const char* kTimingPath = "/dev/fd/3";

/// posix_spawn(3)'s two descriptions, which are freed when this goes.
class Spawning {
 public:
  Spawning() {
    (void)::posix_spawn_file_actions_init(&actions_);
    (void)::posix_spawnattr_init(&attributes_);
  }
  ~Spawning() {
    (void)::posix_spawn_file_actions_destroy(&actions_);
    (void)::posix_spawnattr_destroy(&attributes_);
  }
  Spawning(const Spawning&) = delete;
  Spawning& operator=(const Spawning&) = delete;

  void open(int number, const char* path, int flags) {
    note(::posix_spawn_file_actions_addopen(&actions_, number, path, flags, 0));
  }
  void put(const linux::Fd& fd, int number) { note(::posix_spawn_file_actions_adddup2(&actions_, fd.get(), number)); }

  /// A process group of its own, and no signal held back as Interruption does it here.
  void be_usual() {
    sigset_t none;
    sigset_t ignored_here;
    ::sigemptyset(&none);
    ::sigemptyset(&ignored_here);
    ::sigaddset(&ignored_here, SIGPIPE);
    note(::posix_spawnattr_setpgroup(&attributes_, 0));
    note(::posix_spawnattr_setsigmask(&attributes_, &none));
    note(::posix_spawnattr_setsigdefault(&attributes_, &ignored_here));
    note(::posix_spawnattr_setflags(&attributes_,
                                    POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
  }

  int start(pid_t& pid, const std::vector<std::string>& words) {
    if (problem_ != 0) return problem_;
    std::vector<char*> pointers;
    pointers.reserve(words.size() + 1);
    for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
    pointers.push_back(nullptr);
    return ::posix_spawnp(&pid, pointers.front(), &actions_, &attributes_, pointers.data(), environ);
  }

 private:
  void note(int problem) {
    if (problem_ == 0) problem_ = problem;
  }
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
  int problem_ = 0;
};

void read_all_there(const linux::Fd& pipe, linux::Fd& owner, const auto& take) {
  std::array<char, kAtOnce> bytes;
  for (int reads = 0; reads < kMostReads; ++reads) {
    const ssize_t got = ::read(pipe.get(), bytes.data(), bytes.size());
    if (got > 0) {
      take(std::string_view(bytes.data(), static_cast<std::size_t>(got)));
      continue;
    }
    if (got < 0 && errno == EINTR) continue;
    if (got == 0) owner.reset();
    return;
  }
}

Result<linux::Pair> pipe_to_read() {
  auto pipe = linux::make_pipe();
  if (pipe && ::fcntl(pipe->a.get(), F_SETFL, O_NONBLOCK) != 0) return failure(errno, "make a pipe");
  return pipe;
}

}  // namespace

Result<std::unique_ptr<MeasuredProgram>> MeasuredProgram::start(const Order& order) {
  std::unique_ptr<MeasuredProgram> program(new MeasuredProgram(order));
  if (auto started = program->spawn(order); !started) return tl::unexpected(started.error());
  return program;
}

Result<void> MeasuredProgram::spawn(const Order& order) {
  std::vector<std::string> words = order.words;
  auto errors = pipe_to_read();
  if (!errors) return tl::unexpected(errors.error());
  linux::Pair output;
  Spawning spawning;
  spawning.be_usual();
  // Streams first: what they are copies of may have the timing file's number.
  spawning.open(STDIN_FILENO, "/dev/null", O_RDONLY);
  if (order.listen.to_anything()) {
    auto pipe = pipe_to_read();
    if (!pipe) return tl::unexpected(pipe.error());
    output = std::move(*pipe);
    spawning.put(output.b, STDOUT_FILENO);
  } else {
    spawning.open(STDOUT_FILENO, "/dev/null", O_WRONLY);
  }
  spawning.put(errors->b, STDERR_FILENO);
  if (order.timing_at) {
    timing_ = linux::Fd(::memfd_create("slipway-timing", MFD_CLOEXEC));
    if (!timing_) return failure(errno, "make a file for the timing");
    spawning.put(timing_, kTimingNumber);
    words.insert(words.begin() + static_cast<std::ptrdiff_t>(*order.timing_at), {"--timing-file", kTimingPath});
  }
  begun_ns_ = linux::monotonic_ns();
  pid_t pid = 0;
  if (const int problem = spawning.start(pid, words); problem != 0) return failure(problem, "start", words.front());
  pid_ = group_ = pid;
  pidfd_ = linux::Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!pidfd_) return failure(errno, "watch", words.front());
  output_ = std::move(output.a);
  errors_pipe_ = std::move(errors->a);
  return {};
}

MeasuredProgram::~MeasuredProgram() {
  if (pid_ == 0) return;
  kill();
  (void)::waitpid(pid_, nullptr, 0);
}

void MeasuredProgram::add_to(std::vector<pollfd>& all) const {
  all.push_back({pidfd_.get(), POLLIN, 0});
  // A descriptor that is not open is -1, which poll(2) passes over.
  all.push_back({output_.get(), POLLIN, 0});
  all.push_back({errors_pipe_.get(), POLLIN, 0});
}

void MeasuredProgram::look() {
  const std::uint64_t now_ns = linux::monotonic_ns();
  if (linux::has_input(pidfd_)) {
    ended_ns_ = now_ns;
    return finish();
  }
  read_output();
  read_errors();
}

void MeasuredProgram::read_output() {
  if (!output_) return;
  read_all_there(output_, output_, [&](std::string_view bytes) { listening_.hear(bytes, linux::monotonic_ns()); });
}

void MeasuredProgram::read_errors() {
  if (!errors_pipe_) return;
  read_all_there(errors_pipe_, errors_pipe_, [&](std::string_view bytes) {
    errors_.append(bytes.substr(0, kMostErrors - std::min(errors_.size(), kMostErrors)));
  });
}

void MeasuredProgram::finish() {
  int status = 0;
  while (::wait4(pid_, &status, 0, &usage_) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  // What lies in the pipes was written before; what a process left behind writes later is nobody's.
  read_output();
  read_errors();
  listening_.end();
}

void MeasuredProgram::ask_to_end() const {
  if (pid_ != 0) (void)::kill(pid_, SIGTERM);
}

void MeasuredProgram::kill() const {
  if (pid_ != 0) (void)::kill(pid_, SIGKILL);
  if (group_ != 0) (void)::kill(-group_, SIGKILL);
}

std::string MeasuredProgram::timing_text() const {
  std::string text;
  if (!timing_) return text;
  std::array<char, kAtOnce> bytes;
  while (text.size() < kLargestTiming) {
    const ssize_t got = ::pread(timing_.get(), bytes.data(), bytes.size(), static_cast<off_t>(text.size()));
    if (got <= 0) break;
    text.append(bytes.data(), static_cast<std::size_t>(got));
  }
  return text;
}

}  // namespace slipway::compare
