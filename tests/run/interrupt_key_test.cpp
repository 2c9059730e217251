// Ctrl-C at a container's own terminal, where the kernel keeps it from the program.
#include <catch2/catch.hpp>

#include "tests/run/seat.hpp"

namespace slipway::tests {
namespace {

TEST_CASE("the third Ctrl-C ends a program without a handler on a terminal") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Seat seat(caller);
      seat.run({"sleep", "1000"});
      REQUIRE(seat.terminal().becomes([] { return !descendants_named("sleep").empty(); }));
      REQUIRE(seat.terminal().becomes([&] { return seat.terminal().is_raw(); }));
      for (int i = 0; i < 3; ++i) seat.terminal().type("\x03");
      CHECK(seat.end() == 137);
    }
  }
}

TEST_CASE("two Ctrl-C end nothing that has no handler, and what is typed behind them goes on") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Seat seat(caller);
      seat.run({"cat"});
      REQUIRE(seat.terminal().becomes([&] { return seat.terminal().is_raw(); }));
      seat.terminal().type("\x03\x03still\r");
      CHECK(seat.terminal().shows("still\r\nstill\r\n"));
      seat.terminal().type("\x04");
      CHECK(seat.end() == 0);
    }
  }
}

TEST_CASE("a program gets every Ctrl-C that it has a handler for, or that it reads as a key") {
  struct Row {
    const char* name;
    const char* script;
    const char* told;
  };
  const std::vector<Row> rows = {
      {"a handler", "exec probe interrupts 5", "got 5\r\n"},
      {"keys as they are", "stty -isig -icanon -echo; echo up; dd bs=1 count=5 2>/dev/null | od -An -tx1; exit 3",
       "03 03 03 03 03"},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.name) {
        Seat seat(caller);
        seat.run({"sh", "-c", row.script});
        REQUIRE(seat.terminal().shows("up\r\n"));
        REQUIRE(seat.terminal().becomes([&] { return seat.terminal().is_raw(); }));
        const bool counts = std::string_view(row.told).starts_with("got");
        for (int i = 1; i <= 5; ++i) {
          seat.terminal().type("\x03");
          if (!counts) continue;
          const bool is_heard = seat.terminal().shows("got " + std::to_string(i));
          INFO("Ctrl-C " << i << ": " << seat.terminal().screen());
          REQUIRE(is_heard);
        }
        if (!counts) CHECK(seat.terminal().shows(row.told));
        CHECK(seat.end() == 3);
      }
    }
  }
}

TEST_CASE("with an init the first Ctrl-C ends a program without a handler") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Seat seat(caller);
      seat.run({"--init"}, {"sh", "-c", "echo up; exec sleep 1000"});
      REQUIRE(seat.terminal().shows("up\r\n"));
      REQUIRE(seat.terminal().becomes([&] { return seat.terminal().is_raw(); }));
      seat.terminal().type("\x03");
      CHECK(seat.end() == 130);
    }
  }
}

}  // namespace
}  // namespace slipway::tests
