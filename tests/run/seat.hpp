// Somebody at a pseudo-terminal who runs containers there.
#pragma once

#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <memory>

#include "tests/run/harness.hpp"
#include "tests/support/process_state.hpp"
#include "tests/support/pseudo_terminal.hpp"

namespace slipway::tests {

using Words = std::vector<std::string>;

/// A caller at a terminal, and what runs there.
class Seat {
 public:
  explicit Seat(const Caller& caller) : runner_(shared(caller)), before_(terminal_.modes()) {
    if (caller.user) terminal_.own_by(caller.user->uid);
  }

  // A test that failed leaves nothing that disturbs the next.
  ~Seat() {
    for (const std::string& one : descendants()) {
      ::kill(std::stoi(one), SIGCONT);
      ::kill(std::stoi(one), SIGKILL);
    }
  }
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;
  Seat(Seat&&) = delete;
  Seat& operator=(Seat&&) = delete;

  Seat& run(const Words& options, const Words& command) {
    Words words = {"run"};
    words.insert(words.end(), options.begin(), options.end());
    words.push_back(runner_.box());
    words.insert(words.end(), command.begin(), command.end());
    return start(runner_.command(words));
  }
  Seat& run(const Words& command) { return run({}, command); }

  /// A shell with job control; its prompt is "ready> ".
  Seat& shell(const std::string& program) {
    Command command = runner_.plain(program == "bash" ? Words{"bash", "--norc", "--noprofile", "--noediting", "-i"}
                                                      : Words{program, "-i"});
    (*command.environment)["PS1"] = "ready> ";
    (*command.environment)["ENV"] = "";
    return start(command);
  }
  /// What a shell is to be told to run the box with these words.
  [[nodiscard]] std::string line(const Words& options, const std::string& script) const {
    Words words = {"run"};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {runner_.box(), "sh", "-c", "'" + script + "'"});
    std::string line;
    for (const std::string& word : runner_.command(words).arguments) line += word + " ";
    return line;
  }

  PseudoTerminal& terminal() { return terminal_; }
  Program& program() { return *program_; }
  Runner& runner() { return runner_; }

  /// The status of what was started; the terminal must be as it was, and nothing left.
  int end() {
    CHECK(terminal_.becomes([&] { return has_ended(); }));
    const Outcome outcome = program_->wait();
    INFO(terminal_.screen());
    CHECK(is_as_before());
    CHECK(runner_.leftovers() == "");
    return outcome.shell_status();
  }
  [[nodiscard]] bool is_as_before() const {
    const termios now = terminal_.modes();
    return now.c_lflag == before_.c_lflag && now.c_iflag == before_.c_iflag && now.c_oflag == before_.c_oflag;
  }

 private:
  Seat& start(Command command) {
    command.terminal = terminal_.end_of_programs();
    (*command.environment)["TERM"] = "vt220";
    program_ = std::make_unique<Program>(command);
    return *this;
  }
  [[nodiscard]] bool has_ended() const {
    siginfo_t info{};
    const auto pid = static_cast<id_t>(program_->pid());
    return ::waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0;
  }

  Runner& runner_;
  PseudoTerminal terminal_{};
  termios before_;
  std::unique_ptr<Program> program_{};
};

}  // namespace slipway::tests
