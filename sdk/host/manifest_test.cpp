#include "sdk/host/manifest.hpp"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

using namespace slipway::host;

namespace {

std::string told(const Problems& problems) {
  std::string text;
  for (const Problem& problem : problems) {
    text += problem.at + ": " + problem.message + (problem.hint.empty() ? "" : " (" + problem.hint + ")") + "\n";
  }
  return text;
}

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A file without a name that holds the bytes.
class File {
 public:
  explicit File(const std::string& bytes) : fd_(::memfd_create("note", MFD_CLOEXEC)) {
    REQUIRE(fd_ >= 0);
    REQUIRE(::write(fd_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  ~File() { ::close(fd_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

tl::expected<std::string, NoteProblem> note_in(const std::string& bytes) {
  return read_manifest_note(File(bytes).fd());
}

const std::string& fixture() {
  static const std::string bytes = bytes_of(SLIPWAY_FIXTURES "/fixture-c.so");
  return bytes;
}

std::string manifest(const std::string& change = {}) {
  nlohmann::json all = nlohmann::json::parse(R"({
    "name": "fs-x", "version": "1.2", "stage": "rootfs", "abi": "1.0", "description": "d",
    "needs": ["step:bind", "step:bind.access", "fact:image", "ability:slipway.source.1"], "provides": ["image"],
    "namespaces": {"net": "host"}, "options": {"type": "object", "additionalProperties": false}})");
  if (!change.empty()) all.merge_patch(nlohmann::json::parse(change));
  return all.dump();
}

}  // namespace

TEST_CASE("a manifest is read out of a library, which has it without its indentation") {
  const auto text = note_in(fixture());
  REQUIRE(text);
  const std::string written = bytes_of(SLIPWAY_SOURCE "/tests/fixtures/fixture-c/plugin.json");
  CHECK(nlohmann::json::parse(*text) == nlohmann::json::parse(written));
  CHECK(text->find("\n ") == std::string::npos);
  const auto parsed = parse_manifest(*text);
  REQUIRE(parsed);
  CHECK(parsed->name == "fixture-c");
}

TEST_CASE("a manifest is still there when the library was stripped") {
  char path[] = "/tmp/slipway-strip-XXXXXX";
  const int fd = ::mkstemp(path);
  REQUIRE(fd >= 0);
  ::close(fd);
  const std::string command = std::string("strip --strip-all -o ") + path + " " + SLIPWAY_FIXTURES "/fixture-c.so";
  const int status = std::system(command.c_str());
  const std::string stripped = status == 0 ? bytes_of(path) : std::string();
  ::unlink(path);
  if (status != 0) {
    WARN("SKIPPED: there is no strip (binutils)");
    return;
  }
  CHECK(stripped.size() < fixture().size());
  CHECK(note_in(stripped).has_value());
}

TEST_CASE("what is no plugin is told from what is a damaged one") {
  std::string other = fixture();
  other[offsetof(ElfW(Ehdr), e_machine)] = static_cast<char>(EM_SPARCV9);
  std::string narrow = fixture();
  narrow[EI_CLASS] = sizeof(void*) == 8 ? ELFCLASS32 : ELFCLASS64;
  std::string program = fixture();
  program[offsetof(ElfW(Ehdr), e_type)] = ET_EXEC;
  std::string anonymous = fixture();
  anonymous.replace(anonymous.find("slipway\0", 0, 8), 7, "slipwax");
  struct Row {
    std::string bytes;
    NoteError kind;
    const char* message;
  };
  const Row rows[] = {
      {"", NoteError::not_elf, "is empty"},
      {"#!/bin/sh\necho hello\n", NoteError::not_elf, "is a text file, not a shared object"},
      {"!<arch>\n", NoteError::not_elf, "is a static library"},
      {std::string("\0\1\2\3\4", 5), NoteError::not_elf, "is not a shared object (no ELF file)"},
      {"\177ELF", NoteError::damaged, "is damaged: it ends within its header"},
      {fixture().substr(0, 40), NoteError::damaged, "is damaged: it ends within its header"},
      {fixture().substr(0, 70), NoteError::damaged, "is damaged: its program headers lie outside of the file"},
      {fixture().substr(0, fixture().size() / 2), NoteError::damaged,
       "is damaged: it is shorter than its program headers say"},
      {narrow, NoteError::other_architecture,
       "is built for another architecture: 32 bit, little-endian; this slipway is x86-64"},
      {other, NoteError::other_architecture, "is built for another architecture: machine 43; this slipway is x86-64"},
      {program, NoteError::not_a_library, "is a program, not a shared object"},
      {anonymous, NoteError::no_note, "is a shared object, but no plugin: it has no slipway manifest"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.message);
    const auto text = note_in(row.bytes);
    REQUIRE_FALSE(text);
    CHECK(text.error().kind == row.kind);
    std::string expected = row.message;
#if !defined(__x86_64__)
    expected = text.error().problem.message;  // the words name the architecture
#endif
    CHECK(text.error().problem.message == expected);
  }
}

TEST_CASE("a program is no plugin") {
  const int fd = ::open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  const auto text = read_manifest_note(fd);
  ::close(fd);
  REQUIRE_FALSE(text);
  CHECK(text.error().kind == NoteError::not_a_library);
}

TEST_CASE("no cut and no changed header byte leads outside of the file") {
  const std::string& whole = fixture();
  for (std::size_t size = 0; size < 1200; size += 7) note_in(whole.substr(0, size));
  const std::string start = whole.substr(0, 1400);
  for (std::size_t at = 0; at < start.size(); ++at) {
    std::string changed = start;
    changed[at] = static_cast<char>(~changed[at]);
    note_in(changed);
    changed[at] = '\0';
    note_in(changed);
  }
}

TEST_CASE("a manifest's members are understood") {
  const auto parsed = parse_manifest(manifest(R"({"abi": "1.3"})"));
  REQUIRE(parsed);
  CHECK(parsed->version == "1.2");
  CHECK(parsed->stage == "rootfs");
  CHECK(parsed->abi_major == 1);
  CHECK(parsed->abi_minor == 3);
  CHECK(parsed->needs.size() == 4);
  CHECK(parsed->provides == std::vector<std::string>{"image"});
  CHECK(parsed->namespaces.at("net") == "host");
  CHECK(parsed->options->dump() == R"({"additionalProperties":false,"type":"object"})");
  CHECK(parsed->text == manifest(R"({"abi": "1.3"})"));
}

TEST_CASE("each thing that is wrong with a manifest is told") {
  struct Row {
    const char* change;
    const char* message;
  };
  const Row rows[] = {
      {R"({"name": null})", "/name: is missing; expected text\n"},
      {R"({"name": 5})", "/name: is the number 5; expected text\n"},
      {R"({"name": "../x"})", "/name: is \"../x\"; expected lower-case words joined by \"-\" (\"fs-overlay\")\n"},
      {R"({"stage": "rootf"})", "/stage: is \"rootf\", no stage (did you mean \"rootfs\"?)\n"},
      {R"({"abi": "1"})", "/abi: is \"1\"; expected MAJOR.MINOR (\"1.0\")\n"},
      {R"({"abi": "99999.0"})", "/abi: is \"99999.0\"; expected MAJOR.MINOR (\"1.0\")\n"},
      {R"({"needs": "x"})", "/needs: is \"x\"; expected a list\n"},
      {R"({"needs": ["step:", 1]})",
       "/needs/0: is \"step:\"; expected step:NAME, fact:NAME or ability:NAME\n"
       "/needs/1: is the number 1; expected step:NAME, fact:NAME or ability:NAME\n"},
      {R"({"provides": ["a b"]})", "/provides/0: is \"a b\"; expected the name of a fact\n"},
      {R"({"privileges": "root"})", "/privileges: is \"root\"; expected a list\n"},
      {R"({"privileges": [0]})", "/privileges/0: is the number 0; expected a word like root or cap_net_admin\n"},
      {R"({"namespaces": {"nt": "host"}})", "/namespaces/nt: is no namespace (did you mean \"net\"?)\n"},
      {R"({"namespaces": {"net": "x"}})", "/namespaces/net: is \"x\"; expected \"host\" or \"new\"\n"},
      {R"({"options": null})",
       "/options: is missing; expected the JSON Schema of the options (without options: {\"type\": \"object\", "
       "\"additionalProperties\": false})\n"},
      {R"({"options": {"additionalProperties": true}})",
       "/options: expected \"type\": \"object\" and \"additionalProperties\": false\n"},
      {R"({"options": {"properties": {"use": {}}}})",
       "/options/properties/use: that word is slipway's own in a pipeline\n"},
      {R"({"options": {"properties": {"x": {"typ": "string"}}}})",
       "/options/properties/x/typ: is no word of the schemas that slipway reads (did you mean \"type\"?)\n"},
      {R"({"options": {"properties": {"x": {"type": ["string", "integer"]}}}})",
       "/options/properties/x/type: is a list, no type (known: \"string\", \"integer\", \"number\", \"boolean\", "
       "\"array\", \"object\")\n"},
      {R"({"options": {"properties": {"x": {"description": 5}}}})",
       "/options/properties/x/description: is the number 5; expected text\n"},
      {R"({"options": {"properties": {"x": {"minLength": "x"}}}})",
       "/options/properties/x/minLength: is \"x\"; expected a count\n"},
      {R"({"options": {"properties": {"x": {"oneOf": {}}}}})",
       "/options/properties/x/oneOf: is an object; expected a list\n"},
      {R"({"options": {"properties": {"x": {"type": "string", "default": 7}}}})",
       "/options/properties/x/default: is the number 7, which is no string\n"},
      {R"({"options": {"properties": {"x": {"type": "string", "enum": ["a", "b"], "default": "c"}}}})",
       "/options/properties/x/default: is \"c\", which is none of the enum's values\n"},
      {R"({"abi": "1.9", "stage": "lifecycle"})",
       "/stage: is \"lifecycle\", no stage (known: \"image\", \"rootfs\", \"pseudo\", \"harden\", \"network\", "
       "\"exec\")\n/abi: is 1.9, newer than this slipway's 1.0 (a newer slipway may take it)\n"},
      {R"({"options": {"properties": {"x": {"items": {"$ref": "#"}}}}})",
       "/options/properties/x/items/$ref: is no word of the schemas that slipway reads (known: \"type\", \"enum\", "
       "\"properties\", \"required\", \"additionalProperties\", \"items\", \"minimum\", \"maximum\", \"minLength\", "
       "\"maxLength\", \"minItems\", \"maxItems\", \"pattern\", \"default\", \"examples\", \"description\", "
       "\"oneOf\")\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.change);
    const auto parsed = parse_manifest(manifest(row.change));
    REQUIRE_FALSE(parsed);
    CHECK(told(parsed.error()) == row.message);
  }
  CHECK(told(parse_manifest("{").error()) == ": is not JSON: it breaks off or goes wrong at byte 2\n");
  CHECK(told(parse_manifest("[1e999]").error()) == ": has a number in it that is too large\n");
  CHECK(told(parse_manifest("[]").error()) == ": is a list; expected an object\n");
}

TEST_CASE("of a manifest of another major version nothing but its name is looked at") {
  const auto parsed = parse_manifest(manifest(R"({"abi": "2.0", "stage": "lifecycle", "options": 5})"));
  REQUIRE(parsed);
  CHECK(parsed->abi_major == 2);
  CHECK(parsed->options->is_object());
}

TEST_CASE("members that a later slipway brings are passed over") {
  CHECK(parse_manifest(manifest(R"({"later": 1, "options": {"properties": {"x": {"x-slipway": "file"}}}})")));
}

TEST_CASE("a need that this slipway lacks is told by its word") {
  const Vocabulary vocabulary{{"image", "image.layers"}, {"slipway.source.1"}};
  CHECK(missing_needs(*parse_manifest(manifest()), vocabulary).empty());
  struct Row {
    const char* need;
    const char* message;
  };
  for (const Row& row : {
           Row{"step:landlok", "/needs/0: needs the step type \"landlok\", which this slipway does not have"},
           Row{"step:call.retries",
               "/needs/0: needs the member \"retries\" of the step type \"call\", which this slipway does not have"},
           Row{"step:bind.acces",
               "/needs/0: needs the member \"acces\" of the step type \"bind\", which this slipway does not "
               "have (did you mean \"access\"?)\n"},
           Row{"fact:imgae",
               "/needs/0: needs the fact \"imgae\", which this slipway does not have (did you mean \"image\"?)\n"},
           Row{"ability:x-fixture.1", "/needs/0: needs the ability \"x-fixture.1\", which this slipway does not have"},
       }) {
    CAPTURE(row.need);
    const auto parsed = parse_manifest(manifest(std::string(R"({"needs": [")") + row.need + "\"]}"));
    REQUIRE(parsed);
    CHECK(told(missing_needs(*parsed, vocabulary)).starts_with(row.message));
  }
}

TEST_CASE("a need that plugins of other stages have is told by the stage and the word") {
  struct Row {
    const char* stage;
    const char* need;
    const char* message;
  };
  for (const Row& row : {
           Row{"rootfs", "fact:image.layers", ""},
           Row{"rootfs", "step:mount", ""},
           Row{"image", "fact:source", ""},
           Row{"image", "ability:slipway.source.1", ""},
           Row{"rootfs", "fact:source", "/needs/0: a plugin of the stage rootfs is not told the fact \"source\""},
           Row{"image", "fact:host", "/needs/0: a plugin of the stage image is not told the fact \"host\""},
           Row{"image", "step:mount", "/needs/0: a plugin of the stage image emits no steps: mount"},
           Row{"exec", "ability:slipway.source.1",
               "/needs/0: a plugin of the stage exec has no ability slipway.source.1"},
       }) {
    CAPTURE(row.stage, row.need);
    const auto parsed =
        parse_manifest(manifest(std::string(R"({"needs": [")") + row.need + R"("], "stage": ")" + row.stage + "\"}"));
    REQUIRE(parsed);
    const std::string all = told(needs_of_other_stages(*parsed));
    if (row.message[0] == '\0') CHECK(all.empty());
    CHECK(all.starts_with(row.message));
  }
}
