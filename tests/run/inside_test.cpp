// The container of the default pipeline as its own programs see it: namespaces, ids, network, terminals, queues.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/run/harness.hpp"

namespace slipway::tests {
namespace {

std::string own_namespace(const std::string& name) {
  std::array<char, 64> target{};
  const ssize_t size = ::readlink(("/proc/self/ns/" + name).c_str(), target.data(), target.size());
  return size > 0 ? std::string(target.data(), static_cast<std::size_t>(size)) : std::string();
}

// "0 100000 65536 " of each line, blanks made one.
std::string squeezed(const std::string& text) {
  std::string result;
  for (const std::string& line : lines_of(text)) {
    std::istringstream words(line);
    std::string joined;
    for (std::string word; words >> word;) joined += (joined.empty() ? "" : " ") + word;
    result += joined + "\n";
  }
  return result;
}

// subuid(5): the first range of that user.
std::string first_subordinate(const char* path, const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name + ":")) return line.substr(name.size() + 1);
  }
  return {};
}

TEST_CASE("a program is scheduled as slipway's caller is") {
  // The 41st field of proc_pid_stat(5): 0 is SCHED_OTHER, 3 is SCHED_BATCH.
  constexpr const char* kPolicy = "set -- $(sed 's/.*) //' /proc/self/stat); shift 38; echo $1";
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    INFO(caller.name);
    const Outcome outside = run(runner.plain({"sh", "-c", kPolicy}));
    CHECK(runner.inside(kPolicy) == outside.output);
    Command batch = runner.command({"run", runner.box(), "sh", "-c", kPolicy});
    batch.arguments.insert(batch.arguments.begin(), {"chrt", "--batch", "0"});
    CHECK(run(batch).output == "3\n");
  }
}

TEST_CASE("a program may run on the processors that slipway's caller may, all or few") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::vector<std::string> look = {"grep", "^Cpus_allowed:", "/proc/self/status"};
      const Outcome outside = run(runner.plain(look));
      REQUIRE(outside.shell_status() == 0);
      CHECK(runner.inside("grep ^Cpus_allowed: /proc/self/status") == outside.output);
      Command few = runner.command({"run", runner.box()});
      few.arguments.insert(few.arguments.end(), look.begin(), look.end());
      few.arguments.insert(few.arguments.begin(), {"taskset", "1"});
      Command few_outside = runner.plain(look);
      few_outside.arguments.insert(few_outside.arguments.begin(), {"taskset", "1"});
      const Outcome inside = run(few);
      CHECK(inside.output == run(few_outside).output);
      CHECK(inside.errors == "");
    }
  }
}

TEST_CASE("A3: the program is PID 1 in six namespaces of its own, and a seventh for users") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      CHECK(runner.inside("echo $$") == "1\n");
      for (const char* name : {"mnt", "pid", "ipc", "uts", "net", "cgroup"}) {
        const std::string inside = runner.inside(std::string("readlink /proc/self/ns/") + name);
        CHECK(inside.starts_with(name));
        CHECK(inside != own_namespace(name) + "\n");
      }
      const bool same_user = runner.inside("readlink /proc/self/ns/user") == own_namespace("user") + "\n";
      CHECK(same_user == caller.is_root());
      CHECK(runner.inside("readlink /proc/self/ns/time") == own_namespace("time") + "\n");
    }
  }
}

TEST_CASE("A3: a time namespace is made where the pipeline asks for one") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const std::string all = R"(isolation.namespaces=["mount","pid","ipc","uts","net","cgroup","time"])";
      const std::string inside = shared(caller).inside("readlink /proc/self/ns/time", {"--set", all});
      CHECK(inside.starts_with("time:["));
      CHECK(inside != own_namespace("time") + "\n");
    }
  }
}

