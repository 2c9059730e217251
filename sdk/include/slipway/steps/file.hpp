#ifndef SLIPWAY_STEPS_FILE_HPP
#define SLIPWAY_STEPS_FILE_HPP

#include <slipway/steps/shape.hpp>

namespace slipway::steps {

enum class Absent : std::uint8_t { refused, empty };

/// Covers a path with a file of the container's own, in memory: a bind mount, so that the image's file stays as it is
/// below. The path is made where it is missing, and a link in its place is replaced, not followed; directories on the
/// way are followed through links of the image's, inside of the container only. Errors: EISDIR where a directory is in
/// its place, ENOENT where what is to be copied is missing, EFBIG where that has more than 1 MiB.
struct File {
  Path target{};
  std::string text{};
  HostPath copy_of{};
  Absent absent = Absent::refused;
  Mode mode{0644};
};

template <>
struct Words<Absent> {
  static constexpr std::array<std::string_view, 2> words{"refused", "empty"};
};

template <>
struct Shape<File> {
  static constexpr std::string_view type = "file";
  static constexpr std::string_view meaning = "covers a path with a file of the container's own";
  static constexpr std::array phases{Phase::mount};
  static constexpr std::tuple fields{
      required("target", &File::target, "the path"),
      optional("text", &File::text, "the file's content; default empty"),
      optional("copy_of", &File::copy_of,
               "absolute path of a file on the host whose content is taken instead, as it is at the start"),
      optional("absent", &File::absent, "what a missing copy_of means: refused (default), or empty: an empty file"),
      optional("mode", &File::mode, "permission bits; default 0644"),
  };
};

}  // namespace slipway::steps

#endif
