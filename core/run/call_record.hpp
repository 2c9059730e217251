// A call outside of the container as a journal names it: all that its undo needs, in whatever process that happens.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/plan/caller.hpp"

namespace slipway::run {

struct CallRecord {
  plan::Library library{};
  std::string function{};
  steps::Phase phase{};
  std::uint32_t timeout_s = 0;
  std::size_t inputs = 0;  ///< how many it had
  std::string arguments{};
  friend bool operator==(const CallRecord&, const CallRecord&) = default;
};

/// "make_table of net-table": for messages.
std::string to_text(const CallRecord& record);

/// As a line of a journal, and back; nullopt for a line that is none.
std::string to_line(const CallRecord& record);
std::optional<CallRecord> call_of(std::string_view line);

}  // namespace slipway::run
