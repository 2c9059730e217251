// What the image says of its program, and what the command line says instead.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/run/harness.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

// An image whose program tells all that it was given.
std::string telling_image(Runner& runner) {
  ImageSpec image = box_image();
  image.tags = {"telling:latest"};
  image.entrypoint = {"/bin/greet", "entry"};
  image.command = {"cmd"};
  image.user = "app";
  image.workdir = "/opt/cache";
  return runner.put("telling.tar", docker_save({image}, Layout::legacy));
}

TEST_CASE(
    "A15: entrypoint and command are the image's, a command replaces the image's command, and --entrypoint both") {
  struct Row {
    const char* name;
    Words options, command;
    std::string output;
  };
  const std::vector<Row> rows = {
      {"as the image says", {}, {}, "greet:entry cmd\n"},
      {"a command keeps the entrypoint", {}, {"a", "b"}, "greet:entry a b\n"},
      {"a new entrypoint drops the image's command", {"--entrypoint", "greet"}, {}, "greet:\n"},
      {"a new entrypoint and a command", {"--entrypoint", "/bin/echo"}, {"a"}, "a\n"},
      {"an empty entrypoint leaves the command", {"--entrypoint", ""}, {"echo", "a"}, "a\n"},
      {"several words by --set", {"--set", R"(exec.entrypoint=["echo","x"])"}, {"y"}, "x y\n"},
  };
  for (const Caller& caller : callers()) {
    if (caller.is_single()) continue;  // the image's user has no id there
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.name) {
        Runner& runner = shared(caller);
        Words words = row.options;
        words.push_back(telling_image(runner));
        words.insert(words.end(), row.command.begin(), row.command.end());
        const Outcome outcome = runner.run(words);
        CHECK(outcome.output == row.output);
        CHECK(outcome.errors == "");
        CHECK(outcome.shell_status() == 0);
      }
    }
  }
}

TEST_CASE("B22: where neither the image nor the user says, the program is /bin/sh") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      ImageSpec image = box_image();
      image.command.clear();
      Command command = runner.command({"run", runner.put("plain.tar", docker_save({image}, Layout::legacy))});
      command.input = "echo \"$0 reads this\"; exit 7\n";
      const Outcome outcome = run(command);
      CHECK(outcome.output == "/bin/sh reads this\n");
      CHECK(outcome.shell_status() == 7);
    }
  }
}

TEST_CASE("A15: user and working directory are the image's, and the command line's instead") {
  const std::string script = "echo $(id -u):$(id -g):$(id -G | tr ' ' ,) $(pwd) $HOME";
  struct Row {
    const char* name;
    Words options;
    std::string output;
  };
  const std::vector<Row> rows = {
      {"the image's", {}, "1000:1000:1000,50 /opt/cache /home/app\n"},
      {"root by name", {"-u", "root"}, "0:0:0 /opt/cache /root\n"},
      {"a number of the image's passwd", {"-u", "1000"}, "1000:1000:1000,50 /opt/cache /home/app\n"},
      {"a number that has no entry", {"-u", "4321"}, "4321:0:0 /opt/cache /\n"},
      {"name:group", {"-u", "app:staff"}, "1000:50:50 /opt/cache /home/app\n"},
      {"number:number", {"-u", "77:88"}, "77:88:88 /opt/cache /\n"},
      {"a working directory", {"-w", "/etc"}, "1000:1000:1000,50 /etc /home/app\n"},
      {"one that is made", {"-w", "/new/one"}, "1000:1000:1000,50 /new/one /home/app\n"},
      {"by --set", {"--set", "exec.user=root", "--set", "exec.workdir=/"}, "0:0:0 / /root\n"},
      {"the last one wins", {"-u", "app", "-u", "root"}, "0:0:0 /opt/cache /root\n"},
  };
  for (const Caller& caller : callers()) {
    if (caller.is_single()) continue;
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.name) {
        Runner& runner = shared(caller);
        Words words = row.options;
        const std::string image = telling_image(runner);
        words.insert(words.end(), {"--entrypoint", "", image, "sh", "-c", script});
        const Outcome outcome = runner.run(words);
        CHECK(outcome.output == row.output);
        CHECK(outcome.errors == "");
      }
    }
  }
}

TEST_CASE("A15: a caller with one id has only root inside, and says what would give more") {
  for (const Caller& caller : callers()) {
    if (!caller.is_single()) continue;
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      CHECK(runner.inside("id -u; id -g") == "0\n0\n");
      const Outcome outcome = runner.run({"-u", "app", runner.box(), "id"});
      CHECK(outcome.shell_status() == 125);
      CHECK_THAT(outcome.errors, Catch::Contains("--add-subuids") && Catch::Contains("1000"));
    }
  }
}

