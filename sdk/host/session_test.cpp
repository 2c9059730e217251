#include "sdk/host/session.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <thread>

#include "sdk/host/nesting.hpp"

using namespace slipway::host;
using nlohmann::json;

namespace {

slipway_text text(std::string_view words) { return {words.data(), words.size()}; }
std::string from(slipway_text words) { return std::string(words.data, static_cast<std::size_t>(words.size)); }

slipway_value get(const Session& session, std::string_view at) {
  slipway_value value{};
  CHECK(session.abi()->get(session.abi(), text(at), &value) == 0);
  return value;
}

const json& document() {
  static const json made = json::parse(R"({
    "options": {"upper": "tmpfs", "count": -3, "big": 18446744073709551615, "ratio": 0.5, "on": true, "none": null,
                "list": ["a", "b"], "a/b": {"m~n": "escaped"}, "bytes": {"base64": "/w=="}},
    "facts": {"image": {"id": "x"}}})");
  return made;
}

}  // namespace

TEST_CASE("a plugin reads each kind of value by its pointer") {
  Session session(document());
  CHECK(from(get(session, "/options/upper").text) == "tmpfs");
  CHECK(get(session, "/options/count").kind == SLIPWAY_INTEGER);
  CHECK(get(session, "/options/count").integer == -3);
  CHECK(get(session, "/options/count").real == -3.0);
  CHECK(get(session, "/options/big").kind == SLIPWAY_REAL);
  CHECK(get(session, "/options/ratio").real == 0.5);
  CHECK(get(session, "/options/on").kind == SLIPWAY_BOOLEAN);
  CHECK(get(session, "/options/on").integer == 1);
  CHECK(get(session, "/options/none").kind == SLIPWAY_NULL);
  CHECK(get(session, "/options/list").count == 2);
  CHECK(from(get(session, "/options/list/1").text) == "b");
  CHECK(from(get(session, "/options/a~1b/m~0n").text) == "escaped");
  CHECK(get(session, "/facts").kind == SLIPWAY_OBJECT);
  CHECK(get(session, "").count == 2);
}

TEST_CASE("bytes that are not UTF-8 arrive as plain bytes") {
  Session session(document());
  const slipway_value value = get(session, "/options/bytes");
  CHECK(value.kind == SLIPWAY_TEXT);
  CHECK(from(value.text) == "\xff");
}

TEST_CASE("an absent value is MISSING and no failure") {
  Session session(document());
  for (const char* at :
       {"/options/nowhere", "/options/list/2", "/options/list/01", "/options/list/-", "/options/upper/x"}) {
    CAPTURE(at);
    CHECK(get(session, at).kind == SLIPWAY_MISSING);
  }
  CHECK(session.reports.empty());
}

TEST_CASE("every read is noted, there or not") {
  Session session(document());
  get(session, "/options/upper");
  get(session, "/options/nowhere");
  slipway_text name{};
  CHECK(session.abi()->key(session.abi(), text("/facts"), 0, &name) == 0);
  CHECK(std::set<std::string>(session.reads.begin(), session.reads.end()) ==
        std::set<std::string>{"/facts", "/options/nowhere", "/options/upper"});
}

TEST_CASE("an object's keys come in alphabetical order, as often as asked") {
  const json keys = json::parse(R"({"options": {"b": 1, "c": 2, "a": 3}})");
  Session session(keys);
  std::string all;
  slipway_text name{};
  for (std::uint64_t i = 0; session.abi()->key(session.abi(), text("/options"), i, &name) == 0; ++i) all += from(name);
  CHECK(all == "abc");
  CHECK(session.abi()->key(session.abi(), text("/options/a"), 0, &name) != 0);
}

TEST_CASE("a whole value is handed out as JSON that lives as long as the session") {
  Session session(document());
  slipway_text first{};
  slipway_text second{};
  CHECK(session.abi()->json(session.abi(), text("/facts"), &first) == 0);
  CHECK(session.abi()->json(session.abi(), text("/options/list"), &second) == 0);
  CHECK(from(first) == R"({"image":{"id":"x"}})");
  CHECK(from(second) == R"(["a","b"])");
  CHECK(session.abi()->json(session.abi(), text("/nowhere"), &first) != 0);
}

TEST_CASE("what is no pointer is refused and told") {
  Session session(document());
  slipway_value value{};
  CHECK(session.abi()->get(session.abi(), text("options"), &value) != 0);
  REQUIRE(session.reports.size() == 1);
  CHECK(session.reports[0].message == "plan read \"options\", which is no JSON pointer");
}

