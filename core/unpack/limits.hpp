// How much of an archive is still believed to be an image. Each bound is far above what real images have and far
// below what would hurt the host.
#pragma once

#include <cstddef>
#include <cstdint>

namespace slipway::unpack {

/// A full desktop distribution has some 500 000 files; each costs an inode and, in a directory, memory here.
inline constexpr std::uint64_t kMostEntries = 2'000'000;
/// Uncompressed. The largest images in public registries, with whole machine-learning stacks, stay below 40 GiB.
inline constexpr std::uint64_t kMostBytes = std::uint64_t{64} << 30U;
/// A layer may unfold to a thousand times its size: deflate reaches 1032 at best, on nothing but zeros.
inline constexpr std::uint64_t kLargestRatio = 1000;
/// Below this the ratio does not count: a small layer of zeros is no attack.
inline constexpr std::uint64_t kRatioFrom = std::uint64_t{100} << 20U;
/// PATH_MAX less the NUL: no program could name what lies deeper.
inline constexpr std::size_t kLongestName = 4095;
/// NAME_MAX of every Linux file system that matters.
inline constexpr std::size_t kLongestPart = 255;
/// Directories in a name. Real trees stay below 60.
inline constexpr std::size_t kDeepestName = 256;
/// Extended attributes of one entry, and of each (XATTR_SIZE_MAX); xattr(7).
inline constexpr std::size_t kMostXattrs = 64;
inline constexpr std::size_t kLongestXattr = 65536;
/// Entries of the image's archive itself: layers, configurations and their folders, or a whole root filesystem.
inline constexpr std::size_t kMostSourceEntries = kMostEntries;

}  // namespace slipway::unpack
