// Two texts line by line: what one has and the other has not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace slipway::compare {

enum class Side { both, first, second };

struct DiffLine {
  Side side = Side::both;
  std::string text{};
};

/// The lines of both in order, with as many in common as there can be. Texts of more than some thousand lines that
/// differ are told as all the first's and then all the second's. J. W. Hunt and M. D. McIlroy, "An Algorithm for
/// Differential File Comparison", Bell Laboratories, Computing Science Technical Report 41, 1976.
std::vector<DiffLine> line_diff(std::string_view first, std::string_view second);

bool has_differences(const std::vector<DiffLine>& lines);

}  // namespace slipway::compare
