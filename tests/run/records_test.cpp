// What the store remembers of earlier starts and images: taken as long as nothing has changed, and no longer.
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "tests/run/harness.hpp"

namespace slipway::tests {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

constexpr const char* kPipeline =
    R"({"extends": "base.json", "image": {"source": "box.tar"}, "exec": {"args": ["echo", "WORD"]}})";

std::string with_word(std::string text, const std::string& word) { return text.replace(text.find("WORD"), 4, word); }

void write(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  REQUIRE(file.flush());
}

// A new file of the same bytes: what an installation of the same version leaves.
void renew(const std::string& path) {
  fs::copy_file(path, path + ".new");
  fs::rename(path + ".new", path);
}

struct Start {
  std::string output{};
  bool recorded = false;
};

// A slipway of its own, whose files may change, with a pipeline beside its image.
class Place {
 public:
  explicit Place(const Caller& caller) : runner_(caller) {
    runner_.use_program(copy_slipway(runner_.own("copy")));
    if (caller.user) {
      REQUIRE(run({.arguments = {"chown", "-R", std::to_string(caller.user->uid), runner_.own("copy")}}).status == 0);
    }
    fs::copy_file(runner_.box(), image());
    write(base(), "{}");
    write(pipeline(), with_word(kPipeline, "first"));
  }

  [[nodiscard]] std::string image() const { return runner_.own("box.tar"); }
  [[nodiscard]] std::string base() const { return runner_.own("base.json"); }
  [[nodiscard]] std::string pipeline() const { return runner_.own("p.json"); }
  [[nodiscard]] std::string file(const char* path) const { return runner_.own("copy") + "/" + path; }
  [[nodiscard]] std::string store() const { return runner_.store(); }

  // The files of the store that hold these bytes, layers and all.
  [[nodiscard]] Words holding(const std::string& bytes) const {
    Words found;
    for (const auto& entry : fs::recursive_directory_iterator(store())) {
      if (!entry.is_regular_file() || entry.is_symlink()) continue;
      const std::string path = entry.path().string();
      if (path.find(bytes) != std::string::npos || read_file(path).find(bytes) != std::string::npos)
        found.push_back(path);
    }
    return found;
  }

  [[nodiscard]] Start start(const Words& options = {}, const Words& before = {}) const {
    Words words = {"run", "--timing"};
    words.insert(words.end(), options.begin(), options.end());
    words.push_back(pipeline());
    Command command = runner_.command(words);
    command.arguments.insert(command.arguments.begin(), before.begin(), before.end());
    const Outcome outcome = run(command);
    INFO(to_text(outcome));
    REQUIRE(outcome.shell_status() == 0);
    CHECK(runner_.leftovers() == "");
    const bool recorded = outcome.errors.find(", from a record;") != std::string::npos;
    CHECK((recorded || outcome.errors.find(", without a record;") != std::string::npos));
    return {outcome.output, recorded};
  }

  // No record is kept of an image that is younger than two seconds.
  void settle(const Words& options = {}) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!start(options).recorded) REQUIRE(std::chrono::steady_clock::now() < end);
  }

 private:
  Runner runner_;
};

std::size_t entries(const std::string& directory) {
  if (!fs::exists(directory)) return 0;
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

}  // namespace

TEST_CASE("a start is taken from its record, until anything that it came from has changed") {
  struct Row {
    const char* what;
    void (*change)(const Place&);
    Words options{};  ///< of the start after the change
    Words before{};
  };
  const std::vector<Row> rows = {
      {"the image's file", [](const Place& place) { renew(place.image()); }},
      {"a plugin's file", [](const Place& place) { renew(place.file("lib/slipway/plugins/harden-proc.so")); }},
      {"slipway itself", [](const Place& place) { renew(place.file("bin/slipway")); }},
      {"an option", [](const Place& /*same*/) {}, {"--hostname", "other"}},
      {"the host: another kernel", [](const Place& /*same*/) {}, {}, {"setarch", "--uname-2.6"}},
      {"a file that the pipeline extends", [](const Place& place) { write(place.base(), "{ }"); }},
      {"the store: a layer is gone",
       [](const Place& place) {
         for (const auto& layer : fs::directory_iterator(place.store() + "/layers")) fs::remove_all(layer.path());
       }},
      {"the record itself",
       [](const Place& place) {
         for (const auto& record : fs::directory_iterator(place.store() + "/starts")) {
           std::string bytes = read_file(record.path().string());
           bytes[bytes.size() / 2] = static_cast<char>(~bytes[bytes.size() / 2]);
           write(record.path().string(), bytes);
         }
       }},
  };
  for (const Caller& caller : callers()) {
    const Place place(caller);
    place.settle();
    CHECK(place.start().output == "first\n");
    for (const Row& row : rows) {
      INFO(caller.name << ": " << row.what);
      row.change(place);
      const Start after = place.start(row.options, row.before);
      CHECK_FALSE(after.recorded);
      CHECK(after.output == "first\n");
      place.settle();
    }
    write(place.pipeline(), with_word(kPipeline, "second"));
    const Start after = place.start();
    CHECK_FALSE(after.recorded);
    CHECK(after.output == "second\n");
  }
}

