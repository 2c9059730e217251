// Where an image may come from: compressed archives, standard input, pipes.
#include <fcntl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>

#include "tests/run/harness.hpp"
#include "tests/run/source_runs.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

struct Packed {
  const char* name;
  Packing packing;
};
constexpr std::array kPackings = {Packed{"gzip", Packing::gzip}, Packed{"zstd", Packing::zstd},
                                  Packed{"xz", Packing::xz}, Packed{"bzip2", Packing::bzip2}};

const std::string& box_bytes() {
  static const std::string kBytes = docker_save({box_image()}, Layout::docker25);
  return kBytes;
}

bool is_empty(const std::string& directory) {
  return std::filesystem::directory_iterator(directory) == std::filesystem::directory_iterator();
}

}  // namespace

TEST_CASE("A1: an archive that is compressed as a whole gives the same container, and its second start is warm") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      const auto words = [&runner](const Packed& packed) {
        return Words{"run", "--timing", runner.put(packed.name, pack(box_bytes(), packed.packing)), "cat",
                     "/etc/hello"};
      };
      std::vector<Words> all;
      for (const Packed& packed : kPackings) {
        INFO(packed.name);
        const Outcome first = runner.slipway(all.emplace_back(words(packed)));
        CHECK(first.output == "hello from the image\n");
        CHECK_FALSE(is_from_record(first));
      }
      const std::string layers = layers_of(runner);
      for (const Words& again : all) {
        CHECK(settle(runner, again).output == "hello from the image\n");
        // Other words, for which there is a record of the image alone.
        const Outcome other = runner.run({"-e", "A=b", again[2], "cat", "/etc/hello"});
        CHECK(other.output == "hello from the image\n");
        CHECK(other.errors == "");
      }
      CHECK(layers_of(runner) == layers);
      CHECK(is_empty(runner.store() + "/staging"));
    }
  }
}

TEST_CASE("a layer of a compressed archive that has gone from the store is unpacked again") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      const std::string image = runner.put("image.tar.gz", pack(box_bytes(), Packing::gzip));
      const Words words = {"run", "--timing", image, "cat", "/etc/hello"};
      settle(runner, words);
      REQUIRE(
          run(runner.plain(
                  {"sh", "-c", "chmod -R u+rwx " + runner.store() + "/layers; rm -rf " + runner.store() + "/layers/*"}))
              .output == "");
      std::filesystem::remove_all(runner.store() + "/layers");
      std::filesystem::create_directory(runner.store() + "/layers");
      if (caller.user) {
        REQUIRE(run({.arguments = {"chown", std::to_string(caller.user->uid), runner.store() + "/layers"}}).status ==
                0);
      }
      const Outcome again = runner.slipway(words);
      INFO(to_text(again));
      CHECK(again.output == "hello from the image\n");
      CHECK_FALSE(is_from_record(again));
      CHECK(runner.slipway({"unpack", image, runner.own("tree")}).errors == "");
      CHECK(read_file(runner.own("tree") + "/etc/hello") == "hello from the image\n");
    }
  }
}

TEST_CASE("an image on standard input runs, and its layers are not unpacked twice") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      const Words words = {"run", "-", "sh", "-c", "cat /etc/hello; wc -c; readlink /proc/self/fd/0"};
      // What is left on standard input is /dev/null.
      const std::string expected = "hello from the image\n0\n/dev/null\n";
      CHECK(run_with_input(runner, words, box_bytes()).output == expected);
      const std::string layers = layers_of(runner);
      for (const Packed& packed : kPackings) {
        const Outcome outcome = run_with_input(runner, words, pack(box_bytes(), packed.packing));
        CHECK(outcome.output == expected);
        CHECK(outcome.errors == "");
      }
      CHECK(layers_of(runner) == layers);
      CHECK(is_empty(runner.store() + "/staging"));
      CHECK(is_empty(runner.store() + "/images"));
      CHECK(is_empty(runner.store() + "/starts"));
    }
  }
}

TEST_CASE("another image on the same standard input is another image") {
  ImageSpec other = box_image();
  other.layers.push_back({make_tar({file("etc/hello", "another\n")})});
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    const Words words = {"run", "-", "cat", "/etc/hello"};
    CHECK(run_with_input(runner, words, box_bytes()).output == "hello from the image\n");
    CHECK(run_with_input(runner, words, docker_save({other}, Layout::legacy)).output == "another\n");
  }
}

