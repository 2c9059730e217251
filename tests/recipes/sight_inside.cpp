#include "tests/recipes/sight_inside.hpp"

#include <catch2/catch.hpp>

namespace slipway::tests {
namespace {

// Each part begins with a line "== NAME". The shell itself is asked for little, because it adds to its environment.
constexpr const char* kScript = R"sh(PATH=/bin
echo '== mount'; cat /proc/self/mountinfo
echo '== env'; tr '\0' '\n' < /proc/1/environ
echo '== ids'
grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp:)' /proc/1/status | tr '\t' ' '
for map in uid_map gid_map; do echo $map $(cat /proc/self/$map); done
echo "umask $(umask)"; echo "limits $(ulimit -a | tr '\n' ' ')"; echo "cwd $(pwd)"; echo "pid $$"
echo "cgroup $(cat /proc/self/cgroup | tr '\n' ' ')"
echo '== ns'; for name in mnt pid ipc uts net cgroup user time; do echo $name $(readlink /proc/self/ns/$name); done
echo '== name'; echo uname $(uname -n)
echo '== dev'; cd /dev
for name in $(find . ! -name .); do echo $name $(stat -c '%F %a %u:%g %t:%T %N' $name); done; cd /
echo '== etc'
for name in hosts hostname resolv.conf; do echo $name $(stat -c '%a %u:%g' /etc/$name) $(cat /etc/$name); done
echo '== net'
for name in $(ls /sys/class/net 2>/dev/null); do echo $name $(ip addr show $name | grep -v '^ *valid'); done
echo '== hidden'
for name in /proc/interrupts /proc/keys /proc/timer_list; do echo $name $(head -c 1 $name 2> /dev/null | wc -c); done
echo '== tree'; /bin/probe describe /
)sh";

// What is never the same in two runs.
std::string part_of(const std::string& name, const std::string& line, const std::string& host) {
  if (name != "ns") return line.substr(line.find(' ') + 1);
  return host.find(line.substr(line.find(' ') + 1)) != std::string::npos ? "the host's" : "its own";
}

void add_tree(Inside& inside, std::string line) {
  const std::string name = line.substr(0, line.find(' '));
  // What is new in each run: the root itself, and what is mounted, which other parts tell of.
  if (name == "." || inside.contains("mount /" + name)) return;
  // Another name of the same file; which of them is the first to be met says nothing.
  if (const std::size_t at = line.find(" same-as="); at != std::string::npos) {
    const std::size_t end = line.find(' ', at + 1);
    line.erase(at, end == std::string::npos ? end : end - at);
  }
  inside["tree " + name] = line;
}

}  // namespace

Inside look_inside(const Shipped& shipped, const std::string& pipeline, const Words& options) {
  Words words = options;
  words.insert(words.end(), {pipeline, "/bin/sh", "-c", kScript});
  const Outcome outcome = shipped.runner().run(words);
  INFO(to_text(outcome));
  CHECK(outcome.errors == "");
  REQUIRE(outcome.shell_status() == 0);
  const Words links = {"sh", "-c", "readlink /proc/self/ns/*"};
  const std::string host = tests::run(shipped.runner().plain(links)).output;
  Inside inside;
  std::string part;
  for (const std::string& line : lines_of(outcome.output)) {
    if (line.starts_with("== ")) {
      part = line.substr(3);
    } else if (part == "mount") {
      const Mount mount = parse_mounts(line).front();
      inside["mount " + mount.target] += row_of(mount) + " " + (mount.tags.empty() ? "" : "propagating");
    } else if (part == "tree") {
      add_tree(inside, line);
    } else {
      const std::string key = line.substr(0, line.find_first_of(part == "env" ? "=" : " "));
      inside[part + " " + key] = part == "env" ? line : part_of(part, line, host);
    }
  }
  CHECK(inside.size() > 100);
  return inside;
}

std::set<std::string> changes(const Inside& one, const Inside& other) {
  std::set<std::string> names;
  for (const auto& [name, value] : one) {
    const auto found = other.find(name);
    if (found == other.end() || found->second != value) names.insert(name);
  }
  for (const auto& [name, value] : other) {
    if (!one.contains(name)) names.insert(name);
  }
  return names;
}

std::string changes_to_text(const Inside& one, const Inside& other) {
  const auto value = [](const Inside& inside, const std::string& name) {
    const auto found = inside.find(name);
    return found == inside.end() ? "not there" : found->second;
  };
  std::string text;
  for (const std::string& name : changes(one, other))
    text += name + ": " + value(one, name) + "\n  and in the other: " + value(other, name) + "\n";
  return text;
}

}  // namespace slipway::tests
