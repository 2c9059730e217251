// Small read-only looks at what the kernel shows of itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::doctor {

/// The text of a small file, without the line's end; nullopt where it cannot be read.
std::optional<std::string> text_of(const std::string& path);
/// The number that a file of /proc or /sys holds.
std::optional<std::int64_t> number_in(const std::string& path);
/// The value of "Name:\tvalue" in /proc/self/status; empty without.
std::string own_status(std::string_view name);
/// Whether this process has the capability (its number) in its effective set.
bool has_capability(unsigned number);
/// Words of a text, split at white space or at `separator`.
std::vector<std::string> words_of(std::string_view text, char separator = ' ');

/// One line of /proc/self/mountinfo, proc_pid_mountinfo(5).
struct MountLine {
  std::string root{}, point{}, options{}, type{}, super_options{};
};
std::vector<MountLine> mounts();
/// Mount points below `directory`, without that one itself.
std::vector<std::string> mounts_below(const std::string& directory);

/// `path`, or the nearest directory above it that is there.
std::string nearest_existing(const std::string& path);
/// "1.5 GiB".
std::string size_text(std::uint64_t bytes);

}  // namespace slipway::doctor
