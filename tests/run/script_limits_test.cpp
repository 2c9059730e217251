// What `slipway plan --script` refuses, leaves out and says of itself, and how its scripts end.
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/run/script_runs.hpp"

namespace slipway::tests {

TEST_CASE("a script that is killed takes its container along and leaves nothing") {
  for (const Caller& caller : callers()) {
    for (const char* user : {"root", "app"}) {
      if (caller.is_single() && std::string_view(user) != "root") continue;  // one id
      for (const int number : {SIGKILL, SIGHUP, SIGQUIT}) {
        DYNAMIC_SECTION(caller.name << ", user " << user << ": signal " << number) {
          Runner& runner = shared(caller);
          const Words words = {
              "--use", "rootfs=fs-copy", "-u", user, runner.box(), "sh", "-c", "sleep 1000 & echo runs; wait"};
          const std::string text = script_for(runner, words).output;
          Program script(runner.plain({"sh", runner.put("killed.sh", text)}));
          REQUIRE(script.wait_for_output("runs"));
          script.signal(number);
          CHECK(script.wait().signal == number);
          const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
          while (runner.leftovers() != "" && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
          CHECK(runner.leftovers() == "");
        }
      }
    }
  }
}

TEST_CASE("a script says that it is for trusted images, what it was made of, and is clean for shellcheck") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const std::string source = put_source(runner);
      Words words = {"--bind",    source + ":/x", "-e", "A='$b'", "-u", "root", "--set", "isolation.hostname=image",
                     runner.box()};
      for (const char* rootfs : {"fs-overlay", "fs-copy"}) {
        Words all = {"--use", std::string("rootfs=") + rootfs};
        all.insert(all.end(), words.begin(), words.end());
        const std::string text = script_for(runner, all).output;
        CHECK_THAT(text, Catch::StartsWith("#!/bin/sh\n") && Catch::Contains("# For trusted images only.") &&
                             Catch::Contains("# pipeline: the default one --use rootfs=" + std::string(rootfs)) &&
                             Catch::Contains("# image: docker-save archive, box:latest"));
        const std::string mark = "3<<'INSIDE'\n";
        const std::size_t begin = text.find(mark);
        REQUIRE(begin != std::string::npos);
        const std::string inner = text.substr(begin + mark.size(), text.size() - begin - mark.size() - 7);
        for (const std::string& part : {text, inner}) {
          const Outcome checked = run({.arguments = {"shellcheck", "-s", "sh", runner.put("part.sh", part)}});
          CHECK(checked.output + checked.errors == "");
          CHECK(run({.arguments = {"dash", "-n", runner.put("part.sh", part)}}).shell_status() == 0);
        }
      }
    }
  }
}

TEST_CASE("a script that holds values of -e says that it is private") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const char* warning =
          "# It holds the values of variables that were given with -e, --set or --var: keep it private";
      for (const Words& options : {Words{"-e", "TOKEN=secret"}, Words{"--set", "exec.env=[\"TOKEN=secret\"]"}}) {
        Words words = options;
        words.push_back(runner.box());
        const std::string text = script_for(runner, words).output;
        CHECK(text.find(warning) < text.find("set -eu"));
      }
      CHECK_THAT(script_for(runner, {"--unsetenv", "TOKEN", runner.box()}).output, !Catch::Contains(warning));
      CHECK_THAT(script_for(runner, {runner.box()}).output, !Catch::Contains(warning));
    }
  }
}

TEST_CASE("a script is refused to others than whom it was made for, and for an image that has changed") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      const std::string file = runner.put("changing.tar", docker_save({box_image()}, Layout::docker25));
      const std::string text = script_for(runner, {file, "true"}).output;
      CHECK(run_script(runner, text).shell_status() == 0);
      ImageSpec other = box_image();
      other.layers.pop_back();
      runner.put("changing.tar", docker_save({other}, Layout::docker25));
      const Outcome changed = run_script(runner, text);
      CHECK(changed.shell_status() == 125);
      CHECK_THAT(changed.errors, Catch::Contains("the image has changed since this script was made"));
      std::string others = text;
      const std::string own = "\" = " + std::to_string(caller.user ? caller.user->uid : ::geteuid()) + " ]";
      others.replace(others.find(own), own.size(), "\" = 4242 ]");
      const Outcome refused = run_script(runner, others);
      CHECK(refused.shell_status() == 125);
      CHECK_THAT(refused.errors, Catch::Contains("this was made for the user "));
    }
  }
}

TEST_CASE("a script fails as run does where the host lacks what is to be bound") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string gone = runner.own("gone");
      REQUIRE(run(runner.plain({"touch", gone})).shell_status() == 0);
      const std::string text = script_for(runner, {"--bind", gone + ":/x", runner.box(), "true"}).output;
      REQUIRE(run(runner.plain({"rm", gone})).shell_status() == 0);
      const Outcome outcome = run_script(runner, text);
      CHECK(outcome.shell_status() == 125);
      CHECK_THAT(outcome.errors, Catch::Contains("the host has no such file: " + gone));
    }
  }
}

