#include "tests/support/process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <sstream>
#include <stdexcept>

namespace slipway::tests {

using linux::Fd;

namespace {

[[noreturn]] void fail(const std::string& doing, int code) {
  throw std::runtime_error(doing + ": " + errno_words(code));
}

linux::Pair make_pipe() {
  auto made = linux::make_pipe();
  if (!made) fail(made.error().doing, made.error().code);
  return std::move(*made);
}

pid_t fork_or_throw() {
  const pid_t pid = ::fork();
  if (pid < 0) fail("fork", errno);
  return pid;
}

int reap(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) fail("waitpid", errno);
  }
  return status;
}

/// Why the child did not become the program; sent over a pipe that exec closes.
struct Stop {
  std::array<char, 32> doing{};
  int code = 0;
};

struct Prepared {
  std::vector<const char*> arguments, environment;
  std::vector<std::string> environment_texts;
};

Prepared prepare(const Command& command) {
  Prepared made;
  for (const std::string& argument : command.arguments) made.arguments.push_back(argument.c_str());
  made.arguments.push_back(nullptr);
  if (command.environment) {
    for (const auto& [name, value] : *command.environment) made.environment_texts.push_back(name + "=" + value);
    for (const std::string& text : made.environment_texts) made.environment.push_back(text.c_str());
    made.environment.push_back(nullptr);
  }
  return made;
}

/// The child's part up to exec: the name of the call that failed; does not return when none did.
const char* become(const Command& command, const Prepared& prepared, int input, int output, int errors) {
  if (command.terminal >= 0) {
    input = output = errors = command.terminal;
    if (::setsid() < 0) return "setsid";
    if (::ioctl(command.terminal, TIOCSCTTY, 0) != 0) return "TIOCSCTTY";
  } else if (::setpgid(0, 0) != 0) {
    return "setpgid";
  }
  if (::dup2(input, 0) < 0 || ::dup2(output, 1) < 0 || ::dup2(errors, 2) < 0) return "dup2";
  ::signal(SIGPIPE, SIG_DFL);
  if (command.mounts != nullptr && ::setns(command.mounts->get(), CLONE_NEWNS) != 0) return "setns";
  // Groups first: setgroups needs the capability that leaving uid 0 takes away.
  if (command.user) {
    const Identity& user = *command.user;
    if (::setgroups(user.groups.size(), user.groups.data()) != 0) return "setgroups";
    if (::setresgid(user.gid, user.gid, user.gid) != 0) return "setresgid";
    if (::setresuid(user.uid, user.uid, user.uid) != 0) return "setresuid";
  }
  // As the user, because a private directory may be closed to everybody else; after setns, which moves it to the root.
  if (!command.directory.empty() && ::chdir(command.directory.c_str()) != 0) return "chdir";
  auto* const* arguments = const_cast<char* const*>(prepared.arguments.data());
  auto* const* environment = command.environment ? const_cast<char* const*>(prepared.environment.data()) : environ;
  // What whoever runs the tests has left open is nobody's business here, and would count against a limit.
  (void)::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  ::execvpe(arguments[0], arguments, environment);
  return "execvpe";
}

void set_nonblocking(const Fd& fd) { ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK); }

/// Appends what can be read now; closes the descriptor at its end.
void read_some(Fd& fd, std::string& to) {
  std::array<char, 65536> buffer{};
  while (fd) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got > 0) {
      to.append(buffer.data(), static_cast<std::size_t>(got));
    } else if (got == 0) {
      fd.reset();
    } else if (errno != EINTR) {
      if (errno != EAGAIN) fail("read a program's output", errno);
      return;
    }
  }
}

}  // namespace

PrivateMounts::PrivateMounts() {
  const linux::Pair ready = make_pipe(), go = make_pipe();
  const pid_t child = fork_or_throw();
  if (child == 0) {
    const bool made = ::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    const int code = made ? 0 : errno;
    char byte = 0;
    if (::write(ready.b.get(), &code, sizeof code) < 0) ::_exit(1);
    // Stays until the parent holds the namespace.
    ::_exit(::read(go.a.get(), &byte, 1) == 1 ? 0 : 1);
  }
  int code = 0;
  const bool told = linux::read_exactly(ready.a, &code, sizeof code).has_value();
  const std::string path = "/proc/" + std::to_string(child) + "/ns/mnt";
  if (told && code == 0) fd_ = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const int open_code = errno;
  (void)linux::write_all(go.b, "x");
  reap(child);
  if (!told || code != 0) fail("make a mount namespace", code);
  if (!fd_) fail("open " + path, open_code);
}

