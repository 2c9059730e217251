// `slipway plan --script`: a container made by its script is, seen from inside, the one that `slipway run` makes.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/run/rich_image.hpp"
#include "tests/run/script_runs.hpp"

namespace slipway::tests {
namespace {

Words with_first(const std::string& word, Words words) {
  words.insert(words.begin(), word);
  return words;
}

std::string put_flat(const Runner& runner) { return runner.put("flat.tar", box_image().layers.front().tar); }

}  // namespace

TEST_CASE("a script's container is the one that run makes, seen from inside") {
  struct Row {
    const char* name;
    Words options;
    bool of_copy = false;
  };
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const std::string source = put_source(runner);
      const std::vector<Row> rows = {
          {"default", {}},
          {"fs-copy", {"--use", "rootfs=fs-copy"}, true},
          {"read-only", {"--set", "rootfs.upper=none"}},
          {"bound devices",
           {"--set", "pseudo.0.devices=bind", "--set", "rootfs.upper=tmpfs", "--set", "rootfs.size=\"32M\""}},
          {"binds",
           {"--bind", source + ":/data/deep/x", "--bind", source + "/f:/etc/one:ro", "--bind", source + ":/ro:ro",
            "--bind", source + "/f:/etc/hello"}},
          {"all of the host", {"--bind", "/:/host", "--bind", "/tmp:/host tmp:ro"}},
          {"no network",
           {"--use", "network=net-none", "--set", "isolation.namespaces=[\"mount\",\"pid\",\"net\"]", "--set",
            "harden=[]"}},
          {"shared",
           {"--set", "isolation.propagation=shared", "--set",
            "isolation.namespaces=[\"mount\",\"pid\",\"ipc\",\"uts\",\"net\",\"cgroup\",\"time\"]"}},
          {"words",
           {"-e", "A=b c'd\"e\nf$g", "-e", "-x=1", "-e", "HOME=/elsewhere", "-w", "/opt/new dir/it's", "--hostname",
            "box-1.example"}},
          {"no defaults", {"--set", "exec.env_defaults=false"}},
      };
      for (const Row& row : rows) {
        INFO(row.name);
        check_same_inside(runner, looking(row.options, runner.box()), row.of_copy);
      }
    }
  }
}

TEST_CASE("a script's container has the user that the image's files name") {
  for (const Caller& caller : callers()) {
    if (caller.is_single()) continue;  // one id
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      for (const char* user : {"app", "1000", "app:app", "app:5", "4711", "4711:12", "root"}) {
        INFO(user);
        check_same_inside(runner, looking({"-u", user}, runner.box()));
      }
      const Outcome unknown = by_script(runner, {"-u", "nobody-there", runner.box(), "true"});
      CHECK(unknown.shell_status() == 125);
      CHECK_THAT(unknown.errors, Catch::Contains("the image has no user nobody-there"));
    }
  }
}

TEST_CASE("a script's container has the further groups that it is to have") {
  for (const Caller& caller : callers()) {
    if (caller.is_single()) continue;  // one id
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      check_same_inside(runner, looking({"-u", "app", "--group-add", "app", "--group-add", "4711"}, runner.box()));
      check_same_inside(runner, looking({"--group-add", "5"}, runner.box()));
      const Outcome unknown = by_script(runner, {"--group-add", "none-there", runner.box(), "true"});
      CHECK(unknown.shell_status() == 125);
      CHECK_THAT(unknown.errors, Catch::Contains("the image has no group none-there"));
    }
  }
}

TEST_CASE("a script leaves out the layers that a higher one hides") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      const std::string image =
          runner.put("opaque.tar", docker_save({image_with_opaque_top({file(".wh..wh..opq")})}, Layout::docker25));
      for (const char* plugin : {"fs-overlay", "fs-copy"}) {
        INFO(plugin);
        const Words words = {"--use", std::string("rootfs=") + plugin, image, "sh", "-c", "ls / /both"};
        const Outcome scripted = by_script(runner, words);
        CHECK(scripted.output == by_run(runner, words).output);
        CHECK_THAT(scripted.output, !Catch::Contains("hidden"));
      }
    }
  }
}

