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

TEST_CASE("a wish for leaks of calls makes no step fail") {
  const auto wish = parse_fault("leaks@call");
  REQUIRE(wish);
  CHECK(wish->is_for_leaks);
  const auto fault = aim(*wish, {});
  REQUIRE(fault);
  CHECK(fault->step == 0);
}

TEST_CASE("any other wish for a fault is refused with an example") {
  const auto text = GENERATE(values<std::string>({"",
                                                  ":",
                                                  "@",
                                                  "17",
                                                  "17:",
                                                  ":ENOSPC",
                                                  "ENOSPC",
                                                  "17:ENOSPCE",
                                                  "17:enospc",
                                                  "a:EIO",
                                                  "1 :EIO",
                                                  "+1:EIO",
                                                  "-1:EIO",
                                                  "0:EIO",
                                                  "99999999999999999999:EIO",
                                                  "17:0",
                                                  "17:134",
                                                  "17:-1",
                                                  "17:1x",
                                                  "EIO@",
                                                  "@overlay",
                                                  "x@overlay",
                                                  "0@overlay",
                                                  "17:kill",
                                                  "17:kill-me",
                                                  "planned",
                                                  "planned:",
                                                  "planned:EIO",
                                                  "plant:kill-child",
                                                  "kill-child:17",
                                                  "kill-child@",
                                                  "none:kill-child"}));
  INFO(text);
  const auto wish = parse_fault(text);
  REQUIRE_FALSE(wish);
  CHECK(wish.error().subject == text);
  CHECK(wish.error().hint == "as in 17:ENOSPC, ENODEV@overlay, 17:kill-child, planned:kill-supervisor or leaks@call");
}

TEST_CASE("a wish for a kill names a step, or a moment between two") {
  struct Row {
    const char* text;
    std::uint32_t number;
    const char* type;
    Moment moment;
    Victim victim;
  };
  const auto row = GENERATE(values<Row>({{"17:kill-supervisor", 17, "", Moment::none, Victim::supervisor},
                                         {"kill-child@overlay", 0, "overlay", Moment::none, Victim::child},
                                         {"kill-worker@unpack", 0, "unpack", Moment::none, Victim::worker},
                                         {"planned:kill-supervisor", 0, "", Moment::planned, Victim::supervisor},
                                         {"child-ready:kill-child", 0, "", Moment::child_ready, Victim::child},
                                         {"unpacking:kill-worker", 0, "", Moment::unpacking, Victim::worker}}));
  INFO(row.text);
  const auto wish = parse_fault(row.text);
  REQUIRE(wish);
  CHECK(wish->number == row.number);
  CHECK(wish->type == row.type);
  CHECK(wish->moment == row.moment);
  CHECK(wish->victim == row.victim);
}
