// A folder for a plugin that is about to be written, made from the SDK's templates.
#pragma once

#include <string>

#include "core/report/report.hpp"

namespace slipway::plugins {

struct NewPlugin {
  std::string name{};
  std::string stage{};
  std::string language = "c++";
  std::string directory{};  ///< what is made; must not be there
};

/// What there is to know of a folder that was made.
struct NewFolder {
  std::string language{};  ///< as people write it: "C++"
  std::string source{};    ///< the file to begin with: "plugin.cpp"
  std::string commands{};  ///< that build and test it, a line each
};

/// Makes the folder, which appears whole or not at all.
Result<NewFolder> make_plugin_folder(const NewPlugin& wanted);

}  // namespace slipway::plugins