TEST_CASE("A2: the own id is root inside and the subordinate range follows it") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string uids = squeezed(runner.inside("cat /proc/self/uid_map"));
      const std::string gids = squeezed(runner.inside("cat /proc/self/gid_map"));
      if (caller.is_root()) {
        CHECK(uids == "0 0 4294967295\n");
        CHECK(gids == "0 0 4294967295\n");
        continue;
      }
      const uid_t uid = caller.user ? caller.user->uid : ::geteuid();
      const gid_t gid = caller.user ? caller.user->gid : ::getegid();
      std::string further_uids, further_gids;
      if (caller.ids == Caller::Ids::range && caller.user) {
        further_uids = "1 " + first_subordinate("/etc/subuid", caller.user->name) + "\n";
        further_gids = "1 " + first_subordinate("/etc/subgid", caller.user->name) + "\n";
        std::replace(further_uids.begin(), further_uids.end(), ':', ' ');
        std::replace(further_gids.begin(), further_gids.end(), ':', ' ');
      }
      const bool exact = caller.is_single() || caller.user;  // one who runs the tests may have any number of ranges
      const std::string first_uid = "0 " + std::to_string(uid) + " 1\n",
                        first_gid = "0 " + std::to_string(gid) + " 1\n";
      CHECK((exact ? uids : uids.substr(0, first_uid.size())) == first_uid + further_uids);
      CHECK((exact ? gids : gids.substr(0, first_gid.size())) == first_gid + further_gids);
    }
  }
}

TEST_CASE("A2: files can be given to other users") {
  for (const Caller& caller : callers()) {
    if (caller.is_single()) continue;
    DYNAMIC_SECTION(caller.name) {
      CHECK(shared(caller).inside("touch /f && chown 1000:50 /f && stat -c %u:%g /f") == "1000:50\n");
    }
  }
}

TEST_CASE("A4: the loopback interface is up with both addresses, a listener is reached, and nothing else is there") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string addresses = runner.inside("ip addr show lo");
      CHECK_THAT(addresses, Catch::Contains(",UP") && Catch::Contains("127.0.0.1/8") && Catch::Contains("::1/128"));
      CHECK(runner.inside("probe loopback") == "127.0.0.1 reached\n::1 reached\n");
      CHECK(runner.inside("grep -vc '^ *lo:\\|Inter-\\|face' /proc/net/dev || :") == "0\n");
      CHECK(lines_of(runner.inside("cat /proc/net/route")).size() == 1);  // its heading
    }
  }
}

TEST_CASE("A10: a pseudo-terminal can be opened by any user inside") {
  for (const Caller& caller : callers()) {
    for (const char* user : {"root", "app", "4321"}) {
      if (caller.is_single() && std::string(user) != "root") continue;
      DYNAMIC_SECTION(caller.name << ": " << user) {
        Runner& runner = shared(caller);
        const Outcome outcome = runner.run({"-u", user, runner.box(), "probe", "pty"});
        CHECK(outcome.output == "/dev/pts/0\n");
        CHECK(outcome.shell_status() == 0);
      }
    }
  }
}

TEST_CASE("B11: a message queue can be made, and lies in the container's own /dev/mqueue") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      CHECK(shared(caller).inside("ls /dev/mqueue; probe queue; ls /dev/mqueue") == "1 message\nprobe\n");
      CHECK(::access("/dev/mqueue/probe", F_OK) != 0);
    }
  }
}

TEST_CASE("A9: the six devices work") {
  const std::string script =
      "echo x > /dev/null; cat /dev/null | wc -c; head -c 3 /dev/zero | wc -c; head -c 3 /dev/random | wc -c; "
      "head -c 3 /dev/urandom | wc -c; cat /bin/text > /dev/full; test -c /dev/tty && echo tty";
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner& runner = shared(caller);
      const Outcome outcome = runner.run({shared(caller).box(), "sh", "-c", "{ " + script + "; } 2>&1"});
      CHECK_THAT(outcome.output, Catch::StartsWith("0\n3\n3\n3\n") && Catch::EndsWith("tty\n"));
      CHECK_THAT(outcome.output, Catch::Contains("No space left on device"));
    }
  }
}

TEST_CASE("B8: root's devices are nodes of the container's own") {
  const std::map<std::string, std::string> devices = {{"null", "1:3"},   {"zero", "1:5"},    {"full", "1:7"},
                                                      {"random", "1:8"}, {"urandom", "1:9"}, {"tty", "5:0"}};
  for (const Caller& caller : callers()) {
    for (const char* how : {"auto", "mknod"}) {
      if (!caller.is_root()) continue;
      DYNAMIC_SECTION(caller.name << ": " << how) {
        Runner& runner = shared(caller);
        for (const auto& [name, numbers] : devices) {
          const std::string option = std::string("pseudo.0.devices=") + how;
          INFO(name);
          CHECK(runner.inside("stat -c '%F %a %u:%g %t:%T' /dev/" + name, {"--set", option}) ==
                "character special file 666 0:0 " + numbers + "\n");
        }
        CHECK_THAT(runner.inside("cat /proc/self/mountinfo"), !Catch::Contains(" /dev/null "));
      }
    }
  }
}