TEST_CASE("what ordinary tools cannot do is named, and left out only with --lenient") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      const std::string file = runner.put("box.tar", docker_save({box_image()}, Layout::docker25));
      Words words = {"plan", "--script"};
      const Words options = with_step(
          runner,
          R"({"type":"mount","fstype":"tmpfs","target":"/opt","flags":["nosuid"],"options":["mode=0700","a,b"]})");
      words.insert(words.end(), options.begin(), options.end());
      words.insert(words.end(), {file, "grep", " /opt ", "/proc/self/mountinfo"});
      const Outcome strict = runner.slipway(words);
      CHECK(strict.shell_status() == 1);
      CHECK(strict.output == "");
      CHECK_THAT(strict.errors, Catch::Contains(" error: step ") && Catch::Contains("mount: tmpfs on /opt (nosuid)") &&
                                    Catch::Contains("ordinary tools leave out: the option a,b") &&
                                    Catch::Contains("hint: --lenient"));
      words.insert(words.begin() + 2, "--lenient");
      const Outcome lenient = runner.slipway(words);
      CHECK(lenient.shell_status() == 0);
      CHECK_THAT(lenient.errors, Catch::Contains(" warning: step "));
      CHECK_THAT(lenient.output, Catch::Contains("# weaker than slipway run, without step ") &&
                                     Catch::Contains("# left out: the option a,b"));
      const Outcome weaker = run_script(runner, lenient.output);
      CHECK_THAT(weaker.output, Catch::Contains("/ /opt rw,nosuid,relatime - tmpfs"));
      // The program is the first process itself: nothing that keeps anything in.
      const Outcome init = runner.slipway({"plan", "--script", "--init", file, "sh", "-c", "echo $$"});
      CHECK(init.shell_status() == 0);
      CHECK_THAT(init.errors, Catch::Contains("warning: step ") && Catch::Contains("slipway's init"));
      CHECK(run_script(runner, init.output).output == "1\n");
    }
  }
}

TEST_CASE("variables of the image that would act on the host's own chroot are left out of a script") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      ImageSpec image = box_image();
      // Each dynamic program that starts with it tells on standard error what it loads.
      image.environment = {"PATH=/bin", "LD_DEBUG=libs", "LANG=/proc/self/cwd/x", "KEPT=1"};
      const std::string file = runner.put("debug.tar", docker_save({image}, Layout::docker25));
      const Outcome strict = runner.slipway({"plan", "--script", file, "env"});
      CHECK(strict.shell_status() == 1);
      CHECK(strict.output == "");
      CHECK_THAT(strict.errors, Catch::Contains("leave out: the variable LD_DEBUG") &&
                                    Catch::Contains("leave out: the variable LANG"));
      const Outcome lenient = runner.slipway({"plan", "--script", "--lenient", file, "env"});
      CHECK(lenient.shell_status() == 0);
      const Outcome outcome = run_script(runner, lenient.output);
      CHECK(outcome.errors == "");
      CHECK_THAT(outcome.output, Catch::Contains("KEPT=1") && !Catch::Contains("LD_DEBUG") && !Catch::Contains("LANG"));
    }
  }
}

TEST_CASE("a script lets no descriptor of its caller's into the container") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string script = runner.put(
          "descriptors.sh", script_for(runner, {runner.box(), "sh", "-c", "ls /proc/self/fd | wc -l"}).output);
      // dash, unlike bash, has no words for descriptors above 9.
      const Outcome few = run(runner.plain({"bash", "-c", "exec 3</ 9</; exec sh " + script}));
      CHECK(few.output == "4\n");
      for (const char* shell : {"dash", "bash"}) {
        for (const char* number : {"10", "12", "200"}) {
          INFO(shell << " " << number);
          const Outcome refused =
              run(runner.plain({"bash", "-c", "exec " + std::string(number) + "</; exec " + shell + " " + script}));
          CHECK(refused.shell_status() == 125);
          CHECK(refused.output == "");
          CHECK_THAT(refused.errors, Catch::Contains("descriptors above 9 are open") && Catch::Contains(number));
        }
      }
      CHECK(runner.leftovers() == "");
    }
  }
}

TEST_CASE("signals that a script's caller ignores are not ignored inside") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string script =
          runner.put("signals.sh", script_for(runner, {runner.box(), "grep", "SigIgn", "/proc/self/status"}).output);
      const Outcome outcome = run(runner.plain({"sh", "-c", "trap '' HUP USR1 PIPE; exec sh " + script}));
      INFO(to_text(outcome));
      CHECK(outcome.output == "SigIgn:\t0000000000000000\n");
    }
  }
}

TEST_CASE("a container whose ids or owners the tools cannot map has no script, not even with --lenient") {
  for (const Caller& caller : callers()) {
    if (!caller.is_root()) continue;
    const Runner runner(caller);
    const std::string file = runner.put("box.tar", docker_save({box_image()}, Layout::docker25));
    const Outcome outcome =
        runner.slipway({"plan", "--script", "--lenient", "--set",
                        R"(isolation.user={"uids":["0:100000:65536"],"gids":["0:100000:65536"]})", file});
    CHECK(outcome.shell_status() == 1);
    CHECK(outcome.output == "");
    CHECK_THAT(outcome.errors, Catch::Contains("say the ids of the container as a script: isolation.user"));
  }
}

TEST_CASE("words of plan --script that make no sense are refused") {
  struct Row {
    Words words;
    int status;
    const char* message;
  };
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      for (const Row& row : {Row{{"--script", "--json"}, 2, "two ways to print a plan"},
                             Row{{"--lenient"}, 2, "--lenient says something of --script alone"},
                             Row{{"--script", "--facts", "x"}, 2, "leave out --facts"}}) {
        Words words = {"plan"};
        words.insert(words.end(), row.words.begin(), row.words.end());
        words.push_back(runner.box());
        const Outcome outcome = runner.slipway(words);
        CHECK(outcome.shell_status() == row.status);
        CHECK_THAT(outcome.errors, Catch::Contains(row.message));
        CHECK(outcome.output == "");
      }
      Command piped = runner.command({"plan", "--script", "-"});
      piped.input = read_file(runner.box());
      const Outcome outcome = run(piped);
      CHECK(outcome.shell_status() == 1);
      CHECK_THAT(outcome.errors, Catch::Contains("an image that comes through a pipe"));
    }
  }
}

}  // namespace slipway::tests
