// For tests: writes a page of made-up runs to standard output, so that a browser can look at it.
// made_up_pages plain|hostile|large|bare: as a comparison is; with names out of a nightmare; of many variants, blocks
// and hosts; and of no run at all.
#include <cstdio>
#include <string_view>

#include "core/compare/outcome/test_outcomes.hpp"
#include "core/compare/report/export.hpp"

namespace slipway::compare {
namespace {

Outcome hostile() {
  const std::string evil =
      "<script>document.title='run'</script><img src=http://example.invalid/x onerror=alert(1)>\"'&";
  Outcome outcome = made_up_outcome();
  outcome.factors[0].name = evil;
  for (RunVariant& variant : outcome.variants) {
    variant.variant.name += " " + evil + "\xff\x1b[31m\u202Eesrever";
    variant.command.push_back(evil);
    variant.pipeline += "</pre>" + evil + "\n" + std::string(500, 'w');
    variant.digests[evil] = evil;
  }
  outcome.variants[1].not_comparable = "its output differs: " + evil;
  outcome.hosts[0].facts[evil] = evil + std::string(300, 'x');
  outcome.notes.push_back(evil);
  outcome.experiment = evil + "</style></title>";
  for (Run& run : outcome.runs) {
    run.figures["value.x"] = 1;
    run.figures["span." + evil] = 1;
    if (run.variant == 2) run.failure = evil;
  }
  outcome.question.measures.push_back("value.x");
  return outcome;
}

Outcome large() {
  Outcome outcome = made_up_outcome({.blocks = 400});
  outcome.hosts.resize(12, outcome.hosts.front());
  for (std::size_t i = 0; i < outcome.hosts.size(); ++i) outcome.hosts[i].facts["load before"] = std::to_string(i);
  for (Run& run : outcome.runs) run.host = run.block % outcome.hosts.size();
  return outcome;
}

Outcome made(std::string_view kind) {
  if (kind == "hostile") return hostile();
  if (kind == "large") return large();
  if (kind == "bare") return small_outcome();
  return made_up_outcome();
}

}  // namespace
}  // namespace slipway::compare

int main(int argc, char** argv) {
  using namespace slipway::compare;
  std::fputs(to_html(made(argc > 1 ? argv[1] : "plain")).c_str(), stdout);
}