TEST_CASE("a step is taken, a wrong one is refused and told at the option that asked for it") {
  Session session(document());
  const slipway_host* host = session.abi();
  CHECK(host->step(host, text(R"({"type":"mask","path":"/proc/kcore"})")) == 0);
  CHECK(host->step(host, text(R"({"type":"mask","path":"kcore","from":"/options/list/0"})")) != 0);
  CHECK(host->step(host, text(R"({"type":"musk"})")) != 0);
  CHECK(host->step(host, text("{")) != 0);
  CHECK(session.steps.size() == 1);
  REQUIRE(session.reports.size() == 3);
  CHECK(session.reports[0].at == "/options/list/0");
  CHECK(session.reports[0].message ==
        "plan: step mask: path is \"kcore\"; expected an absolute path inside the container");
  CHECK(session.reports[1].message == "plan: step: type is \"musk\", no step type of this slipway");
  CHECK(session.reports[1].hint == "did you mean \"mask\"?");
  CHECK(session.reports[2].message == "plan: step is not JSON: it breaks off or goes wrong at byte 2");
  CHECK_FALSE(session.finish(1));
}

TEST_CASE("a step is taken only where the manifest needs its type") {
  Session session(document());
  session.needs = {"step:mask", "fact:image"};
  const slipway_host* host = session.abi();
  CHECK(host->step(host, text(R"({"type":"mask","path":"/x"})")) == 0);
  CHECK(host->step(host, text(R"({"type":"readonly","path":"/x","from":"/options/y"})")) != 0);
  REQUIRE(session.steps.size() == 1);
  REQUIRE(session.reports.size() == 1);
  CHECK(session.reports[0].at == "/options/y");
  CHECK(session.reports[0].message == "plan: step readonly is not among what the manifest needs");
  CHECK(session.reports[0].hint == R"(add "step:readonly" to "needs" in plugin.json)");
}

TEST_CASE("a step says that it is from a fact, from an option of the manifest, or from nothing") {
  struct Row {
    const char* from;
    const char* message;
    const char* hint;
  };
  for (const Row& row :
       {Row{"/options/list/0", "", ""}, Row{"/options", "", ""}, Row{"/facts/image", "", ""},
        Row{"/options/lits/0",
            "plan: step mask: from is \"/options/lits/0\", and the manifest describes no such option",
            "did you mean \"list\"?"},
        Row{"/option/list", "plan: step mask: from is \"/option/list\", which is no place of an option",
            R"(as in "/options/NAME")"}}) {
    INFO(row.from);
    Session session(document());
    session.options = {"list", "name"};
    const std::string step = R"({"type":"mask","path":"/x","from":")" + std::string(row.from) + "\"}";
    const bool is_taken = session.abi()->step(session.abi(), {step.data(), step.size()}) == 0;
    CHECK(is_taken == (*row.message == '\0'));
    CHECK(session.reports.size() == (is_taken ? 0 : 1));
    if (is_taken || session.reports.empty()) continue;
    CHECK(session.reports[0].message == row.message);
    CHECK(session.reports[0].hint == row.hint);
  }
}

TEST_CASE("a fact is taken once, and only where the manifest provides it") {
  Session session(document(), Session::Entry::resolve);
  session.provides = {"image"};
  const slipway_host* host = session.abi();
  CHECK(host->fact(host, text("image"), text(R"({"id":"y"})")) == 0);
  CHECK(host->fact(host, text("image"), text("{}")) != 0);
  CHECK(host->fact(host, text("imgae"), text("{}")) != 0);
  CHECK(host->step(host, text(R"({"type":"mask","path":"/x"})")) != 0);
  REQUIRE(session.facts.size() == 1);
  CHECK(session.facts[0].second["id"] == "y");
  REQUIRE(session.reports.size() == 3);
  CHECK(session.reports[0].message == "resolve: fact \"image\" was handed over twice");
  CHECK(session.reports[1].message == "resolve: fact \"imgae\" is not among what the manifest provides");
  CHECK(session.reports[2].message == "resolve emitted a step; steps belong in plan");
}

TEST_CASE("a fact that is not JSON is refused") {
  Session session(document());
  CHECK(session.abi()->fact(session.abi(), text("x"), text("{,}")) != 0);
  CHECK(session.reports.at(0).message == "plan: fact \"x\" is not JSON: it breaks off or goes wrong at byte 2");
}

