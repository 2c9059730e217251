// What went wrong, where, and what to do: errors, places in a configuration, findings.
// Knows nothing of what is being reported on; the bottom of core's dependency graph.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace slipway {

/// One failure, told in parts so that only the command line makes a sentence of it.
struct Error {
  int code = 0;           ///< errno, or 0 when the kernel was not asked
  std::string doing{};    ///< what was being done: "mount overlay"
  std::string subject{};  ///< to what: a path, or a configuration key such as "rootfs.upper"; may be empty
  std::string hint{};     ///< what the user can try; may be empty
};

template <class T>
using Result = tl::expected<T, Error>;

/// Makes the failed side of any Result. Pass `errno` as the first argument: it is read before a string is built.
/// Cold, so that the compiler puts what leads here out of the way of what a start comes by.
[[gnu::cold]] tl::unexpected<Error> failure(int code, std::string_view doing, std::string_view subject = {},
                                            std::string_view hint = {});

/// errno in words ("No space left on device"), thread-safe; "errno 4711" for a number that has none.
std::string errno_words(int code);

/// errno's symbol ("ENOSPC"), and back (also accepts a number); nullopt for an unknown word.
std::string errno_name(int code);
std::optional<int> errno_of(std::string_view name);

/// "mount overlay: /: No space left on device", without the hint.
std::string sentence(const Error& error);

/// Where a value was written.
struct Place {
  enum class Source { none, builtin, file, command_line };
  Source source = Source::none;
  std::string name{};        ///< the file's path, or the option as typed ("--set rootfs.upper")
  std::uint32_t line = 0;    ///< from 1; files only
  std::uint32_t column = 0;  ///< from 1, in bytes; files only
};

/// "pipeline.json:2:27", "--set rootfs.upper", "default"; empty for Source::none.
std::string to_text(const Place& place);

enum class Severity { error, warning, info, debug };

/// One thing to say about a configuration, a plugin or a plan.
struct Finding {
  Severity severity = Severity::error;
  Place place{};
  std::string pointer{};  ///< JSON pointer to the value meant ("/rootfs/upper"); may be empty
  std::string message{};
  std::string hint{};
};

using Findings = std::vector<Finding>;

bool has_errors(const Findings& findings);

/// "pipeline.json:2:27: error: /rootfs/upper: …" and, on a second line, "  hint: …".
std::string to_text(const Finding& finding);

/// The candidate that a mistyped word most likely meant; nullopt when none is near.
std::optional<std::string> nearest_word(std::string_view word, std::span<const std::string> candidates);

/// Text of untrusted origin made safe for a terminal: control characters and bytes that are not UTF-8
/// become \xNN, and what is longer than `limit` bytes is cut with "…".
std::string printable(std::string_view text, std::size_t limit = 512);

}  // namespace slipway
