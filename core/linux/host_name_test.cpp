#include "core/linux/host_name.hpp"

#include <catch2/catch.hpp>

namespace slipway::linux {

TEST_CASE("a host name is letters, digits, - and _ in parts divided by dots") {
  for (const char* name : {"box", "Box-7", "a_b", "box.example.org", "7", "0-0", "x-"}) {
    CAPTURE(name);
    CHECK(is_host_name(name));
  }
  for (const char* name : {"", "a b", "-x", ".", "a.", ".a", "a..b", "a.-b", "a/b", "a\nb", "b\xc3\xbcro", "${name}"}) {
    CAPTURE(name);
    CHECK_FALSE(is_host_name(name));
  }
}

TEST_CASE("a file's host name is its first line that is not blank and no comment") {
  CHECK(host_name_in("box\n") == "box");
  CHECK(host_name_in("# of hostname(5)\n\n  \t box \r\nmore\n") == "box");
  CHECK(host_name_in("box") == "box");
  CHECK(host_name_in("a b\n") == "a b");
  CHECK(host_name_in("# none\n\n").empty());
}

}  // namespace slipway::linux