std::vector<std::string> PrivateMounts::mount_points() const {
  const Outcome table = run({.arguments = {"cat", "/proc/self/mountinfo"}, .mounts = this});
  if (table.shell_status() != 0) throw std::runtime_error("read mountinfo: " + table.errors);
  std::vector<std::string> points;
  std::istringstream lines(table.output);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string id, parent, device, root, point;
    words >> id >> parent >> device >> root >> point;
    points.push_back(point);
  }
  return points;
}

Program::Program(const Command& command)
    : to_write_(command.input.value_or("")), deadline_(std::chrono::steady_clock::now() + command.limit) {
  ::signal(SIGPIPE, SIG_IGN);          // a program that does not read its input is no reason to die
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // orphans come to us, where leftovers.hpp finds them
  linux::Pair output = make_pipe(), errors = make_pipe(), stop = make_pipe(), input;
  if (command.input) {
    input = make_pipe();
  } else {
    input.a = Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  }
  const Prepared prepared = prepare(command);
  pid_ = fork_or_throw();
  if (pid_ == 0) {
    Stop why;
    const char* doing = become(command, prepared, input.a.get(), output.b.get(), errors.b.get());
    why.code = errno;
    std::strncpy(why.doing.data(), doing, why.doing.size() - 1);
    (void)!::write(stop.b.get(), &why, sizeof why);
    ::_exit(127);
  }
  stop.b.reset();
  Stop why;
  if (linux::read_exactly(stop.a, &why, sizeof why)) {
    reap(pid_);
    throw std::runtime_error("start " + command.arguments.at(0) + ": " + why.doing.data() + ": " +
                             errno_words(why.code));
  }
  pidfd_ = Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));  // glibc 2.36 declares it for C only
  if (!pidfd_) fail("pidfd_open", errno);
  input_ = std::move(input.b);
  output_ = std::move(output.a);
  errors_ = std::move(errors.a);
  for (const Fd* fd : {&input_, &output_, &errors_}) {
    if (*fd) set_nonblocking(*fd);
  }
}

Program::~Program() {
  if (waited_) return;
  kill_group();
  int status = 0;
  ::waitpid(pid_, &status, 0);
}

void Program::signal(int number) const { ::kill(pid_, number); }

void Program::kill_group() const {
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);  // it may have left its group
}

void Program::drain() {
  read_some(output_, outcome_.output);
  read_some(errors_, outcome_.errors);
}

bool Program::pump() {
  using std::chrono::milliseconds;
  const auto left = std::chrono::duration_cast<milliseconds>(deadline_ - std::chrono::steady_clock::now());
  std::array<pollfd, 4> waiting = {pollfd{pidfd_.get(), POLLIN, 0}, pollfd{output_.get(), POLLIN, 0},
                                   pollfd{errors_.get(), POLLIN, 0}, pollfd{input_.get(), POLLOUT, 0}};
  if (left <= milliseconds(0) || ::poll(waiting.data(), waiting.size(), static_cast<int>(left.count())) == 0) {
    outcome_.timed_out = true;
    kill_group();
    return false;
  }
  drain();
  if (input_ && waiting[3].revents != 0) {
    const ssize_t put = ::write(input_.get(), to_write_.data() + written_, to_write_.size() - written_);
    if (put > 0) written_ += static_cast<std::size_t>(put);
    const bool refused = put < 0 && errno != EAGAIN && errno != EINTR;
    if (refused || written_ == to_write_.size()) input_.reset();
  }
  return waiting[0].revents == 0;
}

bool Program::wait_for_output(std::string_view text) {
  while (outcome_.output.find(text) == std::string::npos) {
    if (!pump()) {
      drain();
      return outcome_.output.find(text) != std::string::npos;
    }
  }
  return true;
}

Outcome Program::wait() {
  while (!outcome_.timed_out && pump()) {
  }
  const int status = reap(pid_);
  waited_ = true;
  drain();
  if (WIFSIGNALED(status)) {
    outcome_.signal = WTERMSIG(status);
  } else {
    outcome_.status = WEXITSTATUS(status);
  }
  return std::move(outcome_);
}

}  // namespace slipway::tests
