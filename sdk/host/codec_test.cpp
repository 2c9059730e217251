#include "sdk/host/codec.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace slipway;
using namespace slipway::host;

namespace {

std::string told(const Problems& problems) {
  std::string text;
  for (const Problem& problem : problems) {
    text += problem.at + ": " + problem.message + (problem.hint.empty() ? "" : " (" + problem.hint + ")") + "\n";
  }
  return text;
}

template <class S>
S decoded_as(std::string_view json) {
  const auto step = decode_step(json);
  INFO((step ? "" : told(step.error())));
  REQUIRE(step);
  REQUIRE(std::holds_alternative<S>(step->step));
  return std::get<S>(step->step);
}

}  // namespace

TEST_CASE("a step comes out of its JSON with every kind of member") {
  const auto bind = decoded_as<steps::Bind>(
      R"({"type":"bind","source":"@null","target":"/dev//null/","access":"read_only","flags":["nosuid","noexec"]})");
  CHECK(bind.source.is_reference());
  CHECK(bind.source.reference() == "null");
  CHECK(bind.target.text == "/dev/null");
  CHECK(bind.access == steps::Access::read_only);
  CHECK(bind.flags == std::vector{steps::MountFlag::nosuid, steps::MountFlag::noexec});

  const auto overlay =
      decoded_as<steps::Overlay>(R"({"type":"overlay","lower":["@b","@a"],"size":"64M","target":"/"})");
  CHECK(overlay.lower == std::vector<steps::Reference>{{"b"}, {"a"}});
  CHECK(overlay.upper.name.empty());
  REQUIRE(overlay.size);
  CHECK(overlay.size->bytes == 64ULL << 20U);

  const auto node =
      decoded_as<steps::Mknod>(R"({"type":"mknod","target":"/dev/null","major":1,"minor":3,"mode":"0620"})");
  CHECK(node.mode.bits == 0620);
  CHECK(node.minor == 3);

  CHECK(decoded_as<steps::Exec>(R"({"type":"exec","args":["sh",{"base64":"/w=="}]})").args[1] == "\xff");
}

TEST_CASE("a step's phase is its type's first one where none is given") {
  CHECK(decode_step(R"({"type":"mask","path":"/proc/kcore"})")->phase == steps::Phase::seal);
  CHECK(decode_step(R"({"type":"mask","path":"/proc/kcore","phase":"seal"})")->phase == steps::Phase::seal);
}

TEST_CASE("what every step may carry is read") {
  const auto step = decode_step(
      R"({"type":"unpack","diff_id":"sha256:00","as":"layer0","from":"/options/x","after":["a:b"],"replaces":["c:d"]})");
  REQUIRE(step);
  CHECK(step->common.as == "layer0");
  CHECK(step->common.from == "/options/x");
  CHECK(step->common.after == std::vector<std::string>{"a:b"});
  CHECK(step->common.replaces == std::vector<std::string>{"c:d"});
}

TEST_CASE("each refusal says where, what was found and what is expected") {
  struct Row {
    const char* json;
    const char* message;
  };
  const Row rows[] = {
      {R"(5)", ": is the number 5; expected an object\n"},
      {R"({"type":)", ": is not JSON: it breaks off or goes wrong at byte 9\n"},
      {R"({"type":"mknod","major":1e999})", ": has a number in it that is too large\n"},
      {R"({"type":"bnid"})", "/type: is \"bnid\", no step type of this slipway (did you mean \"bind\"?)\n"},
      {R"({"type":"call"})",
       "/function: is missing: which of its functions; the plugin's own word of at most 64 bytes\n"},
      {R"({"type":"call","function":"f","arguments":[1]})", "/arguments: is a list; expected an object\n"},
      {R"({"type":"call","function":"f","phase":"confine"})",
       "/phase: is \"confine\"; this type stands in \"mount\" or \"prepare\" or \"attach\" or \"seal\" only\n"},
      {R"({"type":"mask"})", "/path: is missing: what is hidden\n"},
      {R"({"type":"mask","path":"/x","pat":1})", "/pat: is no member of this step (did you mean \"path\"?)\n"},
      {R"({"type":"mask","path":"x"})",
       "/path: is \"x\"; expected an absolute path inside the container (write it from the container's root: "
       "\"/…\")\n"},
      {R"({"type":"mask","path":"/a/../b"})", "/path: is \"/a/../b\"; a path inside the container has no \"..\"\n"},
      {R"({"type":"mask","path":"/a\u0000"})", "/path: has a NUL byte in it\n"},
      {R"({"type":"mask","path":7})",
       "/path: is the number 7; expected text (what is not UTF-8 is written {\"base64\": \"…\"})\n"},
      {R"({"type":"mask","path":{"base64":"/w"}})",
       "/path: has bytes that are not base64: \"/w\" (RFC 4648, with padding: \"/w==\")\n"},
      {R"({"type":"mask","path":"/x","phase":"mount"})", "/phase: is \"mount\"; this type stands in \"seal\" only\n"},
      {R"({"type":"mask","path":"/x","phase":"seel"})",
       "/phase: is \"seel\"; expected one of \"resolve\", \"prepare\", \"attach\", \"mount\", \"seal\", \"confine\", "
       "\"exec\", \"teardown\" (did you mean \"seal\"?)\n"},
      {R"({"type":"bind","source":"x","target":"/x"})",
       "/source: is \"x\"; expected an absolute path on the host, or \"@name\" of a result\n"},
      {R"({"type":"bind","source":"@","target":"/x"})",
       "/source: is \"@\"; expected the result of an earlier step (a step with \"as\": \"layer0\" is referred to as "
       "\"@layer0\")\n"},
      {R"({"type":"bind","source":"/x","target":"/x","access":"read_onyl"})",
       "/access: is \"read_onyl\"; expected one of \"read_write\", \"read_only\" (did you mean \"read_only\"?)\n"},
      {R"({"type":"bind","source":"/x","target":"/x","flags":"ro"})", "/flags: is \"ro\"; expected a list\n"},
      {R"({"type":"bind","source":"/x","target":"/x","flags":["nosuid","no"]})",
       "/flags/1: is \"no\"; expected one of \"ro\", \"nosuid\", \"nodev\", \"noexec\", \"relatime\", \"noatime\", "
       "\"strictatime\", \"nodiratime\", \"nosymfollow\" (did you mean \"ro\"?)\n"},
      {R"({"type":"mkdir","target":"/x","mode":755})",
       "/mode: is the number 755; expected permission bits (octal text from \"0\" to \"7777\": \"0755\")\n"},
      {R"({"type":"mkdir","target":"/x","mode":"0855"})",
       "/mode: is \"0855\"; expected permission bits (octal text from \"0\" to \"7777\": \"0755\")\n"},
      {R"({"type":"mknod","target":"/x","major":1.5})", "/major: is the number 1.5; expected an integer of 64 bits\n"},
      {R"({"type":"mknod","target":"/x","major":9223372036854775808})",
       "/major: is the number 9223372036854775808; expected an integer of 64 bits\n"},
      {R"({"type":"overlay","lower":["@a"],"target":"/","size":"64X"})",
       "/size: is \"64X\"; expected a size (a number of bytes, or text with a unit of 1024: \"64K\", \"64M\", \"2G\", "
       "\"1T\")\n"},
      {R"({"type":"overlay","lower":["@a"],"target":"/","size":-1})",
       "/size: is the number -1; expected a size (a number of bytes, or text with a unit of 1024: \"64K\", \"64M\", "
       "\"2G\", \"1T\")\n"},
      {R"({"type":"overlay","lower":[],"target":"/"})", "/lower: is an empty list; expected at least one\n"},
      {R"({"type":"unpack","diff_id":"x","as":"a b"})",
       "/as: is \"a b\"; expected a name (1 to 64 letters, digits, \"_\", \"-\" and \".\")\n"},
      {R"({"type":"unpack","diff_id":"x","as":"root"})", "/as: is \"root\", a name that is slipway's own\n"},
      {R"({"type":"unpack","diff_id":"x","from":"options"})",
       "/from: is \"options\"; expected a JSON pointer (\"/options/upper\")\n"},
      {R"({"type":"unpack","diff_id":"x","after":["a"]})",
       "/after/0: is \"a\"; expected owner:label (\"pseudo-standard:dev\")\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.json);
    const auto step = decode_step(std::string_view(row.json));
    REQUIRE_FALSE(step);
    CHECK(told(step.error()) == row.message);
  }
}

TEST_CASE("all problems of a step are told at once") {
  const auto step = decode_step(R"({"type":"bind","target":"x","acces":"read_only","flags":["x"],"phase":"exec"})");
  REQUIRE_FALSE(step);
  CHECK(step.error().size() == 5);
}

TEST_CASE("a size that does not fit 64 bits is refused") {
  CHECK_FALSE(decode_step(R"({"type":"overlay","lower":["@a"],"target":"/","size":"99999999999T"})"));
  CHECK_FALSE(decode_step(R"({"type":"overlay","lower":["@a"],"target":"/","size":"99999999999999999999"})"));
}

TEST_CASE("a step that is longer than the bound is refused unparsed") {
  const auto step = decode_step(std::string(kLongestStep + 1, '['));
  REQUIRE_FALSE(step);
  CHECK(told(step.error()).find("at most 1048576") != std::string::npos);
}

TEST_CASE("encoding is the inverse of decoding") {
  for (
      const char* json : {
          R"({"type":"bind","phase":"mount","source":"/dev/null","target":"/dev/null","access":"read_only","flags":["ro"]})",
          R"({"type":"overlay","phase":"mount","lower":["@b","@a"],"upper":"@u","size":1048576,"target":"/"})",
          R"({"type":"mkdir","phase":"mount","target":"/x","mode":"1777"})",
          R"({"type":"exec","phase":"exec","args":["sh","a\"b\\\n\u0001",{"base64":"//4="}]})",
          R"({"type":"unpack","phase":"prepare","diff_id":"sha256:00","as":"l","from":"/options","after":["a:b"],"replaces":["c:d"]})",
          R"({"type":"propagation","phase":"mount","spread":"private"})",
          R"({"type":"user","phase":"confine","user":""})",
      }) {
    CAPTURE(json);
    const auto step = decode_step(std::string_view(json));
    INFO((step ? "" : told(step.error())));
    REQUIRE(step);
    CHECK(encode_step(*step) == nlohmann::json::parse(json));
  }
}

TEST_CASE("types are listed in alphabetical order, which is the variant's") {
  const auto types = step_types();
  CHECK(types.size() == std::variant_size_v<steps::Step>);
  CHECK(std::is_sorted(types.begin(), types.end()));
  CHECK(type_of(steps::Bind{}) == "bind");
  CHECK(step_members("mkdir").size() == 2);
  CHECK(step_members("mkdri").empty());
  CHECK_FALSE(step_meaning("bind").empty());
}