TEST_CASE("a pipeline file takes its image from standard input as well, and so do plan and unpack") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string pipeline = runner.put(
          "p.json", R"({"image": {"source": "-"}, "exec": {"args": ["sh", "-c", "wc -c; cat /etc/hello"]}})");
      CHECK(run_with_input(runner, {"run", pipeline}, box_bytes()).output == "0\nhello from the image\n");
      CHECK_THAT(run_with_input(runner, {"plan", "-"}, box_bytes()).output, Catch::Contains("overlay"));
      CHECK(run_with_input(runner, {"unpack", "-", runner.own("from-pipe")}, box_bytes()).errors == "");
      CHECK(read_file(runner.own("from-pipe") + "/etc/hello") == "hello from the image\n");
    }
  }
}

TEST_CASE("a FIFO and a descriptor's path are images that are read once") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string archive = runner.put("whole.tar", box_bytes());
      const std::string fifo = runner.own("fifo");
      REQUIRE(run(runner.plain({"mkfifo", fifo})).status == 0);
      // The writer waits for a reader, and is killed by SIGPIPE where that one leaves early.
      const std::string through_fifo = "cat " + archive + " >" + fifo + " & \"$@\"; wait $! || echo writer failed";
      const std::string through_descriptor = "cat " + archive + " | \"$@\"";
      for (const auto& [script, path] :
           {std::pair{through_fifo, fifo}, std::pair{through_descriptor, std::string("/dev/fd/0")}}) {
        for (int round = 0; round < 2; ++round) {
          Command command = runner.command({"run", path, "sh", "-c", "cat /etc/hello; wc -c </dev/null"});
          Words words = {"sh", "-c", script, "sh"};
          command.arguments.insert(command.arguments.begin(), words.begin(), words.end());
          const Outcome outcome = run(command);
          INFO(path << "\n" << to_text(outcome));
          CHECK(outcome.output == "hello from the image\n0\n");
          CHECK(outcome.errors == "");
          CHECK(runner.leftovers() == "");
        }
      }
    }
  }
}

TEST_CASE("a pipe that brings no whole image is one clear error, and nothing of it is left") {
  const std::string whole = box_bytes();
  const std::string packed = pack(whole, Packing::gzip);
  struct Row {
    const char* what;
    std::string bytes;
    Words parts;
  };
  const std::vector<Row> rows = {
      {"nothing", "", {"standard input", "it is empty", "docker save IMAGE | slipway run -"}},
      {"no archive", "this is a letter\n", {"standard input: it is not an archive that slipway can read"}},
      {"an end in the middle", whole.substr(0, whole.size() / 2), {"standard input: it is truncated", "get it anew"}},
      {"an end between two entries",
       make_tar({file("a", "b"), file("c", "d")}, false),
       {"standard input: it is truncated: the mark that ends an archive is missing", "get it anew"}},
      {"an end in the middle of gzip",
       packed.substr(0, packed.size() / 2),
       {"standard input: the archive's gzip data is damaged or truncated", "anew"}},
      {"an archive that is compressed twice",
       pack(packed, Packing::xz),
       {"standard input: it is compressed twice, the second time with gzip"}},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.what) {
        Runner& runner = shared(caller);
        const Outcome outcome = run_with_input(runner, {"run", "-", "true"}, row.bytes);
        CHECK(outcome.shell_status() == 125);
        CHECK(outcome.output == "");
        for (const std::string& part : row.parts) CHECK_THAT(outcome.errors, Catch::Contains(part));
        CHECK(lines_of(outcome.errors).size() <= 2);
        CHECK(is_empty(runner.store() + "/staging"));
      }
    }
  }
}

TEST_CASE("who waits for a FIFO's writer can be stopped") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string fifo = runner.own("silent");
      REQUIRE(run(runner.plain({"mkfifo", fifo})).status == 0);
      Program program(runner.command({"run", fifo, "true"}));
      // It holds the FIFO open as soon as that can be opened for writing without waiting; fifo(7).
      const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
      linux::Fd writer;
      while (!writer && std::chrono::steady_clock::now() < end)
        writer = linux::Fd(::open(fifo.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
      REQUIRE(writer);
      program.signal(SIGTERM);
      const Outcome outcome = program.wait();
      CHECK(outcome.shell_status() == 128 + SIGTERM);
      CHECK(outcome.errors == "");
      CHECK(runner.leftovers() == "");
    }
  }
}

}  // namespace slipway::tests
