// What a run begins with before it has read a single word of what it is to do: the signals kept for reading, and the
// container's first process in the namespaces that a pipeline has when it says nothing of them, as most do. Making
// namespaces takes the kernel as long as finding out what to run takes us, and so both go on at the same time. A
// pipeline that wants others has this process ended and another one made.
#pragma once

#include <optional>

#include "core/run/first_process.hpp"
#include "core/run/signals.hpp"

namespace slipway::run {

struct HeadStart {
  Result<Signals> signals;
  Result<linux::IdMap> ids;  ///< those of `isolation.user` "auto"
  /// None where it could not be made: the run then makes it when it knows what it needs, and tells why it cannot.
  FirstProcess first{};
  std::uint64_t begin_ns = 0;  ///< monotonic
  pid_t parent = 0;            ///< of this process; 0 where it is in no pid namespace of ours

  /// `early`: taken where it is one for these namespaces and ids.
  static HeadStart make(FirstProcess early);
};

}  // namespace slipway::run
