// Whatever text comes as a step, decoding ends, and what was decoded comes back the same from its own JSON.
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "sdk/host/codec.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto step = slipway::host::decode_step(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!step) return 0;
  const std::string text = slipway::host::encode_step_text(*step);
  const auto again = slipway::host::decode_step(std::string_view(text));
  if (!again || slipway::host::encode_step_text(*again) != text) std::abort();
  return 0;
}
