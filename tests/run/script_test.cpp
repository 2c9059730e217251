// `slipway plan --script`: a container made by its script is, seen from inside, the one that `slipway run` makes.
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "tests/run/mount_table.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

// What a program finds around it, one section behind another. /proc/1/environ is what it was given, before a shell adds
// variables of its own.
constexpr const char* kLook = R"sh(
section() { echo "== $1"; }
section mounts; cat /proc/self/mountinfo
section namespaces; for kind in mnt pid ipc uts net cgroup user time; do echo "$kind $(readlink /proc/self/ns/$kind)"; done
section ids; cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups; id
grep -E '^(Uid|Gid|Groups|Cap[A-Z][a-z]*|NoNewPrivs|Seccomp|Umask):' /proc/self/status
section program; echo "$$"; pwd; umask; ls /proc/self/fd | wc -l
section hostname; hostname
section environment; tr '\0' '\n' </proc/$$/environ | sort
section dev; cd /dev && find . ! -path './pts/*' ! -path './shm/*' | sort | while read -r name; do
  stat -c '%n %F %a %u %g %t %T' "$name"; readlink "$name"; done
section root; stat -c '%a %u %g' / /etc /tmp /run; ls -a /
section protected
for path in /proc/sys/kernel/hostname /proc/irq/default_smp_affinity; do
  (: >>"$path") 2>/dev/null && echo "wrote $path"; done
for path in /proc/interrupts /proc/keys /proc/timer_list; do echo "$path $(head -c 1 "$path" 2>/dev/null | wc -c)"; done
ls /sys/firmware /proc/acpi /proc/scsi 2>/dev/null
section etc; for file in /etc/hosts /etc/hostname /etc/resolv.conf /etc/passwd; do
  stat -c '%n %F %a %u %g' "$file"; cat "$file"; done
section lo; ip addr show lo
)sh";

std::map<std::string, std::string> sections_of(const std::string& text) {
  std::map<std::string, std::string> sections;
  std::string* at = &sections["before"];
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with("== ")) {
      at = &sections[line.substr(3)];
    } else {
      *at += line + "\n";
    }
  }
  return sections;
}

// "type flags" by target, and of a bind what of the file system is seen. The last mount of a target covers the others.
// Names in slipway's own tmpfs are its own affair.
std::map<std::string, std::string> mount_rows(const std::string& mountinfo, bool of_copy) {
  std::map<std::string, std::string> rows;
  for (const Mount& mount : parse_mounts(mountinfo)) {
    const bool is_root = mount.target == "/";
    const bool differs = is_root && of_copy;  // a copy lies in the store there, in memory here
    rows[mount.target] = (differs ? "" : mount.type + " " + mount.flags) + " " +
                         (is_root || mount.root.starts_with("/file") ? "" : mount.root);
  }
  return rows;
}

// Where they differ, for a message.
std::string differences(const std::map<std::string, std::string>& one,
                        const std::map<std::string, std::string>& other) {
  std::string text;
  for (const auto& [target, row] : one) {
    const auto found = other.find(target);
    if (found == other.end()) text += "only by script: " + target + " " + row + "\n";
    if (found != other.end() && found->second != row) text += target + ": " + row + ", by run: " + found->second + "\n";
  }
  for (const auto& [target, row] : other) {
    if (!one.contains(target)) text += "only by run: " + target + " " + row + "\n";
  }
  return text;
}

// The namespaces that are not the host's.
std::set<std::string> new_namespaces(const Runner& runner, const std::string& section) {
  std::set<std::string> kinds;
  for (const std::string& line : lines_of(section)) {
    const std::string kind = line.substr(0, line.find(' '));
    const std::string host = run(runner.plain({"readlink", "/proc/self/ns/" + kind})).output;
    if (line.substr(kind.size() + 1) + "\n" != host) kinds.insert(kind);
  }
  return kinds;
}

// The script that `plan --script` prints for these words.
Outcome script_for(const Runner& runner, const Words& words) {
  Words all = {"plan", "--script"};
  all.insert(all.end(), words.begin(), words.end());
  Outcome outcome = runner.slipway(all);
  INFO(to_text(outcome));
  CHECK(outcome.shell_status() == 0);
  return outcome;
}

Outcome run_script(const Runner& runner, const std::string& text) {
  Outcome outcome = run(runner.plain({"sh", runner.put("script.sh", text)}));
  CHECK_FALSE(outcome.timed_out);
  CHECK(runner.leftovers() == "");
  return outcome;
}

Outcome by_script(const Runner& runner, const Words& words) {
  return run_script(runner, script_for(runner, words).output);
}

Outcome by_run(const Runner& runner, Words words) {
  words.insert(words.begin(), "--tty=no");
  return runner.run(words);
}

