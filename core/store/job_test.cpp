#include "core/store/job.hpp"

#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <cerrno>

using namespace slipway;
using namespace slipway::store;

TEST_CASE("jobs and answers arrive as they were sent") {
  const LayerSource layer{"sha256:" + std::string(64, 'a'), Compression::zstd, {0, 5, 6}};
  const auto unpack = decode_job(encode(Job{Unpack{{layer}, "1-host-exact"}}));
  REQUIRE(unpack);
  CHECK(std::get<Unpack>(*unpack).layers == std::vector<LayerSource>{layer});
  CHECK(std::get<Unpack>(*unpack).form == "1-host-exact");
  const auto begin = decode_job(encode(Job{Begin{"0:1:1/0:1:1", "image-docker-save", true, false}}));
  REQUIRE(begin);
  CHECK(std::get<Begin>(*begin).plugin == "image-docker-save");
  CHECK(std::get<Begin>(*begin).owners == Owners::squashed);
  const auto named = decode_job(encode(Job{Begin{"", "image-x", false, false, Owners::squashed, false, {"source"}}}));
  CHECK(std::get<Begin>(*named).options == std::vector<std::string>{"source"});
  const auto exact = decode_job(encode(Job{Begin{"", "", true, false, Owners::exact}}));
  REQUIRE(exact);
  CHECK(std::get<Begin>(*exact).owners == Owners::exact);
  const auto entered = decode_answer(encode(Answer{InPlugin{true}}));
  REQUIRE(entered);
  CHECK(std::get<InPlugin>(*entered).is_entered);
  Unpacked some;
  some.losses[layer.diff_id].lose_owner({"home/app", 1000, 50}, true, true);
  const auto unpacked = decode_answer(encode(Answer{some}));
  REQUIRE(unpacked);
  CHECK(std::get<Unpacked>(*unpacked).losses == some.losses);
  const auto failed =
      decode_answer(encode(Answer{Failed{{ENOSPC, "a", "b", "c"}, {{Severity::warning, "/options/x", "m", "h"}}}}));
  REQUIRE(failed);
  CHECK(std::get<Failed>(*failed).error.code == ENOSPC);
  CHECK(std::get<Failed>(*failed).reports.at(0).at == "/options/x");
}

TEST_CASE("an answer that makes no sense is an error and nothing worse") {
  for (const char* text : {"", "[]", "{}", R"({"answer":"later"})", R"({"answer":"unpacked"})",
                           R"({"answer":"unpacked","losses":{"x":"{}"},"entries":0,"bytes":0})",
                           R"({"answer":"failed","code":"x"})", R"({"answer":7})"}) {
    CAPTURE(text);
    const auto answer = decode_answer(text);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == EPROTO);
  }
}

TEST_CASE("what a worker says is made safe for a terminal") {
  const auto failed = decode_answer(encode(Answer{Failed{{0, "\x1b[31m", "\xff", ""}, {}}}));
  REQUIRE(failed);
  CHECK(std::get<Failed>(*failed).error.doing == R"(\x1b[31m)");
}

TEST_CASE("messages keep their borders, and an end is told from a message") {
  auto pair = linux::make_socket_pair(linux::Socket::stream);
  REQUIRE(pair);
  REQUIRE(send_message(pair->a, "one"));
  REQUIRE(send_message(pair->a, ""));
  pair->a.reset();
  CHECK(*receive_message(pair->b) == "one");
  CHECK(receive_message(pair->b)->empty());
  const auto end = receive_message(pair->b);
  REQUIRE_FALSE(end);
  CHECK(end.error().code == ECONNRESET);
}

TEST_CASE("a message longer than the bound is refused before it is read") {
  auto pair = linux::make_socket_pair(linux::Socket::stream);
  REQUIRE(pair);
  REQUIRE(linux::write_all(pair->a, std::string("\xff\xff\xff\x7f", 4)));
  const auto message = receive_message(pair->b);
  REQUIRE_FALSE(message);
  CHECK(message.error().code == EMSGSIZE);
}
