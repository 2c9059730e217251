#include <unistd.h>

#include <cerrno>

#include "core/steps/steps.hpp"

namespace slipway::steps {

std::string summary(const Hostname& step) { return step.name; }

std::string problem_of(const Hostname& step) {
  constexpr std::size_t kLongest = 64;  // HOST_NAME_MAX; sethostname(2)
  return step.name.empty() || step.name.size() > kLongest ? "a host name has 1 to 64 bytes" : "";
}

Result<void> apply(const Hostname& step, Inside&) {
  if (::sethostname(step.name.data(), step.name.size()) != 0) return failure(errno, "set the host name", step.name);
  return {};
}

}  // namespace slipway::steps
