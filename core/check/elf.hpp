// What a shared object says of itself: its symbols, how it is to be mapped. No code of it runs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/report/report.hpp"

namespace slipway::check {

struct Library {
  std::vector<std::string> exports{};    ///< names that others can bind to
  std::vector<std::string> undefined{};  ///< names that it binds to
  bool has_relro = false;
  bool binds_now = false;
  bool has_text_relocations = false;
  bool has_executable_stack = false;  ///< so marked, or not marked at all
  bool has_writable_code = false;     ///< a segment that is both writable and executable
  bool has_unique_symbols = false;    ///< STB_GNU_UNIQUE: one for all libraries of a process
  std::size_t constructors = 0;       ///< entries of DT_INIT_ARRAY, and one for DT_INIT
};

/// For a file of this machine whose manifest was read, so that its headers are known to be whole; elf(5). What leads
/// outside of the file is an error.
Result<Library> read_library(std::string_view bytes);

}  // namespace slipway::check
