// Any bytes as a pipeline file: read or refused with a place inside the text, never more.
#include <cstdint>
#include <cstdlib>

#include "core/config/test_catalogue.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace slipway;
  using namespace slipway::config;
  static TestCatalogue plugins;
  static const Catalogue catalogue = plugins.catalogue();
  const std::string text(data, data + size);
  // What stands behind the first NUL, if anything, is a --set as well, laid over a pipeline that is right.
  const std::size_t nul = text.find('\0');
  Request request = request_for(nul == std::string::npos ? text : R"({"image": {"source": "/a"}})");
  if (nul != std::string::npos) {
    if (auto change = parse_set(std::string_view(text).substr(nul + 1)))
      request.overrides.push_back(std::move(*change));
    if (auto change = parse_use(std::string_view(text).substr(0, nul))) request.overrides.push_back(std::move(*change));
  }
  const auto pipeline = read_pipeline(request, catalogue);
  if (!pipeline) {
    require(!pipeline.error().empty());
    for (const Finding& finding : pipeline.error()) {
      require(!finding.message.empty());
      require(finding.place.line <= text.size() + 1 && finding.place.column <= text.size() + 1);
      for (const char c : to_text(finding)) require(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
    }
    return 0;
  }
  for (const StageUse& use : pipeline->stages) require(use.manifest != nullptr && use.options.is_object());
  return 0;
}
