// Asks an image plugin what is in a source, and shows it the source.
#pragma once

#include <slipway/plugin.h>

#include <functional>
#include <string>
#include <vector>

#include "core/linux/fd.hpp"
#include "core/report/report.hpp"
#include "core/store/job.hpp"
#include "core/unpack/source.hpp"

namespace slipway::unpack {

/// The ability "slipway.source.1" over a source. One at a time in a process, because the ABI's functions are given
/// nothing that could tell two apart.
class ShownSource {
 public:
  explicit ShownSource(Source& source);
  ~ShownSource();
  ShownSource(const ShownSource&) = delete;
  ShownSource& operator=(const ShownSource&) = delete;
  [[nodiscard]] const slipway_source* abi() const;
};

struct ResolveSource {
  const linux::Fd& file;     ///< or directory
  bool is_unfolded = false;  ///< it is what a compressed source holds
  bool lint = false;         ///< report what is odd about its entries
};
/// Told when the plugin is entered, and when it has come back.
using TellInPlugin = std::function<void(store::InPlugin)>;
struct Resolver {
  std::string plugin{};
  int32_t (*function)(const slipway_host*) = nullptr;
  std::vector<std::string> options{};  ///< that its manifest describes
};
/// Calls the plugin's function and returns the image fact as JSON, checked for shape, and
/// for the digest of the image's configuration. What plugins cannot know is added: how long a source is that was
/// unfolded, and the digest of a layer that none was told of. `document`: {"options": …}.
store::Answer resolve_image(const Resolver& resolver, const std::string& document, const ResolveSource& source,
                            const TellInPlugin& tell);

}  // namespace slipway::unpack