TEST_CASE("a start with a terminal of its own and one without have a record each") {
  for (const Caller& caller : callers()) {
    const Place place(caller);
    place.settle();
    CHECK_FALSE(place.start({"--tty", "yes"}).recorded);
    for (int i = 0; i < 2; ++i) {
      INFO(caller.name << ", round " << i);
      CHECK(place.start().recorded);
      CHECK(place.start({"--tty", "yes"}).recorded);
    }
  }
}

TEST_CASE("what -e gives is filled in at each start, and is in no file of the store") {
  constexpr const char* kTells = R"({"image": {"source": "box.tar"},
      "exec": {"args": ["sh", "-c", "echo \"$TOKEN|$MORE\""], "env": ["MORE=from the file"]}})";
  struct Row {
    Words options, values;
    std::string output;
  };
  const std::vector<Row> rows = {
      {{"-e", "TOKEN=correct-horse"}, {"correct-horse"}, "correct-horse|from the file\n"},
      {{"-e", "TOKEN=battery=staple"}, {"battery=staple"}, "battery=staple|from the file\n"},
      {{"-e", "TOKEN="}, {}, "|from the file\n"},
      {{"-e", "TOKEN=\x7f-e 0"}, {}, "\x7f-e 0|from the file\n"},
      {{"-e", "TOKEN=first-one", "-e", "TOKEN=second-one"}, {"first-one", "second-one"}, "second-one|from the file\n"},
      {{"-e", "TOKEN=letters-\xc3\xbc", "-e", "MORE=plenty-of-it"},
       {"letters-\xc3\xbc", "plenty-of-it"},
       "letters-\xc3\xbc|plenty-of-it\n"},
  };
  for (const Caller& caller : callers()) {
    const Place place(caller);
    write(place.pipeline(), kTells);
    place.settle({"-e", "TOKEN=before"});
    place.settle({"-e", "TOKEN=before", "-e", "TOKEN=after"});
    place.settle({"-e", "TOKEN=before", "-e", "MORE=after"});
    for (const Row& row : rows) {
      INFO(caller.name << ": " << row.options[1]);
      const Start start = place.start(row.options);
      CHECK(start.recorded);
      CHECK(start.output == row.output);
      Words cold = {"--no-record", "starts"};
      cold.insert(cold.end(), row.options.begin(), row.options.end());
      CHECK(place.start(cold).output == row.output);
      for (const std::string& value : row.values) CHECK(place.holding(value).empty());
    }
    for (const char* value : {"before", "after"}) CHECK(place.holding(std::string("TOKEN=") + value).empty());
    // Another name is another request.
    CHECK_FALSE(place.start({"-e", "OTHER=correct-horse"}).recorded);
  }
}

TEST_CASE("what --var gives to the program is in no record, and its other uses are") {
  constexpr const char* kWithVariables = R"json({"vars": {"word": "", "name": "x"}, "image": {"source": "box.tar"},
    "exec": {"args": ["sh", "-c", "echo $W-$(uname -n)"], "env": ["W=${word}"]}, "isolation": {
  "hostname" : "${name}"
}
})json";
  for (const Caller& caller : callers()) {
    const Place place(caller);
    place.settle();
    write(place.pipeline(), kWithVariables);
    place.settle();
    for (int i = 0; i < 2; ++i) {
      const Start start = place.start({"--var", "word=hunter2"});
      CHECK_FALSE(start.recorded);
      CHECK(start.output == "hunter2-x\n");
    }
    for (const auto& record : fs::directory_iterator(place.store() + "/starts"))
      CHECK(read_file(record.path().string()).find("hunter2") == std::string::npos);
    CHECK_FALSE(place.start({"--var", "name=y"}).recorded);
    const Start named = place.start({"--var", "name=y"});
    CHECK(named.recorded);
    CHECK(named.output == "-y\n");
  }
}

TEST_CASE("records can be done without, and then none is kept") {
  for (const Caller& caller : callers()) {
    const Place place(caller);
    CHECK_FALSE(place.start({"--no-record", "images"}).recorded);
    CHECK(entries(place.store() + "/images") == 0);
    CHECK(entries(place.store() + "/starts") == 0);
    CHECK_FALSE(place.start({"--no-record", "starts"}).recorded);
    CHECK(entries(place.store() + "/starts") == 0);
    place.settle();
    CHECK(entries(place.store() + "/images") == 1);
    CHECK(entries(place.store() + "/starts") == 1);
    CHECK_FALSE(place.start({"--no-record", "starts"}).recorded);
    CHECK_FALSE(place.start({"--no-record", "images"}).recorded);
    CHECK(place.start().recorded);
  }
}

}  // namespace slipway::tests
