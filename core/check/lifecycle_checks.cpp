#include "core/check/subject.hpp"

namespace slipway::check {

void check_lifecycle(const Subject& subject, Report& report) {
  (void)subject;
  (void)report;
}

}  // namespace slipway::check
