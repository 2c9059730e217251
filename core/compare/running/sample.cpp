#include "core/compare/running/sample.hpp"

#include <poll.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "core/compare/running/measured_program.hpp"
#include "core/compare/running/timing_file.hpp"
#include "core/linux/clock.hpp"

namespace slipway::compare {
namespace {

using Programs = std::vector<std::unique_ptr<MeasuredProgram>>;

constexpr double kPerSecond = 1e9;
constexpr double kPerMillisecond = 1e6;
constexpr double kBytesPerKilobyte = 1024;
constexpr double kBytesPerBlock = 512;  // of ru_inblock and ru_oublock; getrusage(2)

double milliseconds(std::uint64_t from_ns, std::uint64_t to_ns) {
  return to_ns < from_ns ? 0 : static_cast<double>(to_ns - from_ns) / kPerMillisecond;
}

double milliseconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

double own_peak_bytes() {
  rusage own{};
  (void)::getrusage(RUSAGE_SELF, &own);
  return static_cast<double>(own.ru_maxrss) * kBytesPerKilobyte;
}

/// Waits until all have ended; what is told to end and does not is killed.
class Waiting {
 public:
  Waiting(const Programs& programs, double timeout_s, Interruption& interruption)
      : programs_(programs), interruption_(interruption) {
    set_deadline(timeout_s);
  }

  void wait() {
    while (!all_ended()) {
      std::vector<pollfd> all = {{interruption_.descriptor().get(), POLLIN, 0}};
      for (const auto& program : programs_) {
        if (!program->has_ended()) program->add_to(all);
      }
      (void)::poll(all.data(), all.size(), left_ms());
      for (const auto& program : programs_) {
        if (!program->has_ended()) program->look();
      }
      const bool is_asked = interruption_.look().has_value();
      if (is_asked && !std::exchange(interrupted_, true)) {
        end();
      } else if (interruption_.times() > 1) {
        kill_all();
      } else if (left_ms() == 0) {
        if (!is_ending_) timed_out_ = true;
        end();
      }
    }
    // What it left running would be in the next one's way.
    if (timed_out_ || interrupted_) kill_all();
  }

  [[nodiscard]] bool interrupted() const { return interrupted_; }
  [[nodiscard]] bool timed_out() const { return timed_out_; }

 private:
  [[nodiscard]] bool all_ended() const {
    return std::all_of(programs_.begin(), programs_.end(), [](const auto& program) { return program->has_ended(); });
  }

  void set_deadline(double in_s) {
    deadline_ns_ = linux::monotonic_ns() + static_cast<std::uint64_t>(std::min(in_s, 1e9) * kPerSecond);
  }

  [[nodiscard]] int left_ms() const {
    const std::uint64_t now_ns = linux::monotonic_ns();
    if (now_ns >= deadline_ns_) return 0;
    // Rounded up, so that the time is over when the waiting is.
    return static_cast<int>(std::min<double>(std::ceil(milliseconds(now_ns, deadline_ns_)), 1e9));
  }

  void kill_all() const {
    for (const auto& program : programs_) program->kill();
  }

  void end() {
    if (std::exchange(is_ending_, true) && left_ms() == 0) return kill_all();
    for (const auto& program : programs_) program->ask_to_end();
    set_deadline(kGrace_s);
  }