TEST_CASE("reports are kept, and what severity is unknown counts as an error") {
  Session session(document());
  const slipway_host* host = session.abi();
  host->report(host, SLIPWAY_WARNING, text("/options/upper"), text("careful"), text("hint"));
  CHECK(session.finish(0));
  host->report(host, 77, text(""), text("odd"), slipway_text{nullptr, 0});
  CHECK(session.reports[1].severity == SLIPWAY_ERROR);
  CHECK_FALSE(session.finish(0));
}

TEST_CASE("a failure of which the plugin says nothing is called its bug") {
  Session session(document());
  CHECK_FALSE(session.finish(42));
  REQUIRE(session.reports.size() == 1);
  CHECK(session.reports[0].message == "plan failed without saying why (status 42)");
}

TEST_CASE("reports are bounded") {
  Session session(document());
  for (int i = 0; i < 2000; ++i) session.abi()->report(session.abi(), 0, text(""), text(std::to_string(i)), text(""));
  CHECK(session.reports.size() == 100);
  CHECK_FALSE(session.finish(0));
  CHECK(session.reports.back().message == "plan had 1900 more to report");
}

TEST_CASE("no exception leaves a callback") {
  Session session(document());
  session.ability = [](std::string_view) -> const void* { throw std::runtime_error("no"); };
  CHECK(session.abi()->ability(session.abi(), text("x")) == nullptr);
}

TEST_CASE("abilities are the caller's") {
  Session session(document());
  CHECK(session.abi()->ability(session.abi(), text("slipway.source.1")) == nullptr);
  static const slipway_source source{};
  session.ability = [](std::string_view name) -> const void* { return name == "slipway.source.1" ? &source : nullptr; };
  CHECK(session.abi()->ability(session.abi(), text("slipway.source.1")) == &source);
}

TEST_CASE("what is said again and again is told once, and how often") {
  Session session(document());
  for (int i = 0; i < 2000; ++i) session.abi()->step(session.abi(), text(R"({"type":"musk"})"));
  CHECK_FALSE(session.finish(0));
  REQUIRE(session.reports.size() == 2);
  CHECK(session.reports[1].message == "plan had 1999 more to report");
}

TEST_CASE("what a plugin hands over without end is refused, and that is said once") {
  struct Row {
    const char* name;
    void (*act)(const slipway_host*);
    std::string message;
  };
  static const std::string kHuge(100'000'000, 'x');
  const std::vector<Row> rows = {
      {"steps",
       [](const slipway_host* host) {
         for (int i = 0; i < 20000; ++i) host->step(host, text(R"({"type":"mask","path":"/x"})"));
       },
       "plan emitted more than 10000 steps"},
      {"large steps",
       [](const slipway_host* host) {
         std::string step = R"({"type":"write","target":"/x","text":")" + std::string(1'000'000, 'x') + "\"}";
         for (int i = 0; i < 30; ++i) host->step(host, text(step));
       },
       "plan emitted steps of more than 16 MiB in all"},
      {"reads",
       [](const slipway_host* host) {
         slipway_value value{};
         for (int i = 0; i < 70000; ++i) host->get(host, text("/options/" + std::to_string(i)), &value);
       },
       "plan read more than 65536 places"},
      {"a long read",
       [](const slipway_host* host) {
         slipway_value value{};
         host->get(host, text("/" + kHuge), &value);
       },
       "plan read a pointer of 100000001 bytes"},
      {"a long read that is no pointer",
       [](const slipway_host* host) {
         slipway_value value{};
         host->get(host, text(kHuge), &value);
       },
       "plan read \"" + std::string(80, 'x') + "…\", which is no JSON pointer"},
      {"a long step", [](const slipway_host* host) { host->step(host, text(kHuge)); },
       "plan: step is 100000000 bytes long; a step has at most 1048576"},
      {"a long fact", [](const slipway_host* host) { host->fact(host, text("x"), text(kHuge)); },
       "plan: fact \"x\" is 100000000 bytes long; at most 16 MiB are taken"},
      {"a fact with a long name", [](const slipway_host* host) { host->fact(host, text(kHuge), text("{")); },
       "plan: fact \"" + std::string(80, 'x') + "…\" is not JSON: it breaks off or goes wrong at byte 2"},
      {"a long report", [](const slipway_host* host) { host->report(host, 0, text(kHuge), text(kHuge), text(kHuge)); },
       std::string(2048, 'x') + "…"},
      {"a deep step", [](const slipway_host* host) { host->step(host, text(std::string(1'000'000, '['))); },
       "plan: step has lists and objects in each other, more than 128 deep"},
      {"a deep fact", [](const slipway_host* host) { host->fact(host, text("x"), text(std::string(10'000'000, '['))); },
       "plan: fact \"x\" has lists and objects in each other, more than 128 deep"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Session session(document());
    row.act(session.abi());
    REQUIRE(session.reports.size() == 1);
    CHECK(session.reports[0].message == row.message);
    CHECK(session.reports[0].at.size() <= 1024);
    CHECK_FALSE(session.finish(0));
  }
}

