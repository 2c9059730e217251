// What a host name is: one rule for what a pipeline, the command line, a file and an image say.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace slipway::linux {

inline constexpr std::size_t kLongestHostName = 64;  // HOST_NAME_MAX; sethostname(2)
inline constexpr const char* kHostNameHint =
    R"(letters, digits, "-" and "_", in parts with a "." between them, of which none begins with "-")";
/// The same as a regular expression, for schemas.
inline constexpr const char* kHostNamePattern = R"(^[A-Za-z0-9_][A-Za-z0-9_-]*(\.[A-Za-z0-9_][A-Za-z0-9_-]*)*$)";

/// Whether it is of the form of hostname(7), "_" besides, which is in use; its length apart.
bool is_host_name(std::string_view name);
/// What a file such as /etc/hostname says, by hostname(5): the first line that is not blank and no comment, without the
/// blanks around it; empty where there is none.
std::string host_name_in(std::string_view text);

}  // namespace slipway::linux