  const Programs& programs_;
  Interruption& interruption_;
  std::uint64_t deadline_ns_ = 0;
  bool is_ending_ = false;
  bool interrupted_ = false;
  bool timed_out_ = false;
};

FigureMap usage_figures(const rusage& usage) {
  return {{"user", milliseconds(usage.ru_utime)},
          {"system", milliseconds(usage.ru_stime)},
          {"minor_faults", static_cast<double>(usage.ru_minflt)},
          {"major_faults", static_cast<double>(usage.ru_majflt)},
          {"voluntary_switches", static_cast<double>(usage.ru_nvcsw)},
          {"involuntary_switches", static_cast<double>(usage.ru_nivcsw)},
          {"read", static_cast<double>(usage.ru_inblock) * kBytesPerBlock},
          {"written", static_cast<double>(usage.ru_oublock) * kBytesPerBlock}};
}

FigureMap figures_of(const MeasuredProgram& program, const Order& order, double own_peak, bool& recorded) {
  FigureMap figures = usage_figures(program.usage());
  const Listening& output = program.output();
  if (output.first_ns()) figures["first_output"] = milliseconds(program.begun_ns(), *output.first_ns());
  if (output.ready_ns()) figures["ready"] = milliseconds(program.begun_ns(), *output.ready_ns());
  for (const auto& [name, value] : output.values()) figures["value." + name] = value;
  const auto timing = order.timing_at ? read_timing_file(program.timing_text()) : std::nullopt;
  recorded = timing && timing->recorded;
  if (timing) {
    for (const auto& [name, figure] : timing->figures) figures[name] = figure;
  } else {
    // The kernel counts what the process was before exec(2), too, and that was a copy of this one.
    const double peak = static_cast<double>(program.usage().ru_maxrss) * kBytesPerKilobyte;
    if (peak > own_peak) figures["memory.child"] = peak;
  }
  return figures;
}

enum class Together { sum, most, mean };

/// How one figure is made of those of several runs at once.
Together together(std::string_view measure) {
  if (measure == "first_output" || measure == "ready" || measure.starts_with("memory.")) return Together::most;
  return measure.find('.') != std::string_view::npos ? Together::mean : Together::sum;
}

FigureMap joined(const std::vector<FigureMap>& all) {
  if (all.size() == 1) return all.front();
  FigureMap joined;
  for (const FigureMap& one : all) {
    for (const auto& [name, figure] : one) {
      const auto [at, is_new] = joined.emplace(name, figure);
      if (!is_new) at->second = together(name) == Together::most ? std::max(at->second, figure) : at->second + figure;
    }
  }
  for (auto& [name, figure] : joined) {
    if (together(name) == Together::mean) figure /= static_cast<double>(all.size());
  }
  return joined;
}

/// What all of them were together, once they have ended.
void conclude(Programs& programs, const Order& order, int expected, double own_peak, Sample& sample) {
  std::vector<FigureMap> all;
  std::uint64_t first_ns = programs.front()->begun_ns();
  std::uint64_t last_ns = 0;
  sample.recorded = true;
  for (const auto& program : programs) {
    bool recorded = false;
    all.push_back(figures_of(*program, order, own_peak, recorded));
    sample.recorded = sample.recorded && recorded;
    first_ns = std::min(first_ns, program->begun_ns());
    last_ns = std::max(last_ns, program->ended_ns());
  }
  sample.figures = joined(all);
  sample.figures["wall"] = milliseconds(first_ns, last_ns);
  const auto other = std::find_if(programs.begin(), programs.end(),
                                  [&](const auto& program) { return program->status() != expected; });
  const MeasuredProgram& told = other == programs.end() ? *programs.front() : **other;
  sample.status = told.status();
  sample.errors = told.errors();
  sample.output = std::move(programs.front()->output());
}

}  // namespace

Sample run_sample(const Order& order, int expected, Interruption& interruption) {
  Sample sample;
  if (interruption.look()) {
    sample.interrupted = true;
    return sample;
  }
  const double own_peak = own_peak_bytes();
  Programs programs;
  while (programs.size() < std::max<std::size_t>(order.at_once, 1)) {
    auto program = MeasuredProgram::start(order);
    if (!program) {
      sample.problem = sentence(program.error());
      sample.status = program.error().code == ENOENT ? 127 : 126;
      break;
    }
    programs.push_back(std::move(*program));
  }
  if (!sample.problem.empty()) return sample;  // those that were started are killed with their owners
  Waiting waiting(programs, order.timeout_s, interruption);
  waiting.wait();
  sample.interrupted = waiting.interrupted();
  conclude(programs, order, expected, own_peak, sample);
  if (waiting.timed_out()) sample.problem = "it did not end within its time";
  return sample;
}

}  // namespace slipway::compare