TEST_CASE("every shipped pipeline has a script that makes the same container") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      std::size_t pipelines = 0;
      for (const auto& file : std::filesystem::directory_iterator(SLIPWAY_TEST_EXAMPLES)) {
        if (file.path().extension() != ".json") continue;
        ++pipelines;
        INFO(file.path());
        const std::string text = read_file(file.path());
        const auto names = [&](const char* plugin) { return text.find(plugin) != std::string::npos; };
        const std::string source = names("image-crane-export") ? put_flat(runner) : runner.box();
        const std::string pipeline = runner.put(file.path().filename().string(), text);
        check_same_inside(runner, looking({"--set", "image.source=" + source}, pipeline), names("\"fs-copy\""));
      }
      CHECK(pipelines > 0);
    }
  }
}

TEST_CASE("a script takes the host name from the image, or says that there is none") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      ImageSpec image = box_image();
      image.layers.push_back({make_tar({file("etc/hostname", "# the name\n\n  named-inside \nmore\n")})});
      const Words options = {"--set", "isolation.hostname=image", "--set", "pseudo.1.hostname=false"};
      check_same_inside(runner, looking(options, runner.put("named.tar", docker_save({image}, Layout::docker25))));
      Words words = options;
      words.insert(words.end(), {runner.put("nameless.tar", docker_save({box_image()}, Layout::docker25)), "true"});
      const Outcome nameless = by_script(runner, words);
      CHECK(nameless.shell_status() == 125);
      CHECK_THAT(nameless.errors, Catch::Contains("the image's /etc/hostname says none"));
    }
  }
}

TEST_CASE("scripts are made of flat images and of directories too") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      check_same_inside(runner, looking({"-e", "PATH=/bin"}, put_flat(runner)));
      const std::string root = runner.own("root");
      REQUIRE(runner.slipway({"unpack", runner.box(), root}).shell_status() == 0);
      check_same_inside(runner, looking({"-e", "PATH=/bin"}, root));
      check_same_inside(runner, looking({"-e", "PATH=/bin", "--use", "rootfs=fs-copy"}, root), true);
    }
  }
}

TEST_CASE("a script passes on whatever words an image has, and executes none of them itself") {
  const std::string hostile = "it's \"$(touch /tmp/slipway-script)\" `id`\nINSIDE\n-n; \\n\t*~#";
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      ImageSpec image = box_image();
      image.entrypoint = {"/bin/sh", "-c", "printf '%s|' \"$@\"; env | grep -A2 ^HOSTILE; pwd", hostile};
      image.command = {hostile, "", "-x", "--", "two words"};
      image.environment = {"PATH=/bin", "HOSTILE=" + hostile, "-y=" + hostile, "'=x", "A B=c"};
      image.workdir = "/it's a\n$HOME dir";
      const std::string file = runner.put("a 'strange' image.tar", docker_save({image}, Layout::docker25));
      const Outcome scripted = by_script(runner, {file});
      const Outcome wanted = by_run(runner, {file});
      INFO(to_text(scripted) << to_text(wanted));
      CHECK(scripted.output == wanted.output);
      CHECK(scripted.shell_status() == 0);
      CHECK_THAT(scripted.output, Catch::Contains("|--|two words|"));
      CHECK_FALSE(std::ifstream("/tmp/slipway-script").good());
    }
  }
}

TEST_CASE("a script ends with the program's status, and with 125 to 127 as run does") {
  struct Row {
    Words command;
    int status;
  };
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      for (const Row& row : {Row{{"sh", "-c", "exit 7"}, 7}, Row{{"true"}, 0}, Row{{"no-such-program"}, 127},
                             Row{{"/bin/closed"}, 126}, Row{{"sh", "-c", "kill -9 $$; (sleep 100 &) ; exit 3"}, 3}}) {
        Words words = {runner.box()};
        words.insert(words.end(), row.command.begin(), row.command.end());
        const Outcome outcome = by_script(runner, words);
        INFO(to_text(outcome));
        CHECK(outcome.shell_status() == row.status);
      }
    }
  }
}

