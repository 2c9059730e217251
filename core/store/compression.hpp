// How bytes are compressed, by word and by their first bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"

namespace slipway::store {

enum class Compression : std::uint8_t { none, gzip, zstd, xz, bzip2 };

std::string_view to_word(Compression compression);
std::optional<Compression> compression_of(std::string_view word);

/// By the magic numbers that the formats begin with; none of them is what a tar could begin with, or JSON.
Compression compression_by(std::string_view first_bytes);
/// Of a regular file, whose position stays as it is. Looks at no more than those numbers.
Result<Compression> compression_of_file(const linux::Fd& file);

}  // namespace slipway::store
