// An image out of one tar of a root filesystem, with a command of its own. It runs in slipway's sandboxed worker.
#include <slipway/plugin.hpp>

#include "options.hpp"  // struct Options, made from plugin.json

namespace {

std::string list_of(const std::vector<std::string>& words) {
  std::string json;
  for (const std::string& word : words) {
    json += json.empty() ? "[" : ",";
    slipway::append_json_bytes(json, word);
  }
  return json.empty() ? "[]" : json + "]";
}

struct @CLASS@ {
  Options options;

  void resolve(slipway::Resolve& archive) const {
    // What is thrown becomes an error at the place where the option was written.
    if (archive.text("/facts/source/type") == "directory")
      throw slipway::Failure("/options/source", "the source is a directory, not a tar", "use image-directory");
    if (!archive.entry(0)) throw slipway::Failure("/options/source", "the archive holds no file");
    // The whole archive is one layer. Whose digest is told nowhere, slipway finds out.
    archive.fact("image", R"({"kind":"tar with a command","name":"","settings":{"cmd":)" + list_of(options.command) +
                              R"(},"layers":[{"compression":"none","offset":0,"size":)" +
                              std::to_string(archive.integer("/facts/source/size")) + "}]}");
  }
};

}  // namespace

SLIPWAY_PLUGIN(@CLASS@)
