// Describes a directory tree as text, to compare trees with what they should be and with each other.
#pragma once

#include <map>
#include <string>

namespace slipway::tests {

/// By path below `root` (the root itself is ""), sorted: "d 0755 0:0", "f 4755 0:0 =content", "l 0:0 ->target",
/// "c 0666 0:0 1:3", "p 0644 0:0". Files that are the same inode name the first of them: "h etc/hello".
/// Extended attributes follow as " user.x=y". Content longer than 64 bytes is given as its size.
std::map<std::string, std::string> describe_tree(const std::string& root);

/// One line an entry.
std::string to_text(const std::map<std::string, std::string>& tree);

}  // namespace slipway::tests