TEST_CASE("A14: the environment is the image's, and PATH and HOME where the image has none") {
  struct Row {
    const char* name;
    Words image, options;
    std::string output;
  };
  const std::string standard = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  const std::vector<Row> rows = {
      {"the image's", {"PATH=/bin", "GREETING=hello"}, {}, "GREETING=hello\nHOME=/root\nPATH=/bin\n"},
      {"none in the image", {}, {}, "HOME=/root\nPATH=" + standard + "\n"},
      {"HOME of the image", {"HOME=/srv"}, {}, "HOME=/srv\nPATH=" + standard + "\n"},
      {"-e adds and replaces",
       {"PATH=/bin", "GREETING=hello"},
       {"-e", "A=1", "-e", "GREETING=a=b c", "-e", "EMPTY="},
       "A=1\nEMPTY=\nGREETING=a=b c\nHOME=/root\nPATH=/bin\n"},
      {"no defaults", {"PATH=/bin", "X=1"}, {"--set", "exec.env_defaults=false"}, "PATH=/bin\nX=1\n"},
      {"nothing at all", {}, {"--set", "exec.env_defaults=false"}, ""},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.name) {
        Runner& runner = shared(caller);
        ImageSpec image = box_image();
        image.environment = row.image;
        Words words = row.options;
        words.insert(words.end(), {runner.put("env.tar", docker_save({image}, Layout::docker25)), "/bin/env"});
        const Outcome outcome = runner.run(words);
        std::vector<std::string> lines = lines_of(outcome.output);
        std::sort(lines.begin(), lines.end());
        std::string sorted;
        for (const std::string& line : lines) sorted += line + "\n";
        CHECK(sorted == row.output);
        CHECK(outcome.errors == "");
      }
    }
  }
}

TEST_CASE("A14: TERM is set where standard input, output and error are a terminal") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      Command command = runner.command({"run", runner.box(), "env"});
      std::string line;
      for (const std::string& word : command.arguments) line += word + " ";
      // script(1) gives it a terminal.
      command.arguments = {"script", "-q", "-e", "-c", line, "/dev/null"};
      (*command.environment)["TERM"] = "vt220";
      const Outcome outcome = run(command);
      INFO(to_text(outcome));
      CHECK(outcome.shell_status() == 0);
      CHECK_THAT(outcome.output, Catch::Contains("TERM=vt220\r\n") && Catch::Contains("GREETING=hello"));
      CHECK_THAT(runner.inside("env"), !Catch::Contains("TERM="));
    }
  }
}

TEST_CASE("what an image has in its environment that is no variable is left out with a warning") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      ImageSpec image = box_image();
      image.tags = {"odd:latest"};
      image.environment = {"PATH=/bin", "NOVALUE", "X=1", "=x"};
      const std::string archive = runner.put("odd.tar", docker_save({image}, Layout::docker25));
      for (int i = 0; i < 2; ++i) {  // from the record of a start as well
        const Outcome outcome = runner.run({"--set", "exec.env_defaults=false", archive, "/bin/env"});
        CHECK(outcome.output == "PATH=/bin\nX=1\n");
        CHECK(outcome.shell_status() == 0);
        const Words lines = lines_of(outcome.errors);
        REQUIRE(lines.size() == 1);
        CHECK_THAT(lines[0],
                   Catch::Contains("warning: ") &&
                       Catch::Contains("the image odd:latest has \"NOVALUE\" in its environment, and 1 more"));
      }
      // What an option says is refused instead.
      const Outcome outcome = runner.run({"--set", "exec.env=[\"=x\"]", archive, "/bin/env"});
      CHECK(outcome.shell_status() == 125);
      CHECK_THAT(outcome.errors,
                 Catch::Contains("expected text as in \"NAME=VALUE\", found \"=x\"") && Catch::Contains("NAME=VALUE"));
    }
  }
}

TEST_CASE("A12: the host name is the pipeline's, and the command line's instead") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      CHECK(runner.inside("uname -n") == "slipway\n");
      CHECK(runner.inside("uname -n", {"--hostname", "box.example"}) == "box.example\n");
      CHECK(runner.inside("uname -n", {"--set", "isolation.hostname=other"}) == "other\n");
    }
  }
}

}  // namespace
}  // namespace slipway::tests
