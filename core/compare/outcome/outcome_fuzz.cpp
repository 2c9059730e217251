// Any bytes as a result or as notes: read, and then written and read again to the same; or refused in printable words.
#include <cstdint>
#include <cstdlib>

#include "core/compare/outcome/measures.hpp"
#include "core/compare/outcome/outcome_json.hpp"

namespace {

using namespace slipway;
using namespace slipway::compare;

void require(bool holds) {
  if (!holds) std::abort();
}

void hold_to_it(const Result<Outcome>& outcome) {
  if (!outcome) {
    const std::string words = sentence(outcome.error());
    require(!words.empty() && !outcome.error().hint.empty());
    for (const char c : words) require(static_cast<unsigned char>(c) >= 0x20);
    return;
  }
  const std::string text = to_json(*outcome);
  const auto again = read_outcome(text, "again");
  require(again && to_json(*again) == text);
  for (const std::string& measure : measures_of(*outcome)) {
    const Table table = figures_of(*outcome, measure);
    require(table.of_variant.size() == outcome->variants.size() && table.blocks.size() == whole_blocks(*outcome));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  hold_to_it(read_outcome(text, "a result"));
  hold_to_it(read_notes(text, "notes"));
  return 0;
}