TEST_CASE("B9: the links of /dev lead to the program's own descriptors, the kernel's memory and the terminals") {
  const std::map<std::string, std::string> links = {{"fd", "/proc/self/fd"},       {"stdin", "/proc/self/fd/0"},
                                                    {"stdout", "/proc/self/fd/1"}, {"stderr", "/proc/self/fd/2"},
                                                    {"core", "/proc/kcore"},       {"ptmx", "pts/ptmx"}};
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      std::string script, expected;
      for (const auto& [name, target] : links) {
        script += "readlink /dev/" + name + ";";
        expected += target + "\n";
      }
      CHECK(runner.inside(script) == expected);
      CHECK(runner.inside("ls -A /dev | sort | tr '\\n' ' '") ==
            "core fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero ");
    }
  }
}

TEST_CASE("A11: what is written to /dev/stdout and /dev/stderr arrives, and /dev/stdin is read") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      Command command =
          runner.command({"run", runner.box(), "sh", "-c", "cat /dev/stdin > /dev/stdout; echo err > /dev/stderr"});
      // The links open the streams anew, which the kernel allows to the owner of a pipe: so the caller makes the pipes.
      const std::vector<std::string> words = command.arguments;
      command.arguments = {"sh", "-c", "echo in | \"$@\" 2>&1 | cat", "sh"};
      command.arguments.insert(command.arguments.end(), words.begin(), words.end());
      const Outcome outcome = run(command);
      CHECK(outcome.output == "in\nerr\n");
      CHECK(outcome.errors == "");
    }
  }
}

TEST_CASE("B20: a write to what is read-only fails with EROFS, even as root inside") {
  for (const Caller& caller : callers()) {
    for (const char* path :
         {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger", "/proc/sys/vm"}) {
      if (::access(path, F_OK) != 0) continue;  // this kernel lacks it
      DYNAMIC_SECTION(caller.name << ": " << path) {
        Runner& runner = shared(caller);
        // The kernel looks at the mount before it looks at the owner, and proc has no write that all kernels allow.
        const Outcome outcome = runner.run({runner.box(), "chmod", "700", path});
        INFO(to_text(outcome));
        CHECK(outcome.shell_status() == 1);
        CHECK_THAT(outcome.errors, Catch::Contains("Read-only file system"));
      }
    }
    if (!caller.is_root()) continue;
    DYNAMIC_SECTION(caller.name << ": a setting") {
      Runner& runner = shared(caller);
      const Outcome outcome = runner.run({runner.box(), "sh", "-c", "echo 1 > /proc/sys/vm/drop_caches"});
      CHECK(outcome.shell_status() == 1);
      CHECK_THAT(outcome.errors, Catch::Contains("Read-only file system"));
    }
  }
}

TEST_CASE("B21: what is masked reads as empty, and what the kernel lacks is skipped without a word") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string script =
          "for p in /proc/asound /proc/interrupts /proc/kcore /proc/keys /proc/latency_stats /proc/timer_list "
          "/proc/timer_stats /proc/sched_debug /proc/acpi /proc/scsi /sys/firmware; do "
          "if [ -d $p ]; then echo d$(ls -A $p | wc -l); elif [ -e $p ]; then echo f$(cat $p | wc -c); fi; done | sort "
          "-u";
      const std::vector<std::string> said = lines_of(runner.inside(script));
      const std::set<std::string> found(said.begin(), said.end());
      CHECK(found.contains("f0"));  // every kernel has /proc/interrupts
      for (const std::string& line : found) CHECK((line == "f0" || line == "d0"));
    }
  }
}

TEST_CASE("B21: paths that are nowhere are no reason to say anything") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const std::string mask = R"(harden.0.mask=["/proc/no-such","/nowhere/at/all","/etc/passwd/x"])";
      CHECK(shared(caller).inside("echo fine", {"--set", mask, "--set", R"(harden.0.readonly=["/nowhere"])"}) ==
            "fine\n");
    }
  }
}

TEST_CASE("A5: what a container writes is gone with it") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      CHECK(runner.inside("echo x > /mark; echo x > /etc/hello; rm -r /home; cat /mark") == "x\n");
      CHECK(runner.inside("ls /mark 2>&1 || cat /etc/hello; ls /home") ==
            "ls: /mark: No such file or directory\nhello from the image\napp\n");
    }
  }
}

}  // namespace
}  // namespace slipway::tests
