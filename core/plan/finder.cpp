#include "core/plan/finder.hpp"

#include "core/plan/facts.hpp"

namespace slipway::plan {

Result<plugins::Finder> finder_for(const std::vector<std::string>& plugin_dirs) {
  auto builtin = plugins::builtin_directory();
  if (!builtin) return tl::unexpected(builtin.error());
  std::vector<plugins::Directory> all = {std::move(*builtin)};
  for (const std::string& directory : plugin_dirs) all.push_back({directory, false});
  return plugins::Finder(std::move(all), vocabulary());
}

}  // namespace slipway::plan
