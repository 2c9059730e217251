// One program, from its start to what the kernel says of it at its end. For sample.cpp alone.
#pragma once

#include <poll.h>
#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/compare/running/sample.hpp"
#include "core/linux/fd.hpp"

namespace slipway::compare {

class MeasuredProgram {
 public:
  /// Starts it in a process group of its own, so that Ctrl-C reaches who measures and not what is measured.
  static Result<std::unique_ptr<MeasuredProgram>> start(const Order& order);
  MeasuredProgram(const MeasuredProgram&) = delete;
  MeasuredProgram& operator=(const MeasuredProgram&) = delete;
  /// Kills it where it has not ended.
  ~MeasuredProgram();

  /// What is to be waited for.
  void add_to(std::vector<pollfd>& all) const;
  /// Takes what has come.
  void look();
  [[nodiscard]] bool has_ended() const { return pid_ == 0; }

  /// SIGTERM, to the program alone: it ends what it has started itself.
  void ask_to_end() const;
  /// SIGKILL, to all of its group, whether it has ended or not.
  void kill() const;

  [[nodiscard]] std::uint64_t begun_ns() const { return begun_ns_; }
  [[nodiscard]] std::uint64_t ended_ns() const { return ended_ns_; }
  /// As $? has it.
  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] const rusage& usage() const { return usage_; }
  [[nodiscard]] Listening& output() { return listening_; }
  [[nodiscard]] const Listening& output() const { return listening_; }
  [[nodiscard]] const std::string& errors() const { return errors_; }
  /// What slipway wrote to its timing file; empty of another program.
  [[nodiscard]] std::string timing_text() const;

 private:
  explicit MeasuredProgram(const Order& order) : listening_(order.listen) {}
  Result<void> spawn(const Order& order);
  void read_output();
  void read_errors();
  void finish();

  Listening listening_;
  std::string errors_{};
  pid_t pid_ = 0;
  pid_t group_ = 0;
  linux::Fd pidfd_{}, output_{}, errors_pipe_{}, timing_{};
  std::uint64_t begun_ns_ = 0, ended_ns_ = 0;
  int status_ = 0;
  rusage usage_{};
};

}  // namespace slipway::compare
