// Where a program's variables come from, which of them counts, and where their values are not to be found.
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "tests/run/harness.hpp"
#include "tests/run/rich_image.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

void write(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  REQUIRE(file.flush());
}

std::string image_with(const Runner& runner, const Words& environment) {
  ImageSpec image = box_image();
  image.environment = environment;
  return runner.put("env.tar", docker_save({image}, Layout::docker25));
}

/// Runs until the start is one from a record, which there is once the image is two seconds old.
Outcome recorded(const Runner& runner, const Words& words) {
  Words timed = {"--timing"};
  timed.insert(timed.end(), words.begin(), words.end());
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (true) {
    Outcome outcome = runner.run(timed);
    INFO(to_text(outcome));
    if (outcome.errors.find(", from a record;") != std::string::npos) return outcome;
    REQUIRE(std::chrono::steady_clock::now() < end);
  }
}

TEST_CASE("of a variable's values that of the latest counts: image, default, file, pipeline, command line") {
  struct Row {
    const char* name;
    Words image;
    std::string file;      ///< an environment file's text
    std::string pipeline;  ///< "env" of the pipeline file, as JSON
    Words options;
    std::string value;  ///< of V, H(OME) and P(ATH)
  };
  const std::vector<Row> rows = {
      {"nobody", {}, "", "[]", {}, "unset /root"},
      {"the image", {"V=image", "HOME=/image"}, "", "[]", {}, "image /image"},
      {"a file over the image", {"V=image"}, "V=file\nHOME=/file", "[]", {}, "file /file"},
      {"the later of two lines", {"V=image"}, "V=1\nV=2\n", "[]", {}, "2 /root"},
      {"the pipeline over a file", {"V=image"}, "V=file\n", R"(["V=pipeline"])", {}, "pipeline /root"},
      {"-e over the pipeline", {"V=image"}, "V=file", R"(["V=pipeline"])", {"-e", "V=typed"}, "typed /root"},
      {"the later -e", {}, "", "[]", {"-e", "V=1", "-e", "V=2"}, "2 /root"},
      {"-e with the caller's value", {"V=image"}, "", "[]", {"-e", "MINE", "-e", "V"}, "unset /root"},
      {"a file with the caller's value", {"HOME=/image"}, "MINE\nHOME", "[]", {}, "unset /callers"},
      {"a file's name that the caller lacks", {"V=image"}, "V\n", "[]", {}, "image /root"},
      {"--unsetenv takes away what the image says", {"V=image"}, "", "[]", {"--unsetenv", "V"}, "unset /root"},
      {"and a file, and the pipeline", {"V=image"}, "V=f", R"(["V=p"])", {"--unsetenv", "V"}, "unset /root"},
      {"and a default", {"V=image"}, "", "[]", {"--unsetenv", "HOME"}, "image unset"},
      {"until it is said again", {}, "", "[]", {"--unsetenv", "V", "-e", "V=again"}, "again /root"},
      {"in the order typed", {}, "", "[]", {"-e", "V=x", "--unsetenv", "V"}, "unset /root"},
      {"a name alone in the pipeline takes away", {"V=image"}, "V=file", R"(["V"])", {}, "unset /root"},
  };
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.name) {
        const std::string image = image_with(runner, row.image);
        runner.put("v.env", row.file);
        const std::string pipeline =
            runner.put("v.json", R"({"image": {"source": ")" + image + R"("}, "exec": {"env": )" + row.pipeline +
                                     (row.file.empty() ? "" : R"(, "env_files": ["v.env"])") +
                                     R"(, "args": ["/bin/sh", "-c", "echo $${V-unset} $${HOME-unset}"]}})");
        Words words = {"run"};
        words.insert(words.end(), row.options.begin(), row.options.end());
        words.push_back(pipeline);
        Command command = runner.command(words);
        (*command.environment)["HOME"] = "/callers";
        (*command.environment)["MINE"] = "mine";
        (*command.environment)["XDG_DATA_HOME"] = runner.own("data");
        const Outcome outcome = run(command);
        CHECK(outcome.errors == "");
        CHECK(outcome.output == row.value + "\n");
      }
    }
  }
}