TEST_CASE("text that is asked for without end is refused") {
  const json large = {{"options", std::string(1'000'000, 'x')}};
  Session session(large);
  slipway_text out{};
  int given = 0;
  while (given < 1000 && session.abi()->json(session.abi(), text("/options"), &out) == 0) ++given;
  CHECK(given == 67);
  CHECK_FALSE(session.finish(0));
  CHECK(session.reports.at(0).message == "plan asked for more than 64 MiB of text");
}

TEST_CASE("brackets in strings do not nest") {
  CHECK_FALSE(nests_too_deep("\"" + std::string(1000, '[') + "\\\"[\""));
  CHECK_FALSE(nests_too_deep(std::string(128, '[')));
  CHECK(nests_too_deep(std::string(129, '{')));
  std::string flat;
  for (int i = 0; i < 1000; ++i) flat += "[]{}";
  CHECK_FALSE(nests_too_deep(flat));
}

TEST_CASE("slipway answers the thread of the call alone, and says who asked") {
  Session session(document());
  const slipway_host* host = session.abi();
  std::int32_t answer = 0;
  std::thread([&] { answer = host->step(host, text(R"({"type":"mask","path":"/x"})")); }).join();
  CHECK(answer != 0);
  CHECK(session.steps.empty());
  CHECK_FALSE(session.finish(0));
  CHECK(session.reports.at(0).message == "plan called slipway from another thread than the one that it was called on");
}

TEST_CASE("after the end of a call its host answers nothing, and belongs to the next call") {
  const slipway_host* kept = nullptr;
  {
    Session first(document());
    kept = first.abi();
    // A plugin that writes to it harms itself alone.
    const_cast<slipway_host*>(kept)->step = nullptr;
  }
  CHECK(kept->fact(kept, text("late"), text("{}")) != 0);
  Session second(document());
  REQUIRE(second.abi() == kept);
  CHECK(kept->step(kept, text(R"({"type":"mask","path":"/x"})")) == 0);
  CHECK(second.steps.size() == 1);
  CHECK(second.facts.empty());
}

TEST_CASE("to read an option by a name that is nearly the manifest's fails the call") {
  Session session(document());
  session.options = {"upper", "list", "p/h"};
  get(session, "/options/p~1h");
  get(session, "/options/list/0");
  get(session, "/options/uper");
  get(session, "/options");
  get(session, "/options/altogether-other");
  get(session, "/facts/nowhere");
  CHECK_FALSE(session.finish(0));
  REQUIRE(session.reports.size() == 1);
  CHECK(session.reports[0].message == "plan read the option \"uper\", which its manifest does not describe");
  CHECK(session.reports[0].hint == "did you mean \"upper\"?");
}

TEST_CASE("a call reads its arguments, and neither steps nor facts are taken of it or its undo") {
  const json arguments = json::parse(R"({"arguments": {"name": "tap0"}})");
  for (const auto& [entry, word] : {std::pair{Session::Entry::call, "call"}, std::pair{Session::Entry::undo, "undo"}}) {
    Session session(arguments, entry);
    CHECK(from(get(session, "/arguments/name").text) == "tap0");
    CHECK(session.abi()->step(session.abi(), text(R"({"type":"mask","path":"/x"})")) != 0);
    CHECK(session.abi()->fact(session.abi(), text("x"), text("{}")) != 0);
    CHECK_FALSE(session.finish(1));
    REQUIRE(session.reports.size() == 2);
    CHECK(session.reports[0].message == std::string(word) + " emitted a step; steps belong in plan");
    CHECK(session.reports[1].message == std::string(word) + ": fact \"x\" comes too late");
  }
}