TEST_CASE("a script may come through a pipe") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      Command command = runner.plain({"sh"});
      command.input = script_for(runner, {runner.box(), "sh", "-c", "echo piped; exit 5"}).output;
      const Outcome outcome = run(command);
      INFO(to_text(outcome));
      CHECK(outcome.output == "piped\n");
      CHECK(outcome.shell_status() == 5);
      CHECK(runner.leftovers() == "");
    }
  }
}

TEST_CASE("a script passes standard input on") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string text = script_for(runner, {runner.box(), "cat"}).output;
      Command command = runner.plain({"sh", runner.put("cat.sh", text)});
      command.input = "said on standard input\n";
      CHECK(run(command).output == "said on standard input\n");
    }
  }
}

TEST_CASE("a script makes whatever a plugin asks for") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const std::string source = put_source(runner);
      for (const std::string& step : {
               std::string(R"({"type":"mknod","target":"/run/fifo","kind":"fifo","mode":"0640"})"),
               std::string(R"({"type":"symlink","link":"/run/it's","target":"a\"b\n$c"})"),
               std::string(R"({"type":"write","target":"/run/text","text":"it's\n$x\\n","mode":"0600"})"),
               std::string(R"({"type":"mkdir","target":"/opt/a/b c","mode":"0711"})"),
               std::string(R"({"type":"file","target":"/opt/new/file","text":"said","mode":"0400"})"),
               R"({"type":"file","target":"/etc/hello","copy_of":")" + source + R"(/f"})",
               std::string(R"({"type":"file","target":"/etc/x","copy_of":"/no/such","absent":"empty"})"),
               std::string(R"({"type":"mask","path":"/etc/passwd"})"),
               std::string(R"({"type":"mask","path":"/home"})"),
               std::string(R"({"type":"mask","path":"/none"})"),
               std::string(R"({"type":"readonly","path":"/tmp"})"),
               std::string(R"({"type":"readonly","path":"/dev"})"),
               R"({"type":"bind","source":")" + source +
                   R"(","target":"/bound","create":"missing","submounts":"taken","flags":["nosuid","noexec"]})",
               std::string(
                   R"({"type":"bind","source":"/dev","target":"/of host","create":"missing","submounts":"taken"})"),
               std::string(R"({"type":"propagation","scope":"root","spread":"private"})"),
           }) {
        INFO(step);
        Words options = with_step(runner, step);
        check_same_inside(runner, looking(options, runner.box()));
      }
    }
  }
}

TEST_CASE("a script's container may have namespaces of others") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      if (!caller.is_root()) continue;  // whose net namespace it could join belongs to another user namespace
      Command holder = runner.plain({"unshare", "--net", "--uts", "sh", "-c", "echo made; exec sleep 60"});
      Program other(holder);
      REQUIRE(other.wait_for_output("made"));
      const std::string process = "process:" + std::to_string(other.pid());
      const Words options = {"--set", "isolation.namespaces={\"net\":\"" + process + "\",\"uts\":\"" + process + "\"}"};
      Words words = options;
      words.insert(words.end(),
                   {runner.box(), "sh", "-c", "readlink /proc/self/ns/net; readlink /proc/self/ns/uts; hostname"});
      Words plan = with_first("plan", words);
      plan.insert(plan.begin() + 1, "--script");
      const std::string text = run(runner.command(plan)).output;
      const Outcome scripted = run(runner.plain({"sh", runner.put("joined.sh", text)}));
      const Outcome wanted = run(runner.command(with_first("run", words)));
      INFO(to_text(scripted) << to_text(wanted));
      CHECK(wanted.shell_status() == 0);
      CHECK(scripted.output == wanted.output);
      other.signal(9);
    }
  }
}

}  // namespace slipway::tests
