#include "stop_signal.hpp"

#include <catch2/catch.hpp>
#include <utility>

TEST_CASE(
    "a signal is written with and without SIG, in either case, by number and from the ends of the real-time ones") {
  const auto row = GENERATE(values<std::pair<const char*, int>>({
      {"SIGTERM", 15},
      {"TERM", 15},
      {"term", 15},
      {"SigInt", 2},
      {"2", 2},
      {"64", 64},
      {"SIGQUIT", 3},
      {"WINCH", 28},
      {"KILL", 9},
      {"IOT", 6},
      {"POLL", 29},
      {"RTMIN", 34},
      {"RTMIN+0", 34},
      {"rtmin+3", 37},
      {"RTMAX", 64},
      {"SIGRTMIN+30", 64},
      {"RTMAX-1", 63},
      {"SIGRTMAX-30", 34},
  }));
  INFO(row.first);
  CHECK(signal_of(row.first) == row.second);
}

TEST_CASE("what is no signal is none, whatever it is like") {
  for (const char* word : {"", "0", "65", "-1", "+1", "1x", "SIG", "SIGSIGTERM", "TERM ", "RTMIN+", "RTMIN+31",
                           "RTMIN-1", "RTMAX+1", "RTMAX-31", "RTMIN+x", "RTMID", "99999999999999999999"}) {
    INFO(word);
    CHECK_FALSE(signal_of(word).has_value());
  }
}

TEST_CASE("the nearest right word of a slip is the one that was meant") {
  const auto row = GENERATE(values<std::pair<const char*, const char*>>({{"SIGTREM", "SIGTERM"},
                                                                         {"SIGINTT", "SIGINT"},
                                                                         {"qit", "SIGQUIT"},
                                                                         {"sigusr3", "SIGUSR1"},
                                                                         {"HPU", "SIGHUP"},
                                                                         {"qiut", "SIGQUIT"}}));
  INFO(row.first);
  CHECK(nearest_signal(row.first) == row.second);
}
