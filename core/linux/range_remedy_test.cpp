#include "core/linux/range_remedy.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace slipway::linux;

TEST_CASE("who lacks a range is told the command that gives one, behind everybody else's and large enough") {
  struct Row {
    const char* name;
    RangeGiven given;
    std::uint32_t uid, gid;
    std::string remedy;
  };
  const char* const kOther = "other:100000:65536\nlast:4000000000:65536\n";
  const std::vector<Row> rows = {
      {"nobody has a range",
       {"ann", 1000, "", ""},
       1000,
       50,
       "as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ann"},
      {"others have ranges",
       {"ann", 1000, "other:100000:65536\n", "other:100000:70000\n"},
       1000,
       50,
       "as root: usermod --add-subuids 170000-235535 --add-subgids 170000-235535 ann"},
      {"a higher id than usual",
       {"ann", 1000, "", ""},
       100000,
       50,
       "as root: usermod --add-subuids 100000-199999 --add-subgids 100000-199999 ann"},
      {"the range is too small for users alone",
       {"ann", 1000, "ann:100000:999\n", "ann:100000:999\n"},
       1000,
       999,
       "as root: usermod --add-subuids 100999-166534 ann"},
      {"the range is too small for groups alone",
       {"ann", 1000, "1000:100000:65536\n", "1000:100000:50\n"},
       1000,
       51,
       "as root: usermod --add-subgids 165536-231071 ann"},
      {"a user whom no file names",
       {"", 4242, "", ""},
       1000,
       1000,
       "as root: add the line 4242:100000:65536 to each of /etc/subuid and /etc/subgid"},
      {"a user whom no file names, with groups",
       {"", 4242, "", "4242:100000:65536\n"},
       1000,
       1000,
       "as root: add the line 4242:165536:65536 to /etc/subuid"},
      {"a range without the programs",
       {"ann", 1000, "ann:1:65536\n", "ann:1:65536\n", false},
       1000,
       1000,
       "install newuidmap and newgidmap (the package uidmap)"},
      {"neither",
       {"ann", 1000, "", "", false},
       1,
       1,
       "as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ann, and install newuidmap and "
       "newgidmap (the package uidmap)"},
      {"all there is is given away",
       {"ann", 1000, kOther, kOther},
       4000000000,
       1,
       "no range of subordinate ids can hold an id as high as that"},
      {"nothing is lacking", {"ann", 1000, "ann:1:65536\n", "ann:1:65536\n"}, 1000, 1000, ""},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(range_remedy(row.given, row.uid, row.gid) == row.remedy);
  }
}
