#include "core/linux/granted_ids.hpp"

#include <catch2/catch.hpp>

namespace slipway::linux {
namespace {

TEST_CASE("a user may map the ranges of the file, and the own id alone") {
  const Grantee app{"app", 1001, 1001};
  const std::string text = "app:100000:1000\n1001:101000:1000\nother:300000:1000\nnonsense\napp:200000:10\n";
  struct Row {
    IdRange range;
    bool granted;
  };
  const std::vector<Row> rows = {{{0, 1001, 1}, true},        {{0, 1001, 2}, false},   {{1, 100000, 1000}, true},
                                 {{1, 100500, 1500}, true},   {{1, 99999, 2}, false},  {{1, 101000, 1001}, false},
                                 {{1, 200000, 10}, true},     {{1, 300000, 1}, false}, {{1, 199999, 11}, false},
                                 {{1, 4294967294U, 1}, false}};
  for (const Row& row : rows) {
    INFO(row.range.outside << ":" << row.range.count);
    const auto refused = why_not_granted(row.range, app, "/etc/subuid", text);
    CHECK(refused.has_value() != row.granted);
    if (refused)
      CHECK(*refused == "/etc/subuid gives app the ids 100000 to 100999, 101000 to 101999, 200000 to 200009");
  }
  CHECK(why_not_granted({1, 5, 1}, {"", 7, 7}, "/etc/subgid", text) == "/etc/subgid gives the user 7 no range");
}

}  // namespace
}  // namespace slipway::linux