TEST_CASE("-e NAME takes the caller's value, and the variable away where the caller has none") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string image = image_with(runner, {"V=image", "W=image"});
      for (const char* value : {"first", "second = too", ""}) {  // with one record of the start for all of them
        Command command =
            runner.command({"run", "-e", "V", "-e", "W", image, "sh", "-c", "echo \"${V-unset}|${W-unset}\""});
        (*command.environment)["V"] = value;
        const Outcome outcome = run(command);
        CHECK(outcome.errors == "");
        CHECK(outcome.output == std::string(value) + "|unset\n");
      }
      Command command =
          runner.command({"run", "-e", "V", "-e", "W", image, "sh", "-c", "echo \"${V-unset}|${W-unset}\""});
      CHECK(run(command).output == "unset|unset\n");
    }
  }
}

TEST_CASE("what an environment file holds is read at each start, and is in no file of the store and no plan") {
  for (const Caller& caller : callers()) {
    for (const bool by_pipeline : {false, true}) {
      DYNAMIC_SECTION(caller.name << (by_pipeline ? ": in the pipeline" : ": by --env-file")) {
        const Runner runner(caller);
        const std::string image = runner.put("box.tar", docker_save({box_image()}, Layout::docker25));
        const std::string env = runner.put("secrets.env", "TOKEN=before\n");
        Words words = {image, "sh", "-c", "echo $TOKEN"};
        if (by_pipeline) {
          words = {runner.put("p.json", R"({"image": {"source": ")" + image +
                                            R"("}, "exec": {"args": ["sh", "-c", "echo $TOKEN"], "env_files": [")" +
                                            env + R"("]}})")};
        } else {
          words.insert(words.begin(), {"--env-file", env});
        }
        CHECK(recorded(runner, words).output == "before\n");
        for (const char* value : {"correct-horse-battery", "staple-and-more"}) {
          write(env, std::string("TOKEN=") + value + "\nOTHER=1\n");
          const Outcome again = recorded(runner, words);
          CHECK(again.output == std::string(value) + "\n");
          Words plan = words;
          plan.insert(plan.begin(), {"plan", "--json"});
          CHECK_THAT(runner.slipway(plan).output, Catch::Contains(env) && !Catch::Contains(value));
          Words told = words;
          told.insert(told.begin(), {"--log-format", "json", "--no-record", "starts"});
          CHECK_THAT(runner.run(told).errors, !Catch::Contains(value));
          for (const auto& entry : std::filesystem::recursive_directory_iterator(runner.store())) {
            if (!entry.is_regular_file() || entry.is_symlink()) continue;
            CHECK(read_file(entry.path().string()).find(value) == std::string::npos);
          }
        }
      }
    }
  }
}

TEST_CASE("an environment file may be a pipe, which is read once") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string image = runner.box();
      for (int round = 0; round < 3; ++round) {  // without a record, and from one
        Command command = runner.command(
            {"run", "--env-file", "/dev/fd/9", image, "sh", "-c", "echo $PIPED; /bin/probe descriptors"});
        const Words words = command.arguments;
        command.arguments = {"bash", "-c", "exec \"$@\" 9< <(echo PIPED=yes)", "bash"};
        command.arguments.insert(command.arguments.end(), words.begin(), words.end());
        const Outcome outcome = run(command);
        CHECK(outcome.errors == "");
        CHECK(outcome.output == "yes\n0\n1\n2\n");
      }
      CHECK_THAT(runner.run({"--env-file", runner.own("none.env"), image, "true"}).errors,
                 Catch::Contains("read the environment file: " + runner.own("none.env") + ": No such file"));
    }
  }
}

TEST_CASE("files of variables are obeyed by an image whose layers hide one another, at each start") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      const std::string image =
          runner.put("opaque.tar", docker_save({image_with_opaque_top({file(".wh..wh..opq")})}, Layout::docker25));
      const std::string env = runner.put("some.env", "FROM_FILE=yes\n");
      for (int start = 0; start < 3; ++start) {
        const Outcome outcome = runner.run({"--env-file", env, image, "sh", "-c", "echo $FROM_FILE; ls -d /hidden"});
        INFO(to_text(outcome));
        CHECK(outcome.output == "yes\n");
        CHECK_THAT(outcome.errors, Catch::Contains("/hidden: No such file"));
      }
    }
  }
}

}  // namespace
}  // namespace slipway::tests