void check_same_inside(const Runner& runner, const Words& words, bool of_copy = false) {
  const Outcome scripted = by_script(runner, words);
  const Outcome wanted = by_run(runner, words);
  INFO("by script:\n" << to_text(scripted) << "\nby run:\n" << to_text(wanted));
  CHECK(scripted.shell_status() == wanted.shell_status());
  CHECK(scripted.errors == wanted.errors);
  auto found = sections_of(scripted.output);
  auto expected = sections_of(wanted.output);
  CHECK(found.size() > 10);
  CHECK(differences(mount_rows(found["mounts"], of_copy), mount_rows(expected["mounts"], of_copy)) == "");
  CHECK(new_namespaces(runner, found["namespaces"]) == new_namespaces(runner, expected["namespaces"]));
  found.erase("mounts");
  found.erase("namespaces");
  for (const auto& [name, text] : found) {
    INFO(name);
    CHECK(text == expected[name]);
  }
}

Words looking(Words options, const std::string& image) {
  options.insert(options.end(), {image, "sh", "-c", kLook});
  return options;
}

Words with_first(const std::string& word, Words words) {
  words.insert(words.begin(), word);
  return words;
}

// Options with which a plugin plans this step besides.
Words with_step(const Runner& runner, const std::string& step) {
  const std::string plugin = runner.put("emits-pseudo.so", read_file(SLIPWAY_FIXTURES "/emits-pseudo.so"));
  return {"--plugin-dir", plugin.substr(0, plugin.rfind('/')), "--set",
          R"(pseudo=[{"use":"pseudo-standard"},{"use":"pseudo-etc"},{"use":"emits-pseudo","steps":[)" +
              nlohmann::json(step).dump() + "]}]"};
}

std::string put_flat(const Runner& runner) { return runner.put("flat.tar", box_image().layers.front().tar); }

std::string put_source(const Runner& runner) {
  const std::string path = runner.own("src");
  const Outcome made =
      run(runner.plain({"sh", "-c", "mkdir -p $0/d $0/etc && echo of-host > $0/f && chmod 755 $0", path}));
  REQUIRE(made.shell_status() == 0);
  return path;
}

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

TEST_CASE("a script that is killed takes its container along and leaves nothing") {
  for (const Caller& caller : callers()) {
    for (const int number : {SIGKILL, SIGHUP, SIGQUIT}) {
      DYNAMIC_SECTION(caller.name << ": signal " << number) {
        Runner& runner = shared(caller);
        const Words words = {"--use", "rootfs=fs-copy", runner.box(), "sh", "-c", "sleep 1000 & echo runs; wait"};
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

TEST_CASE("store layers tells where an image's layers are, and brings in those that are missing") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const Outcome told = runner.slipway({"store", "layers", runner.box()});
      INFO(to_text(told));
      CHECK(told.errors == "");
      REQUIRE(told.shell_status() == 0);
      const Words paths = lines_of(told.output);
      CHECK(paths.size() == box_image().layers.size());
      for (const std::string& path : paths) CHECK(run(runner.plain({"test", "-d", path})).shell_status() == 0);
      CHECK(run(runner.plain({"test", "-x", paths.front() + "/bin/busybox"})).shell_status() == 0);
      CHECK(run(runner.plain({"test", "-x", paths.back() + "/bin/probe"})).shell_status() == 0);
      // There already: the same again, and a run unpacks nothing anew.
      CHECK(runner.slipway({"store", "layers", runner.box()}).output == told.output);
      const auto json = nlohmann::json::parse(runner.slipway({"store", "layers", "--json", runner.box()}).output);
      CHECK(json.at("id") == id_of(box_image()));
      REQUIRE(json.at("layers").size() == paths.size());
      for (std::size_t i = 0; i < paths.size(); ++i) {
        CHECK(json.at("layers")[i].at("directory") == paths[i]);
        CHECK(json.at("layers")[i].at("diff_id") == digest(box_image().layers[i].tar));
      }
      CHECK(runner.inside("echo runs") == "runs\n");
    }
  }
}

TEST_CASE("store layers says what is wrong with its words and its image") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      for (const Words& words : {Words{"store"}, Words{"store", "layers"}, Words{"store", "images", runner.box()}}) {
        const Outcome outcome = runner.slipway(words);
        CHECK(outcome.shell_status() == 2);
        CHECK_THAT(outcome.errors, Catch::Contains("store takes layers and an image"));
      }
      const Outcome damaged = runner.slipway({"store", "layers", runner.put("damaged.tar", "no archive at all")});
      CHECK(damaged.shell_status() == 1);
      CHECK(damaged.output == "");
      CHECK_THAT(damaged.errors, Catch::StartsWith("slipway: error: ") || Catch::Contains("error: "));
    }
  }
}

}  // namespace slipway::tests
