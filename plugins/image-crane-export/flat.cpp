#include "flat.hpp"

#include <string_view>

namespace flat {
namespace {

// A flat tar has nothing below it that could be deleted, so these come from a tool that carried no deletions out.
void warn_of_whiteouts(slipway::Resolve& archive) {
  std::size_t count = 0;
  std::string first;
  std::uint64_t index = 0;
  while (const auto entry = archive.entry(index++)) {
    const std::string_view name = entry->name;
    const std::size_t slash = name.rfind('/');
    if (!name.substr(slash == std::string_view::npos ? 0 : slash + 1).starts_with(".wh.")) continue;
    if (count++ == 0) first = name;
  }
  if (count == 0) return;
  archive.warning("/options/source",
                  std::to_string(count) + " names of deletions are left in the tar, the first of them " + first,
                  "there is nothing below that they could delete; make the tar anew with crane export");
}

}  // namespace

void resolve(slipway::Resolve& archive) {
  constexpr const char* kSource = "/options/source";
  if (archive.has("/facts/source/type") && archive.text("/facts/source/type") == "directory") {
    throw slipway::Failure(kSource, "the source is a directory, not a tar", "use image-directory");
  }
  if (!archive.entry(0))
    throw slipway::Failure(kSource, "the archive holds no file", "give a tar of a root filesystem");
  warn_of_whiteouts(archive);
  // Its digest is nowhere told, so slipway finds it out, and calls the image by it.
  archive.fact("image",
               R"({"kind":"flat tar","name":"","settings":{},"layers":[{"compression":"none","offset":0,"size":)" +
                   std::to_string(archive.integer("/facts/source/size")) + "}]}");
}

}  // namespace flat
