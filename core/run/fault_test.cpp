#include <catch2/catch.hpp>
#include <cerrno>

#include "core/run/container.hpp"

using namespace slipway::run;

TEST_CASE("a wish for a fault names a step by its number or its type") {
  struct Row {
    const char* text;
    std::uint32_t number;
    const char* type;
    int code;
  };
  const auto row = GENERATE(values<Row>({{"17:ENOSPC", 17, "", ENOSPC},
                                         {"1:28", 1, "", 28},
                                         {"10000:EPERM", 10000, "", EPERM},
                                         {"ENODEV@overlay", 0, "overlay", ENODEV},
                                         {"19@link_up", 0, "link_up", 19}}));
  INFO(row.text);
  const auto wish = parse_fault(row.text);
  REQUIRE(wish);
  CHECK(wish->number == row.number);
  CHECK(wish->type == row.type);
  CHECK(wish->code == row.code);
}

TEST_CASE("any other wish for a fault is refused with an example") {
  const auto text =
      GENERATE(values<std::string>({"",         ":",         "@",          "17",        "17:",
                                    ":ENOSPC",  "ENOSPC",    "17:ENOSPCE", "17:enospc", "a:EIO",
                                    "1 :EIO",   "+1:EIO",    "-1:EIO",     "0:EIO",     "99999999999999999999:EIO",
                                    "17:0",     "17:134",    "17:-1",      "17:1x",     "EIO@",
                                    "@overlay", "x@overlay", "0@overlay"}));
  INFO(text);
  const auto wish = parse_fault(text);
  REQUIRE_FALSE(wish);
  CHECK(wish.error().subject == text);
  CHECK(wish.error().hint == "as in 17:ENOSPC or ENODEV@overlay");
}
